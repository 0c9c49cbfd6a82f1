"""Files that Pillow does not read, by tifffile and imagecodecs: rare TIFFs, deep JPEG and JPEG 2000, JPEG-LS.

They are used by the file's header, and never to rescue a picture that Pillow finds damaged, because some of their
decoders fill in missing data. Pictures with missing data are refused here.
"""

import io
import logging
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from profilex.images.completeness import jpeg2000_codestream, jpeg_frame, jpeg_whole
from profilex.images.drawn import Damaged, unsupported
from profilex.images.samples import Samples
from profilex.images.tiff import Directory

_BYTE_CODECS = frozenset({1, 5, 8, 32773, 32946, 34925, 50000})  # that give bytes, whose number says whether they end
_PICTURE_CODECS = frozenset({6, 7, 33003, 33005, 34712, 34887, 34892, 50001, 50002})  # JPEG, JPEG 2000, LERC, WebP, XL
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _PALETTE, _CMYK, _YCBCR = 0, 1, 2, 3, 5, 6
_LUMA_FIRST = frozenset({33003})  # JPEG 2000 of Y, Cb, Cr as microscopes write it
_MAX_SAMPLE_VALUE = 281
_PREMULTIPLIED = 1

_JPEG_KINDS = {0xC3: "Lossless JPEG", 0xF7: "JPEG-LS"}


def tiff_samples(view: bytes | bytearray, directory: Directory) -> Samples:
    """Decode the first directory of a TIFF file, by tifffile.

    Raises:
        PageError: unsupported, naming what is not read.
        Damaged: its data are not whole.
    """
    from tifffile import TiffFile

    _refuse_photometric(directory)
    if directory.compression not in _BYTE_CODECS | _PICTURE_CODECS:
        raise unsupported(f"TIFF pictures with the compression {_compression_name(directory)}")
    with _quiet(), TiffFile(io.BytesIO(view)) as file:
        page: Any = file.pages[0]
        _refuse_short(view, directory)
        try:
            values = page.asarray()
        except NotImplementedError as error:
            raise unsupported(f"TIFF pictures with the compression {_compression_name(directory)}") from error
        colormap = getattr(page, "colormap", None)
        axes = page.axes
        extra = tuple(int(kind) for kind in page.extrasamples)
        declared = page.tags.valueof(_MAX_SAMPLE_VALUE)
    if axes == "SYX":
        values = np.moveaxis(values, 0, -1)
    elif axes not in ("YX", "YXS"):
        raise unsupported(f"TIFF pictures with the axes {axes}")
    if directory.photometric == _PALETTE and colormap is not None:
        return Samples(np.moveaxis(np.asarray(colormap), 0, -1)[values], 0xFFFF)
    if directory.compression in _LUMA_FIRST:
        values = values[..., 0]
    return _with_meaning(values, directory, extra, declared)


def _with_meaning(values: np.ndarray, directory: Directory, extra: tuple[int, ...], declared: object) -> Samples:
    """The samples with what the directory says of them; of several extra channels only an alpha is seen."""
    colours = (values.shape[2] - len(extra)) if values.ndim == 3 else 1
    alphas = [k for k, kind in enumerate(extra) if kind in (1, 2)]
    alpha = None
    if values.ndim == 3:
        kept = [*range(colours), *(colours + k for k in alphas[:1])]
        values = values[..., kept] if len(kept) < values.shape[2] else values
        alpha = colours if alphas else None
        if colours == 1 and alpha is None:
            values = values[..., 0]
    white = float((1 << directory.bits) - 1) if values.dtype.kind == "u" else None
    if values.dtype.kind == "u" and directory.bits in (16, 32):
        stated = declared[0] if isinstance(declared, tuple) and declared else declared
        white = float(stated) if isinstance(stated, int) else (None if colours == 1 and alpha is None else white)
    if values.dtype.kind == "i":
        values = np.maximum(values, 0)
    return Samples(
        values,
        white,
        inverted=directory.photometric == _WHITE_IS_ZERO,
        alpha=alpha,
        premultiplied=bool(alphas) and extra[alphas[0]] == _PREMULTIPLIED,
    )


def _refuse_photometric(directory: Directory) -> None:
    known = {_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _PALETTE, _CMYK}
    if directory.photometric in known or (
        directory.photometric == _YCBCR and directory.compression in _PICTURE_CODECS  # these give RGB, or luma first
    ):
        return
    from tifffile import PHOTOMETRIC

    try:
        name = PHOTOMETRIC(directory.photometric).name
    except ValueError:
        name = str(directory.photometric)
    raise unsupported(f"TIFF pictures in the colour space {name}")


def _compression_name(directory: Directory) -> str:
    from tifffile import COMPRESSION

    try:
        return f"{COMPRESSION(directory.compression).name} ({directory.compression})"
    except ValueError:
        return str(directory.compression)


def _refuse_short(view: bytes | bytearray, directory: Directory) -> None:
    """Raise Damaged for strips and tiles that are missing, or that hold fewer bytes than their rows need."""
    from tifffile import TIFF

    for index, (start, count) in enumerate(directory.segments):
        if not count or start + count > len(view):
            raise Damaged
        if directory.compression in _BYTE_CODECS:
            segment = bytes(view[start : start + count])
            unpacked = segment if directory.compression == 1 else TIFF.DECOMPRESSORS[directory.compression](segment)
            if len(unpacked) < directory.segment_bytes(index):
                raise Damaged
    if not directory.segments:
        raise Damaged


def jpeg_samples(data: bytes) -> Samples:
    """Decode a JPEG of more than 8 bits, a lossless one or a JPEG-LS, by imagecodecs.

    Raises:
        PageError: unsupported, naming its kind.
        Damaged: its end is missing.
    """
    import imagecodecs

    if not jpeg_whole(data):  # the decoder of JPEG-LS waits for ever for what is missing
        raise Damaged
    frame = jpeg_frame(data)
    marker, bits = (frame.marker, frame.bits) if frame else (0, 0)
    decode = imagecodecs.jpegls_decode if marker == 0xF7 else imagecodecs.jpeg8_decode
    try:
        values = decode(data)
    except Exception as error:  # each decoder raises its own
        raise unsupported(f"{_JPEG_KINDS.get(marker, f'JPEG pictures of {bits} bits')} files of this kind") from error
    return Samples(values, float((1 << bits) - 1))


def jpeg2000_samples(data: bytes, mode: str) -> Samples:
    """Decode a JPEG 2000 picture of more than 8 bits, by imagecodecs; `mode` is what Pillow says of its channels.

    Raises:
        PageError: unsupported, where its channels differ in depth or size.
    """
    import imagecodecs

    depths = jpeg2000_depths(data)
    if len(set(depths)) != 1:
        raise unsupported("JPEG 2000 pictures whose channels differ in depth")
    ((bits, signed),) = set(depths)
    try:
        values = imagecodecs.jpeg2k_decode(data)
    except Exception as error:
        if len(set(_jpeg2000_steps(data))) != 1:
            raise unsupported("Deep JPEG 2000 pictures whose channels differ in size") from error
        raise Damaged from error
    if signed:
        values = values.astype(np.int32) + (1 << (bits - 1))
    alpha = values.shape[2] - 1 if values.ndim == 3 and mode in ("LA", "RGBA") else None
    return Samples(values, float((1 << bits) - 1), alpha=alpha)


def jpeg2000_depths(data: bytes) -> tuple[tuple[int, bool], ...]:
    """Bits of each channel of a JPEG 2000 picture, and whether they are signed (ITU T.800, A.5.1)."""
    return tuple(((first & 0x7F) + 1, bool(first & 0x80)) for first, _, _ in _components(data))


def _jpeg2000_steps(data: bytes) -> tuple[tuple[int, int], ...]:
    return tuple((across, down) for _, across, down in _components(data))


def _components(data: bytes) -> Iterator[tuple[int, int, int]]:
    place = jpeg2000_codestream(data)
    if place is None or place + 42 > len(data):
        return iter(())
    (count,) = struct.unpack_from(">H", data, place + 40)
    return struct.iter_unpack("BBB", data[place + 42 : place + 42 + 3 * count])  # type: ignore[return-value]


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep tifffile's log from the user: it speaks of structures that are judged here."""
    logger = logging.getLogger("tifffile")
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before
