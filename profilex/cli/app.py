"""The program: its commands, its one exception boundary, and its exit statuses."""

import importlib
import os
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from profilex import __version__
from profilex.cli.process import check_process, keep_streams, use_utf8
from profilex.errors import Exit, ProfilexError

COMMANDS = (
    "profilex.cli.batch",
    "profilex.cli.correct",
    "profilex.cli.export",
    "profilex.cli.models",
    "profilex.cli.plugins",
    "profilex.cli.report",
    "profilex.cli.review",
    "profilex.cli.scales",
    "profilex.cli.segment",
    "profilex.cli.synth",
    "profilex.cli.train",
)
"""Modules with `register(app)`. They import what is heavy inside their commands, never above them."""


ORDER = (
    *("batch", "scales", "report", "review", "correct", "export", "push"),  # from scans to drawings in an archive
    *("synth", "dataset", "retrain", "evaluate", "models"),  # your own network
    *("segment", "plugins"),
)
"""The commands in the order of the work, as the help lists them."""


class InOrderOfWork(TyperGroup):
    """The commands in the order of the work, not of the alphabet; those that ORDER does not know come last."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Names of the commands."""
        return sorted(self.commands, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))


_UsageError: Any = typer.BadParameter.__base__  # Click's; newer Typers bring a Click of their own under another name


def build() -> typer.Typer:
    """The program with all its commands."""
    app = typer.Typer(
        name="profilex",
        no_args_is_help=True,
        cls=InOrderOfWork,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
        help="Measured, CAD-ready vessel profiles from scanned pottery catalogues.",
    )
    app.callback()(_options)
    for module in COMMANDS:
        importlib.import_module(module).register(app)
    return app


def main(arguments: Sequence[str] | None = None, *, provider: str | None = None) -> None:
    """Run the program and exit with its status; `provider` names the module that models come from (`ModelChoice`).

    A ProfilexError is shown in one line; any other exception is a bug and keeps its traceback (exit 1).
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # otherwise TensorFlow logs before a command
    use_utf8()
    keep_streams()
    sys.exit(run(arguments, provider=provider))


def run(arguments: Sequence[str] | None = None, *, provider: str | None = None) -> int:
    """Run the program and return its exit status."""
    command = typer.main.get_command(build())
    try:
        check_process()
        words = list(arguments) if arguments is not None else None
        status = command.main(words, prog_name="profilex", standalone_mode=False, obj=provider)
    except _UsageError as error:
        error.show()
        return Exit.USAGE
    except (typer.Abort, KeyboardInterrupt):
        return Exit.SIGINT
    except ProfilexError as error:
        from profilex.run.progress import escaped

        print(escaped(f"profilex: {error.code}: {error}"), file=sys.stderr)
        return error.exit_code
    return status if isinstance(status, int) else Exit.OK


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"profilex {__version__}")
        raise typer.Exit


def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Measured, CAD-ready vessel profiles from scanned pottery catalogues."""
