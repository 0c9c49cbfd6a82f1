"""Everything that decides an outcome: frozen, passed explicitly, and hashed into every page's resume key.

`choices` are what a user can choose. `text`, `evidence`, `curves`, `drawing`, `shape` and `ink` hold the numbers of the
rooms, each with unit, meaning and source (`numbers`); `vessel` gathers those of the room of that name.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace

from profilex.settings.choices import (
    ExportSettings,
    ReadSettings,
    ScaleSettings,
    SegmentSettings,
    VectorizeSettings,
    key_parts,
    table_key,
)
from profilex.settings.curves import CurveSettings
from profilex.settings.evidence import EvidenceSettings
from profilex.settings.ink import InkSettings
from profilex.settings.text import TextSettings
from profilex.settings.vessel import VesselSettings

__all__ = [
    "CurveSettings",
    "EvidenceSettings",
    "ExportSettings",
    "InkSettings",
    "ReadSettings",
    "ScaleSettings",
    "SegmentSettings",
    "Settings",
    "TextSettings",
    "VectorizeSettings",
    "VesselSettings",
    "key_parts",
    "table_key",
]


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that decides on a page's outputs; equal settings give equal bytes."""

    read: ReadSettings = field(default_factory=ReadSettings)
    segment: SegmentSettings = field(default_factory=SegmentSettings)
    vectorize: VectorizeSettings = field(default_factory=VectorizeSettings)
    scale: ScaleSettings = field(default_factory=ScaleSettings)
    text: TextSettings = field(default_factory=TextSettings)
    evidence: EvidenceSettings = field(default_factory=EvidenceSettings)
    vessel: VesselSettings = field(default_factory=VesselSettings)
    export: ExportSettings = field(default_factory=ExportSettings)
    scale_table: Mapping[str, ScaleSettings] = field(default_factory=dict)  # of single pages, by `table_key`
    plugins: tuple[tuple[str, str], ...] = ()  # name and version of the source plugin, which decides what a page is

    def for_page(self, source: str, frame: int) -> "Settings":
        """The settings of one page: with its own scale if the table has one, and without the table."""
        if not self.scale_table:
            return self
        stated = self.scale_table.get(table_key(source, frame)) or self.scale_table.get(table_key(source))
        return replace(self, scale=replace(stated, dpi=self.scale.dpi) if stated else self.scale, scale_table={})

    def digest(self) -> str:
        """SHA-256 (hex) of the canonical JSON of every field."""
        text = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()
