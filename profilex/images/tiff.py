"""The directories of a TIFF file: how many pages it has, and whether all that they point to is there.

Pillow cannot tell a file that was cut off from one that is damaged, and counts the reduced copies of a page as pages;
so the few structures that say so are read here (TIFF 6.0, section 2; BigTIFF).
"""

import struct
from dataclasses import dataclass, field
from mmap import mmap

_TYPE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_INTEGERS = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}

_SUBFILE_TYPE = 254
_JPEG_TABLES = 347
_OFFSETS_AND_COUNTS = ((273, 279), (324, 325))  # strips, tiles
_REDUCED_OR_MASK = 0b101

_MOST_DIRECTORIES = 100_000


class CutOff(Exception):
    """The file points to bytes beyond its end."""


@dataclass(frozen=True, slots=True)
class Directory:
    """One image of the file: its place among all, and whether it is a page."""

    index: int
    is_page: bool
    reach: int  # first byte after the image's data


@dataclass(frozen=True, slots=True)
class _Layout:
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


@dataclass(slots=True)
class _Reader:
    data: bytes | mmap
    layout: _Layout
    pages: list[Directory] = field(default_factory=list)

    def unpack(self, form: struct.Struct, offset: int) -> tuple[int, ...]:
        if offset + form.size > len(self.data):
            raise CutOff
        return form.unpack_from(self.data, offset)

    def directory(self, index: int, offset: int) -> tuple[Directory, int]:
        """The directory at `offset`, and the offset of the next."""
        (entries,) = self.unpack(self.layout.count, offset)
        offset += self.layout.count.size
        size = self.layout.entry.size + self.layout.offset.size
        if offset + entries * size > len(self.data):
            raise CutOff
        places = (offset + k * size for k in range(entries))
        tags = {self.unpack(self.layout.entry, place)[0]: place for place in places}
        (following,) = self.unpack(self.layout.offset, offset + entries * size)
        kind = (self.numbers(tags.get(_SUBFILE_TYPE)) or (0,))[0]
        if _JPEG_TABLES in tags:
            self.value(tags[_JPEG_TABLES])
        reach = 0
        for offsets, counts in _OFFSETS_AND_COUNTS:
            ends = zip(self.numbers(tags.get(offsets)), self.numbers(tags.get(counts)), strict=False)
            reach = max(reach, max((start + count for start, count in ends), default=0))
        return Directory(index, index == 0 or not kind & _REDUCED_OR_MASK, reach), following

    def numbers(self, place: int | None) -> tuple[int, ...]:
        """The values of the whole-number tag whose entry lies at `place`; () for none or another type."""
        if place is None:
            return ()
        kind, count, value = self.value(place)
        if kind not in _INTEGERS:
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
        return kind, count, value


def directories(data: bytes | mmap) -> tuple[Directory, ...]:
    """All directories of the main chain, in order; a chain that bites its tail ends there.

    Raises:
        CutOff: a directory, or the data of an image, lies beyond the end of the file.
    """
    order = "<" if data[:2] == b"II" else ">"
    (version,) = struct.unpack(order + "H", data[2:4])
    big = version == 43
    reader = _Reader(data, _Layout(order, big))
    (offset,) = reader.unpack(reader.layout.offset, 8 if big else 4)
    seen: set[int] = set()
    while offset and offset not in seen and len(seen) < _MOST_DIRECTORIES:
        seen.add(offset)
        found, offset = reader.directory(len(seen) - 1, offset)
        if found.reach > len(data):
            raise CutOff
        reader.pages.append(found)
    return tuple(reader.pages)


def page_indices(found: tuple[Directory, ...]) -> tuple[int, ...]:
    """The indices of the full-resolution images; reduced copies and masks are left out."""
    return tuple(directory.index for directory in found if directory.is_page)
