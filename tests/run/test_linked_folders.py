"""Links among scans and profiles: a run goes through them where that is safe, and always ends."""

from dataclasses import replace
from pathlib import Path

import pytest

from profilex import manifest
from profilex.errors import Code, RunError
from profilex.files import OutputLock
from profilex.run.batch import run_batch
from profilex.run.options import ModelChoice, RunOptions
from profilex.run.progress import Progress
from tests.helpers.programs import finish
from tests.helpers.scans import draw_plate, looks, tree


@pytest.fixture
def options(scans, tmp_path):
    return RunOptions((scans,), tmp_path / "out", model=ModelChoice(provider="tests.helpers.thresholding"), workers=0)


def run(options):
    return run_batch(options, Progress(quiet=True))


def linked(link: Path, target: Path) -> Path:
    link.symlink_to(target)
    return link


@pytest.fixture
def disk(options, tmp_path):
    """A folder elsewhere, and the output folder as a link to it."""
    disk = tmp_path / "disk"
    disk.mkdir()
    linked(options.out, disk)
    return disk


def test_a_linked_output_folder_is_written_through_and_stays_a_link(options, disk, tmp_path):
    assert run(options).done == 3
    assert options.out.is_symlink()
    assert run(replace(options, out=tmp_path / "plain")).done == 3
    assert tree(disk) == tree(tmp_path / "plain")


def test_a_linked_output_folder_is_resumed_and_verified_under_either_name(options, disk, scans):
    run(options)
    before = tree(disk)
    assert run(options).kept == 3
    assert run(replace(options, out=disk, verify=True)).kept == 3
    page = disk / "pages/two.tif/page.geojson"
    page.write_bytes(page.read_bytes().replace(b"1", b"2", 1))
    assert run(options).kept == 3
    summary = run(replace(options, verify=True))
    assert (summary.kept, summary.done) == (2, 1)
    assert looks(scans)[3:] == ["two.tif"]
    assert tree(disk) == before


def test_the_lock_holds_for_a_folder_under_all_its_names(options, disk):
    with OutputLock(disk), pytest.raises(RunError) as caught:
        run(options)
    assert caught.value.code == Code.LOCKED


def test_pages_and_records_may_lie_on_another_disk(options, tmp_path):
    options.out.mkdir()
    for name in ("pages", "records"):
        (tmp_path / "disk" / name).mkdir(parents=True)
        linked(options.out / name, tmp_path / "disk" / name)
    run(options)
    assert run(replace(options, verify=True)).kept == 3
    assert (options.out / "pages").is_symlink()
    assert (tmp_path / "disk/pages/two.tif/page.geojson").is_file()


def test_a_link_in_place_of_an_output_is_replaced_and_its_target_left_alone(options, tmp_path):
    run(options)
    before = tree(options.out)
    precious = tmp_path / "precious.json"
    precious.write_text("{}")
    page = options.out / "pages/two.tif/page.geojson"
    page.unlink()
    linked(page, precious)
    assert run(replace(options, verify=True)).done == 1
    assert precious.read_text() == "{}"
    assert not page.is_symlink()
    assert tree(options.out) == before


@pytest.mark.parametrize("target", ["nowhere", "out"])
def test_an_output_link_that_leads_nowhere_or_to_itself_ends_the_run_before_the_model(options, scans, target):
    linked(options.out, options.out.parent / target)
    with pytest.raises(RunError) as caught:
        run(replace(options, model=replace(options.model, model="nowhere")))
    assert caught.value.code == Code.OUTPUT_UNWRITABLE
    assert caught.value.exit_code == 5
    assert not (options.out.parent / "nowhere").exists()


def test_an_output_link_into_the_scans_is_refused(options, scans):
    linked(options.out, scans / "profiles")
    with pytest.raises(RunError) as caught:
        run(options)
    assert caught.value.exit_code == 2


def test_a_linked_scans_folder_gives_the_tree_of_the_folder_itself(options, scans, tmp_path):
    link = linked(tmp_path / "link", scans)
    run(replace(options, inputs=(link,)))
    assert run(options).kept == 3
    run(replace(options, out=tmp_path / "plain"))
    assert tree(options.out) == tree(tmp_path / "plain")


def knot(scans: Path) -> None:
    """Links that lead round: to the folder, to a parent, to themselves, to each other, and a scan under two names."""
    linked(scans / "all", scans)
    linked(scans / "site" / "up", scans)
    linked(scans / "site" / "here", Path())
    linked(scans / "self.png", scans / "self.png")
    linked(scans / "ping", scans / "pong")
    linked(scans / "pong", scans / "ping")
    linked(scans / "twice.png", scans / "one.png")


def test_loops_among_the_scans_end_and_are_counted(options, scans, tmp_path):
    run(replace(options, out=tmp_path / "plain"))
    knot(scans)
    summary = run(options)
    assert (summary.done, summary.exit_code) == (3, 0)
    assert dict(summary.skipped) == {"symlink_loop": 6, "duplicate": 1}
    assert tree(options.out) == tree(tmp_path / "plain")
    assert run(replace(options, verify=True)).kept == 3


def test_a_scan_that_becomes_a_link_to_the_same_bytes_is_kept(options, scans, tmp_path):
    run(options)
    store = scans / ".store"
    store.mkdir()
    (scans / "one.png").rename(store / "one.png")
    linked(scans / "one.png", store / "one.png")
    assert run(options).kept == 3
    draw_plate(store / "one.png", seed=30)
    assert run(options).done == 1
    assert {entry.record.status for entry in manifest.entries(options.out)} == {"ok"}


@pytest.mark.slow
def test_workers_write_through_a_linked_folder_and_read_knotted_scans(options, disk, scans, tmp_path, environment):
    run(replace(options, out=tmp_path / "plain"))
    knot(scans)
    link = linked(tmp_path / "link", scans)
    pool = finish(link, options.out, environment, "--workers", "1")
    assert pool.returncode == 0, pool.stderr
    assert tree(disk) == tree(tmp_path / "plain")
