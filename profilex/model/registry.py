"""Where models are: the shipped ones, the user's own, and any folder that the user names."""

from pathlib import Path

from platformdirs import user_data_path

from profilex.errors import Code, RunError
from profilex.model.card import CARD_FILE

DEFAULT_MODEL = "default"

_PACKAGE = Path(__file__).resolve().parent.parent


def shipped_models() -> Path:
    """The folder of the shipped models: inside the installed package, or beside it in a checkout."""
    installed = _PACKAGE / "_models"
    return installed if installed.is_dir() else _PACKAGE.parent / "models"


def user_models() -> Path:
    """The folder of the user's own models, which have names as the shipped ones have: on Linux
    ~/.local/share/profilex/models."""
    return user_data_path("profilex", appauthor=False) / "models"


def list_models() -> list[Path]:
    """The folders of all models that have a name: the shipped ones, then the user's own, each sorted by name."""
    return [*_packages(shipped_models()), *_packages(user_models())]


def _packages(folder: Path) -> list[Path]:
    return sorted(card.parent for card in folder.glob(f"*/{CARD_FILE}"))


def find_model(name_or_path: str | Path | None = None) -> Path:
    """The folder of a model: a path, the name of a shipped model or of one of the user's own, or None for the default.

    A shipped name goes first and the user's own second, so that a folder that happens to lie in the working directory
    changes nothing; write ./name for that folder.

    Raises:
        RunError: code `model_missing`, if there is no such model.
    """
    wanted = DEFAULT_MODEL if name_or_path is None else name_or_path
    if isinstance(wanted, str) and Path(wanted).name == wanted and wanted not in ("", ".", ".."):
        for named in (shipped_models() / wanted, user_models() / wanted):
            if (named / CARD_FILE).is_file():
                return named
    path = Path(wanted)
    if name_or_path is not None and (path / CARD_FILE).is_file():
        return path
    names = ", ".join(model.name for model in list_models()) or "none"
    raise RunError(
        Code.MODEL_MISSING,
        f"there is no model {str(wanted)!r}.",
        f"Give a folder with a {CARD_FILE}, or one of the installed models: {names}.",
    )
