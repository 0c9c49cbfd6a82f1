"""coco.json: sections as annotations in the COCO format, for detectors and viewers of annotations."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

import shapely
from shapely import Polygon

from profilex.types import PageResult

_CATEGORIES = [{"id": n, "name": name, "supercategory": "vessel"} for n, name in ((1, "section"), (2, "handle"))]


def document(pages: Iterable[PageResult]) -> bytes:
    """All pages as one COCO data set: an image for each page, an annotation for each section, in page pixels.

    COCO's polygons have no holes: a section that has some is cut through them into pieces without. `score` is the
    network's confidence, `vessel` the vessel's identifier; both are additions to the format.
    """
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for number, page in enumerate(pages, start=1):
        images.append(
            {
                "id": number,
                "file_name": page.ref.source,
                "width": page.width_px,
                "height": page.height_px,
                "frame": page.ref.frame,
            }
        )
        for vessel in page.vessels:
            for section in vessel.sections:
                left, top, right, bottom = section.polygon.bounds
                annotations.append(
                    {
                        "id": len(annotations) + 1,
                        "image_id": number,
                        "category_id": 2 if section.is_handle else 1,
                        "segmentation": [_numbers(part) for part in without_holes(section.polygon)],
                        "bbox": [round(value, 3) for value in (left, top, right - left, bottom - top)],
                        "area": round(section.polygon.area, 3),
                        "iscrowd": 0,
                        "score": round(section.confidence, 4),
                        "vessel": vessel.identifier,
                    }
                )
    members = {"info": {"description": "profilex"}, "images": images, "annotations": annotations}
    return (json.dumps(members | {"categories": _CATEGORIES}, ensure_ascii=False) + "\n").encode()


def without_holes(polygon: Polygon) -> Iterator[Polygon]:
    """The same area in pieces without holes, cut upright through each hole."""
    if not polygon.interiors:
        yield polygon
        return
    x = polygon.interiors[0].centroid.x
    left, top, right, bottom = polygon.bounds
    for half in (shapely.box(left - 1, top - 1, x, bottom + 1), shapely.box(x, top - 1, right + 1, bottom + 1)):
        for part in shapely.get_parts(polygon.intersection(half)):
            if isinstance(part, Polygon) and part.area > 0:
                yield from without_holes(part)


def _numbers(polygon: Polygon) -> list[float]:
    return [round(value, 3) for value in shapely.get_coordinates(polygon.exterior)[:-1].ravel().tolist()]
