"""The help: commands in the order of the work, options in groups, and completion in the shell."""

import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Annotated

import typer

from profilex.cli.app import ORDER, build, run
from profilex.cli.options.grouping import add_command


def test_the_commands_are_listed_in_the_order_of_the_work():
    listed = typer.main.get_command(build()).list_commands(None)
    assert listed[0] == "batch"
    assert [name for name in ORDER if name in listed] == listed


def test_options_are_shown_under_the_headings_of_their_groups(capsys):
    assert run(["batch", "--help"]) == 0
    shown = capsys.readouterr().out
    headings = [line.rstrip(":") for line in shown.splitlines() if line.endswith(":") and not line.startswith(" ")]
    assert headings[:2] == ["Arguments", "Options"]
    assert {"Network", "Scale", "Files to write", "Which pages", "Workers"} <= set(headings)
    assert shown.index("Scale:") < shown.index("--ratio") < shown.index("Files to write:")


def test_a_command_gets_its_groups_as_objects():
    @dataclass(frozen=True, slots=True)
    class Size:
        """Size"""

        width: Annotated[int, typer.Option(min=1, help="Across.")]
        height: Annotated[int, typer.Option(help="Down.")] = 2

    got = []

    def draw(name: Annotated[str, typer.Argument()], size: Size, loud: Annotated[bool, typer.Option("--loud")] = False):
        """Draw."""
        got.append((name, size, loud))

    app = typer.Typer(rich_markup_mode=None)
    add_command(app, "draw", draw)
    command = typer.main.get_command(app)
    command.main(["pot", "--width", "3", "--loud"], standalone_mode=False)
    assert got == [("pot", Size(3, 2), True)]


def test_the_shell_completes_commands_options_and_models():
    def offered(words: str) -> str:
        asked = {"_PROFILEX_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split()))}
        program = [sys.executable, "-c", "from profilex.cli import main; main()"]
        return subprocess.run(program, env=os.environ | asked, capture_output=True, text=True, check=False).stdout

    assert "retrain" in offered("profilex ")
    assert "default" in offered("profilex batch scans --model ")
