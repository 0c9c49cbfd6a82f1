"""The table of pages' scales: what it means, and what is wrong with it."""

import pytest

from profilex.errors import RunError
from profilex.scale.table import read_scale_table
from profilex.settings import ScaleSettings, Settings


def settings_of(tmp_path, text, **scale):
    path = tmp_path / "scales.csv"
    path.write_text(text, encoding="utf-8")
    return Settings(scale=ScaleSettings(**scale), scale_table=read_scale_table(path))


def test_a_row_states_the_scale_of_its_page_alone(tmp_path):
    settings = settings_of(tmp_path, "source,frame,mm_per_px,ratio\na/1.tif,2,0.5,\na/2.tif,,,1:3\n", dpi=300.0)
    assert settings.for_page("a/1.tif", 2).scale == ScaleSettings(mm_per_px=0.5, dpi=300.0, source="table")
    assert settings.for_page("a/1.tif", 0).scale == ScaleSettings(dpi=300.0)
    assert settings.for_page("a/2.tif", 7).scale.ratio == 3.0


def test_semicolons_and_decimal_commas_are_understood(tmp_path):
    settings = settings_of(tmp_path, "\ufeffsource;bar_mm\nplate.png;12,5\n")
    assert settings.for_page("plate.png", 0).scale.bar_mm == 12.5


def test_a_changed_row_changes_its_own_page_only(tmp_path):
    before = settings_of(tmp_path, "source,mm_per_px\na.png,1\nb.png,1\n")
    after = settings_of(tmp_path, "source,mm_per_px\na.png,1\nb.png,2\n")
    assert before.for_page("a.png", 0).digest() == after.for_page("a.png", 0).digest()
    assert before.for_page("b.png", 0).digest() != after.for_page("b.png", 0).digest()
    assert before.for_page("c.png", 0).digest() == Settings().digest()


@pytest.mark.parametrize(
    "text",
    [
        "file,mm_per_px\na.png,1\n",
        "source,scale\na.png,1\n",
        "source,mm_per_px\na.png,\n",
        "source,mm_per_px\na.png,two\n",
        "source,mm_per_px\na.png,0\n",
        "source,mm_per_px,bar_mm\na.png,1,50\n",
        "source,mm_per_px\na.png,1\na.png,2\n",
        "source,mm_per_px\n,1\n",
        "",
    ],
)
def test_a_table_that_is_not_understood_ends_the_run(tmp_path, text):
    with pytest.raises(RunError) as caught:
        settings_of(tmp_path, text)
    assert caught.value.exit_code == 2


def test_a_table_that_is_missing_ends_the_run(tmp_path):
    with pytest.raises(RunError):
        read_scale_table(tmp_path / "none.csv")
