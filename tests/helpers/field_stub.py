"""Field Desktop's HTTP interface, as far as its importer's rules are known, on 127.0.0.1.

Written from the rules alone, not from the plugin: it refuses what Field's importer refuses. `faults` are taken one a
request: "drop" closes the connection without doing anything, "lose" does the work and then closes it, a number is
answered as that status without doing anything.
"""

import base64
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

IMAGE_TYPES = ("jpg", "jpeg", "png", "tif", "tiff")
LITERATURE = {"quotation", "zenonId", "doi", "page", "figure"}
CATEGORIES = {
    "TypeCatalog": ["description", "literature"],
    "Type": ["description", "literature"],
    "Trench": ["description"],
    "Pottery": ["description", "dimensionDiameter", "dimensionHeight", "dimensionThickness"],
    "Drawing": ["description", "literature", "drawingTool"],
}


class Refused(Exception):
    """What Field answers with status 400."""


class Field:
    """A project and what was imported into it."""

    def __init__(self, project="pots", password="secret"):
        self.project, self.password = project, password
        self.fields = {name: ["shortDescription", *fields] for name, fields in CATEGORIES.items()}
        self.tools = {"digital erstellt": {}}
        self.resources = {}
        self.requests = []
        self.faults = []

    def configuration(self):
        """A forest with Pottery below Find, as Field nests categories."""
        trees = {name: {"item": self._form(name), "trees": []} for name in self.fields}
        pottery = trees.pop("Pottery", None)
        find = {"item": {"name": "Find", "groups": []}, "trees": [pottery] if pottery else []}
        return {"projectLanguages": ["en"], "categories": [*trees.values(), find]}

    def _form(self, name):
        fields = [{"name": field, "inputType": "text"} for field in ["identifier", *self.fields[name]]]
        for field in fields:
            if field["name"] == "drawingTool":
                field["valuelist"] = {"id": "tools", "values": self.tools}
        groups = [{"name": "stem", "fields": fields[:2]}, {"name": "properties", "fields": fields[2:]}]
        return {"name": name, "groups": groups}

    def import_files(self, request):
        if request.get("category") not in self.fields:
            raise Refused(f"Unconfigured category: {request.get('category')}")
        imported, messages = 0, []
        for path in map(Path, request["filePaths"]):
            if path.suffix[1:] not in IMAGE_TYPES or ";" in path.name or not path.is_file():
                messages.append(f"cannot be imported: {path.name}")
            elif path.name in self.resources:
                messages.append(f"duplicate: {path.name}")
            else:
                self.resources[path.name] = {"category": request["category"], "identifier": path.name, "relations": {}}
                imported += 1
        return {"importedImages": imported, "importedWorldFiles": 0, "messages": messages}

    def import_records(self, lines, *, merge, ignore_unconfigured):
        """All records, or none."""
        records = [json.loads(line) for line in lines.splitlines()]
        targets = self.resources.keys() | {record.get("identifier") for record in records}
        for record in records:
            self._check(record, targets, merge=merge, ignore_unconfigured=ignore_unconfigured)
        ignored = []
        for record in records:
            identifier = record["identifier"]
            if merge:
                self.resources[identifier].update(record)
            elif identifier in self.resources:
                ignored.append(identifier)
            else:
                self.resources[identifier] = record
        return {"successfulImports": len(records) - len(ignored), "ignoredIdentifiers": ignored}

    def _check(self, record, targets, *, merge, ignore_unconfigured):
        category = record["category"]
        if "id" in record:
            raise Refused("id must not be set")
        if category not in self.fields:
            raise Refused(f"unconfigured category {category}")
        if category == "Drawing" and not merge:
            raise Refused("categoryOnlyAllowedOnUpdate")
        if merge and record["identifier"] not in self.resources:
            raise Refused(f"nothing to merge into: {record['identifier']}")
        unknown = record.keys() - {"category", "identifier", "relations", *self.fields[category]}
        if unknown and not ignore_unconfigured:
            raise Refused(f"unconfigured fields {sorted(unknown)} of {category}")
        if category == "Type" and ("geometry" in record or any(name.startswith("dimension") for name in record)):
            raise Refused("a type has no geometry and no dimensions")
        for reference in record.get("literature", []):
            strings = all(isinstance(value, str) for value in reference.values())
            if reference.keys() - LITERATURE or not strings or not reference.get("quotation"):
                raise Refused(f"invalid literature of {record['identifier']}")
        for name, dimensions in record.items():
            if name.startswith("dimension"):
                self._check_dimensions(record["identifier"], dimensions)
        relations = record.get("relations", {})
        if category == "Pottery" and "isChildOf" not in relations:
            raise Refused("Pottery needs a parent")
        for name, value in relations.items():
            if isinstance(value, str) != (name == "isChildOf"):
                raise Refused(f"invalid relation {name}")
            for target in [value] if isinstance(value, str) else value:
                if target not in targets:
                    raise Refused(f"relation to nothing: {target}")

    @staticmethod
    def _check_dimensions(identifier, dimensions):
        for dimension in dimensions:
            end = dimension.get("inputRangeEndValue")
            wrong = {"value", "rangeMin", "rangeMax"} & dimension.keys() or dimension["inputValue"] <= 0
            if wrong or end == dimension["inputValue"]:
                raise Refused(f"invalid dimension of {identifier}")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        self._answer(b"")

    def do_POST(self):
        self._answer(self.rfile.read(int(self.headers["Content-Length"])))

    def _answer(self, body):
        field = self.server.field
        field.requests.append(f"{self.command} {self.path}")
        fault = field.faults.pop(0) if field.faults else None
        if fault == "drop":
            self.close_connection = True
            return
        if isinstance(fault, int):
            self._send(fault, {"error": "a fault"})
            return
        status, answer = self._do(field, body)
        if fault == "lose":
            self.close_connection = True
            return
        self._send(status, answer)

    def _do(self, field, body):
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        scheme, _, credentials = self.headers.get("Authorization", "").partition(" ")
        if scheme != "Basic" or base64.b64decode(credentials).decode().partition(":")[2] != field.password:
            return 401, {"reason": "unauthorized"}
        try:
            if url.path == "/info":
                return 200, {"version": "3.8.0", "projects": [field.project], "activeProject": field.project}
            if url.path == f"/configuration/{field.project}":
                return 200, field.configuration()
            if url.path == "/fileImport":
                return 200, field.import_files(json.loads(body))
            if url.path == "/import/jsonl":
                flags = {"merge": "merge", "ignore_unconfigured": "ignoreUnconfiguredFields"}
                wanted = {name: query.get(parameter) == "true" for name, parameter in flags.items()}
                return 200, field.import_records(body.decode(), **wanted)
        except Refused as error:
            return 400, {"error": "The import failed.", "importErrors": [str(error)]}
        return 404, {"reason": "unknown"}

    def _send(self, status, answer):
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def running(field):
    """Let a `Field` listen; its `url` is the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.field = field
    field.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield field
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
