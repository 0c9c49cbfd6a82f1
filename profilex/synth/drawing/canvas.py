"""A small supersampled sheet of paper on which vessels are drawn, with unbiased coverage for the truth.

Coordinates are sheet pixels, x right, y down, pixel centres at .5. Tones are grey values 0 (ink) to 255 (paper).
"""

from collections.abc import Sequence

import cv2
import numpy as np
from shapely import LineString, MultiPolygon, Polygon

_SHIFT = 4  # fractional bits of OpenCV's fixed-point coordinates


class Canvas:
    """A sheet of `width` × `height` px drawn at `factor` times its resolution."""

    def __init__(self, width: int, height: int, factor: int = 3) -> None:
        self.width, self.height, self.factor = width, height, factor
        self.tone = np.full((height * factor, width * factor), 255, np.uint8)

    def _fixed(self, points: np.ndarray) -> np.ndarray:
        scaled = np.asarray(points, float) * self.factor - 0.5
        return np.round(scaled * (1 << _SHIFT)).astype(np.int32).reshape(-1, 1, 2)

    def coverage(self, shape: Polygon | MultiPolygon) -> np.ndarray:
        """Share of each supersampled pixel inside `shape`, uint8.

        OpenCV's fill takes in the outline's own pixels, half a pixel too many; the mean of the fill with and
        without its outline is unbiased.
        """
        full = np.zeros_like(self.tone)
        polygons = [shape] if isinstance(shape, Polygon) else list(getattr(shape, "geoms", []))
        rings = []
        for polygon in polygons:
            if isinstance(polygon, Polygon) and not polygon.is_empty:
                rings += [self._fixed(np.asarray(r.coords)) for r in (polygon.exterior, *polygon.interiors)]
        if not rings:
            return full
        cv2.fillPoly(full, rings, 255, shift=_SHIFT)
        edge = np.zeros_like(self.tone)
        cv2.polylines(edge, rings, True, 255, 1, shift=_SHIFT)
        full[edge > 0] = 128
        return full

    def fill(self, shape: Polygon | MultiPolygon, tone: int) -> None:
        """Cover `shape` with one opaque tone."""
        self.blend(self.coverage(shape), tone)

    def fill_small(self, ring: np.ndarray, tone: int) -> None:
        """Cover a ring (n, 2) of a few pixels, whose edge need not be exact: no truth is taken from it."""
        cv2.fillPoly(self.tone, [self._fixed(ring)], int(tone), cv2.LINE_AA, _SHIFT)

    def blend(self, cover: np.ndarray, tone: int | np.ndarray) -> None:
        """Lay `tone` over the sheet where `cover` (uint8, supersampled) says."""
        ys, xs = np.nonzero(cover.any(1))[0], np.nonzero(cover.any(0))[0]
        if not len(ys):
            return
        part = np.s_[ys[0] : ys[-1] + 1, xs[0] : xs[-1] + 1]
        share = cover[part].astype(np.float32) / 255
        over = tone[part] if isinstance(tone, np.ndarray) else float(tone)
        self.tone[part] = (self.tone[part] * (1 - share) + over * share + 0.5).astype(np.uint8)

    def stroke(self, points: np.ndarray, width: float, tone: int = 0, *, closed: bool = False) -> None:
        """Draw a line `width` px thick along `points` (n, 2)."""
        if len(points) < 2:
            return
        thick = max(1, round(width * self.factor))
        cv2.polylines(self.tone, [self._fixed(points)], closed, int(tone), thick, cv2.LINE_AA, _SHIFT)

    def dashes(self, points: np.ndarray, width: float, tone: int, dash: float, gap: float) -> None:
        """Draw a dashed line: `dash` px drawn, `gap` px left out, in turn."""
        for piece in cut_dashes(points, dash, gap):
            self.stroke(piece, width, tone)

    def dots(self, places: np.ndarray, radius: float, tone: int) -> None:
        """Draw filled dots of `radius` px at `places` (n, 2)."""
        r = max(1, round(radius * self.factor))
        for x, y in np.round(places * self.factor).astype(int).tolist():
            cv2.circle(self.tone, (x, y), r, int(tone), -1)

    def paper(self) -> np.ndarray:
        """The drawing at its own resolution, uint8 (height, width)."""
        return shrink(self.tone, self.width, self.height)

    def mask(self, shape: Polygon | MultiPolygon) -> np.ndarray:
        """Pixels more than half inside `shape`, bool (height, width)."""
        return shrink(self.coverage(shape), self.width, self.height) > 127


def shrink(image: np.ndarray, width: int, height: int) -> np.ndarray:
    """Area-average `image` to `width` × `height`."""
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)


def resample(points: np.ndarray, step: float) -> np.ndarray:
    """Points every `step` along a polyline (n, 2), both ends kept."""
    points = np.asarray(points, float)
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    count = max(2, round(along[-1] / max(step, 1e-6)) + 1)
    at = np.linspace(0, along[-1], count)
    return np.stack([np.interp(at, along, points[:, 0]), np.interp(at, along, points[:, 1])], 1)


def cut_dashes(points: np.ndarray, dash: float, gap: float) -> list[np.ndarray]:
    """Split a polyline into the drawn pieces of a dashed line."""
    fine = resample(points, max(0.5, dash / 6))
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(fine, axis=0).T))])
    on = (along % (dash + gap)) < dash
    pieces, start = [], None
    for i, drawn in enumerate([*on.tolist(), False]):
        if drawn and start is None:
            start = i
        elif not drawn and start is not None:
            if i - start > 1:
                pieces.append(fine[start:i])
            start = None
    return pieces


def wobble(rng: np.random.Generator, points: np.ndarray, amount: float, reach: float = 25.0) -> np.ndarray:
    """Shift a polyline sideways by smooth noise of `amount` px over `reach` px: a hand, not a plotter."""
    fine = resample(points, 4.0)
    if amount <= 0 or len(fine) < 4:
        return fine
    knots = max(3, int(len(fine) * 4 / reach) + 2)
    at = np.linspace(0, knots - 1, len(fine))
    noise = np.stack([np.interp(at, np.arange(knots), rng.normal(0, amount, knots)) for _ in range(2)], 1)
    return fine + noise


def hatch(shape: Polygon | MultiPolygon, angle: float, spacing: float) -> list[np.ndarray]:
    """Parallel lines across `shape`, `spacing` px apart, at `angle` radians."""
    x0, y0, x1, y1 = shape.bounds
    centre = np.array([(x0 + x1) / 2, (y0 + y1) / 2])
    reach = np.hypot(x1 - x0, y1 - y0) / 2 + spacing
    along, across = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    lines: list[np.ndarray] = []
    for offset in np.arange(-reach, reach, spacing):
        a, b = centre + across * offset - along * reach, centre + across * offset + along * reach
        cut = shape.intersection(LineString([a, b]))
        pieces = getattr(cut, "geoms", [cut])
        lines += [np.asarray(p.coords) for p in pieces if p.geom_type == "LineString" and not p.is_empty]
    return lines


def scatter(rng: np.random.Generator, inside: np.ndarray, density: np.ndarray | float, factor: int) -> np.ndarray:
    """Random places (n, 2) in sheet px where `inside` (bool, supersampled), `density` dots per square px."""
    ys, xs = np.nonzero(inside)
    if not len(ys):
        return np.empty((0, 2))
    rate = density[ys, xs] if isinstance(density, np.ndarray) else np.full(len(ys), density)
    hit = rng.random(len(ys)) < np.clip(rate / factor**2, 0, 1)
    return np.stack([xs[hit], ys[hit]], 1) / factor


def irregular(
    rng: np.random.Generator, centre: Sequence[float] | np.ndarray, radius: float, rough: float = 0.25
) -> np.ndarray:
    """A closed, uneven outline (n, 2) of about `radius` around `centre`, such as a sherd or a pit."""
    n = int(rng.integers(6, 14))
    angle = np.sort(rng.uniform(0, 2 * np.pi, n))
    r = radius * (1 + rng.normal(0, rough, n)).clip(0.45, 1.6)
    squeeze = rng.uniform(0.5, 1.0)
    return np.stack([centre[0] + r * np.cos(angle), centre[1] + r * squeeze * np.sin(angle)], 1)


def rounded(points: np.ndarray, times: int = 3) -> np.ndarray:
    """A closed outline (n, 2) rounded by corner cutting (Chaikin 1974), `times` over."""
    for _ in range(times):
        ahead = np.roll(points, -1, 0)
        points = np.stack([0.75 * points + 0.25 * ahead, 0.25 * points + 0.75 * ahead], 1).reshape(-1, 2)
    return points
