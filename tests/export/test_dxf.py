"""DXF of vessel and plate, read back with ezdxf and, where it is installed, with GDAL."""

import io
import subprocess
import sys
from dataclasses import replace

import ezdxf
import ezdxf.path
import numpy as np
import pytest
import shapely

from profilex.errors import Code, PageError
from profilex.export import dxf
from profilex.export.dxf.document import APPID, LAYERS, PLATE, ascii_name, draw, plain
from profilex.export.frame.print_style import printed_ratio
from profilex.export.frame.vessel_frame import place_vessel
from profilex.settings import ExportSettings
from profilex.types import Scale
from tests.helpers.bowls import MM_PER_PX, make_bowl, make_result, make_sherd
from tests.helpers.drawings import outlines
from tests.helpers.programs import finding_helpers

ALL = ExportSettings()
UNFILLED = ExportSettings(fill=False)


def read(drawing: bytes):
    doc = ezdxf.read(io.StringIO(drawing.decode("utf-8")))
    assert not doc.audit().has_issues
    return doc


def strings(drawing: bytes) -> list[str]:
    """Every value of the file but the names of header variables."""
    lines = drawing.decode("utf-8").splitlines()
    return [value for value in lines[1::2] if not value.startswith("$")]


def test_the_outline_is_the_section_in_its_frame_with_its_hole(bowl, result):
    doc = read(dxf.vessel_drawing(bowl, result, ALL))
    (outline,) = outlines(doc)

    assert doc.dxfversion == "AC1024"
    assert (doc.header["$INSUNITS"], doc.header["$MEASUREMENT"]) == (4, 1)
    assert outline.bounds == pytest.approx((-100, -75, 0, 0), abs=1e-9)
    assert len(outline.interiors) == 1
    assert outline.equals_exact(place_vessel(bowl).sections[0], 1e-9)


def test_a_tilted_drawing_with_its_section_on_the_right_gives_the_same_outline(bowl, result):
    tilted = make_bowl(tilt_deg=-4, side="right")
    first, second = (outlines(read(dxf.vessel_drawing(vessel, result, ALL)))[0] for vessel in (bowl, tilted))

    assert shapely.hausdorff_distance(first, second) < 1e-9


def test_every_layer_is_there_and_entities_are_flat(bowl, result):
    doc = read(dxf.vessel_drawing(bowl, result, ALL))
    space = doc.modelspace()

    assert {layer.dxf.name for layer in doc.layers} >= set(LAYERS)
    assert doc.layers.get("PX_AXIS").dxf.linetype == "CENTER"
    assert doc.layers.get("PX_BREAK").dxf.linetype == "DASHED"
    assert doc.layers.get("PX_VIEWPORT").dxf.plot == 0
    assert {entity.dxf.layer for entity in space} <= set(LAYERS)
    assert {entity.dxftype() for entity in space} == {"HATCH", "LWPOLYLINE", "LINE", "TEXT", "INSERT", "DIMENSION"}
    (axis,) = space.query('LINE[layer=="PX_AXIS"]')
    assert (axis.dxf.start.x, axis.dxf.end.x) == (0, 0)
    (rim,) = space.query('LINE[layer=="PX_RIM"]')
    assert (rim.dxf.start.x, rim.dxf.end.x) == (-100, 100)


def test_the_fill_is_one_hatch_a_polygon_with_shell_and_hole(bowl, sherd, result):
    (hatch,) = read(dxf.vessel_drawing(bowl, result, ALL)).modelspace().query('HATCH[layer=="PX_SECTION_FILL"]')
    pieces = read(dxf.vessel_drawing(sherd, result, ALL)).modelspace().query('HATCH[layer=="PX_SECTION_FILL"]')

    # a polyline path carries the bit 2 besides
    assert [path.path_type_flags & ~2 for path in hatch.paths] == [1, 16]
    assert len(pieces) == 2


@pytest.mark.slow
def test_the_fill_can_be_left_out(bowl, result):
    space = read(dxf.vessel_drawing(bowl, result, UNFILLED)).modelspace()

    assert not space.query('HATCH[layer=="PX_SECTION_FILL"]')
    assert len(space.query('LWPOLYLINE[layer=="PX_SECTION_OUTLINE"]')) == 2


def test_the_label_stands_as_text_and_the_identifier_as_tag_group_and_extended_data(bowl, result):
    doc = read(dxf.vessel_drawing(bowl, result, ALL))
    space = doc.modelspace()

    assert "7.1" in [text.dxf.text for text in space.query("TEXT")]
    (tag,) = space.query("INSERT")
    attributes = {attribute.dxf.tag: attribute.dxf.text for attribute in tag.attribs}
    assert attributes["IDENTIFIER"] == "plate-7_1"
    assert attributes["RIM_DIAMETER_MM"] == "200.0"
    assert attributes["SOURCE_FILE"] == "Töpfe/plate-7.tif"
    (name,) = (name for name, _ in doc.groups)
    assert name == "plate-7_1"
    grouped = {entity.dxf.layer for entity in doc.groups.get(name)}
    assert {"PX_SECTION_OUTLINE", "PX_SECTION_FILL", "PX_AXIS", "PX_RIM", "PX_TEXT", "PX_DIMENSION"} <= grouped
    line = space.query("LWPOLYLINE").first
    assert "confidence=0.93" in [xdata.value for xdata in line.get_xdata(APPID)]


def test_the_rim_dimension_measures_the_rim(bowl, result):
    (dimension,) = read(dxf.vessel_drawing(bowl, result, ALL)).modelspace().query("DIMENSION")

    assert dimension.get_measurement() == pytest.approx(200)
    assert dimension.dxf.text == "%%c <> %%p 2.1 mm"


def test_no_dimension_where_the_rims_place_is_unknown(bowl, result):
    assert not read(dxf.vessel_drawing(replace(bowl, rim=None), result, ALL)).modelspace().query("DIMENSION")
    assert not read(dxf.vessel_drawing(replace(bowl, measures={}), result, ALL)).modelspace().query("DIMENSION")


def test_the_scale_bar_is_as_long_as_it_says(bowl, result):
    space = read(dxf.vessel_drawing(bowl, result, ALL)).modelspace()
    cells = [np.array(list(line.get_points("xy"))) for line in space.query('LWPOLYLINE[layer=="PX_SCALEBAR"]')]
    labels = [text.dxf.text for text in space.query('TEXT[layer=="PX_SCALEBAR"]')]

    assert np.ptp(np.concatenate(cells)[:, 0]) == pytest.approx(100)
    assert labels == ["0", "10 cm"]


@pytest.mark.parametrize(("printed", "ratio"), [("1:3", 3.0), ("", 3.0), ("1:2,5", 2.5)])
def test_the_plate_shows_the_vessel_at_its_publication_scale(bowl, result, printed, ratio):
    vessel = replace(bowl, scale=Scale(MM_PER_PX, "bar", drawing_scale=printed))
    doc = read(dxf.vessel_drawing(vessel, result, ALL))

    assert doc.layouts.names() == ["Model", PLATE]
    (viewport,) = (view for view in doc.layouts.get(PLATE).viewports() if view.dxf.id != 1)
    assert viewport.dxf.layer == "PX_VIEWPORT"
    assert viewport.dxf.view_height / viewport.dxf.height == pytest.approx(ratio)
    assert viewport.dxf.width >= 200 / ratio


@pytest.mark.parametrize(("text", "ratio"), [("M. 1 : 4", 4.0), ("1/2", 2.0), ("natural size", None), ("1:0", None)])
def test_printed_scales(text, ratio):
    assert printed_ratio(text) == ratio


def test_an_unknown_scale_leaves_pixels_and_no_millimetre_anywhere(sherd, result):
    drawing = dxf.vessel_drawing(sherd, result, ALL)
    doc = read(drawing)
    west, south, east, north = shapely.total_bounds(outlines(doc))

    assert doc.header["$INSUNITS"] == 0
    assert (east - west, north - south) == (50, 310)
    assert not [value for value in strings(drawing) if "mm" in value.lower()]
    assert not doc.modelspace().query("*[layer=='PX_SCALEBAR']")
    assert not [view for view in doc.layouts.get(PLATE).viewports() if view.dxf.id != 1]


def test_without_a_scale_a_measured_bowl_is_in_pixels_too(bowl, result):
    vessel = replace(bowl, scale=None, measures={})
    drawing = dxf.vessel_drawing(vessel, result, ALL)

    assert outlines(read(drawing))[0].bounds == pytest.approx((-400, -300, 0, 0))
    assert not [value for value in strings(drawing) if "mm" in value.lower()]


def test_the_plate_as_a_whole_keeps_every_vessel_in_its_place(bowl, result):
    other = replace(make_bowl("plate-7_1b"), figure="7.1b")
    doc = read(dxf.page_drawing(make_result(bowl, other), ALL))

    assert doc.header["$INSUNITS"] == 4
    # 100..500 px from the left, 200..500 px from the top of 1400
    assert outlines(doc)[0].bounds == pytest.approx((25, 225, 125, 300))
    assert [name for name, _ in doc.groups] == ["plate-7_1", "plate-7_1b"]
    assert len(doc.modelspace().query('LWPOLYLINE[layer=="PX_SCALEBAR"]')) == 1
    assert len(doc.modelspace().query('LWPOLYLINE[layer=="PX_FRAME"]')) == 1


def test_a_plate_of_mixed_scales_is_in_pixels(result):
    doc = read(dxf.page_drawing(result, ALL))

    assert doc.header["$INSUNITS"] == 0
    assert outlines(doc)[0].bounds == pytest.approx((100, 900, 500, 1200))


def test_an_empty_plate_is_a_drawing(result):
    assert read(dxf.page_drawing(replace(result, vessels=()), UNFILLED)).header["$INSUNITS"] == 0


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_what_is_not_finite_is_refused(bowl, spoil, bad):
    vessel = spoil(bowl, bad)
    for refused in (
        lambda: dxf.vessel_drawing(vessel, make_result(vessel), ALL),
        lambda: dxf.page_drawing(make_result(vessel), ALL),
    ):
        with pytest.raises(PageError, match="not a finite number") as refusal:
            refused()
        assert refusal.value.code is Code.EXPORT


def test_a_drawing_that_fails_the_audit_is_refused():
    def spoil(doc):
        doc.modelspace().add_text("x", dxfattribs={"layer": "PX_TEXT", "style": "NO_SUCH_STYLE"})

    with pytest.raises(PageError, match="not clean") as refusal:
        draw("mm", 1.0, spoil)
    assert refusal.value.code is Code.EXPORT
    assert not ezdxf.options.write_fixed_meta_data_for_testing


def test_names_and_strings_that_a_dxf_can_hold(bowl, result):
    wild = replace(bowl, identifier="Töpfe\n№ 3", figure="7\r\n1" * 200, review=("line\nbreak",))
    doc = read(dxf.vessel_drawing(wild, make_result(wild), ALL))

    assert [name for name, _ in doc.groups] == ["Topfe_No_3"]
    assert outlines(doc)
    assert ascii_name("壺") == "vessel"
    assert plain("a\n\tb") == "a b"
    assert len(plain("ö" * 300).encode()) <= 250


def test_equal_names_do_not_share_a_group(bowl, result):
    doc = read(dxf.page_drawing(make_result(bowl, bowl), ALL))

    assert [name for name, _ in doc.groups] == ["plate-7_1", "plate-7_1_2"]


@pytest.mark.slow
def test_equal_vessels_give_equal_bytes_in_any_process(bowl, result):
    here = dxf.vessel_drawing(bowl, result, ALL)
    assert dxf.vessel_drawing(bowl, result, ALL) == here
    script = (
        "import hashlib\n"
        "from tests.helpers import bowls\n"
        "from profilex.export import dxf\n"
        "from profilex.settings import ExportSettings\n"
        "vessel = bowls.make_bowl()\n"
        "drawing = dxf.vessel_drawing(vessel, bowls.make_result(vessel), ExportSettings())\n"
        "print(hashlib.sha256(drawing).hexdigest())\n"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**finding_helpers(), "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


def test_gdal_reads_the_same_coordinates(bowl, result, tmp_path):
    pyogrio = pytest.importorskip("pyogrio")
    if pyogrio.list_drivers().get("DXF") is None:
        pytest.skip("this GDAL has no DXF driver")
    path = tmp_path / "bowl.dxf"
    path.write_bytes(dxf.vessel_drawing(bowl, result, ALL))
    meta, _, geometries, columns = pyogrio.raw.read(path)
    layers = dict(zip(meta["fields"], columns, strict=True))["Layer"]
    by_layer: dict[str, list] = {}
    for layer, geometry in zip(layers, geometries, strict=True):
        by_layer.setdefault(layer, []).append(shapely.force_2d(shapely.from_wkb(geometry)))

    truth = place_vessel(bowl)
    shell, hole = by_layer["PX_SECTION_OUTLINE"]
    assert shapely.hausdorff_distance(shell, truth.sections[0].exterior) < 1e-6
    assert shapely.hausdorff_distance(hole, truth.sections[0].interiors[0]) < 1e-6
    (fill,) = by_layer["PX_SECTION_FILL"]
    assert fill.area == pytest.approx(truth.sections[0].area)
    assert by_layer["PX_RIM"][0].equals_exact(truth.rim, 1e-6)


def paths(doc, layer: str) -> list[list[tuple[float, float]]]:
    return [list(line.get_points("xy")) for line in doc.modelspace().query(f'LWPOLYLINE[layer=="{layer}"]')]


def test_the_break_and_the_exterior_of_a_sherd_have_their_layers():
    sherd = make_sherd()
    doc = read(dxf.vessel_drawing(sherd, make_result(sherd), ALL))

    assert paths(doc, "PX_BREAK") == [[pytest.approx((-92.5, -25)), pytest.approx((-82.5, -25))]]
    assert paths(doc, "PX_OUTLINE_EXT") == [[pytest.approx((92.5, -25)), pytest.approx((100, 0))]]
    assert all(not line.closed for line in doc.modelspace().query('LWPOLYLINE[layer=="PX_BREAK"]'))


def test_the_plate_has_them_too_where_they_stand():
    sherd = make_sherd()
    doc = read(dxf.page_drawing(make_result(sherd), ALL))

    assert paths(doc, "PX_BREAK") == [[pytest.approx((32.5, 275)), pytest.approx((42.5, 275))]]
    assert paths(doc, "PX_OUTLINE_EXT") == [[pytest.approx((217.5, 275)), pytest.approx((225, 300))]]


def test_a_plain_drawing_has_neither():
    sherd = make_sherd()
    doc = read(dxf.vessel_drawing(sherd, make_result(sherd), ExportSettings(plain=True)))

    assert paths(doc, "PX_BREAK") == paths(doc, "PX_OUTLINE_EXT") == []


def curved_bowl():
    """A bowl whose outline was traced from pixels: its section has curves."""
    from profilex.settings import CurveSettings
    from profilex.trace.curves import curved

    bowl = make_bowl()
    (section,) = bowl.sections
    found = curved(shapely.segmentize(section.polygon, 1.0), 0.5, 0.75, 0.05, CurveSettings())
    return replace(bowl, sections=(replace(section, polygon=found.polygon, curves=found.rings, chord_px=0.05),))


@pytest.mark.parametrize("splines", [False, True])
def test_outlines_are_arcs_or_splines_within_the_chord_error(splines):
    bowl = curved_bowl()
    doc = read(dxf.vessel_drawing(bowl, make_result(bowl), ExportSettings(splines=splines)))
    kind = "SPLINE" if splines else "LWPOLYLINE"
    shell, _ = doc.modelspace().query(f'{kind}[layer=="PX_SECTION_OUTLINE"]')

    drawn = shapely.LinearRing([(p.x, p.y) for p in ezdxf.path.make_path(shell).flattening(0.001)])
    placed = place_vessel(bowl).sections[0].exterior
    assert shapely.hausdorff_distance(drawn, placed) < 3 * 0.05 * MM_PER_PX
    if not splines:
        assert any(bulge for *_, bulge in shell.get_points("xyb"))
        assert len(shell) < len(placed.coords)


def test_the_drawing_is_in_view_when_it_is_opened(bowl, result):
    doc = read(dxf.vessel_drawing(bowl, result, ALL))
    low, high = doc.header["$EXTMIN"], doc.header["$EXTMAX"]
    (view,) = doc.viewports.get("*Active")

    assert low[0] <= -100
    assert high[0] >= 100
    assert view.dxf.center.x == pytest.approx((low[0] + high[0]) / 2, abs=0.1)
    assert view.dxf.center.y == pytest.approx((low[1] + high[1]) / 2, abs=0.1)
    assert high[1] - low[1] <= view.dxf.height <= 2 * (high[0] - low[0])
    style = doc.dimstyles.get("PX_DIMENSION")
    for name in ("dimtxt", "dimasz", "dimexe", "dimexo", "dimgap", "dimtad", "dimdec", "dimzin", "dimdsep"):
        assert doc.header[f"${name.upper()}"] == style.get_dxf_attrib(name)


def test_letters_of_all_vessels_have_one_size_in_print(bowl):
    small = make_sherd()
    heights = {
        text.dxf.height
        for vessel in (bowl, small)
        for text in read(dxf.vessel_drawing(vessel, make_result(vessel), ALL)).query('TEXT[layer=="PX_TEXT"]')
    }
    assert [round(height, 6) for height in heights] == [6.6]
