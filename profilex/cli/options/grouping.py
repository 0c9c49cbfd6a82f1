"""Options in groups: a command takes a few frozen objects, and each of their fields is an option.

@dataclass(frozen=True, slots=True)
class Scale:
    '''Scale'''  # the heading of these options in the help

    ratio: Annotated[float | None, typer.Option(help="...")] = None

@in_groups
def batch(scans: ..., scale: Scale) -> int: ...
"""

import inspect
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import MISSING, Field, fields, is_dataclass
from itertools import groupby
from typing import Annotated, Any, get_args, get_type_hints

import typer
from typer.core import TyperCommand

OPTIONS = "Options"
"""The heading of options without a group."""


def in_groups(command: Callable[..., Any]) -> Callable[..., Any]:
    """The command for Typer: parameters that are dataclasses are replaced by one parameter for each field."""
    signature = inspect.signature(command, eval_str=True)
    groups: dict[str, Any] = {
        name: p.annotation for name, p in signature.parameters.items() if is_dataclass(p.annotation)
    }

    def flat(**values: Any) -> Any:
        grouped = {
            name: kind(**{field.name: values.pop(field.name) for field in fields(kind)})
            for name, kind in groups.items()
        }
        return command(**grouped, **values)

    parameters: list[inspect.Parameter] = []
    for name, parameter in signature.parameters.items():
        own = _parameters(groups[name]) if name in groups else [parameter.replace(kind=parameter.KEYWORD_ONLY)]
        parameters.extend(own)
    flat.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    flat.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    flat.__name__, flat.__doc__ = command.__name__, command.__doc__
    return flat


def _parameters(kind: Any) -> Iterator[inspect.Parameter]:
    hints = get_type_hints(kind, include_extras=True)
    for field in fields(kind):
        type_, option = get_args(hints[field.name])
        option = copy(option)
        option.rich_help_panel = inspect.cleandoc(kind.__doc__)
        yield inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=_default(field),
            annotation=Annotated[type_, option],
        )


def _default(field: Field) -> Any:
    return inspect.Parameter.empty if field.default is MISSING else field.default


def heading(parameter: Any) -> str:
    """The heading that an option of a command is listed under."""
    return getattr(parameter, "rich_help_panel", None) or OPTIONS


class GroupedCommand(TyperCommand):
    """A command whose help lists its options group by group."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the arguments, then each group of options under its heading."""
        shown = [
            (parameter, record) for parameter in self.get_params(ctx) if (record := parameter.get_help_record(ctx))
        ]
        arguments = [record for parameter, record in shown if parameter.param_type_name == "argument"]
        options = [(heading(parameter), record) for parameter, record in shown if parameter.param_type_name == "option"]
        if arguments:
            with formatter.section("Arguments"):
                formatter.write_dl(arguments)
        for title, members in groupby(options, key=lambda each: each[0]):
            with formatter.section(title):
                formatter.write_dl([record for _, record in members])


def add_command(app: typer.Typer, name: str, command: Callable[..., Any]) -> None:
    """Add a command whose options are in groups to the program."""
    app.command(name, cls=GroupedCommand)(in_groups(command))
