"""docs/cli.md, written from the program itself: `python -m profilex.cli.reference > docs/cli.md`."""

from collections.abc import Iterator
from enum import Enum
from inspect import cleandoc
from itertools import groupby
from pathlib import Path
from typing import Any

import typer

from profilex.cli.app import build
from profilex.cli.options.grouping import OPTIONS, heading

_HEAD = """# Command line

Written by `python -m profilex.cli.reference > docs/cli.md`; a test fails when it is stale.
[errors.md](errors.md) explains the failure codes, [operations.md](operations.md) large collections.
"""


def reference() -> str:
    """The whole reference as Markdown."""
    return "\n".join([_HEAD, *_commands(typer.main.get_command(build()), "profilex")])


def _commands(command: Any, name: str) -> Iterator[str]:
    if command.hidden:
        return
    yield f"## {name}\n"
    yield f"    {_usage(command, name)}\n"
    yield cleandoc(command.help or "") + "\n"
    parameters = [parameter for parameter in command.params if not getattr(parameter, "hidden", False)]
    for title, members in groupby(parameters, key=_heading):
        yield f"| {title} | default | |\n|---|---|---|"
        yield "\n".join(_row(parameter) for parameter in members) + "\n"
    for child in command.list_commands(None) if hasattr(command, "list_commands") else ():
        yield from _commands(command.commands[child], f"{name} {child}")


def _usage(command: Any, name: str) -> str:
    words = [_argument(p) for p in command.params if p.param_type_name == "argument"]
    words += [f"{p.opts[0]} {_metavar(p)}" for p in command.params if p.param_type_name == "option" and p.required]
    options = any(p.param_type_name == "option" and not p.required for p in command.params)
    words += ["[OPTIONS]"] if options else []
    words += ["COMMAND"] if getattr(command, "commands", None) else []
    return " ".join([name, *words])


def _heading(parameter: Any) -> str:
    return "" if (title := heading(parameter)) == OPTIONS else title


def _row(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        name, default = f"`{_argument(parameter)}`", ""
    else:
        flags = [*parameter.opts, *parameter.secondary_opts]
        value = "" if parameter.is_flag else f" {_metavar(parameter)}"
        name, default = f"`{', '.join(flags)}{value}`", _default(parameter)
    return f"| {name} | {default} | {(parameter.help or '').replace('|', '/')} |"


def _argument(parameter: Any) -> str:
    name = parameter.metavar or parameter.name.upper()
    name = f"{name}..." if parameter.nargs == -1 else name
    return name if parameter.required else f"[{name}]"


def _metavar(parameter: Any) -> str:
    """The placeholder of an option's value: as declared, or by its type."""
    if parameter.metavar:
        return str(parameter.metavar)
    annotation = getattr(getattr(parameter, "type_descriptor", None), "annotation", str)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return "/".join(str(choice.value) for choice in annotation)
    return _PLACEHOLDERS.get(annotation, "TEXT")


_PLACEHOLDERS = {float: "NUMBER", int: "N", Path: "PATH"}


def _default(parameter: Any) -> str:
    value = parameter.default
    if value is True and parameter.secondary_opts:
        return f"`{parameter.opts[0]}`"
    if value is None or value is False or callable(value) or parameter.required:
        return ""
    return f"`{value.value if isinstance(value, Enum) else value}`"


if __name__ == "__main__":
    print(reference(), end="")
