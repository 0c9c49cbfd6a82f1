"""Readers of all that comes from others, and damaged input for each: the outcome is right or a failure with a code.

`python -m tests.helpers.fuzzing 5000` tries 5000 cases for each reader and seed, `... 5000 images` those of one reader;
it ends at the first outcome that is neither, shows the smallest input that hypothesis finds, and names where it lies.
Each case has a limit of time and the process one of memory, so that none can take more than its share.
"""

import faulthandler
import io
import resource
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import imagecodecs
import numpy as np
import tifffile
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from PIL import Image

from profilex.data.archive import opened
from profilex.data.cvat import read_cvat_images
from profilex.data.datasets import read_pages, read_picture
from profilex.data.labels import read_label_map
from profilex.data.masks import read_mask
from profilex.errors import Code, ProfilexError
from profilex.images import count_frames, read_page
from profilex.model.card import decode_weights, encode_weights, parse_card
from profilex.scale.table import read_scale_table
from profilex.settings import ReadSettings
from profilex.train.checkpoint import load_checkpoint, save_checkpoint
from profilex.types import PageRef
from tests.helpers.damaged_scans import GREY, NOISE, SEEDS
from tests.helpers.scan_files import encoded

_CASE_S = 20  # of one case, on a busy machine
_MEMORY_BYTES = 6 << 30  # of the whole process; the pictures have kilobytes
_HEADER_BYTES = 160  # damage there breaks more than damage to pixels does


@dataclass(frozen=True)
class Reader:
    """What reads a file, the seeds that are damaged, and the name that the file has."""

    read: Callable[[Path], object]
    seeds: Mapping[str, bytes]
    name: str = "input.bin"


def _read_scan(path: Path) -> None:
    reading = ReadSettings(pdf_dpi=72, max_megapixels=20)
    for frame in range(min(2, count_frames(path, reading))):
        page = read_page(PageRef(path, "s", f"s/{frame}", frame), reading)
        if page.grey.dtype != np.uint8 or page.grey.ndim != 2:
            raise AssertionError("a page that is no grey picture")


def _tiff(values: np.ndarray, **options: object) -> bytes:
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, values, photometric="minisblack", metadata=None, **options)
    return buffer.getvalue()


def _archive(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def _read_archive(path: Path) -> None:
    with opened(path) as folder:
        list(folder.rglob("*"))
    read_pages(path)


def _read_annotations(path: Path) -> None:
    (path.parent / "images").mkdir(exist_ok=True)
    (path.parent / "images" / "a.png").write_bytes(_PICTURE)
    read_cvat_images(path.parent, read_picture)


def _read_checkpoint(path: Path) -> None:
    load_checkpoint(path)


def _checkpoint() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "state.npz"
        save_checkpoint(path, {"weights": [np.ones((3, 2), np.float32)]}, {"step": 3})
        return path.read_bytes()


_DEEP = (np.asarray(GREY).astype(np.uint16) << 8) | 255
_PICTURE = encoded(GREY, "PNG")
_ANNOTATIONS = b"""<?xml version="1.0" encoding="utf-8"?><annotations><meta><task><labels><label><name>section</name>
</label></labels></task></meta><image id="0" name="a.png" width="90" height="60">
<polygon label="section" points="5,5;15,5;15,25" z_order="0"/><ellipse label="section" cx="9" cy="9" rx="4" ry="5"/>
<box label="section" xtl="1" ytl="2" xbr="8" ybr="9" rotation="30"/>
<mask label="section" rle="1,2,1" left="20" top="10" width="2" height="2"/></image></annotations>"""
_MASK = (np.asarray(GREY) < 60).astype(np.uint8) * 255
_CARD = b"""{"name": "m", "architecture": {"backbone": "resnet18", "classes": 1}, "channels": ["section"]}"""

READERS = {
    "images": Reader(
        _read_scan,
        SEEDS
        | {
            "tiff float": _tiff(np.asarray(GREY) / 255.0, compression="zlib"),
            "tiff planes": _tiff(np.stack([_DEEP, _DEEP]), planarconfig="separate", extrasamples=["unassalpha"]),
            "tiff jpeg 2000": _tiff(np.asarray(GREY), compression="jpeg2000"),
            "tiff tiles": _tiff(_DEEP, tile=(16, 16), compression="lzw"),
            "big tiff": _tiff(np.asarray(GREY), bigtiff=True),
            "jp2 deep": imagecodecs.jpeg2k_encode(np.dstack([_DEEP] * 3), level=0),
            "jpeg 12 bits": imagecodecs.jpeg8_encode(_DEEP >> 4, bitspersample=12),
            "jpeg ls": imagecodecs.jpegls_encode(np.asarray(NOISE)),
        },
    ),
    "masks": Reader(
        read_mask,
        {
            "png": encoded(Image.fromarray(_MASK), "PNG"),
            "png 16 bits": encoded(Image.fromarray(_MASK.astype(np.uint16) * 257), "PNG"),
            "png alpha": encoded(Image.merge("LA", (Image.fromarray(_MASK),) * 2), "PNG"),
            "tiff float": _tiff(_MASK / 255.0),
        },
    ),
    "annotations": Reader(_read_annotations, {"cvat": _ANNOTATIONS}, "annotations.xml"),
    "archives": Reader(
        _read_archive, {"cvat": _archive({"annotations.xml": _ANNOTATIONS, "images/a.png": _PICTURE})}, "set.zip"
    ),
    "label maps": Reader(read_label_map, {"cvat": b"# label\nbackground:0,0,0::\nsection:250,50,83::\n"}),
    "scale tables": Reader(
        read_scale_table,
        {
            "commas": b"source,frame,mm_per_px,ratio\na.png,0,0.25,\nb.png,,,1:3\n",
            "semicolons": "source;mm_per_px\nGefäß 1.png;0,254\n".encode(),
        },
    ),
    "cards": Reader(lambda path: parse_card(path.read_text("utf-8", errors="replace")), {"card": _CARD}),
    "weights": Reader(
        lambda path: decode_weights(path.read_bytes()), {"npz": encode_weights([np.ones((3, 2), np.float32)])}
    ),
    "checkpoints": Reader(_read_checkpoint, {"npz": _checkpoint()}),
}


@st.composite
def damages(draw: st.DrawFn, seed: bytes) -> bytes:
    """A seed that is cut, written over, doubled in parts, or changed in some bytes."""
    data = bytearray(seed)
    match draw(st.sampled_from(("cut", "overwrite", "insert", "bytes", "header"))):
        case "cut":
            return bytes(data[: draw(st.integers(0, len(data) - 1))])
        case "overwrite":
            place = draw(st.integers(0, len(data) - 1))
            patch = draw(st.binary(min_size=1, max_size=40))
            data[place : place + len(patch)] = patch
        case "insert":
            place, start = draw(st.integers(0, len(data))), draw(st.integers(0, len(data) - 1))
            data[place:place] = data[start : start + draw(st.integers(1, 200))]
        case how:
            reach = min(len(data), _HEADER_BYTES) if how == "header" else len(data)
            for place, value in draw(
                st.lists(st.tuples(st.integers(0, reach - 1), st.integers(0, 255)), min_size=1, max_size=8)
            ):
                data[place] = value
    return bytes(data)


def check(reader: Reader, data: bytes, folder: Path) -> None:
    """Read what may be damaged; only a failure with a code, a message and a remedy is swallowed."""
    path = folder / reader.name
    path.write_bytes(data)
    faulthandler.dump_traceback_later(_CASE_S, exit=True)
    try:
        reader.read(path)
    except ProfilexError as error:
        if error.code == Code.INTERNAL or not error.message:
            raise AssertionError(f"a failure without a code or a message: {error!r}") from error
    finally:
        faulthandler.cancel_dump_traceback_later()


def campaign(cases: int, names: list[str]) -> None:
    """Try so many cases of every seed of the readers."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, resource.getrlimit(resource.RLIMIT_AS)[1]))
    for name in names:
        for seed_name, seed in READERS[name].seeds.items():
            _try(READERS[name], f"{name}, {seed_name}", seed, cases)


def _try(reader: Reader, what: str, seed: bytes, cases: int) -> None:
    with tempfile.TemporaryDirectory() as folder:

        @settings(
            max_examples=cases, deadline=None, database=None, derandomize=cases <= 100, print_blob=True,
            suppress_health_check=list(HealthCheck), phases=(Phase.generate, Phase.shrink),
        )  # fmt: skip
        @given(damages(seed))
        def holds(data: bytes) -> None:
            check(reader, data, Path(folder))

        try:
            holds()
        except BaseException:
            kept = Path(tempfile.gettempdir()) / "profilex-fuzz.bin"
            kept.write_bytes((Path(folder) / reader.name).read_bytes())
            print(f"{what}: see {kept}", file=sys.stderr)
            raise


if __name__ == "__main__":
    campaign(int(sys.argv[1]), sys.argv[2:] or list(READERS))
