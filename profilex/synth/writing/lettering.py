"""Text as it is printed or written on drawings and pages.

Printed faces are the fourteen standard fonts of PDF that PDFium carries, and the default font of Pillow: no font file
of the system is used. Handwriting is drawn stroke by stroke (`profilex.synth.writing.handwriting`).
"""

import ctypes
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, ImageDraw, ImageFont

from profilex.synth.writing.handwriting import Hand, written

FACES = {
    "grotesk": "Helvetica",
    "bold": "Helvetica-Bold",
    "oblique": "Helvetica-Oblique",
    "serif": "Times-Roman",
    "serif_bold": "Times-Bold",
    "italic": "Times-Italic",
    "mono": "Courier",
}
"""The printed faces and the standard fonts behind them; "sans" is Pillow's own font, for ASCII."""

_EM, _ASCENT, _LINE = 64, 56, 84  # px of a glyph as it is kept: size, baseline from the top, height of the cell
_SIDE = 12  # px that a glyph may reach to the left of its place
_CELL, _COLUMNS = 104, 16
_CHARACTERS = "".join(chr(c) for c in (*range(33, 127), *range(161, 256))) + "–—„“”‘’…œŒ†•‰€"


@lru_cache(maxsize=16)
def _glyphs(face: str) -> dict[str, tuple[np.ndarray, float]]:
    """Each character's ink (uint8, 255 where it is black) and its advance in px at `_EM`."""
    document = pypdfium2.PdfDocument.new()
    rows = -(-len(_CHARACTERS) // _COLUMNS)
    page = document.new_page(_COLUMNS * _CELL, rows * _CELL)
    font = pdfium.FPDFText_LoadStandardFont(document.raw, FACES[face].encode())
    width = ctypes.c_float()
    advances = {}
    for i, character in enumerate(" " + _CHARACTERS):
        pdfium.FPDFFont_GetGlyphWidth(font, ord(character), _EM, width)
        advances[character] = float(width.value)
        if i:
            row, column = divmod(i - 1, _COLUMNS)
            text = pdfium.FPDFPageObj_CreateTextObj(document.raw, font, _EM)
            encoded = ctypes.create_string_buffer((character + "\0").encode("utf-16-le"))
            pdfium.FPDFText_SetText(text, ctypes.cast(encoded, pdfium.FPDF_WIDESTRING))
            place = column * _CELL + _SIDE, (rows - row) * _CELL - _ASCENT
            pdfium.FPDFPageObj_Transform(text, 1, 0, 0, 1, *place)
            pdfium.FPDFPage_InsertObject(page.raw, text)
    pdfium.FPDFPage_GenerateContent(page.raw)
    drawn = 255 - np.asarray(page.render(scale=1, grayscale=True).to_numpy()).reshape(rows * _CELL, -1)
    glyphs = {" ": (np.zeros((_LINE, 1), np.uint8), advances[" "])}
    for i, character in enumerate(_CHARACTERS):
        row, column = divmod(i, _COLUMNS)
        cell = drawn[row * _CELL : row * _CELL + _LINE, column * _CELL : (column + 1) * _CELL]
        inked = np.nonzero(cell.any(0))[0]
        glyphs[character] = (np.ascontiguousarray(cell[:, : inked[-1] + 1 if len(inked) else 1]), advances[character])
    document.close()
    return glyphs


@lru_cache(maxsize=64)
def _pillow_font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def text_width(text: str, size: float, face: str) -> float:
    """Width of `text` in px, set in `face` of FACES at `size` px to the em."""
    glyphs = _glyphs(face)
    return sum(glyphs.get(c, glyphs["?"])[1] for c in text) * size / _EM


def set_line(pieces: list[tuple[str, str]], size: float, width: float | None = None) -> np.ndarray:
    """One line of type as uint8 ink on black (255 where it is printed), its baseline at 7/8 of `size` px.

    `pieces` are texts with their faces, set on after another. With `width` the spaces grow until the line is so wide.
    """
    glyphs = {face: _glyphs(face) for _, face in pieces}
    run = [(c if c in glyphs[face] else "?", face) for text, face in pieces for c in text]
    natural = sum(glyphs[face][c][1] for c, face in run)
    spaces = sum(c == " " for c, _ in run)
    extra = max(0.0, width * _EM / size - natural) / spaces if width is not None and spaces else 0.0
    line = np.zeros((_LINE, round(natural + extra * spaces) + 2 * _SIDE + _EM), np.uint8)
    at = 0.0
    for c, face in run:
        ink, advance = glyphs[face][c]
        x = round(at)
        np.maximum(line[:, x : x + ink.shape[1]], ink, out=line[:, x : x + ink.shape[1]])
        at += advance + (extra if c == " " else 0.0)
    factor = size / _EM
    used = line[:, : round(at) + 2 * _SIDE]
    small = (max(1, round(used.shape[1] * factor)), max(1, round(_LINE * factor)))
    return np.asarray(cv2.resize(used, small, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR))


def printed(text: str, size: float, face: str = "sans", tone: int = 0) -> np.ndarray:
    """`text` as a grey patch, uint8 (h, w), cropped to its ink: `tone` on 255.

    `face` is one of FACES or "sans".
    """
    if face == "sans" and not text.isascii():
        face = "grotesk"
    if face == "sans":
        font = _pillow_font(max(6, round(size)))
        x0, y0, x1, y1 = font.getbbox(text)
        image = Image.new("L", (max(int(x1 - x0) + 2, 1), max(int(y1 - y0) + 2, 1)), 255)
        ImageDraw.Draw(image).text((1 - x0, 1 - y0), text, fill=int(tone), font=font)
        return np.asarray(image)
    ink = set_line([(text, face)], size)
    rows, columns = np.nonzero(ink.any(1))[0], np.nonzero(ink.any(0))[0]
    if not len(rows):
        return np.full((1, 1), 255, np.uint8)
    ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return (255 - (255 - tone) / 255 * ink).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class Text:
    """Something written: what it says, where (x0, y0, x1, y1 in px), and what it is.

    `kind` is "label" (of a vessel), "dimension", "share", "query", "find_label", "head", "folio", "caption", "ratio" or
    "bar". A dimension has its `value_mm`, the `quantity` it measures and the two points that it `spans`.
    """

    kind: str
    text: str
    box: tuple[float, float, float, float]
    value_mm: float | None = None
    quantity: str = ""
    spans: tuple[tuple[float, float], tuple[float, float]] | None = None


@dataclass(frozen=True, slots=True)
class Pen:
    """What is written with: a printed `face`, or handwriting where `writing` is one, `width` px its line."""

    face: str = "sans"
    tone: int = 0
    writing: Hand | None = None
    width: float = 1.5


def put(
    rng: np.random.Generator,
    image: np.ndarray,
    at: tuple[float, float],
    text: str,
    size: float,
    pen: Pen,
    anchor: str = "left",
    factor: int = 1,
) -> tuple[float, float, float, float]:
    """Write on a grey sheet whose pixels are `factor` to the px of `at` and `size`; returns the ink's box in px.

    `at` is the upper left corner of the ink, or the middle of its upper edge ("middle"), or its centre ("centre").
    """
    if pen.writing is None:
        patch = printed(text, size * factor, pen.face, pen.tone)
        high, wide = patch.shape[0] / factor, patch.shape[1] / factor
        strokes: list[np.ndarray] = []
    else:
        strokes, wide, high = written(rng, text, 0.72 * size, pen.writing)
    x = at[0] - (wide / 2 if anchor in ("middle", "centre") else 0)
    y = at[1] - (high / 2 if anchor == "centre" else 0)
    if pen.writing is None:
        lay(image, patch, round(x * factor), round(y * factor))
    else:
        thick = max(1, round(pen.width * factor))
        for stroke in strokes:
            fixed = np.round(((stroke + [x, y]) * factor - 0.5) * 16).astype(np.int32)
            cv2.polylines(image, [fixed.reshape(-1, 1, 2)], False, int(pen.tone), thick, cv2.LINE_AA, 4)
    return x, y, x + wide, y + high


def lay(page: np.ndarray, patch: np.ndarray, x: int, y: int) -> None:
    """Lay a patch on a page, the darker tone wins; what runs over the edge is cut."""
    h, w = page.shape
    x0, y0, x1, y1 = max(x, 0), max(y, 0), min(x + patch.shape[1], w), min(y + patch.shape[0], h)
    if x0 < x1 and y0 < y1:
        part = page[y0:y1, x0:x1]
        np.minimum(part, patch[y0 - y : y1 - y, x0 - x : x1 - x], out=part)
