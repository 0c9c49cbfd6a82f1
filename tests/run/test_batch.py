"""The promises of a run, tried in this process: resume, atomicity, equal bytes, failures that stay with their page."""

import json
import signal
from dataclasses import replace

import pytest
from PIL import Image

from profilex import files, manifest
from profilex.errors import Code, RunError
from profilex.run.batch import run_batch
from profilex.run.dryrun import describe
from profilex.run.options import ModelChoice, RunOptions
from profilex.run.progress import Progress
from profilex.settings import ExportSettings, Settings
from tests.helpers.scans import draw_plate, looks, tree


@pytest.fixture
def options(scans, tmp_path):
    return RunOptions((scans,), tmp_path / "out", model=ModelChoice(provider="tests.helpers.thresholding"), workers=0)


def run(options):
    return run_batch(options, Progress(quiet=True))


def codes(out):
    return {entry.record.source: entry.record.code for entry in manifest.entries(out)}


@pytest.mark.slow
def test_a_run_writes_pages_records_manifest_and_table(options, scans):
    summary = run(options)
    assert (summary.done, summary.failures, summary.exit_code) == (3, 0, 0)
    assert summary.vessels == 3
    lines = [json.loads(line) for line in (options.out / "manifest.jsonl").read_text().splitlines()]
    assert [line["source"] for line in lines] == ["one.png", "site/one.png", "two.tif"]
    for line in lines:
        for output in line["outputs"]:
            assert files.sha256_bytes((options.out / output["path"]).read_bytes()) == output["sha256"]
    assert {path.split("/")[0] for path in tree(options.out)} == {
        "manifest.jsonl", "profiles.csv", "run.json", "records", "pages",
    }  # fmt: skip


@pytest.mark.slow
def test_files_have_the_names_that_are_asked_for(options, scans):
    named = replace(options, settings=replace(options.settings, export=ExportSettings(names="{scan}_{page}_{figure}")))
    run(named)
    drawings = [path for path in tree(named.out) if path.endswith(".dxf")]
    assert drawings == [
        "pages/one.png/one_1_v001.dxf",
        "pages/site/one.png/one_1_v001.dxf",
        "pages/two.tif/two_1_v001.dxf",
    ]
    assert run(named).kept == 3


@pytest.mark.slow
def test_a_second_run_keeps_what_is_done(options, scans):
    run(options)
    before = tree(options.out)
    summary = run(options)
    assert (summary.done, summary.kept, summary.vessels) == (0, 3, 3)
    assert len(looks(scans)) == 3
    assert tree(options.out) == before


@pytest.mark.slow
def test_two_folders_get_equal_bytes(options, tmp_path):
    run(options)
    run(replace(options, out=tmp_path / "again"))
    assert tree(options.out) == tree(tmp_path / "again")


@pytest.mark.slow
def test_changed_settings_do_the_pages_again_and_leave_no_old_file(options, scans, tmp_path):
    with_svg = Settings(export=ExportSettings(svg=True))
    run(replace(options, settings=with_svg))
    assert any(path.endswith(".svg") for path in tree(options.out))
    run(options)
    assert len(looks(scans)) == 6
    run(replace(options, out=tmp_path / "fresh"))
    assert tree(options.out) == tree(tmp_path / "fresh")


def test_a_changed_scan_model_or_output_does_its_page_again(options, scans):
    run(options)
    draw_plate(scans / "one.png", seed=20)
    run(options)
    assert looks(scans)[3:] == ["one.png"]
    next((options.out / "pages/two.tif").rglob("page.geojson")).unlink()
    run(options)
    assert looks(scans)[4:] == ["two.tif"]
    run(replace(options, model=replace(options.model, model="better")))
    assert len(looks(scans)) == 8
    run(replace(options, model=replace(options.model, model="better"), force=True))
    assert len(looks(scans)) == 11


def test_verify_finds_a_changed_output(options, scans):
    run(options)
    before = tree(options.out)
    output = next((options.out / "pages/two.tif").rglob("page.geojson"))
    output.write_bytes(output.read_bytes().replace(b"1", b"2", 1))
    assert run(options).done == 0
    assert run(replace(options, verify=True)).done == 1
    assert tree(options.out) == before


def test_failures_stay_with_their_page(options, scans):
    draw_plate(scans / "bug_1.png")
    draw_plate(scans / "greedy_1.png")
    (scans / "empty.tif").touch()
    whole = draw_plate(scans / "cut.png").read_bytes()
    (scans / "cut.png").write_bytes(whole[: len(whole) // 2])
    summary = run(options)
    assert (summary.done, summary.exit_code) == (3, 3)
    found = codes(options.out)
    assert {name: found[name] for name in ("bug_1.png", "greedy_1.png", "empty.tif", "cut.png")} == {
        "bug_1.png": "internal", "greedy_1.png": "memory", "empty.tif": "unreadable", "cut.png": "truncated",
    }  # fmt: skip
    assert "a bug\non two lines" in (options.out / "run.log").read_text()
    before = tree(options.out)
    assert run(options).failures == 4
    assert tree(options.out) == before


def test_a_page_that_fails_now_loses_its_outputs_and_recovers(options, scans):
    run(options)
    before = tree(options.out)
    good = (scans / "one.png").read_bytes()
    (scans / "one.png").write_bytes(good[:100])
    run(options)
    assert not (options.out / "pages/one.png").exists()
    (scans / "one.png").write_bytes(good)
    run(options)
    assert tree(options.out) == before


def test_every_frame_has_its_record_and_lost_frames_go(options, scans):
    plates = [Image.open(scans / "one.png").copy(), Image.open(scans / "two.tif").copy()]
    plates[0].save(scans / "many.tif", save_all=True, append_images=plates[1:])
    run(options)
    frames = [e.record.frame for e in manifest.entries(options.out) if e.record.source == "many.tif"]
    assert frames == [0, 1]
    plates[0].save(scans / "many.tif")
    run(options)
    frames = [e.record.frame for e in manifest.entries(options.out) if e.record.source == "many.tif"]
    assert frames == [0]
    left = {path.name for path in (options.out / "pages/many.tif").iterdir()}
    assert left == {"page.geojson", "preview.jpg", "v001.dxf"}


class Crash(BaseException):
    """Stands for kill -9: nothing catches it."""


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_crash_at_any_write_and_a_rerun_give_the_same_tree(options, tmp_path, monkeypatch, moment):
    run(replace(options, out=tmp_path / "whole"))
    writes = 0
    crash_at = None

    def crashing(path, data, write=files.write_atomic):
        nonlocal writes
        writes += 1
        if writes == crash_at and moment == "before":
            raise Crash
        write(path, data)
        if writes == crash_at:
            raise Crash

    for module in ("profilex.page", "profilex.manifest", "profilex.run.batch"):
        monkeypatch.setattr(f"{module}.write_atomic", crashing)
    run(replace(options, out=tmp_path / "counted"))
    for n in range(1, writes + 1, 2):
        out = tmp_path / f"crash-{n}"
        writes, crash_at = 0, n
        with pytest.raises(Crash):
            run(replace(options, out=out))
        crash_at = None
        run(replace(options, out=out))
        assert tree(out) == tree(tmp_path / "whole")


@pytest.mark.slow
def test_a_crash_while_settings_change_leaves_no_record_of_other_outputs(options, tmp_path, monkeypatch):
    run(options)
    before = tree(options.out)
    other = replace(options, settings=Settings(export=ExportSettings(fill=False)))

    def crashing(path, data, write=files.write_atomic):
        write(path, data)
        if path.suffix == ".dxf":
            raise Crash

    with monkeypatch.context() as patch:
        patch.setattr("profilex.page.write_atomic", crashing)
        with pytest.raises(Crash):
            run(other)
    run(options)
    assert tree(options.out) == before


def test_torn_records_and_leftovers_of_a_crash_are_cleared(options):
    run(options)
    before = tree(options.out)
    record = next((options.out / "records").rglob("*.json"))
    record.write_bytes(record.read_bytes()[:50])
    (options.out / "pages/one.png/stray.dxf").touch()
    run(replace(options, force=True))
    assert tree(options.out) == before


def test_a_full_disk_ends_the_run(options, scans):
    draw_plate(scans / "full_1.png")
    with pytest.raises(RunError) as caught:
        run(options)
    assert caught.value.code == Code.DISK_FULL
    assert caught.value.exit_code == 5


def test_a_limit_does_some_pages_and_the_next_run_the_others(options, scans, tmp_path):
    summary = run(replace(options, limit=2))
    assert (summary.done, summary.left) == (2, 1)
    assert run(options).done == 1
    run(replace(options, out=tmp_path / "whole"))
    assert tree(options.out) == tree(tmp_path / "whole")


def test_too_many_failures_stop_the_run(options, scans):
    for number in range(20):
        draw_plate(scans / f"bug_{number}.png")
    with pytest.raises(RunError) as caught:
        run(replace(options, max_failures=0.5))
    assert caught.value.code == Code.TOO_MANY_FAILURES
    assert caught.value.exit_code == 3
    assert (options.out / "manifest.jsonl").exists()


def test_a_signal_stops_in_order(options, monkeypatch):
    from profilex.run import batch

    def interrupted(*arguments, do=batch.do_page):
        signal.raise_signal(signal.SIGTERM)
        return do(*arguments)

    monkeypatch.setattr(batch, "do_page", interrupted)
    summary = run(options)
    assert (summary.done, summary.left, summary.exit_code) == (1, 2, 143)
    assert (options.out / "manifest.jsonl").read_text().count("\n") == 1


def test_an_empty_input_is_an_error_unless_allowed(options, tmp_path):
    (tmp_path / "empty").mkdir()
    empty = replace(options, inputs=(tmp_path / "empty",))
    with pytest.raises(RunError) as caught:
        run(empty)
    assert caught.value.code == Code.NO_INPUT
    assert run(replace(empty, allow_empty=True)).exit_code == 0
    assert (options.out / "manifest.jsonl").read_bytes() == b""


def test_poison_waits_for_a_request_or_a_change(options, scans):
    run(options)
    record = manifest.read_entry(options.out, "one.png").record
    poison = replace(record, status="failed", code="poison", stage="worker", outputs=())
    manifest.write_record(options.out, poison)
    assert run(options).failed == {"poison": 1}
    assert describe(options)[0].action == "skip"
    assert len(looks(scans)) == 3
    assert run(replace(options, retry_failed=True)).exit_code == 0
    manifest.write_record(options.out, poison)
    draw_plate(scans / "one.png", seed=9)
    assert run(options).exit_code == 0


def test_a_dry_run_says_what_and_why_and_writes_nothing(options, scans):
    (scans / "empty.tif").touch()
    (scans / "notes.txt").write_text("x")
    lines = [intention.line() for intention in describe(options)]
    assert any(line.startswith("read  one.png#0: 220 x 260 px, 300 dpi, scale: ") for line in lines)
    assert any(line.startswith("fail  empty.tif#0: unreadable") for line in lines)
    assert any(line.startswith("skip  notes.txt: ") for line in lines)
    assert not options.out.exists()


def test_new_code_does_every_page_again_and_says_so(options, scans, monkeypatch, capsys):
    run(options)
    count = len(manifest.entries(options.out))
    monkeypatch.setattr(manifest, "code_digest", lambda: "newer")
    planned = [intention for intention in describe(options) if intention.action == "read"]
    assert [intention.reason for intention in planned] == ["profilex has changed"] * count
    assert planned[0].line().endswith("again: profilex has changed")
    summary = run_batch(options, Progress())
    assert (summary.done, summary.kept) == (count, 0)
    assert f"done again because profilex has changed: {count} pages" in capsys.readouterr().err
    assert run(options).kept == count
