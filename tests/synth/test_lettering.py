"""Lettering: faces of the libraries alone, accents, and handwriting with the place of its ink."""

import numpy as np
import pytest

from profilex.synth.writing.handwriting import _STROKES, Hand, written
from profilex.synth.writing.lettering import FACES, Pen, printed, put, set_line, text_width


@pytest.mark.parametrize("face", FACES)
def test_every_face_has_accents(face: str) -> None:
    for letter in "äöüßéèñçØº":
        assert not np.array_equal(printed(letter, 30, face), printed("?", 30, face))


def test_a_line_is_as_wide_as_it_is_told() -> None:
    ink = set_line([("Randfragment einer", "serif"), (" Schüssel", "serif_bold")], 16, 300)
    assert abs(np.nonzero(ink.any(0))[0][-1] - 300) < 4
    assert text_width("mm", 20, "serif") == pytest.approx(2 * text_width("m", 20, "serif"))


@pytest.mark.parametrize("by_hand", [False, True])
def test_the_box_holds_all_ink(by_hand: bool) -> None:
    rng = np.random.default_rng(3)
    page = np.full((90, 300), 255, np.uint8)
    pen = Pen(writing=Hand.draw(rng)) if by_hand else Pen("serif")
    x0, y0, x1, y1 = put(rng, page, (150, 45), "Ø 24,5 cm", 26, pen, "centre")
    ys, xs = np.nonzero(page < 128)
    assert xs.min() >= x0 - 2
    assert xs.max() <= x1 + 2
    assert ys.min() >= y0 - 2
    assert ys.max() <= y1 + 2
    assert x1 - x0 > 60


def test_handwriting_is_never_twice_the_same() -> None:
    rng = np.random.default_rng(3)
    hand = Hand.draw(rng)
    first, second = written(rng, "88", 20, hand)[0], written(rng, "88", 20, hand)[0]
    assert not np.allclose(first[0], second[0])
    assert {"0", "9", "A", "z", "Ø", ","} <= set(_STROKES)
