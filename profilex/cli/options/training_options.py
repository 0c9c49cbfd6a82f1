"""Options of `profilex retrain` as settings: a recipe or the defaults, overridden by the user's options."""

from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from profilex.train.recipes import Recipe

CHANNELS = ("section", "vessel", "axis", "scale_bar")
FINE_TUNING_RATE = 1e-4
FINE_TUNING_SHARE = 0.2  # with few pages a smaller share would be one page
SHARE = 0.05

PLACES: dict[str, tuple[str, ...]] = {
    "kind": ("fit", "architecture", "kind"),
    "backbone": ("fit", "architecture", "backbone"),
    "decoder_filters": ("fit", "architecture", "decoder_filters"),
    "freeze_encoder": ("fit", "architecture", "encoder_frozen"),
    "filters": ("fit", "architecture", "filters"),
    "depth": ("fit", "architecture", "depth"),
    "normalisation": ("fit", "architecture", "normalisation"),
    "loss": ("fit", "loss"),
    "schedule": ("fit", "schedule", "name"),
    "rate": ("fit", "schedule", "peak"),
    "lowest_rate": ("fit", "schedule", "floor"),
    "precision": ("fit", "precision"),
    "batch_size": ("fit", "batch_size"),
    "tile": ("fit", "tiles", "tile_px"),
    "tile_scale": ("fit", "tiles", "scale"),
    "steps": ("fit", "steps"),
    "minutes": ("fit", "minutes"),
    "patience": ("fit", "patience"),
    "replay_share": ("fit", "replay_share"),
    "threads": ("fit", "sampler_threads"),
    "checkpoint_minutes": ("fit", "checkpoint_minutes"),
    "validation_minutes": ("fit", "validation_minutes"),
    "validation_tiles": ("fit", "validation_tiles"),
    "seed": ("fit", "seed"),
    "validation_share": ("data", "validation_share"),
    "h5": ("package", "h5"),
    "licence": ("package", "licence"),
}
"""The place of an option's value in a recipe."""


def chosen_recipe(context: typer.Context) -> "Recipe":
    """The recipe that `--recipe` names, or the defaults, changed by `--set` and then by the other options.

    Raises:
        RunError: code `usage`, for a recipe or a setting that does not exist.
    """
    from profilex.train.recipes import find_recipe, parse_recipe, read_recipe, with_channels, with_setting

    name, changes = context.params["recipe"], context.params["set_"] or ()
    recipe = read_recipe(find_recipe(name), changes) if name else parse_recipe({}, "--set", changes)
    given = {option: _plain(value) for option, value in context.params.items() if _is_given(context, option)}
    if name is None:
        given = _usual(context) | given
    if "channels" in given:
        recipe = replace(recipe, fit=with_channels(recipe.fit, given["channels"]))
    if "imagenet" in given:
        recipe = _with_encoder(recipe, from_imagenet=given["imagenet"])
    if given.get("augment") is False:
        from profilex.train.augment import NO_AUGMENT

        recipe = replace(recipe, fit=replace(recipe.fit, augment=NO_AUGMENT))
    if "loss" in given:
        recipe = replace(recipe, losses=())
    for option in PLACES.keys() & given.keys():
        recipe = with_setting(recipe, PLACES[option], given[option])
    return recipe


def _usual(context: typer.Context) -> dict[str, Any]:
    """Values that follow from other options, without a recipe or an option of the user."""
    usual: dict[str, Any] = {"validation_share": FINE_TUNING_SHARE if context.params["start_from"] else SHARE}
    if context.params["start_from"]:
        usual["rate"] = FINE_TUNING_RATE
    if "background" in context.params["channels"]:
        usual["loss"] = "pixel_softmax+dice"
    return usual


def _with_encoder(recipe: "Recipe", *, from_imagenet: bool) -> "Recipe":
    """The recipe with an encoder from ImageNet, which reads three channels, or with a fresh one, which is trained."""
    before = recipe.fit.architecture
    if from_imagenet:
        architecture = replace(before, encoder_weights="imagenet", input_channels=3)
    else:
        architecture = replace(before, encoder_weights=None, encoder_frozen=False)
    return replace(recipe, fit=replace(recipe.fit, architecture=architecture))


def _is_given(context: typer.Context, option: str) -> bool:
    source = context.get_parameter_source(option)
    return source is not None and source.name == "COMMANDLINE"  # Typer may bring a Click of its own


def _plain(value: object) -> Any:
    return value.value if isinstance(value, Enum) else value


def channel_names(text: str) -> tuple[str, ...]:
    """Read `--channels`."""
    known = (*CHANNELS, "background")
    names = tuple(name.strip() for name in text.split(","))
    if "section" not in names or not set(names) <= set(known) or len(set(names)) < len(names):
        raise typer.BadParameter(f"{text!r}: give section and any of {', '.join(known)}")
    return names


def filter_counts(text: str) -> tuple[int, ...]:
    """Read `--decoder-filters`."""
    try:
        return tuple(int(count) for count in text.split(","))
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a list of numbers") from None
