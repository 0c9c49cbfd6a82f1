"""What a page is drawn on and with: graph paper under the drawings, pencil in place of ink."""

import cv2
import numpy as np


def lay_graph_paper(rng: np.random.Generator, page: np.ndarray, px_per_mm: float) -> None:
    """A grid of pale lines, every fifth or tenth stronger, laid under what is drawn; `px_per_mm` is the paper's own."""
    h, w = page.shape
    pitch = max(4.0, px_per_mm * float(rng.choice([1.0, 1.0, 2.0, 5.0])))
    pale, every = int(rng.integers(165, 232)), int(rng.choice([5, 10]))
    strong = max(120, pale - int(rng.integers(0, 45)))
    x0, y0 = rng.uniform(0, pitch, 2)
    for axis, size, start in ((1, w, x0), (0, h, y0)):
        for i, at in enumerate(np.arange(start, size, pitch)):
            tone = strong if i % every == 0 else pale
            line = page[:, int(at)] if axis else page[int(at), :]
            np.minimum(line, tone, out=line)


def draw_in_pencil(rng: np.random.Generator, page: np.ndarray) -> np.ndarray:
    """The page as if every line were pencil: paler, and broken by the paper's tooth."""
    h, w = page.shape
    fine = cv2.GaussianBlur(rng.random((h, w), dtype=np.float32), (0, 0), 0.8)
    fine = (fine - fine.mean()) / (fine.std() + 1e-6)
    slow = cv2.resize(
        rng.normal(0, 1, (h // 40 + 2, w // 40 + 2)).astype(np.float32), (w, h), interpolation=cv2.INTER_CUBIC
    )
    press = np.clip(float(rng.uniform(0.6, 0.95)) + 0.16 * fine + 0.1 * slow, 0.15, 1.0)
    return (255 - (255 - page.astype(np.float32)) * press).astype(np.uint8)
