"""A server of manifests and images on loopback that answers as it is told, and the documents that it hands out."""

import io
import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from PIL import Image, ImageDraw

PHYSDIM = {
    "@context": "http://iiif.io/api/annex/services/physdim/1/context.json",
    "profile": "http://iiif.io/api/annex/services/physdim",
}


@dataclass
class Answer:
    """What is sent; `length` is what Content-Length says, None for the truth, -1 to say nothing."""

    body: bytes = b""
    status: int = 200
    kind: str = "image/jpeg"
    headers: dict = field(default_factory=dict)
    length: int | None = None
    drop: bool = False


class Library:
    """Answers by path; of a list each is given once, the last one for ever. `requests` are the paths asked for."""

    def __init__(self):
        self.answers = {}
        self.requests = []
        self.agents = set()

    def put(self, path, *answers):
        self.answers[path] = list(answers)
        return self.url + path

    def put_json(self, path, document):
        return self.put(path, Answer(json.dumps(document).encode(), kind="application/ld+json"))

    def answer(self, path):
        waiting = self.answers.get(path)
        if not waiting:
            return Answer(b"nothing here", 404, "text/plain")
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        library = self.server.library
        library.requests.append(self.path)
        library.agents.add(self.headers["User-Agent"])
        answer = library.answer(self.path)
        self.close_connection = True
        if answer.drop:
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        if answer.length != -1:
            self.send_header("Content-Length", str(len(answer.body) if answer.length is None else answer.length))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(answer.body)
        except OSError:  # the other side has seen enough
            return


@contextmanager
def running(library, host="127.0.0.1"):
    """Let a `Library` listen; its `url` is the address."""
    server = ThreadingHTTPServer((host, 0), _Handler)
    server.daemon_threads = True
    server.library = library
    library.url = f"http://{host}:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield library
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def picture(seed=0, size=(220, 260), kind="JPEG"):
    """A white plate with one thick black wall, as bytes of a file without a resolution."""
    plate = Image.new("L", size, 255)
    x = 40 + seed % 50
    ImageDraw.Draw(plate).polygon([(x, 40), (x + 24, 40), (x + 40, 200), (x + 14, 200)], fill=0)
    data = io.BytesIO()
    plate.save(data, kind)
    return data.getvalue()


def service_3(library, name, info=None, answer=None):
    """An image service of version 3, and what stands in a body for it."""
    info = {"width": 220, "height": 260, "profile": "level1"} | (info or {})
    url = f"{library.url}/image/{name}"
    library.put_json(f"/image/{name}/info.json", {"id": url, "type": "ImageService3", **info})
    library.put(f"/image/{name}/full/max/0/default.jpg", answer or Answer(picture()))
    return [{"id": url, "type": "ImageService3", "profile": "level1"}]


def canvas_3(library, number, label, body, **more):
    """A canvas of 440 x 520 units with one painted body."""
    identifier = f"{library.url}/canvas/{number}"
    annotation = {"id": f"{identifier}/a", "type": "Annotation", "motivation": "painting", "body": body}
    annotation["target"] = identifier
    page = {"id": f"{identifier}/p", "type": "AnnotationPage", "items": [annotation]}
    facts = {"id": identifier, "type": "Canvas", "label": {"none": [label]}, "width": 440, "height": 520}
    return facts | {"items": [page]} | more


def manifest_3(library, *canvases):
    """A manifest of version 3, put at /book/manifest.json; its address."""
    document = {
        "@context": "http://iiif.io/api/presentation/3/context.json",
        "id": f"{library.url}/book/manifest.json",
        "type": "Manifest",
        "label": {"en": ["Late Roman Pottery"]},
        "rights": "http://creativecommons.org/licenses/by/4.0/",
        "requiredStatement": {"label": {"en": ["Attribution"]}, "value": {"en": ["A library"]}},
        "items": list(canvases),
    }
    return library.put_json("/book/manifest.json", document)
