"""The hand that draws a publication: one random choice of conventions, kept for a whole plate."""

from dataclasses import dataclass, replace

import numpy as np

SECTION_STYLES = ("solid", "outline", "hatched", "toned", "ink")
_SHARES = (0.30, 0.36, 0.07, 0.19, 0.08)


@dataclass(frozen=True, slots=True)
class Style:
    """How one publication draws: section fill, pens (px), axis, rim line, break marks, exterior, labels."""

    section: str
    pen: float  # thin lines
    outline: float  # outline of hollow sections
    ink: int  # tone of lines
    fill: int  # tone of solid sections
    hand: float  # wobble of lines, px
    axis: str  # solid, dashed, stub, lower, missing
    rim_line: str  # solid, double, dashed, none
    rim_gap: float  # px between section and rim line
    ticks: str  # dashes, none, line, outline
    exterior: str  # bare, wheel, painted, shaded, stippled, relief, grey, mixed
    section_right: bool
    hatch_angle: float
    hatch_step: float
    hatch_kind: str  # lines, cross, dots, dashes, grey
    tint: int  # section tone in toned drawings
    gloom: float  # darkness of shaded interiors, 0..1
    label: str  # below, left, none
    thickness: float = 1.0  # of walls, relative to what is usual


def choose_style(rng: np.random.Generator, section: str | None = None) -> Style:
    """A random style; `section` fixes how sections are filled."""
    kind = section or str(rng.choice(SECTION_STYLES, p=_SHARES))
    thin = {"solid": (0.9, 2.6), "outline": (0.9, 3.4), "hatched": (0.9, 2.4), "toned": (0.6, 1.4), "ink": (1.2, 3.5)}[
        kind
    ]
    pen = float(rng.uniform(*thin))
    exterior = ["bare", "wheel", "painted", "shaded", "stippled", "relief", "grey", "mixed"]
    shares = {
        "solid": [0.40, 0.12, 0.20, 0.04, 0.05, 0.03, 0.04, 0.12],
        "outline": [0.34, 0.16, 0.16, 0.03, 0.06, 0.05, 0.08, 0.12],
        "hatched": [0.45, 0.2, 0.15, 0.03, 0.04, 0.03, 0.04, 0.06],
        "toned": [0.03, 0.03, 0.02, 0.74, 0.03, 0.15, 0.0, 0.0],
        "ink": [0.12, 0.1, 0.12, 0.1, 0.4, 0.06, 0.0, 0.1],
    }[kind]
    ink = int(rng.choice([0, int(rng.integers(0, 70)), int(rng.integers(60, 120))], p=[0.5, 0.35, 0.15]))
    return Style(
        section=kind,
        pen=pen,
        outline=float(pen * rng.uniform(0.9, 1.9)),
        ink=ink,
        fill=int(rng.choice([0, int(rng.integers(15, 50)), int(rng.integers(50, 110))], p=[0.5, 0.35, 0.15])),
        hand=float(rng.choice([0.0, rng.uniform(0.1, 0.8)], p=[0.35, 0.65])),
        axis=str(rng.choice(["solid", "dashed", "stub", "lower", "missing"], p=[0.7, 0.07, 0.12, 0.06, 0.05])),
        rim_line=str(rng.choice(["solid", "double", "dashed", "none"], p=[0.72, 0.16, 0.06, 0.06])),
        rim_gap=float(rng.choice([0.0, rng.uniform(2, 15)], p=[0.6, 0.4])),
        ticks=str(
            rng.choice(
                ["dashes", "none", "line", "outline"],
                p=[0.47, 0.37, 0.08, 0.08] if kind != "ink" else [0.3, 0.2, 0.2, 0.3],
            )
        ),
        exterior=str(rng.choice(exterior, p=shares)),
        section_right=bool(rng.random() < 0.12),
        hatch_angle=float(rng.choice([0.79, -0.79, rng.uniform(-1.5, 1.5)])),
        hatch_step=float(pen * rng.uniform(2.5, 7)),
        hatch_kind=str(rng.choice(["lines", "cross", "dots", "dashes", "grey"], p=[0.5, 0.1, 0.15, 0.1, 0.15])),
        tint=int(rng.integers(225, 250)) if rng.random() < 0.8 else int(rng.integers(190, 256)),
        gloom=float(rng.uniform(0.3, 0.78)),
        label=str(rng.choice(["below", "left", "none"], p=[0.7, 0.15, 0.15])),
        thickness=float(np.exp(rng.normal(*((-0.35, 0.3) if kind == "toned" else (0.0, 0.1))))),
    )


def fitted(style: Style, wall_px: float) -> Style:
    """The style with pens that a wall of `wall_px` leaves room for: a hollow wall shows paper between its lines."""
    if style.section == "solid":
        return style
    return replace(
        style, pen=min(style.pen, max(0.8, 0.2 * wall_px)), outline=min(style.outline, max(0.9, 0.28 * wall_px))
    )
