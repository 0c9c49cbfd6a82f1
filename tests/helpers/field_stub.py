"""Field Desktop's HTTP interface, as far as its importer's rules are known, on 127.0.0.1.

Written from the rules alone, not from the plugin: it refuses what Field's importer refuses, and it has its weaknesses.
An import looks first at what is there and writes at its end, `import_s` seconds later, whether or not anybody still
waits for the answer: two at once make every record twice. Identifiers that are there twice count as not there. Files
below 4,096 bytes cannot be read. A merge overwrites what a person wrote.

`faults` are taken one a request: "drop" closes the connection without doing anything, "lose" does the work and then
closes it, "late" does the work after the client has gone, a number is answered as that status without doing anything,
an address is where the client is sent.
"""

import base64
import itertools
import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

IMAGE_TYPES = ("jpg", "jpeg", "png", "tif", "tiff")
POOL_BYTES = 4096
LITERATURE = {"quotation", "zenonId", "doi", "page", "figure"}
CATEGORIES = {
    "TypeCatalog": ["description", "literature"],
    "Type": ["description", "literature"],
    "Trench": ["description"],
    "Pottery": ["description", "dimensionDiameter", "dimensionHeight", "dimensionThickness"],
    "Drawing": ["description", "literature", "drawingTool"],
}
INVERSE = {"isDepictedIn": "depicts", "depicts": "isDepictedIn", "isInstanceOf": "hasInstance"}


class Refused(Exception):
    """What Field answers with status 400."""


class Field:
    """A project and what was imported into it."""

    def __init__(self, project="pots", password="secret"):
        self.project, self.password = project, password
        self.fields = {name: ["shortDescription", *fields] for name, fields in CATEGORIES.items()}
        self.prefixes = {}
        self.tools = {"digital erstellt": {}}
        self.requests = []
        self.faults, self.late = [], []
        self.import_s = 0.0
        self.largest_answer = 500
        self._documents = {}  # by id, with the sequence number of their last change
        self._ids, self._changes = itertools.count(1), itertools.count(1)
        self.uploading = False
        self._lock = threading.RLock()

    # what is there, for tests

    @property
    def resources(self):
        """Resources by identifier, with relations by identifier as people see them."""
        with self._lock:
            return {each["identifier"]: self._named(each) for each in self._live()}

    def count(self, identifier):
        with self._lock:
            return sum(each["identifier"] == identifier for each in self._live())

    def __len__(self):
        return len(self._live())

    def edit(self, identifier, **fields):
        """What a person writes in Field's window."""
        with self._lock:
            resource = self._found(identifier) | fields
            self._store({name: value for name, value in resource.items() if value is not None})

    def remove(self, identifier):
        """What a person deletes in Field's window."""
        with self._lock:
            resource = self._found(identifier)
            self._documents[resource["id"]] = (next(self._changes), None)

    def _live(self):
        return [resource for _, resource in self._documents.values() if resource is not None]

    def _found(self, identifier):
        """The one resource of this name; like Field's own search, none where two have it."""
        found = [each for each in self._live() if each["identifier"] == identifier]
        return found[0] if len(found) == 1 else None

    def _store(self, resource):
        self._documents[resource["id"]] = (next(self._changes), resource)

    def _named(self, resource):
        names = {each["id"]: each["identifier"] for each in self._live()}
        relations = {name: [names.get(i, i) for i in ids] for name, ids in resource["relations"].items()}
        if "liesWithin" in relations:
            (relations["isChildOf"],) = relations.pop("liesWithin")
        return {name: value for name, value in resource.items() if name != "id"} | {"relations": relations}

    # the interface

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
        prefix = {"identifierPrefix": self.prefixes[name]} if name in self.prefixes else {}
        return {"name": name, "groups": groups, **prefix}

    def changes(self, *, since, limit):
        """CouchDB's feed: every document once, at its last change; one that was removed without its content."""
        with self._lock:
            news = sorted((seq, key, resource) for key, (seq, resource) in self._documents.items() if seq > since)
        news = news[: min(limit, self.largest_answer)]
        results = [
            {"seq": seq, "id": key, "doc": {"_id": key, "resource": resource}}
            if resource
            else {"seq": seq, "id": key, "deleted": True, "doc": {"_id": key, "_deleted": True}}
            for seq, key, resource in news
        ]
        return {"results": results, "last_seq": news[-1][0] if news else since}

    def import_files(self, request):
        if request.get("category") not in self.fields:
            raise Refused(f"Unconfigured category: {request.get('category')}")
        if not request.get("filePaths"):
            raise Refused("No file paths specified")
        if self.uploading:
            raise Refused("File import is already running")
        self.uploading = True
        try:
            return self._import_files(request)
        finally:
            self.uploading = False

    def _import_files(self, request):
        imported, messages = 0, []
        for path in map(Path, request["filePaths"]):
            time.sleep(self.import_s / len(request["filePaths"]))
            if path.suffix[1:] not in IMAGE_TYPES or ";" in path.name or not path.is_file():
                messages.append(f"cannot be imported: {path.name}")
            elif self.count(path.name):
                messages.append(f"duplicate: {path.name}")
            elif path.stat().st_size < POOL_BYTES:
                messages.append(f"could not be read: {path.name}")
            else:
                with self._lock:
                    named = {"identifier": path.name, "originalFilename": path.name, "category": request["category"]}
                    self._store({"id": f"id-{next(self._ids)}", **named, "relations": {}})
                imported += 1
        return {"importedImages": imported, "importedWorldFiles": 0, "messages": messages}

    def import_records(self, lines, *, merge):
        """All records, or none; what is there is asked at the start, and written at the end."""
        records = [json.loads(line) for line in lines.split("\n") if line]
        with self._lock:
            there = {record["identifier"]: self._found(record["identifier"]) for record in records}
            ignored = [name for name, found in there.items() if (found is None) == merge]
            chosen = [record for record in records if record["identifier"] not in ignored]
            targets = {each["identifier"] for each in self._live()} | {record["identifier"] for record in chosen}
            for record in chosen:
                self._check(record, targets, merge=merge)
        time.sleep(self.import_s)
        with self._lock:
            made = {}
            for record in chosen:
                known = there[record["identifier"]] if merge else {"id": f"id-{next(self._ids)}", "relations": {}}
                if merge and known["category"] != record["category"]:
                    raise Refused(f"category cannot be changed: {record['identifier']}")
                fields = {name: value for name, value in record.items() if name != "relations"}
                self._store(known | fields)
                made[record["identifier"]] = known["id"]
            for record in chosen:
                self._relate(made[record["identifier"]], record.get("relations", {}))
        return {"successfulImports": len(chosen), "ignoredIdentifiers": ignored}

    def _relate(self, key, relations):
        for name, value in relations.items():
            found = [self._found(each) for each in ([value] if isinstance(value, str) else value)]
            others = [each for each in found if each is not None]
            self._point(key, "liesWithin" if name == "isChildOf" else name, [each["id"] for each in others])
            for other in others:
                if inverse := INVERSE.get(name):
                    self._point(other["id"], inverse, list(dict.fromkeys([*other["relations"].get(inverse, []), key])))

    def _point(self, key, relation, ids):
        _, resource = self._documents[key]
        self._store(resource | {"relations": resource["relations"] | {relation: ids}})

    def _check(self, record, targets, *, merge):
        category = record["category"]
        if "id" in record:
            raise Refused("id must not be set")
        if category not in self.fields:
            raise Refused(f"unconfigured category {category}")
        if category == "Drawing" and not merge:
            raise Refused("categoryOnlyAllowedOnUpdate")
        if not record["identifier"].startswith(self.prefixes.get(category, "")):
            raise Refused(f"invalid identifier prefix: {record['identifier']}")
        unknown = record.keys() - {"category", "identifier", "relations", *self.fields[category]}
        if unknown:
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
        if fault == "late":
            self.close_connection = True
            worker = threading.Thread(target=self._do, args=(field, body))
            field.late.append(worker)
            worker.start()
            return
        if fault and "://" in str(fault):
            self.send_response(302)
            self.send_header("Location", fault)
            self.send_header("Content-Length", "0")
            self.end_headers()
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
            if url.path == f"/db/{field.project}/_changes":
                assert query["include_docs"] == "true"
                return 200, field.changes(since=int(query["since"]), limit=int(query["limit"]))
            if url.path == "/fileImport":
                return 200, field.import_files(json.loads(body))
            if url.path == "/import/jsonl":
                return 200, field.import_records(body.decode(), merge=query.get("merge") == "true")
        except Refused as error:
            return 400, {"error": "The import failed.", "importErrors": [str(error)]}
        return 404, {"reason": "unknown"}

    def _send(self, status, answer):
        body = json.dumps(answer).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:  # nobody waits any more
            self.close_connection = True


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
        for worker in field.late:
            worker.join()
        server.server_close()
        thread.join()
