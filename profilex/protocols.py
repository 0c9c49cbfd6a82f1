"""What a page's way and a run need of a network, whoever provides it; `profilex.model` does."""

from collections.abc import Mapping
from typing import Any, Protocol

from profilex.settings import SegmentSettings
from profilex.types import Page, Segmentation


class Card(Protocol):
    """What a page's record needs to know of a model."""

    @property
    def name(self) -> str: ...

    @property
    def digest(self) -> str: ...

    @property
    def confidence(self) -> Mapping[str, Any]: ...


class Segmenter(Protocol):
    """A loaded network: `profilex.model.load_segmenter` returns one."""

    @property
    def card(self) -> Card: ...

    @property
    def engine(self) -> str:
        """What the network runs in, for people: "OpenVINO f32 on the processor"."""
        ...

    def segment(self, page: Page, settings: SegmentSettings) -> Segmentation: ...
