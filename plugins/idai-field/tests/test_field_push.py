"""`profilex push idai-field` against a stub of Field Desktop that refuses what Field refuses."""

import json

import pytest
from profilex_idai_field import connection
from profilex_idai_field.archive import FieldArchive
from profilex_idai_field.connection import PASSWORD_VARIABLE, FieldConnection

from profilex.cli.app import run
from profilex.plugins import Code, RunError
from tests.helpers.field_stub import Field, Refused, running


@pytest.fixture
def field(monkeypatch):
    """A running stub; pauses between attempts take no time."""
    monkeypatch.setenv(PASSWORD_VARIABLE, "secret")
    monkeypatch.setattr(connection, "PAUSE_S", 0.0)
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
    assert field.requests == [
        "GET /info", "GET /configuration/pots?formatted=false", "POST /fileImport", "POST /import/jsonl",
        "POST /import/jsonl?merge=true",
    ]  # fmt: skip
    drawing = field.resources["000052354_p093_fig14_7.png"]
    assert drawing["relations"]["depicts"] == ["000052354_p093_fig14_7", "Find_000052354_p093_fig14_7"]


def test_a_second_push_makes_nothing_twice(package, field, capsys):
    assert push(package, field) == 0
    before = json.dumps(field.resources, sort_keys=True)
    capsys.readouterr()
    assert push(package, field, "--json") == 0
    assert counts(capsys)["records already there"] == 10
    assert json.dumps(field.resources, sort_keys=True) == before


def test_a_dry_run_asks_and_changes_nothing(package, field, capsys):
    assert push(package, field, "--dry-run") == 0
    assert "idai-field (dry run): 4 images to send, 10 records to send" in capsys.readouterr().err
    assert [request.partition(" ")[0] for request in field.requests] == ["GET", "GET"]
    assert field.resources == {}


@pytest.mark.parametrize("fault", ["drop", "lose", 503])
@pytest.mark.parametrize("step", range(5))
def test_a_lost_request_or_answer_doubles_nothing(package, field, fault, step):
    field.faults = [None] * step + [fault]
    assert push(package, field) == 0
    assert len(field.requests) == 6
    assert len(field.resources) == 14
    assert field.resources["000052354_p093_v002.png"]["shortDescription"] == "profile"


def test_an_import_of_files_that_still_runs_is_waited_for(package, field):
    field.faults = [None, None, 400, 400]
    assert push(package, field) == 0
    assert field.requests.count("POST /fileImport") == 3


def test_a_field_that_does_not_answer_is_9(package, field, capsys):
    field.faults = ["drop"] * 4
    assert push(package, field) == 9
    assert "does not answer" in capsys.readouterr().err
    field.faults = [None, None, None, *[500] * 4]
    assert push(package, field) == 9
    assert "Field refuses /import/jsonl: a fault" in capsys.readouterr().err
    assert push(package, field) == 0  # and then it is simply pushed again


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
    assert "POST /import/jsonl?merge=true&ignoreUnconfiguredFields=true" in field.requests


def test_a_category_that_the_project_lacks_cannot_be_left_out(package, field, capsys):
    del field.fields["Type"]
    assert push(package, field, "--set", "ignore_unconfigured=yes") == 9
    assert "Type: the project has no such category" in capsys.readouterr().err


def test_a_value_that_a_list_lacks_is_told_and_imported(package, field, capsys):
    field.tools = {"Zeichenpult": {}}
    assert push(package, field) == 0
    assert "Drawing, drawingTool: the project's list lacks 'digital erstellt'" in capsys.readouterr().err


def test_images_that_field_cannot_see_are_named(package, field, capsys):
    assert push(package, field, "--set", "images=/nowhere") == 9
    shown = capsys.readouterr().err
    assert "relation to nothing: 000052354_p094_fig1.png" in shown
    assert "Of the images it says: cannot be imported: 000052354_p093_fig14_7.png; cannot be" in shown
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
        field.import_records(data, merge=False, ignore_unconfigured=False)


@pytest.mark.parametrize("url", ["127.0.0.1:3000", "file:///etc/passwd", "http://"])
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(RunError) as refused:
        FieldConnection(url, "x", "y", timeout_s=1)
    assert refused.value.code == Code.USAGE
