"""What a page pixel means in millimetres, and on what evidence."""

from shapely import Polygon

from profilex.settings import ScaleSettings
from profilex.types import Page, Scale
from profilex.vessel.bar import BarMeasure, measure_bar

_MM_PER_INCH = 25.4
_RATIO_SD = 0.005  # a page printed at its nominal scale is true to this share
_BARS_AGREE = 0.02
_SOURCES_AGREE = 0.02


def find_scale(page: Page, bars: tuple[Polygon, ...], settings: ScaleSettings) -> tuple[Scale | None, tuple[str, ...]]:
    """The page's scale and the warnings about it; None without evidence.

    A stated mm_per_px goes first, then a scale bar of known length, which is true even where a page was reduced after
    drawing, then a ratio with the resolution.
    """
    if settings.mm_per_px is not None:
        return Scale(settings.mm_per_px, "option"), ()
    by_ratio, warnings = _ratio_scale(page, settings)
    by_bar, bar_warnings = _bar_scale(page, bars, settings)
    warnings += bar_warnings
    if by_bar is not None and by_ratio is not None:
        share = by_ratio.mm_per_px / by_bar.mm_per_px
        if abs(share - 1) > _SOURCES_AGREE:
            warnings += (
                f"The ratio {by_ratio.drawing_scale} and the resolution give {share:.0%} of the scale bar's scale; "
                "the bar is used.",
            )
    found = by_bar or by_ratio
    if found is None:
        warnings += ("The scale is unknown: measures are in pixels only.",)
    return found, warnings


def _ratio_scale(page: Page, settings: ScaleSettings) -> tuple[Scale | None, tuple[str, ...]]:
    if settings.ratio is None:
        return None, ()
    dpi = settings.dpi if settings.dpi is not None else page.dpi
    if dpi is None:
        return None, (f"The ratio 1:{settings.ratio:g} needs the page's resolution, and the file states none.",)
    mm_per_px = settings.ratio * _MM_PER_INCH / dpi
    return Scale(mm_per_px, "ratio+dpi", _RATIO_SD, f"1:{settings.ratio:g}"), ()


def _bar_scale(page: Page, bars: tuple[Polygon, ...], settings: ScaleSettings) -> tuple[Scale | None, tuple[str, ...]]:
    """The scale by the page's bars, all of which must be equally long."""
    if settings.bar_mm is None:
        return None, ()
    found = [measure for bar in bars if (measure := measure_bar(page, bar)) is not None]
    if not found:
        return None, ("No scale bar could be measured.",)
    longest = max(found, key=lambda measure: measure.length_px)
    shortest = min(found, key=lambda measure: measure.length_px)
    if longest.length_px > (1 + _BARS_AGREE) * shortest.length_px:
        return None, (
            f"The page has scale bars of {shortest.length_px:.0f} to {longest.length_px:.0f} px: "
            "which is meant is unclear, none is used.",
        )
    best = min(found, key=lambda measure: measure.uncertainty_px)
    return bar_scale(best, settings.bar_mm), ()


def bar_scale(bar: BarMeasure, length_mm: float) -> Scale:
    """The scale by a measured bar that stands for a known length."""
    return Scale(length_mm / bar.length_px, "bar", bar.uncertainty_px / bar.length_px)
