"""What `profilex evaluate` reports is what `profilex batch` gives: both call the same pipeline."""

import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image, ImageDraw
from shapely.geometry import shape

from profilex.data.pages import CHANNEL_BITS, annotated_page
from profilex.evaluation.evaluate import evaluate
from profilex.evaluation.metrics import score_page
from profilex.settings import Settings
from tests.helpers.programs import finding_helpers
from tests.helpers.scans import draw_plate
from tests.helpers.thresholding import load_segmenter


@pytest.fixture
def page(tmp_path, monkeypatch):
    """A plate with a wall, a chequered scale bar, whose cells a threshold takes for walls, and a speck."""
    (tmp_path / "looks").touch()
    path = draw_plate(tmp_path / "plate.png", seed=5)
    plate = Image.open(path).convert("L")
    truth = (np.asarray(plate) < 128).astype(np.uint8) * CHANNEL_BITS["section"]
    pen = ImageDraw.Draw(plate)
    for cell in range(0, 8, 2):
        pen.rectangle((120 + 10 * cell, 236, 129 + 10 * cell, 243), fill=0)
    pen.rectangle((118, 234, 200, 245), outline=0)
    plate.save(path, dpi=(300, 300))
    monkeypatch.chdir(tmp_path)
    return annotated_page("plate.png", np.asarray(plate), truth)


def test_an_evaluation_scores_what_a_batch_writes(page, tmp_path):
    (evaluated,) = evaluate(load_segmenter_of_sections(), [page], Settings()).pages
    command = [
        sys.executable, "-c", "from profilex.cli import main; main(provider='tests.helpers.thresholding')",
        "batch", "plate.png", "--out", "out", "--workers", "0", "--quiet",
    ]  # fmt: skip
    subprocess.run(command, check=True, env=finding_helpers(), cwd=tmp_path)
    document = json.loads((tmp_path / "out/pages/plate.png/page.geojson").read_text())
    sections = [shape(f["geometry"]) for f in document["features"] if f["properties"]["part"] == "section"]
    truth = page.marks & CHANNEL_BITS["section"] > 0
    written = score_page(page.name, page.style, truth, sections)
    assert len(sections) >= 1
    assert evaluated.iou == pytest.approx(written.iou, abs=1e-3)
    assert (evaluated.matched, evaluated.closely_matched, evaluated.false_sections) == (
        written.matched,
        written.closely_matched,
        written.false_sections,
    )


def load_segmenter_of_sections():
    """The fake network with the members of a card that an evaluation reports."""
    network = load_segmenter(None)
    card = network.card
    network.card = Card(card.name, card.digest, card.confidence)
    return network


class Card:
    """A card of a model of plates."""

    scale = None

    def __init__(self, name, digest, confidence):
        self.name, self.digest, self.weights_sha256, self.confidence = name, digest, digest, confidence
