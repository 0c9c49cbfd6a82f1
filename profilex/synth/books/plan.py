"""What a book of so many pages is made of, by its seed: its manner, its hand, and which of its pages are plates."""

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from profilex.synth.books.entries import BookManner, choose_manner
from profilex.synth.books.layout import PageForm, choose_form
from profilex.synth.conventions.schools import BY_SCHOOL, choose_school
from profilex.synth.drawing.style import Style, choose_style
from profilex.synth.pages.page import SynthPage, scanned
from profilex.synth.pages.plate import draw_plate

_PLATES_SHARE = 0.7
_NO_BOOKS = ("working", "field", "profiles")
_UNPRINTABLE = frozenset(
    ("profile_rows", "find_label", "handwriting", "pencil", "graph_paper", "caption_list", "ratio_only", "second_ratio")
)


@dataclass(frozen=True, slots=True)
class BookPlan:
    """A book's choices; pages are numbered from 0, text first, then the plates."""

    seed: int
    pages: int
    plates: int
    manner: BookManner
    form: PageForm
    style: Style
    first_folio: int
    features: tuple[str, ...] = ()  # wanted on each drawing

    @property
    def text_pages(self) -> int:
        return self.pages - self.plates


def plan_book(
    seed: int,
    pages: int,
    style: str | None = None,
    features: Collection[str] = (),
    schools: Collection[str] = (),
) -> BookPlan:
    """Choose what a book is like; the same arguments give the same book.

    `style`, `features` and `schools` are as in `draw_page`. Without `schools` it is of one that prints books.
    """
    rng = np.random.default_rng([seed, 13])
    manner = choose_manner(rng)
    width = int(rng.integers(1000, 1700))
    form = choose_form(rng, width, round(width * 1.414), manner)
    school = choose_school(rng, names=schools or [name for name in BY_SCHOOL if name not in _NO_BOOKS])
    hand = choose_style(rng, style, school=school, wanted=features)
    hand = replace(hand, features=hand.features - _UNPRINTABLE)
    plates = max(1, min(pages - 1, round(pages * _PLATES_SHARE))) if pages > 1 else 1
    return BookPlan(seed, pages, plates, manner, form, hand, int(rng.integers(1, 300)), tuple(features))


def draw_book_plate(plan: BookPlan, index: int, first: int) -> SynthPage:
    """The plate number `index` of a book, its vessels numbered from `first`."""
    rng = np.random.default_rng([plan.seed, 17, index])
    heading = plan.manner.heading(index)
    size = (plan.form.width, plan.form.height)
    page = draw_plate(rng, plan.style, wanted=plan.features, heading=heading, first=first, size=size)
    return replace(scanned(rng, page), kind="plate")
