"""Objects of Cilantro with synthetic plates as scans, METS as generate_xml writes it, and the schema of METS."""

import functools
import json
import re
from importlib.metadata import distribution
from pathlib import Path

import cv2
import xmlschema

from profilex.synth import draw_page

METS = """<?xml version="1.0" encoding="UTF-8"?>
<mets:mets xmlns:mets="http://www.loc.gov/METS/" xmlns:xlink="http://www.w3.org/1999/xlink">
 <mets:dmdSec ID="dmd001">
  <mets:mdWrap MDTYPE="MODS"><mets:xmlData><title>Plates</title></mets:xmlData></mets:mdWrap>
 </mets:dmdSec>
 <mets:fileSec>
  <mets:fileGrp USE="DEFAULT">
{files}
   <mets:file ID="PDF1" MIMETYPE="application/pdf">
    <mets:FLocat LOCTYPE="URL" xlink:href="{base}data/pdf/merged.pdf"/>
   </mets:file>
  </mets:fileGrp>
{thumbs}
 </mets:fileSec>
 <mets:structMap TYPE="PHYSICAL">
  <mets:div ID="struct_phys" TYPE="physSequence"><mets:fptr FILEID="PDF1"/>
{pages}
  </mets:div>
 </mets:structMap>
 <mets:structMap TYPE="LOGICAL"><mets:div ID="struct_log" DMDID="dmd001" TYPE="document"/></mets:structMap>
</mets:mets>
"""
XLINK = "http://www.w3.org/1999/xlink"
_XLINK = ("type", "href", "role", "arcrole", "title", "show", "actuate", "label", "from", "to")
_XLINK_ADDRESS = ' schemaLocation="http://www.loc.gov/standards/xlink/xlink.xsd"'
BASE = "https://example.org/repository/file/cat1_1373246/"


@functools.cache
def mets_schema() -> xmlschema.XMLSchema:
    """METS as the Library of Congress publishes it, out of the package metsrw; unlike lxml's it checks IDREFs.

    Its import of XLink would be fetched from the web; what it refers to is declared here, after the recommendation
    XML Linking Language 1.0, 3.2.
    """
    mets_xsd = distribution("metsrw").locate_file("metsrw/resources/mets.xsd")
    text = Path(str(mets_xsd)).read_text(encoding="utf-8")
    names = sorted(set(re.findall(r'ref="xlink:(\w+)"', text)))
    attributes = "".join(f'<xs:attribute name="{name}" type="xs:string"/>' for name in _XLINK)
    group = "".join(f'<xs:attribute ref="xlink:{name}"/>' for name in _XLINK)
    groups = "".join(
        f'<xs:attributeGroup name="{name}">{group}</xs:attributeGroup>' for name in names if name.endswith("Link")
    )
    xlink = (
        f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xlink="{XLINK}" targetNamespace="{XLINK}">'
        f"{attributes}{groups}</xs:schema>"
    )
    return xmlschema.XMLSchema([xlink, text.replace(_XLINK_ADDRESS, "")])


def mets(names, base=BASE, *, thumbnails=True):
    """The bytes of a METS for pictures of these stems; every page points to a thumbnail, there or not."""
    files = "\n".join(_file(f"file_{i}", f"{base}data/jpg/{name}.jpg") for i, name in enumerate(names, 1))
    thumbs = "\n".join(_file(f"thumb_file_{i}", f"{base}data/jpg/{name}.jpg") for i, name in enumerate(names, 1))
    pages = "\n".join(
        f'   <mets:div ID="struct_phys_{i}" ORDER="{i}" TYPE="page"><mets:fptr FILEID="file_{i}"/>'
        f'<mets:fptr FILEID="thumb_file_{i}"/></mets:div>'
        for i, _ in enumerate(names, 1)
    )
    group = f'  <mets:fileGrp USE="THUMBS">\n{thumbs}\n  </mets:fileGrp>' if thumbnails else ""
    return METS.format(files=files, thumbs=group, pages=pages, base=base).encode()


def _file(identifier, address):
    return (
        f'   <mets:file ID="{identifier}" MIMETYPE="image/jpeg">'
        f'<mets:FLocat LOCTYPE="URL" xlink:href="{address}"/></mets:file>'
    )


def make_object(home: Path, plates: dict[str, int | None]) -> Path:
    """An object with a synthetic plate for every stem (None: a damaged file)."""
    scans = home / "data" / "tif"
    scans.mkdir(parents=True)
    (home / "meta.json").write_text(json.dumps({"title": "Plates"}))
    for name, seed in plates.items():
        path = scans / f"{name}.tif"
        if seed is None:
            path.write_bytes(b"II*\0 no scan")
        else:
            cv2.imwrite(str(path), draw_page(seed, kind="item", style="solid").grey)
    (home / "mets.xml").write_bytes(mets(list(plates)))
    return home
