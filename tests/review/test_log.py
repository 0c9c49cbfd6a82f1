"""corrections.jsonl: nothing that was saved is lost, whatever ends the process; nothing else gets in."""

import errno
import json
import os
import signal
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profilex.decisions import NAME, Act, DecisionLog, StatedScale, read_decisions
from profilex.decisions.event import from_json, from_line, to_json, to_line
from profilex.decisions.log import TORN, parse
from profilex.errors import Code, RunError
from tests.helpers.decisions import bowl, decision, outline

VESSEL = bowl()


def some_event(**more):
    return decision(Act.MEND, VESSEL, parts={"sections": outline(VESSEL), "axis": VESSEL.axis, "rim": None}, **more)


def test_every_member_survives_the_file():
    event = some_event(how=("grow",), took_ms=1200, software="profilex 1")
    scale = StatedScale(0.1, 0.01, ((1.0, 2.0), (101.0, 2.0)), 10.0, "1:2")
    for each in (
        event,
        decision(Act.SCALE, VESSEL, parts={"scale": scale}),
        decision(Act.SPLIT, VESSEL, parts={"sections": outline(VESSEL)}, others=(event.seen.part,)),
        decision(Act.MERGE, VESSEL, parts={"sections": outline(VESSEL)}, takes=(event.seen.part.anchor,)),
        decision(Act.MEND, VESSEL, parts={"breaks": (((1.0, 2.0), (3.0, 4.0)),), "portion": "rim", "side": "left"}),
        decision(Act.LABEL, VESSEL, parts={"figure": "12 α", "entry": "12. Bowl", "note": "ü\n"}),
        decision(Act.UNDO, VESSEL, undoes=(event.id,)),
        decision(Act.REJECT, VESSEL, reason="decoration"),
    ):
        assert from_line(to_line(each)) == each


def test_what_is_appended_is_read_back_in_order_and_once(tmp_path):
    log = DecisionLog(tmp_path)
    events = [some_event() for _ in range(5)]
    for event in events:
        assert log.append([event]) == (event,)
    assert log.append(events) == ()
    assert read_decisions(tmp_path).events == tuple(events)
    assert DecisionLog(tmp_path).events == events


def test_another_decision_under_a_known_id_is_refused(tmp_path):
    log = DecisionLog(tmp_path)
    event = some_event()
    log.append([event])
    with pytest.raises(RunError) as refused:
        log.append([decision(Act.ACCEPT, VESSEL, name=event.id)])
    assert refused.value.code == Code.USAGE
    assert read_decisions(tmp_path).events == (event,)


@pytest.mark.parametrize("cut", [1, 2, 40, 400])
def test_a_torn_tail_is_told_and_later_decisions_are_readable(tmp_path, cut):
    log = DecisionLog(tmp_path)
    first, second, third = (some_event() for _ in range(3))
    log.append([first, second])
    path = tmp_path / NAME
    path.write_bytes(path.read_bytes()[:-cut])
    assert read_decisions(tmp_path).events == (first,)
    again = DecisionLog(tmp_path)
    assert len(again.notices) == 1
    again.append([third])
    assert read_decisions(tmp_path).events == ((first, second, third) if cut == 1 else (first, third))
    assert (tmp_path / TORN).exists() == (cut > 1)


def test_a_bad_line_within_makes_the_file_read_only_and_is_named(tmp_path):
    first, second = some_event(), some_event()
    path = tmp_path / NAME
    path.write_bytes(to_line(first) + b'{"v":1}\n' + to_line(second))
    before = path.read_bytes()
    with pytest.raises(RunError, match="line 2"):
        DecisionLog(tmp_path)
    assert path.read_bytes() == before
    found = read_decisions(tmp_path)
    assert found.events == (first, second)
    assert "line 2" in found.problems[0]


def test_a_full_disk_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    log = DecisionLog(tmp_path)
    log.append([some_event()])
    before = (tmp_path / NAME).read_bytes()
    write, event = os.write, some_event()

    def full(handle, data):
        write(handle, bytes(data[:100]))
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(RunError) as failed:
        log.append([event])
    assert failed.value.code == Code.DISK_FULL
    assert (tmp_path / NAME).read_bytes() == before
    monkeypatch.undo()
    log.append([event])
    assert [each.id for each in read_decisions(tmp_path).events].count(event.id) == 1


def test_two_processes_append_side_by_side(tmp_path):
    one, other = DecisionLog(tmp_path), DecisionLog(tmp_path)
    a, b, c = (some_event() for _ in range(3))
    one.append([a])
    assert other.refresh() == (a,)
    other.append([b])
    one.append([c])
    assert one.events == [a, b, c]
    assert other.refresh() == (c,)
    assert other.refresh() == ()


WRITER = """
import sys
from pathlib import Path
sys.path[:0] = {paths!r}
from tests.helpers.decisions import bowl, decision, outline
from profilex.decisions import Act, DecisionLog
log, vessel = DecisionLog(Path({folder!r})), bowl()
while True:
    event = decision(Act.MEND, vessel, parts={{"sections": outline(vessel)}})
    log.append([event])
    print(event.id, flush=True)
"""


def test_a_kill_at_any_moment_loses_nothing_that_was_saved(tmp_path):
    script = WRITER.format(paths=sys.path, folder=str(tmp_path))
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    saved = [process.stdout.readline() for _ in range(20)]
    time.sleep(0.013)
    process.send_signal(signal.SIGKILL)
    saved += process.communicate()[0].splitlines()
    told = {line.decode().strip() for line in saved if len(line.strip()) == 8}
    DecisionLog(tmp_path)
    found = read_decisions(tmp_path)
    assert found.problems == ()
    assert told <= {event.id for event in found.events}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
EVENT = some_event()


@given(st.binary(max_size=300) | json_values.map(lambda value: json.dumps(value).encode()))
def test_no_bytes_make_the_reader_fail(data):
    good = to_line(EVENT)
    found = parse(good + data.replace(b"\n", b" ") + b"\n" + good)
    assert found.events[0] == EVENT
    assert len(found.events) + len(found.problems) <= 2


MEMBERS = to_json(EVENT)
PATHS = [
    *([name] for name in MEMBERS),
    *([outer, name] for outer in ("scan", "on", "parts", "by") for name in MEMBERS[outer]),
]


@given(st.sampled_from(PATHS), json_values | st.floats().map(lambda x: [[x, x]] * 4))
def test_a_line_with_any_member_replaced_is_read_or_refused(where, value):
    members = json.loads(to_line(EVENT))
    inner = members
    for name in where[:-1]:
        inner = inner[name]
    inner[where[-1]] = value
    try:
        event = from_json(members)
    except ValueError:
        return
    assert from_line(to_line(event)) == event


@pytest.mark.parametrize("line", [b"[" * 100_000, b'{"v":1,"id":"' + b"a" * 5_000_000, b'{"v":NaN}', b"\xff\xfe"])
def test_hostile_lines_are_refused(line):
    with pytest.raises(ValueError, match=r".+"):
        from_line(line)
