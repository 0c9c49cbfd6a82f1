"""Links and pictures of the documents lead somewhere, and every document can be reached from the README."""

from pathlib import Path

import pytest

from tests.helpers.documents import DOCUMENTS, ROOT, anchors, links


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_resolve(document):
    missing = []
    for link in links(document.read_text()):
        path, _, anchor = link.partition("#")
        if "://" in path:
            continue
        target = document.parent / path if path else document
        if not target.exists() or (anchor and anchor not in anchors(target.read_text())):
            missing.append(link)
    assert missing == []


def test_every_document_can_be_reached():
    reached: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        document = waiting.pop()
        if document in reached:
            continue
        reached.add(document)
        targets = [(document.parent / link.partition("#")[0]).resolve() for link in links(document.read_text())]
        waiting += [target for target in targets if target.suffix == ".md" and target.is_file()]
    assert [path.name for path in DOCUMENTS if path.resolve() not in reached] == []


def test_pictures_are_small_and_shown():
    shown = {
        (path.parent / link).resolve() for path in DOCUMENTS for link in links(path.read_text()) if "://" not in link
    }
    for picture in (ROOT / "docs" / "images").iterdir():
        assert picture.stat().st_size < 300_000, picture.name
        assert picture.resolve() in shown, f"{picture.name} stands in no document"
