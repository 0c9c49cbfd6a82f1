"""Where models stand: the shipped ones, and any folder that the user names."""

from pathlib import Path

from profilex.errors import Code, RunError
from profilex.model.card import CARD_FILE

DEFAULT_MODEL = "default"

_PACKAGE = Path(__file__).resolve().parent.parent


def shipped_models() -> Path:
    """The folder of the shipped models: inside the installed package, or beside it in a checkout."""
    installed = _PACKAGE / "_models"
    return installed if installed.is_dir() else _PACKAGE.parent / "models"


def list_models() -> list[Path]:
    """The folders of the shipped models, sorted by name."""
    return sorted(card.parent for card in shipped_models().glob(f"*/{CARD_FILE}"))


def find_model(name_or_path: str | Path | None = None) -> Path:
    """The folder of a model: a path, the name of a shipped model, or None for the default.

    A shipped name goes first, so that a folder that happens to lie in the working directory changes nothing; write
    ./name for that folder.

    Raises:
        RunError: code `model_missing`, when there is none.
    """
    wanted = DEFAULT_MODEL if name_or_path is None else name_or_path
    if isinstance(wanted, str) and Path(wanted).name == wanted and wanted not in ("", ".", ".."):
        shipped = shipped_models() / wanted
        if (shipped / CARD_FILE).is_file():
            return shipped
    path = Path(wanted)
    if name_or_path is not None and (path / CARD_FILE).is_file():
        return path
    names = ", ".join(model.name for model in list_models()) or "none"
    raise RunError(
        Code.MODEL_MISSING,
        f"there is no model {str(wanted)!r}.",
        f"Give a folder with a {CARD_FILE}, or one of the installed models: {names}.",
    )
