"""Numbers of the room `text`: reading, labels, and letters that touch a bar. See `profilex.settings.numbers`."""

from dataclasses import dataclass, field

from profilex.settings.numbers import number


@dataclass(frozen=True, slots=True)
class FiguresSettings:
    """Which number or code belongs to which vessel."""

    longest: int = number(18, "count", "signs of a label, at most")
    least_alike: int = number(3, "count", "labels with a common prefix before others are read with it, at least")
    least_run: int = number(3, "count", "numbers that are a run, at least ...")
    run_slack: int = number(2, "count", "... of which this many may be at no vessel")
    most_spread: float = number(1.5, "ratio", "of a run's length to the numbers that were found of it, at most")
    competes: float = number(1.3, "ratio", "a label competes with another that is at most so many times as near")
    least_confidence: float = number(0.3, "probability", "of a label that was read, at least ...")
    least_confidence_alone: float = number(
        0.7, "probability", "... of a single sign, because break ticks look like figures too"
    )
    sizes: tuple[float, float] = number(
        (0.6, 1.7), "ratio", "of a label's height to that of the page's labels: least and most"
    )
    heading: float = number(0.045, "share", "of the page's height: a single number in its margins is the page number")
    far: float = number(1000000.0, "letter heights", "a distance that no label has")
    near: float = number(4.0, "letter heights", "between a drawing and the label beside it that need no comparison")
    corner: float = number(
        4.0, "letter heights", "by which the middle of a label below or above may lie outside the drawing's sides"
    )
    overlap: float = number(1.6, "letter heights", "by which a label may extend into the drawing's box")
    drop: float = number(
        0.07, "share", "of the page's height between a drawing and the label above or below it, at most"
    )
    aside: float = number(0.25, "share", "of the page's width between a drawing and the label beside it, at most")


@dataclass(frozen=True, slots=True)
class BarTextSettings:
    """Letters that touch a bar."""

    across: float = number(5.0, "heights", "of a bar, above and below it, that are read ...")
    least_across_px: float = number(40.0, "px", "... and at least this")
    along: float = number(0.5, "share", "of a bar's length that is read before and after it")
    ink: float = number(0.7, "share", "of the paper's brightness: what is darker is ink")
    full_row: float = number(0.3, "share", "of ink in a row's columns from which the row belongs to the bar")
    edge_px: int = number(1, "px", "of the bar's blur, above and below")
    end_px: int = number(3, "px", "of the bar's blur, at its ends")
    least_letters: int = number(2, "count", "letters of a length, at least")
    most_letters: int = number(8, "count", "letters of a length, at most")
    margin: float = number(0.25, "share", "of a letter's height that is read around it")


@dataclass(frozen=True, slots=True)
class ReadingSettings:
    """Words of a page, and which of them belong to a bar."""

    least_alone_px: float = number(8.0, "px", "lower ink that the network does not find is a speck")
    most_alone: int = number(4, "count", "letters of a line that the network misses, at most")
    least_stroke: float = number(0.18, "heights", "width of one letter, at least")
    most_wide: float = number(1.6, "heights", "width of one letter, at most")
    sizes: tuple[float, float] = number(
        (0.6, 1.7), "ratio", "of the letters of a missed line to the page's other text: least and most"
    )
    most_lines: int = number(80, "count", "missed lines that are read on one page, at most")
    least_confidence: float = number(
        0.9, "probability", "of text that the network does not find, because strokes of drawings look like letters"
    )
    like_digits: float = number(
        0.2, "share", "by which the height of a 1 may differ from that of the page's other digits"
    )
    least_confidence_stroke: float = number(0.97, "probability", "of a single stroke that is read as a 1, at least")
    ink_margin: float = number(0.25, "share", "of a letter's height, around a line of ink")
    ungrown: float = number(0.65, "share", "height of the letters in their box")
    tallest: float = number(1.4, "ratio", "of a word's letters to their usual height: taller ink is a bar beside them")
    broadest: float = number(
        2.5, "ratio", "of a word's letters to their usual height: broader ink is a bar beside them"
    )
    prose_letters: int = number(12, "count", "letters in a row from which it is prose, not a label")
    bar_edge_px: float = number(0.5, "px", "ink of a bar outside its box")
    reach_share: float = number(0.5, "share", "of a bar's length within which text belongs to it ...")
    least_reach: float = number(0.05, "share", "... of the page's longer side, at least ...")
    most_reach: float = number(0.1, "share", "... and at most")
    close: float = number(4.0, "letter heights", "from a bar to its length, at most")
    most_letters_of_length: int = number(8, "count", "letters of a length, at most")


@dataclass(frozen=True, slots=True)
class TextSettings:
    """All numbers of the room that are settings."""

    figures: FiguresSettings = field(default_factory=FiguresSettings)
    bar_text: BarTextSettings = field(default_factory=BarTextSettings)
    reading: ReadingSettings = field(default_factory=ReadingSettings)
