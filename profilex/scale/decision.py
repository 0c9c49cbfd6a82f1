"""The decision on the scale: how many millimetres a page pixel is, and by which evidence."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely

from profilex.scale.bar_measure import measure_bar
from profilex.settings import EvidenceSettings, ScaleSettings
from profilex.types import SCALE_ELSEWHERE, BarMeasure, Page, PrintedScale, Scale, StatedBar

DISAGREES, BESIDE = "scale_disagrees", "scale_from_neighbours"
UNREAD_BAR, UNSURE_BAR = "scale_bar_unread", "scale_bar_unsure"

_NEIGHBOURS = "neighbours"
_MM_PER_INCH = 25.4
_UNKNOWN = "The scale is unknown: measures are in pixels only."

_STATED = ("option", "table")  # stated by a person, and never refused


@dataclass(frozen=True, slots=True)
class FoundScale:
    """A page's scale, None without evidence, with warnings for the manifest and review reasons for its vessels."""

    scale: Scale | None
    warnings: tuple[str, ...] = ()
    review: tuple[str, ...] = ()


def find_scale(
    page: Page,
    printed: PrintedScale,
    settings: ScaleSettings,
    rims_px: Sequence[float] = (),
    *,
    numbers: EvidenceSettings,
) -> FoundScale:
    """The page's scale by what the user stated and by what is printed on the page.

    `rims_px` are the rim diameters (px) of the page's vessels. A printed scale that makes them impossibly small or
    large is refused with a warning; a scale that a person stated is kept with a warning.

    The order of precedence is: a stated mm_per_px; a scale bar of known length, which is right even if a page was
    reduced after drawing; a ratio with the resolution; the neighbouring pages; a bar at another figure, such as a plan
    or a photograph. The vessels are marked for review if their scale comes from neighbouring pages or from a bar at
    another figure, or if the page has another bar that is not understood and may be theirs. A bar whose text is not
    understood gives no scale, with one exception: a bar divided into five cells and a block of five shows centimetres,
    and marks the vessels.
    """
    found = _best_scale(page, printed, settings, numbers)
    doubt = implausible(found.scale, rims_px, numbers)
    if not doubt:
        return found
    if found.scale is not None and found.scale.source in _STATED:
        return replace(found, warnings=(*found.warnings, doubt))
    return FoundScale(None, (*found.warnings, doubt))


def _best_scale(page: Page, printed: PrintedScale, settings: ScaleSettings, numbers: EvidenceSettings) -> FoundScale:
    """The scale by the best evidence, plausible or not."""
    ratio_text = f"1:{settings.ratio:g}" if settings.ratio is not None else printed.ratio_text
    stated = None
    if settings.mm_per_px is not None:
        stated = Scale(settings.mm_per_px, settings.source, settings.uncertainty, ratio_text)
    if stated is not None and stated.source != _NEIGHBOURS:
        return FoundScale(stated)
    found = _printed_scale(page, printed, settings, ratio_text, numbers)
    if stated is None:
        return found if found.scale else replace(found, warnings=(*found.warnings, _UNKNOWN))
    if found.scale is None or SCALE_ELSEWHERE in found.review:
        return FoundScale(stated, found.warnings, (BESIDE,))
    if abs(stated.mm_per_px / found.scale.mm_per_px - 1) <= numbers.decision.sources_agree:
        return found
    warning = f"The neighbouring pages have {stated.mm_per_px:.3g} mm per pixel; this page's own scale is used."
    return replace(found, warnings=(*found.warnings, warning), review=_once((*found.review, DISAGREES)))


def _printed_scale(
    page: Page, printed: PrintedScale, settings: ScaleSettings, ratio_text: str, numbers: EvidenceSettings
) -> FoundScale:
    """The scale by the page's bars, or by a ratio."""
    by_ratio, ratio_warnings = _ratio_scale(page, printed, settings, numbers)
    by_bar = _bar_scale(page, _bars(printed, settings), is_stated=settings.bar_mm is not None, numbers=numbers)
    if by_ratio is not None and SCALE_ELSEWHERE in by_bar.review:
        by_bar = FoundScale(None, by_bar.warnings)
    warnings, review = ratio_warnings + by_bar.warnings, by_bar.review
    if by_bar.scale is not None and by_ratio is not None:
        share = by_ratio.mm_per_px / by_bar.scale.mm_per_px
        if abs(share - 1) > numbers.decision.sources_agree:
            review += (DISAGREES,)
            warnings += (
                f"The ratio {ratio_text} and the resolution give {share:.0%} of the bar's scale; the bar is used.",
            )
    found = by_bar.scale or by_ratio
    return FoundScale(replace(found, drawing_scale=ratio_text) if found else None, warnings, _once(review))


def bar_scale(bar: BarMeasure, length_mm: float) -> Scale:
    """The scale by a measured bar of known length."""
    return Scale(length_mm / bar.length_px, "bar", bar.uncertainty_px / bar.length_px)


def has_centimetres(bar: BarMeasure, numbers: EvidenceSettings) -> bool:
    """Whether a bar has five cells and a block of five more: only bars of ten centimetres are divided so."""
    block = bar.length_px / 2
    return bar.cells == numbers.decision.unread_cells and any(
        abs(unit - block) < 0.02 * block for unit in bar.unit_lengths_px
    )


def implausible(scale: Scale | None, rims_px: Sequence[float], numbers: EvidenceSettings) -> str:
    """Why a scale is implausible for vessels with these rim diameters (px), "" if it is plausible."""
    rims = [scale.mm_per_px * rim for rim in rims_px] if scale is not None else []
    if (
        scale is None
        or not rims
        or numbers.decision.least_rim_mm <= float(np.median(rims)) <= numbers.decision.most_rim_mm
    ):
        return ""
    return (
        f"A scale of {scale.mm_per_px:.3g} mm per pixel ({scale.source}) gives rims of "
        f"{float(np.median(rims)):.3g} mm and is {'doubtful' if scale.source in _STATED else 'not used'}."
    )


def _bars(printed: PrintedScale, settings: ScaleSettings) -> tuple[StatedBar, ...]:
    """The page's bars; a length that the user stated overrides all texts."""
    if settings.bar_mm is None:
        return printed.bars
    return tuple(
        StatedBar(bar.polygon, settings.bar_mm, elsewhere=bar.elsewhere, measured=bar.measured) for bar in printed.bars
    )


def _ratio_scale(
    page: Page, printed: PrintedScale, settings: ScaleSettings, numbers: EvidenceSettings
) -> tuple[Scale | None, tuple[str, ...]]:
    ratio = settings.ratio if settings.ratio is not None else printed.ratio
    if ratio is None:
        return None, ()
    dpi = settings.dpi if settings.dpi is not None else page.dpi
    if dpi is None:
        stated = "stated" if settings.ratio is not None else "printed"
        return None, (f"The {stated} ratio 1:{ratio:g} needs the page's resolution, which the file does not state.",)
    return Scale(ratio * _MM_PER_INCH / dpi, "ratio+dpi", numbers.decision.ratio_sd), ()


@dataclass(frozen=True, slots=True)
class _Bars:
    """What a page's bars say: the scales by the vessels' `own` bars, and by those at other figures.

    `is_one_unread`: another bar may belong to the vessels, but is not understood. `is_unsure`: no bar's text was read
    with confidence.
    """

    own: tuple[Scale, ...]
    elsewhere: tuple[Scale, ...]
    is_one_unread: bool
    is_unsure: bool
    warnings: tuple[str, ...]


def _bar_scale(page: Page, bars: tuple[StatedBar, ...], numbers: EvidenceSettings, *, is_stated: bool) -> FoundScale:
    """The scale by the page's bars, which must all agree; a length that a person stated is not doubted.

    Bars at other figures are used last.
    """
    read = _read_bars(page, bars, is_stated=is_stated, numbers=numbers)
    chosen, warnings, doubts = read.own or read.elsewhere, list(read.warnings), [UNREAD_BAR] * read.is_one_unread
    if not chosen:
        return FoundScale(None, read.warnings)
    if not read.own and not is_stated:
        warnings.append("The page's scale bar is at another figure than the vessels, and may not hold for them.")
        doubts.append(SCALE_ELSEWHERE)
    elif read.own and read.elsewhere:
        warnings.append("A scale bar is not used: it is at another figure.")
        doubts += [DISAGREES] * (_spread((*chosen, *read.elsewhere)) > numbers.decision.bars_agree)
    known = [scale for scale in chosen if scale.source == "bar"] or list(chosen)
    if _spread(known) > numbers.decision.bars_agree:
        different = ", ".join(f"{scale.mm_per_px:.3g}" for scale in known)
        warnings.append(f"The page has scale bars of {different} mm per pixel; which one holds is unclear.")
        return FoundScale(None, tuple(warnings))
    best = min(known, key=lambda scale: scale.uncertainty)
    if best.source == "bar" and read.is_unsure:
        warnings.append("The scale bar's text is hardly legible: check whether its length was read right.")
        doubts.append(UNSURE_BAR)
    if best.source != "bar":
        warnings.append("The scale bar's text is not readable; its ten cells are taken for centimetres.")
        doubts.append(UNREAD_BAR)
    return FoundScale(best, tuple(warnings), () if is_stated else _once(doubts))


def _read_bars(page: Page, bars: tuple[StatedBar, ...], numbers: EvidenceSettings, *, is_stated: bool) -> _Bars:
    own: list[Scale] = []
    elsewhere: list[Scale] = []
    warnings: list[str] = []
    is_one_unread = is_one_sure = False
    for bar in bars:
        measured = bar.measured or measure_bar(page, bar.polygon, numbers)
        scale = None if measured is None else _read_scale(bar, measured, numbers)
        if scale is None:
            is_one_unread = is_one_unread or (not bar.elsewhere and _is_surely_one(bar, measured))
            warnings.append(f"A scale bar is not used: {_why_not(bar, measured)}.")
        elif not is_stated and _enlargement(page, scale) > numbers.decision.most_enlarged:
            warnings.append(
                f"A scale bar is not used: its text says {bar.length_mm:g} mm, so the page would show vessels at "
                f"{_enlargement(page, scale):.1f} times their size. State the scale (--bar-mm, --mm-per-px) if it does."
            )
        else:
            (elsewhere if bar.elsewhere else own).append(scale)
            is_one_sure = is_one_sure or bar.is_sure
    return _Bars(tuple(own), tuple(elsewhere), is_one_unread, not is_one_sure, tuple(warnings))


def _is_surely_one(bar: StatedBar, measured: BarMeasure | None) -> bool:
    """Whether something that gave no scale is certainly a bar and not a line, by its cells or by a text at it."""
    return measured is not None and (measured.cells > 1 or bar.reason not in ("", "no_length", "not_read"))


def _once(reasons: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(reasons))


def _spread(scales: Sequence[Scale]) -> float:
    """The difference of the scales, as a share."""
    return max(scale.mm_per_px for scale in scales) / min(scale.mm_per_px for scale in scales) - 1


def _enlargement(page: Page, scale: Scale) -> float:
    """How many times larger than life a page shows its vessels, 0 if its resolution is unknown."""
    return _MM_PER_INCH / (page.dpi * scale.mm_per_px) if page.dpi else 0.0


def _read_scale(bar: StatedBar, measured: BarMeasure, numbers: EvidenceSettings) -> Scale | None:
    """The scale by one bar, None if its text and its ink contradict each other."""
    if bar.length_mm is None:
        return _unread_scale(bar, measured, numbers)
    length_px = _stated_px(bar, measured, numbers)
    if length_px is None:
        return None
    return Scale(bar.length_mm / length_px, "bar", measured.uncertainty_px / measured.length_px)


def _unread_scale(bar: StatedBar, measured: BarMeasure, numbers: EvidenceSettings) -> Scale | None:
    """A scale of one centimetre for each cell, if the bar is divided like bars of centimetres and no length is read."""
    if bar.reason != "no_length" or not has_centimetres(measured, numbers):
        return None
    return Scale(10.0 * measured.cells / measured.length_px, "bar_cells", measured.uncertainty_px / measured.length_px)


def _stated_px(bar: StatedBar, measured: BarMeasure, numbers: EvidenceSettings) -> float | None:
    """The part of a bar (px) that its text describes: from tick 0, which may be inside the bar, to the last number.

    None if the numbers are elsewhere, or if the measured ink does not fill the bar.
    """
    measured = _filled_up(bar, measured)
    if abs(measured.length_px / _long_side(bar) - 1) > numbers.decision.ends_agree:
        return None
    if bar.span is None:
        return measured.length_px
    (x0, y0), (x1, y1) = bar.span
    span = float(np.hypot(x1 - x0, y1 - y0))
    near = numbers.decision.near_letters * bar.letter_px + numbers.decision.near_share * measured.length_px
    if abs(span - measured.length_px) <= near and not _starts_within(bar, measured, numbers):
        return measured.length_px
    unit = measured.length_px / measured.cells
    cells = round(span / unit)
    return cells * unit if 1 <= cells <= measured.cells and abs(cells * unit - span) <= min(near, 0.45 * unit) else None


def _filled_up(bar: StatedBar, measured: BarMeasure) -> BarMeasure:
    """A bar completed by its last white cells, whose thin frame may have been missed, if its cells are then round."""
    unit = measured.length_px / measured.cells
    long = _long_side(bar)
    cells = round(long / unit)
    if measured.cells == 1 or cells <= measured.cells or abs(long - cells * unit) > 0.3 * unit:
        return measured
    if bar.length_mm is None or not _is_round(bar.length_mm / cells):
        return measured
    share = cells / measured.cells
    return replace(
        measured, length_px=share * measured.length_px, uncertainty_px=share * measured.uncertainty_px, cells=cells
    )


def _long_side(bar: StatedBar) -> float:
    corners = shapely.get_coordinates(bar.polygon.minimum_rotated_rectangle)
    return float(np.hypot(*np.diff(corners, axis=0).T).max())


def _is_round(length_mm: float) -> bool:
    """Whether cells have a usual length: one, two, two and a half or five units, seldom three or four."""
    digits = length_mm
    while digits >= 9.99:
        digits /= 10
    while 0 < digits < 0.999:
        digits *= 10
    return any(abs(digits - value) < 1e-3 for value in (1.0, 2.0, 2.5, 3.0, 4.0, 5.0, 1.5, 7.5))


def _starts_within(bar: StatedBar, measured: BarMeasure, numbers: EvidenceSettings) -> bool:
    """Whether the 0 is a cell or more from both ends of the bar: the part before it is a finer subdivision."""
    if bar.span is None or measured.cells < 2:
        return False
    corners = shapely.get_coordinates(bar.polygon)
    start, end = (np.array(place) for place in bar.span)
    along = (end - start) / max(float(np.hypot(*(end - start))), 1e-9)
    before = float(((start - corners) @ along).max())
    return before > 0.7 * measured.length_px / measured.cells and before > numbers.decision.near_letters * bar.letter_px


def _why_not(bar: StatedBar, measured: BarMeasure | None) -> str:
    if measured is None:
        return "it has no ink of a bar"
    if bar.length_mm is not None:
        return "its ends are unclear, or its numbers are not at them"
    return {
        "no_length": "no length was read at it",
        "not_read": "texts could not be read",
        "several_lengths": "several lengths are printed at it",
        "several_units": "several units are printed at it",
        "unlikely_length": "the length read at it is unusual for a bar",
    }.get(bar.reason, "its text was not understood")
