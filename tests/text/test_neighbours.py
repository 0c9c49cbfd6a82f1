"""The scale of pages that show none, by the pages beside them."""

from dataclasses import replace
from pathlib import Path

import pytest
from shapely import box

from profilex.scale.decision import find_scale
from profilex.scale.neighbours import PageScale, page_scale, propose, table_text
from profilex.scale.table import read_scale_table
from profilex.settings import EvidenceSettings, ScaleSettings, Settings
from profilex.types import PageRef, PageResult, PrintedScale, Scale, StatedBar, Vessel
from tests.helpers.text_pages import draw_blocks, page_of, paper


def page(number, mm_per_px=None, folder="book", source="bar", **more):
    scale = None if mm_per_px is None else Scale(mm_per_px, source, 0.003)
    return PageScale(f"{folder}/pl_{number}.tif", 0, 2480, 3508, 300.0, scale, **more)


def test_neighbours_that_agree_give_a_scale_and_how_far_they_agree():
    [proposal] = propose([page(8, 0.25), page(9), page(10, 0.252), page(11, 0.251)], numbers=EvidenceSettings())
    assert proposal.page.source == "book/pl_9.tif"
    assert proposal.mm_per_px == pytest.approx(0.251)
    assert 0.003 <= proposal.uncertainty < 0.01


@pytest.mark.parametrize(
    "others",
    [
        [page(8, 0.25)],
        [page(8, 0.25), page(10, 0.5)],
        [page(8, 0.25), page(10, 0.25, folder="another")],
        [page(8, 0.25), page(30, 0.25, source="neighbours")],
        [page(8, 0.25), replace(page(10, 0.25), dpi=600.0)],
        [page(8, 0.25), replace(page(10, 0.25), width_px=1200)],
    ],
)
def test_they_do_not_tell_where_they_are_few_or_differ(others):
    [proposal] = propose([*others, page(9)], numbers=EvidenceSettings())
    assert proposal.mm_per_px is None
    assert proposal.note


def test_pages_far_away_are_not_asked():
    far = [page(number, 0.25) for number in (1, 2)]
    between = [page(number) for number in range(3, 30)]
    assert propose([*far, *between], numbers=EvidenceSettings())[-1].mm_per_px is None


def test_each_file_of_many_pages_is_a_publication_of_its_own():
    def of(name, frame, mm_per_px=None):
        return replace(page(1, mm_per_px), source=name, frame=frame)

    pages = [of("a.pdf", 0, 0.25), of("a.pdf", 1, 0.25), of("a.pdf", 2), of("b.pdf", 0, 0.5), of("b.pdf", 1, 0.5)]
    [proposal] = propose(pages, numbers=EvidenceSettings())
    assert proposal.mm_per_px == pytest.approx(0.25)


def test_the_table_is_read_again_as_it_was_meant(tmp_path):
    path = tmp_path / "scales.csv"
    proposals = propose([page(8, 0.25), page(9), page(10, 0.25), page(1, folder="other")], numbers=EvidenceSettings())
    path.write_text(table_text(proposals), encoding="utf-8")
    settings = Settings(scale_table=read_scale_table(path))
    assert settings.for_page("book/pl_9.tif", 0).scale == ScaleSettings(0.25, source="neighbours", uncertainty=0.003)
    assert settings.for_page("other/pl_1.tif", 0).scale == ScaleSettings()


def test_vessels_scaled_so_are_marked_and_the_page_s_own_evidence_goes_before():
    stated = ScaleSettings(0.25, source="neighbours", uncertainty=0.01)
    found = find_scale(page_of(paper()), PrintedScale(), stated, numbers=EvidenceSettings())
    assert found.scale == Scale(0.25, "neighbours", 0.01)
    assert found.review == ("scale_from_neighbours",)
    printed = PrintedScale(ratio=3.0, ratio_text="1:3")
    own = find_scale(replace(page_of(paper()), dpi=300.0), printed, stated, numbers=EvidenceSettings())
    assert own.scale is not None
    assert own.scale.source == "ratio+dpi"
    assert own.review == ()
    disagreeing = find_scale(
        replace(page_of(paper()), dpi=300.0), printed, replace(stated, mm_per_px=0.5), numbers=EvidenceSettings()
    )
    assert disagreeing.review == ("scale_disagrees",)


def test_neighbours_go_before_the_bar_of_another_figure():
    grey = paper()
    draw_blocks(grey, 300, 500, 16, (1, 1, 1, 1, 1, 5))
    bar = StatedBar(box(300, 500, 460, 512), 100.0, elsewhere=True)
    found = find_scale(
        page_of(grey),
        PrintedScale((bar,)),
        ScaleSettings(0.25, source="neighbours", uncertainty=0.01),
        numbers=EvidenceSettings(),
    )
    assert found.scale == Scale(0.25, "neighbours", 0.01)
    assert found.review == ("scale_from_neighbours",)


def test_a_page_scaled_by_another_figures_bar_says_nothing_about_others():
    vessel = Vessel("v001", (), scale=Scale(0.5, "bar"), review=("scale_bar_elsewhere",))
    result = PageResult(PageRef(Path("p.png"), "p.png", "p"), "0" * 64, 800, 600, None, (vessel,))
    known = page_scale(result)
    assert known is not None
    assert known.scale is None
