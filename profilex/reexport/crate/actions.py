"""The actions of an RO-Crate: runs with their software, model and settings, and failed pages."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import quote

from profilex.types import Record

Entity = dict[str, Any]
RUN_FILE = "run.json"

_PROFILEX, _CODE, _SCHEMA, _MODEL, _MODEL_SHA256 = "profilex", "code_sha256", "schema", "model", "model_sha256"
_NONE = "none"  # the version of a program that is not installed
_NAMES = {"text_reader": "text reader", "tesseract": "Tesseract"}  # the second in folders of older versions
_URLS = {
    "text reader": "https://github.com/PaddlePaddle/PaddleOCR",
    "Tesseract": "https://github.com/tesseract-ocr/tesseract",
}


def reference(entity: Entity | str) -> Entity:
    """A link to an entity, or to an @id."""
    return {"@id": entity if isinstance(entity, str) else entity["@id"]}


def scan_id(record: Record) -> str:
    """The @id of a page's scan, which is outside the crate: the same for all frames of a file."""
    return f"#scan-{quote(record.source, safe='%/')}"


def scans(records: Iterable[Record]) -> list[Entity]:
    """The scans by source; a scan whose bytes were not read has no digest."""
    found: dict[str, Entity] = {}
    for record in records:
        entity = found.setdefault(scan_id(record), {"@id": scan_id(record), "@type": "CreativeWork"})
        entity["name"] = record.source
        if record.sha256:
            entity["sha256"] = record.sha256
    return list(found.values())


def run_entities(records: Sequence[Record], results: Sequence[str], run: dict[str, Any]) -> Iterator[Entity]:
    """The actions of finished pages, each with its software and model, and those of failed pages.

    Pages of equal versions are one action: a folder made with one profilex and model has one. `results` are the @ids of
    the files about all pages; they belong to the action of the newest run, which `run` (run.json) describes. Actions
    come first; shared entities come once.
    """
    groups: dict[str, list[Record]] = {}
    for record in records:
        groups.setdefault(json.dumps(record.versions, sort_keys=True), []).append(record)
    latest = {name: value for name, value in run.get("versions", {}).items() if name != "python"}
    newest = json.dumps(latest, sort_keys=True)
    with_results = {key for key, mine in groups.items() if any(record.status == "ok" for record in mine)}
    if newest not in (with_results or groups):
        newest = max(with_results or groups)
    parts: dict[str, Entity] = {}
    for key in sorted(groups):
        mine = groups[key]
        known = run if key == newest else {}
        shared = [*_software(mine[0].versions), *_model(mine[0].versions, known), *_settings(known)]
        parts |= {entity["@id"]: entity for entity in shared}
        yield from _actions(mine, shared, list(results) if key == newest else [])
    yield from parts.values()


def _actions(records: Sequence[Record], shared: Sequence[Entity], results: list[str]) -> Iterator[Entity]:
    software, *others = shared
    inputs = [str(entity["@id"]) for entity in others if entity["@type"] != "SoftwareApplication"]
    done = [record for record in records if record.status == "ok"]
    if done:
        name = hashlib.sha256(json.dumps(records[0].versions, sort_keys=True).encode()).hexdigest()[:12]
        outputs = [quote(path) for record in done for path, _ in record.outputs]
        vessels = sum(record.vessels for record in done)
        yield {
            "@id": f"#run-{name}",
            "@type": "CreateAction",
            "name": f"Extraction of {vessels} vessel profiles from {len(done)} pages",
            "instrument": reference(software),
            "object": [reference(each) for each in (*dict.fromkeys(map(scan_id, done)), *inputs)],
            "result": [reference(each) for each in (*outputs, *results)],
            "description": "Sections were segmented and traced; axis, rim and measures were derived from them.",
            "actionStatus": "http://schema.org/CompletedActionStatus",
        }
    for record in records:
        if record.status != "ok":
            yield {
                "@id": f"#failed-{quote(record.folder)}",
                "@type": "CreateAction",
                "name": f"Extraction from {record.source}, page {record.frame}, which failed",
                "instrument": reference(software),
                "object": [reference(each) for each in (scan_id(record), *inputs)],
                "actionStatus": "http://schema.org/FailedActionStatus",
                "error": f"{record.stage}: {record.code}: {record.message}",
            }


def _software(versions: dict[str, str]) -> Iterator[Entity]:
    """profilex first, then the software that it used."""
    used = [
        _application(_NAMES.get(name, name.removeprefix("plugin:")), version)
        for name, version in sorted(versions.items())
        if name not in (_PROFILEX, _CODE, _SCHEMA, _MODEL, _MODEL_SHA256) and version != _NONE
    ]
    own = _application("profilex", versions.get(_PROFILEX, "unknown"))
    own["description"] = "Turns scanned plates of pottery catalogues into measured, CAD-ready vessel profiles."
    yield own | ({"softwareRequirements": [reference(each) for each in used]} if used else {})
    yield from used


def _application(name: str, version: str) -> Entity:
    identifier = f"#software-{quote(f'{name}-{version}')}"
    entity: Entity = {"@id": identifier, "@type": "SoftwareApplication", "name": name, "softwareVersion": version}
    return entity | ({"url": _URLS[name]} if name in _URLS else {})


def _model(versions: dict[str, str], run: dict[str, Any]) -> Iterator[Entity]:
    """The network, with the statements of its card if run.json has it."""
    name, digest = versions.get(_MODEL), versions.get(_MODEL_SHA256, "")
    if name is None:
        return
    entity: Entity = {
        "@id": f"#model-{quote(f'{name}-{digest[:12]}')}",
        "@type": "CreativeWork",
        "name": f"model {name}",
    }
    entity |= {"identifier": f"sha256:{digest}"} if digest else {}
    card = run.get("model", {})
    architecture, training = card.get("architecture", {}), card.get("training", {})
    if isinstance(architecture, dict) and "kind" in architecture:
        words = f"A network of the kind {architecture['kind']}, backbone {architecture.get('backbone')}"
        data = f", trained on: {training['data']}" if isinstance(training, dict) and "data" in training else ""
        entity["description"] = f"{words}{data}."
    entity |= {"license": _spdx(card["licence"])} if card.get("licence") else {}
    entity |= {"subjectOf": reference(RUN_FILE)} if card else {}
    yield entity


def _spdx(licence: str) -> Any:
    """A licence by its address, if it is an SPDX identifier."""
    return f"https://spdx.org/licenses/{quote(licence)}"


def _settings(run: dict[str, Any]) -> Iterator[Entity]:
    digest = run.get("settings_sha256")
    if digest:
        yield {
            "@id": f"#settings-{digest[:12]}",
            "@type": "PropertyValue",
            "name": "settings",
            "value": f"sha256:{digest}",
            "description": "Digest of the settings of the run, which run.json holds.",
            "subjectOf": reference(RUN_FILE),
        }
