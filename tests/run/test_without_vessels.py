"""Pages that show no vessel, through the shipped model: text, empty paper, and pictures are ok, with nothing found."""

import io
import json

import ezdxf
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from profilex.page import process_page
from profilex.settings import ExportSettings, Settings
from profilex.types import PageRef

pytestmark = pytest.mark.slow

SIZE = (1240, 1754)  # A4 at 150 dpi
DPI = 150
PRINT = (
    "The fabric is fine and hard with a reddish slip on both faces and a few grits of quartz in the break ; rim "
    "diameter 24 cm , from the fill of pit 7 , found with coins , compare Fig. 12.3 and Pl. 4 at a scale of 1 : 3 ."
)


def text_page(rng):
    """Two columns of print below a heading."""
    page = Image.new("L", SIZE, 255)
    pen = ImageDraw.Draw(page)
    pen.text((130, 90), "4. Coarse wares of the second phase", fill=0, font=ImageFont.load_default(40))
    font = ImageFont.load_default(22)
    for left in (130, 640):
        for top in range(190, 1600, 32):
            pen.text((left, top), " ".join(rng.choice(PRINT.split(), 9))[:42], fill=0, font=font)
    return page


def blank_page(rng):
    """Paper as scanners see it."""
    return Image.fromarray(np.clip(rng.normal(244, 3, SIZE[::-1]), 0, 255).astype(np.uint8))


def noise_page(rng):
    """Grey values without any order."""
    return Image.fromarray(rng.integers(0, 256, SIZE[::-1], dtype=np.uint8))


def photograph(rng):
    """Clouds of all sizes, as soft as a photograph without an object."""
    clouds = np.zeros(SIZE[::-1])
    for size in (2, 8, 32, 128):
        coarse = Image.fromarray(rng.random((SIZE[1] // size + 2, SIZE[0] // size + 2)).astype(np.float32))
        clouds += np.asarray(coarse.resize(SIZE, Image.Resampling.BICUBIC)) * size**0.6
    return Image.fromarray((255 * (clouds - clouds.min()) / np.ptp(clouds)).astype(np.uint8))


@pytest.fixture(scope="module")
def segmenter(tmp_path_factory):
    from profilex.model import load_segmenter

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield load_segmenter(device="cpu", threads=2)


@pytest.mark.parametrize("draw", [text_page, blank_page, noise_page, photograph])
def test_a_page_without_vessels_is_ok_and_empty(draw, segmenter, tmp_path):
    scan = tmp_path / "page.png"
    draw(np.random.default_rng(1)).save(scan, dpi=(DPI, DPI))
    settings = Settings(export=ExportSettings(page_dxf=True))

    record = process_page(PageRef(scan, scan.name, scan.name), segmenter, settings, tmp_path / "out")

    assert (record.status, record.code) == ("ok", "")
    assert (record.vessels, record.sections) == (0, 0)
    assert record.warnings == ()
    written = {path.rpartition("/")[2]: (tmp_path / "out" / path).read_bytes() for path, _ in record.outputs}
    assert set(written) == {"page.geojson", "page.dxf", "preview.jpg"}
    assert json.loads(written["page.geojson"])["features"] == []
    assert not ezdxf.read(io.StringIO(written["page.dxf"].decode())).audit().has_issues
    with Image.open(io.BytesIO(written["preview.jpg"])) as preview:
        preview.load()
