"""`profilex batch --source iiif` against a library on loopback."""

import io
import json

import pytest
from PIL import Image
from profilex_iiif import web
from profilex_iiif.source import ManifestSource

from profilex import manifest
from profilex.cli.app import run
from profilex.plugins import MissingScan, PageError, RunError
from tests.helpers.iiif_server import PHYSDIM, Answer, canvas_3, manifest_3, picture, service_3


def batch(address, out, *words):
    return run(
        ["batch", str(address), "--source", "iiif", "--out", str(out), "--workers", "0", *words],
        provider="tests.helpers.thresholding",
    )


def fetch(address, folder):
    folder.mkdir(exist_ok=True)
    return list(ManifestSource().fetch(str(address), folder))


def static(library, name="plate.jpg", *answers, **facts):
    """A body that is an image of its own."""
    url = library.put(f"/files/{name}", *(answers or (Answer(picture()),)))
    return {"id": url, "type": "Image", "format": "image/jpeg"} | facts


@pytest.fixture
def book(library):
    """A manifest with three canvases: two with an image service, one with an image of its own."""
    first = {"id": f"{library.url}/files/first.jpg", "type": "Image", "service": service_3(library, "1")}
    second = {"id": f"{library.url}/files/second.jpg", "type": "Image", "service": service_3(library, "2")}
    third = static(library, "third.png", Answer(picture(5, kind="PNG"), kind="image/png"), format="image/png")
    canvases = [canvas_3(library, 7, "p. 93", first), canvas_3(library, 3, "p. 94", second)]
    return manifest_3(library, *canvases, canvas_3(library, 5, "Tafel Ä/1", third))


def images_of(folder):
    (file,) = folder.glob("*.images.json")
    return json.loads(file.read_text())["images"]


def test_the_pages_of_a_manifest_become_profiles_in_its_order(book, library, out):
    assert batch(book, out) == 0
    records = [entry.record for entry in manifest.entries(out)]
    names = [record.source.partition("_")[2] for record in records]
    assert names == ["0001_p-93.jpg", "0002_p-94.jpg", "0003_Tafel-Ä-1.png"]
    assert [record.vessels for record in records] == [1, 1, 1]
    assert {record.versions["plugin:iiif"] for record in records} == {"0.1.0"}
    assert library.requests == [
        "/book/manifest.json",
        "/image/1/info.json", "/image/1/full/max/0/default.jpg",
        "/image/2/info.json", "/image/2/full/max/0/default.jpg",
        "/files/third.png",
    ]  # fmt: skip
    kept = images_of(out / "sources/iiif")
    assert [each["label"] for each in kept.values()] == ["p. 93", "p. 94", "Tafel Ä/1"]
    assert [each["canvas"].rpartition("/")[2] for each in kept.values()] == ["7", "3", "5"]


def test_a_repeated_run_asks_for_nothing(book, library, out, tmp_path, capsys):
    assert batch(book, out) == 0
    library.requests.clear()
    capsys.readouterr()
    assert batch(book, out, "--json") == 0
    assert json.loads(capsys.readouterr().out)["pages"]["kept"] == 3
    assert library.requests == []


def test_what_is_damaged_or_new_in_the_manifest_is_fetched_and_nothing_else(book, library, tmp_path):
    folder = tmp_path / "kept"
    file = tmp_path / "manifest.json"
    document = json.loads(library.answer("/book/manifest.json").body)
    file.write_text(json.dumps(document))
    paths = fetch(file, folder)
    paths[1].write_bytes(paths[1].read_bytes()[:-9])
    document["items"][2]["items"][0]["items"][0]["body"] = static(library, "other.jpg")
    file.write_text(json.dumps(document))
    library.requests.clear()
    again = fetch(file, folder)
    assert again[:2] == paths[:2]
    assert again[2].name.endswith("_0003_Tafel-Ä-1.jpg")
    assert library.requests == ["/image/2/info.json", "/image/2/full/max/0/default.jpg", "/files/other.jpg"]


def test_a_file_and_the_address_give_the_same_names(book, library, tmp_path):
    file = tmp_path / "here.json"
    file.write_bytes(library.answer("/book/manifest.json").body)
    names = [[path.name for path in fetch(place, tmp_path / name)] for name, place in (("a", book), ("b", file))]
    assert names[0] == names[1]


@pytest.mark.parametrize(
    "answers",
    [
        [Answer(status=500), Answer(status=503), Answer(picture())],
        [Answer(status=429, headers={"Retry-After": "3600"}), Answer(picture())],
        [Answer(drop=True), Answer(picture())],
        [Answer(picture()[:900], length=len(picture())), Answer(picture())],
        [Answer(picture()[:900], length=-1), Answer(picture())],
        [Answer(b""), Answer(picture())],
        [Answer(picture(), kind="application/octet-stream", length=-1)],
    ],
    ids=["500", "429", "dropped", "cut short", "cut without a length", "empty", "no type and length"],
)
def test_what_passes_is_tried_again(library, tmp_path, answers):
    (path,) = fetch(manifest_3(library, canvas_3(library, 1, "", static(library, "a.jpg", *answers))), tmp_path)
    assert path.read_bytes() == picture()
    assert library.requests.count("/files/a.jpg") == len(answers)


@pytest.mark.parametrize(
    ("answer", "said", "times"),
    [
        (Answer(b"gone", 404, "text/plain"), "a.jpg: the server answers 404.", 1),
        (Answer(b"no", 403, "text/plain"), "the server answers 403.", 1),
        (Answer(status=500), "the server answers 500, 4 times", 4),
        (Answer(drop=True), "the answer is lost (ConnectionError), 4 times", 4),
        (Answer(picture()[:900], length=-1), "ends early, 4 times", 4),
        (Answer(picture(), length=1 << 40), "is larger than 256 MB", 1),
        (Answer(b"<html>Please log in</html>", 200, "text/html"), "The server calls it 'text/html'", 1),
        (Answer(b"GIF89a" + bytes(50), 200, "image/jpeg"), "The file is a GIF", 1),
        (
            Answer(status=302, headers={"Location": "file:///etc/hostname"}),
            "file:///etc/hostname: is no address",
            1,
        ),
        (Answer(status=302, headers={"Location": "/files/a.jpg"}), "is redirected more than 5 times", 6),
    ],
    ids=["404", "403", "500", "dropped", "cut", "huge", "html", "gif", "to a file", "in circles"],
)
def test_a_canvas_that_cannot_be_had_is_told_and_the_others_come(library, tmp_path, answer, said, times):
    bad, good = static(library, "a.jpg", answer), static(library, "b.jpg")
    address = manifest_3(library, canvas_3(library, 1, "p. 1", bad), canvas_3(library, 2, "p. 2", good))
    missing, path = fetch(address, tmp_path)
    assert isinstance(missing, MissingScan)
    assert missing.message.startswith("Canvas 1 (p. 1): ")
    assert said in missing.message
    assert library.requests.count("/files/a.jpg") == times
    assert path.read_bytes() == picture()
    assert not missing.path.exists()


def test_the_pauses_grow_and_are_as_long_as_the_server_asks_within_reason(library, monkeypatch):
    waits = []
    monkeypatch.setattr(web, "PAUSE_S", 1.0)
    monkeypatch.setattr(web, "_LONGEST_PAUSE_S", 60.0)
    monkeypatch.setattr(web.time, "sleep", waits.append)
    busy = [
        Answer(status=503, headers={"Retry-After": text}) for text in ("7", "3600", "Wed, 21 Oct 2026 07:28:00 GMT")
    ]
    with web.Web() as session:
        assert session.get(library.put("/busy", *busy, Answer(b"x"))).data == b"x"
        assert session.get(library.put("/odd", *[Answer(status=500)] * 3, Answer(b"x"))).data == b"x"
    assert waits == [7.0, 60.0, 4.0, 1.0, 2.0, 4.0]


def test_a_body_without_end_is_left(library, tmp_path, monkeypatch):
    monkeypatch.setenv(web.SIZE_VARIABLE, "1")
    body = static(library, "a.jpg", Answer(picture() + bytes(2 << 20), length=-1))
    (missing,) = fetch(manifest_3(library, canvas_3(library, 1, "", body)), tmp_path)
    assert "is larger than 1 MB. PROFILEX_IIIF_MAX_MB" in missing.message


def test_redirects_are_followed(library, tmp_path):
    library.put("/new/a.jpg", Answer(picture()))
    body = static(library, "a.jpg", Answer(status=301, headers={"Location": "/new/a.jpg"}))
    (path,) = fetch(manifest_3(library, canvas_3(library, 1, "", body)), tmp_path)
    assert path.read_bytes() == picture()


def test_a_canvas_that_failed_is_a_failed_page_until_it_comes(library, out, capsys):
    good = static(library, "b.jpg", Answer(picture(4)))
    bad = static(library, "a.jpg", Answer(b"gone", 404, "text/plain"))
    address = manifest_3(library, canvas_3(library, 1, "p. 1", bad), canvas_3(library, 2, "p. 2", good))
    assert batch(address, out) == 3
    failed, done = (entry.record for entry in manifest.entries(out))
    assert (failed.status, failed.stage, failed.code) == ("failed", "fetch", "fetch")
    assert "the server answers 404" in failed.message
    assert (done.status, done.vessels) == ("ok", 1)
    assert "_0001_p-1.jpg#0: fetch: fetch: Canvas 1 (p. 1)" in capsys.readouterr().err
    library.put("/files/a.jpg", Answer(picture(9)))
    library.requests.clear()
    assert batch(address, out) == 0
    assert library.requests == ["/files/a.jpg"]
    mended, kept = (entry.record for entry in manifest.entries(out))
    assert (mended.source, mended.folder, mended.status) == (failed.source, failed.folder, "ok")
    assert kept == done


def test_a_run_in_which_nothing_comes_records_every_page(library, out):
    address = manifest_3(library, canvas_3(library, 1, "", {"id": f"{library.url}/no.jpg", "type": "Image"}))
    assert batch(address, out) == 3
    assert [entry.record.code for entry in manifest.entries(out)] == ["fetch"]


def test_a_dry_run_asks_for_the_manifest_alone_and_writes_nothing(book, library, out, capsys):
    assert batch(book, out, "--dry-run") == 0
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition("_")[2] for line in lines] == [
        f"0001_p-93.jpg: p. 93: {library.url}/image/1",
        f"0002_p-94.jpg: p. 94: {library.url}/image/2",
        f"0003_Tafel-Ä-1.png: Tafel Ä/1: {library.url}/files/third.png",
    ]
    assert library.requests == ["/book/manifest.json"]
    assert not out.exists()
    assert batch(book, out, "--dry-run", "--json") == 0
    assert {each["action"] for each in json.loads(capsys.readouterr().out)} == {"fetch"}


def test_the_image_of_the_manifest_stands_in_for_its_service(library, tmp_path):
    body = static(library, "a.jpg") | {"service": [{"id": f"{library.url}/away", "type": "ImageService3"}]}
    (path,) = fetch(manifest_3(library, canvas_3(library, 1, "", body)), tmp_path)
    assert path.read_bytes() == picture()
    (kept,) = images_of(tmp_path).values()
    assert kept["note"].startswith("the image service fails: ")
    assert kept["url"].endswith("/files/a.jpg")


def test_a_reduced_image_and_one_of_several_are_told(library, tmp_path, capsys):
    info = {"width": 440, "height": 520, "maxWidth": 220}
    body = {"id": f"{library.url}/x.jpg", "type": "Image", "service": service_3(library, "1", info)}
    canvas = canvas_3(library, 1, "", body)
    page = canvas["items"][0]
    page["items"].append(page["items"][0] | {"target": f"{canvas['id']}#xywh=0,0,10,10"})
    fetch(manifest_3(library, canvas), tmp_path)
    (kept,) = images_of(tmp_path).values()
    shown = capsys.readouterr().err
    for words in ("2 images lie on the canvas; this is the largest", "the server gives 220 of 440 pixels across"):
        assert words in kept["note"]
        assert words in shown


def test_a_canvas_without_an_image_is_passed_over_with_a_warning(library, out, capsys):
    bare = canvas_3(library, 2, "verso", None) | {"items": []}
    sound = canvas_3(library, 3, "track", {"id": f"{library.url}/a.mp3", "type": "Sound"})
    address = manifest_3(library, canvas_3(library, 1, "p. 1", static(library)), bare, sound)
    assert batch(address, out) == 0
    shown = capsys.readouterr().err
    for number in (2, 3):
        assert f"iiif: canvas {number} has no image and is passed over" in shown
    assert len(manifest.entries(out)) == 1


def test_an_image_that_is_not_understood_is_still_a_failed_page(library, tmp_path):
    odd = canvas_3(library, 1, "p. 1", {"type": "Image"})
    (missing,) = fetch(manifest_3(library, odd), tmp_path)
    assert isinstance(missing, MissingScan)


def test_the_server_is_told_who_asks(library, tmp_path, monkeypatch):
    monkeypatch.setenv(web.CONTACT_VARIABLE, "scans@example.org")
    fetch(manifest_3(library, canvas_3(library, 1, "", static(library))), tmp_path)
    assert library.agents == {"profilex-iiif/0.1.0 (scans@example.org)"}


@pytest.mark.parametrize(
    ("name", "value"), [(web.CONTACT_VARIABLE, "a\nb"), (web.SIZE_VARIABLE, "much"), (web.SIZE_VARIABLE, "0")]
)
def test_an_environment_that_is_not_understood_is_2(library, book, out, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    assert batch(book, out) == 2
    assert library.requests == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<html>", "is not JSON"),
        (b"[]", "is no manifest of IIIF Presentation 2 or 3"),
        (b'{"type": "Collection", "id": "http://x/c"}', "is a collection of manifests"),
        (b'{"@type": "sc:Collection"}', "is a collection of manifests"),
        (b'{"type": "Manifest", "id": "urn:x", "items": []}', "has no address as its id"),
        (b'{"type": "Manifest", "id": "http://x/m", "items": []}', "has no canvas"),
        (b'{"@type": "sc:Manifest", "@id": "http://x/m"}', "has no canvas"),
    ],
)
def test_a_document_that_is_no_manifest_is_4(tmp_path, out, content, said, capsys):
    (tmp_path / "m.json").write_bytes(content)
    assert batch(tmp_path / "m.json", out) == 4
    assert said in capsys.readouterr().err


def test_a_manifest_that_cannot_be_had_is_4(library, tmp_path, out, capsys):
    assert batch(f"{library.url}/none", out) == 4
    assert batch(tmp_path / "none.json", out) == 4
    assert "the server answers 404" in (shown := capsys.readouterr().err)
    assert "none.json: cannot be read (No such file or directory)" in shown


def test_only_the_web_is_asked():
    with web.Web() as session:
        for address in ("file:///etc/hostname", "ftp://x/y", "data:,x", "nothing"):
            with pytest.raises(PageError, match="no address of the web"):
                session.get(address)
        with pytest.raises(PageError, match="InvalidURL"):
            session.get("http://")


@pytest.mark.parametrize(("unit", "scale"), [("mm", 25.4 / 300), ("cm", 2.54 / 300), ("in", 1 / 300)])
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_physical_dimensions_become_the_resolution_of_the_file(library, out, unit, scale, kind):
    # the canvas has twice the pixels of the image: a unit of it is half a pixel long
    service = [PHYSDIM | {"physicalScale": scale / 2, "physicalUnits": unit}]
    body = static(library, "a", Answer(picture(kind=kind)), format=f"image/{kind.lower()}")
    assert batch(manifest_3(library, canvas_3(library, 1, "", body, service=service)), out, "--ratio", "1:3") == 0
    (entry,) = manifest.entries(out)
    assert entry.rows[0]["scale_source"] == "ratio+dpi"
    assert entry.rows[0]["mm_per_px"] == pytest.approx(3 * 25.4 / 300, rel=1e-3)
    (file,) = (out / "sources/iiif").glob("*_0001.*")
    with Image.open(file) as stamped, Image.open(io.BytesIO(picture(kind=kind))) as came:
        assert stamped.info["dpi"] == pytest.approx((300, 300), abs=0.1)
        assert stamped.tobytes() == came.tobytes()


def test_physical_dimensions_of_the_image_go_before_those_of_the_canvas(library, tmp_path):
    info = {"width": 880, "height": 1040, "service": [PHYSDIM | {"physicalScale": 1 / 1600, "physicalUnits": "in"}]}
    body = {"id": f"{library.url}/x.jpg", "type": "Image", "service": service_3(library, "1", info)}
    wrong = [PHYSDIM | {"physicalScale": 1.0, "physicalUnits": "in"}]
    (path,) = fetch(manifest_3(library, canvas_3(library, 1, "", body, service=wrong)), tmp_path)
    with Image.open(path) as image:
        assert image.info["dpi"] == pytest.approx((400, 400), abs=0.1)


@pytest.mark.parametrize("length", [{"physicalScale": 9.0, "physicalUnits": "in"}, {"physicalScale": "x"}, {}])
def test_physical_dimensions_that_no_scan_has_are_left_out(library, tmp_path, length):
    body = static(library, "a.jpg")
    (path,) = fetch(manifest_3(library, canvas_3(library, 1, "", body, service=[PHYSDIM | length])), tmp_path)
    assert path.read_bytes() == picture()


def test_a_source_that_is_stopped_midway_keeps_what_came(book, library, tmp_path):
    source = ManifestSource().fetch(book, tmp_path)
    next(source)
    source.close()
    library.requests.clear()
    assert len(fetch(book, tmp_path)) == 3
    assert library.requests[0] == "/image/2/info.json"


def test_two_manifests_with_equal_pages_do_not_meet(book, library, out):
    document = json.loads(library.answer("/book/manifest.json").body) | {"id": f"{library.url}/other/manifest.json"}
    other = library.put_json("/other/manifest.json", document)
    assert batch(book, out) == 0
    assert batch(other, out) == 0
    assert len(manifest.entries(out)) == 6


def test_a_broken_manifest_on_disk_is_an_error_not_a_surprise(tmp_path):
    (tmp_path / "m.json").write_bytes(b'{"type": "Manifest", "id": "http://x/m", "items": [{"items": 3}, 7, null]}')
    missing = fetch(tmp_path / "m.json", tmp_path / "kept")
    assert ["no id, or no width" in each.message for each in missing] == [True] * 3
    with pytest.raises(RunError):
        fetch(tmp_path, tmp_path / "kept")
