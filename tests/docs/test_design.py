"""docs/design.md lists the rooms as the code has them; prose is wrapped, so that changes can be reviewed."""

import pytest

from tests.helpers.documents import DOCUMENTS, prose
from tests.helpers.rooms import DESIGN, with_rooms

WIDTH = 100
UNWRAPPED = ("cli.md",)


def test_the_table_of_rooms_is_fresh():
    text = DESIGN.read_text()
    fresh = text == with_rooms(text)
    assert fresh, "write it again: python tests/helpers/rooms.py"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_prose_is_wrapped(document):
    if document.name in UNWRAPPED:
        return
    lines = [line for line in prose(document.read_text()).splitlines() if not line.startswith(("|", "![", "<!--"))]
    assert [line for line in lines if len(line) > WIDTH and " " in line.strip(" -")] == []
