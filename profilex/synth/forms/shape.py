"""What the grammar makes: one half of a vessel in millimetres, r outwards from the axis, y down from the rim plane."""

from dataclasses import dataclass

import numpy as np
from shapely import Polygon, box


@dataclass(frozen=True, slots=True)
class Shape:
    """One half of a vessel in mm: `section` has r > 0; `outer` (n, 2) runs from the top to the lowest point.

    `whole` says that rim and base are both there; `top` and `bottom` are "rim", "base" or "break". `breaks` are the
    cut edges (2, 2). `levels` are heights y at which the exterior shows a horizontal line. `handle` is a loop in the
    plane of the section, None without one.
    """

    kind: str
    section: Polygon
    outer: np.ndarray
    inner: np.ndarray
    wall: float
    top: str = "rim"
    bottom: str = "base"
    breaks: tuple[np.ndarray, ...] = ()
    levels: tuple[float, ...] = ()
    handle: Polygon | None = None

    @property
    def whole(self) -> bool:
        return self.top == "rim" and self.bottom == "base"

    @property
    def rim_radius(self) -> float | None:
        """Outermost radius of the lip, None for a piece without its rim."""
        if self.top != "rim":
            return None
        x0, y0, x1, _ = self.section.bounds
        lip = self.section.intersection(box(x0, y0, x1, y0 + 1.2 * self.wall))
        return float(lip.bounds[2])
