"""The vessels of a report as compact JSON: rows under one list of columns, and repeated texts by number."""

import hashlib
import re
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import shapely

from profilex.export.columns.fields import PAGE_QUANTITIES, QUANTITIES, STATED, Quantity
from profilex.export.columns.reasons import MISSING, REVIEW
from profilex.export.frame.vessel_frame import place_vessel
from profilex.export.report.thumbnails import thumbnail
from profilex.types import PageResult, Vessel

if TYPE_CHECKING:
    from profilex.export.report import Overview

COLUMNS = (
    "identifier",
    "page",
    "figure",
    "confidence",
    "complete",
    "review",
    "measures",
    "page_measures",
    "scale",
    "axis_source",
    "side",
    "tolerance_px",
    "residual",
    "drawn_px",
    "files",
    "drawing",
    "status",
    "reviewed",
    "key",
    "stem",
)

_REAL = (*QUANTITIES, *STATED)
_ON_PAGE = (*PAGE_QUANTITIES, *STATED)

_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_UNIT = re.compile(r"_(mm|ml)(?=_|$)")
_PERCENTILES = {" p5": ", 5th percentile", " p50": "", " p95": ", 95th percentile"}
_DOCUMENTS = ("page.geojson", "page.dxf", "preview.jpg")


def vessel_data(overview: "Overview") -> dict[str, Any]:
    """The data of the report's script: measures, texts, pages, columns and one row for each vessel, in page order.

    Raises:
        PageError: a coordinate or a measure is not a finite number.
    """
    texts = _Texts()
    outputs = {record.folder: [path for path, _ in record.outputs] for record in overview.records}
    rows = [
        _row(vessel, index, outputs.get(page.ref.folder, ()), texts, f"{page.ref.source}#{page.ref.frame}")
        for index, page in enumerate(overview.pages)
        for vessel in page.vessels
    ]
    return {
        "measures": [
            {"name": q.name, "unit": q.unit, "page_unit": _unit(p), "label": _label(q.name), "meaning": q.meaning}
            for q, p in zip(_REAL, _ON_PAGE, strict=True)
        ],
        "pages": [_page(page, outputs.get(page.ref.folder, ()), overview.base) for page in overview.pages],
        "columns": COLUMNS,
        "vessels": rows,
        "texts": texts.known,
        "words": {name: [each.en, each.en_means] for name, each in {**MISSING, **REVIEW}.items()},
    }


class _Texts:
    """Texts that many vessels share, stored once."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    @property
    def known(self) -> list[str]:
        return list(self._numbers)

    def number(self, text: str) -> int:
        return self._numbers.setdefault(text, len(self._numbers))


def _page(page: PageResult, outputs: Iterable[str], base: str) -> dict[str, Any]:
    """A page, with the URL of its folder relative to the report."""
    way = PurePosixPath(base.replace("\\", "/"), "pages", page.ref.folder)
    present = {PurePosixPath(path).name for path in outputs}
    return {
        "source": page.ref.source,
        "frame": page.ref.frame,
        "size": [page.width_px, page.height_px],
        # "./" prevents that a folder named "mailto:" is taken for a scheme
        "href": "./" + quote(str(way).encode("utf-8", errors="surrogateescape")) + "/",
        "files": [name for name in _DOCUMENTS if name in present],
    }


def _key(vessel: Vessel, source: str) -> str:
    """What the vessel is called in addresses: the same in every report, short, and of letters and digits alone."""
    return hashlib.sha256(f"{source}/{vessel.identifier}".encode()).hexdigest()[:10]


def _row(vessel: Vessel, page: int, outputs: Iterable[str], texts: _Texts, source: str) -> list[Any]:
    own, names = f"{vessel.file_stem}.", [PurePosixPath(path).name for path in outputs]
    drawn = [*(section.polygon for section in vessel.sections), *([vessel.rim] if vessel.rim is not None else [])]
    values = {
        "identifier": vessel.identifier,
        "page": page,
        "figure": vessel.figure,
        "confidence": round(vessel.confidence, 4),
        "complete": None if vessel.height_is_complete is None else int(vessel.height_is_complete),
        "review": [[texts.number(reason), texts.number(_kind(reason))] for reason in vessel.review],
        "measures": [_measure(vessel, quantity.name, texts) for quantity in _REAL],
        "page_measures": None if vessel.scale else [_measure(vessel, q.name, texts) for q in _ON_PAGE],
        "scale": _scale(vessel, texts),
        "axis_source": texts.number(vessel.axis_source),
        "side": texts.number(vessel.side),
        "tolerance_px": max((round(section.hausdorff_px, 3) for section in vessel.sections), default=None),
        "residual": _residual(vessel),
        "drawn_px": [round(value) for value in shapely.total_bounds(drawn).tolist()] if vessel.sections else None,
        "files": [name.removeprefix(own) for name in names if name.startswith(own)],
        "drawing": thumbnail(place_vessel(vessel)),
        "status": texts.number(vessel.reviewed.status),
        "reviewed": [vessel.reviewed.by, vessel.reviewed.at, vessel.reviewed.note] if vessel.reviewed.by else None,
        "key": _key(vessel, source),
        "stem": vessel.stem,
    }
    return [values[column] for column in COLUMNS]


def _measure(vessel: Vessel, name: str, texts: _Texts) -> list[Any] | int:
    """[value, uncertainty], with the number of a reason if there is one; 0 for a measure that was not attempted."""
    measure = vessel.measures.get(name)
    if measure is None:
        return 0
    numbers: list[Any] = [_short(measure.value), _short(measure.uncertainty)]
    return [*numbers, texts.number(measure.reason)] if measure.reason else numbers


def _scale(vessel: Vessel, texts: _Texts) -> list[Any] | None:
    scale = vessel.scale
    if scale is None:
        return None
    return [float(f"{scale.mm_per_px:.6g}"), texts.number(scale.source), texts.number(scale.drawing_scale)]


def _residual(vessel: Vessel) -> list[float | None] | None:
    """[mean distance to ink in px, share of the outline without, share of another tone]."""
    residual = vessel.residual
    return [_short(residual.distance_px), _short(residual.share), _short(residual.uneven)] if residual else None


def _short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.5g}")


def _kind(reason: str) -> str:
    """A reason without its numbers, so that vessels with the same kind of reason can be selected together."""
    return _NUMBER.sub("…", reason)


def _unit(quantity: Quantity) -> str:
    return quantity.unit.replace("px3", "px³")


def _label(name: str) -> str:
    """The label of a measure: "wall_thickness_mm_p5" is "wall thickness, 5th percentile"."""
    label = _UNIT.sub("", name).replace("_", " ")
    for ending, words in _PERCENTILES.items():
        if label.endswith(ending):
            return label.removesuffix(ending) + words
    return label
