"""A drawing in progress: the vessel frame on the canvas, and the hand that draws there."""

from dataclasses import dataclass

import numpy as np
from shapely import MultiPolygon, Polygon
from shapely import affinity as aff

from profilex.synth.drawing.canvas import Canvas, wobble
from profilex.synth.drawing.style import Style
from profilex.synth.forms.shape import Shape


@dataclass(slots=True)
class Sheet:
    """A drawing in progress: where the vessel frame lies on the canvas."""

    rng: np.random.Generator
    canvas: Canvas
    shape: Shape
    style: Style
    k: float  # px per mm
    ax: float  # x of the axis
    top: float  # y of the rim plane
    side: int  # -1 section on the left, 1 on the right

    def at(self, points: np.ndarray, side: int) -> np.ndarray:
        """Vessel frame (r, y) mm to sheet px on one side of the axis."""
        p = np.asarray(points, float)
        return np.stack([self.ax + side * self.k * p[:, 0], self.top + self.k * p[:, 1]], 1)

    def place(self, shape: Polygon | MultiPolygon, side: int) -> Polygon | MultiPolygon:
        return aff.affine_transform(shape, [side * self.k, 0, 0, self.k, self.ax, self.top])

    def line(
        self, points: np.ndarray, width: float | None = None, tone: int | None = None, *, closed: bool = False
    ) -> None:
        """A hand-drawn line in the style's ink."""
        pts = wobble(self.rng, np.concatenate([points, points[:1]]) if closed else points, self.style.hand)
        self.canvas.stroke(pts, width or self.style.pen, self.style.ink if tone is None else tone)

    @property
    def bottom(self) -> float:
        return self.top + self.k * max(self.shape.section.bounds[3], float(self.shape.outer[:, 1].max()))
