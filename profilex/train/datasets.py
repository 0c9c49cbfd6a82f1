"""Data sets in the layouts that annotation tools write, read as annotated pages."""

from pathlib import Path

from profilex.errors import Code, RunError
from profilex.train.pages import AnnotatedPage, read_synthetic_folder


def read_pages(source: Path, *, limit: int | None = None) -> list[AnnotatedPage]:
    """Read the pages of a data set, at most `limit`, whatever its layout.

    Raises:
        RunError: code `dataset`, when the layout is unknown or a file is missing or damaged.
    """
    if (source / "index.jsonl").is_file():
        return read_synthetic_folder(source, limit=limit)
    raise RunError(Code.DATASET, f"{source} is no data set that profilex knows.", "See docs/training.md.")
