"""The tables of docs/formats.md that the code declares: `python -m tests.helpers.format_tables` writes them again."""

import re
from pathlib import Path

from profilex.export.columns.fields import FIELDS
from profilex.export.dxf.document import LAYERS

FORMATS = Path(__file__).parents[2] / "docs" / "formats.md"

_LAYER_CONTENTS = {
    "PX_SECTION_OUTLINE": "outlines of the sections: closed polylines, one a ring; the master geometry",
    "PX_SECTION_FILL": "their fill: a hatch a section, holes left out; not with `--no-fill`",
    "PX_OUTLINE_EXT": "the contour seen from outside, on the side without a section: the outer wall's mirror image",
    "PX_AXIS": "the axis",
    "PX_RIM": "the rim line",
    "PX_BREAK": "the break edges of fragments: open polylines, a stretch of the outline each",
    "PX_DIMENSION": "the rim diameter",
    "PX_TEXT": "the vessel's name, and its tag",
    "PX_SCALEBAR": "a metric bar; in page.dxf the scale bars of the plate",
    "PX_FRAME": "the edge of the scan, in page.dxf",
    "PX_VIEWPORT": "the viewport of the layout; not plotted",
}


def fields_table() -> str:
    """Every exported property with its type, unit, places and meaning."""
    rows = [
        f"| `{field.name}` | {field.type} | {field.unit} | {', '.join(field.places)} | {field.meaning} |"
        for field in FIELDS
    ]
    return "\n".join(["| name | type | unit | of | meaning |", "|---|---|---|---|---|", *rows])


def layers_table() -> str:
    """Every layer of a DXF with its contents and linetype; a layer without words here fails."""
    rows = [
        f"| `{name}` | {_LAYER_CONTENTS[name]} | {style.get('linetype', 'CONTINUOUS')} |"
        for name, style in LAYERS.items()
    ]
    return "\n".join(["| layer | contents | linetype |", "|---|---|---|", *rows])


def with_tables(text: str) -> str:
    """The text of formats.md with fresh tables between their markers."""
    for name, table in (("fields", fields_table()), ("layers", layers_table())):
        pattern = rf"(<!-- {name}: [^>]*-->\n).*?(<!-- end of {name} -->)"
        text, count = re.subn(pattern, lambda found, table=table: f"{found[1]}{table}\n{found[2]}", text, flags=re.S)
        if count != 1:
            raise ValueError(f"formats.md lacks the markers of {name}")
    return text


if __name__ == "__main__":
    FORMATS.write_text(with_tables(FORMATS.read_text()))
