"""Decisions and the folder: reruns keep them, edits by hand and by CVAT become them, copies merge, models learn."""

import csv
import json
import os
import random
import time

import numpy as np
import pytest
import shapely

from profilex.cli.app import run
from profilex.decisions import NAME, Act, DecisionLog, Scan, Seen, drawn, read_decisions
from profilex.decisions.event import Event, Person
from profilex.reexport import read_profiles
from profilex.types import ACCEPTED, BY_PERSON, CORRECTED, REJECTED
from tests.helpers.decisions import new_id, outline
from tests.helpers.reviewing import collection, digests
from tests.helpers.scans import draw_plate, looks

PROVIDER = "tests.helpers.thresholding"


@pytest.fixture
def batch(tmp_path):
    """A batch of two small plates, and how to run it again."""
    (tmp_path / "looks").touch()
    for number in range(2):
        draw_plate(tmp_path / "scans" / f"plate {number}.png", seed=7 * number)
    out = tmp_path / "profiles"

    def again(*options):
        return run(["batch", str(tmp_path / "scans"), "--out", str(out), "--workers", "0", *options], provider=PROVIDER)

    assert again() == 0
    return out, again


def decide(folder, act, *, by="ada", vessel=0, page=0, **more):
    """Append a decision about a vessel of a folder, as the server would."""
    profiles = read_profiles(folder)
    record = profiles.done[page]
    view = profiles.corrected_page(record)
    found = view.result.vessels[vessel]
    subject = view.subjects.get(found.identifier)
    name = new_id()
    event = Event(
        id=name,
        subject=subject.name if subject else name,
        act=act,
        scan=Scan(record.sha256, record.frame, view.result.width_px, view.result.height_px, record.source),
        by=Person(by),
        prev=subject.heads if subject else (),
        seen=Seen(vessel=found.identifier, part=drawn(found)),
        **more,
    )
    DecisionLog(folder).append([event])
    return event


def statuses(folder):
    pages = read_profiles(folder).pages(with_rejected=True)
    return [[vessel.reviewed.status for vessel in page.vessels] for page in pages]


def table(folder):
    with (folder / "profiles.csv").open(newline="", encoding="utf-8-sig") as stream:
        return list(csv.DictReader(stream))


def test_a_forced_rerun_keeps_every_decision_and_its_table(batch):
    folder, again = batch
    first = read_profiles(folder)
    wall = next(iter(first.pages())).vessels[0]
    decide(folder, Act.MEND, parts={"sections": outline(wall, 3.0)})
    decide(folder, Act.REJECT, page=1)
    before = (folder / NAME).read_bytes()
    assert again("--force") == 0
    assert (folder / NAME).read_bytes() == before
    assert statuses(folder) == [[CORRECTED], [REJECTED]]
    assert [row["review_status"] for row in table(folder)] == [CORRECTED, REJECTED]
    assert table(folder)[0]["geometry_source"] == BY_PERSON
    mended = next(iter(read_profiles(folder).pages())).vessels[0]
    assert drawn(mended).anchor.equals(shapely.union_all([each.polygon for each in outline(wall, 3.0)]))


def test_verifying_after_decisions_does_nothing_again(batch, tmp_path):
    folder, again = batch
    decide(folder, Act.ACCEPT)
    seen = len(looks(tmp_path / "scans"))
    before = digests(folder / "pages")
    assert again("--verify") == 0
    assert len(looks(tmp_path / "scans")) == seen
    assert digests(folder / "pages") == before
    assert table(folder)[0]["review_status"] == ACCEPTED


@pytest.mark.parametrize("seed", range(6))
def test_random_decisions_survive_reruns_and_torn_ends(batch, seed):
    folder, again = batch
    generator = random.Random(seed)
    for _ in range(generator.randint(3, 8)):
        page = generator.randrange(2)
        act = generator.choice([Act.ACCEPT, Act.REJECT, Act.MEND, Act.LABEL])
        vessel = next(iter(read_profiles(folder).pages(with_rejected=True))).vessels[0]
        more = {
            Act.MEND: {"parts": {"sections": outline(vessel, generator.uniform(-2, 2))}},
            Act.LABEL: {"parts": {"figure": str(generator.randrange(9))}},
        }.get(act, {})
        decide(folder, act, page=0 if act is Act.MEND else page, **more)
        if generator.random() < 0.3:
            with (folder / NAME).open("ab") as log:
                log.write(b'{"v":1,"id":"half')
    kept = read_decisions(folder).events
    expected = statuses(folder)
    assert again("--force") == 0
    assert read_decisions(folder).events == kept
    assert statuses(folder) == expected
    assert [row["review_status"] for row in table(folder)] == [each for page in expected for each in page]


def test_a_page_edited_by_hand_is_measured_again_and_kept(batch, tmp_path):
    folder, again = batch
    (path,) = (folder / "pages").glob("plate 0*/**/page.geojson")
    before = next(iter(read_profiles(folder).pages())).vessels[0]
    document = json.loads(path.read_text())
    for feature in document["features"]:
        if feature["properties"]["part"] == "section":
            shape = shapely.geometry.shape(feature["geometry"])
            wider = shapely.affinity.scale(shape, 1.2, 1.0, origin=(shape.bounds[0], 0))
            feature["geometry"] = shapely.geometry.mapping(wider)
    path.write_text(json.dumps(document))
    after = next(iter(read_profiles(folder).pages())).vessels[0]
    assert after.reviewed.status == CORRECTED
    assert after.reviewed.geometry == BY_PERSON
    thicker = after.measures["wall_thickness_px_p50"].value / before.measures["wall_thickness_px_p50"].value
    assert thicker == pytest.approx(1.2, abs=0.05)
    assert run(["export", str(folder), "--format", "csv", "--out", str(tmp_path / "out")]) == 0
    row = table(tmp_path / "out")[0]
    assert float(row["wall_thickness_px_p50"]) == pytest.approx(after.measures["wall_thickness_px_p50"].value, abs=1e-3)
    os.utime(path, (time.time() + 5, time.time() + 5))
    for options in (("--verify",), ("--force",), ()):
        assert again(*options) == 0
        (event,) = read_decisions(folder).events
        assert (event.act, event.how) == (Act.MEND, ("hand",))
        kept = next(iter(read_profiles(folder).pages())).vessels[0]
        assert kept.reviewed.status == CORRECTED
        assert kept.measures["wall_thickness_px_p50"] == after.measures["wall_thickness_px_p50"]


def test_copies_of_two_people_merge_and_disagreement_is_listed(tmp_path, capsys):
    ours, _ = collection(tmp_path / "a", 1)
    theirs, _ = collection(tmp_path / "b", 1)
    decide(ours, Act.ACCEPT, by="ada")
    decide(theirs, Act.REJECT, by="bo")
    decide(theirs, Act.ACCEPT, by="bo", vessel=1)
    assert run(["correct", "merge", str(ours), str(theirs)]) == 3
    assert "two people disagree" in capsys.readouterr().err
    first = statuses(ours)
    assert first == [["", ACCEPTED, ""]]
    assert run(["correct", "merge", str(ours), str(theirs / NAME)]) == 3
    assert run(["correct", "merge", str(theirs), str(ours)]) == 3
    assert statuses(ours) == statuses(theirs) == first
    decide(ours, Act.ACCEPT, by="ada")
    assert run(["correct", "list", str(ours)]) == 0
    assert statuses(ours) == [[ACCEPTED, ACCEPTED, ""]]


def test_corrections_from_cvat_are_decisions_of_the_same_kind(tmp_path):
    profiles, scans = collection(tmp_path, 1)
    task, export = tmp_path / "task", tmp_path / "annotations.xml"
    assert run(["correct", "send", str(profiles), "--scans", str(scans), "--out", str(task), "--all"]) == 0
    text = (task / "annotations.xml").read_text()
    points = text.split('points="')[1].split('"')[0]
    moved = ";".join(f"{float(x) - 4:.2f},{y}" for x, y in (pair.split(",") for pair in points.split(";")))
    export.write_text(text.replace(points, moved))
    words = ["correct", "take", str(export), "--task", str(task), "--out", str(tmp_path / "set")]
    assert run([*words, "--profiles", str(profiles), "--reviewer", "eve"]) == 0
    (event,) = read_decisions(profiles).events
    assert (event.act, event.by.name, event.how) == (Act.MEND, "eve", ("cvat",))
    (page,) = read_profiles(profiles).pages()
    assert [vessel.reviewed.status for vessel in page.vessels] == [CORRECTED, "", ""]
    assert page.vessels[0].measures["max_diameter_px"].value > page.vessels[1].measures["max_diameter_px"].value + 6


def test_reviewed_pages_alone_become_a_data_set(tmp_path):
    from profilex.correction.teaching import write_reviewed_set
    from profilex.data.datasets import read_pages

    profiles, scans = collection(tmp_path, 2)
    for vessel in range(3):
        decide(profiles, Act.REJECT if vessel == 2 else Act.ACCEPT, vessel=vessel)
    decide(profiles, Act.ACCEPT, page=1)
    written = write_reviewed_set(profiles, [scans], tmp_path / "set")
    assert written.pages == 1
    (page,) = read_pages(tmp_path / "set")
    kept = [vessel for view in read_profiles(profiles).pages() for vessel in view.vessels][:2]
    area = sum(section.polygon.area for vessel in kept for section in vessel.sections)
    assert np.count_nonzero(page.marks & 1) == pytest.approx(area, rel=0.1)


def test_a_folder_without_a_reviewed_page_teaches_nothing(tmp_path):
    profiles, scans = collection(tmp_path, 1)
    decide(profiles, Act.ACCEPT)
    assert run(["retrain", str(profiles), "--scans", str(scans), "--out", str(tmp_path / "model")]) == 4
