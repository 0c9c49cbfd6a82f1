"""A small network that was fitted for a few seconds, and its model package."""

import os

os.environ.setdefault("SM_FRAMEWORK", "tf.keras")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from profilex.model.card import Card, open_model, write_model
from profilex.model.engines.runtime import Runtime
from profilex.model.inference.segment import Segmenter
from tests.helpers.networks import CHANNELS, PLAIN, InkRuntime


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever needs the fitted network is slow: fitting it, and TensorFlow itself, take their time."""
    for item in items:
        if "fitted" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def ink_segmenter() -> Segmenter:
    return Segmenter(Card("ink", PLAIN, CHANNELS), InkRuntime())


@pytest.fixture(scope="session")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package of a network that finds thick strokes among thin ones."""
    import keras

    from profilex.model.build import build_network

    keras.utils.set_random_seed(3)
    network = build_network(PLAIN)
    for layer in network.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.8
    ink, truth = _strokes(np.random.default_rng(3), 48)
    network.compile(keras.optimizers.Adam(1e-2), loss="binary_crossentropy")
    network.fit(ink, truth, batch_size=8, epochs=7, verbose=0)
    folder = tmp_path_factory.mktemp("models") / "strokes"
    write_model(folder, Card("strokes", PLAIN, CHANNELS), network.get_weights())
    return folder


def _strokes(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    ink = np.zeros((count, 96, 96, 1), np.float32)
    truth = np.zeros((count, 96, 96, 4), np.float32)
    for grey, planes in zip(ink, truth, strict=True):
        ends = rng.integers(0, 96, (6, 2, 2))
        for k, (start, end) in enumerate(ends.tolist()):
            width = 1 if k < 4 else int(rng.integers(9, 22))
            cv2.line(grey, start, end, 1.0, width)
            if width > 1:
                section = np.ascontiguousarray(planes[..., 0])
                cv2.line(section, start, end, 1.0, width)
                planes[..., 0] = section
        planes[..., 1] = planes[..., 0]
    return ink, truth


@pytest.fixture(scope="session")
def session_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def user_cache(session_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's cache folder, the same for all tests: a network is converted once."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(session_cache))
    return session_cache


@pytest.fixture
def load(fitted: Path, user_cache: Path) -> Callable[[str], Runtime]:
    from profilex.model.engines.runtime import load_runtime

    def by_engine(engine: str) -> Runtime:
        return load_runtime(open_model(fitted), device="cpu", threads=1, engine=engine)

    return by_engine
