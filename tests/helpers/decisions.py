"""Decisions about made-up pages, and output folders of them."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely import LineString

from profilex.decisions import Act, Event, Person, Scan, Seen, drawn
from profilex.decisions.event import Outline
from profilex.types import PageRef, PageResult, Scale, Section, Vessel
from profilex.vessel.remeasure import remeasured

HEIGHT, WIDTH = 1200, 1600
SHA = "ab" * 32

_numbers = itertools.count(1)


def bowl(identifier: str = "v001", x: float = 500.0, y: float = 200.0, mm: float | None = 0.2) -> Vessel:
    """A bowl with a floor, its section at the left of its axis at x, measured as a batch would."""
    steps = np.linspace(0, 1, 30)
    across = 160 * np.cos(steps * np.pi / 2) ** 0.6
    middle = np.column_stack([x - across, y + 180 * steps])
    wall = LineString(middle).buffer(9, cap_style="flat", quad_segs=3).intersection(shapely.box(0, y, x, y + 400))
    polygon = shapely.orient_polygons(wall.simplify(0.3))
    bare = Vessel(
        identifier,
        (Section(polygon, 0.9, 0.5, 0.3),),
        axis=LineString([(x, y), (x, y + 250)]),
        axis_source="ink",
        rim=LineString([(x - 170, y), (x + 170, y)]),
        scale=None if mm is None else Scale(mm, "bar", 0.01, "1:3"),
        confidence=0.6,
        review=("low_confidence",),
        axis_sd_px=0.3,
        rim_sd_px=0.4,
    )
    return remeasured(bare, HEIGHT)


def page(*vessels: Vessel, source: str = "plate.png", sha256: str = SHA) -> PageResult:
    """A page that holds these vessels."""
    return PageResult(
        PageRef(Path(source), source, f"{source}/0", 0),
        sha256,
        WIDTH,
        HEIGHT,
        300.0,
        vessels,
        scale_bars=(shapely.box(300, 1150, 700, 1160),),
        versions={"profilex": "0.1.0", "model": "unet", "model_sha256": "cd" * 32},
    )


def new_id() -> str:
    """Another id each time."""
    return f"{next(_numbers):08x}"


def decision(
    act: Act,
    vessel: Vessel | None = None,
    *,
    name: str = "",
    subject: str = "",
    prev: Sequence[str] = (),
    by: str = "ada",
    **more: Any,
) -> Event:
    """A decision about a vessel of a made-up page."""
    name = name or new_id()
    return Event(
        id=name,
        subject=subject or name,
        act=act,
        scan=Scan(SHA, 0, WIDTH, HEIGHT, "plate.png"),
        at="2026-01-01T00:00:00Z",
        by=Person(by),
        prev=tuple(prev),
        seen=Seen(vessel=vessel.identifier, part=drawn(vessel)) if vessel else Seen(),
        **more,
    )


def outline(vessel: Vessel, dx: float = 0.0, dy: float = 0.0) -> tuple[Outline, ...]:
    """The sections of a vessel, moved."""
    return tuple(Outline(shapely.transform(each.polygon, lambda p: p + (dx, dy))) for each in vessel.sections)


def moved(vessel: Vessel, dx: float, dy: float = 0.0) -> Vessel:
    """A vessel elsewhere on its page."""

    def move(shape: Any) -> Any:
        return shapely.transform(shape, lambda points: points + (dx, dy))

    sections = tuple(replace(section, polygon=move(section.polygon)) for section in vessel.sections)
    return remeasured(replace(vessel, sections=sections, axis=move(vessel.axis), rim=move(vessel.rim)), HEIGHT)
