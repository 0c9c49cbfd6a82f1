"""The commands that the documents show exist, with their options; every command is shown somewhere."""

import pytest
import typer

from profilex.cli import build
from tests.helpers.documents import DOCUMENTS, ROOT, commands

GUIDES = [path for path in DOCUMENTS if path.name not in ("cli.md", "changelog.md")]
SHOWN = [
    pytest.param(words, id=f"{path.name}: {' '.join(words)}") for path in GUIDES for words in commands(path.read_text())
]


@pytest.fixture(scope="module")
def program():
    return typer.main.get_command(build())


def leaf(program, words):
    """The command that the words call, its name, and the words that are left for it."""
    command, name = program, []
    while words and words[0] in getattr(command, "commands", {}):
        command = command.commands[words[0]]
        name.append(words[0])
        words = words[1:]
    return command, " ".join(name), words


def leaves(command, name=""):
    """Names of all commands that do something."""
    children = getattr(command, "commands", None)
    if not children:
        return {name}
    return {leaf for word, child in children.items() for leaf in leaves(child, f"{name} {word}".strip())}


@pytest.mark.parametrize("words", SHOWN)
def test_a_shown_command_parses(program, words):
    command, name, rest = leaf(program, words)
    if rest in (["--help"], ["--version"]):
        return
    assert not getattr(command, "commands", None), f"there is no command profilex {' '.join(words)}"
    command.make_context(f"profilex {name}", list(rest))


def test_every_command_is_shown(program):
    shown = {leaf(program, words)[1] for path in GUIDES for words in commands(path.read_text())}
    assert leaves(program) - shown == set()


def test_the_scripts_of_the_readme_are_there():
    for script in ("demo", "check", ".ci/run", "docs/make_images.sh"):
        assert (ROOT / script).stat().st_mode & 0o111, f"{script} cannot be run"
    assert "./check" in (ROOT / ".ci/run").read_text()
