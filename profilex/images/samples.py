"""Samples of any depth to grey, 0 ink to 255 paper: the one place that interprets the numbers of a scan."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from profilex.errors import Code, PageError

_DEPTHS = (8, 10, 12, 14, 16)  # bits that scanners and cameras deliver in 16-bit samples
_LUMA = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601
_BAND_SAMPLES = 1 << 22  # of a picture that are converted to floating point at a time


@dataclass(frozen=True, slots=True)
class Samples:
    """Decoded samples before they are grey.

    `values` are whole or floating-point numbers (height, width) or (height, width, channels): grey, red-green-blue or
    cyan-magenta-yellow-black, and then any alpha. `white` is the value of full intensity that the file declares, None
    where it declares none. `inverted` says that 0 is white. `alpha` is the channel of the alpha, None without one;
    colours are `premultiplied` with it or not.
    """

    values: np.ndarray
    white: float | None = None
    inverted: bool = False
    alpha: int | None = None
    premultiplied: bool = False


def grey_of(samples: Samples) -> tuple[np.ndarray, tuple[str, ...]]:
    """The samples as uint8 (height, width), with warnings.

    They are scaled by their range and not clipped; colours become ITU-R BT.601 luma; transparent parts show white
    paper.

    Raises:
        PageError: unsupported, for a number of channels without a defined grey.
    """
    if samples.values.ndim == 2 and samples.alpha is None:
        return _narrowed(samples.values, samples.white, inverted=samples.inverted)
    values = samples.values.reshape(*samples.values.shape[:2], -1)
    colours = [channel for channel in range(values.shape[2]) if channel != samples.alpha]
    if len(colours) not in (1, 3, 4):
        raise PageError(
            Code.UNSUPPORTED,
            f"Pictures of {values.shape[2]} channels have no defined grey.",
            "Convert the scan to grey or RGB.",
        )
    top, warnings = _top(values, samples.white)
    grey = np.empty(values.shape[:2], np.uint8)
    for rows in _bands(values.shape):
        shares = np.clip(np.nan_to_num(values[rows].astype(np.float64), nan=np.inf) / top, 0.0, 1.0)
        light = _light(shares[..., colours])
        if samples.inverted:
            light = 1.0 - light
        if samples.alpha is not None:
            opacity = shares[..., samples.alpha]
            light = (light if samples.premultiplied else light * opacity) + 1.0 - opacity
        grey[rows] = np.rint(255.0 * np.clip(light, 0.0, 1.0))
    return grey, warnings


def _light(shares: np.ndarray) -> np.ndarray:
    """Luma 0..1 of one, three (RGB) or four (CMYK) channels of 0..1."""
    if shares.shape[2] == 1:
        return shares[..., 0]
    if shares.shape[2] == 4:
        shares = (1.0 - shares[..., :3]) * (1.0 - shares[..., 3:])
    return shares @ _LUMA


def _bands(shape: tuple[int, ...]) -> Iterator[slice]:
    height, width, channels = shape
    step = max(1, _BAND_SAMPLES // max(1, width * channels))
    return (slice(start, start + step) for start in range(0, height, step))


def _narrowed(samples: np.ndarray, declared: float | None, *, inverted: bool) -> tuple[np.ndarray, tuple[str, ...]]:
    """One channel to 8 bits, rounded."""
    top, warnings = _top(samples, declared)
    if samples.dtype.kind == "f":
        samples = np.nan_to_num(samples, nan=np.inf)  # a missing value is not ink
    if samples.dtype.kind != "f" and int(samples.max(initial=0)) <= 0xFFFF:
        whole = int(top)
        table = np.minimum((np.arange(0x10000) * 510 + whole) // (2 * whole), 255).astype(np.uint8)
        grey = table[np.maximum(samples, 0)]
    else:
        grey = np.rint(np.clip(samples, 0, top) * (255.0 / top)).astype(np.uint8)
    return (255 - grey if inverted else grey), warnings


def _top(samples: np.ndarray, declared: float | None) -> tuple[float, tuple[str, ...]]:
    """The value of white: the declared one, or that of the fewest bits that hold every sample."""
    if samples.dtype.kind == "f":
        most = max((float(band[np.isfinite(band)].max(initial=0.0)) for band in np.array_split(samples, 16)), default=0)
        return (1.0 if most <= 1.0 else _top_value(most)), ()
    most = int(samples.max(initial=0))
    if declared is not None and declared >= max(most, 1):
        return declared, ()
    top = _top_value(most)
    if top == 0xFFFF or most == 0:
        return max(top, 0xFF), ()
    bits = int(top).bit_length()
    if samples.dtype.itemsize == 1:
        return top, ()
    return top, (f"the 16-bit samples use {bits} bits only and are scaled by these",)


def _top_value(most: float) -> float:
    for bits in (*_DEPTHS, 32):
        if most < 1 << bits:
            return float((1 << bits) - 1)
    return float(most)
