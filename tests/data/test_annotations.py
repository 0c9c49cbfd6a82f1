"""What CVAT writes: every shape is where it was drawn, every picture is found, and what is not read is named."""

import unicodedata
import zipfile

import cv2
import numpy as np
import pytest
from shapely import Point, Polygon, affinity, box

from profilex.correction.drawn import drawn_sections
from profilex.data.datasets import read_pages
from profilex.data.xml import parsed
from profilex.errors import Code, RunError

WIDTH, HEIGHT = 240, 200


def picture(width: int = WIDTH, height: int = HEIGHT) -> bytes:
    return cv2.imencode(".png", np.full((height, width), 240, np.uint8))[1].tobytes()


def image(*shapes: str, name: str = "a.png", size=(WIDTH, HEIGHT), more: str = "") -> str:
    return f'<image id="0" name="{name}" width="{size[0]}" height="{size[1]}" {more}>{"".join(shapes)}</image>'


def document(*images: str, root: str = "annotations") -> str:
    labels = (
        "<label><name>section</name></label><label><name>other</name></label><label><name>background</name></label>"
    )
    meta = f"<meta><task><labels>{labels}</labels></task></meta>"
    return f'<?xml version="1.0" encoding="utf-8"?><{root}><version>1.1</version>{meta}{"".join(images)}</{root}>'


SQUARE = '<polygon label="section" points="20,20;60,20;60,80;20,80" z_order="0"/>'


def export(folder, xml: str, files: dict[str, bytes] | None = None):
    """The export as a folder and as an archive."""
    folder.mkdir(exist_ok=True)
    contents = {"annotations.xml": xml.encode(), **({"images/a.png": picture()} if files is None else files)}
    with zipfile.ZipFile(folder.with_suffix(".zip"), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in contents.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            archive.writestr(name, data)
    return folder, folder.with_suffix(".zip")


def failure(source, **options) -> str:
    with pytest.raises(RunError) as caught:
        read_pages(source, **options)
    assert caught.value.code == Code.DATASET
    assert caught.value.remedy
    return str(caught.value)


def turned_box(angle: float) -> Polygon:
    return affinity.rotate(box(60, 80, 160, 110), angle)  # y points down, as CVAT's angles do


SHAPES = [
    *(
        (f'<box label="section" xtl="60" ytl="80" xbr="160" ybr="110" rotation="{angle:.2f}" z_order="0"/>',
         turned_box(angle))
        for angle in (0, 12.5, 45, 90, 180, 270, 333.3)
    ),
    *(
        (f'<ellipse label="section" cx="110" cy="90" rx="60" ry="20" rotation="{angle:.2f}" z_order="0"/>',
         affinity.rotate(affinity.scale(Point(110, 90).buffer(1, 64), 60, 20), angle, origin=(110, 90)))
        for angle in (0, 30, 90, 211)
    ),
    (SQUARE, box(20, 20, 60, 80)),
]  # fmt: skip


@pytest.mark.parametrize(("shape", "truth"), SHAPES)
def test_shapes_lie_where_they_were_drawn(tmp_path, shape, truth):
    """In a page for training and in a section that is taken back alike."""
    (page,) = read_pages(export(tmp_path / "set", document(image(shape)))[1])
    rows, columns = np.nonzero(page.marks & 1)
    assert np.count_nonzero(page.marks & 1) == pytest.approx(truth.area, rel=0.02)
    assert np.abs(np.array([columns.min(), rows.min()]) - truth.bounds[:2]).max() <= 1
    assert np.abs(np.array([columns.max() + 1, rows.max() + 1]) - truth.bounds[2:]).max() <= 1
    (section,) = drawn_sections(parsed(tmp_path / "set/annotations.xml").find("image"), ["section"])
    assert section.outline.symmetric_difference(truth).area < 0.01 * truth.area


@pytest.mark.parametrize("tag", ["points", "cuboid", "skeleton", "cloud"])
def test_shapes_that_are_not_read_are_named(tmp_path, tag):
    shape = f'<{tag} label="section" points="20,20;60,20" z_order="0"/>'
    for source in export(tmp_path / "set", document(image(shape))):
        assert f"<{tag}> of the label section is not read" in failure(source)
    of_another = shape.replace("section", "other")
    (page,) = read_pages(export(tmp_path / "two", document(image(SQUARE, of_another)))[0])
    assert np.count_nonzero(page.marks & 1) == 40 * 60


@pytest.mark.parametrize("wrong", ['xtl="1" rotation="nan"', 'xtl="1" rotation="much"', 'xtl="inf"', ""])
def test_numbers_that_are_none_are_refused(tmp_path, wrong):
    shape = f'<box label="section" {wrong} ytl="2" xbr="9" ybr="9"/>'
    message = failure(export(tmp_path / "set", document(image(shape)))[0])
    assert "<box>" in message
    assert "float" not in message


def test_tags_are_passed_over_everywhere(tmp_path):
    tag = '<tag label="section" source="manual"></tag>'
    (page,) = read_pages(export(tmp_path / "set", document(image(tag, SQUARE)))[0])
    assert np.count_nonzero(page.marks & 1) == 40 * 60
    assert len(drawn_sections(parsed(tmp_path / "set/annotations.xml").find("image"), ["section"])) == 1


@pytest.mark.parametrize("size", [(2 * WIDTH, 2 * HEIGHT), (HEIGHT, WIDTH), (WIDTH + 1, HEIGHT)])
def test_shapes_drawn_at_another_size_are_refused(tmp_path, size):
    for source in export(tmp_path / "set", document(image(SQUARE, size=size))):
        assert f"at {size[0]} x {size[1]} px and has {WIDTH} x {HEIGHT} px" in failure(source)


@pytest.mark.parametrize(
    ("images", "files"),
    [
        ([image(SQUARE, more='subset="Train"')], ["images/Train/a.png"]),
        ([image(SQUARE, more='subset="Train"'), image(SQUARE, more='subset="Test"')],
         ["images/Train/a.png", "images/Test/a.png"]),
        ([image(SQUARE, name="frame_000000")], ["images/frame_000000.PNG"]),
        ([image(SQUARE, name="frame_000001", more='subset="Val"')], ["images/Val/frame_000001.jpg"]),
        ([image(SQUARE, name="a.png")], ["a.png"]),
        ([image(SQUARE, name="b/c.png")], ["images/b/c.png"]),
        ([image(SQUARE, name=unicodedata.normalize("NFC", "Gefäß.png"))],
         ["images/" + unicodedata.normalize("NFD", "Gefäß.png")]),
        ([image(SQUARE, name=unicodedata.normalize("NFD", "Gefäß.png"))],
         ["images/" + unicodedata.normalize("NFC", "Gefäß.png")]),
    ],
)  # fmt: skip
def test_pictures_are_found_where_cvat_lays_them(tmp_path, images, files):
    for source in export(tmp_path / "set", document(*images), dict.fromkeys(files, picture())):
        pages = read_pages(source)
        assert len(pages) == len(images)
        assert len({page.name for page in pages}) == len(images)
        assert all(np.count_nonzero(page.marks & 1) == 40 * 60 for page in pages)


def test_a_picture_that_two_tasks_annotate_is_refused(tmp_path):
    xml = document(image(SQUARE, more='task_id="1"'), image(SQUARE, more='task_id="2"'))
    assert "annotated twice" in failure(export(tmp_path / "set", xml)[0])


@pytest.mark.parametrize(
    ("xml", "files", "says"),
    [
        (document(image(SQUARE)), {}, "has no pictures"),
        (document(image(SQUARE)), {"images/b.png": picture()}, "where 1 others are"),
        (
            document('<track id="0" label="section"><polygon frame="0" points="1,1;2,2;3,1"/></track>'),
            None,
            "for video",
        ),
        (document(), None, "has no pictures"),
        (document(image(SQUARE), root="annotation"), None, "a.png")
        if False
        else ("<annotation/>", None, "<annotation>"),
    ],
)
def test_each_cause_has_its_own_message(tmp_path, xml, files, says):
    for source in export(tmp_path / "set", xml, files):
        assert says in failure(source)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "latin-1"])
def test_document_types_are_refused_in_any_encoding(tmp_path, encoding):
    folder, _ = export(tmp_path / "set", document(image(SQUARE)))
    bomb = '<!DOCTYPE a [<!ENTITY b "ten"><!ENTITY c "&b;&b;&b;&b;">]>'
    head = f'<?xml version="1.0" encoding="{encoding.partition("-le")[0]}"?>'
    mark = "\ufeff" if encoding == "utf-16-le" else ""
    xml = document(image(SQUARE)).partition("?>")[2]
    (folder / "annotations.xml").write_bytes(f"{mark}{head}{bomb}{xml}".encode(encoding))
    assert "document type" in failure(folder)


def test_a_file_of_another_folder_is_not_read_by_an_entity(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    folder, _ = export(tmp_path / "set", document(image(SQUARE)))
    xml = document(image(SQUARE)).replace("<annotations>", f'<!DOCTYPE a [<!ENTITY b SYSTEM "{secret}">]><annotations>')
    (folder / "annotations.xml").write_text(xml)
    assert "document type" in failure(folder)


@pytest.mark.parametrize(
    ("files", "name"),
    [
        ({"annotations/instances_default.json": b"{}", "images/default/a.png": picture()}, "COCO"),
        ({"data.yaml": b"names: [section]", "labels/train/a.txt": b"0 .1 .1 .2 .2"}, "YOLO"),
        ({"Annotations/a.xml": b"<annotation/>", "JPEGImages/a.png": picture()}, "Pascal VOC"),
    ],
)
def test_other_formats_of_annotation_tools_are_named(tmp_path, files, name):
    for path, data in files.items():
        (tmp_path / "set" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "set" / path).write_bytes(data)
    assert f"in the format of {name}" in failure(tmp_path / "set")
