"""The profiles in an object's METS: one file group, and pointers from the divs of the pages."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import quote, unquote, urlsplit

from lxml import etree

from profilex.plugins import Code, RunError

METS, XLINK = "http://www.loc.gov/METS/", "http://www.w3.org/1999/xlink"
MIME = {".dxf": "image/vnd.dxf", ".geojson": "application/geo+json", ".svg": "image/svg+xml"}
USE, _PREFIX = "PROFILES", "PROFILE_"


@dataclass(frozen=True, slots=True)
class Linked:
    """A file of the group: its path in the object, its digest, and the scan and frame that it was drawn from."""

    path: str
    sha256: str
    source: str
    frame: int

    @property
    def identifier(self) -> str:
        """An xml:id that is the same whenever the path is."""
        return _PREFIX + hashlib.sha256(self.path.encode()).hexdigest()[:24]


def with_profiles(document: bytes, files: Sequence[Linked]) -> bytes:
    """The METS with exactly these files in its group of profiles, whatever the group held before.

    Raises:
        RunError: it is no METS, or a file's page has no div in the physical structMap.
    """
    root = _parsed(document)
    _remove_profiles(root)
    pages, base = _pages(root), _base(root)
    if files:
        section = root.find(_tag("fileSec"))
        group = etree.SubElement(section, _tag("fileGrp"), USE=USE)
        for file in files:
            _add_file(group, file, base)
            _point(_page_of(file, pages), file)
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8") + b"\n"


def _parsed(document: bytes) -> etree._Element:
    try:
        root = etree.fromstring(document, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise RunError(Code.PLUGIN, f"mets.xml cannot be read: {error}.", "Let generate_xml write it again.") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise RunError(
            Code.PLUGIN,
            "mets.xml declares a document type.",
            "Let generate_xml write it again.",
        )
    if root.tag != _tag("mets") or root.find(_tag("fileSec")) is None:
        raise RunError(Code.PLUGIN, "mets.xml is no METS with a fileSec.", "Let generate_xml write it again.")
    return root


def _remove_profiles(root: etree._Element) -> None:
    for group in list(root.iterfind(f"{_tag('fileSec')}/{_tag('fileGrp')}[@USE='{USE}']")):
        gone = {file.get("ID") for file in group.iter(_tag("file"))}
        for pointer in [p for p in root.iter(_tag("fptr")) if p.get("FILEID") in gone]:
            pointer.getparent().remove(pointer)
        group.getparent().remove(group)


def _pages(root: etree._Element) -> Mapping[str, Sequence[etree._Element]]:
    """Divs of the physical structMap by the stem of every file that they point to, in the map's order."""
    stems = {file.get("ID"): stem for file in root.iter(_tag("file")) for stem in _stems(file)}
    found: dict[str, list[etree._Element]] = {}
    for structure in root.iterfind(_tag("structMap")):
        if (structure.get("TYPE") or "").casefold() != "physical":
            continue
        for div in structure.iter(_tag("div")):
            names = {stems[p.get("FILEID")] for p in div.findall(_tag("fptr")) if p.get("FILEID") in stems}
            for name in names:
                found.setdefault(name, []).append(div)
    return found


def _stems(file: etree._Element) -> Iterator[str]:
    for address in _addresses(file):
        yield PurePosixPath(unquote(urlsplit(address).path)).stem


def _addresses(element: etree._Element) -> Iterator[str]:
    for location in element.iter(_tag("FLocat")):
        yield location.get(f"{{{XLINK}}}href", "")


def _base(root: etree._Element) -> str:
    """What stands before data/ in the addresses of the object's other files: that of a repository, or nothing."""
    before = Counter(address[: address.rindex("/data/") + 1] for address in _addresses(root) if "/data/" in address)
    return before.most_common(1)[0][0] if before else ""


def _page_of(file: Linked, pages: Mapping[str, Sequence[etree._Element]]) -> etree._Element:
    """A scan of several frames has a div for each, or one for all."""
    divs = pages.get(PurePosixPath(file.source).stem, ())
    if len(divs) == 1:
        return divs[0]
    if file.frame < len(divs):
        return divs[file.frame]
    raise RunError(
        Code.PLUGIN,
        f"{file.source}: mets.xml has no page for it in its physical structMap.",
        "The METS is of other scans; let generate_xml write it again.",
    )


def _add_file(group: etree._Element, file: Linked, base: str) -> None:
    mime = MIME[PurePosixPath(file.path).suffix]
    entry = etree.SubElement(
        group, _tag("file"), ID=file.identifier, MIMETYPE=mime, CHECKSUM=file.sha256, CHECKSUMTYPE="SHA-256"
    )
    location = etree.SubElement(entry, _tag("FLocat"), LOCTYPE="URL")
    location.set(f"{{{XLINK}}}href", base + quote(file.path))


def _point(div: etree._Element, file: Linked) -> None:
    """A div holds its pointers before the divs below it, as the schema's order wants."""
    pointer = etree.Element(_tag("fptr"), FILEID=file.identifier)
    places = [index for index, child in enumerate(div) if child.tag in (_tag("fptr"), _tag("mptr"))]
    div.insert(places[-1] + 1 if places else 0, pointer)


def _tag(name: str) -> str:
    return f"{{{METS}}}{name}"
