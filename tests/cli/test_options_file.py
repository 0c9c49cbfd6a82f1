"""`profilex.toml` beside the scans: what it sets, what the command line overrides, and how its errors read."""

import json

import pytest

from profilex.cli.app import run
from tests.helpers.scans import draw_plate


@pytest.fixture
def scans(tmp_path):
    (tmp_path / "looks").touch()
    draw_plate(tmp_path / "scans/one.png")
    return tmp_path / "scans"


def batch(scans, out, *options):
    words = ["batch", str(scans), "--out", str(out), "--workers", "0", *options]
    return run(words, provider="tests.helpers.thresholding")


def settings(out):
    return json.loads((out / "run.json").read_text())["settings"]


def test_it_sets_what_the_command_line_does_not(scans, tmp_path, capsys):
    (scans / "profilex.toml").write_text('ratio = "1:3"\nsvg = true\nfill = false\nthreshold = 0.4\n')
    assert batch(scans, tmp_path / "out", "--ratio", "1:5") == 0
    assert settings(tmp_path / "out")["scale"]["ratio"] == 5.0
    assert settings(tmp_path / "out")["segment"]["threshold"] == 0.4
    assert {name: settings(tmp_path / "out")["export"][name] for name in ("svg", "fill")} == {
        "svg": True,
        "fill": False,
    }
    shown = capsys.readouterr().err
    assert f"options from {scans / 'profilex.toml'}" in shown
    assert "skipped" not in shown


def test_numbers_may_be_written_as_numbers(scans, tmp_path):
    (scans / "profilex.toml").write_text("ratio = 3\ndpi = 300\npage-timeout = 5\n")
    assert batch(scans, tmp_path / "out") == 0
    assert settings(tmp_path / "out")["scale"] | {"ratio": 3.0, "dpi": 300.0} == settings(tmp_path / "out")["scale"]


def test_paths_are_relative_to_it_and_it_may_name_the_output(scans, tmp_path, monkeypatch):
    (scans / "scales.csv").write_text("source,frame,mm_per_px\none.png,,0.5\n")
    (scans / "profilex.toml").write_text('out = "../profiles"\nscale-table = "scales.csv"\nworkers = 0\n')
    monkeypatch.chdir("/")
    assert run(["batch", str(scans)], provider="tests.helpers.thresholding") == 0
    assert next(iter(settings(tmp_path / "profiles")["scale_table"].values()))["mm_per_px"] == 0.5


def test_it_is_read_beside_a_file_that_is_named(scans, tmp_path):
    (scans / "profilex.toml").write_text("mm-per-px = 0.25\n")
    assert batch(scans / "one.png", tmp_path / "out") == 0
    assert settings(tmp_path / "out")["scale"]["mm_per_px"] == 0.25


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("colour = 2", "'colour' is not an option of profilex batch"),
        ("force = true", "'force' is for the command line only"),
        ("svg = 1", "svg: 1 is not true or false."),
        ('ratio = "one"', "ratio: 'one' is not a scale"),
        ("threshold = 3", "threshold: Input should be less than or equal to 0.99."),
        ('device = "abacus"', "device: Value error, 'abacus' is not one of"),
        ('also = "csv"', "also: 'csv' is not a list of texts."),
        ("dpi = [300]", "dpi: [300] is not a number or a text."),
        ("svg = ", "cannot be read"),
    ],
)
def test_errors_name_the_file_and_the_key(scans, tmp_path, capsys, text, words):
    (scans / "profilex.toml").write_text(text)
    assert batch(scans, tmp_path / "out") == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert f"{scans / 'profilex.toml'}: {words}" in line
    assert not (tmp_path / "out").exists()


def test_two_of_them_are_refused(scans, tmp_path, capsys):
    draw_plate(tmp_path / "more/two.png")
    for folder in (scans, tmp_path / "more"):
        (folder / "profilex.toml").write_text("svg = true\n")
    words = ["batch", str(scans), str(tmp_path / "more"), "--out", str(tmp_path / "out"), "--workers", "0"]
    assert run(words, provider="tests.helpers.thresholding") == 2
    assert "several files of options" in capsys.readouterr().err
