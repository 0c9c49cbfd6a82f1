"""The model package: a card that describes a model, and its weights, pinned by their SHA-256.

A package is a folder with `card.json` and `weights.npz`. The network itself is built in code (`profilex.model.build`):
no pickle, no saved graph and no executable content is ever read from a model file.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from profilex.errors import Code, RunError
from profilex.files import write_atomic
from profilex.model.build import SIZE_MULTIPLE, Architecture, check_architecture

CARD_FILE = "card.json"
WEIGHTS_FILE = "weights.npz"
INPUTS = ("ink", "unit", "byte", "signed")

_EPOCH = (1980, 1, 1, 0, 0, 0)  # zip's earliest date: the same weights give the same bytes at any time
_DTYPES = (np.dtype(np.float16), np.dtype(np.float32))
_MOST_BYTES = 4 << 30  # of unpacked weights; the largest backbones have a quarter of it
_HALF_MAX = float(np.finfo(np.float16).max)


@dataclass(frozen=True, slots=True)
class Card:
    """What a model is, how it was made, and how well it does.

    `channels` names the planes of its output, in order. `input` says how grey values 0..255 reach the network: "ink"
    (1 - grey / 255), "unit" (grey / 255), "byte" (unchanged) or "signed" (grey / 127.5 - 1). `working` holds the
    resolutions it was trained for (px of the long side, px of a wall); `training` the data and the seed, `metrics` each
    figure with the data it was measured on, `software` the versions: these are for readers and decide nothing.

    A model of plain pictures uses one pass at the fixed `scale` (working px for each px of the picture), in tiles of
    `tile_px` if that is given. `labels` say what channels show in such pictures, as {"section": "membrane"}.

    `confidence` is the calibration of its vessels (`profilex.vessel.trust.confidence`), empty if it has none.
    """

    name: str
    architecture: Architecture
    channels: tuple[str, ...]
    input: str = "ink"
    working: Mapping[str, float] = field(default_factory=dict)
    training: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    software: Mapping[str, str] = field(default_factory=dict)
    licence: str = ""
    weights_sha256: str = ""
    scale: float | None = None
    tile_px: int | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    confidence: Mapping[str, Any] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of everything that decides on the model's answers; other texts on the card may change."""
        decisive: list[Any] = [asdict(self.architecture), self.channels, self.input, self.weights_sha256]
        if self.scale is not None:
            decisive += [self.scale, self.tile_px]
        if self.confidence:
            decisive += [self.confidence.get("intercept"), self.confidence.get("weights")]
        return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()


def card_json(card: Card) -> str:
    """The card as the text of `card.json`; equal cards give equal text."""
    return json.dumps(asdict(card), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def parse_card(text: str) -> Card:
    """Read the text of a `card.json`.

    Raises:
        RunError: code `model_mismatch`, if it is not a card or names something that this version does not know.
    """
    try:
        data = json.loads(text)
        shape = _known(Architecture, data.pop("architecture"))
        architecture = Architecture(**{**shape, "decoder_filters": tuple(shape.get("decoder_filters", ()))})
        card = Card(architecture=architecture, **{**_known(Card, data), "channels": tuple(data["channels"])})
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise RunError(
            Code.MODEL_MISMATCH, f"the card cannot be read ({error}).", "Restore the model, or update profilex."
        ) from error
    check_card(card)
    return card


def check_card(card: Card) -> None:
    """Refuse a card that contradicts itself.

    Raises:
        RunError: code `model_mismatch` or `usage`, saying what is wrong.
    """
    check_architecture(card.architecture)
    if len(card.channels) != card.architecture.classes or len(set(card.channels)) != len(card.channels):
        raise RunError(
            Code.MODEL_MISMATCH,
            f"the card names the channels {', '.join(card.channels)}, the network has {card.architecture.classes}.",
            "Give every output plane one name.",
        )
    if card.input not in INPUTS:
        raise RunError(
            Code.MODEL_MISMATCH, f"the card's input is {card.input!r}.", f"It may be one of: {', '.join(INPUTS)}."
        )
    if (card.scale is not None and card.scale <= 0) or (card.tile_px is not None and card.tile_px < 2 * SIZE_MULTIPLE):
        raise RunError(Code.MODEL_MISMATCH, f"the card's scale {card.scale} or tile {card.tile_px} px cannot be.")


@dataclass(frozen=True, slots=True)
class Package:
    """A model's card and the bytes of its weights, whose SHA-256 matches the card."""

    card: Card
    content: bytes

    def weights(self) -> list[np.ndarray]:
        """The weights float32, in the order of the network's `get_weights()`; this takes a quarter of a second.

        Raises:
            RunError: code `model_mismatch`, if they are not valid weights.
        """
        return decode_weights(self.content)


def open_model(path: Path) -> Package:
    """Read a model package's bytes; the SHA-256 on the card is checked on exactly the bytes that are returned.

    Raises:
        RunError: code `model_missing`, if a file is missing; code `model_mismatch`, if the weights do not match
            the card.
    """
    card = parse_card(_bytes_of(path / CARD_FILE).decode("utf-8", "replace"))
    content = _bytes_of(path / WEIGHTS_FILE)
    found = hashlib.sha256(content).hexdigest()
    if found != card.weights_sha256:
        raise RunError(
            Code.MODEL_MISMATCH,
            f"{path / WEIGHTS_FILE} has the SHA-256 {found}, its card says {card.weights_sha256 or 'none'}.",
            "The file is damaged or was replaced: install the model again.",
        )
    return Package(card, content)


def read_model(path: Path) -> tuple[Card, list[np.ndarray]]:
    """Read a model package: its card, and its weights float32 in the order of the network's `get_weights()`.

    Raises:
        RunError: as `open_model` and `Package.weights`.
    """
    package = open_model(path)
    return package.card, package.weights()


def write_model(path: Path, card: Card, weights: Sequence[np.ndarray]) -> Card:
    """Write a model package into the folder `path` and return its card, now with the weights' SHA-256.

    Equal cards and weights give equal bytes. The card is written last.

    Raises:
        RunError: code `model_mismatch`, if the card contradicts itself or a weight is not finite; code
            `output_unwritable` or `disk_full`.
    """
    check_card(card)
    content = encode_weights(weights)
    pinned = replace(card, weights_sha256=hashlib.sha256(content).hexdigest())
    write_atomic(path / WEIGHTS_FILE, content)
    write_atomic(path / CARD_FILE, card_json(pinned).encode())
    return pinned


def encode_weights(weights: Sequence[np.ndarray]) -> bytes:
    """Weights as the bytes of an npz of float16 arrays w000, w001, ...; an array beyond its range stays float32.

    Raises:
        RunError: code `model_mismatch`, if a weight is not finite.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for i, weight in enumerate(weights):
            full = np.asarray(weight, np.float32)
            if not np.isfinite(full).all():
                raise RunError(Code.MODEL_MISMATCH, f"weight {i} holds NaN or infinity.", "The training diverged.")
            fits = full.size == 0 or float(np.abs(full).max()) <= _HALF_MAX
            member = io.BytesIO()
            np.lib.format.write_array(
                member, full.astype(np.float16) if fits else full, version=(1, 0), allow_pickle=False
            )
            archive.writestr(zipfile.ZipInfo(f"w{i:03d}.npy", _EPOCH), member.getvalue())
    return buffer.getvalue()


def decode_weights(content: bytes) -> list[np.ndarray]:
    """Weights float32 from the bytes that `encode_weights` returned.

    Raises:
        RunError: code `model_mismatch`, if they are anything else.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
        if unpacked > _MOST_BYTES:
            raise ValueError(f"{unpacked} bytes are more than a network has")
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            arrays = [stored[f"w{i:03d}"] for i in range(len(stored.files))]
    except Exception as error:  # what NumPy, zipfile and zlib raise on damaged bytes is of almost any type
        raise RunError(Code.MODEL_MISMATCH, "the weights cannot be read.", "Install the model again.") from error
    if not all(array.dtype in _DTYPES and np.isfinite(array).all() for array in arrays):
        raise RunError(Code.MODEL_MISMATCH, "the weights are not finite floats.", "Install the model again.")
    return [array.astype(np.float32) for array in arrays]


def verify_model(path: Path) -> Card:
    """Check that a model package's bytes match its card, and return the card; the network is not built.

    Raises:
        RunError: as `open_model`.
    """
    return open_model(path).card


def _known(kind: type, data: Mapping[str, Any]) -> dict[str, Any]:
    names = {known.name for known in fields(kind)}
    if unknown := sorted(set(data) - names):
        raise ValueError(f"unknown fields: {', '.join(unknown)}")
    return dict(data)


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise RunError(
            Code.MODEL_MISSING,
            f"{path} cannot be read ({error.strerror}).",
            "A model is a folder with card.json and weights.npz; see `profilex models list`.",
        ) from error
