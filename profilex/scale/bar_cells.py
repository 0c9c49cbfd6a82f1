"""The cells of a scale bar: their common unit from the places where black and white meet."""

from dataclasses import dataclass

import numpy as np

from profilex.settings import EvidenceSettings


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


def find_boundaries(profile: np.ndarray, numbers: EvidenceSettings) -> Boundaries:
    """Boundaries in a profile of ink 0 to 1 along a row of cells (sample i reaches from i to i + 1)."""
    steps = np.flatnonzero(np.diff(np.concatenate([[0], (profile >= numbers.bar_cells.faint).astype(np.int8), [0]])))
    starts, ends = steps[::2], steps[1::2]
    gaps = starts[1:] - ends[:-1]
    thin = numbers.bar_cells.thin * float(gaps.min()) if len(gaps) else 0.0
    places, signs = [], []
    for start, end in zip(starts, ends, strict=True):
        run = profile[start:end]
        # the width of a blurred stroke is half the sum of its ink
        if run.sum() <= max(thin, 0.0) or run.max() < numbers.bar_cells.edge:
            places.append(start + float((run * (np.arange(len(run)) + 0.5)).sum() / run.sum()))
            signs.append(0.0)
        else:
            edges = _crossings(profile, int(start), int(end), numbers)
            places += edges
            signs += [-0.5, 0.5]
    return Boundaries(np.array(places), np.array(signs))


def fit_grid(boundaries: Boundaries, numbers: EvidenceSettings) -> Grid | None:
    """The cells between boundaries; None if they follow no common unit.

    Unit, first boundary and blot come from one least-squares fit: an edge into black lies half a blot early, one out of
    black half a blot late.
    """
    places = boundaries.places
    if not 3 <= len(places) <= numbers.bar_cells.most_places:
        return None
    runs = np.diff(places)
    shared = (runs[:-1] + runs[1:]) / 2  # black and white side by side: the spread of ink cancels out
    for guess in sorted({float(value) for value in np.concatenate([shared, runs])}, reverse=True):
        grid = _fit(boundaries, guess, numbers)
        if grid is not None and grid.sizes[0] == 1:
            return grid
    return None


def _crossings(profile: np.ndarray, start: int, end: int, numbers: EvidenceSettings) -> list[float]:
    """First and last place in a dark run where the ink passes one half, interpolated between samples."""
    padded = np.concatenate([[0.0], profile, [0.0]])
    above = np.flatnonzero(padded[start : end + 2] >= numbers.bar_cells.edge) + start
    first, last = int(above[0]), int(above[-1])
    # sample i of the profile has its middle at i + 0.5 and is padded[i + 1]
    rise = first - (padded[first] - numbers.bar_cells.edge) / max(padded[first] - padded[first - 1], 1e-9) - 0.5
    fall = last + (padded[last] - numbers.bar_cells.edge) / max(padded[last] - padded[last + 1], 1e-9) - 0.5
    return [float(rise), float(fall)]


def _telling(signs: np.ndarray, numbers: EvidenceSettings) -> np.ndarray:
    """Mask of the boundaries that determine the unit: a frame makes the black cells at the ends longer."""
    inner = np.ones(len(signs), bool)
    inner[[0, -1]] = signs[[0, -1]] == 0
    return inner if inner.sum() >= numbers.bar_cells.enough else np.ones(len(signs), bool)


def _fit(boundaries: Boundaries, guess: float, numbers: EvidenceSettings) -> Grid | None:
    """The grid near a guessed unit."""
    places, signs = boundaries.places, boundaries.signs
    unit, first, blot = guess, float(places[0]), 0.0
    used = _telling(signs, numbers)
    mixed = len(np.unique(signs[used])) > 1
    steps = np.zeros(len(places))
    for _ in range(6):
        if unit < 3:
            return None
        steps = np.rint((places - blot * signs - first) / unit)
        if (np.diff(steps) < 1).any() or np.diff(steps).max() > numbers.bar_cells.largest_size:
            return None
        columns = [np.ones(len(places)), steps] + ([signs] if mixed else [])
        solution = np.linalg.lstsq(np.column_stack(columns)[used], places[used], rcond=None)[0]
        first, unit, blot = float(solution[0]), float(solution[1]), float(solution[2]) if mixed else 0.0
    residuals = (places - first - unit * steps - blot * signs)[used]
    if np.abs(residuals).max() > max(numbers.bar_cells.agree * unit, numbers.bar_cells.agree_px) or abs(blot) > max(
        numbers.bar_cells.blot_px, numbers.bar_cells.blot * unit
    ):
        return None
    if float(np.sqrt((residuals**2).mean())) > max(
        numbers.bar_cells.agree_mean * unit, numbers.bar_cells.agree_mean_px
    ):
        return None
    freedom = int(used.sum()) - 2 - mixed
    spread = float(np.sqrt((residuals**2).sum() / freedom)) if freedom > 0 else 0.0
    spread = max(spread, numbers.bar_cells.spread_px if freedom > 1 else numbers.bar_cells.few_spread_px)
    sd = spread / float(np.sqrt(((steps[used] - steps[used].mean()) ** 2).sum()))
    sizes = tuple(sorted({int(size) for size in np.diff(steps)}))
    return Grid(unit, sd, blot, sizes, int(steps[-1] - steps[0]), first, bool(signs[0] and used[0]))
