"""`profilex models`: the table of models, and the user's own by name."""

import json

import pytest

from profilex.cli.app import run
from profilex.model import find_model
from profilex.model.card import Card, write_model
from tests.helpers.networks import CHANNELS, PLAIN


@pytest.fixture
def own(tmp_path, monkeypatch):
    """Write a model into the user's folder, or another."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))

    def write(name, folder=tmp_path / "data/profilex/models", **card):
        write_model(folder / name, Card(name, PLAIN, CHANNELS, **card), [])
        return folder / name

    return write


def lines(shown):
    return {line.split()[0]: line for line in shown.splitlines()}


def test_shipped_and_own_models_are_a_table(own, capsys):
    own(
        "ours",
        licence="CC-BY-4.0",
        training={"data": ["plates"], "pages": [40, 4, 0]},
        metrics={"section_iou": {"all": 0.91}},
    )
    assert run(["models", "list"]) == 0
    shown = capsys.readouterr().out
    heading, *_ = shown.splitlines()
    assert heading.split() == ["name", "network", "channels", "trained", "on", "IoU", "licence", "digest", "where"]
    assert "shipped, the default" in lines(shown)["default"]
    assert "40 pages: plates 0.910 CC-BY-4.0" in " ".join(lines(shown)["ours"].split())
    assert lines(shown)["ours"].endswith("yours")


def test_models_of_other_folders_are_listed_on_request(own, tmp_path, capsys):
    elsewhere = own("theirs", tmp_path / "models")
    for folder in (elsewhere, elsewhere.parent):
        assert run(["models", "list", str(folder)]) == 0
        assert str(elsewhere) in lines(capsys.readouterr().out)["theirs"]
    assert run(["models", "list", str(tmp_path)]) == 7
    assert "there is no model" in capsys.readouterr().err


def test_a_damaged_card_is_listed_with_the_reason(own, capsys):
    (own("broken") / "card.json").write_text("{}")
    assert run(["models", "list"]) == 0
    assert "cannot be used: the card cannot be read" in lines(capsys.readouterr().out)["broken"]


def test_own_models_are_found_by_name_but_not_before_shipped_ones(own, tmp_path, monkeypatch):
    ours, _ = own("ours"), own("default")
    (tmp_path / "ours").mkdir()
    monkeypatch.chdir(tmp_path)
    assert find_model("ours") == ours
    assert find_model("default") == find_model()


def test_every_command_names_a_model_by_the_digest_of_the_table(own, capsys):
    own("ours")
    assert run(["models", "list", "--json"]) == 0
    (digest,) = (row["digest"] for row in json.loads(capsys.readouterr().out) if row["name"] == "ours")
    assert run(["models", "show", "ours"]) == 0
    assert json.loads(capsys.readouterr().out)["digest"] == digest
    assert run(["models", "verify", "ours"]) == 0
    assert capsys.readouterr().out == f"ok  ours  {digest}\n"
