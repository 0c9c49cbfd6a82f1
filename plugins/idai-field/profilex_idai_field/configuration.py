"""What a project's configuration says of the records that are to be imported."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from profilex.plugins import Code, Problem, RunError
from profilex_idai_field.records import Resource

_ALWAYS = {"category", "identifier", "relations"}  # no fields of a form

Fields = Mapping[str, Mapping[str, Any]]


def configured_fields(document: Any) -> dict[str, Fields]:
    """The fields of every category, by name, from the answer of `GET /configuration/{project}`.

    Categories come as a forest of `{item, trees}`; a category's fields lie in its groups.

    Raises:
        RunError: the answer has another form.
    """
    try:
        return {
            item["name"]: {field["name"]: field for group in item["groups"] for field in group["fields"]}
            for item in _items(document["categories"])
        }
    except (KeyError, TypeError) as error:
        raise RunError(
            Code.PLUGIN, "the project's configuration has a form that is not known.", "Use Field Desktop 3.8 or newer."
        ) from error


def _items(forest: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for tree in forest:
        yield tree["item"]
        yield from _items(tree["trees"])


def unconfigured(records: Iterable[Resource], configured: Mapping[str, Fields]) -> list[Problem]:
    """Categories and fields that the project does not have, each once."""
    used: dict[str, set[str]] = {}
    for record in records:
        used.setdefault(record["category"], set()).update(record.keys() - _ALWAYS)
    problems = [Problem(category, "", "the project has no such category") for category in used.keys() - configured]
    problems += [
        Problem(category, field, "the project's form has no such field")
        for category in used.keys() & configured.keys()
        for field in used[category] - configured[category].keys()
    ]
    return sorted(problems, key=lambda problem: (problem.record, problem.field))


def unlisted_values(records: Iterable[Resource], configured: Mapping[str, Fields]) -> list[str]:
    """Sentences on values that a field's list lacks: Field imports them, but marks them."""
    notes = set()
    for record in records:
        for name, field in configured.get(record["category"], {}).items():
            values, value = (field.get("valuelist") or {}).get("values"), record.get(name)
            if values and isinstance(value, str) and value not in values:
                notes.add(f"{record['category']}, {name}: the project's list lacks {value!r}")
    return sorted(notes)
