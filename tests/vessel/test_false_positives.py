"""Paint and sherds within a vessel's drawing are no sections; cracked walls and second sides are."""

import pytest
from shapely import LineString, Polygon, box

from profilex.geometry import mirror_image
from profilex.settings import VesselSettings
from profilex.types import Section, Vessel
from profilex.vessel.grouping.false_positives import false_sections, unlikely_candidates

AXIS = LineString([(200, 40), (200, 160)])
WALL = Polygon([(50, 40), (70, 40), (110, 160), (90, 160)])


def section(polygon: Polygon) -> Section:
    return Section(polygon, 0.9, 0.5, 0.1)


def vessel(*shapes: Polygon, axis: LineString | None = AXIS, side: str = "left") -> Vessel:
    return Vessel("v001", tuple(section(s) for s in shapes), axis=axis, side=side)


def strays_of(*vessels: Vessel) -> list[Polygon]:
    return [stray.polygon for stray in false_sections(vessels, settings=VesselSettings())]


def test_a_mirror_image_lies_as_far_beyond_the_axis() -> None:
    assert mirror_image(WALL, AXIS).bounds == pytest.approx((290, 40, 350, 160))
    tilted = LineString([(200, 0), (220, 200)])
    assert mirror_image(mirror_image(WALL, tilted), tilted).equals_exact(WALL, 1e-9)


@pytest.mark.parametrize("band", [box(230, 70, 300, 85), box(120, 60, 180, 70)])
def test_a_painted_band_on_either_half_is_a_false_positive(band: Polygon) -> None:
    assert strays_of(vessel(WALL), vessel(band, axis=None, side="unknown")) == [band]
    assert strays_of(vessel(WALL, band)) == [band]


def test_the_other_side_of_a_vessel_cut_on_both_is_kept() -> None:
    assert strays_of(vessel(WALL, mirror_image(WALL, AXIS))) == []


def test_a_piece_beyond_a_crack_is_kept() -> None:
    upper, lower = WALL.intersection(box(0, 0, 400, 118)), WALL.intersection(box(0, 122, 400, 400))
    assert strays_of(vessel(upper, lower)) == []


def test_a_neighbour_with_its_own_axis_is_kept() -> None:
    neighbour = Polygon([(240, 60), (252, 60), (262, 130), (250, 130)])
    assert strays_of(vessel(WALL), vessel(neighbour, axis=LineString([(330, 60), (330, 130)]))) == []


def test_what_lies_below_or_beside_is_kept() -> None:
    label, sherd = box(190, 200, 210, 212), box(420, 60, 440, 120)
    assert strays_of(vessel(WALL), vessel(label, axis=None), vessel(sherd, axis=None)) == []


def test_a_handle_section_beside_a_neck_is_kept() -> None:
    jar = Polygon([(150, 40), (160, 40), (160, 80), (60, 160), (50, 160), (148, 78)])
    assert strays_of(vessel(jar), vessel(box(100, 50, 112, 62), axis=None)) == []


def test_without_an_axis_nothing_is_judged() -> None:
    assert strays_of(vessel(WALL, box(120, 60, 180, 70), axis=None, side="unknown")) == []


def test_a_doubtful_vessel_in_another_s_drawing_is_a_false_positive_even_with_an_axis_of_its_own() -> None:
    host = Vessel("v001", (section(WALL),), axis=AXIS, side="left", confidence=0.98)
    band = Polygon([(240, 60), (262, 60), (272, 130), (250, 130)])
    own = LineString([(330, 60), (330, 130)])
    assert strays_of(host, Vessel("v002", (section(band),), axis=own, side="left", confidence=0.97)) == []
    assert strays_of(host, Vessel("v002", (section(band),), axis=own, side="left", confidence=0.8)) == [band]


@pytest.mark.parametrize(
    ("confidences", "unlikely"),
    [
        ((0.9, 0.5), []),
        ((0.9, 0.3), [0.3]),
        ((0.6, 0.3), []),
        ((0.3,), []),
        ((0.1,), [0.1]),
        ((0.9, 0.1, 0.3), [0.1, 0.3]),
    ],
)
def test_vessels_of_too_low_a_confidence_are_unlikely_sooner_beside_a_sure_one(confidences, unlikely) -> None:
    vessels = [Vessel(f"v{i}", (section(WALL),), confidence=each) for i, each in enumerate(confidences)]
    assert [vessel.confidence for vessel in unlikely_candidates(vessels, settings=VesselSettings())] == unlikely
