"""Decisions laid over a page: measures follow the geometry, and reruns keep what people said."""

import random
from dataclasses import replace

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString

from profilex.decisions import Act, StatedScale, corrected, drawn, replay
from profilex.decisions.applying import LOOK_AGAIN, new_identifier
from profilex.decisions.event import PAGE_SUBJECT, Outline
from profilex.export.geojson import page_document
from profilex.types import ACCEPTED, BREAK, BY_PERSON, CORRECTED, REJECTED
from profilex.vessel.remeasure import agrees, remeasured, rescaled
from tests.helpers.decisions import HEIGHT, bowl, decision, moved, outline, page
from tests.helpers.histories import random_copies

VESSEL = bowl()
OTHER = bowl("v002", x=1100)
PAGE = page(VESSEL, OTHER)


def laid(*events, over=PAGE, digest=""):
    return corrected(over, replay(events), digest=digest)


def vessel_of(page_, name="v001"):
    return next(vessel for vessel in page_.result.vessels if vessel.identifier == name)


def test_a_page_without_decisions_is_the_model_s():
    assert laid().result == PAGE


def test_accepting_changes_nothing_but_the_status():
    found = vessel_of(laid(decision(Act.ACCEPT, VESSEL)))
    assert found.reviewed.status == ACCEPTED
    assert found.reviewed.by == "ada"
    assert found.review == ()
    assert replace(found, reviewed=VESSEL.reviewed, review=VESSEL.review) == VESSEL


def test_rejected_vessels_keep_their_place_with_their_status():
    found = laid(decision(Act.REJECT, VESSEL, reason="paint")).result.vessels
    assert [vessel.reviewed.status for vessel in found] == [REJECTED, ""]


def test_a_moved_outline_moves_every_measure():
    event = decision(Act.MEND, VESSEL, parts={"sections": outline(VESSEL, dx=-20)})
    found = vessel_of(laid(event))
    assert found.reviewed.status == CORRECTED
    assert found.reviewed.geometry == BY_PERSON
    wider = found.measures["rim_diameter_mm"].value - VESSEL.measures["rim_diameter_mm"].value
    assert wider == pytest.approx(2 * 20 * 0.2)
    assert agrees(found, HEIGHT)
    assert found.edges != VESSEL.edges
    assert "break" in {edge.kind for edge in found.edges}  # the floor no longer reaches the axis


def test_other_vertices_of_a_mended_outline_are_those_that_were():
    ring = shapely.get_coordinates(VESSEL.sections[0].polygon.exterior)
    ring[3] += (-2.0, 0.0)
    event = decision(Act.MEND, VESSEL, parts={"sections": (Outline(shapely.Polygon(ring)),)})
    after = shapely.get_coordinates(vessel_of(laid(event)).sections[0].polygon.exterior)
    assert {tuple(point) for point in ring} == {tuple(point) for point in after}


def test_an_axis_and_a_rim_give_a_vessel_without_them_its_measures():
    bare = remeasured(replace(VESSEL, axis=None, rim=None, axis_source="", review=("no_axis", "no_rim")), HEIGHT)
    assert bare.measures["rim_diameter_mm"].reason == "no_axis"
    parts = {"axis": LineString([(500, 180), (500, 420)]), "rim": LineString([(330, 200), (670, 200)])}
    found = vessel_of(laid(decision(Act.MEND, bare, parts=parts), over=page(bare)))
    assert found.measures["rim_diameter_mm"].value == pytest.approx(VESSEL.measures["rim_diameter_mm"].value, rel=1e-6)
    assert found.axis_source == "person"
    assert found.review == ()
    gone = vessel_of(laid(decision(Act.MEND, VESSEL, parts={"axis": None})))
    assert gone.measures["rim_diameter_mm"].value is None


def test_a_scale_of_the_page_is_that_of_its_vessels_but_of_those_with_their_own():
    whole = decision(Act.SCALE, subject=PAGE_SUBJECT, parts={"scale": StatedScale(0.4, 0.002)})
    own = decision(Act.SCALE, OTHER, parts={"scale": StatedScale(0.1)})
    found = laid(whole, own)
    first, second = found.result.vessels
    assert (first.scale.mm_per_px, second.scale.mm_per_px) == (0.4, 0.1)
    assert first.scale.source == "person"
    assert first.measures["height_mm"].value == pytest.approx(2 * VESSEL.measures["height_mm"].value)
    assert first.measures["height_px"] == VESSEL.measures["height_px"]
    assert {vessel.reviewed.status for vessel in found.result.vessels} == {CORRECTED}


@given(st.floats(0.01, 10), st.floats(0, 0.1))
def test_another_scale_is_what_measuring_with_it_gives(mm_per_px, share):
    scale = replace(VESSEL.scale, mm_per_px=mm_per_px, uncertainty=share)
    again, converted = remeasured(replace(VESSEL, scale=scale), HEIGHT), rescaled(VESSEL, scale)
    assert converted.measures.keys() == again.measures.keys()
    for name, measure in converted.measures.items():
        assert measure.reason == again.measures[name].reason
        assert measure.value == pytest.approx(again.measures[name].value)
        assert measure.uncertainty == pytest.approx(again.measures[name].uncertainty)


def test_splitting_and_merging_keep_all_clay():
    twins = shapely.MultiPolygon([VESSEL.sections[0].polygon, OTHER.sections[0].polygon])
    both = replace(VESSEL, sections=(*VESSEL.sections, *OTHER.sections))
    split = decision(Act.SPLIT, both, parts={"sections": outline(VESSEL)}, others=(drawn(OTHER),))
    found = laid(split, over=page(remeasured(both, HEIGHT)))
    assert len(found.result.vessels) == 2
    assert shapely.union_all([drawn(v).anchor for v in found.result.vessels]).equals(twins)
    child = found.result.vessels[1]
    assert child.identifier == new_identifier(found.subjects[child.identifier])
    merge = decision(
        Act.MERGE, VESSEL, parts={"sections": (*outline(VESSEL), *outline(OTHER))}, takes=(drawn(OTHER).anchor,)
    )
    merged = laid(merge).result.vessels
    assert [vessel.identifier for vessel in merged] == ["v001"]
    assert len(merged[0].sections) == 2
    undo = decision(Act.UNDO, VESSEL, subject=merge.subject, prev=[merge.id], undoes=(merge.id,))
    assert laid(merge, undo).result.vessels == PAGE.vessels


def test_breaks_are_where_a_person_sets_them_and_nowhere_else():
    face = max((edge for edge in VESSEL.edges), key=lambda edge: edge.line.length)
    ends = tuple(tuple(face.line.interpolate(share, normalized=True).coords[0]) for share in (0.3, 0.6))
    found = vessel_of(laid(decision(Act.MEND, VESSEL, parts={"breaks": (ends,)})))
    breaks = [edge.line for edge in found.edges if edge.kind == BREAK]
    assert len(breaks) == 1
    assert breaks[0].length == pytest.approx(0.3 * face.line.length)
    assert sum(e.line.length for e in found.edges) == pytest.approx(sum(e.line.length for e in VESSEL.edges))


@pytest.mark.parametrize(
    ("shift", "act", "status", "again"),
    [
        (0.3, Act.ACCEPT, ACCEPTED, False),
        (2.5, Act.ACCEPT, ACCEPTED, True),
        (400.0, Act.ACCEPT, ACCEPTED, True),
        (1.0, Act.REJECT, REJECTED, False),
        (6.0, Act.REJECT, "", True),
        (1.0, Act.LABEL, CORRECTED, False),
        (6.0, Act.LABEL, CORRECTED, True),
        (6.0, Act.MEND, CORRECTED, True),
        (400.0, Act.MEND, CORRECTED, True),
    ],
)
def test_a_rerun_with_another_model_keeps_what_was_said(shift, act, status, again):
    parts = {Act.LABEL: {"figure": "12"}, Act.MEND: {"sections": outline(VESSEL)}}.get(act, {})
    event = decision(act, VESSEL, parts=parts)
    rerun = page(replace(moved(VESSEL, shift), identifier="v007"))
    found = laid(event, over=rerun).result.vessels
    (vessel,) = [each for each in found if each.reviewed.status or LOOK_AGAIN in each.review]
    assert vessel.reviewed.status == status
    assert (LOOK_AGAIN in vessel.review) == again
    if act is Act.MEND or (act is Act.ACCEPT and again):
        assert drawn(vessel).anchor.equals(drawn(VESSEL).anchor)
    if act is Act.LABEL:
        assert vessel.figure == "12"


def test_decisions_without_a_vessel_are_listed():
    label = decision(Act.LABEL, VESSEL, parts={"figure": "12"})
    found = laid(label, over=page(OTHER))
    assert [subject.vessel for subject, _ in found.orphans] == ["v001"]
    assert found.result.vessels == (OTHER,)


def test_one_vessel_takes_the_decision_that_fits_it_best():
    near = decision(Act.LABEL, VESSEL, parts={"figure": "near"})
    far = decision(Act.LABEL, moved(VESSEL, 5.0), parts={"figure": "far"})
    found = laid(near, far, over=page(VESSEL))
    assert [vessel.figure for vessel in found.result.vessels] == ["near"]
    assert [subject.values["figure"] for subject, _ in found.orphans] == ["far"]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.floats(-0.2, 0.2))
def test_any_decisions_survive_a_rerun_and_never_contradict_themselves(seed, shift):
    generator = random.Random(seed)
    events = list({event.id: event for own in random_copies(generator).values() for event in own}.values())
    rerun = page(*(replace(moved(vessel, shift), identifier=f"v1{vessel.identifier[-2:]}") for vessel in PAGE.vessels))
    before, after = laid(*events), laid(*events, over=rerun)
    assert [v.reviewed.status for v in before.result.vessels] == [v.reviewed.status for v in after.result.vessels]
    assert [v.figure for v in before.result.vessels] == [v.figure for v in after.result.vessels]
    for vessel in (*before.result.vessels, *after.result.vessels):
        assert agrees(vessel, HEIGHT)
    assert page_document(after.result)
