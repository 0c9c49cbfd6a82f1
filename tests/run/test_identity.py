"""A scan keeps its name and its record across runs and input folders, and takes no other's place."""

import json
import shutil
import unicodedata
from dataclasses import replace

import pytest

from profilex import manifest
from profilex.errors import Code, RunError
from profilex.run.batch import run_batch
from profilex.run.dryrun import describe
from profilex.run.options import ModelChoice, RunOptions
from profilex.run.progress import Progress
from profilex.settings import ScaleSettings, Settings, table_key
from tests.helpers.scans import draw_plate, tree


@pytest.fixture(autouse=True)
def _looks(tmp_path):
    (tmp_path / "looks").touch()


@pytest.fixture
def books(tmp_path):
    """Two folders with plates of the same names and other drawings."""
    for number, book in enumerate(("book1", "book2")):
        for plate in ("0001.png", "0002.png", "extra/0001.png"):
            draw_plate(tmp_path / "books" / book / plate, seed=20 * number + len(plate) + int(plate[-5]))
    return tmp_path / "books"


def run(out, *inputs, **options):
    made = RunOptions(inputs, out, model=ModelChoice(provider="tests.helpers.thresholding"), workers=0, **options)
    return run_batch(made, Progress(quiet=True))


def sources(out):
    return [entry.record.source for entry in manifest.entries(out)]


def digests(out):
    return {entry.record.source: entry.record.sha256 for entry in manifest.entries(out)}


def contents(folder):
    from profilex.files import sha256_file

    return sorted(sha256_file(path) for path in folder.rglob("*.png"))


def test_one_folder_is_named_as_ever(books, tmp_path):
    run(tmp_path / "out", books / "book1")
    assert sources(tmp_path / "out") == ["0001.png", "0002.png", "extra/0001.png"]
    assert (tmp_path / "out/pages/0001.png/page.geojson").is_file()
    assert (tmp_path / "out/pages/extra/0001.png/page.geojson").is_file()


def test_a_loop_over_folders_keeps_all_of_them(books, tmp_path):
    out = tmp_path / "out"
    for book in ("book1", "book2"):
        assert run(out, books / book).done == 3
    assert sorted(digests(out).values()) == contents(books)
    assert [source for source in sources(out) if "book" in source] == [
        "book2/0001.png", "book2/0002.png", "book2/extra/0001.png",
    ]  # fmt: skip
    lines = [json.loads(line) for line in (out / "manifest.jsonl").read_text().splitlines()]
    assert len({line["folder"] for line in lines}) == 6
    before = tree(out)
    for book in ("book1", "book2", "book1"):
        summary = run(out, books / book)
        assert (summary.done, summary.kept) == (0, 3)
    assert tree(out).keys() == before.keys()


def test_three_folders_of_one_name_stay_apart(tmp_path):
    out = tmp_path / "out"
    for seed, place in enumerate(("a", "b", "c")):
        draw_plate(tmp_path / place / "scans" / "0001.png", seed=seed)
        run(out, tmp_path / place / "scans")
    names = sources(out)
    assert len(set(names)) == 3
    assert {"0001.png", "scans/0001.png"} < set(names)


def test_a_scan_is_itself_from_above_and_from_below(books, tmp_path):
    out = tmp_path / "out"
    run(out, books / "book1")
    summary = run(out, books)
    assert (summary.done, summary.kept) == (3, 3)
    summary = run(out, books / "book2" / "extra")
    assert (summary.done, summary.kept) == (0, 1)
    summary = run(out, books / "book1" / "0001.png", books / "book2" / "0001.png")
    assert (summary.done, summary.kept) == (0, 2)
    assert sorted(digests(out).values()) == contents(books)


def test_new_plates_of_a_folder_are_named_as_its_others(books, tmp_path):
    out = tmp_path / "out"
    run(out, books / "book1")
    run(out, books / "book2")
    draw_plate(books / "book2" / "0009.png", seed=9)
    run(out, books / "book2")
    assert "book2/0009.png" in sources(out)


def test_a_changed_scan_takes_its_own_place(books, tmp_path):
    out = tmp_path / "out"
    run(out, books / "book1")
    draw_plate(books / "book1" / "0001.png", seed=44)
    assert run(out, books / "book1").done == 1
    assert sources(out) == ["0001.png", "0002.png", "extra/0001.png"]


def test_a_folder_that_was_moved_is_the_same(books, tmp_path):
    out = tmp_path / "out"
    run(out, books / "book1")
    shutil.copytree(books / "book1", tmp_path / "elsewhere" / "renamed")
    summary = run(out, tmp_path / "elsewhere" / "renamed")
    assert (summary.done, summary.kept) == (0, 3)
    assert sources(out) == ["0001.png", "0002.png", "extra/0001.png"]


def test_another_folder_under_the_same_path_is_another(books, tmp_path):
    """As when the same container path is a mount of another book."""
    out, scans = tmp_path / "out", tmp_path / "scans"
    shutil.copytree(books / "book1", scans)
    run(out, scans)
    scans.rename(tmp_path / "put away")
    shutil.copytree(books / "book2", scans)
    run(out, scans)
    assert sorted(digests(out).values()) == contents(books)


@pytest.mark.parametrize("twin", ["PLATE.png", "Plate.PNG", "plate.PNG"])
def test_a_twin_by_case_that_comes_later_takes_no_place(tmp_path, twin):
    out = tmp_path / "out"
    draw_plate(tmp_path / "scans" / "plate.png", seed=1)
    run(out, tmp_path / "scans")
    draw_plate(tmp_path / "scans" / twin, seed=2)
    run(out, tmp_path / "scans")
    names = sources(out)
    assert names.count("plate.png") == 1
    assert set(names) == {"plate.png", twin}
    assert (out / "pages/plate.png/page.geojson").is_file()
    folders = [entry.record.folder.casefold() for entry in manifest.entries(out)]
    assert len(set(folders)) == len(names)


def test_a_twin_by_case_in_another_folder_takes_no_place(tmp_path):
    out = tmp_path / "out"
    draw_plate(tmp_path / "a" / "plate.png", seed=1)
    draw_plate(tmp_path / "b" / "PLATE.png", seed=2)
    run(out, tmp_path / "a")
    run(out, tmp_path / "b")
    assert sources(out) == ["b/PLATE.png", "plate.png"]


def test_files_of_many_pages_keep_theirs(tmp_path):
    from PIL import Image

    for number, book in enumerate(("one", "two")):
        pages = [Image.open(draw_plate(tmp_path / f"{number}{page}.png", seed=9 * number + page)) for page in range(2)]
        (tmp_path / book).mkdir()
        pages[0].save(tmp_path / book / "all.tif", save_all=True, append_images=pages[1:])
        run(tmp_path / "out", tmp_path / book)
    assert sources(tmp_path / "out") == ["all.tif", "all.tif", "two/all.tif", "two/all.tif"]


def test_failed_pages_keep_their_places_too(tmp_path):
    for book in ("one", "two"):
        (tmp_path / book).mkdir()
        (tmp_path / book / "0001.png").write_bytes(b"no picture of " + book.encode())
        run(tmp_path / "out", tmp_path / book)
    assert sources(tmp_path / "out") == ["0001.png", "two/0001.png"]


def test_a_record_without_a_place_is_its_scans(books, tmp_path):
    """Output folders of earlier versions go on under their names."""
    out = tmp_path / "out"
    run(out, books / "book1")
    for path in (out / "records").rglob("*.json"):
        line = json.loads(path.read_text())
        del line["place"]
        path.write_text(json.dumps(line))
    summary = run(out, books / "book1")
    assert (summary.done, summary.kept) == (0, 3)


def test_the_user_is_told_of_other_names(books, tmp_path, capfd):
    out = tmp_path / "out"
    run(out, books / "book1")
    capfd.readouterr()
    options = RunOptions((books / "book2",), out, model=ModelChoice(provider="tests.helpers.thresholding"), workers=0)
    plan = describe(options)
    assert any("book2/0001.png" in each.reason for each in plan if each.action == "note")
    run(out, books / "book2")
    assert "named as book2/0001.png" in capfd.readouterr().err


@pytest.mark.parametrize("inside", ["pages", "records", "pages/deeper"])
def test_an_input_where_the_run_writes_is_refused_before_anything_is_done(tmp_path, inside):
    draw_plate(tmp_path / "proj" / inside / "a.png", seed=1)
    with pytest.raises(RunError) as caught:
        run(tmp_path / "proj", tmp_path / "proj" / inside)
    assert caught.value.code == Code.USAGE
    assert sorted(path.name for path in (tmp_path / "proj").rglob("*") if path.is_file()) == ["a.png"]


# -- scale tables ------------------------------------------------------------------------------------------------------


def scale_of(out, source):
    entry = next(entry for entry in manifest.entries(out) if entry.record.source == source)
    return entry.rows[0]["scale_source"], entry.rows[0]["mm_per_px"]


def with_table(*rows):
    return Settings(scale_table={table_key(*row): ScaleSettings(mm_per_px=0.25, source="table") for row in rows})


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("written", ["NFC", "NFD"])
def test_a_row_names_its_scan_in_any_unicode_form(tmp_path, form, written):
    name = unicodedata.normalize(form, "Gefäß 1.png")
    draw_plate(tmp_path / "scans" / name, seed=1, dpi=None)
    summary = run(tmp_path / "out", tmp_path / "scans", settings=with_table((unicodedata.normalize(written, name),)))
    assert summary.done == 1
    assert scale_of(tmp_path / "out", name) == ("table", 0.25)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("A.png",), "A.png is no scan of this run; did you mean a.png?"),
        ((".\\a.png",), "did you mean a.png?"),
        (("in/a.png",), "did you mean a.png?"),
        (("scans\\a.png",), "did you mean a.png?"),
        (("a.tif",), "did you mean a.png?"),
        (("zzz",), "zzz is no scan of this run"),
        (("a.png", 1), "a.png has no frame 1; it has 1, counted from 0"),
        (("a.png", -1), "a.png has no frame -1"),
    ],
)
def test_rows_that_name_no_page_are_named(tmp_path, capfd, row, said):
    draw_plate(tmp_path / "scans" / "a.png", seed=1)
    run(tmp_path / "out", tmp_path / "scans", settings=with_table(row))
    assert said in capfd.readouterr().err
    assert said in (tmp_path / "out" / "run.log").read_text()
    options = RunOptions(
        (tmp_path / "scans",), tmp_path / "fresh", settings=with_table(row),
        model=ModelChoice(provider="tests.helpers.thresholding"),
    )  # fmt: skip
    assert any(said in each.reason for each in describe(options))


def test_rows_that_name_their_pages_are_not(tmp_path, capfd):
    draw_plate(tmp_path / "scans" / "a.png", seed=1)
    run(tmp_path / "out", tmp_path / "scans", settings=with_table(("a.png", 0)))
    assert "scale table" not in capfd.readouterr().err


def test_a_row_may_name_a_scan_as_it_is_below_its_own_folder(books, tmp_path):
    out = tmp_path / "out"
    run(out, books / "book1")
    run(out, books / "book2", settings=with_table(("0001.png",)))
    assert scale_of(out, "book2/0001.png") == ("table", 0.25)
    assert scale_of(out, "0001.png")[0] != "table"


def test_frames_of_one_file_are_told_apart(tmp_path):
    from PIL import Image

    pages = [Image.open(draw_plate(tmp_path / f"{page}.png", seed=page)) for page in range(2)]
    (tmp_path / "scans").mkdir()
    pages[0].save(tmp_path / "scans" / "all.tif", save_all=True, append_images=pages[1:])
    run(tmp_path / "out", tmp_path / "scans", settings=with_table(("all.tif", 1)))
    found = {entry.record.frame: entry.rows[0]["scale_source"] for entry in manifest.entries(tmp_path / "out")}
    assert found[1] == "table"
    assert found[0] != "table"


def test_a_table_for_one_run_leaves_the_pages_of_another(books, tmp_path):
    out = tmp_path / "out"
    run(out, books / "book1", settings=with_table(("0001.png",)))
    summary = run(out, books / "book1", settings=with_table(("0001.png",), ("nothing.png",)))
    assert (summary.done, summary.kept) == (0, 3)
    assert replace(Settings(), scale_table={}).scale_table == {}
