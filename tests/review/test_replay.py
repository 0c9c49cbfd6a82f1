"""What decisions add up to: undo, disputes, and files of several people merged in any order."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString

from profilex.decisions import Act, StatedScale, drawn, replay
from profilex.decisions.event import PAGE_SUBJECT
from profilex.decisions.history import holding, steps
from tests.helpers.decisions import decision, outline
from tests.helpers.histories import OTHER, VESSEL, random_copies


def only(events):
    (subject,) = replay(events).subjects
    return subject


def chain(*acts):
    """Decisions of one person about one vessel, each after the one before."""
    events = []
    for act, more in acts:
        prev = (events[-1].id,) if events else ()
        events.append(decision(act, VESSEL, subject=events[0].subject if events else "", prev=prev, **more))
    return events


def test_the_last_decision_of_a_chain_counts():
    events = chain((Act.REJECT, {"reason": "paint"}), (Act.ACCEPT, {}), (Act.LABEL, {"parts": {"figure": "7"}}))
    subject = only(events)
    assert (subject.verdict, subject.values["figure"]) == ("accept", "7")
    assert subject.heads == (events[-1].id,)
    assert subject.is_decided


def test_undo_takes_back_and_redo_brings_back():
    events = chain((Act.ACCEPT, {}), (Act.REJECT, {}))
    root = events[0].subject
    undo = decision(Act.UNDO, VESSEL, subject=root, prev=[events[1].id], undoes=(events[1].id,))
    assert only([*events, undo]).verdict == "accept"
    redo = decision(Act.UNDO, VESSEL, subject=root, prev=[undo.id], undoes=(undo.id,))
    assert only([*events, undo, redo]).verdict == "reject"
    assert steps([*events, undo], "ada").undo == (events[0].id,)
    assert steps([*events, undo], "ada").redo == (undo.id,)
    assert steps([*events, undo, redo], "ada").undo == (events[0].id, events[1].id)


def test_two_who_did_not_know_of_each_other_disagree_until_somebody_settles_it():
    (root,) = chain((Act.NOTE, {"parts": {"note": "first"}}))
    yes = decision(Act.ACCEPT, VESSEL, subject=root.subject, prev=[root.id], by="ada")
    no = decision(Act.REJECT, VESSEL, subject=root.subject, prev=[root.id], by="bo")
    subject = only([root, yes, no])
    assert (subject.disputed, subject.verdict, subject.is_decided) == (("verdict",), "", False)
    settled = decision(Act.ACCEPT, VESSEL, subject=root.subject, prev=subject.heads, by="bo")
    assert only([root, yes, no, settled]).is_decided


def test_two_who_say_the_same_agree_though_each_began_alone():
    one, other = decision(Act.ACCEPT, VESSEL, by="ada"), decision(Act.ACCEPT, VESSEL, by="bo")
    subject = only([one, other])
    assert subject.is_decided
    assert set(subject.heads) == {one.id, other.id}


@pytest.mark.parametrize(("shift", "disputed"), [(0.05, ()), (5.0, ("sections",))])
def test_outlines_that_hardly_differ_agree_and_others_do_not(shift, disputed):
    one = decision(Act.MEND, VESSEL, by="ada", parts={"sections": outline(VESSEL)})
    other = decision(Act.MEND, VESSEL, by="bo", parts={"sections": outline(VESSEL, shift)})
    assert only([one, other]).disputed == disputed


def test_changes_of_different_things_do_not_disagree():
    one = decision(Act.MEND, VESSEL, by="ada", parts={"axis": LineString([(500, 0), (501, 400)])})
    other = decision(Act.LABEL, VESSEL, by="bo", parts={"figure": "9"})
    subject = only([one, other])
    assert subject.disputed == ()
    assert set(subject.values) == {"axis", "figure"}


def test_the_scale_of_a_page_is_its_own_subject():
    event = decision(Act.SCALE, subject=PAGE_SUBJECT, parts={"scale": StatedScale(0.3)})
    assert replay([event]).scale == StatedScale(0.3)
    undo = decision(Act.UNDO, subject=PAGE_SUBJECT, prev=[event.id], undoes=(event.id,))
    assert replay([event, undo]).scale is None


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_merging_in_any_order_and_twice_gives_the_same(seed):
    generator = random.Random(seed)
    merged = list({event.id: event for events in random_copies(generator).values() for event in events}.values())
    other = merged[:]
    generator.shuffle(other)
    assert replay(merged) == replay(other)


links = st.tuples(st.integers(0, 9), st.lists(st.integers(0, 9), max_size=3))


@given(st.lists(links, max_size=10, unique_by=lambda link: link[0]))
def test_decisions_that_follow_or_undo_one_another_in_circles_do_no_harm(links):
    events = []
    for name, undone in links:
        names = tuple(f"e{each}" for each in undone)
        act = Act.UNDO if undone else Act.ACCEPT
        events.append(decision(act, VESSEL, name=f"e{name}", subject="e0", prev=names, undoes=names))
    assert replay(events) == replay(events[::-1])
    assert holding(events) == holding(events[::-1])


def test_a_long_chain_of_undos_needs_no_deep_recursion():
    first = last = decision(Act.ACCEPT, VESSEL)
    events = [first]
    for _ in range(3000):
        last = decision(Act.UNDO, VESSEL, subject=first.id, prev=[last.id], undoes=(last.id,))
        events.append(last)
    assert only(events).verdict == "accept"


@pytest.mark.parametrize("act", [Act.ADD, Act.SPLIT])
def test_new_vessels_are_gone_when_what_made_them_is_taken_back(act):
    others = (drawn(OTHER),) if act is Act.SPLIT else ()
    seen = VESSEL if act is Act.SPLIT else None
    event = decision(act, seen, parts={"sections": outline(VESSEL)}, others=others)
    made = [subject for subject in replay([event]).subjects if subject.is_new]
    assert len(made) == 1
    assert made[0].exists
    undo = decision(Act.UNDO, VESSEL, subject=event.subject, prev=[event.id], undoes=(event.id,))
    assert not any(subject.is_new and subject.exists for subject in replay([event, undo]).subjects)
