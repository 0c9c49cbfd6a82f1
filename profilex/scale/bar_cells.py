"""The cells of a scale bar: their common unit from the places where black and white meet."""

from dataclasses import dataclass

import numpy as np

_FAINT = 0.3  # ink of a thin frame line after blurring
_EDGE = 0.5
_THIN = 0.45  # a black run below this share of the narrowest white cell is a frame line, not a cell
_LARGEST_SIZE = 10
_MOST_PLACES = 60  # bars have up to about thirty boundaries; a row of letters has more
_ENOUGH = 4  # boundaries within a bar, without its ends
_AGREE = 0.1  # share of a unit: the tolerance of an edge's place ...
_AGREE_PX = 0.8  # ... or this much
_AGREE_MEAN = 0.04  # the same for the root of the mean square, in units ...
_AGREE_MEAN_PX = 0.3  # ... and px
_SPREAD_PX, _FEW_SPREAD_PX = 0.15, 0.25  # least error of an edge; larger if there are hardly more edges than unknowns
_BLOT_PX = 3.5  # ink spreads by no more than this ...
_BLOT = 0.15  # ... or this share of a unit


@dataclass(frozen=True, slots=True)
class Boundaries:
    """Boundaries between cells: `places` (n,) in samples, and `signs` (n,), which say how ink spreads there.

    -0.5 is an edge into black, +0.5 an edge out of black, 0 the middle of a frame line.
    """

    places: np.ndarray
    signs: np.ndarray


@dataclass(frozen=True, slots=True)
class Grid:
    """A row of cells: the smallest `unit` (px), its standard deviation, and how far black spreads into white (px).

    `sizes` are the distinct lengths of the cells in units; `cells` is the length of the whole row in units, and `start`
    the place of its first boundary. If cells are few, the unit is also taken `from_ends`: from the outer edges of the
    first and last cell, which a frame may have moved.
    """

    unit: float
    sd_unit: float
    blot: float
    sizes: tuple[int, ...]
    cells: int
    start: float
    from_ends: bool = False


def find_boundaries(profile: np.ndarray) -> Boundaries:
    """Boundaries in a profile of ink 0 to 1 along a row of cells (sample i reaches from i to i + 1)."""
    steps = np.flatnonzero(np.diff(np.concatenate([[0], (profile >= _FAINT).astype(np.int8), [0]])))
    starts, ends = steps[::2], steps[1::2]
    gaps = starts[1:] - ends[:-1]
    thin = _THIN * float(gaps.min()) if len(gaps) else 0.0
    places, signs = [], []
    for start, end in zip(starts, ends, strict=True):
        run = profile[start:end]
        # the width of a blurred stroke is half the sum of its ink
        if run.sum() <= max(thin, 0.0) or run.max() < _EDGE:
            places.append(start + float((run * (np.arange(len(run)) + 0.5)).sum() / run.sum()))
            signs.append(0.0)
        else:
            edges = _crossings(profile, int(start), int(end))
            places += edges
            signs += [-0.5, 0.5]
    return Boundaries(np.array(places), np.array(signs))


def fit_grid(boundaries: Boundaries) -> Grid | None:
    """The cells between boundaries; None if they follow no common unit.

    Unit, first boundary and blot come from one least-squares fit: an edge into black lies half a blot early, one out of
    black half a blot late.
    """
    places = boundaries.places
    if not 3 <= len(places) <= _MOST_PLACES:
        return None
    runs = np.diff(places)
    shared = (runs[:-1] + runs[1:]) / 2  # black and white side by side: the spread of ink cancels out
    for guess in sorted({float(value) for value in np.concatenate([shared, runs])}, reverse=True):
        grid = _fit(boundaries, guess)
        if grid is not None and grid.sizes[0] == 1:
            return grid
    return None


def _crossings(profile: np.ndarray, start: int, end: int) -> list[float]:
    """First and last place in a dark run where the ink passes one half, interpolated between samples."""
    padded = np.concatenate([[0.0], profile, [0.0]])
    above = np.flatnonzero(padded[start : end + 2] >= _EDGE) + start
    first, last = int(above[0]), int(above[-1])
    # sample i of the profile has its middle at i + 0.5 and is padded[i + 1]
    rise = first - (padded[first] - _EDGE) / max(padded[first] - padded[first - 1], 1e-9) - 0.5
    fall = last + (padded[last] - _EDGE) / max(padded[last] - padded[last + 1], 1e-9) - 0.5
    return [float(rise), float(fall)]


def _telling(signs: np.ndarray) -> np.ndarray:
    """Mask of the boundaries that determine the unit: a frame makes the black cells at the ends longer."""
    inner = np.ones(len(signs), bool)
    inner[[0, -1]] = signs[[0, -1]] == 0
    return inner if inner.sum() >= _ENOUGH else np.ones(len(signs), bool)


def _fit(boundaries: Boundaries, guess: float) -> Grid | None:
    """The grid near a guessed unit."""
    places, signs = boundaries.places, boundaries.signs
    unit, first, blot = guess, float(places[0]), 0.0
    used = _telling(signs)
    mixed = len(np.unique(signs[used])) > 1
    steps = np.zeros(len(places))
    for _ in range(6):
        if unit < 3:
            return None
        steps = np.rint((places - blot * signs - first) / unit)
        if (np.diff(steps) < 1).any() or np.diff(steps).max() > _LARGEST_SIZE:
            return None
        columns = [np.ones(len(places)), steps] + ([signs] if mixed else [])
        solution = np.linalg.lstsq(np.column_stack(columns)[used], places[used], rcond=None)[0]
        first, unit, blot = float(solution[0]), float(solution[1]), float(solution[2]) if mixed else 0.0
    residuals = (places - first - unit * steps - blot * signs)[used]
    if np.abs(residuals).max() > max(_AGREE * unit, _AGREE_PX) or abs(blot) > max(_BLOT_PX, _BLOT * unit):
        return None
    if float(np.sqrt((residuals**2).mean())) > max(_AGREE_MEAN * unit, _AGREE_MEAN_PX):
        return None
    freedom = int(used.sum()) - 2 - mixed
    spread = float(np.sqrt((residuals**2).sum() / freedom)) if freedom > 0 else 0.0
    spread = max(spread, _SPREAD_PX if freedom > 1 else _FEW_SPREAD_PX)
    sd = spread / float(np.sqrt(((steps[used] - steps[used].mean()) ** 2).sum()))
    sizes = tuple(sorted({int(size) for size in np.diff(steps)}))
    return Grid(unit, sd, blot, sizes, int(steps[-1] - steps[0]), first, bool(signs[0] and used[0]))
