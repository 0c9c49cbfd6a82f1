"""What the grammar makes: one half of a vessel in millimetres, r outwards from the axis, y down from the rim plane."""

from dataclasses import dataclass

import numpy as np
from shapely import MultiPolygon, Polygon, box, union_all


@dataclass(frozen=True, slots=True)
class Part:
    """Something that sits on a wall, in the plane of the section: `kind` is "spout", "lug" or "leg".

    `bore` is the channel through a spout and the wall, None for solid parts.
    """

    kind: str
    outline: Polygon
    bore: Polygon | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """One half of a vessel in mm: `section` has r > 0; `outer` (n, 2) runs from the top to the lowest point.

    `whole` says that rim and base are both there; `top` and `bottom` are "rim", "base" or "break". `breaks` are the
    cut edges (2, 2). `levels` are heights y at which the exterior shows a horizontal line. `handle` is a loop in the
    plane of the section, None without one. `rest_outer` and `rest_inner` are the faces of the lost wall from the break
    on, None where nothing is lost. `windows` are openings as seen from the front, x from the axis.
    """

    kind: str
    section: Polygon | MultiPolygon
    outer: np.ndarray
    inner: np.ndarray
    wall: float
    top: str = "rim"
    bottom: str = "base"
    breaks: tuple[np.ndarray, ...] = ()
    levels: tuple[float, ...] = ()
    handle: Polygon | None = None
    rest_outer: np.ndarray | None = None
    rest_inner: np.ndarray | None = None
    parts: tuple[Part, ...] = ()
    windows: tuple[np.ndarray, ...] = ()

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

    @property
    def extent(self) -> tuple[float, float, float]:
        """How far it reaches above the rim plane, outwards and down: wall, contour, handle and parts."""
        pieces = [self.section, *[part.outline for part in self.parts]]
        if self.handle is not None:
            pieces.append(self.handle)
        _, y0, x1, y1 = union_all(pieces).bounds
        return max(0.0, -y0), max(x1, float(self.outer[:, 0].max())), max(y1, float(self.outer[:, 1].max()))

    @property
    def facts(self) -> frozenset[str]:
        """What features of drawings can ask of a form: see `conventions.features.FACTS`."""
        facts = {"rim"} if self.top == "rim" else set()
        facts |= {"whole"} if self.whole else {"fragment"}
        facts |= {"handle"} if self.handle is not None else set()
        facts |= {"lid"} if self.kind == "lid" else set()
        if self.kind in CLOSED and self.top == "rim":
            facts.add("closed")
        return frozenset(facts)


CLOSED = ("jar", "pot", "jug", "bottle", "amphora", "hole_mouth", "inkwell", "round_pot")
