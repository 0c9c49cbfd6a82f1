"""The shipped recipes are what they claim, run from end to end, and give way to options."""

import csv
import inspect
import json
from pathlib import Path

import pytest

from profilex.cli import train as commands
from profilex.cli.app import run
from profilex.cli.options.grouping import in_groups
from profilex.cli.options.training_options import PLACES
from profilex.errors import Code, RunError
from profilex.model import read_model
from profilex.train.fit import FitSettings
from profilex.train.recipes import find_recipe, list_recipes, parse_recipe, read_recipe

pytestmark = pytest.mark.slow


NAMES = ["ceramics", "lungs", "membranes", "nuclei", "roofs"]
DOCS = Path(__file__).parents[2] / "docs" / "recipes.md"

TINY = [
    "--kind", "plain", "--filters", "2", "--depth", "1", "--no-imagenet", "--tile", "64", "--steps", "2",
    "--batch-size", "2", "--validation-tiles", "4", "--validation-share", "0.3",
]  # fmt: skip


def fit_of(name, *changes):
    return read_recipe(find_recipe(name), changes).fit


def trained(data, out, name, *options):
    """Train for two steps with a recipe; the card of the model."""
    assert run(["retrain", str(data), "--recipe", name, "--out", str(out), *TINY, *options]) == 0
    return read_model(out)[0]


def test_every_shipped_recipe_can_be_read():
    assert {path.stem for path in list_recipes()} >= set(NAMES)
    assert all(read_recipe(path).title for path in list_recipes())


def test_the_five_systems_are_documented():
    text = DOCS.read_text()
    assert [name for name in NAMES if f"--recipe {name}" not in text] == []


def test_ceramics_as_published():
    fit = fit_of("ceramics")
    architecture = fit.architecture
    assert (architecture.backbone, architecture.encoder_weights, architecture.encoder_frozen) == (
        "resnet34", "imagenet", True
    )  # fmt: skip
    assert (architecture.classes, architecture.activation, fit.input) == (2, "softmax", "byte")
    assert fit.loss == "softmax+jaccard"
    assert fit.augment.refill > 0


def test_membranes_as_published():
    fit = fit_of("membranes")
    assert (fit.architecture.kind, fit.architecture.filters, fit.architecture.activation) == ("plain", 64, "sigmoid")
    assert (fit.loss, fit.schedule.peak, fit.tiles.tile_px) == ("bce", 1e-4, 512)
    assert fit.augment.elastic > 0


def test_roofs_as_published():
    recipe = read_recipe(find_recipe("roofs"))
    assert recipe.losses == ("dice", "pixel_softmax", "softmax")
    assert recipe.fit.architecture.normalisation == "instance"
    assert (recipe.fit.schedule.name, recipe.fit.schedule.peak, recipe.fit.schedule.floor) == ("cyclic", 1e-4, 1e-5)
    assert (recipe.fit.augment.tilt, recipe.fit.augment.tilt_degrees) == (1.0, 180.0)


def test_lungs_as_published():
    recipe = read_recipe(find_recipe("lungs"))
    assert (recipe.fit.architecture.backbone, recipe.fit.loss, recipe.fit.tiles.tile_px) == (
        "vgg16", "bce+log_dice", 512
    )  # fmt: skip
    assert recipe.package.h5


def test_nuclei_as_published():
    recipe = read_recipe(find_recipe("nuclei"))
    assert (recipe.data.held_out_by, recipe.data.clusters, recipe.fit.tiles.tile_px) == ("statistics", 8, 256)


@pytest.mark.parametrize("name", ["membranes", "nuclei"])
def test_plain_pictures_train(make_pairs, tmp_path, name):
    card = trained(make_pairs(4), tmp_path / "model", name)
    assert (card.scale, card.tile_px, card.channels) == (1.0, 64, ("section",))
    assert set(card.labels) == {"section"}
    assert 0 <= card.metrics["pixel_accuracy"]["all"] <= 1
    assert "thinnest_wall_px" not in card.working


def test_lungs_write_hdf5(make_pairs, tmp_path):
    card = trained(make_pairs(2), tmp_path / "model", "lungs")
    assert card.architecture.input_channels == 3
    import h5py

    with h5py.File(tmp_path / "model.weights.h5") as stored:
        assert len(stored["layers"]) > 3


@pytest.mark.slow
def test_roofs_compare_three_losses(make_pairs, tmp_path, capsys):
    card = trained(make_pairs(3), tmp_path / "model", "roofs", "--set", "fit.training_tiles=4")
    with (tmp_path / "model-run/comparison.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["loss"] for row in rows] == ["dice", "pixel_softmax", "softmax"]
    best = max(rows, key=lambda row: float(row["iou"]))
    assert float(best["iou"]) == pytest.approx(card.metrics["section_iou"]["all"], abs=1e-3)
    assert card.channels == ("background", "section")
    assert (tmp_path / "model-run/comparison.png").stat().st_size > 1000
    with (tmp_path / "model-run/dice/validation.csv").open(newline="") as file:
        assert {row["part"] for row in csv.DictReader(file)} == {"validation", "training"}
    assert capsys.readouterr().out.count("accuracy") == 3


def test_ceramics_train_from_a_cvat_export(plates, tmp_path):
    card = trained(plates, tmp_path / "model", "ceramics", "--set", "fit.augment.refill=1.0")
    assert (card.input, card.scale) == ("byte", None)
    assert card.training["loss"] == "softmax+jaccard"
    assert not card.architecture.encoder_frozen  # --no-imagenet: a fresh encoder has to learn


def test_unreachable_imagenet_weights_are_reported(plates, tmp_path, monkeypatch, capsys):
    import segmentation_models

    def refuse(*_, **__):
        raise Exception("URL fetch failure")

    monkeypatch.setattr(segmentation_models, "Unet", refuse)
    assert run(["retrain", str(plates), "--recipe", "ceramics", "--out", str(tmp_path / "m")]) == 7
    error = capsys.readouterr().err
    assert "imagenet weights of resnet34" in error
    assert "train without them" in error


def test_one_loss_on_the_command_line_is_no_comparison(make_pairs, tmp_path):
    card = trained(make_pairs(2), tmp_path / "model", "roofs", "--loss", "dice", "--seed", "5")
    assert (card.training["loss"], card.training["seed"]) == ("dice", 5)
    assert not (tmp_path / "model-run/comparison.csv").exists()


@pytest.mark.slow
def test_a_trained_model_of_plain_images_segments_them(make_pairs, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    data = make_pairs(2)
    trained(data, tmp_path / "model", "membranes")
    out = tmp_path / "out"
    assert run(["segment", str(data / "00_image.png"), "--model", str(tmp_path / "model"), "--out", str(out)]) == 0
    (line,) = (out / "manifest.jsonl").read_text().splitlines()
    assert set(json.loads(line)["shares"]) == {"background", "cell"}


@pytest.mark.slow
def test_a_comparison_that_was_stopped_goes_on(make_pairs, tmp_path):
    from profilex.train.compare import compare_losses
    from profilex.train.retrain import TrainingData

    settings = parse_recipe(
        {"fit": {"channels": ["background", "section"], "loss": "dice", "steps": 2, "batch_size": 1,
                 "validation_tiles": 2, "architecture": {"kind": "plain", "filters": 2, "depth": 1},
                 "tiles": {"scale": 1.0, "tile_px": 64}}}, "x"
    ).fit  # fmt: skip
    data, calls = TrainingData((make_pairs(2),), validation_share=0.5), iter(range(100))
    places = (data, tmp_path / "run", tmp_path / "model", settings)
    cut = compare_losses(["dice", "softmax"], *places, is_stopped=lambda: next(calls) >= 1)
    assert cut["dice"].is_stopped
    assert not (tmp_path / "model").exists()
    whole = compare_losses(["dice", "softmax"], *places, resume=True)
    assert [fitted.steps for fitted in whole.values()] == [2, 2]
    assert (tmp_path / "model/card.json").is_file()


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"fitt": {}}, "no setting 'fitt'"),
        ({"fit": {"tiles": {"tile": 1}}}, "no setting 'tile'"),
        ({"fit": {"steps": "many"}}, "steps is 'many', which is not a whole number"),
        ({"fit": {"steps": True}}, "not a whole number"),
        ({"fit": {"channels": "section"}}, "not a list"),
        ({"fit": 3}, "not a table"),
        ({"losses": ["dice", 3]}, "not a text"),
        ({"fit": {"schedule": {"name": "stairs"}}}, "stairs"),
    ],
)
def test_wrong_recipes_are_refused_by_name(table, words):
    with pytest.raises(RunError, match=words) as caught:
        parse_recipe(table, "mine.toml")
    assert caught.value.code is Code.USAGE


def test_settings_can_be_put_in():
    recipe = parse_recipe(
        {"fit": {"steps": 3}}, "x",
        ["fit.steps=7", "fit.loss=bce+dice", "fit.tiles.scale=2", "data.clusters = 3", "fit.patience=none"],
    )  # fmt: skip
    assert (recipe.fit.steps, recipe.fit.loss, recipe.fit.tiles.scale, recipe.data.clusters) == (7, "bce+dice", 2.0, 3)
    assert recipe.fit.patience is None
    for wrong in ("steps", "=3", "fit.steps.x=3"):
        with pytest.raises(RunError):
            parse_recipe({"fit": {"steps": 3}}, "x", [wrong])


def test_recipes_are_found_by_name_and_path(tmp_path):
    mine = tmp_path / "mine.toml"
    mine.write_text("[fit]\nsteps = 5\n")
    assert read_recipe(find_recipe(str(mine))).fit.steps == 5
    mine.write_text("[fit\n")
    for name in ("nothing", str(tmp_path / "nothing.toml")):
        with pytest.raises(RunError, match="membranes"):
            find_recipe(name)
    with pytest.raises(RunError, match=r"mine\.toml is not a recipe"):
        read_recipe(mine)


def test_the_defaults_on_the_command_line_are_those_of_the_settings():
    """Without a recipe only options that are given are applied, so that what --help shows has to be what is."""
    defaults = parse_recipe({}, "x")
    assert defaults.fit == FitSettings()
    parameters = inspect.signature(in_groups(commands.retrain)).parameters
    differ = {}
    for option, place in PLACES.items():
        value = defaults
        for name in place:
            value = getattr(value, name)
        shown = parameters[option].default
        shown = getattr(shown, "value", shown)
        text = ",".join(map(str, value)) if isinstance(value, tuple) else value
        if shown is not None and shown != text:
            differ[option] = (shown, text)
    assert differ == {}
