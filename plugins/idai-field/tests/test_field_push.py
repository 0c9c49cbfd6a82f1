"""`profilex push idai-field` against a stub of Field Desktop that refuses what Field refuses."""

import json
import socket
import threading
import time

import pytest
from profilex_idai_field import connection, journal
from profilex_idai_field.archive import FieldArchive
from profilex_idai_field.connection import PASSWORD_VARIABLE, FieldConnection
from profilex_idai_field.push import Push

from profilex.cli.app import run
from profilex.plugins import Code, RunError
from tests.helpers.field_stub import Field, Refused, running


@pytest.fixture
def field(monkeypatch):
    """A running stub; pauses between attempts take no time."""
    monkeypatch.setenv(PASSWORD_VARIABLE, "secret")
    monkeypatch.setattr(connection, "PAUSE_S", 0.01)
    with running(Field()) as listening:
        yield listening


def push(package, field, *words):
    return run(["push", "idai-field", str(package), "--set", "project=pots", "--set", f"url={field.url}", *words])


def counts(capsys):
    return json.loads(capsys.readouterr().out)["counts"]


def test_a_package_is_imported_in_the_order_that_field_needs(package, field, capsys):
    assert push(package, field, "--json") == 0
    assert counts(capsys) == {
        "images imported": 4, "records created": 10, "records already there": 0, "drawings completed": 4,
    }  # fmt: skip
    assert [request for request in field.requests if "/_changes" not in request] == [
        "GET /info", "GET /configuration/pots?formatted=false", "POST /fileImport", "POST /import/jsonl",
        "POST /import/jsonl?merge=true",
    ]  # fmt: skip
    drawing = field.resources["000052354_p093_fig14_7.png"]
    assert drawing["relations"]["depicts"] == ["000052354_p093_fig14_7", "Find_000052354_p093_fig14_7"]
    assert drawing["drawingTool"] == "digital erstellt"


def test_a_second_push_sends_nothing(package, field, capsys):
    assert push(package, field) == 0
    before = json.dumps(field.resources, sort_keys=True)
    field.requests.clear()
    capsys.readouterr()
    assert push(package, field, "--json") == 0
    assert counts(capsys) == {
        "images imported": 0, "records created": 0, "records already there": 10, "drawings completed": 0,
    }  # fmt: skip
    assert json.dumps(field.resources, sort_keys=True) == before
    assert not any(request.startswith("POST") for request in field.requests)


def test_what_a_project_has_is_read_in_parts(package, field):
    field.largest_answer = 3
    assert push(package, field) == 0
    assert push(package, field) == 0
    assert len(field) == 14


def test_a_dry_run_asks_and_changes_nothing(package, field, capsys):
    assert push(package, field, "--dry-run") == 0
    assert "idai-field (dry run): 4 images to send, 10 records to send" in capsys.readouterr().err
    assert {request.partition(" ")[0] for request in field.requests} == {"GET"}
    assert field.resources == {}
    assert push(package, field) == 0
    assert push(package, field, "--dry-run") == 0
    assert "0 images to send, 0 records to send, 0 drawings to complete" in capsys.readouterr().err


FILES, CREATE, MERGE = "POST /fileImport", "POST /import/jsonl", "POST /import/jsonl?merge=true"


def faulty(field, request, fault):
    """Let the first request of this kind go wrong; those before it and after it do not."""

    class Faults(list):
        def __bool__(self):
            return field.requests[-1] == request and field.requests.count(request) == 1

    field.faults = Faults([fault])


def push_until_whole(package, field):
    """Push, and push again as a person would: with resend once Field is idle."""
    for words in ((), (), ("--set", "resend=yes")):
        if push(package, field, "--set", "timeout=0.3", *words) == 0:
            return
        for worker in field.late:
            worker.join()
    raise AssertionError("three pushes were not enough")


@pytest.mark.parametrize("fault", ["drop", "lose", "late", 503])
@pytest.mark.parametrize("request_", [FILES, CREATE, MERGE])
def test_whatever_is_lost_nothing_is_there_twice_or_missing(package, field, request_, fault):
    faulty(field, request_, fault)
    push_until_whole(package, field)
    assert [field.count(name) for name in field.resources] == [1] * 14
    drawing = field.resources["000052354_p093_v002.png"]
    assert (drawing["shortDescription"], drawing["drawingTool"]) == ("profile", "digital erstellt")
    assert drawing["relations"]["depicts"] == ["000052354_p093_v002", "Find_000052354_p093_v002"]


@pytest.mark.parametrize("request_", [FILES, CREATE, MERGE])
def test_a_field_that_answers_late_is_waited_for_and_not_asked_twice(package, field, request_, monkeypatch):
    field.import_s = 0.6  # longer than the answer is waited for, shorter than the records are
    monkeypatch.setattr(connection, "PAUSE_S", 0.05)
    assert push(package, field, "--set", "timeout=0.4") == 0
    assert field.requests.count(request_) == 1
    assert [field.count(name) for name in field.resources] == [1] * 14


def test_a_push_that_was_killed_goes_on_only_when_that_is_safe(package, field, capsys, monkeypatch):
    """The import of the first push still runs while the second looks: it must not send the records again."""
    faulty(field, CREATE, "late")
    field.import_s = 0.8

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Push, "_await", killed)
        assert push(package, field) == 130
    assert push(package, field) == 9
    shown = capsys.readouterr().err
    assert "0 of its 10 records are in Field" in shown
    assert "Field may still be at work" in shown
    for worker in field.late:
        worker.join()
    assert push(package, field) == 0
    assert [field.count(name) for name in field.resources] == [1] * 14


def test_an_import_that_never_arrived_is_sent_again_when_a_person_says_so(package, field, capsys):
    faulty(field, CREATE, "drop")
    assert push(package, field, "--set", "timeout=0.2") == 9
    assert "Of 10 records 0 are there" in capsys.readouterr().err
    assert push(package, field) == 9
    assert "send the rest with --set resend=yes" in capsys.readouterr().err
    assert push(package, field, "--set", "resend=yes") == 0
    assert len(field) == 14


def test_what_people_wrote_into_drawings_stays(package, field):
    assert push(package, field) == 0
    own = {"shortDescription": "by hand", "literature": [{"quotation": "mine"}], "drawingTool": "Zeichenpult"}
    field.edit("000052354_p093_v002.png", **own, relations={"depicts": ["id-5"]})
    field.edit("000052354_p094_fig1.png", shortDescription=None)
    field.edit("Find_000052354_p094_fig1", shortDescription="a bowl")
    before = field.resources
    assert push(package, field) == 0
    assert field.resources == before


@pytest.mark.parametrize("request_", [CREATE, MERGE])
def test_what_people_wrote_between_two_pushes_stays_and_the_rest_is_completed(package, field, request_):
    faulty(field, request_, 400)
    assert push(package, field) == 9
    field.edit("000052354_p093_v002.png", shortDescription="by hand", literature=[{"quotation": "mine"}])
    assert push(package, field) == 0
    drawing = field.resources["000052354_p093_v002.png"]
    assert (drawing["shortDescription"], drawing["literature"]) == ("by hand", [{"quotation": "mine"}])
    assert drawing["drawingTool"] == "digital erstellt"
    assert len(drawing["relations"]["depicts"]) == 2


def test_a_drawing_that_became_something_else_is_left_alone(package, field):
    faulty(field, MERGE, 400)
    assert push(package, field) == 9
    field.edit("000052354_p093_v002.png", category="Photo")
    assert push(package, field) == 0
    assert "shortDescription" not in field.resources["000052354_p093_v002.png"]


def test_what_people_removed_is_not_made_again_unless_they_say_so(package, field, capsys):
    assert push(package, field) == 0
    field.remove("Find_000052354_p093_v002")
    assert push(package, field) == 0
    assert "Find_000052354_p093_v002: was in Field after an earlier push; left out" in capsys.readouterr().err
    assert field.count("Find_000052354_p093_v002") == 0
    assert push(package, field, "--set", "resend=yes") == 0
    assert field.count("Find_000052354_p093_v002") == 1


def test_a_project_that_was_emptied_gets_everything(package, field):
    assert push(package, field) == 0
    for name in list(field.resources):
        field.remove(name)
    assert push(package, field) == 0
    assert len(field) == 14


def test_records_that_are_there_twice_are_named_before_anything_is_sent(package, field, capsys):
    lines = (package / "create.jsonl").read_text().split("\n")[0]
    for _ in range(2):
        field.import_records(lines, merge=False)
        field._found = lambda name: None
    assert push(package, field) == 9
    assert "twice: Catalog_ZenonID_000052354" in capsys.readouterr().err
    assert not any(request.startswith("POST") for request in field.requests)


def test_an_import_of_files_that_still_runs_is_waited_for(package, field):
    def end_when_refused():
        while field.requests.count(FILES) < 2:
            time.sleep(0.005)
        field.uploading = False

    field.uploading = True
    earlier = threading.Thread(target=end_when_refused)
    earlier.start()
    assert push(package, field) == 0
    earlier.join()
    assert field.requests.count(FILES) in (3, 4)
    assert [field.count(name) for name in field.resources] == [1] * 14


def test_a_field_that_does_not_answer_is_9(package, field, capsys):
    field.faults = ["drop"] * 4
    assert push(package, field) == 9
    assert "does not answer" in capsys.readouterr().err
    assert push(package, field) == 0  # and then it is simply pushed again


def test_a_field_that_is_not_there_is_9(package, field, capsys):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    words = ["--set", "project=pots", "--set", f"url=http://127.0.0.1:{port}"]
    assert run(["push", "idai-field", str(package), *words]) == 9
    assert "does not answer (ConnectionRefusedError" in capsys.readouterr().err


def test_a_field_that_hides_its_records_is_sent_nothing(package, field, capsys, monkeypatch):
    monkeypatch.setattr(field, "changes", lambda **_: {"error": "not_found"})
    assert push(package, field) == 9
    assert "Field does not show the records of 'pots': not_found" in capsys.readouterr().err
    assert len(field) == 0


def test_a_journal_that_cannot_be_read_stops_the_push(package, field, capsys):
    (package / journal.NAME).write_text("{")
    assert push(package, field) == 9
    assert f"{journal.NAME}: cannot be read" in capsys.readouterr().err


def test_another_open_project_is_refused(package, field, capsys):
    field.project = "bones"
    assert push(package, field) == 9
    assert "has the project 'bones' open, not 'pots'" in capsys.readouterr().err
    assert len(field.requests) == 1


def test_a_field_that_the_project_lacks_is_told_before_anything_is_sent(package, field, capsys):
    field.fields["Pottery"].remove("dimensionThickness")
    assert push(package, field) == 9
    assert "Pottery, dimensionThickness: the project's form has no such field" in capsys.readouterr().err
    assert field.resources == {}
    assert push(package, field, "--set", "ignore_unconfigured=yes") == 0
    assert "left out: Pottery, dimensionThickness" in capsys.readouterr().err
    assert not any("dimensionThickness" in resource for resource in field.resources.values())


def test_a_category_that_the_project_lacks_cannot_be_left_out(package, field, capsys):
    del field.fields["Type"]
    assert push(package, field, "--set", "ignore_unconfigured=yes") == 9
    shown = capsys.readouterr().err
    assert "Type: the project has no such category" in shown
    assert "ignore_unconfigured" not in shown, "it does not help here"


def test_a_prefix_that_the_project_demands_is_told_before_anything_is_sent(package, field, capsys):
    field.prefixes = {"Type": "T-"}
    assert push(package, field, "--dry-run") == 9
    assert "000052354_p093_v002, identifier: Type demands identifiers that begin with 'T-'" in capsys.readouterr().err
    field.prefixes = {"Type": "000", "Pottery": "Find_"}
    assert push(package, field) == 0


def test_a_value_that_a_list_lacks_is_told_and_imported(package, field, capsys):
    field.tools = {"Zeichenpult": {}}
    assert push(package, field) == 0
    assert "Drawing, drawingTool: the project's list lacks 'digital erstellt'" in capsys.readouterr().err


def test_images_that_field_cannot_see_are_named(package, field, capsys):
    assert push(package, field, "--set", "images=/nowhere") == 9
    shown = capsys.readouterr().err
    assert "Field did not take 4 of 4 images: 000052354_p093_fig14_7.png, " in shown
    assert "Of the images it says: cannot be imported: 000052354_p093_fig14_7.png; cannot be" in shown
    assert CREATE not in field.requests
    assert push(package, field) == 0


def test_the_password_comes_from_the_environment_or_a_prompt(package, field, monkeypatch, capsys):
    monkeypatch.setenv(PASSWORD_VARIABLE, "wrong")
    assert push(package, field) == 9
    assert "refuses the password" in (shown := capsys.readouterr().err)
    assert "wrong" not in shown
    assert len(field.requests) == 1  # a wrong password is not tried again
    monkeypatch.delenv(PASSWORD_VARIABLE)
    monkeypatch.setattr("sys.stdin", None)
    assert push(package, field) == 2
    assert PASSWORD_VARIABLE in capsys.readouterr().err
    assert push(package, field, "--set", "password=secret") == 2


def test_a_prompt_asks_for_the_password(package, field, monkeypatch):
    class Terminal:
        def isatty(self):
            return True

    monkeypatch.delenv(PASSWORD_VARIABLE)
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", lambda prompt: "secret")
    assert push(package, field, "--dry-run") == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda record: record.update(id="x"), "id: Field gives it"),
        (
            lambda record: record["relations"].update(isChildOf=["Findspot"]),
            "relations.isChildOf: is not one identifier",
        ),
        (
            lambda record: record["relations"].update(isInstanceOf=["no such"]),
            "relations.isInstanceOf: 'no such' is in no",
        ),
        (lambda record: record["relations"].pop("isChildOf"), "relations.isChildOf: a Pottery needs a Trench"),
        (lambda record: record.update(dimensionHeight=[{"inputValue": 0, "inputUnit": "mm"}]), "inputValue: 0 is not"),
        (lambda record: record.update(geometry={"type": "Polygon"}), "geometry: a Pottery has no such field"),
    ],
)
def test_an_edited_package_is_checked_by_record_and_field(package, field, change, said, capsys):
    *others, last = [json.loads(line) for line in (package / "create.jsonl").read_text().splitlines()]
    change(last)
    data = "".join(json.dumps(record) + "\n" for record in (*others, last))
    (package / "create.jsonl").write_text(data)
    assert push(package, field) == 9
    assert "was changed since the export" in capsys.readouterr().err
    problems = [str(problem) for problem in FieldArchive().validate(package, {})]
    assert any(problem.startswith(last["identifier"]) and said in problem for problem in problems), problems
    field.import_files({"category": "Drawing", "filePaths": list((package / "images").iterdir())})
    with pytest.raises(Refused):  # and Field would have refused it
        field.import_records(data, merge=False)


def test_a_picture_that_field_cannot_read_is_a_problem(package):
    name = "000052354_p093_v002.png"
    (package / "images" / name).write_bytes((package / "images" / name).read_bytes()[:4095])
    (problem,) = FieldArchive().validate(package, {})
    assert str(problem).startswith(f"{name}: has less than 4096 bytes")


def test_the_password_follows_no_redirect(package, field, capsys):
    with running(Field()) as other:
        field.faults = [f"{other.url}/info"]
        assert push(package, field) == 9
        assert "Field refuses /info: status 302" in capsys.readouterr().err
        assert other.requests == []


@pytest.mark.parametrize("url", ["127.0.0.1:3000", "file:///etc/passwd", "http://", "http://a:b"])
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(RunError) as refused:
        FieldConnection(url, "x", "y", timeout_s=1)
    assert refused.value.code == Code.USAGE
