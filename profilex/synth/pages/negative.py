"""Pages without any vessel in section: text, plans, photographs, finds, tables."""

import numpy as np

from profilex.synth.pages.furniture import furnish, paste
from profilex.synth.pages.lookalikes import FIGURES, prose
from profilex.synth.pages.page import SynthPage
from profilex.synth.pages.photographs import object_photograph
from profilex.synth.pages.plate import blank_page


def draw_negative(rng: np.random.Generator) -> SynthPage:
    """A page full of what must not be taken for a vessel in section."""
    page, dpi = blank_page(rng)
    h, w = page.shape
    if rng.random() < 0.25:  # one photograph or plan, filling the picture
        figure = object_photograph if rng.random() < 0.45 else FIGURES[int(rng.integers(len(FIGURES)))]
        alone = figure(rng, int(w * 0.6), int(h * 0.5))
        return SynthPage(alone, np.zeros_like(alone), "negative", "none", dpi, None)
    furnish(rng, page)
    text_share = float(rng.choice([0.0, 0.4, 0.8, 1.0]))
    columns = int(rng.integers(1, 4))
    for c in range(columns):
        x0 = int(w * (0.07 + 0.87 * c / columns))
        y, wide = h * 0.08, int(w * 0.84 / columns)
        while y < h * 0.85:
            high = int(min(rng.uniform(0.08, 0.4) * h, h * 0.93 - y))
            if high < 40:
                break
            figure = prose if rng.random() < text_share else FIGURES[int(rng.integers(len(FIGURES)))]
            paste(page, figure(rng, wide, high), x0, int(y))
            y += high + rng.uniform(0.01, 0.05) * h
    return SynthPage(page, np.zeros_like(page), "negative", "none", dpi, None)
