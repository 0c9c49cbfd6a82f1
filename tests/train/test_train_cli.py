"""The commands, end to end on a tiny network."""

import json

import pytest

from profilex.cli.app import run

pytestmark = pytest.mark.slow


TINY = [
    "--kind",
    "plain",
    "--filters",
    "2",
    "--depth",
    "1",
    "--tile",
    "64",
    "--batch-size",
    "2",
    "--validation-tiles",
    "8",
]


def test_retrain_then_evaluate(make_folder, tmp_path, capsys):
    data, out = make_folder(["solid", "outline", "negative"] * 2), tmp_path / "model"
    assert run(["retrain", str(data), "--out", str(out), "--steps", "2", "--validation-share", "0.3", *TINY]) == 0
    assert (out / "card.json").is_file()
    assert (tmp_path / "model-run/run.log").is_file()
    capsys.readouterr()
    assert (
        run(["evaluate", str(data), "--model", str(out), "--json", "--limit", "2", "--out", str(tmp_path / "ev")]) == 0
    )
    assert set(json.loads(capsys.readouterr().out)["styles"]) == {"solid", "outline", "all"}
    assert (tmp_path / "ev/evaluation.json").is_file()


def test_dataset_split(make_folder, tmp_path, capsys):
    data = make_folder(["solid"] * 6)
    assert run(["dataset", "split", str(data), "--out", str(tmp_path / "parts"), "--by", "statistics"]) == 0
    assert "train 4  val 1  test 1" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ["--channels", "vessel"],
        ["--decoder-filters", "a,b"],
        ["--loss", "wrong"],
        ["--kind", "forest"],
        ["--label", "profile"],
    ],
)
def test_wrong_options_are_usage_errors(make_folder, tmp_path, arguments):
    data = make_folder(["solid", "solid"])
    assert run(["retrain", str(data), "--out", str(tmp_path / "m"), *arguments]) == 2


def test_a_folder_without_pages_is_no_input(tmp_path):
    assert run(["retrain", str(tmp_path), "--out", str(tmp_path / "m"), *TINY]) == 4


def test_an_earlier_training_is_neither_mixed_nor_lost(tmp_path, make_folder, capsys):
    out, earlier = tmp_path / "model", tmp_path / "model-run"
    earlier.mkdir()
    (earlier / "loss.csv").write_text("step,loss\n")
    words = ["retrain", str(make_folder(["solid"] * 4)), "--out", str(out), "--steps", "1", *TINY]
    assert run(words) == 2
    assert f"{earlier}: there is an earlier training" in capsys.readouterr().err
    assert run([*words, "--force", "--licence", "CC0-1.0"]) == 0
    assert (tmp_path / "model-run.1/loss.csv").read_text() == "step,loss\n"
    assert json.loads((out / "card.json").read_text())["licence"] == "CC0-1.0"
    assert run(words) == 2, "its own run is an earlier one now"
