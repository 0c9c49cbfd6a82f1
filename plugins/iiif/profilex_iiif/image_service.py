"""The Image API, versions 1 to 3: the address of the largest picture that a server hands out in one piece."""

import json
import math
from dataclasses import dataclass
from typing import Any

from profilex.plugins import Code, PageError
from profilex_iiif.physical import physical_mm
from profilex_iiif.presentation import Painting, Service, service_version


@dataclass(frozen=True, slots=True)
class ImageInfo:
    """What info.json says: the full size, the limits of one answer (None without), the sizes that are kept ready.

    `version` is that of the Image API, 0 where it does not say; `mm` is the real length of a pixel of the full size.
    """

    version: int
    width: int
    height: int
    most_width: float | None
    most_height: float | None
    most_area: float | None
    sizes: tuple[tuple[int, int], ...]
    only_sizes: bool
    mm: float | None


def read_info(data: bytes, url: str) -> ImageInfo:
    """The answer to `<service>/info.json`.

    Raises:
        PageError: fetch, when it is no such document.
    """
    try:
        document = json.loads(data)
        width, height = int(document["width"]), int(document["height"])
        if width <= 0 or height <= 0:
            raise ValueError(f"{width} x {height} pixels")
        return _info(document, width, height)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise PageError(Code.FETCH, f"{url}: is no image information ({type(error).__name__}: {error}).") from error


def _info(document: dict[str, Any], width: int, height: int) -> ImageInfo:
    profile = document.get("profile")
    described = profile if isinstance(profile, list) else [profile]
    limits = dict(document)
    for each in described:
        if isinstance(each, dict):  # where version 2 has them
            limits |= {name: each[name] for name in ("maxWidth", "maxHeight", "maxArea") if name in each}
    most_width = _number(limits.get("maxWidth"))
    levels = " ".join(each for each in described if isinstance(each, str))
    services = document.get("service") or []
    said = [document.get(name) for name in ("type", "@type", "@context")]
    said = [each for value in (*said, described) for each in (value if isinstance(value, list) else [value])]
    return ImageInfo(
        version=service_version(" ".join(each for each in said if isinstance(each, str))),
        width=width,
        height=height,
        most_width=most_width,
        most_height=_number(limits.get("maxHeight")) or most_width,
        most_area=_number(limits.get("maxArea")),
        sizes=tuple((int(size["width"]), int(size["height"])) for size in document.get("sizes") or []),
        only_sizes="level0" in levels,
        mm=physical_mm(services if isinstance(services, list) else [services]),
    )


def image_url(service: Service, painting: Painting, info: ImageInfo) -> str:
    """The address of the picture in the size that is best: full, or as large as the server's limits allow."""
    version = info.version or int(service.type[-1])
    size = "max" if version == 3 else _size_2(info, painting.region)
    quality = "native" if version == 1 else "default"
    return f"{service.url}/{painting.region}/{size}/{painting.rotation}/{quality}.jpg"


def _size_2(info: ImageInfo, region: str) -> str:
    """Version 3 has one word for it; in version 2 servers differ in whether they know `max`, so the width is told."""
    share = _share(info)
    if share == 1.0:
        return "full"
    if region != "full":
        return "max"
    if info.only_sizes:
        fitting = [size for size in info.sizes if _fits(info, size)]
        return f"{max(fitting)[0]}," if fitting else "max"
    return f"{math.floor(info.width * share)},"


def _share(info: ImageInfo) -> float:
    """By how much the full size has to be reduced."""
    shares = [1.0]
    shares += [info.most_width / info.width] if info.most_width else []
    shares += [info.most_height / info.height] if info.most_height else []
    shares += [math.sqrt(info.most_area / (info.width * info.height))] if info.most_area else []
    return min(shares)


def _fits(info: ImageInfo, size: tuple[int, int]) -> bool:
    width, height = size
    most = (info.most_width, info.most_height, info.most_area)
    return all(
        limit is None or value <= limit for value, limit in zip((width, height, width * height), most, strict=True)
    )


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and value > 0 else None
