"""`profilex retrain`, `evaluate` and `dataset`: train a network, measure it, and prepare its data."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from profilex.cli.options.completion import model_names
from profilex.cli.options.grouping import add_command
from profilex.cli.options.training_options import CHANNELS, channel_names, chosen_recipe, filter_counts

if TYPE_CHECKING:
    from profilex.train.validate import Scores


class Kind(StrEnum):
    """Networks that can be trained."""

    SM_UNET = "sm.Unet"
    PLAIN = "plain"


class Precision(StrEnum):
    """Arithmetic of the training."""

    FLOAT32 = "float32"
    BF16 = "bf16"
    MIXED_FLOAT16 = "mixed_float16"


class ScheduleName(StrEnum):
    """Learning-rate schedules."""

    CONSTANT = "constant"
    COSINE = "cosine"
    CYCLIC = "cyclic"


Labels = Annotated[
    list[str] | None,
    typer.Option("--label", metavar="NAME=CHANNEL", help="Channel of a label, e.g. profile=section; repeatable."),
]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    add_command(app, "retrain", retrain)
    app.command("evaluate")(evaluate)
    dataset = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Annotated pages, ready for training.")
    dataset.command("split")(split)
    app.add_typer(dataset, name="dataset")


@dataclass(frozen=True, slots=True)
class DataOptions:
    """Data"""

    validation: Annotated[
        list[Path] | None, typer.Option(help="Data to validate on; by default a share of the data is held out.")
    ] = None
    validation_share: Annotated[
        float | None, typer.Option(min=0.01, max=0.5, help="Share held out: 0.05, fine-tuning 0.2.")
    ] = None
    limit: Annotated[int | None, typer.Option(min=1, help="Read at most this many pages of each data set.")] = None
    label: Labels = None


@dataclass(frozen=True, slots=True)
class FineTuningOptions:
    """Fine-tuning"""

    start_from: Annotated[
        str | None,
        typer.Option(
            help='Model to fine-tune: a name, a folder, or "default" for the shipped one.', autocompletion=model_names
        ),
    ] = None
    replay: Annotated[
        list[Path] | None,
        typer.Option(help="Pages of the start's training, mixed in so that it does not forget."),
    ] = None
    replay_pages: Annotated[int, typer.Option(min=0, help="Synthetic pages to draw for that, without --replay.")] = 40
    replay_share: Annotated[float, typer.Option(min=0, max=0.95, help="Share of replayed tiles.")] = 0.5


@dataclass(frozen=True, slots=True)
class CourseOptions:
    """Course of the training"""

    resume: Annotated[bool, typer.Option("--resume", help="Continue from the last checkpoint.")] = False
    force: Annotated[
        bool, typer.Option("--force", help="Train again where OUT exists; the earlier run's folder is set aside.")
    ] = False
    minutes: Annotated[float | None, typer.Option(min=0.01, help="End after this many minutes of work.")] = None
    steps: Annotated[int, typer.Option(min=1, help="End after this many steps, without --minutes.")] = 4000
    patience: Annotated[
        int | None, typer.Option(min=1, help="End after this many validations without a better score.")
    ] = None
    loss: Annotated[
        str | None, typer.Option(help="Sum of terms: bce, focal, softmax, pixel_softmax, dice, log_dice, jaccard.")
    ] = None
    schedule: Annotated[ScheduleName, typer.Option(help="Course of the learning rate.")] = ScheduleName.COSINE
    rate: Annotated[float | None, typer.Option(min=0, help="Highest learning rate: 1e-3, fine-tuning 1e-4.")] = None
    lowest_rate: Annotated[float, typer.Option(min=0, help="Lowest learning rate.")] = 1e-5
    precision: Annotated[Precision, typer.Option(help="bf16 for processors that have it.")] = Precision.FLOAT32
    checkpoint_minutes: Annotated[float, typer.Option(min=0.01, help="Time between checkpoints.")] = 5.0
    validation_minutes: Annotated[float, typer.Option(min=0.01, help="Time between validations.")] = 10.0
    validation_tiles: Annotated[int, typer.Option(min=1, help="Tiles of a validation.")] = 160
    seed: Annotated[int, typer.Option(help="Seed of tiles, order and held-out pages.")] = 1


@dataclass(frozen=True, slots=True)
class NetworkOptions:
    """Network"""

    kind: Annotated[Kind, typer.Option(help="segmentation_models' U-Net, or a plain one.")] = Kind.SM_UNET
    backbone: Annotated[str, typer.Option(help="Any backbone of segmentation_models.")] = "mobilenetv2"
    decoder_filters: Annotated[
        str, typer.Option(parser=filter_counts, metavar="N,N,…", help="Filters of the five decoder stages.")
    ] = "128,64,32,16,8"
    imagenet: Annotated[
        bool, typer.Option("--imagenet/--no-imagenet", help="Start the encoder with ImageNet weights.")
    ] = False
    freeze_encoder: Annotated[
        bool, typer.Option("--freeze-encoder/--no-freeze-encoder", help="Train the decoder only.")
    ] = False
    filters: Annotated[int, typer.Option(min=1, help="Filters of a plain U-Net at full resolution.")] = 16
    depth: Annotated[int, typer.Option(min=1, help="Halvings of a plain U-Net.")] = 4
    normalisation: Annotated[str, typer.Option(help="Of a plain U-Net: none, batch or instance.")] = "batch"
    channels: Annotated[
        str,
        typer.Option(
            parser=channel_names,
            metavar="NAME,NAME,…",
            help='Planes of the output; "background,section" makes a two-class softmax network.',
        ),
    ] = "section,vessel,axis,scale_bar"


@dataclass(frozen=True, slots=True)
class TileOptions:
    """Tiles"""

    batch_size: Annotated[int, typer.Option(min=1, help="Tiles in each step.")] = 8
    tile: Annotated[int, typer.Option(min=64, help="Side of a tile in px, a multiple of 32.")] = 320
    tile_scale: Annotated[
        float | None,
        typer.Option(min=0.01, help="For plain pictures: tile px for each px. Otherwise the walls decide."),
    ] = None
    augment: Annotated[bool, typer.Option("--augment/--no-augment", help="Rotate, age and deform the tiles.")] = True
    threads: Annotated[int, typer.Option(min=1, help="Threads that cut tiles.")] = 1


@dataclass(frozen=True, slots=True)
class PackageOptions:
    """Model package"""

    h5: Annotated[bool, typer.Option("--h5/--no-h5", help="Also write the weights to OUT.weights.h5.")] = False
    licence: Annotated[
        str, typer.Option(metavar="SPDX", help="Licence to state on the model's card, e.g. CC-BY-4.0.")
    ] = ""


Scans = Annotated[
    list[Path] | None,
    typer.Option("--scans", help="The scans of output folders among DATA, as profilex batch was given them."),
]


def reviewed_sets(data: list[Path], scans: list[Path], folder: Path) -> tuple[Path, ...]:
    """The data sets, with the reviewed pages of each output folder among them written as one below `folder`.

    Raises:
        RunError: an output folder has no reviewed page, or none of their scans can be had.
    """
    from profilex.correction.teaching import is_profiles, write_reviewed_set
    from profilex.run.progress import escaped

    found = []
    for number, source in enumerate(data, start=1):
        if not is_profiles(source):
            found.append(source)
            continue
        place = folder / f"reviewed-{number}"
        written = write_reviewed_set(source, scans, place)
        print(escaped(f"{written.pages} reviewed pages of {source}"), file=sys.stderr)
        for message in written.left_out:
            print(escaped(f"left out: {message}"), file=sys.stderr)
        found.append(place)
    return tuple(found)


def retrain(
    context: typer.Context,
    data: Annotated[
        list[Path], typer.Argument(help="Synthetic folders, CVAT exports, train/trainannot, or pairs with masks.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of the new model package.")],
    sources: DataOptions,
    fine_tuning: FineTuningOptions,
    course: CourseOptions,
    network: NetworkOptions,
    tiles: TileOptions,
    package: PackageOptions,
    recipe: Annotated[
        str | None, typer.Option(help="Name of a shipped recipe, or a TOML file; its values are then the defaults.")
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Any setting of a recipe, e.g. fit.augment.elastic=0.5."),
    ] = None,
    run_folder: Annotated[
        Path | None, typer.Option("--run", help="Folder for checkpoints, logs and pictures; OUT-run by default.")
    ] = None,
    scans: Scans = None,
) -> int:
    """Train a network on annotated pages, or plain pictures with masks, and write it as a model package.

    DATA may be an output folder of profilex batch: its pages on which every vessel is decided in profilex review are
    then learnt from, with --scans.

    Ctrl-C leaves a checkpoint; --resume continues from it, also after a crash. Options override the values of a recipe.
    An existing OUT is not overwritten without --force.
    """
    from profilex.errors import Exit
    from profilex.model.registry import find_model
    from profilex.run.stop import StopRequest
    from profilex.train.compare import compare_losses
    from profilex.train.retrain import TrainingData
    from profilex.train.retrain import retrain as train

    chosen = chosen_recipe(context)
    folder = run_folder or out.with_name(out.name + "-run")
    _keep_earlier_run(out, folder, course)
    material = TrainingData(
        training=reviewed_sets(data, scans or [], folder),
        validation=tuple(sources.validation or ()),
        replay=tuple(fine_tuning.replay or ()),
        replay_pages=fine_tuning.replay_pages,
        validation_share=chosen.data.validation_share,
        held_out_by=chosen.data.held_out_by,
        clusters=chosen.data.clusters,
        limit=sources.limit,
        labels=label_channels(sources.label),
    )
    start_from = fine_tuning.start_from
    work: dict[str, Any] = {"packaging": chosen.package, "resume": course.resume}
    with _log_to(folder), StopRequest() as stop:
        work["is_stopped"] = lambda: stop.requested
        if chosen.losses and not start_from:
            outcomes = compare_losses(chosen.losses, material, folder, out, chosen.fit, **work)
        else:
            start = find_model(None if start_from == "default" else start_from) if start_from else None
            outcomes = {chosen.fit.loss: train(material, folder, out, chosen.fit, start=start, **work)}
    for loss, fitted in outcomes.items():
        if fitted.is_stopped:
            typer.echo(f"{loss}: stopped at step {fitted.steps}; continue with --resume", err=True)
            return 128 + stop.signal_number if stop.signal_number else Exit.SIGINT
        typer.echo(f"{out}  {loss}  {_score_words(fitted.scores)}")
    return Exit.OK


def _keep_earlier_run(out: Path, folder: Path, course: CourseOptions) -> None:
    """Refuse to mix a training with an earlier one of the same name; with --force set its folder aside.

    Raises:
        RunError: code `usage`, if OUT or the run's folder exists and neither --resume nor --force is given.
    """
    from profilex.errors import Code, RunError
    from profilex.model.card import CARD_FILE

    if course.resume:
        return
    has_run = folder.is_dir() and any(folder.iterdir())
    if has_run and course.force:
        earlier = next(path for n in count(1) if not (path := folder.with_name(f"{folder.name}.{n}")).exists())
        folder.rename(earlier)
        typer.echo(f"the earlier run is kept as {earlier}", err=True)
    elif (has_run or (out / CARD_FILE).exists()) and not course.force:
        place = folder if has_run else out
        raise RunError(
            Code.USAGE,
            f"{place}: there is an earlier training.",
            "Continue it (--resume), replace it (--force), or choose another --out.",
        )


def _score_words(scores: "Scores") -> str:
    """IoU by style, and the other measures of all styles together."""
    words = ["IoU", *(f"{style} {iou:.3f}" for style, iou in scores.iou.items())]
    for title, values in (("Dice", scores.dice), ("mean IoU", scores.mean_iou), ("accuracy", scores.accuracy)):
        if "all" in values:
            words.append(f"{title} {values['all']:.3f}")
    return "  ".join(words)


def evaluate(
    data: Annotated[list[Path], typer.Argument(help="Annotated pages, in any layout that retrain reads.")],
    model: Annotated[str | None, typer.Option(help="Name or folder of the model; the shipped one by default.")] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder for evaluation.json and pictures.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write the measures as JSON instead of a table.")] = False,
    worst: Annotated[int, typer.Option(min=0, help="Pictures of this many of the worst pages, with --out.")] = 12,
    label: Labels = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Read at most this many pages of each data set.")] = None,
    device: Annotated[str, typer.Option(help="auto, cpu or gpu.")] = "auto",
    scans: Scans = None,
) -> None:
    """Evaluate a model on annotated pages, by drawing style: areas, boundaries, sections found and false positives.

    DATA may be an output folder of profilex batch: its reviewed pages are then the truth, with --scans.

    Of data sets in parts, the test part is used. Boundary distances are those of the sections that were found, in px of
    the page and as a share of the wall.
    """
    import json
    import tempfile

    from profilex.data.datasets import read_test_pages
    from profilex.evaluation.evaluate import evaluate as measure
    from profilex.evaluation.evaluate import write_evaluation
    from profilex.evaluation.metrics import as_table
    from profilex.model import load_segmenter
    from profilex.settings import Settings

    with tempfile.TemporaryDirectory() as folder:
        sources = reviewed_sets(data, scans or [], Path(folder))
        labels = label_channels(label)
        pages = [page for source in sources for page in read_test_pages(source, labels=labels, limit=limit)]
    segmenter = load_segmenter(model, device=device)
    evaluation = measure(segmenter, pages, Settings(), quiet=False)
    if out is not None:
        write_evaluation(evaluation, pages, segmenter, Settings(), out, worst=worst)
    typer.echo(json.dumps(evaluation.as_json()) if as_json else as_table(evaluation.summary))


def split(
    data: Annotated[list[Path], typer.Argument(help="CVAT exports or other annotated pages.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for train/, trainannot/, val/ and so on.")],
    by: Annotated[str, typer.Option(help='"publication", or "statistics" of the pictures.')] = "publication",
    validation: Annotated[float, typer.Option(min=0, max=0.9, help="Share of the validation part.")] = 0.15,
    test: Annotated[float, typer.Option(min=0, max=0.9, help="Share of the test part.")] = 0.15,
    clusters: Annotated[int, typer.Option(min=1, help="Clusters of pictures, by statistics.")] = 8,
    label: Labels = None,
    seed: Annotated[int, typer.Option(help="Seed of the order.")] = 1,
) -> None:
    """Split annotated pages into parts for training, validation and test.

    All pages of a publication are in one part; pictures of one page (frames, tiles, rotated copies) stay together even
    if the split is by statistics.
    """
    from profilex.data.datasets import read_pages
    from profilex.data.split import SplitSettings, split_pages, write_parts

    pages = [page for source in data for page in read_pages(source, labels=label_channels(label))]
    parts = split_pages(pages, SplitSettings(by, validation, test, clusters, seed))
    write_parts(parts, out)
    typer.echo("  ".join(f"{part} {len(members)}" for part, members in parts.items()))


def label_channels(labels: list[str] | None) -> dict[str, str]:
    """The channels that --label names, by label."""
    channels = {}
    for text in labels or ():
        name, _, channel = text.rpartition("=")
        if not name or channel not in CHANNELS:
            raise typer.BadParameter(f"{text!r}: write NAME=CHANNEL, e.g. profile=section", param_hint="--label")
        channels[name] = channel
    return channels


@contextmanager
def _log_to(folder: Path) -> Iterator[None]:
    """Log to the terminal and to run.log in a folder, for as long as the context lasts."""
    import logging

    from tqdm.contrib.logging import logging_redirect_tqdm

    folder.mkdir(parents=True, exist_ok=True)
    log = logging.getLogger("profilex")
    handlers = (logging.StreamHandler(), logging.FileHandler(folder / "run.log", encoding="utf-8"))
    log.setLevel(logging.INFO)
    for handler in handlers:
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
        log.addHandler(handler)
    try:
        with logging_redirect_tqdm([log]):
            yield
    finally:
        for handler in handlers:
            log.removeHandler(handler)
            handler.close()
