"""The report of an output folder, read back and written as one file of HTML."""

import os
from pathlib import Path

from profilex.export import report
from profilex.files import write_atomic
from profilex.reexport.folder import Profiles, Spoilt
from profilex.types import PageResult


def write_report(profiles: Profiles, target: Path) -> report.Overview:
    """Write the report of `profiles` to the file `target`, and return its contents.

    Its links to previews, drawings and page.geojson are relative to the report's own folder.

    Raises:
        RunError: the file cannot be written.
    """
    pages: list[PageResult] = []
    spoilt: list[str] = []
    for page in profiles.pages(with_rejected=True):
        if isinstance(page, Spoilt):
            spoilt.append(page.message)
        else:
            pages.append(page)
    overview = report.Overview(
        run=profiles.run,
        pages=tuple(pages),
        records=profiles.done,
        failed=profiles.failed,
        torn=profiles.torn,
        spoilt=tuple(spoilt),
        base=os.path.relpath(profiles.folder.resolve(), target.resolve().parent),
    )
    write_atomic(target, report.document(overview))
    return overview
