"""`profilex correct`: doubtful pages go to CVAT, and come back as training data."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="A summary for machines on stdout.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    correct = typer.Typer(
        no_args_is_help=True, rich_markup_mode=None, help="Correct outlines in CVAT; corrections of several people."
    )
    correct.command("send")(send)
    correct.command("take")(take)
    correct.command("merge")(merge)
    correct.command("list")(list_)
    app.add_typer(correct, name="correct")


def send(
    profiles: Annotated[Path, typer.Argument(metavar="PROFILES", help="The output folder of profilex batch.")],
    scans: Annotated[list[Path], typer.Option("--scans", help="The scans, as given to profilex batch.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the files of the task.")],
    all_: Annotated[bool, typer.Option("--all", help="Every page, not only those to be reviewed.")] = False,
    pages: Annotated[
        Path | None,
        typer.Option("--pages", metavar="FILE", help="Only the pages listed in a text file, one a line."),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most this many pages, the most doubtful ones.")] = None,
    masks: Annotated[bool, typer.Option("--masks", help='Also write them as "Segmentation mask 1.1".')] = False,
    as_json: AsJson = False,
) -> int:
    """Write doubtful pages as a task for CVAT: pictures, labels, and the outlines as polygons.

    Create the task from images.zip with the labels of labels.json, then upload annotations.xml as "CVAT 1.1".

    Exit status: 0 all chosen pages; 3 some scans are missing or have changed; 2, 4 and 5 as for profilex batch.
    """
    from profilex.correction import ALL, REVIEW, Choice, listed_pages, write_task
    from profilex.errors import Exit
    from profilex.reexport import read_profiles
    from profilex.run.progress import escaped

    choice = Choice(ALL if all_ else REVIEW, listed_pages(pages) if pages else (), limit)
    task = write_task(read_profiles(profiles), scans, choice, out, masks=masks)
    for message in task.left_out:
        print(escaped(f"left out: {message}"), file=sys.stderr)
    vessels = sum(picture.vessels for picture in task.pictures)
    if as_json:
        typer.echo(json.dumps({"pages": len(task.pictures), "vessels": vessels, "left_out": list(task.left_out)}))
    else:
        print(escaped(f"{len(task.pictures)} pages with {vessels} vessels in {out}"), file=sys.stderr)
    return int(Exit.PAGES_FAILED if task.left_out else Exit.OK)


def take(
    export: Annotated[
        Path, typer.Argument(metavar="EXPORT", help='The task as "CVAT for images 1.1": a zip, folder or XML.')
    ],
    task: Annotated[Path, typer.Option("--task", help="The folder that profilex correct send wrote.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the data set.")],
    label: Annotated[
        list[str] | None,
        typer.Option("--label", metavar="NAME=CHANNEL", help="Channel of a label of CVAT; repeatable."),
    ] = None,
    profiles: Annotated[
        Path | None,
        typer.Option("--profiles", help="The output folder of the task: its corrections.jsonl takes the changes."),
    ] = None,
    reviewer: Annotated[str, typer.Option("--reviewer", metavar="NAME", help="Who corrected, with --profiles.")] = "",
    as_json: AsJson = False,
) -> None:
    """Turn an export from CVAT into a data set for profilex retrain, and list the changes.

    The pictures are those that were sent; the export need not contain them.
    """
    from profilex.cli.train import label_channels
    from profilex.correction import KINDS, bring_back
    from profilex.decisions import Person
    from profilex.run.progress import escaped

    returned = bring_back(export, task, out, label_channels(label), profiles=profiles, person=Person(reviewer))
    counts = {kind: returned.count(kind) for kind in KINDS}
    for name in returned.missing:
        print(escaped(f"did not come back: {name}"), file=sys.stderr)
    if as_json:
        summary = {"pages": len(returned.pages), "sections": counts, "missing": list(returned.missing)}
        typer.echo(json.dumps(summary | ({"decisions": returned.decisions} if profiles else {})))
    else:
        words = ", ".join(f"{count} {kind}" for kind, count in counts.items())
        print(escaped(f"{len(returned.pages)} pages in {out}; sections: {words}"), file=sys.stderr)


def merge(
    profiles: Annotated[Path, typer.Argument(metavar="PROFILES", help="The output folder of profilex batch.")],
    others: Annotated[
        list[Path], typer.Argument(metavar="OTHERS...", help="corrections.jsonl of other people, or their folders.")
    ],
    as_json: AsJson = False,
) -> int:
    """Take in what other people decided about the same scans on copies of the folder.

    The order in which files are taken in does not matter, nor does taking one in twice. Where two people decided
    differently, the vessel is marked disputed until one of them settles it in profilex review.

    Exit status: 0 all fits; 3 somebody should look again; 2, 4 and 5 as for profilex batch.
    """
    from profilex.decisions import NAME, DecisionLog, read_file
    from profilex.errors import Code, RunError

    log = DecisionLog(profiles)
    added = 0
    for other in others:
        path = other / NAME if other.is_dir() else other
        found = read_file(path)
        if found.problems or not path.is_file():
            reason = found.problems[0] if found.problems else "is not there"
            raise RunError(Code.NO_INPUT, f"{path}: {reason}.", "Nothing of it was taken in.")
        added += len(log.append(found.events))
    return _show_misfits(profiles, f"{added} decisions were added", as_json)


def list_(
    profiles: Annotated[Path, typer.Argument(metavar="PROFILES", help="The output folder of profilex batch.")],
    as_json: AsJson = False,
) -> int:
    """List decisions that no longer fit what the model finds, or that people disagree about; write profiles.csv.

    Exit status: 0 all fits; 3 somebody should look again; 2, 4 and 5 as for profilex batch.
    """
    return _show_misfits(profiles, "", as_json)


def _show_misfits(profiles: Path, words: str, as_json: bool) -> int:
    from dataclasses import asdict

    from profilex.errors import Exit
    from profilex.reexport import refresh_table
    from profilex.run.progress import escaped

    found = refresh_table(profiles)
    if as_json:
        typer.echo(json.dumps([asdict(misfit) for misfit in found]))
    for misfit in () if as_json else found:
        print(escaped(f"{misfit.source}#{misfit.frame} {misfit.vessel}: {misfit.message}"), file=sys.stderr)
    if words:
        print(escaped(words), file=sys.stderr)
    return int(Exit.PAGES_FAILED if found else Exit.OK)
