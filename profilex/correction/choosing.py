"""The choice of pages of an output folder for correction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from profilex.errors import Code, RunError
from profilex.types import PageResult, Record

REVIEW, ALL = "review", "all"


@dataclass(frozen=True, slots=True)
class Choice:
    """Pages with doubtful vessels (REVIEW) or ALL pages; only `pages` if these are named, and at most `limit`.

    `pages` are sources, or `source#frame` for one frame of a file; named pages are taken regardless of `which`.
    """

    which: str = REVIEW
    pages: tuple[str, ...] = ()
    limit: int | None = None


def chosen_pages(pages: Iterable[PageResult], choice: Choice) -> list[PageResult]:
    """The pages of a choice, by source and frame; with a limit, those with the most doubtful vessels.

    Raises:
        RunError: usage, if a named page is not among `pages`.
    """
    known = list(pages)
    if choice.pages:
        wanted = set(choice.pages)
        found = [page for page in known if _names(page) & wanted]
        if strangers := sorted(wanted - {name for page in found for name in _names(page)}):
            raise RunError(
                Code.USAGE,
                f"{strangers[0]}: no finished page has this name, nor {len(strangers) - 1} other names.",
                "Name pages as in the column source_file of profiles.csv, frames as SOURCE#FRAME.",
            )
    else:
        found = [page for page in known if choice.which == ALL or _doubtful(page)]
    found.sort(key=lambda page: (-_doubtful(page), page.ref.source, page.ref.frame))
    return sorted(found[: choice.limit], key=lambda page: (page.ref.source, page.ref.frame))


def listed_pages(path: Path) -> tuple[str, ...]:
    """The pages that a text file lists, one on each line.

    Raises:
        RunError: it cannot be read, or lists none.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise RunError(Code.USAGE, f"{path.name}: cannot be read ({error}).", "Name a text file.") from error
    names = tuple(line.strip() for line in lines if line.strip())
    if not names:
        raise RunError(Code.USAGE, f"{path.name}: lists no page.", "Write one page on each line.")
    return names


def _names(page: PageResult) -> set[str]:
    return {page.ref.source, f"{page.ref.source}#{page.ref.frame}"}


def _doubtful(page: PageResult) -> int:
    return sum(bool(vessel.review) for vessel in page.vessels)


def picture_names(pages: Sequence[PageResult | Record]) -> list[str]:
    """The name of each page's picture in the task: its scan without suffix, so that a book stays together.

    Scans that differ only in their suffix keep it; frames of a file are in a folder of its name.
    """
    plain = [_picture_name(page, keep_suffix=False) for page in pages]
    folded = [name.casefold() for name in plain]
    return [
        name if folded.count(name.casefold()) == 1 else _picture_name(page, keep_suffix=True)
        for name, page in zip(plain, pages, strict=True)
    ]


def _picture_name(page: PageResult | Record, *, keep_suffix: bool) -> str:
    ref = page.ref if isinstance(page, PageResult) else page
    folder = PurePosixPath(ref.folder)
    is_frame = len(folder.parts) > len(PurePosixPath(ref.source).parts)
    scan = folder.parent if is_frame else folder
    stem = scan if keep_suffix else scan.with_suffix("")
    return f"{stem}/{folder.name}.png" if is_frame else f"{stem}.png"
