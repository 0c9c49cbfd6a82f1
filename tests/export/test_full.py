"""Full drawings: the section, and across the axis its outer contour in the same millimetres."""

import io
from dataclasses import replace

import ezdxf
import numpy as np
import pytest
import shapely
from shapely import LineString, Polygon

from profilex.errors import PageError
from profilex.export import dxf, full, svg
from profilex.settings import ExportSettings
from profilex.types import Edge, Measure, Scale
from tests.helpers.bowls import AXIS_PX, MM_PER_PX, RIM_PX, make_bowl, make_result, make_section, make_sherd

etree = pytest.importorskip("lxml.etree")

ALL = ExportSettings()
HOLLOW = ExportSettings(fill=False)
PLAIN = ExportSettings(plain=True)
KNOWN = {"clay_volume_ml": Measure(10.0, 0.1), "rim_diameter_mm": Measure(200.0, 2.1)}
SVG = {"svg": "http://www.w3.org/2000/svg"}

OUTER = [(100, 200), (100, 300), (240, 360), (240, 400)]  # carinated, on a flat base at 400 px
INNER = [(500, 380), (270, 370), (130, 290), (130, 200)]


def carinated(**changes):
    """A bowl with a sharp bend 25 mm below its rim; its edges are told."""
    outline = Polygon([*OUTER, (500, 400), *INNER])
    edges = {"rim": [INNER[-1], OUTER[0]], "outer": OUTER, "base": [OUTER[-1], (500, 400)], "inner": INNER}
    vessel = replace(
        make_bowl(),
        sections=(make_section(shapely.orient_polygons(outline)),),
        edges=tuple(Edge(kind, LineString(line)) for kind, line in edges.items()),
        portion="complete",
        measures=KNOWN,
    )
    return replace(vessel, **changes)


def turned(vessel):
    """The vessel with its section on the right of the axis."""

    def across(line):
        return shapely.transform(line, lambda xy: xy * (-1, 1) + (2 * AXIS_PX, 0))

    sections = [replace(section, polygon=across(section.polygon)) for section in vessel.sections]
    edges = [replace(edge, line=across(edge.line)) for edge in vessel.edges]
    return replace(vessel, side="right", sections=tuple(sections), edges=tuple(edges))


def sherd(**changes):
    return replace(make_sherd(), measures=KNOWN, **changes)


def in_mm(points):
    """Page pixels as the vessel's millimetres, section at left."""
    return [((x - AXIS_PX) * MM_PER_PX, (RIM_PX - y) * MM_PER_PX) for x, y in points]


def coordinates(lines):
    return [shapely.get_coordinates(line).tolist() for line in lines]


def test_the_exterior_is_the_outer_wall_across_the_axis():
    view = full.full_view(carinated())

    assert coordinates(view.contours) == [[pytest.approx((-x, y)) for x, y in in_mm(OUTER)]]
    assert coordinates(view.rims) == [[pytest.approx((-100, 0)), pytest.approx((100, 0))]]
    assert coordinates(view.levels) == [
        [pytest.approx((65, -50)), pytest.approx((0, -50))],
        [pytest.approx((100, -25)), pytest.approx((0, -25))],
        [pytest.approx((65, -40)), pytest.approx((0, -40))],
    ], "the standing plane, and both bends"
    assert coordinates([view.axis]) == [[pytest.approx((0, 0)), pytest.approx((0, -50))]]
    assert view.breaks == view.torn == ()


def test_the_section_stays_on_the_side_where_it_was_drawn():
    left, right = full.full_view(carinated()), full.full_view(turned(carinated()))

    assert shapely.total_bounds([polygon for _, polygon in left.sections]).tolist() == [-100, -50, 0, 0]
    assert shapely.total_bounds([polygon for _, polygon in right.sections]).tolist() == [0, -50, 100, 0]
    assert right.sections[0][1].exterior.is_ccw
    for one, other in zip(coordinates(left.contours), coordinates(right.contours), strict=True):
        assert np.asarray(other) == pytest.approx(np.asarray(one) * (-1, 1))


def test_a_sherd_is_drawn_as_far_as_it_is_preserved_and_its_torn_edges_are_marked():
    view = full.full_view(sherd())

    assert coordinates(view.contours) == [[pytest.approx((100, 0)), pytest.approx((92.5, -25))]]
    assert coordinates(view.rims) == [[pytest.approx((-100, 0)), pytest.approx((100, 0))]]
    assert coordinates(view.torn) == [[pytest.approx((92.5, -25)), pytest.approx((0, -25))]]
    assert coordinates(view.breaks) == [[pytest.approx((-92.5, -25)), pytest.approx((-82.5, -25))]]
    assert view.levels == ()


def test_of_a_vessel_cut_on_both_sides_the_left_wall_is_the_section():
    one, other = carinated(), turned(carinated())
    both = replace(
        one,
        side="both",
        edges=(*other.edges, *one.edges),
        sections=(make_section(shapely.union(one.sections[0].polygon, other.sections[0].polygon)),),
    )
    view = full.full_view(both)

    assert coordinates(view.contours) == coordinates(full.full_view(one).contours)
    (section,) = (polygon for _, polygon in view.sections)
    assert section.bounds == pytest.approx((-100, -50, 0, 0))
    assert section.area == pytest.approx(one.sections[0].polygon.area * MM_PER_PX**2)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"scale": None}, "no scale"),
        ({"measures": {}}, "not measured"),
        ({"measures": {"clay_volume_ml": Measure(None, None, "n_break")}}, "n_break"),
        ({"measures": {"clay_volume_ml": Measure(None, None, "no_axis")}}, "no_axis"),
        ({"edges": ()}, "not distinguished"),
        ({"axis": None}, "not distinguished"),
        ({"side": "unknown"}, "not distinguished"),
    ],
)
def test_what_cannot_be_turned_in_millimetres_has_none(changes, says):
    vessel = carinated(**changes)
    assert says in full.refusal(vessel)
    for draw in (svg.full_drawing, dxf.full_drawing):
        with pytest.raises(ValueError, match=says):
            draw(vessel, make_result(vessel), ALL)


def test_what_is_not_finite_is_refused():
    vessel = carinated(measures={**KNOWN, "height_mm": Measure(float("nan"))})
    for draw in (svg.full_drawing, dxf.full_drawing):
        with pytest.raises(PageError, match="not a finite number"):
            draw(vessel, make_result(vessel), ALL)


def svg_of(vessel, settings=ALL):
    return etree.fromstring(svg.full_drawing(vessel, make_result(vessel), settings))


def svg_lines(root, name):
    """The lines of a group of an SVG, y up again."""
    paths = root.xpath(f"//svg:g[@id='{name}']/svg:path/@d", namespaces=SVG)
    points = [[tuple(map(float, pair.split(","))) for pair in path[1:].split(" L")] for path in paths]
    return [[(x, -y) for x, y in line] for line in points]


def test_a_unit_of_the_svg_is_a_millimetre():
    root = svg_of(carinated())
    width, height = (float(value) for value in root.get("viewBox").split()[2:])

    assert (root.get("width"), root.get("height")) == (f"{width:g}mm", f"{height:g}mm")
    contour, *levels = svg_lines(root, "PX_OUTLINE_EXT")
    assert contour == [pytest.approx((-x, y)) for x, y in in_mm(OUTER)]
    assert len(levels) == 3
    assert svg_lines(root, "PX_RIM") == [[(-100, 0), (100, 0)]]
    bar = root.xpath("//svg:g[@id='PX_SCALEBAR']/svg:rect/@width", namespaces=SVG)
    assert sum(map(float, bar)) == 100
    assert "one unit is 1 mm" in root.findtext("svg:desc", namespaces=SVG)


def test_the_sections_outline_is_open_where_it_is_torn_and_dashed_there():
    root = svg_of(sherd(), HOLLOW)
    (outline,) = svg_lines(root, "PX_SECTION_OUTLINE")

    assert [outline[0], outline[-1]] == [pytest.approx((-82.5, -25), abs=0.01), pytest.approx((-92.5, -25), abs=0.01)]
    assert svg_lines(root, "PX_BREAK") == [[(-92.5, -25), (-82.5, -25)], [(92.5, -25), (0, -25)]]
    broken = root.xpath("//svg:g[@id='PX_BREAK']/svg:path", namespaces=SVG)
    assert all(path.get("stroke-dasharray") for path in broken)
    wall, exterior = svg_of(sherd()).xpath("//svg:g[@id='PX_BREAK']/svg:path", namespaces=SVG)
    assert not wall.get("stroke-dasharray"), "dashes nibble at a fill"
    assert exterior.get("stroke-dasharray")
    assert not root.xpath("//svg:g[@id='PX_SECTION_FILL']", namespaces=SVG)
    assert svg_of(sherd()).xpath("//svg:g[@id='PX_SECTION_FILL']/svg:path", namespaces=SVG)


def test_a_plain_drawing_has_the_exterior_but_no_words():
    vessel = carinated()
    root = svg_of(vessel, PLAIN)
    doc = ezdxf.read(io.StringIO(dxf.full_drawing(vessel, make_result(vessel), PLAIN).decode()))

    assert not root.xpath("//svg:text", namespaces=SVG)
    assert len(svg_lines(root, "PX_OUTLINE_EXT")) == 4
    assert {entity.dxf.layer for entity in doc.modelspace()} == {
        "PX_SECTION_OUTLINE", "PX_SECTION_FILL", "PX_AXIS", "PX_RIM", "PX_OUTLINE_EXT",
    }  # fmt: skip


def test_the_dxf_has_the_layers_the_tag_and_the_dimension_of_a_vessels_drawing():
    vessel = sherd(scale=Scale(MM_PER_PX, "bar", 0.01, "1:3"))
    doc = ezdxf.read(io.StringIO(dxf.full_drawing(vessel, make_result(vessel), ALL).decode()))
    space = doc.modelspace()

    assert not doc.audit().has_issues
    assert doc.header["$INSUNITS"] == 4
    assert len(space.query('LINE[layer=="PX_BREAK"]')) == len(space.query('LWPOLYLINE[layer=="PX_BREAK"]')) == 1
    (dimension,) = space.query("DIMENSION")
    assert dimension.get_measurement() == pytest.approx(200)
    (tag,) = space.query("INSERT")
    assert "plate-7_9" in [attribute.dxf.text for attribute in tag.attribs]
    assert [name for name, _ in doc.groups] == ["plate-7_9"]
    assert dxf.full_drawing(vessel, make_result(vessel), ALL) == dxf.full_drawing(vessel, make_result(vessel), ALL)


@pytest.mark.parametrize("vessel", [carinated(), turned(carinated()), sherd()], ids=["left", "right", "sherd"])
def test_gdal_reads_the_outline_as_the_outer_wall_with_x_negated(vessel, tmp_path):
    pyogrio = pytest.importorskip("pyogrio")
    if pyogrio.list_drivers().get("DXF") is None:
        pytest.skip("this GDAL has no DXF driver")
    path = tmp_path / "full.dxf"
    path.write_bytes(dxf.full_drawing(vessel, make_result(vessel), ALL))
    meta, _, geometries, columns = pyogrio.raw.read(path)
    layers = dict(zip(meta["fields"], columns, strict=True))["Layer"]
    lines: dict[str, list] = {}
    for layer, geometry in zip(layers, shapely.from_wkb(geometries), strict=True):
        lines.setdefault(layer, []).append(shapely.get_coordinates(geometry))

    contour = max(lines["PX_OUTLINE_EXT"], key=len)
    (section,) = lines["PX_SECTION_OUTLINE"]
    drawn = {tuple(point) for point in section.round(6).tolist()}
    assert {tuple(point) for point in (contour * (-1, 1)).round(6).tolist()} <= drawn
