"""A mask means the same in any depth of samples, and with any alpha."""

import unicodedata

import numpy as np
import pytest
import tifffile
from PIL import Image

from profilex.data.datasets import read_pages
from profilex.errors import RunError

SHAPE = (60, 80)
DRAWN = np.zeros(SHAPE, bool)
DRAWN[10:40, 20:30] = True
AREA = 300


def rgba(colour: int, alpha: np.ndarray, ground: int = 0) -> Image.Image:
    planes = np.full((*SHAPE, 4), ground, np.uint8)
    planes[DRAWN, :3] = colour
    planes[..., 3] = alpha
    return Image.fromarray(planes)


ALPHA = np.where(DRAWN, 255, 0).astype(np.uint8)
SOFT = ALPHA.copy()
SOFT[10:40, 19] = 60
FULL = np.full(SHAPE, 255, np.uint8)

MASKS = {
    "1 bit": Image.fromarray(DRAWN),
    "8 bits, white": Image.fromarray(DRAWN.astype(np.uint8) * 255),
    "8 bits, indices": Image.fromarray(DRAWN.astype(np.uint8)),
    "16 bits, indices": Image.fromarray(DRAWN.astype(np.uint16)),
    "16 bits, white": Image.fromarray(DRAWN.astype(np.uint16) * 65535),
    "16 bits, 255": Image.fromarray(DRAWN.astype(np.uint16) * 255),
    "16 bits, a number": Image.fromarray(DRAWN.astype(np.uint16) * 1000),
    "32 bits, indices": Image.fromarray(DRAWN.astype(np.int32)),
    "32 bits, a number": Image.fromarray(DRAWN.astype(np.int32) * 70000),
    "black drawn on nothing": rgba(0, ALPHA),
    "white drawn on nothing": rgba(255, ALPHA),
    "white on transparent white": rgba(255, ALPHA, ground=255),
    "soft edges": rgba(0, SOFT),
    "opaque": rgba(255, FULL),
    "alpha left empty": rgba(255, np.zeros(SHAPE, np.uint8)),
    "grey and alpha": Image.merge("LA", (Image.new("L", SHAPE[::-1]), Image.fromarray(ALPHA))),
    "palette": Image.fromarray(DRAWN.astype(np.uint8)).convert("P"),
}
PALETTE = MASKS["palette"]
PALETTE.putpalette([0, 0, 0, 255, 0, 0])


@pytest.mark.parametrize("name", MASKS)
@pytest.mark.parametrize("layout", ["parts", "pair"])
def test_masks_show_what_was_drawn(tmp_path, name, layout):
    ending = ".tif" if name.startswith("32") else ".png"
    save(tmp_path, layout, ending, MASKS[name])
    (page,) = read_pages(tmp_path / "set")
    assert np.array_equal(page.marks & 1 > 0, DRAWN)


def save(folder, layout: str, ending: str, mask: Image.Image) -> None:
    names = {"parts": ("train/a.png", f"trainannot/a{ending}"), "pair": ("a_image.png", f"a_mask{ending}")}[layout]
    for name, made in zip(names, (Image.new("L", SHAPE[::-1], 240), mask), strict=True):
        path = folder / "set" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        made.save(path)


@pytest.mark.parametrize("kind", ["f4", "f8"])
def test_floating_point_masks_of_0_to_1_are_read(tmp_path, kind):
    save(tmp_path, "pair", ".tif", MASKS["1 bit"])
    tifffile.imwrite(tmp_path / "set/a_mask.tif", DRAWN.astype(kind))
    (page,) = read_pages(tmp_path / "set")
    assert np.array_equal(page.marks & 1 > 0, DRAWN)


def test_values_that_mean_nothing_are_refused_by_name(tmp_path):
    ramp = np.arange(SHAPE[0] * SHAPE[1], dtype=np.uint16).reshape(SHAPE)
    save(tmp_path, "parts", ".png", Image.fromarray(ramp))
    with pytest.raises(RunError, match=r"a\.png holds values from 0 to 4799"):
        read_pages(tmp_path / "set")


def test_label_maps_hold_for_16_bits_and_alpha(tmp_path):
    save(tmp_path, "parts", ".png", rgba(250, FULL))
    (tmp_path / "set/labelmap.txt").write_text("background:0,0,0::\nsection:250,250,250::\n")
    (page,) = read_pages(tmp_path / "set")
    assert np.count_nonzero(page.marks & 1) == AREA


def test_pairs_are_found_in_any_unicode_form(tmp_path):
    for form, name, made in (
        ("NFC", "Gefäß_image.png", Image.new("L", SHAPE[::-1], 240)),
        ("NFD", "Gefäß_mask.png", MASKS["1 bit"]),
    ):
        path = tmp_path / "set" / unicodedata.normalize(form, name)
        path.parent.mkdir(exist_ok=True)
        made.save(path)
    (page,) = read_pages(tmp_path / "set")
    assert np.count_nonzero(page.marks & 1) == AREA


def test_frames_that_an_export_lists_without_a_mask_are_pages_without_sections(tmp_path):
    """CVAT writes no mask where nothing was drawn."""
    for name in ("a", "b"):
        path = tmp_path / "set/JPEGImages" / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", SHAPE[::-1], 240).save(path)
    mask = np.zeros((*SHAPE, 3), np.uint8)
    mask[DRAWN] = (250, 50, 83)
    (tmp_path / "set/SegmentationClass").mkdir()
    Image.fromarray(mask).save(tmp_path / "set/SegmentationClass/a.png")
    (tmp_path / "set/labelmap.txt").write_text("background:0,0,0::\nsection:250,50,83::\n")
    with pytest.raises(RunError, match="b has no mask"):
        read_pages(tmp_path / "set")
    lists = tmp_path / "set/ImageSets/Segmentation/default.txt"
    lists.parent.mkdir(parents=True)
    lists.write_text("a\nb\n")
    pages = read_pages(tmp_path / "set")
    assert [np.count_nonzero(page.marks & 1) for page in pages] == [AREA, 0]
