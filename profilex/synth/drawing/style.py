"""The hand that draws a publication: one random choice of conventions, kept for a whole plate."""

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from profilex.synth.conventions.features import FEATURES, PAGE
from profilex.synth.conventions.schools import School, choose_features, choose_school, rate_in
from profilex.synth.writing.handwriting import Hand

SECTION_STYLES = ("solid", "outline", "hatched", "toned", "ink")
FILLS = {
    "solid": "solid",
    "hollow": "outline",
    "hatched": "hatched",
    "ladder": "hatched",
    "tinted": "hatched",
    "flecked": "hatched",
    "toned": "toned",
    "ink": "ink",
}
"""The style of sections by the feature that fills them."""
_PENS = {"solid": (0.9, 2.6), "outline": (0.9, 3.4), "hatched": (0.9, 2.4), "toned": (0.6, 1.4), "ink": (1.2, 3.5)}
_EXTERIORS = ("bare", "wheel", "painted", "shaded", "stippled", "relief", "grey", "mixed")
_EXTERIOR_SHARES = {
    "solid": (0.49, 0.12, 0.11, 0.04, 0.05, 0.03, 0.04, 0.12),
    "outline": (0.41, 0.16, 0.09, 0.03, 0.06, 0.05, 0.08, 0.12),
    "hatched": (0.52, 0.2, 0.08, 0.03, 0.04, 0.03, 0.04, 0.06),
    "toned": (0.03, 0.03, 0.02, 0.74, 0.03, 0.15, 0.0, 0.0),
    "ink": (0.16, 0.1, 0.08, 0.1, 0.4, 0.06, 0.0, 0.1),
}


@dataclass(frozen=True, slots=True)
class Style:
    """How one publication draws: section fill, pens (px), axis, rim line, break marks, exterior, labels."""

    section: str
    pen: float  # thin lines
    outline: float  # outline of hollow sections
    ink: int  # tone of lines
    fill: int  # tone of solid sections
    hand: float  # wobble of lines, px
    axis: str  # full, dashed, dash_dot, stub, lower, top, stepped, absent
    rim_line: str  # full, double, dashed, stub, none
    rim_gap: float  # px between section and rim line
    ticks: str  # dashes, none, line, outline
    exterior: str  # bare, wheel, painted, shaded, stippled, relief, grey, mixed
    section_right: bool
    hatch_angle: float
    hatch_step: float
    hatch_kind: str  # lines, cross, dots, dashes, grey, ladder, flecks
    tint: int  # section tone in toned drawings
    gloom: float  # darkness of shaded interiors, 0..1
    label: str  # below, left, right, none
    writing: Hand
    school: School
    features: frozenset[str]  # of the page
    thickness: float = 1.0  # of walls, relative to what is usual


def choose_style(
    rng: np.random.Generator,
    section: str | None = None,
    *,
    school: School | None = None,
    facts: Collection[str] = (),
    wanted: Collection[str] = (),
) -> Style:
    """A random style of a school (a random one when None); `section` fixes how sections are filled.

    Features in `wanted` are surely among those of the page.
    """
    school = school or choose_school(rng)
    features = choose_features(rng, school, PAGE, facts, wanted)
    filled = next(name for name in FILLS if name in features)
    if section is not None and FILLS[filled] != section:
        features = (features - {filled}) | {filled := _fill_of(rng, section, school)}
    kind = FILLS[filled]
    pen = float(rng.uniform(*_PENS[kind]))
    pencil = "pencil" in features
    ink = int(rng.choice([0, int(rng.integers(0, 70)), int(rng.integers(60, 120))], p=[0.5, 0.35, 0.15]))
    ticks = [0.47, 0.37, 0.08, 0.08] if kind != "ink" else [0.3, 0.2, 0.2, 0.3]
    return Style(
        section=kind,
        pen=pen,
        outline=float(pen * rng.uniform(0.9, 1.9)),
        ink=int(rng.integers(40, 130)) if pencil else ink,
        fill=int(rng.choice([0, int(rng.integers(15, 50)), int(rng.integers(50, 110))], p=[0.5, 0.35, 0.15])),
        hand=float(rng.choice([0.0, rng.uniform(0.1, 0.8)], p=[0.35, 0.65])) + (0.3 if pencil else 0.0),
        axis=_member(features, "axis_"),
        rim_line=_member(features, "rim_", _RIM_LINES),
        rim_gap=float(rng.uniform(2, 15)) if "rim_gap" in features else 0.0,
        ticks=str(rng.choice(["dashes", "none", "line", "outline"], p=ticks)),
        exterior=str(rng.choice(_EXTERIORS, p=_EXTERIOR_SHARES[kind])),
        section_right="section_right" in features,
        hatch_angle=float(rng.choice([0.79, -0.79, rng.uniform(-1.5, 1.5)])),
        hatch_step=float(pen * rng.uniform(2.5, 7)),
        hatch_kind=_hatching(rng, filled),
        tint=int(rng.integers(225, 250)) if rng.random() < 0.8 else int(rng.integers(190, 256)),
        gloom=float(rng.uniform(0.3, 0.78)),
        label=str(rng.choice(["below", "left", "right", "none"], p=[0.66, 0.13, 0.09, 0.12])),
        writing=Hand.draw(rng),
        school=school,
        features=features,
        thickness=school.thickness * float(np.exp(rng.normal(*((-0.35, 0.3) if kind == "toned" else (0.0, 0.1))))),
    )


_RIM_LINES = ("rim_full", "rim_double", "rim_dashed", "rim_stub", "rim_none")


def _member(features: frozenset[str], prefix: str, known: Collection[str] = ()) -> str:
    return next(f for f in sorted(features) if f.startswith(prefix) and (not known or f in known))[len(prefix) :]


def _fill_of(rng: np.random.Generator, section: str, school: School) -> str:
    """A feature that fills sections in the style `section`, as often as in the school or else as anywhere."""
    names = [name for name, style in FILLS.items() if style == section]
    rates = np.array([rate_in(f, school) for f in FEATURES if f.name in names])
    rates = rates if rates.sum() else np.array([f.rate for f in FEATURES if f.name in names])
    return str(rng.choice(names, p=rates / rates.sum()))


def _hatching(rng: np.random.Generator, filled: str) -> str:
    if filled == "ladder":
        return "ladder"
    if filled == "tinted":
        return "grey"
    if filled == "flecked":
        return str(rng.choice(["dots", "flecks"]))
    return str(rng.choice(["lines", "cross", "dashes"], p=[0.7, 0.16, 0.14]))


def restyled(rng: np.random.Generator, style: Style, section: str | None = None) -> Style:
    """Another drawing of the same page: its own choices, but the page's pens, side and fill (or `section`'s)."""
    other = choose_style(rng, section or style.section, school=style.school)
    kept = replace(other, pen=style.pen, outline=style.outline, ink=style.ink, section_right=style.section_right)
    return replace(kept, writing=style.writing, label=style.label, hand=style.hand)


def fitted(style: Style, wall_px: float) -> Style:
    """The style with pens that a wall of `wall_px` leaves room for: a hollow wall shows paper between its lines."""
    if style.section == "solid":
        return replace(style, pen=min(style.pen, max(0.8, 0.5 * wall_px)))
    return replace(
        style, pen=min(style.pen, max(0.8, 0.2 * wall_px)), outline=min(style.outline, max(0.9, 0.28 * wall_px))
    )
