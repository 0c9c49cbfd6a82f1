"""The table of `profilex models list`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from profilex.errors import Code, RunError
from profilex.model.card import CARD_FILE, Card, parse_card
from profilex.model.registry import DEFAULT_MODEL, list_models, shipped_models, user_models

_COLUMNS = ("name", "network", "channels", "trained on", "IoU", "licence", "digest", "where")


def model_rows(folders: Sequence[Path]) -> list[dict[str, Any]]:
    """The facts about every model: those with names, and those in the folders, or the folders themselves.

    Raises:
        RunError: code `model_missing`, if a folder holds no model.
    """
    return [_row(package) for package in (*list_models(), *(found for folder in folders for found in _in(folder)))]


def table(rows: Sequence[dict[str, Any]]) -> str:
    """The rows for people, and the folder in which users' models have names."""
    cells = [_COLUMNS, *(tuple(_cell(row, column) for column in _COLUMNS) for row in rows)]
    widths = [max(len(line[k]) for line in cells) for k in range(len(_COLUMNS))]
    lines = ["  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells]
    return "\n".join([*lines, f"your own models: {user_models()}"])


def _in(folder: Path) -> list[Path]:
    found = (
        [folder] if (folder / CARD_FILE).is_file() else sorted(card.parent for card in folder.glob(f"*/{CARD_FILE}"))
    )
    if not found:
        raise RunError(Code.MODEL_MISSING, f"{folder}: there is no model.", f"A model is a folder with a {CARD_FILE}.")
    return found


def _row(package: Path) -> dict[str, Any]:
    """The row of a model; one whose card cannot be read is listed with the reason."""
    place = {"name": package.name, "path": package, "where": _where(package)}
    try:
        card = parse_card((package / CARD_FILE).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, RunError) as error:
        return {**place, "problem": str(error)}
    return {
        **place,
        "network": _network(card),
        "channels": list(card.channels),
        "trained on": _trained_on(card),
        "IoU": card.metrics.get("section_iou", {}).get("all"),
        "licence": card.licence,
        "digest": card.digest,
    }


def _where(package: Path) -> str:
    if package.parent == shipped_models():
        return "shipped, the default" if package.name == DEFAULT_MODEL else "shipped"
    return "yours" if package.parent == user_models() else str(package)


def _network(card: Card) -> str:
    shape = card.architecture
    return shape.kind if shape.kind == "plain" else f"{shape.kind} {shape.backbone}"


def _trained_on(card: Card) -> str:
    pages = card.training.get("pages", [])
    count = f"{sum(pages[:1])} pages" if isinstance(pages, list) and pages else ""
    data = card.training.get("data", [])
    names = ", ".join(map(str, data)) if isinstance(data, list) else str(data)
    return ": ".join(filter(None, (count, names)))


def _cell(row: dict[str, Any], column: str) -> str:
    if "problem" in row and column == "network":
        return f"cannot be used: {row['problem']}"
    value = row.get(column)
    if value is None or value == "":
        return "-"
    if column == "IoU":
        return f"{value:.3f}"
    if column == "digest":
        return value[:12]
    return ",".join(value) if isinstance(value, list) else str(value)
