"""The model package: what is written comes back, and nothing else is ever loaded."""

import io
import json
import pickle
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from profilex.errors import Code, Exit, RunError
from profilex.model import card as cards
from profilex.model import registry as shelf
from profilex.model.card import Card, card_json, decode_weights, encode_weights, parse_card, read_model, write_model
from tests.helpers.networks import CHANNELS, PLAIN

CARD = Card("plain", PLAIN, CHANNELS, working={"wall_px": 18.0}, metrics={"IoU": {"section": 0.9}})
WEIGHTS = [np.arange(12, dtype=np.float32).reshape(3, 4) / 8, np.float32([1e6, 2.0]), np.zeros((0, 2), np.float32)]


def test_package_round_trip(tmp_path: Path) -> None:
    written = write_model(tmp_path / "m", CARD, WEIGHTS)
    card, weights = read_model(tmp_path / "m")
    assert card == written
    assert card.weights_sha256
    assert all(np.array_equal(a, b) for a, b in zip(weights, WEIGHTS, strict=True))
    assert all(weight.dtype == np.float32 for weight in weights)


def test_package_bytes_are_the_same_twice(tmp_path: Path) -> None:
    for name in "ab":
        write_model(tmp_path / name, CARD, WEIGHTS)
    for name in ("card.json", "weights.npz"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


@given(position=st.integers(0, 10**6), bit=st.integers(0, 7))
def test_a_flipped_bit_is_found_before_anything_is_parsed(
    position: int, bit: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("flipped")
    write_model(folder, CARD, WEIGHTS)
    content = bytearray((folder / "weights.npz").read_bytes())
    content[position % len(content)] ^= 1 << bit
    (folder / "weights.npz").write_bytes(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cards, "decode_weights", lambda _: pytest.fail("parsed"))
        with pytest.raises(RunError) as caught:
            read_model(folder)
    assert caught.value.code == Code.MODEL_MISMATCH
    assert caught.value.exit_code == Exit.MODEL


def test_pickles_are_never_loaded() -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return pytest.fail, ("unpickled",)

    member = io.BytesIO()
    np.lib.format.write_array(member, np.array([Trap()], object), allow_pickle=True)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("w000.npy", member.getvalue())
    for content in (packed.getvalue(), pickle.dumps([1.0]), b"", b"PK"):
        with pytest.raises(RunError) as caught:
            decode_weights(content)
        assert caught.value.code == Code.MODEL_MISMATCH


def test_weights_that_are_not_finite_are_not_written() -> None:
    with pytest.raises(RunError, match="NaN"):
        encode_weights([np.float32([np.nan])])


@pytest.mark.parametrize(
    "change",
    [
        {"channels": ["section"]},
        {"channels": ["a", "a", "b", "c"]},
        {"input": "negative"},
        {"surprise": 1},
        {"architecture": {"kind": "transformer"}},
        {"architecture": {"kind": "plain", "layers": 3}},
        {"architecture": None},
    ],
)
def test_cards_that_are_not_understood(change: dict[str, object]) -> None:
    text = json.dumps({**json.loads(card_json(CARD)), **change})
    with pytest.raises(RunError) as caught:
        parse_card(text)
    assert caught.value.exit_code in (Exit.MODEL, Exit.USAGE)


def test_card_text_round_trip() -> None:
    assert parse_card(card_json(CARD)) == CARD


def test_digest_follows_what_decides_and_not_the_prose() -> None:
    assert replace(CARD, metrics={}).digest == CARD.digest
    assert replace(CARD, input="byte").digest != CARD.digest
    assert replace(CARD, weights_sha256="1").digest != CARD.digest


def test_missing_files(tmp_path: Path) -> None:
    with pytest.raises(RunError) as caught:
        read_model(tmp_path)
    assert caught.value.code == Code.MODEL_MISSING
    assert str(tmp_path) in caught.value.message


def test_models_are_found_by_name_and_by_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = tmp_path / "shipped"
    for folder in (shipped / shelf.DEFAULT_MODEL, shipped / "other", tmp_path / "own"):
        write_model(folder, CARD, WEIGHTS)
    monkeypatch.setattr(shelf, "shipped_models", lambda: shipped)
    assert [model.name for model in shelf.list_models()] == sorted([shelf.DEFAULT_MODEL, "other"])
    assert shelf.find_model() == shipped / shelf.DEFAULT_MODEL
    assert shelf.find_model("other") == shipped / "other"
    assert shelf.find_model(str(tmp_path / "own")) == tmp_path / "own"
    with pytest.raises(RunError, match="other") as caught:
        shelf.find_model("none-such")
    assert caught.value.code == Code.MODEL_MISSING
