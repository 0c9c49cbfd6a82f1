"""`profilex scales`: a finished folder tells the scale of its pages without one."""

from dataclasses import replace

import pytest

from profilex.cli.app import run
from profilex.scale.table import read_scale_table
from tests.helpers.pots import plate, write_folder


def without_scale(page):
    bare = (replace(vessel, scale=None, measures={}) for vessel in page.vessels)
    return replace(page, vessels=tuple(bare))


def test_a_page_without_a_scale_gets_a_row(tmp_path, capsys):
    pages = [plate(f"book/{number}.png", 2, number) for number in (1, 2, 3)]
    profiles = write_folder(tmp_path / "profiles", pages[0], without_scale(pages[1]), pages[2])
    assert run(["scales", str(profiles)]) == 0
    assert "1 of 3 pages with vessels have no scale; proposed for 1" in capsys.readouterr().err
    [stated] = read_scale_table(profiles / "scales.csv").values()
    assert stated.mm_per_px == pytest.approx(pages[0].vessels[0].scale.mm_per_px)
    assert stated.source == "neighbours"


def test_a_damaged_page_is_named_and_the_table_is_written(tmp_path, capsys):
    profiles = write_folder(tmp_path / "profiles", plate("book/1.png", 1, 1), plate("book/2.png", 1, 2))
    next(profiles.glob("pages/book/2.png*/**/page.geojson")).write_text("{")
    assert run(["scales", str(profiles), "--out", str(tmp_path / "table.csv")]) == 3
    assert "cannot be read: pages/book/2.png" in capsys.readouterr().err
    assert (tmp_path / "table.csv").read_text().splitlines() == ["source,frame,mm_per_px,uncertainty,evidence,note"]
