"""The program's words: exit statuses, what goes to stdout and stderr, and what is imported when."""

import json
import subprocess
import sys

import pytest

from profilex import __version__
from profilex.cli.app import run
from profilex.cli.batch import _ratio
from profilex.files import OutputLock
from tests.helpers.scans import draw_plate, tree


@pytest.fixture
def scans(tmp_path):
    (tmp_path / "looks").touch()
    draw_plate(tmp_path / "scans/one.png")
    return tmp_path / "scans"


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


def batch(scans, out, *options):
    """`profilex batch` in this process, with the model that thresholds."""
    return run(
        ["batch", str(scans), "--out", str(out), "--workers", "0", *options], provider="tests.helpers.thresholding"
    )


def test_all_pages_ok_is_0(scans, out, capsys):
    assert batch(scans, out) == 0
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "pages done" in shown.err


def test_bad_options_are_2(scans, out, capsys):
    assert run(["batch", str(scans)]) == 2
    assert run(["no-such-command"]) == 2
    assert batch(scans, out, "--ratio", "one to three") == 2
    assert batch(scans, out, "--threshold", "7") == 2
    assert batch(scans, scans / "profiles") == 2
    assert "profilex: usage: " in capsys.readouterr().err
    assert not (scans / "profiles").exists()


def test_failed_pages_are_3_and_one_escaped_line_each(scans, out, capsys):
    draw_plate(scans / "bug_1.png")
    assert batch(scans, out, "--quiet") == 3
    (line,) = capsys.readouterr().err.splitlines()
    assert line == r"failed: bug_1.png#0: segment: internal: ValueError: a bug\non two lines"


def test_no_input_is_4(tmp_path, out):
    (tmp_path / "empty").mkdir()
    assert batch(tmp_path / "empty", out) == 4
    assert batch(tmp_path / "missing", out) == 4
    assert not out.exists()
    assert batch(tmp_path / "empty", out, "--allow-empty") == 0


def test_an_unwritable_output_is_5_before_the_model_is_looked_for(scans, tmp_path):
    (tmp_path / "file").touch()
    assert batch(scans, tmp_path / "file" / "out", "--model", "nowhere") == 5


def test_a_held_output_is_6(scans, out, capsys):
    out.mkdir()
    with OutputLock(out):
        assert batch(scans, out) == 6
    assert capsys.readouterr().err.count("\n") == 1


def test_a_missing_model_is_7(scans, out):
    assert batch(scans, out, "--model", "nowhere") == 7


def test_a_bug_keeps_its_traceback(monkeypatch):
    monkeypatch.setattr("profilex.cli.app.build", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run([])


def test_json_is_all_that_stdout_gets(scans, out, capsys):
    assert batch(scans, out, "--json") == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["pages"] == {"done": 1, "kept": 0, "failed": 0, "left": 0}
    assert summary["exit"] == 0


@pytest.fixture
def text_is_read(monkeypatch):
    """As where a reader of texts is installed."""
    monkeypatch.setattr("profilex.run.dryrun.installed_version", lambda: "1.0")


@pytest.mark.usefixtures("text_is_read")
def test_a_dry_run_lists_and_writes_nothing(scans, out, capsys):
    (scans / "empty.tif").touch()
    assert batch(scans, out, "--dry-run") == 0
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "read  one.png#0: 220 x 260 px, 300 dpi, scale: a scale bar or ratio on the page" in shown.err
    assert "1 page in 1 file: " in shown.err
    assert "resolution: 300 dpi on 1 page" in shown.err
    assert "fail  empty.tif#0: unreadable" in shown.err
    assert batch(scans, out, "--dry-run", "--json") == 0
    assert [line["action"] for line in json.loads(capsys.readouterr().out)] == ["fail", "read"]
    assert not out.exists()


@pytest.mark.usefixtures("text_is_read")
def test_a_dry_run_says_where_each_scale_would_come_from(scans, out, capsys):
    draw_plate(scans / "stated.tif")
    draw_plate(scans / "undated.jp2", dpi=None)
    (scans.parent / "scales.csv").write_text("source,frame,ratio\nstated.tif,,4\n")
    assert batch(scans, out, "--ratio", "1:3", "--scale-table", str(scans.parent / "scales.csv"), "--dry-run") == 0
    shown = capsys.readouterr().err
    assert "one.png#0: 220 x 260 px, 300 dpi, scale: stated, 1:3 at the dpi" in shown
    assert "stated.tif#0: 220 x 260 px, 300 dpi, scale: the scale table, 1:4 at the dpi" in shown
    assert "undated.jp2#0: 220 x 260 px, no dpi, scale: a scale bar on the page, as 1:3 needs the dpi" in shown
    assert "3 pages in 3 files: " in shown


def test_the_summary_says_what_comes_next(scans, out, capsys):
    draw_plate(scans / "two.png", dpi=None)
    draw_plate(scans / "bug_1.png")
    assert batch(scans, out, "--ratio", "1:3") == 3
    shown = capsys.readouterr().err
    counts = dict(line.rsplit(None, 1) for line in shown.splitlines() if line.startswith("  "))
    assert {key.strip(): value for key, value in counts.items()} | {
        "vessels": "2", "with a scale": "1", "without a scale": "1"
    } == {key.strip(): value for key, value in counts.items()}  # fmt: skip
    assert f"browse the profiles: profilex report {out}\n" in shown
    assert "2 of 2 vessels are to be reviewed: " in shown
    assert f"1 of 2 vessels have no scale; proposals from neighbouring pages: profilex scales {out}" in shown
    assert f"1 page failed, see {out / 'manifest.jsonl'}" in shown
    assert f"profilex batch {scans} --out {out}" in shown
    assert batch(scans, out, "--ratio", "1:3", "--quiet") == 3
    assert "profilex report" not in capsys.readouterr().err


def test_the_switches_decide_on_the_files(scans, out):
    assert batch(scans, out, "--svg", "--geojson", "--page-dxf", "--no-preview") == 0
    names = [path.rpartition("/")[2] for path in tree(out) if path.startswith("pages/")]
    assert {"page.geojson", "page.dxf"} < set(names)
    assert {name.rpartition(".")[2] for name in names} == {"geojson", "dxf", "svg"}


def test_the_scale_options_reach_the_vessels(scans, out):
    assert batch(scans, out, "--mm-per-px", "0.5") == 0
    page = json.loads(next(out.rglob("page.geojson")).read_text())
    vessels = [f["properties"] for f in page["features"] if f["properties"]["part"] == "vessel"]
    assert [vessel["mm_per_px"] for vessel in vessels] == [0.5]


@pytest.mark.parametrize(("text", "ratio"), [("1:3", 3.0), ("1/2.5", 2.5), ("4", 4.0), (" 1 : 10 ", 10.0)])
def test_scales_are_read_as_people_write_them(text, ratio):
    assert _ratio(text) == ratio


def test_python_m_profilex_shows_the_version():
    shown = subprocess.run(
        [sys.executable, "-m", "profilex", "--version"], capture_output=True, text=True, check=True, timeout=60
    )
    assert shown.stdout == f"profilex {__version__}\n"


def test_help_of_no_command_imports_what_is_heavy():
    program = """
import sys
import typer
from profilex.cli.app import build, run
def ask(command, *words):
    assert run([*words, "--help"]) == 0
    for name, child in getattr(command, "commands", {}).items():
        ask(child, *words, name)
ask(typer.main.get_command(build()))
heavy = {"tensorflow", "keras", "openvino", "dask", "distributed", "numpy", "shapely", "cv2", "scipy", "tqdm"}
sys.exit(", ".join(sorted(heavy & sys.modules.keys())) or 0)
"""
    subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, timeout=60)


def test_models_are_listed_shown_and_verified(capsys):
    assert run(["models", "list"]) == 0
    assert run(["models", "verify", "no-such-model"]) == 7
    assert "model_missing" in capsys.readouterr().err


def test_a_run_describes_its_folder_and_equal_runs_do_so_equally(scans, out, tmp_path, capsys):
    assert batch(scans, out, "--ro-crate") == batch(scans, tmp_path / "again", "--ro-crate") == 0
    assert "ro-crate: date_published, license" in capsys.readouterr().err
    assert tree(out) == tree(tmp_path / "again")
    graph = json.loads((out / "ro-crate-metadata.json").read_text())["@graph"]
    described = {entity["@id"] for entity in graph if entity["@type"] == "File"}
    assert described == {name for name in tree(out) if not name.startswith(("records/", "ro-crate"))}
    (action,) = [entity for entity in graph if entity["@type"] == "CreateAction"]
    assert {link["@id"].partition("-")[0] for link in action["object"]} == {"#scan", "#model", "#settings"}


def test_a_crate_toml_is_checked_before_a_page_is_done(scans, out):
    out.mkdir()
    (out / "crate.toml").write_text("license = 'CC BY'")
    assert batch(scans, out, "--ro-crate") == 2
    assert not (out / "records").exists()
