"""`profilex models`: the installed models, their cards, and the check of their bytes."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from profilex.evaluation.calibrate import Reliability
    from profilex.model import Segmenter
    from profilex.vessel import Calibration

Name = Annotated[str | None, typer.Argument(metavar="MODEL", help="Name or folder; the shipped model by default.")]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    models = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="The networks that profilex can use.")
    models.command("list")(list_)
    models.command("show")(show)
    models.command("verify")(verify)
    models.command("promote")(promote)
    models.command("calibrate")(calibrate)
    models.command("average")(average)
    models.command("measure")(measure)
    app.add_typer(models, name="models")


def list_(
    folders: Annotated[
        list[Path] | None, typer.Argument(metavar="[FOLDERS]...", help="Also the models in these folders.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List models by name, with what they are: the shipped ones, then your own.

    Your own models have names if they are in the folder that the last line shows; name any other model by its path.
    """
    from profilex.cli.model_table import model_rows, table

    rows = model_rows(folders or ())
    typer.echo(json.dumps(rows, default=str) if as_json else table(rows))


def show(model: Name = None) -> None:
    """Show a model's card: architecture, training, metrics, and the digest that profiles.csv states."""
    from profilex.model import find_model, verify_model

    card = verify_model(find_model(model))
    typer.echo(json.dumps(asdict(card) | {"digest": card.digest}, indent=2, default=str))


def verify(model: Name = None) -> None:
    """Check a model's weights against its card, and print the digest that profiles.csv states; exit status 7 if they
    differ."""
    from profilex.model import find_model, verify_model

    card = verify_model(find_model(model))
    typer.echo(f"ok  {card.name}  {card.digest}")


def promote(
    candidate: Annotated[Path, typer.Argument(help="Folder of the new model package.")],
    data: Annotated[list[Path], typer.Option("--data", help="The reference set: annotated pages of every style.")],
    tolerance: Annotated[
        float, typer.Option(min=0, max=0.1, help="By how much the IoU of a style may be lower.")
    ] = 0.0,
) -> None:
    """Make a model the default one, if it is at least as good on every drawing style of a reference set.

    Styles without sections count by their false positives. A model that is worse on any style is not promoted (exit 7).
    """
    from profilex.data.datasets import read_test_pages
    from profilex.evaluation.evaluate import evaluate
    from profilex.evaluation.metrics import as_table
    from profilex.evaluation.promote import promote as put_in_place
    from profilex.model import DEFAULT_MODEL, load_segmenter
    from profilex.model.card import CARD_FILE
    from profilex.model.registry import shipped_models
    from profilex.settings import Settings

    pages = [page for source in data for page in read_test_pages(source)]
    place = shipped_models() / DEFAULT_MODEL
    ours = evaluate(load_segmenter(candidate), pages, Settings(), quiet=False)
    typer.echo(f"{candidate}\n{as_table(ours.summary)}")
    theirs = None
    if (place / CARD_FILE).is_file():
        theirs = evaluate(load_segmenter(place), pages, Settings(), quiet=False)
        typer.echo(f"{place}\n{as_table(theirs.summary)}")
    card = put_in_place(candidate, place, ours, theirs, tolerance)
    typer.echo(f"promoted  {card.name}  {card.digest}")


def calibrate(
    model: Name = None,
    pages: Annotated[int, typer.Option(min=6, help="Synthetic pages; every third one is held out.")] = 120,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the pages; not one of the training.")] = 5,
    threads: Annotated[int, typer.Option(min=0, help="Processor threads; 0 is the engine's choice.")] = 0,
    reviewed: Annotated[
        Path | None,
        typer.Option("--reviewed", metavar="PROFILES", help="Fit on the reviewed pages of this folder instead."),
    ] = None,
    scans: Annotated[
        list[Path] | None, typer.Option("--scans", help="The scans of --reviewed, as profilex batch was given them.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Fit the confidence of a model's vessels on synthetic pages, write it on the card, and say how reliable it is.

    With --reviewed it is fitted on what people said of the vessels of PROFILES: on pages where every one is decided.

    Run it again after each training. The weights do not change; the next batch repeats pages that were done with
    another calibration.
    """
    from dataclasses import replace

    from tqdm import tqdm

    from profilex.evaluation.calibrate import as_table
    from profilex.evaluation.calibrate import calibrate as fit
    from profilex.files import write_atomic
    from profilex.model import find_model, load_segmenter, verify_model
    from profilex.model.card import CARD_FILE, card_json

    folder = find_model(model)
    segmenter = load_segmenter(folder, threads=threads)
    if reviewed is not None:
        calibration, reliability = _calibrate_reviewed(segmenter, reviewed, scans or [])
    else:
        calibration, reliability = fit(segmenter, pages, seed, each=lambda numbers: tqdm(numbers, unit="page"))
    card = replace(verify_model(folder), confidence=calibration.as_json())
    write_atomic(folder / CARD_FILE, card_json(card).encode())
    typer.echo(json.dumps(calibration.as_json()) if as_json else as_table(reliability))


def _calibrate_reviewed(segmenter: "Segmenter", profiles: Path, scans: list[Path]) -> "tuple[Calibration, Reliability]":
    from tqdm import tqdm

    from profilex.correction.teaching import reviewed_scans, true_sections
    from profilex.evaluation.calibrate import calibrate_on
    from profilex.types import Page

    found = [(result, page) for result, page in reviewed_scans(profiles, scans) if isinstance(page, Page)]
    pages = ((result.ref.source, page, true_sections(result)) for result, page in tqdm(found, unit="page"))
    return calibrate_on(segmenter, pages, {"reviewed": len(found)})


def average(
    earlier: Annotated[Path, typer.Argument(help="Name or folder of a model.")],
    later: Annotated[Path, typer.Argument(help="Name or folder of the model that was trained further from it.")],
    out: Annotated[Path, typer.Option("--out", help="Folder of the new model package.")],
    share: Annotated[
        float, typer.Option(min=0, max=1, help="Share of the later model; the rest is the earlier one's.")
    ] = 0.5,
) -> None:
    """Write the mean of the weights of a model and of one that was trained further from it.

    It is often better than either on pages that neither has seen, because the earlier one's knowledge returns. Evaluate
    it, and fit its confidence (models calibrate).
    """
    from profilex.model import find_model, read_model, write_model
    from profilex.model.average import average as mean_of

    first, second = (read_model(find_model(str(model))) for model in (earlier, later))
    card, weights = mean_of(first, second, share, out.name)
    card = write_model(out, card, weights)
    typer.echo(f"wrote  {out}  {card.digest}")


def measure(
    model: Name = None,
    pages: Annotated[int, typer.Option(min=1, help="Synthetic plates to draw.")] = 60,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the first plate; not one of the training.")] = 70_000_000,
    truth: Annotated[
        bool, typer.Option("--truth", help="Use the true outlines instead of the network's: the error of the geometry.")
    ] = False,
    threads: Annotated[int, typer.Option(min=0, help="Processor threads; 0 is the engine's choice.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Compare axes, scales and measures with the truth of synthetic plates, and count how often intervals hold it.

    The true measures are those of the section before it was drawn and scanned. Vessels that were not found, and
    measures that were refused, are not in the table. N signs across the rim line are counted.
    """
    from tqdm import tqdm

    from profilex.evaluation.measuring import as_json as summary
    from profilex.evaluation.measuring import as_table, compare_measures
    from profilex.model import find_model, load_segmenter

    segmenter = None if truth else load_segmenter(find_model(model), threads=threads)
    found, signs = compare_measures(tqdm(range(seed, seed + pages), unit="page", disable=None), segmenter)
    typer.echo(json.dumps(summary(found, signs)) if as_json else as_table(found, signs))
