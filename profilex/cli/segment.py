"""`profilex segment`: plain images through any model, to masks and polygons."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from profilex.cli.batch import Device


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("segment")(segment)


def segment(
    images: Annotated[
        list[Path], typer.Argument(metavar="IMAGES", help="Folders and files: TIFF, PNG, JPEG, JPEG 2000, PDF.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the masks; not inside an input folder.")],
    model: Annotated[str | None, typer.Option(help="Name or folder of the model; the shipped one by default.")] = None,
    scale: Annotated[
        float | None,
        typer.Option(min=0.01, max=16, help="Working px for each px; by default the model's, or 1."),
    ] = None,
    threshold: Annotated[
        float | None, typer.Option(min=0.01, max=0.99, help="Probability of a class; 0.5. Not for softmax models.")
    ] = None,
    polygons: Annotated[bool, typer.Option("--polygons", help="Also write GeoJSON polygons of the classes.")] = False,
    tile_px: Annotated[
        int | None, typer.Option(min=64, help="Side of the tiles; by default the model's, or 1024.")
    ] = None,
    tile_overlap_px: Annotated[
        int | None, typer.Option(min=0, help="Overlap of the tiles; a quarter of their side, at most 160.")
    ] = None,
    labelmap: Annotated[
        Path | None, typer.Option(help="Colours of the classes: labelmap.txt of CVAT, or label_colors.txt.")
    ] = None,
    device: Annotated[Device, typer.Option(help="Where the network runs.")] = Device.AUTO,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only failures on stderr.")] = False,
) -> int:
    """Segment plain images of any size, not only plates: a mask of class indices for each, also in colour.

    Large images go through the network in overlapping tiles. An image that cannot be read is recorded in
    manifest.jsonl and does not end the run.

    Exit status: 0 all images ok; 3 some failed; the others as for profilex batch.
    """
    from tqdm import tqdm

    from profilex.errors import Exit
    from profilex.files import OutputLock
    from profilex.model import load_segmenter
    from profilex.model.colours import read_colours
    from profilex.run.masks import ImageSettings, find_images, segment_images
    from profilex.run.progress import escaped
    from profilex.run.stop import StopRequest

    settings = ImageSettings(
        scale, threshold, tile_px, tile_overlap_px, polygons, read_colours(labelmap) if labelmap else {}
    )
    found = find_images(images, out)
    segmenter = load_segmenter(model, device=device.value)
    done = failures = 0
    with OutputLock(out), StopRequest() as stop:
        records = segment_images(found, out, segmenter, settings, is_stopped=lambda: stop.requested)
        for record in tqdm(records, unit="image", disable=True if quiet else None):
            done += 1
            if record.status == "failed":
                failures += 1
                print(
                    escaped(f"failed: {record.source}#{record.frame}: {record.code}: {record.message}"),
                    file=sys.stderr,
                )
    if not quiet:
        for entry in found.skipped:
            print(escaped(f"skipped: {entry.source}: {entry.reason}"), file=sys.stderr)
        print(f"{done - failures} images segmented, {failures} failed", file=sys.stderr)
    if stop.signal_number is not None:
        return 128 + stop.signal_number
    return Exit.PAGES_FAILED if failures else Exit.OK
