"""`profilex report`: an output folder as one page of HTML."""

import sys
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("report")(report)


def report(
    profiles: Annotated[Path, typer.Argument(metavar="PROFILES", help="The output folder of profilex batch.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The file to write; PROFILES/report.html by default.")
    ] = None,
) -> int:
    """Write one self-contained HTML page to look through the profiles: sort, filter, search, print.

    The page holds every drawing and measure and opens without a network connection; it links to previews, drawings and
    page.geojson by relative paths.

    Exit status: 0 the report has all pages; 3 some could not be read and are listed; 2, 4 and 5 as for profilex batch.
    """
    from profilex.errors import Exit
    from profilex.reexport import read_profiles, write_report
    from profilex.run.progress import escaped

    target = out or profiles / "report.html"
    overview = write_report(read_profiles(profiles), target)
    for message in (*overview.torn, *overview.spoilt):
        print(escaped(f"cannot be read: {message}"), file=sys.stderr)
    print(escaped(f"{overview.vessels} vessels on {len(overview.pages)} pages in {target}"), file=sys.stderr)
    return int(Exit.PAGES_FAILED if overview.torn or overview.spoilt else Exit.OK)
