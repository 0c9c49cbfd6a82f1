"""The pages of a TIFF file: which of its images are pages, and their pixels.

A reduced copy that is declared as one is left out. An undeclared one is distinguished from a page by its pixels,
because pyramids and thumbnails are often written so.
"""

import io
import os
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from mmap import mmap
from pathlib import Path

import numpy as np
from PIL import Image
from PIL.ImageFile import ImageFile
from PIL.TiffImagePlugin import ImageFileDirectory_v2, TiffImageFile

from profilex.images import tiff
from profilex.images.completeness import jpeg_whole
from profilex.images.drawn import Drawn, missing_frame, refuse_too_large, upright
from profilex.images.formats import Format, sniff
from profilex.images.grey import to_grey
from profilex.images.resolution import trusted_dpi
from profilex.images.samples import Samples, grey_of
from profilex.images.tiff import Chain, CutOff, Directory
from profilex.images.uncommon import tiff_samples

_PILLOW = frozenset({1, 2, 3, 4, 5, 7, 8, 32771, 32773, 32946, 34925, 50000})
_JPEG, _GROUP_4 = 7, 4
_SELF_ENDING = frozenset({5, 8, 32773, 32946})  # a decoder reports their end before all rows are complete
_GROUP_4_END = b"000000000001000000000001"
_ORIENTATION, _MAX_SAMPLE_VALUE = 274, 281
_ACROSS, _DOWN, _RESOLUTION_UNIT = 282, 283, 296
_WHITE_IS_ZERO = 0
_INCH, _CENTIMETRE = 2, 3
_WHOLE_NUMBERS = 1

_SMALLER = 0.8  # side of a copy relative to that of its page, at most
_COMPARED_PX = 128  # long side at which a picture is compared with its copy
_ALIKE = 0.8  # correlation from which two pictures of one shape show the same
_FLAT = 4.0  # standard deviation of grey values below which a picture shows nothing


class Tiff(TiffImageFile):
    """A TIFF file whose strips are decoded without Pillow's limit on pixels, which belongs to the whole process."""

    def load_prepare(self) -> None:
        if self._im is None:  # as in Pillow, without the check
            self.im = Image.core.new(self.mode, self._tile_size)
        ImageFile.load_prepare(self)


@dataclass(frozen=True, slots=True)
class TiffPages:
    """The directories that are pages, the number of others, and doubts about the file."""

    pages: tuple[Directory, ...]
    left_out: int
    doubts: tuple[str, ...]


def tiff_pages(data: bytes | mmap, most_pixels: int) -> TiffPages:
    """Sort the images of a TIFF file; pixels are decoded only if headers do not distinguish copies from pages.

    Raises:
        tiff.CutOff: the file is shorter than its directories say, and rows are missing.
    """
    chain = tiff.read_chain(data)
    doubts = list(chain.doubts)
    for image in chain.images:
        if image.reach > len(data):
            _refuse_missing_rows(bytes(data), image, most_pixels)
            doubts.append("the TIFF's byte counts reach beyond its end; no row is missing")
    full = _full_images(chain)
    pages = tuple(page for page in full if not _is_copy_of_any(data, page, full, most_pixels))
    left = len({image.offset for image in (*chain.images, *full)}) - len(pages)
    return TiffPages(pages, left, tuple(dict.fromkeys(doubts)))


def decode_tiff(data: bytes, frame: int, most_pixels: int) -> Drawn:
    """Decode one page.

    Raises:
        PageError: too_large, before decoding; changed, if there is no such frame; unsupported.
        tiff.CutOff: as `tiff_pages`.
        Exception: what decoders raise on damaged bytes, of almost any type.
    """
    found = tiff_pages(data, most_pixels)
    if frame >= len(found.pages):
        raise missing_frame(frame, len(found.pages))
    drawn = _decoded(data, found.pages[frame], most_pixels)
    notes = (f"{found.left_out} reduced copies or masks in the file are left out",) if found.left_out else ()
    return Drawn(drawn.grey, drawn.dpi, (*found.doubts, *notes, *drawn.warnings))


def rare_tiff(path: Path) -> Samples | None:
    """The samples of the first image of a TIFF file that Pillow does not read, or reads wrongly; None for others.

    Raises:
        PageError, tiff.CutOff, Exception: as `decode_tiff`.
    """
    data = path.read_bytes()
    if sniff(data[:16]) is not Format.TIFF:
        return None
    directory = tiff.read_chain(data).images[0]
    return None if _is_common(directory) else tiff_samples(data, directory)


def _full_images(chain: Chain) -> tuple[Directory, ...]:
    """The images that are not declared as copies; if all are, the largest one."""
    full = tuple(image for image in chain.images if not image.is_copy)
    if full:
        return full
    others = [sub for sub in chain.subs if not sub.is_copy] or [*chain.subs, *chain.images]
    return (max(others, key=lambda image: image.width_px * image.height_px),) if others else ()


def _is_copy_of_any(data: bytes | mmap, image: Directory, others: Sequence[Directory], most_pixels: int) -> bool:
    larger = [other for other in others if _may_be_copy(image, other)]
    return any(_same_picture(bytes(data), image, other, most_pixels) for other in larger)


def _may_be_copy(image: Directory, other: Directory) -> bool:
    """Whether one image has the shape of the other at a smaller size; sides are rounded to whole pixels."""
    if image.width_px > _SMALLER * other.width_px or min(image.width_px, image.height_px, other.height_px) < 1:
        return False
    scale = other.width_px / image.width_px
    return abs(other.height_px / scale - image.height_px) <= 1.0 + image.height_px / image.width_px


def _same_picture(data: bytes, image: Directory, other: Directory, most_pixels: int) -> bool:
    try:
        size = _compared_size(image)
        one, two = (_thumbnail(_decoded(data, each, most_pixels).grey, size) for each in (image, other))
    except CutOff:
        raise
    except Exception:  # an unreadable image is reported when its own page is read
        return False
    if min(one.std(), two.std()) < _FLAT:
        return abs(float(one.mean() - two.mean())) < _FLAT and max(one.std(), two.std()) < _FLAT
    return float(np.corrcoef(one.ravel(), two.ravel())[0, 1]) > _ALIKE


def _compared_size(image: Directory) -> tuple[int, int]:
    """The size at which the smaller of two pictures is compared with the other: its own, or less."""
    scale = min(1.0, _COMPARED_PX / max(image.width_px, image.height_px))
    return max(1, round(image.width_px * scale)), max(1, round(image.height_px * scale))


def _thumbnail(grey: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    return np.asarray(Image.fromarray(grey).resize(size, Image.Resampling.BOX), float)


def _refuse_missing_rows(data: bytes, image: Directory, most_pixels: int) -> None:
    """Raise CutOff if an image whose byte counts extend beyond the end of the file lacks rows."""
    for index, (start, count) in enumerate(image.segments):
        rest = data[start : start + count]
        if len(rest) == count:
            continue
        if image.compression == 1:
            whole = len(rest) >= image.segment_bytes(index)
        elif image.compression == _JPEG:
            whole = jpeg_whole(rest)
        elif image.compression == _GROUP_4:
            whole = _GROUP_4_END in bytes(f"{int.from_bytes(rest, 'big'):0{8 * len(rest)}b}", "ascii")
        else:
            whole = image.compression in _SELF_ENDING
        if not whole:
            raise CutOff
    if image.compression in _SELF_ENDING:
        try:
            _decoded(data, image, most_pixels)
        except Exception as error:
            raise CutOff from error


def _decoded(data: bytes, directory: Directory, most_pixels: int) -> Drawn:
    refuse_too_large(directory.width_px, directory.height_px, most_pixels)
    view = _view(data, directory)
    image = _opened(view) if _is_common(directory) else None
    if image is None:
        return _uncommon(view, directory)
    dpi, doubts = trusted_dpi(image.info.get("dpi"))
    inverted, top = _wide_range(image, directory)
    with _silent_libtiff():
        image.load()  # Pillow sets TIFF upright itself
    grey, remarks = to_grey(image, inverted=inverted, declared_top=top)
    return Drawn(grey, dpi, (*doubts, *remarks))


def _is_common(directory: Directory) -> bool:
    """Whether Pillow reads such a picture; of planes, floating-point and wide whole numbers it reads some wrongly."""
    if directory.compression not in _PILLOW or (directory.compression == _JPEG and directory.bits > 8):
        return False
    return not directory.planar and directory.bits <= 16 and directory.sample_format == _WHOLE_NUMBERS


def _opened(view: bytes | bytearray) -> TiffImageFile | None:
    """The picture as Pillow opens it, None if it does not know the layout of its samples."""
    try:
        return Tiff(io.BytesIO(view))
    except Exception:  # the other reader decides whether the header is damaged or the layout rare
        return None


def _uncommon(view: bytes | bytearray, directory: Directory) -> Drawn:
    grey, remarks = grey_of(tiff_samples(view, directory))
    stated, orientation = stated_resolution(io.BytesIO(view), directory)
    dpi, doubts = trusted_dpi(stated)
    return Drawn(upright(grey, orientation), dpi, (*doubts, *remarks))


def stated_resolution(stream: io.BufferedIOBase, directory: Directory) -> tuple[tuple[float, float] | None, int]:
    """Dots per inch of both axes, None where none are stated, and the orientation, of one directory of a file."""
    stream.seek(0)
    header = stream.read(16)
    tags = ImageFileDirectory_v2(header if tiff.layout_of(header).big else header[:8])
    stream.seek(directory.offset)
    tags.load(stream)
    per_inch = {_INCH: 1.0, _CENTIMETRE: 2.54}.get(tags.get(_RESOLUTION_UNIT, _INCH))
    orientation = tags.get(_ORIENTATION, 1)
    if per_inch is None or _ACROSS not in tags or _DOWN not in tags:
        return None, orientation
    return (float(tags[_ACROSS]) * per_inch, float(tags[_DOWN]) * per_inch), orientation


def _wide_range(image: TiffImageFile, directory: Directory) -> tuple[bool, int | None]:
    """For samples of more than 8 bits: whether 0 is white, and the declared value of the other end."""
    inverted = directory.bits > 8 and directory.photometric == _WHITE_IS_ZERO
    if 8 < directory.bits < 16:
        return inverted, (1 << directory.bits) - 1
    declared = image.tag_v2.get(_MAX_SAMPLE_VALUE)
    top = declared[0] if isinstance(declared, tuple) and declared else declared
    return inverted, top if isinstance(top, int) else None


def _view(data: bytes, directory: Directory) -> bytes | bytearray:
    """The file with this directory first, and with byte counts that end where the file ends."""
    layout = tiff.layout_of(data)
    (first,) = layout.offset.unpack_from(data, layout.first_place)
    if first == directory.offset and directory.reach <= len(data):
        return data
    view = bytearray(data)
    layout.offset.pack_into(view, layout.first_place, directory.offset)
    place, form = directory.counts_place
    count = struct.Struct(form)
    for index, (start, size) in enumerate(directory.segments):
        if start + size > len(data):
            count.pack_into(view, place + index * count.size, len(data) - start)
    return view


@contextmanager
def _silent_libtiff() -> Iterator[None]:
    """Hide what libtiff writes to the process's own stderr; Pillow raises an exception where it matters."""
    try:
        kept = os.dup(2)
    except OSError:  # there is no stderr
        yield
        return
    try:
        with Path(os.devnull).open("wb") as sink:
            os.dup2(sink.fileno(), 2)
            yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
