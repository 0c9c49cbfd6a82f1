"""Plain images through a model: class masks, and polygons on request; what `profilex segment` does.

Unlike a scanned plate, a plain image has no vessels, scale or text: every class of the model is drawn.

    OUT/manifest.jsonl            one line for each image, sorted by source
    OUT/labelmap.txt              the classes with their colours, in the order of their indices
    OUT/images/<image>/mask.png   class index of every pixel
                       coloured.png, polygons.geojson

Files of several frames have a folder for each of them.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import cv2
import numpy as np
import shapely

from profilex.errors import Code, PageError, RunError
from profilex.export.geojson import PAGE_FRAME, round_coordinates
from profilex.files import Discovery, check_writable, discover, sha256_bytes, write_atomic
from profilex.images import count_frames, read_page
from profilex.model import Card, Segmenter, label_map
from profilex.model.colours import LABEL_COLOURS, Colour, label_map_text
from profilex.settings import ReadSettings, VectorizeSettings
from profilex.trace.outlines import sections
from profilex.types import Page, PageRef, Region, Segmentation

BACKGROUND = "background"

_NEARLY = 1e-6
_AS_DRAWN = VectorizeSettings(
    least_area_px=1.0, least_confidence=0.0, least_wall_px=0.0, least_wall_share=0.0, least_hole_px=0.0
)
"""Polygons of everything in the mask: thin and small parts are kept, for the user to judge."""


@dataclass(frozen=True, slots=True)
class ImageSettings:
    """How images are segmented; None means the value on the model's card, as in `Segmenter.probabilities`.

    `threshold` is the probability from which a pixel belongs to a class of a sigmoid model; a softmax model uses the
    most likely class. `colours` are by class and override the default ones.
    """

    scale: float | None = None
    threshold: float | None = None
    tile_px: int | None = None
    tile_overlap_px: int | None = None
    polygons: bool = False
    colours: Mapping[str, Colour] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImageRecord:
    """An image's line in the manifest: `shares` of its area by class, `outputs` (path, sha256) relative to OUT."""

    source: str
    frame: int
    status: str
    sha256: str = ""
    code: str = ""
    message: str = ""
    width_px: int = 0
    height_px: int = 0
    shares: Mapping[str, float] = field(default_factory=dict)
    polygons: Mapping[str, int] = field(default_factory=dict)
    outputs: tuple[tuple[str, str], ...] = ()
    model: str = ""
    model_sha256: str = ""

    def as_json(self) -> str:
        """One line of JSON."""
        outputs = [{"path": path, "sha256": sha256} for path, sha256 in self.outputs]
        return json.dumps({**asdict(self), "outputs": outputs}, ensure_ascii=False) + "\n"


def find_images(inputs: Sequence[Path], out: Path) -> Discovery:
    """Find the images in files and folders.

    Raises:
        RunError: as `profilex.files.discover`; code `output_unwritable` or `disk_full`.
    """
    discovery = discover(inputs, out, writes=("images",))
    check_writable(out)
    return discovery


def segment_images(
    discovery: Discovery,
    out: Path,
    segmenter: Segmenter,
    settings: ImageSettings,
    *,
    is_stopped: Callable[[], bool] = lambda: False,
) -> Iterator[ImageRecord]:
    """Segment images one by one, write their outputs and yield one record each; the manifest is written at the end.

    An image that cannot be read is recorded as failed, and the others go on. `is_stopped` is called before each.

    Raises:
        RunError: code `usage`, for a threshold with a softmax model or invalid tiles; code `output_unwritable`
            or `disk_full`.
    """
    if settings.threshold is not None and segmenter.card.architecture.activation == "softmax":
        raise RunError(
            Code.USAGE,
            f"the model {segmenter.card.name} uses the most likely class of each pixel; it has no threshold.",
            "Leave out --threshold.",
        )
    classes = class_names(segmenter.card)
    colours = _colours(classes, segmenter.card, settings)
    if colours:
        write_atomic(out / "labelmap.txt", label_map_text(colours).encode())
    records: list[ImageRecord] = []
    try:
        for ref in _frames(discovery):
            if is_stopped():
                break
            record = _record(ref, out, segmenter, settings, colours)
            records.append(record)
            yield record
    finally:
        lines = sorted(records, key=lambda record: (record.source, record.frame))
        write_atomic(out / "manifest.jsonl", "".join(record.as_json() for record in lines).encode())


def class_names(card: Card) -> tuple[str, ...]:
    """Names of the classes of a mask, in the order of their indices; a sigmoid model's index 0 is the background."""
    names = tuple(card.labels.get(channel, channel) for channel in card.channels)
    return names if card.architecture.activation == "softmax" else (BACKGROUND, *names)


def class_planes(image: np.ndarray, segmenter: Segmenter, settings: ImageSettings) -> np.ndarray:
    """Probabilities float32 (channels, height, width) of an image uint8 (height, width), at its own size.

    Raises:
        RunError: code `usage`, if the tiles are not larger than their overlap.
    """
    planes = segmenter.probabilities(
        image, scale=settings.scale, tile_px=settings.tile_px, tile_overlap_px=settings.tile_overlap_px
    )
    height, width = image.shape[:2]
    if planes.shape[1:] == (height, width):
        return planes
    return np.stack([cv2.resize(plane, (width, height), interpolation=cv2.INTER_LINEAR) for plane in planes])


def margins(planes: np.ndarray, channel: int, activation: str, threshold: float = 0.5) -> np.ndarray:
    """The certainty that pixels belong to a channel, float32 (h, w): above .5 exactly where `label_map` gives its
    class.

    The probability is compared with that of the most likely other class and, for a sigmoid model, with the threshold.
    """
    own = np.clip(planes[channel], _NEARLY, 1.0 - _NEARLY)
    sure = np.ones_like(own)
    if activation != "softmax":
        sure = own * (1.0 - threshold) / (own * (1.0 - threshold) + (1.0 - own) * threshold)
    others = np.delete(planes, channel, axis=0)
    if len(others):
        rival = np.maximum(others.max(axis=0), _NEARLY)
        sure = np.minimum(sure, own / (own + rival))
    return sure


def _frames(discovery: Discovery) -> Iterator[PageRef | tuple[PageRef, PageError]]:
    for scan in discovery.files:
        try:
            frames = count_frames(scan.path)
        except PageError as error:
            yield PageRef(scan.path, scan.source, scan.folder), error
            continue
        for frame in range(frames):
            yield PageRef(scan.path, scan.source, scan.page_folder(frame, frames), frame)


def _record(
    ref: PageRef | tuple[PageRef, PageError],
    out: Path,
    segmenter: Segmenter,
    settings: ImageSettings,
    colours: Mapping[str, Colour],
) -> ImageRecord:
    if isinstance(ref, tuple):
        return _failed(*ref)
    try:
        page = read_page(ref, ReadSettings())
        return _segmented(page, out, segmenter, settings, colours)
    except PageError as error:
        return _failed(ref, error)
    except MemoryError:
        return _failed(ref, PageError(Code.MEMORY, "The image needs more memory than there is.", "Lower --scale."))


def _failed(ref: PageRef, error: PageError) -> ImageRecord:
    return ImageRecord(ref.source, ref.frame, "failed", code=error.code, message=str(error))


def _segmented(
    page: Page, out: Path, segmenter: Segmenter, settings: ImageSettings, colours: Mapping[str, Colour]
) -> ImageRecord:
    card = segmenter.card
    classes = class_names(card)
    threshold = 0.5 if settings.threshold is None else settings.threshold
    planes = class_planes(page.grey, segmenter, settings)
    mask = label_map(planes, card.architecture.activation, threshold)
    files = {"mask.png": _png(mask)}
    if colours:
        table = np.array([colours[name][::-1] for name in classes], np.uint8)
        files["coloured.png"] = _png(table[mask])
    counts: dict[str, int] = {}
    if settings.polygons:
        features = _features(page, planes, card, threshold)
        counts = {name: sum(each["properties"]["class"] == name for each in features) for name in _drawn(classes)}
        files["polygons.geojson"] = _collection(page, features)
    shares = np.bincount(mask.ravel(), minlength=len(classes)) / mask.size
    return ImageRecord(
        page.ref.source,
        page.ref.frame,
        "ok",
        sha256=page.sha256,
        width_px=page.width_px,
        height_px=page.height_px,
        shares={name: round(float(share), 6) for name, share in zip(classes, shares, strict=True)},
        polygons=counts,
        outputs=tuple(_written(out, f"images/{page.ref.folder}/{name}", data) for name, data in files.items()),
        model=card.name,
        model_sha256=card.digest,
    )


def _written(out: Path, path: str, data: bytes) -> tuple[str, str]:
    write_atomic(out / path, data)
    return path, sha256_bytes(data)


def _drawn(classes: Sequence[str]) -> list[str]:
    return [name for name in classes if name != BACKGROUND]


def _features(page: Page, planes: np.ndarray, card: Card, threshold: float) -> list[dict]:
    """Polygons of every class except the background, as GeoJSON features."""
    features = []
    box, frame = (0, 0, page.width_px, page.height_px), (page.width_px, page.height_px)
    for channel, key in enumerate(card.channels):
        if key == BACKGROUND:
            continue
        plane = margins(planes, channel, card.architecture.activation, threshold)
        region = Region(box, plane[None])  # under the one name for which outlines are traced
        found, _ = sections(Segmentation(("section",), region, (region,)), _AS_DRAWN, frame=frame)
        features += [
            {
                "type": "Feature",
                "geometry": shapely.geometry.mapping(round_coordinates(each.polygon)),
                "properties": {
                    "class": card.labels.get(key, key),
                    "area_px": round(each.polygon.area, 2),
                    "confidence": round(each.confidence, 4),
                },
            }
            for each in found
        ]
    return features


def _collection(page: Page, features: Sequence[dict]) -> bytes:
    image = {"source": page.ref.source, "frame": page.ref.frame, "width_px": page.width_px, "height_px": page.height_px}
    head = {"type": "FeatureCollection", "profilex:coordinates": PAGE_FRAME, "profilex:image": image}
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False, allow_nan=False) for feature in features)
    return (json.dumps(head, ensure_ascii=False)[:-1] + f', "features": [\n{lines}\n]}}\n').encode()


def _colours(classes: Sequence[str], card: Card, settings: ImageSettings) -> dict[str, Colour]:
    """The colour of every class, by its name or that of its channel; empty if one is unknown."""
    channels = card.channels if len(card.channels) == len(classes) else (BACKGROUND, *card.channels)
    known = {**LABEL_COLOURS, **settings.colours}
    found = {name: known.get(name, known.get(channel)) for name, channel in zip(classes, channels, strict=True)}
    return {name: colour for name, colour in found.items() if colour} if all(found.values()) else {}


def _png(picture: np.ndarray) -> bytes:
    return cv2.imencode(".png", picture)[1].tobytes()
