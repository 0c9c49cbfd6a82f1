"""One page by its seed: the entrance to the generator."""

from collections.abc import Collection

import numpy as np

from profilex.synth.conventions.schools import BY_SCHOOL, choose_school, known_feature
from profilex.synth.drawing.style import SECTION_STYLES, choose_style
from profilex.synth.pages.negative import draw_negative
from profilex.synth.pages.page import SynthPage, scanned
from profilex.synth.pages.plate import draw_plate
from profilex.synth.pages.single import draw_single

BOOK = "book"
"""Pages that belong together: see `profilex.synth.books`."""
KINDS = ("plate", "item", "mixed", "negative")
_SHARES = (0.42, 0.30, 0.13, 0.15)


def draw_page(
    seed: int,
    style: str | None = None,
    kind: str | None = None,
    features: Collection[str] = (),
    schools: Collection[str] = (),
) -> SynthPage:
    """Draw one page; the same arguments give the same pixels.

    `style` is one of SECTION_STYLES (a random one when None), `kind` one of KINDS. Features named in `features` (see
    `conventions.features`) are on the page and on each drawing that can have them. Where `schools` are named (see
    `conventions.schools`), the page is of one of them.

    Raises:
        ValueError: an unknown style, kind, feature or school.
    """
    if style is not None and style not in SECTION_STYLES:
        raise ValueError(f"unknown section style {style!r}; known: {', '.join(SECTION_STYLES)}")
    if kind is not None and kind not in KINDS:
        raise ValueError(f"unknown kind of page {kind!r}; known: {', '.join(KINDS)}")
    unknown = [name for name in features if not known_feature(name)] + [s for s in schools if s not in BY_SCHOOL]
    if unknown:
        raise ValueError(f"unknown feature or school {unknown[0]!r}")
    rng = np.random.default_rng([seed, 7])
    what = kind or str(rng.choice(KINDS, p=_SHARES))
    if what == "negative":
        return scanned(rng, draw_negative(rng))
    facts = ("plate",) if what == "plate" else ()
    hand = choose_style(rng, style, school=choose_school(rng, what == "item", schools), facts=facts, wanted=features)
    if what == "item":
        return scanned(rng, draw_single(rng, hand, features))
    return scanned(rng, draw_plate(rng, hand, what == "mixed", features))
