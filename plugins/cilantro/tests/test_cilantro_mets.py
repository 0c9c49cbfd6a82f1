"""METS with profiles: valid, the same when repeated, and only for pages that it has."""

import pytest
import xmlschema
from lxml import etree
from profilex_cilantro.mets import Linked, with_profiles

from profilex.plugins import RunError
from tests.helpers.cilantro_objects import mets, mets_schema

NS = {"mets": "http://www.loc.gov/METS/"}
DXF = Linked("data/dxf/a_v001.dxf", "0" * 64, "a.tif", 0)
SVG = Linked("data/svg/ä b_v001.svg", "1" * 64, "ä b.tif", 0)

LAUGHS = b"<!DOCTYPE m [<!ENTITY a0 'ha'>%s]><m>&a40;</m>" % b"".join(
    b"<!ENTITY a%d '&a%d;&a%d;'>" % (n, n - 1, n - 1) for n in range(1, 41)
)


def pointers(document, page):
    root = etree.fromstring(document)
    return [pointer.get("FILEID") for pointer in root.find(f".//mets:div[@ID='struct_phys_{page}']", NS)]


def test_profiles_are_linked_to_their_pages_and_the_whole_is_valid():
    document = with_profiles(mets(["a", "ä b"]), [DXF, SVG])
    mets_schema().validate(document.decode())
    assert pointers(document, 1) == ["file_1", "thumb_file_1", DXF.identifier]
    assert pointers(document, 2) == ["file_2", "thumb_file_2", SVG.identifier]


def test_the_schema_knows_a_pointer_to_nothing():
    with pytest.raises(xmlschema.XMLSchemaValidationError, match="thumb_file_1"):
        mets_schema().validate(mets(["a"], thumbnails=False).decode())


def test_a_repeated_delivery_gives_the_same_bytes_and_a_smaller_one_leaves_nothing_behind():
    once = with_profiles(mets(["a", "ä b"]), [DXF, SVG])
    assert with_profiles(once, [DXF, SVG]) == once
    fewer = with_profiles(once, [DXF])
    assert pointers(fewer, 2) == ["file_2", "thumb_file_2"]
    assert "PROFILES" not in with_profiles(once, []).decode()


def test_addresses_are_like_those_of_the_object_and_relative_where_it_has_none():
    assert b"https://example.org/repository/file/cat1_1373246/data/dxf/a_v001.dxf" in with_profiles(mets(["a"]), [DXF])
    assert b'href="data/dxf/a_v001.dxf"' in with_profiles(mets(["a"], base=""), [DXF])


def test_frames_of_a_scan_go_to_its_divs_in_order():
    second = Linked("data/dxf/a_1.dxf", "2" * 64, "a.tif", 1)
    document = with_profiles(mets(["a", "a"]), [DXF, second])
    assert pointers(document, 1) == ["file_1", "thumb_file_1", DXF.identifier]
    assert pointers(document, 2) == ["file_2", "thumb_file_2", second.identifier]


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (mets(["other"]), "a.tif: mets.xml has no page"),
        (b"<mets", "cannot be read"),
        (b"<html/>", "is no METS"),
        (b'<!DOCTYPE m [<!ENTITY e "x">]><m>&e;</m>', "declares a document type"),
        (b'<!DOCTYPE m SYSTEM "file:///etc/passwd"><m/>', "declares a document type"),
        (LAUGHS, "cannot be read|declares a document type"),
    ],
)
def test_other_documents_are_refused(document, says):
    with pytest.raises(RunError, match=says):
        with_profiles(document, [DXF])
