"""XML from others, without document types: entities can expand without bound, and lead to other files."""

from pathlib import Path
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from profilex.errors import Code, RunError
from profilex.files.names import printable_source


class _DocumentType(Exception):
    """The document declares a type."""


def parsed(path: Path) -> Element:
    """The root of an annotations.xml, in any encoding that it declares.

    Raises:
        RunError: code `dataset`, if it cannot be read, is not XML, or declares a document type.
    """
    name = printable_source(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RunError(Code.DATASET, f"{name} cannot be read ({error.strerror}).", "Name an export of CVAT.") from error
    try:
        return _root(data)
    except _DocumentType as error:  # CVAT never writes one
        raise RunError(Code.DATASET, f"{name} declares a document type.", "Export the annotations again.") from error
    except expat.ExpatError as error:
        place = f"line {error.lineno}"
        raise RunError(Code.DATASET, f"{name} is not XML ({place}).", "Export the annotations again.") from error
    except (ValueError, LookupError) as error:
        raise RunError(Code.DATASET, f"{name} is not XML.", "Export the annotations again.") from error


def _root(data: bytes) -> Element:
    builder = TreeBuilder()
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise _DocumentType

    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.Parse(data, True)
    return builder.close()
