"""`profilex synth`: draw plates with truth."""

from pathlib import Path
from typing import Annotated

import typer

from profilex.errors import Code, RunError


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("synth")(synth)


def synth(
    out: Annotated[Path, typer.Option("--out", help="Folder for pages, masks and truth.")],
    pages: Annotated[int, typer.Option("--pages", min=1, help="How many pages.")] = 100,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same pages.")] = 1,
    style: Annotated[
        str | None, typer.Option("--style", help="solid, outline, hatched, toned or ink; mixed by default.")
    ] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", help="plate, item, mixed, negative or book; all but books by default.")
    ] = None,
    school: Annotated[
        list[str] | None, typer.Option("--school", help="Only drawings of this school; can be given several times.")
    ] = None,
    feature: Annotated[
        list[str] | None, typer.Option("--feature", help="With this feature wherever it is possible; several times.")
    ] = None,
    workers: Annotated[int, typer.Option("--workers", min=0, help="Processes; 0 uses every core.")] = 0,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> None:
    """Draw synthetic catalogue pages with pixel and vector truth, in a layout that trains here and opens in CVAT."""
    from tqdm import tqdm

    from profilex.synth import BOOK, KINDS, SECTION_STYLES, write_dataset
    from profilex.synth.conventions.features import BY_NAME
    from profilex.synth.conventions.schools import BY_SCHOOL

    asked: list[tuple[str | None, tuple[str, ...], str]] = [
        (style, SECTION_STYLES, "style"),
        (kind, (*KINDS, BOOK), "kind"),
    ]
    asked += [(name, tuple(BY_SCHOOL), "school") for name in school or ()]
    asked += [(name, tuple(BY_NAME), "feature") for name in feature or ()]
    for value, known, what in asked:
        if value is not None and value not in known:
            raise RunError(Code.USAGE, f"there is no {what} {value!r}.", f"Choose one of: {', '.join(known)}.")
    out.mkdir(parents=True, exist_ok=True)
    entries = write_dataset(out, pages, seed, style, kind, workers, features=feature or (), schools=school or ())
    total = sum(entry["vessels"] for entry in tqdm(entries, total=pages, unit="page", disable=True if quiet else None))
    typer.echo(f"{pages} pages with {total} vessels in {out}")
