"""Recipes: whole trainings as TOML files, shipped with profilex or written by its users.

    title = "what it trains"
    losses = ["dice", "softmax"]      # optional: trained one after the other and compared

    [data]                            # as in `RecipeData`
    [package]                         # as in `PackageSettings`
    [fit]                             # as in `FitSettings`, its parts as [fit.architecture], [fit.tiles] and so on

An omitted key keeps its default; an unknown key, or a value of another type, is refused by name. The number of
classes and the last activation follow from the channels.
"""

import tomllib
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any

from profilex.errors import Code, RunError
from profilex.model.registry import shipped_models
from profilex.train.fit import FitSettings
from profilex.train.retrain import PackageSettings

_SUFFIX = ".toml"


@dataclass(frozen=True, slots=True)
class RecipeData:
    """How a recipe splits its data: as in `TrainingData`."""

    validation_share: float = 0.2
    held_out_by: str = "style"
    clusters: int = 8


@dataclass(frozen=True, slots=True)
class Recipe:
    """A whole training; `losses` are those that it compares, none if it trains once."""

    title: str
    losses: tuple[str, ...] = ()
    data: RecipeData = field(default_factory=RecipeData)
    package: PackageSettings = field(default_factory=PackageSettings)
    fit: FitSettings = field(default_factory=FitSettings)


def list_recipes() -> list[Path]:
    """The files of the shipped recipes, sorted by name."""
    return sorted((shipped_models() / "recipes").glob(f"*{_SUFFIX}"))


def find_recipe(name_or_path: str) -> Path:
    """The file of a recipe: the name of a shipped one, or a path.

    Raises:
        RunError: code `usage`, if there is no such recipe.
    """
    shipped = {path.stem: path for path in list_recipes()}
    if name_or_path in shipped:
        return shipped[name_or_path]
    path = Path(name_or_path)
    if path.suffix == _SUFFIX and path.is_file():
        return path
    raise RunError(
        Code.USAGE,
        f"there is no recipe {name_or_path!r}.",
        f"Give a {_SUFFIX} file, or one of the shipped recipes: {', '.join(shipped) or 'none'}.",
    )


def read_recipe(path: Path, changes: Sequence[str] = ()) -> Recipe:
    """Read a recipe; `changes` such as "fit.tiles.tile_px=128" override its values.

    Raises:
        RunError: code `usage`, naming the key or the line that is wrong.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RunError(
            Code.USAGE, f"{path} is not a recipe ({error}).", "Write it as TOML; see docs/recipes.md."
        ) from error
    return parse_recipe(table, path.name, changes)


def parse_recipe(table: Mapping[str, Any], name: str, changes: Sequence[str] = ()) -> Recipe:
    """Make a recipe from its tables; `name` is for messages. An empty table gives the defaults of `FitSettings`.

    Raises:
        RunError: code `usage`, as `read_recipe`.
    """
    table = {"title": name, **table}
    for change in changes:
        table = _changed(table, change)
    recipe = _built(Recipe, table, name)
    architecture = table.get("fit", {}).get("architecture", {})
    unknown_shape = not {"classes", "activation"} & set(architecture)
    return replace(recipe, fit=with_channels(recipe.fit, recipe.fit.channels)) if unknown_shape else recipe


def with_channels(settings: FitSettings, channels: Sequence[str]) -> FitSettings:
    """The settings for other channels; with a background, classes exclude one another and the network ends in
    softmax."""
    activation = "softmax" if "background" in channels else "sigmoid"
    architecture = replace(settings.architecture, classes=len(channels), activation=activation)
    return replace(settings, channels=tuple(channels), architecture=architecture)


def with_setting(settings: Any, place: Sequence[str], value: object) -> Any:
    """Nested settings with one changed value; `place` are the names of the fields on the way to it."""
    name, *rest = place
    inner = with_setting(getattr(settings, name), rest, value) if rest else value
    return replace(settings, **{name: inner})


def _changed(table: Mapping[str, Any], change: str) -> dict[str, Any]:
    """Tables with "a.b.c=value" inserted; a value that is not TOML is a text."""
    key, is_given, text = change.partition("=")
    if not is_given or not key.strip():
        raise RunError(Code.USAGE, f"{change!r} is not a setting.", "Write it as fit.tiles.tile_px=128.")
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        value = text.strip()
    return _put(table, key.strip().split("."), value)


def _put(table: Mapping[str, Any], place: Sequence[str], value: object) -> dict[str, Any]:
    name, *rest = place
    inner = table.get(name, {})
    if rest and not isinstance(inner, Mapping):
        raise RunError(Code.USAGE, f"{name} is not a table, but {inner!r}.")
    return {**table, name: _put(inner, rest, value) if rest else value}


def _built(kind: type, table: Mapping[str, Any], where: str) -> Any:
    """A dataclass from a table, with its parts from the nested tables."""
    known = typing.get_type_hints(kind)
    unknown = sorted(set(table) - {each.name for each in fields(kind)})
    if unknown:
        raise RunError(
            Code.USAGE, f"{where}: there is no setting {unknown[0]!r}.", f"It may be one of: {', '.join(known)}."
        )
    return kind(**{name: _value(known[name], value, f"{where}: {name}") for name, value in table.items()})


def _value(kind: Any, value: Any, where: str) -> Any:
    """A TOML value as the type of its field: a dataclass, a tuple, a mapping, or a plain value that may be None."""
    if is_dataclass(kind) and isinstance(kind, type):
        if isinstance(value, Mapping):
            return _built(kind, value, where)
        raise _misfit(where, value, "a table")
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if origin is tuple:
        if isinstance(value, list):
            return tuple(_value(parts[0], item, where) for item in value)
        raise _misfit(where, value, "a list")
    if origin is Mapping:
        if isinstance(value, Mapping):
            return {str(key): _value(parts[1], item, where) for key, item in value.items()}
        raise _misfit(where, value, "a table")
    if isinstance(kind, types.UnionType):
        [kind] = [part for part in parts if part is not types.NoneType]
        return None if value == "none" else _value(kind, value, where)
    return _plain(kind, value, where)


def _plain(kind: type, value: Any, where: str) -> Any:
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is kind:
        return value
    raise _misfit(where, value, {str: "a text", bool: "true or false", int: "a whole number", float: "a number"}[kind])


def _misfit(where: str, value: object, wanted: str) -> RunError:
    return RunError(Code.USAGE, f"{where} is {value!r}, which is not {wanted}.", "Correct the recipe.")
