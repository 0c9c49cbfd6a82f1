"""The directories of a TIFF file: their contents, and whether all the data to which they point exist.

Pillow cannot distinguish a truncated file from a damaged one, and counts the reduced copies of a page as pages. So the
few structures that show this are read here (TIFF 6.0, section 2; BigTIFF).
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from mmap import mmap

_TYPE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_INTEGERS = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}

_NEW_SUBFILE, _OLD_SUBFILE = 254, 255
_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC = 256, 257, 258, 259, 262
_SAMPLES, _ROWS_A_STRIP, _PLANAR, _FORMAT = 277, 278, 284, 339
_TILE_WIDTH, _TILE_HEIGHT = 322, 323
_SUB_DIRECTORIES, _EXIF_DIRECTORY = 330, 34665
_READ = (
    _NEW_SUBFILE, _OLD_SUBFILE, _WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC, _SAMPLES, _ROWS_A_STRIP, _PLANAR,
    _FORMAT, _TILE_WIDTH, _TILE_HEIGHT, _SUB_DIRECTORIES, _EXIF_DIRECTORY,
)  # fmt: skip
_STRIPS, _TILES = (273, 279), (324, 325)
_REDUCED_OR_MASK = 0b101
_OLD_REDUCED = 2

_MOST_DIRECTORIES = 100_000
_MOST_ENTRIES = 4096  # of one directory; real ones have dozens
_MOST_VALUES = 1 << 24


class CutOff(Exception):
    """The file points to bytes beyond its end."""


@dataclass(frozen=True, slots=True)
class Directory:
    """One image of the file.

    `offset` is where the directory lies, `numbers` are the values of its whole-number tags, `segments` the offsets and
    byte counts of its strips or tiles, `counts_place` where these counts lie with their `struct` format.
    """

    offset: int
    numbers: Mapping[int, tuple[int, ...]]
    segments: tuple[tuple[int, int], ...]
    tiled: bool
    counts_place: tuple[int, str]

    def number(self, tag: int, default: int) -> int:
        """The first value of a tag, or `default`."""
        return (self.numbers.get(tag) or (default,))[0]

    @property
    def width_px(self) -> int:
        return self.number(_WIDTH, 0)

    @property
    def height_px(self) -> int:
        return self.number(_HEIGHT, 0)

    @property
    def compression(self) -> int:
        return self.number(_COMPRESSION, 1)

    @property
    def photometric(self) -> int:
        return self.number(_PHOTOMETRIC, 0)

    @property
    def bits(self) -> int:
        return max(self.numbers.get(_BITS) or (1,))

    @property
    def sample_format(self) -> int:
        """1 for whole numbers, 2 for those with a sign, 3 for floating-point numbers."""
        return self.number(_FORMAT, 1)

    @property
    def planar(self) -> bool:
        """Whether each channel has strips or tiles of its own."""
        return self.number(_PLANAR, 1) == 2

    @property
    def is_copy(self) -> bool:
        """Whether it is declared as a reduced copy or a mask."""
        if _NEW_SUBFILE in self.numbers:
            return bool(self.number(_NEW_SUBFILE, 0) & _REDUCED_OR_MASK)
        return self.number(_OLD_SUBFILE, 1) == _OLD_REDUCED

    @property
    def reach(self) -> int:
        """The first byte after the image's data, as its byte counts state it."""
        return max((start + count for start, count in self.segments), default=0)

    def segment_bytes(self, index: int) -> int:
        """Bytes of the strip or tile with this index when it is unpacked."""
        bits = self.numbers.get(_BITS) or (1,)
        samples = 1 if self.planar else self.number(_SAMPLES, len(bits))
        if self.tiled:
            width, rows = self.number(_TILE_WIDTH, 0), self.number(_TILE_HEIGHT, 0)
        else:
            each = min(self.number(_ROWS_A_STRIP, self.height_px), self.height_px) or 1
            strips = -(-self.height_px // each)
            width, rows = self.width_px, min(each, self.height_px - (index % strips) * each)
        return rows * ((width * samples * max(bits) + 7) // 8)


@dataclass(frozen=True, slots=True)
class Chain:
    """The directories of a file, in order; `subs` are those that others point to; `doubts` are for the user."""

    images: tuple[Directory, ...]
    subs: tuple[Directory, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """How the directories are written: byte order, classic or big."""

    order: str
    big: bool

    @property
    def count(self) -> struct.Struct:
        return struct.Struct(self.order + ("Q" if self.big else "H"))

    @property
    def entry(self) -> struct.Struct:
        return struct.Struct(self.order + ("HHQ" if self.big else "HHI"))

    @property
    def offset(self) -> struct.Struct:
        return struct.Struct(self.order + ("Q" if self.big else "I"))

    @property
    def first_place(self) -> int:
        """Where the offset of the first directory lies."""
        return 8 if self.big else 4


def layout_of(data: bytes | bytearray | mmap) -> Layout:
    """Byte order and size of offsets, by the file's header."""
    order = "<" if data[:2] == b"II" else ">"
    if len(data) < 4:
        raise CutOff
    (version,) = struct.unpack(order + "H", data[2:4])
    return Layout(order, version == 43)


def read_chain(data: bytes | mmap) -> Chain:
    """All directories of the main chain and those they point to; a circular chain ends where it repeats.

    A pointer to a next directory that leads nowhere ends the chain with a doubt, unless the file holds bytes that no
    directory claims: then these belong to a page whose directory was cut off.

    Raises:
        CutOff: a directory, or the data of an image, lies beyond the end of the file.
    """
    reader = _Reader(data, layout_of(data))
    (offset,) = reader.unpack(reader.layout.offset, reader.layout.first_place)
    images: list[Directory] = []
    doubts: tuple[str, ...] = ()
    while offset and offset not in reader.seen and len(images) < _MOST_DIRECTORIES:
        if images and not reader.leads_to_directory(offset):
            doubts = reader.doubt_of_lost_end(offset)
            break
        found, following = reader.directory(offset)
        images.append(found)
        if following is None:
            doubts = reader.doubt_of_lost_end(len(data))
            break
        offset = following
    subs = [sub for image in images for sub in reader.below(image)]
    for image in images:
        if any(start >= len(data) and count for start, count in image.segments):
            raise CutOff
    return Chain(tuple(images), tuple(subs), doubts)


@dataclass(slots=True)
class _Reader:
    data: bytes | mmap
    layout: Layout
    seen: set[int] = field(default_factory=set)
    claimed: int = 0  # end of the bytes that belong to what was read so far

    def unpack(self, form: struct.Struct, offset: int) -> tuple[int, ...]:
        if offset + form.size > len(self.data):
            raise CutOff
        self.claimed = max(self.claimed, offset + form.size)
        return form.unpack_from(self.data, offset)

    def directory(self, offset: int) -> tuple[Directory, int | None]:
        """The directory at `offset`, and the offset of the next; None where the file ends before it."""
        self.seen.add(offset)
        (entries,) = self.unpack(self.layout.count, offset)
        place = offset + self.layout.count.size
        size = self.layout.entry.size + self.layout.offset.size
        if place + entries * size > len(self.data):
            raise CutOff
        places = {self.unpack(self.layout.entry, p)[0]: p for p in range(place, place + entries * size, size)}
        for each in places.values():
            self.value(each)  # all of it must exist
        offsets, counts = _TILES if _TILES[0] in places else _STRIPS
        starts, sizes = self.numbers(places.get(offsets)), self.numbers(places.get(counts))
        kind, _, counts_place = self.value(places[counts]) if counts in places else (0, 0, 0)
        found = Directory(
            offset,
            {tag: self.numbers(places[tag]) for tag in _READ if tag in places},
            tuple(zip(starts, sizes, strict=False)),
            offsets == _TILES[0],
            (counts_place, self.layout.order + _INTEGERS.get(kind, "I")),
        )
        self.claimed = max(self.claimed, min(found.reach, len(self.data)))
        end = place + entries * size
        if end + self.layout.offset.size > len(self.data):
            return found, None
        return found, self.unpack(self.layout.offset, end)[0]

    def below(self, image: Directory) -> Iterator[Directory]:
        for tag in (_SUB_DIRECTORIES, _EXIF_DIRECTORY):
            for offset in image.numbers.get(tag, ()):
                if offset not in self.seen and self.leads_to_directory(offset, image_only=tag == _SUB_DIRECTORIES):
                    try:
                        found, _ = self.directory(offset)
                    except CutOff:  # a copy or a comment: the page itself does not need it
                        continue
                    if tag == _SUB_DIRECTORIES:
                        yield found

    def leads_to_directory(self, offset: int, *, image_only: bool = True) -> bool:
        """Whether a directory may begin at `offset`; one that the end of the file cuts may as well."""
        size = self.layout.entry.size + self.layout.offset.size
        if offset + self.layout.count.size > len(self.data):
            return False
        (entries,) = self.layout.count.unpack_from(self.data, offset)
        if not 0 < entries <= _MOST_ENTRIES:
            return False
        place = offset + self.layout.count.size
        there = min(entries, (len(self.data) - place) // size)
        heads = [self.layout.entry.unpack_from(self.data, place + k * size) for k in range(there)]
        if any(kind not in _TYPE_BYTES for _, kind, _ in heads):
            return False
        tags = {tag for tag, _, _ in heads}
        return there < entries or not image_only or {_WIDTH, _HEIGHT} <= tags

    def doubt_of_lost_end(self, offset: int) -> tuple[str, ...]:
        """The doubt about a chain with a broken end; CutOff if there are bytes of further pages."""
        if offset >= len(self.data) and bytes(self.data[self.claimed :]).strip(b"\0"):
            raise CutOff
        return ("the list of the TIFF's pages does not end as it should; the pages that it leads to are read",)

    def numbers(self, place: int | None) -> tuple[int, ...]:
        """The values of the whole-number tag whose entry lies at `place`; () for none or another type."""
        if place is None:
            return ()
        kind, count, value = self.value(place)
        if kind not in _INTEGERS or count > _MOST_VALUES:
            return ()
        return self.unpack(struct.Struct(f"{self.layout.order}{count}{_INTEGERS[kind]}"), value)

    def value(self, place: int) -> tuple[int, int, int]:
        """Type and count of the entry at `place`, and the offset of its first value."""
        _, kind, count = self.unpack(self.layout.entry, place)
        size = count * _TYPE_BYTES.get(kind, 1)
        value = place + self.layout.entry.size
        if size > self.layout.offset.size:
            (value,) = self.unpack(self.layout.offset, value)
        if value + size > len(self.data):
            raise CutOff
        self.claimed = max(self.claimed, value + size)
        return kind, count, value
