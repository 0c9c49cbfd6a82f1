"""The cells of a scale bar: their common unit from the places where black and white meet."""

from dataclasses import dataclass

import numpy as np

_LARGEST_SIZE = 20
_AGREE = 0.12  # share of a unit by which an edge may miss its place


@dataclass(frozen=True, slots=True)
class Grid:
    """A row of cells: the smallest `unit` (px), its standard deviation, and how far black spreads into white (px).

    `blot` is by how much a black cell is longer than its share: pen, print and blur. `sizes` are the lengths of the
    cells in units, each once; `count` is the number of edges behind it all.
    """

    unit: float
    sd_unit: float
    blot: float
    sizes: tuple[int, ...]
    count: int


def transitions(profile: np.ndarray, level: float = 0.5) -> np.ndarray:
    """Places (in samples, sample i reaching from i to i + 1) where a profile of ink crosses a level, in between too.

    The first crossing is into the ink: ink at the start counts from there.
    """
    inked = np.concatenate([[0.0], profile, [0.0]])
    above = inked >= level
    at = np.flatnonzero(above[1:] != above[:-1])
    low, high = inked[at], inked[at + 1]
    # samples stand for their middles, and the first one added for -0.5
    return at + (level - low) / (high - low) - 0.5


def fit_grid(edges: np.ndarray) -> Grid | None:
    """The cells between edges that alternate from white to black and back; None where they follow no common unit.

    The unit, the first edge and the blot come from one least-squares fit: an edge into black lies half a blot early,
    one out of black half a blot late.
    """
    if len(edges) < 4:
        return None
    runs = np.diff(edges)
    sharing = np.sort((runs[:-1] + runs[1:]) / 2)  # black and white side by side: free of the blot
    for guess in np.unique(np.concatenate([sharing, sharing / 2, runs])):
        grid = _fit(edges, float(guess))
        if grid is not None:
            return _largest_unit(edges, grid)
    return None


def _fit(edges: np.ndarray, guess: float) -> Grid | None:
    """The grid near a guessed unit."""
    if guess < 2:
        return None
    into_black = np.where(np.arange(len(edges)) % 2 == 0, -0.5, 0.5)
    unit, first, blot = guess, edges[0], 0.0
    for _ in range(6):
        steps = np.rint((edges - blot * into_black - first) / unit)
        if len(np.unique(steps)) < len(edges) or np.diff(steps).max() > _LARGEST_SIZE:
            return None
        design = np.column_stack([np.ones(len(edges)), steps, into_black])
        (first, unit, blot), *_ = np.linalg.lstsq(design, edges, rcond=None)
        if unit < 2:
            return None
    residuals = edges - design @ (first, unit, blot)
    if np.abs(residuals).max() > max(_AGREE * unit, 0.75) or abs(blot) > 0.6 * unit:
        return None
    spread = max(float(np.sqrt((residuals**2).sum() / max(len(edges) - 3, 1))), 0.15)
    sd = spread / max(float(np.sqrt(((steps - steps.mean()) ** 2).sum())), 1e-9)
    sizes = tuple(sorted({int(size) for size in np.diff(steps)}))
    return Grid(float(unit), sd, float(blot), sizes, len(edges))


def _largest_unit(edges: np.ndarray, grid: Grid) -> Grid:
    """The same grid in the largest unit that all its cells are multiples of."""
    common = int(np.gcd.reduce(grid.sizes))
    return (_fit(edges, grid.unit * common) or grid) if common > 1 else grid
