"""`profilex scales`: a scale for pages that show none, from their neighbours."""

import sys
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("scales")(scales)


def scales(
    profiles: Annotated[Path, typer.Argument(metavar="PROFILES", help="The output folder of profilex batch.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The table to write; PROFILES/scales.csv by default.")
    ] = None,
) -> int:
    """Propose a scale for pages that have vessels but no scale, from the neighbouring pages of the publication.

    The table has one row for each such page. Read it, correct it where you know better, and run profilex batch again
    with --scale-table: only the pages in the table are done again. Their vessels keep the review reason
    scale_from_neighbours.

    Exit status: 0 the table is written, even if no page needs a scale; 3 some pages could not be read and are listed;
    2, 4 and 5 as for profilex batch.
    """
    from profilex.errors import Exit
    from profilex.files import write_atomic
    from profilex.reexport import Spoilt, read_profiles
    from profilex.run.progress import escaped
    from profilex.scale.neighbours import page_scale, propose, table_text
    from profilex.settings import Settings

    target = out or profiles / "scales.csv"
    folder = read_profiles(profiles)
    pages = []
    spoilt = list(folder.torn)
    for page in folder.pages():
        if isinstance(page, Spoilt):
            spoilt.append(page.message)
        elif (known := page_scale(page)) is not None:
            pages.append(known)
    proposals = propose(pages, Settings().evidence)
    write_atomic(target, table_text(proposals).encode())
    for message in spoilt:
        print(escaped(f"cannot be read: {message}"), file=sys.stderr)
    proposed = sum(proposal.mm_per_px is not None for proposal in proposals)
    summary = f"{len(proposals)} of {len(pages)} pages with vessels have no scale; proposed for {proposed}: {target}"
    print(escaped(summary), file=sys.stderr)
    return int(Exit.PAGES_FAILED if spoilt else Exit.OK)
