"""Objects of Cilantro with synthetic plates as scans, and METS as generate_xml writes it."""

import json
from pathlib import Path

import cv2

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
 </mets:fileSec>
 <mets:structMap TYPE="PHYSICAL">
  <mets:div ID="struct_phys" TYPE="physSequence"><mets:fptr FILEID="PDF1"/>
{pages}
  </mets:div>
 </mets:structMap>
 <mets:structMap TYPE="LOGICAL"><mets:div ID="struct_log" DMDID="dmd001" TYPE="document"/></mets:structMap>
</mets:mets>
"""
BASE = "https://example.org/repository/file/cat1_42/"


def mets(names, base=BASE):
    """The bytes of a METS for pictures of these stems."""
    files = "\n".join(
        f'   <mets:file ID="file_{i}" MIMETYPE="image/jpeg">'
        f'<mets:FLocat LOCTYPE="URL" xlink:href="{base}data/jpg/{name}.jpg"/></mets:file>'
        for i, name in enumerate(names, 1)
    )
    pages = "\n".join(
        f'   <mets:div ID="struct_phys_{i}" ORDER="{i}" TYPE="page"><mets:fptr FILEID="file_{i}"/></mets:div>'
        for i, _ in enumerate(names, 1)
    )
    return METS.format(files=files, pages=pages, base=base).encode()


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
