"""The mean of two models, and `profilex models average`."""

from dataclasses import replace

import numpy as np
import pytest

from profilex.cli.app import run
from profilex.errors import Code, RunError
from profilex.model.average import average
from profilex.model.card import Card, read_model, write_model
from tests.helpers.networks import CHANNELS, PLAIN

pytestmark = pytest.mark.slow


BEFORE = Card("before", PLAIN, CHANNELS, training={"seed": 1}, metrics={"iou": 0.9}, confidence={"intercept": 1.0})
AFTER = replace(BEFORE, name="after", training={"seed": 2})


def test_the_mean_lies_between_and_the_card_says_of_what_it_is_one():
    card, weights = average((BEFORE, [np.float32([0.0, 8.0])]), (AFTER, [np.float32([4.0, 0.0])]), 0.25, "mean")
    assert weights[0].tolist() == [1.0, 6.0]
    assert [(part["name"], part["share"], part["training"]) for part in card.training["mean_of"]] == [
        ("before", 0.75, {"seed": 1}),
        ("after", 0.25, {"seed": 2}),
    ]
    assert not card.metrics, "figures of one of them are none of the mean's"
    assert not card.confidence


@pytest.mark.parametrize("change", [{"input": "unit"}, {"architecture": replace(PLAIN, depth=2)}])
def test_models_that_are_not_the_same_network_are_refused(change):
    with pytest.raises(RunError, match=next(iter(change))) as refused:
        average((BEFORE, []), (replace(AFTER, **change), []), 0.5, "mean")
    assert refused.value.code == Code.MODEL_MISMATCH


def test_the_command_writes_a_package(tmp_path, capsys):
    for card, value in ((BEFORE, 1.0), (AFTER, 3.0)):
        write_model(tmp_path / card.name, card, [np.float32([value])])
    models = [str(tmp_path / name) for name in ("before", "after")]
    assert run(["models", "average", *models, "--out", str(tmp_path / "mean")]) == 0
    card, weights = read_model(tmp_path / "mean")
    assert weights[0].tolist() == [2.0]
    assert card.digest in capsys.readouterr().out
