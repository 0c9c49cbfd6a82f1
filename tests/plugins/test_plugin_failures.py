"""What becomes of plugins that do not import, raise, or want to write where they should not."""

import json

import pytest

from profilex import manifest
from profilex.cli.app import run
from profilex.files import OutputLock
from profilex.plugins.packages import LIST
from tests.helpers.installing import install
from tests.helpers.pots import plate, write_folder

PYPROJECT = """
[project]
name = "profilex-faulty"
version = "0.9"
[project.entry-points."profilex.sources"]
nowhere = "faulty_parts:Nowhere"
patchy = "faulty_parts:Patchy"
[project.entry-points."profilex.exporters"]
missing = "no_such_module:Exporter"
half = "faulty_parts:Half"
moody = "faulty_parts:Moody"
escaping = "faulty_parts:Escaping"
whole = "faulty_parts:Whole"
[project.entry-points."profilex.archives"]
broken = "faulty_parts:Broken"
"""

MODULE = """
from pathlib import Path
from profilex.plugins import Code, COLLECTION, PAGE, MissingScan, Option, PageError, Problem, Receipt

MOOD = Path(__file__).with_name("mood")  # names of sources that Moody raises on

class Nowhere:
    def fetch(self, location, folder):
        raise ConnectionError("no route")

class Patchy:
    def fetch(self, location, folder):
        yield Path(location, "one.png")
        yield MissingScan(Path(location, "gone.png"), "the shelf is empty")
    def preview(self, location):
        yield "one.png"
        yield "gone\\n.png"

class Half:
    scope = PAGE

class Moody:
    scope = PAGE
    options = (Option("word", "what is written", default="hello"),)
    def files(self, pages, options):
        for page in pages:
            yield "word.txt", options["word"].encode()
            if page.ref.source in MOOD.read_text().split():
                raise ValueError("a bad\\nmood")

class Escaping:
    scope = PAGE
    options = (Option("name", "the file", required=True),)
    def files(self, pages, options):
        yield options["name"], b"x"

class Whole:
    scope = COLLECTION
    options = (Option("fail", "after this many pages", default=""),)
    def files(self, pages, options):
        for number, page in enumerate(pages):
            if str(number) == options["fail"]:
                raise KeyError("lost")
            yield f"{number}.txt", page.ref.source.encode()

class Broken:
    options = ()
    def validate(self, package, options):
        return [Problem("0.txt", "name", "too short")] if (package / "1.txt").exists() else []
    def push(self, package, options, *, dry_run):
        raise RuntimeError("no shelf")
"""


@pytest.fixture
def faulty(site):
    install(site, PYPROJECT, {"faulty_parts.py": MODULE, "mood": ""})
    return site


@pytest.fixture
def profiles(tmp_path):
    return write_folder(tmp_path / "profiles", plate("a.png", 1, 2), plate("b.png", 2, 3))


def batch(scans, out, *words):
    return run(
        ["batch", str(scans), "--out", str(out), "--workers", "0", *words], provider="tests.helpers.thresholding"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--also", "missing"), "cannot be imported: ModuleNotFoundError"),
        (("--also", "half"), "lacks options, files"),
        (("--source", "nowhere"), "failed: ConnectionError: no route"),
    ],
)
def test_a_plugin_that_cannot_start_is_9_before_anything_is_done(faulty, scans, tmp_path, words, said, capsys):
    assert batch(scans, tmp_path / "out", *words) == 9
    assert said in (shown := capsys.readouterr().err)
    assert "(profilex-faulty 0.9)" in shown
    assert not (tmp_path / "out/manifest.jsonl").exists()


def test_a_scan_that_a_source_cannot_bring_is_a_failed_page(faulty, scans, tmp_path, capsys):
    out = tmp_path / "out"
    assert batch(scans, out, "--source", "patchy") == 3
    assert "failed: gone.png#0: fetch: fetch: the shelf is empty" in capsys.readouterr().err
    gone, one = (entry.record for entry in manifest.entries(out))
    assert (gone.source, gone.status, gone.code, gone.folder) == ("gone.png", "failed", "fetch", "gone.png")
    assert (one.source, one.status) == ("one.png", "ok")


def test_two_runs_do_not_fetch_into_one_folder(faulty, scans, tmp_path):
    out = tmp_path / "out"
    (out / "sources/patchy").mkdir(parents=True)
    with OutputLock(out / "sources/patchy"):
        assert batch(scans, out, "--source", "patchy") == 6
    assert batch(scans, out, "--source", "patchy") == 3


def test_a_dry_run_asks_a_source_what_it_would_bring(faulty, scans, tmp_path, capsys):
    assert batch(scans, tmp_path / "out", "--source", "patchy", "--dry-run") == 0
    assert capsys.readouterr().err.splitlines() == ["fetch one.png", r"fetch gone\n.png"]
    assert batch(scans, tmp_path / "out", "--source", "patchy", "--dry-run", "--json") == 0
    assert json.loads(capsys.readouterr().out)[0] == {"action": "fetch", "source": "one.png"}
    assert not (tmp_path / "out").exists()


def test_an_unknown_plugin_or_option_is_2(faulty, scans, profiles, tmp_path, capsys):
    assert batch(scans, tmp_path / "out", "--also", "unheard") == 2
    assert batch(scans, tmp_path / "out", "--also", "moody", "--set", "wrod=x") == 2
    assert batch(scans, tmp_path / "out", "--also", "whole") == 2
    assert run(["export", str(profiles), "--format", "moody", "--set", "word"]) == 2
    assert run(["export", str(profiles), "--format", "escaping"]) == 2
    assert run(["export", str(profiles), "--format", "dxf", "--set", "word=x"]) == 2
    assert run(["plugins", "show", "unheard"]) == 2
    assert "escaping needs name (the file)" in capsys.readouterr().err


def test_a_page_on_which_a_plugin_raises_stays_ok_and_is_delivered_later(faulty, scans, tmp_path, capsys):
    out = tmp_path / "out"
    (faulty / "mood").write_text("two.png")
    assert batch(scans, out, "--also", "moody") == 9
    shown = capsys.readouterr().err
    assert r"not delivered: two.png#0: moody: plugin: the exporter moody" in shown
    assert r"ValueError: a bad\nmood" in shown
    assert "Traceback" in (out / "run.log").read_text()
    assert [entry.record.status for entry in manifest.entries(out)] == ["ok", "ok"]
    assert (out / "deliveries/moody/pages/one.png/word.txt").read_text() == "hello"
    assert not (out / "deliveries/moody/pages/two.png").exists()

    (faulty / "mood").write_text("")
    assert batch(scans, out, "--also", "moody", "--json") == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["pages"]["kept"] == 2
    assert summary["delivered"] == {"moody": 1}
    assert (out / "deliveries/moody/pages/two.png/word.txt").exists()


@pytest.mark.slow
def test_a_page_is_delivered_once_unless_the_options_change(faulty, scans, tmp_path, capsys):
    out = tmp_path / "out"
    delivered = []
    for words in ((), (), ("--set", "word=bye"), ("--set", "word=bye")):
        assert batch(scans, out, "--also", "moody", "--json", *words) == 0
        delivered.append(json.loads(capsys.readouterr().out)["delivered"]["moody"])
    assert delivered == [2, 0, 2, 0]
    assert (out / "deliveries/moody/pages/one.png/word.txt").read_text() == "bye"


def test_failed_pages_count_before_failed_deliveries(faulty, scans, tmp_path):
    (scans / "empty.png").touch()
    (faulty / "mood").write_text("one.png")
    assert batch(scans, tmp_path / "out", "--also", "moody") == 3


@pytest.mark.slow
def test_an_export_goes_on_after_a_page_that_fails(faulty, profiles, capsys):
    (faulty / "mood").write_text("a.png")
    assert run(["export", str(profiles), "--format", "moody"]) == 3
    assert "left out: pages/a.png/0: the exporter moody" in capsys.readouterr().err
    package = json.loads((profiles / "export/moody" / LIST).read_text())
    assert [file["path"] for file in package["files"]] == ["b.png/0/word.txt"]


@pytest.mark.parametrize("name", ["../x", "/tmp/x", "a/../../x", "", "a\nb", "a//b", LIST])
def test_no_plugin_writes_outside_its_folder(faulty, profiles, tmp_path, name):
    before = {path for path in tmp_path.rglob("*") if "export" not in path.parts}
    assert run(["export", str(profiles), "--format", "escaping", "--set", f"name={name}"]) != 0
    assert {path for path in tmp_path.rglob("*") if "export" not in path.parts} - before <= {faulty / "__pycache__"} | {
        *(faulty / "__pycache__").glob("*")
    }
    files = [path.name for path in (profiles / "export").rglob("*") if path.is_file()]
    assert [file for file in files if file not in (LIST, ".profilex.lock")] == []


def test_a_collection_is_whole_or_no_package(faulty, profiles, capsys):
    target = profiles / "export/whole"
    assert run(["export", str(profiles), "--format", "whole"]) == 0
    assert (target / LIST).exists()
    assert run(["export", str(profiles), "--format", "whole", "--set", "fail=1"]) == 9
    assert "the exporter whole (profilex-faulty 0.9) failed: KeyError" in capsys.readouterr().err
    assert not (target / LIST).exists()
    assert run(["push", "broken", str(target)]) == 4


def test_what_an_earlier_export_wrote_besides_is_removed(faulty, profiles, tmp_path):
    target = tmp_path / "package"
    words = ["--format", "whole", "--out", str(target)]
    assert run(["export", str(profiles), *words]) == 0
    (target / "mine.txt").write_text("a person's")
    fewer = write_folder(tmp_path / "fewer", plate("a.png", 1, 2))
    assert run(["export", str(fewer), *words]) == 0
    assert sorted(path.name for path in target.glob("*.txt")) == ["0.txt", "mine.txt"]


def test_a_package_is_pushed_only_as_it_was_written(faulty, profiles, tmp_path, capsys):
    target = tmp_path / "package"
    assert run(["export", str(profiles), "--format", "whole", "--out", str(target)]) == 0
    assert run(["push", "broken", str(target)]) == 9
    assert "problem: 0.txt, name: too short" in capsys.readouterr().err
    (target / "0.txt").write_text("other")
    (target / "1.txt").unlink()
    assert run(["push", "broken", str(target)]) == 9
    shown = capsys.readouterr().err
    assert "problem: 0.txt: was changed since the export" in shown
    assert "problem: 1.txt: cannot be read" in shown


def test_a_package_from_others_cannot_name_files_outside_it(faulty, profiles, tmp_path, capsys):
    """Its list is believed for what it is: neither paths out of the folder nor links out of it are read or sent."""
    target = tmp_path / "package"
    assert run(["export", str(profiles), "--format", "whole", "--out", str(target)]) == 0
    whole = (target / LIST).read_text()
    secret = tmp_path / "0.txt"
    (target / "0.txt").rename(secret)
    for name in ("../0.txt", str(secret), "a/../../0.txt"):
        (target / LIST).write_text(whole.replace('"0.txt"', json.dumps(name)))
        assert run(["push", "broken", str(target)]) == 4
        assert "holds no whole package" in capsys.readouterr().err
    (target / LIST).write_text(whole)
    (target / "0.txt").symlink_to(secret)
    assert run(["push", "broken", str(target)]) == 9
    assert "0.txt: is a link that leads out of the package" in capsys.readouterr().err


def test_an_export_does_not_follow_a_link_out_of_its_folder(faulty, profiles, tmp_path, capsys):
    target, elsewhere = tmp_path / "package", tmp_path / "elsewhere"
    target.mkdir()
    elsewhere.mkdir()
    (target / "sub").symlink_to(elsewhere)
    words = ["--format", "escaping", "--set", "name=0.txt", "--out", str(target)]
    (target / "a.png").symlink_to(elsewhere)
    assert run(["export", str(profiles), *words]) == 9
    assert "a link in the folder leads out of it" in capsys.readouterr().err
    assert list(elsewhere.iterdir()) == []


def test_two_processes_do_not_push_one_package(faulty, profiles, tmp_path):
    target = tmp_path / "package"
    assert run(["export", str(profiles), "--format", "whole", "--out", str(target)]) == 0
    (target / "1.txt").unlink()
    listed = json.loads((target / LIST).read_text())
    listed["files"] = [file for file in listed["files"] if file["path"] != "1.txt"]
    (target / LIST).write_text(json.dumps(listed))
    with OutputLock(target):
        assert run(["push", "broken", str(target)]) == 6
    assert run(["push", "broken", str(target)]) == 9


def test_an_archive_that_raises_is_9(faulty, tmp_path, capsys):
    profiles = write_folder(tmp_path / "profiles", plate("a.png", 1, 2))
    assert run(["export", str(profiles), "--format", "whole"]) == 0
    assert run(["push", "broken", str(profiles / "export/whole")]) == 9
    assert "the archive broken (profilex-faulty 0.9) failed: RuntimeError: no shelf" in capsys.readouterr().err


def test_two_packages_with_one_name_are_refused(faulty, profiles, capsys):
    install(faulty, PYPROJECT.replace("profilex-faulty", "profilex-rival"))
    assert run(["export", str(profiles), "--format", "moody"]) == 9
    assert "profilex-faulty and profilex-rival both provide the exporter 'moody'" in capsys.readouterr().err
