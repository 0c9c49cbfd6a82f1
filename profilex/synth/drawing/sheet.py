"""A drawing in progress: the vessel frame on the canvas, the hand that draws there, and the truth as it grows."""

from dataclasses import dataclass, field, replace

import numpy as np
from shapely import MultiPolygon, Polygon
from shapely import affinity as aff

from profilex.synth.drawing.canvas import Canvas, wobble
from profilex.synth.drawing.style import Style
from profilex.synth.forms.shape import Shape
from profilex.synth.writing.lettering import Pen, Text, put


@dataclass(frozen=True, slots=True)
class Mark:
    """A sign on a drawing, (n, 2) in px: "n_sign", "break" (where the wall ends) or "rebuilt" (a dashed line)."""

    kind: str
    line: np.ndarray


@dataclass(slots=True)
class Sheet:
    """A drawing in progress: where the vessel frame lies on the canvas, and what was written and marked there."""

    rng: np.random.Generator
    canvas: Canvas
    shape: Shape
    style: Style
    k: float  # px per mm
    ax: float  # x of the axis
    top: float  # y of the rim plane
    side: int  # -1 section on the left, 1 on the right
    features: frozenset[str] = frozenset()
    away: float = 1.0  # breadth of the exterior half relative to the other
    texts: list[Text] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)

    def has(self, feature: str) -> bool:
        """Whether the drawing has a feature of its own or of its page; a rim line that is a stub has a bare profile."""
        if feature == "bare_profile" and self.style.rim_line == "stub":
            return True
        return feature in self.features or feature in self.style.features

    def leave_out(self, feature: str) -> None:
        """Note that a feature was not drawn after all, for want of room."""
        self.features -= {feature}

    def at(self, points: np.ndarray, side: int) -> np.ndarray:
        """Vessel frame (r, y) mm to sheet px on one side of the axis."""
        p = np.asarray(points, float)
        wide = self.k * (1.0 if side == self.side else self.away)
        return np.stack([self.ax + side * wide * p[:, 0], self.top + self.k * p[:, 1]], 1)

    def place(self, shape: Polygon | MultiPolygon, side: int) -> Polygon | MultiPolygon:
        """A shape of the vessel frame in sheet px on one side of the axis."""
        wide = self.k * (1.0 if side == self.side else self.away)
        return aff.affine_transform(shape, [side * wide, 0, 0, self.k, self.ax, self.top])

    def line(
        self, points: np.ndarray, width: float | None = None, tone: int | None = None, *, closed: bool = False
    ) -> None:
        """A hand-drawn line in the style's ink."""
        pts = wobble(self.rng, np.concatenate([points, points[:1]]) if closed else points, self.style.hand)
        self.canvas.stroke(pts, width or self.style.pen, self.style.ink if tone is None else tone)

    def write(self, text: Text, at: tuple[float, float], size: float, pen: Pen, anchor: str = "centre") -> None:
        """Write `text` and keep it, with its place, in the truth; its own `box` is not used."""
        c = self.canvas
        x0, y0, x1, y1 = put(self.rng, c.tone, at, text.text, size, pen, anchor, c.factor)
        if x0 >= 0 and y0 >= 0 and x1 <= c.width and y1 <= c.height:
            self.texts.append(replace(text, box=(x0, y0, x1, y1)))

    @property
    def bottom(self) -> float:
        """y of the lowest point of wall and contour."""
        return self.top + self.k * max(self.shape.section.bounds[3], float(self.shape.outer[:, 1].max()))
