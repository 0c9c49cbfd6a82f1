"""The DXF document that all drawings start from, and its bytes: layers, units, linetypes, a clean audit, no clock."""

import io
import re
import threading
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import ezdxf
from ezdxf import bbox
from ezdxf.document import Drawing

from profilex.errors import Code, PageError
from profilex.export.frame.print_style import TEXT_MM

APPID = "PROFILEX"
"""Owner of the extended data that profilex attaches to outlines."""

LAYERS = {
    "PX_SECTION_OUTLINE": {"color": 7, "lineweight": 25},
    "PX_SECTION_FILL": {"color": 8},
    "PX_OUTLINE_EXT": {"color": 7, "lineweight": 18},
    "PX_AXIS": {"color": 1, "lineweight": 13, "linetype": "CENTER"},
    "PX_RIM": {"color": 3, "lineweight": 18},
    "PX_BREAK": {"color": 6, "lineweight": 13, "linetype": "DASHED"},
    "PX_DIMENSION": {"color": 5, "lineweight": 13},
    "PX_TEXT": {"color": 7},
    "PX_SCALEBAR": {"color": 7, "lineweight": 13},
    "PX_FRAME": {"color": 8, "lineweight": 13},
    "PX_VIEWPORT": {"color": 8, "plot": 0},
}
"""Every layer of a drawing with its colour, lineweight (1/100 mm) and linetype."""

DIMENSION_STYLE = "PX_DIMENSION"
PLATE = "Plate"
"""Name of the one paper-space layout."""

_LINETYPES = {
    "CENTER": (50.8, 31.75, -6.35, 6.35, -6.35),
    "DASHED": (19.05, 12.7, -6.35),
}
_DASH_HEIGHTS = 25.0  # the axis's long dash is then 1.3 text heights
_VIEW_MARGIN, _VIEW_ASPECT = 1.1, 1.5
_MILLIMETRES, _UNITLESS = 4, 0

# ezdxf stamps time and random ids into what it writes unless an option of the whole process says otherwise
_metadata_lock = threading.RLock()


def draw(unit: str, height: float, fill: Callable[[Drawing], None]) -> bytes:
    """A DXF document of R2010 as bytes, equal for equal content: set up, filled by `fill`, audited and serialised.

    `unit` is "mm" or "px" (then $INSUNITS is 0); `height`, that of the texts in that unit, decides how coarse the
    dashes are as well. The header names extents and view, so that the drawing is seen as soon as it is opened.

    Raises:
        PageError: ezdxf's audit finds anything to complain about.
    """
    with _no_clock():
        doc = _new_document(unit, height)
        fill(doc)
        _show_all(doc)
        auditor = doc.audit()
        if auditor.has_errors or auditor.has_fixes:
            complaints = "; ".join(str(entry.message) for entry in (*auditor.errors, *auditor.fixes))
            raise PageError(Code.EXPORT, f"The DXF is not clean: {complaints}.", "Report this as a bug, with the scan.")
        # ezdxf gathers the classes it needs from a set: sorted, the bytes do not follow the process's hash seed
        doc.classes.add_required_classes(doc.dxfversion)
        doc.classes.classes = dict(sorted(doc.classes.classes.items()))
        stream = io.StringIO()
        doc.write(stream)
    return stream.getvalue().encode("utf-8", errors="dxfreplace")


def text_height(unit: str, size: float, ratio: float) -> float:
    """Height of a drawing's texts: fixed in print at 1:`ratio`; in pixels, whose print is unknown, by its long side."""
    return TEXT_MM * ratio if unit == "mm" else float(f"{size / 40:.2g}")


def plain(text: str) -> str:
    """Text that a DXF string can hold: no control characters (a newline spoils the file), at most 250 bytes."""
    flat = re.sub(r"[\x00-\x1f\x7f\u2028\u2029]+", " ", text)
    return flat.encode("utf-8", errors="replace")[:250].decode("utf-8", errors="ignore")


def ascii_name(text: str) -> str:
    """A name for a group or block: ASCII letters, digits, hyphen and underscore."""
    folded = unicodedata.normalize("NFKD", text).encode("ascii", errors="ignore").decode()
    return re.sub(r"[^A-Za-z0-9_-]+", "_", folded)[:200] or "vessel"


def _show_all(doc: Drawing) -> None:
    """Extents, limits and the active view of model space, with a margin."""
    box = bbox.extents(doc.modelspace(), fast=True)
    if not box.has_data:
        return
    low, high = box.extmin, box.extmax
    doc.header["$EXTMIN"], doc.header["$EXTMAX"] = (low.x, low.y, 0.0), (high.x, high.y, 0.0)
    doc.header["$LIMMIN"], doc.header["$LIMMAX"] = (low.x, low.y), (high.x, high.y)
    doc.modelspace().reset_extents((low.x, low.y, 0.0), (high.x, high.y, 0.0))
    doc.modelspace().reset_limits((low.x, low.y), (high.x, high.y))
    width, height = max(high.x - low.x, 1e-3), max(high.y - low.y, 1e-3)
    doc.set_modelspace_vport(height=_VIEW_MARGIN * max(height, width / _VIEW_ASPECT), center=box.center.vec2)


def _new_document(unit: str, height: float) -> Drawing:
    doc = ezdxf.new("R2010")
    doc.header["$INSUNITS"] = _MILLIMETRES if unit == "mm" else _UNITLESS
    doc.header["$MEASUREMENT"] = 1
    doc.header["$LTSCALE"] = float(f"{max(height, 1e-6) / _DASH_HEIGHTS:.3g}")
    doc.appids.new(APPID)
    for name, pattern in _LINETYPES.items():
        doc.linetypes.add(name, list(pattern))
    for name, style in LAYERS.items():
        doc.layers.new(name, dxfattribs=style)
    dimension: dict[str, float] = {
        "dimtxt": height,
        "dimasz": height * 0.8,
        "dimexe": height * 0.4,
        "dimexo": height * 0.6,
        "dimgap": height * 0.4,
        "dimtad": 1,
        "dimdec": 1,
        "dimzin": 8,
        "dimdsep": ord("."),
    }
    doc.dimstyles.new(DIMENSION_STYLE, dxfattribs=dict(dimension))
    for name, value in dimension.items():  # LibreCAD takes these, whatever the style of a dimension
        doc.header[f"${name.upper()}"] = value
    doc.header["$DIMSTYLE"] = DIMENSION_STYLE
    doc.header["$LWDISPLAY"] = 1
    doc.layouts.rename("Layout1", PLATE)
    return doc


@contextmanager
def _no_clock() -> Iterator[None]:
    with _metadata_lock:
        before = ezdxf.options.write_fixed_meta_data_for_testing
        ezdxf.options.write_fixed_meta_data_for_testing = True
        try:
            yield
        finally:
            ezdxf.options.write_fixed_meta_data_for_testing = before
