"""`--set name=value` for plugins: the given values, checked against the declared options."""

from collections.abc import Iterable, Mapping

from profilex.errors import Code, RunError
from profilex.plugins.protocols import Option, Options


def parse_settings(words: Iterable[str]) -> dict[str, str]:
    """The values of `name=value` words.

    Raises:
        RunError: a word has no "=", or a name is repeated.
    """
    values: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise RunError(Code.USAGE, f"--set {word}: not of the form NAME=VALUE.")
        if name in values:
            raise RunError(Code.USAGE, f"--set {name}: given twice.")
        values[name] = value
    return values


def settle(plugin: str, declared: Iterable[Option], given: Mapping[str, str]) -> Options:
    """The values of all options of a plugin: the given ones, otherwise the defaults.

    Raises:
        RunError: an option is not declared, or a required one is not given.
    """
    known = {option.name: option for option in declared}
    listed = ", ".join(known) or "none"
    if strangers := sorted(set(given) - set(known)):
        raise RunError(Code.USAGE, f"{plugin} has no option {', '.join(strangers)}.", f"It has: {listed}.")
    missing = [name for name, option in known.items() if option.required and not given.get(name)]
    if missing:
        raise RunError(
            Code.USAGE,
            f"{plugin} needs {', '.join(f'{name} ({known[name].help})' for name in missing)}.",
            f"Give it with --set {missing[0]}=VALUE.",
        )
    return {name: given.get(name, option.default) for name, option in known.items()}
