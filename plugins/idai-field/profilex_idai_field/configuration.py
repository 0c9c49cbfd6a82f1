"""What a project's configuration says of the records that are to be imported."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from profilex.plugins import Code, Problem, RunError
from profilex_idai_field.records import Resource

_ALWAYS = {"category", "identifier", "relations"}  # no fields of a form


@dataclass(frozen=True, slots=True)
class Category:
    """A category of a project: its fields by name, and what its identifiers have to begin with ("": nothing)."""

    fields: Mapping[str, Mapping[str, Any]]
    prefix: str = ""


def configured_categories(document: Any) -> dict[str, Category]:
    """Every category by name, from the answer of `GET /configuration/{project}`.

    Categories come as a forest of `{item, trees}`; a category's fields lie in its groups.

    Raises:
        RunError: the answer has another form.
    """
    try:
        return {
            item["name"]: Category(
                {field["name"]: field for group in item["groups"] for field in group["fields"]},
                str(item.get("identifierPrefix") or ""),
            )
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


def unconfigured(records: Iterable[Resource], categories: Mapping[str, Category]) -> list[Problem]:
    """Categories and fields that the project does not have, each once."""
    used: dict[str, set[str]] = {}
    for record in records:
        used.setdefault(record["category"], set()).update(record.keys() - _ALWAYS)
    problems = [Problem(category, "", "the project has no such category") for category in used.keys() - categories]
    problems += [
        Problem(category, field, "the project's form has no such field")
        for category in used.keys() & categories.keys()
        for field in used[category] - categories[category].fields.keys()
    ]
    return sorted(problems, key=lambda problem: (problem.record, problem.field))


def unprefixed(records: Iterable[Resource], categories: Mapping[str, Category]) -> list[Problem]:
    """Records whose identifiers lack the beginning that their category demands."""
    problems = []
    for record in records:
        category = categories.get(record["category"])
        if category and not record["identifier"].startswith(category.prefix):
            message = f"{record['category']} demands identifiers that begin with {category.prefix!r}"
            problems.append(Problem(record["identifier"], "identifier", message))
    return problems


def unlisted_values(records: Iterable[Resource], categories: Mapping[str, Category]) -> list[str]:
    """Sentences on values that a field's list lacks: Field imports them, but marks them."""
    notes = set()
    for record in records:
        category = categories.get(record["category"])
        for name, field in category.fields.items() if category else ():
            values, value = (field.get("valuelist") or {}).get("values"), record.get(name)
            if values and isinstance(value, str) and value not in values:
                notes.add(f"{record['category']}, {name}: the project's list lacks {value!r}")
    return sorted(notes)
