"""What printing, ageing and scanning do to a page: geometry first, moving the truth along, then tone."""

from dataclasses import dataclass

import cv2
import numpy as np


@dataclass(frozen=True, slots=True)
class Warp:
    """Page px to scanned px: a rotation about the centre and a curl towards the gutter."""

    matrix: np.ndarray  # (2, 3)
    curl_px: float
    gutter: float  # x of the gutter edge
    reach: float

    def lift(self, x: np.ndarray) -> np.ndarray:
        """Downward shift of a column at x."""
        return self.curl_px * np.exp(-np.abs(np.asarray(x) - self.gutter) / self.reach)

    def points(self, points: np.ndarray) -> np.ndarray:
        """Move points (n, 2) as the page's pixels move."""
        turned = np.asarray(points, float) @ self.matrix[:, :2].T + self.matrix[:, 2]
        return turned + np.stack([np.zeros(len(turned)), self.lift(turned[:, 0])], 1)


def choose_warp(rng: np.random.Generator, width: int, height: int) -> Warp:
    angle = float(rng.normal(0, 0.5) if rng.random() < 0.75 else rng.normal(0, 1.6))
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle if rng.random() < 0.8 else 0.0, 1.0)
    curl = float(rng.uniform(-0.012, 0.012) * height) if rng.random() < 0.18 else 0.0
    return Warp(matrix, curl, float(rng.choice([0, width])), width * float(rng.uniform(0.05, 0.15)))


def warp_page(page: np.ndarray, bits: np.ndarray, warp: Warp) -> tuple[np.ndarray, np.ndarray]:
    """Move a page and its bit mask."""
    h, w = page.shape
    # our pixel centres are at .5, OpenCV's at integers
    matrix = warp.matrix.copy()
    matrix[:, 2] += matrix[:, :2] @ [0.5, 0.5] - 0.5
    if warp.curl_px:
        inverse = cv2.invertAffineTransform(matrix)
        xs, ys = np.meshgrid(np.arange(w, dtype=np.float32), np.arange(h, dtype=np.float32))
        ys = ys - warp.lift(xs + 0.5).astype(np.float32)
        map_x = (inverse[0, 0] * xs + inverse[0, 1] * ys + inverse[0, 2]).astype(np.float32)
        map_y = (inverse[1, 0] * xs + inverse[1, 1] * ys + inverse[1, 2]).astype(np.float32)
        moved = cv2.remap(page, map_x, map_y, cv2.INTER_CUBIC, borderValue=255)
        return moved, cv2.remap(bits, map_x, map_y, cv2.INTER_NEAREST, borderValue=0)
    if np.allclose(matrix, [[1, 0, 0], [0, 1, 0]]):
        return page, bits
    moved = cv2.warpAffine(page, matrix, (w, h), flags=cv2.INTER_CUBIC, borderValue=255)
    return moved, cv2.warpAffine(bits, matrix, (w, h), flags=cv2.INTER_NEAREST, borderValue=0)


def scan_tone(
    rng: np.random.Generator, page: np.ndarray, toned: bool, tracing: bool = False, faint: bool = False
) -> np.ndarray:
    """Ink, paper, light and file format: a drawing on white becomes a scan. uint8 to uint8.

    `tracing` paper is grey and cloudy. Drawings in `faint` lines, and toned ones, are not copied to black and white.
    """
    clean = rng.random()
    if clean < 0.22 and not toned and not tracing:  # exported from a drawing program
        return _jpeg(rng, page, 70, 98) if rng.random() < 0.4 else page
    image = page.astype(np.float32)
    if rng.random() < 0.25 and not toned and not faint:
        image = _rough(rng, image)
    image = cv2.GaussianBlur(
        image, (0, 0), float(rng.uniform(0.3, 1.1) if rng.random() < 0.85 else rng.uniform(1.1, 1.8))
    )
    if rng.random() < 0.1:
        image = np.minimum(image, 255 - (255 - image[:, ::-1]) * rng.uniform(0.03, 0.14))
    if tracing:
        image *= _clouds(rng, *image.shape)
    paper = float(rng.uniform(175, 255) if rng.random() < 0.6 or toned else 255)
    black = float(rng.uniform(0, 60)) if rng.random() < 0.5 else 0.0
    image = black + image * (paper - black) / 255
    image *= _light(rng, *image.shape)
    image += _grain(rng, *image.shape)
    _specks(rng, image)
    roll = rng.random()
    if rng.random() < 0.04:
        image = _worms(rng, image)
    if rng.random() < 0.03:
        image = _screen(rng, image)
    out = np.clip(image, 0, 255).astype(np.uint8)
    if roll < 0.16 and not (toned or tracing or faint):
        level = np.clip(cv2.GaussianBlur(image, (0, 0), 25) * rng.uniform(0.6, 0.85), 20, 235)
        return np.where(image + rng.normal(0, rng.uniform(1, 12), image.shape) > level, 255, 0).astype(np.uint8)
    return _jpeg(rng, out, 35, 95) if roll < 0.65 else out


def _rough(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    """Edges torn by a photocopier, without growing or shrinking on average."""
    noise = cv2.GaussianBlur(rng.normal(0, 1, image.shape).astype(np.float32), (0, 0), float(rng.uniform(0.7, 1.6)))
    soft = cv2.GaussianBlur(image, (0, 0), float(rng.uniform(0.6, 1.2))) + noise / noise.std() * rng.uniform(10, 45)
    return 255 / (1 + np.exp(-(soft - 127) / 12))


def _clouds(rng: np.random.Generator, h: int, w: int) -> np.ndarray:
    """The uneven grey of tracing paper or of a photocopy on grey stock."""
    slow = cv2.resize(
        rng.normal(0, 1, (h // 260 + 2, w // 260 + 2)).astype(np.float32), (w, h), interpolation=cv2.INTER_CUBIC
    )
    fine = cv2.GaussianBlur(rng.random((h, w), dtype=np.float32) - 0.5, (0, 0), 1.0)
    level = float(rng.uniform(0.66, 0.98) if rng.random() < 0.5 else rng.uniform(0.88, 0.97))
    return np.clip(level + float(rng.uniform(0.003, 0.02)) * slow + float(rng.uniform(0.05, 0.3)) * fine, 0.3, 1.0)


def _worms(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    """White spots in black, as of dust or worn plates."""
    h, w = image.shape
    noise = cv2.GaussianBlur(rng.normal(0, 1, (h, w)).astype(np.float32), (0, 0), float(rng.uniform(0.8, 2.0)))
    spots = noise > noise.std() * float(rng.uniform(2.0, 3.0))
    return np.where(spots, np.maximum(image, float(rng.uniform(120, 240))), image).astype(np.float32)


def _screen(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    """A faint pattern of a printer's screen against the scanner's."""
    h, w = image.shape
    turn, pitch = float(rng.uniform(0, np.pi)), float(rng.uniform(2.5, 7))
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    wave = np.sin(2 * np.pi * (np.cos(turn) * x + np.sin(turn) * y) / pitch)
    return image + float(rng.uniform(3, 12)) * wave * (image > 30)


def _light(rng: np.random.Generator, h: int, w: int) -> np.ndarray:
    field = np.ones((h, w), np.float32)
    if rng.random() < 0.5:
        slow = cv2.resize(
            rng.normal(0, rng.uniform(0.01, 0.05), (4, 3)).astype(np.float32), (w, h), interpolation=cv2.INTER_CUBIC
        )
        field += slow
    if rng.random() < 0.2:
        x = np.linspace(0, 1, w, dtype=np.float32)
        x = x if rng.random() < 0.5 else 1 - x
        field *= 1 - float(rng.uniform(0.1, 0.6)) * np.exp(-x / float(rng.uniform(0.01, 0.08)))[None]
    return field


def _grain(rng: np.random.Generator, h: int, w: int) -> np.ndarray:
    noise = rng.normal(0, rng.uniform(0.3, 5), (h // 2 + 1, w // 2 + 1)).astype(np.float32)
    return cv2.resize(noise, (w, h), interpolation=cv2.INTER_LINEAR)


def _specks(rng: np.random.Generator, image: np.ndarray) -> None:
    h, w = image.shape
    usual = 12 * float(np.clip(h * w / 8e5, 0.15, 1.5))
    for _ in range(int(rng.exponential(usual)) if rng.random() < 0.6 else 0):
        spot = (int(rng.integers(w)), int(rng.integers(h)))
        cv2.circle(image, spot, int(rng.integers(1, 3)), float(rng.uniform(0, 180)), -1)
    if rng.random() < 0.05:
        x = int(rng.integers(w))
        cv2.line(image, (x, 0), (x + int(rng.integers(-9, 9)), h), float(rng.uniform(100, 200)), 1)


def _jpeg(rng: np.random.Generator, image: np.ndarray, low: int, high: int) -> np.ndarray:
    _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(low, high))])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE))
