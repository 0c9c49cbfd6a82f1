"""What words say about the scale."""

import pytest

from profilex.text import bar_length_mm, may_be_length, printed_ratio
from profilex.types import Word

LETTER = 14.0


def row(text, y=0.0, confidence=0.9):
    """Words in one row, two spaces apart in `text` and far apart on the page."""
    words, x = [], 0.0
    for part in text.split("  "):
        words.append(Word(part, (x, y, x + 10 * len(part), y + LETTER), confidence))
        x += 10 * len(part) + 60
    return words


@pytest.mark.parametrize(
    ("text", "length_mm"),
    [
        ("10 cm", 100),
        ("5cm", 50),
        ("10CM", 100),
        ("cm 10", 100),
        ("50 mm", 50),
        ("2,5 cm", 25),
        ("0  5 cm", 50),
        ("0  5  10 cm", 100),
        ("0  5 cm  10 cm", 100),
        ("5  0  5  10 cm", 100),
        ("0 1 2 3 4 5cm", 50),
        ("0  1  2  3  4  5cm", 50),
        ("cm 0  5  10", 100),
        ("10cm scale 1:3", 100),
        ("1 m", 1000),
        # as a reader misreads them
        ("Scm", 50),
        ("l0 cm", 100),
        ("O  5 em", 50),
        ("6)  5cm", 50),
        ("5cem", 50),
        ("3om", 30),
        ("S5cm", 50),
        ("50 mn", 50),
        ("0  100 rnm", 100),
        # beside an inventory number
        ("LUM-9963  5 cm", 50),
    ],
)
def test_lengths_are_understood(text, length_mm):
    assert bar_length_mm(row(text)).length_mm == length_mm


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no_length"),
        ("0  3", "no_length"),
        ("scale 1:3", "no_length"),
        ("M5-11579", "no_length"),
        ("LUM-9963", "no_length"),
        ("5 cm  10 cm", "several_lengths"),
        ("5 cm  20 mm", "several_units"),
        ("10  20  cm", "no_number"),
        ("1A cm", "no_number"),
        ("17 cm", "unlikely_length"),
        ("a wall of 3 cm in the northern part", "no_length"),
    ],
)
def test_what_is_not_clear_is_not_decided(text, reason):
    said = bar_length_mm(row(text))
    assert said.length_mm is None
    assert said.reason == reason


def test_ticks_say_between_which_places_the_length_lies():
    said = bar_length_mm(row("5  0  5  10 cm"))
    assert said.span is not None
    (start, _), (end, _) = said.span
    assert 70 <= start <= 80
    assert 205 <= end <= 235
    assert bar_length_mm(row("5 cm")).span is None


@pytest.mark.parametrize(
    ("text", "is_clear"),
    [("5 cm", True), ("0 15 cm", True), ("Scm", False), ("iscm", False), ("4 an", False), ("50 mn", False)],
)
def test_a_number_of_letters_is_not_clear(text, is_clear):
    assert bar_length_mm(row(text)).is_clear == is_clear


@pytest.mark.parametrize(
    ("text", "may_be"),
    [("19cm", True), ("Wem", True), ("5 c.", True), ("13", False), ("Abb. 3", False), ("of the room", False)],
)
def test_what_a_reader_may_make_of_a_length_is_short_and_ends_as_one(text, may_be):
    [word] = row(text)
    assert may_be_length(word) == may_be


def test_hardly_read_words_say_nothing():
    assert bar_length_mm(row("5 cm", confidence=0.1)).length_mm is None


@pytest.mark.parametrize(
    ("text", "ratio"),
    [
        ("1:3", 3),
        ("M 1:4", 4),
        ("M. 1:2", 2),
        ("M = 1:2", 2),
        ("scale 1:2", 2),
        ("Scale l:3", 3),
        ("Maßstab 1 : 3", 3),
        ("Massstab 1:3.", 3),
        ("Échelle 1:2", 2),
        ("éch. 1/3", 3),
        ("2:3", 1.5),
    ],
)
def test_ratios_are_understood(text, ratio):
    assert printed_ratio(row(text)).ratio == ratio


@pytest.mark.parametrize("text", ["1/3", "12:30", "11:3", "GJ-1:2", "1:5000", "10 cm"])
def test_other_numbers_are_no_ratio(text):
    assert printed_ratio(row(text)).ratio is None


def test_two_ratios_are_not_decided():
    assert printed_ratio(row("1-5 M 1:2") + row("6 M 1:3", y=40)).reason == "several_ratios"
