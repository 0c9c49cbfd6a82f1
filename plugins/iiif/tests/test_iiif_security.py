"""Servers that mean harm: they lead into the local network, send bombs, or name things for others to trip over."""

import csv
import gzip
import json
import struct
import zlib

import pytest
from profilex_iiif import peers, web
from profilex_iiif.source import ManifestSource

from profilex.cli.app import run
from profilex.plugins import MissingScan, RunError
from tests.helpers.iiif_server import Answer, Library, canvas_3, manifest_3, picture, running, service_3


@pytest.fixture
def inside(library, monkeypatch):
    """A server of the local network; the other one, `library`, counts as one of the internet."""
    monkeypatch.setattr(peers, "is_private", lambda address: address != "127.0.0.1")
    with running(Library(), "127.0.0.2") as listening:
        listening.put("/secret.jpg", Answer(picture()))
        yield listening


def fetch(address, folder):
    folder.mkdir(exist_ok=True)
    return list(ManifestSource().fetch(str(address), folder))


def image(url):
    return {"id": url, "type": "Image", "format": "image/jpeg"}


@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("127.0.0.1", True), ("10.1.2.3", True), ("192.168.0.9", True), ("172.20.0.1", True), ("169.254.169.254", True),
        ("100.64.0.1", True), ("0.0.0.0", True), ("224.0.0.1", True), ("::1", True), ("fe80::1%eth0", True),
        ("fd00::1", True), ("::ffff:10.0.0.1", True), ("8.8.8.8", False), ("::ffff:8.8.8.8", False),
        ("2001:4860:4860::8888", False),
    ],
)  # fmt: skip
def test_which_addresses_are_private(address, private):
    assert peers.is_private(address) is private


@pytest.mark.parametrize(
    "way", ["named", "redirected", "redirected twice", "by its service", "by its service's images"]
)
def test_a_server_of_the_internet_cannot_lead_into_the_local_network(library, inside, tmp_path, way):
    secret = inside.url + "/secret.jpg"
    away = Answer(status=302, headers={"Location": secret})
    library.put("/away", away)
    body = image(library.put("/files/a.jpg", Answer(status=302, headers={"Location": "/away"})))
    if way == "named":
        body = image(secret)
    elif way == "redirected":
        body = image(library.put("/files/a.jpg", away))
    elif way == "by its service":
        body = image(f"{library.url}/none.jpg") | {"service": service_3(inside, "1")}
    elif way == "by its service's images":
        body = image(f"{library.url}/none.jpg") | {"service": service_3(library, "1", answer=away)}
    (missing,) = fetch(manifest_3(library, canvas_3(library, 1, "p. 1", body)), tmp_path)
    assert isinstance(missing, MissingScan)
    assert "an address of a local network (127.0.0.2)" in missing.message
    assert inside.requests == [], "nothing was asked"
    (again,) = fetch(f"{library.url}/book/manifest.json", tmp_path)
    assert isinstance(again, MissingScan), "nor when the manifest is kept from before"


def test_a_manifest_that_is_redirected_into_the_local_network_is_refused(library, inside, tmp_path):
    manifest_3(inside, canvas_3(inside, 1, "", image(f"{inside.url}/secret.jpg")))
    library.put("/book", Answer(status=302, headers={"Location": f"{inside.url}/book/manifest.json"}))
    with pytest.raises(RunError, match="an address of a local network"):
        fetch(f"{library.url}/book", tmp_path)


def test_a_library_of_the_local_network_may_name_its_own_servers(library, inside, tmp_path):
    inside.put("/moved.jpg", Answer(status=302, headers={"Location": "/secret.jpg"}))
    address = manifest_3(inside, canvas_3(inside, 1, "", image(f"{inside.url}/moved.jpg")))
    for _ in range(2):
        (path,) = fetch(address, tmp_path)
        assert path.read_bytes() == picture()
        path.unlink()


def test_a_manifest_on_disk_is_a_persons_choice(library, inside, tmp_path):
    manifest_3(library, canvas_3(library, 1, "", image(f"{inside.url}/secret.jpg")))
    (tmp_path / "m.json").write_bytes(library.answer("/book/manifest.json").body)
    (path,) = fetch(tmp_path / "m.json", tmp_path / "kept")
    assert path.read_bytes() == picture()


def test_a_packed_bomb_ends_at_the_limit(library, tmp_path, monkeypatch):
    monkeypatch.setenv(web.SIZE_VARIABLE, "8")
    bomb = gzip.compress(bytes(64 << 20))
    assert len(bomb) < 1 << 17
    body = image(library.put("/bomb.jpg", Answer(bomb, headers={"Content-Encoding": "gzip"})))
    (missing,) = fetch(manifest_3(library, canvas_3(library, 1, "", body)), tmp_path)
    assert "is larger than 8 MB" in missing.message


def test_a_picture_of_far_too_many_pixels_is_not_decoded(library, tmp_path, capsys):
    header = struct.pack(">IIBBBBB", 60000, 60000, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(1 << 20), 9)), (b"IEND", b""))
    parts = [
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    ]
    png = b"\x89PNG\r\n\x1a\n" + b"".join(parts)
    body = image(library.put("/huge.png", Answer(png, kind="image/png"))) | {"format": "image/png"}
    (tmp_path / "looks").touch()
    address = manifest_3(library, canvas_3(library, 1, "", body))
    words = ["batch", address, "--source", "iiif", "--out", str(tmp_path / "out"), "--workers", "0"]
    assert run(words, provider="tests.helpers.thresholding") == 3
    assert "too_large" in capsys.readouterr().err


def test_a_manifest_nested_without_end_is_refused(library, tmp_path):
    for data in (b"[" * 10**6, b'{"type":' * 10**5, b'"' + b"x" * 10**6):
        address = library.put("/deep", Answer(data, kind="application/json"))
        with pytest.raises(RunError, match="is not JSON"):
            fetch(address, tmp_path)


NAMES = [
    "<script>alert(1)</script>",
    '=HYPERLINK("http://x")',
    "../../etc/passwd",
    "\x1b[31mred",
    "a\u202egnp.exe",
    "-rf",
]


def test_labels_are_words_and_nothing_else(library, tmp_path, capsys):
    """A canvas's label becomes part of a file's name; markup, formulas, paths and control characters do not."""
    bodies = [image(library.put(f"/files/{n}.jpg", Answer(picture(n)))) for n in range(len(NAMES))]
    canvases = [canvas_3(library, n, name, body) for n, (name, body) in enumerate(zip(NAMES, bodies, strict=True))]
    broken = canvas_3(library, 99, NAMES[0] + NAMES[3], image(f"{library.url}/none.jpg"))
    out = tmp_path / "out"
    (tmp_path / "looks").touch()
    words = ["batch", manifest_3(library, *canvases, broken), "--source", "iiif", "--out", str(out), "--workers", "0"]
    assert run(words, provider="tests.helpers.thresholding") == 3
    shown = capsys.readouterr().err
    assert "\x1b" not in shown.replace("\x1b[A", "")
    kept = [path for path in (out / "sources/iiif").iterdir() if path.suffix == ".jpg"]
    assert len(kept) == len(NAMES)
    for path in kept:
        assert not set('<>="/\\:\x1b\u202e') & set(path.name), path.name
    assert run(["report", str(out)]) == 0
    report = (out / "report.html").read_text()
    assert "<script>alert" not in report
    with (out / "profiles.csv").open(encoding="utf-8-sig") as table:
        cells = [cell for row in csv.reader(table) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "@", "+"))]
    (listed,) = (out / "sources/iiif").glob("*.images.json")
    assert "\x1b" not in listed.read_text()
    assert sorted(each["label"] for each in json.loads(listed.read_text())["images"].values()) == sorted(NAMES)
