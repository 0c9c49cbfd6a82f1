"""`profilex export --format ro-crate`: what the metadata says, and that a library of RO-Crate reads it."""

import json
from dataclasses import replace

import pytest
from rocrate.rocrate import ROCrate

from profilex import manifest
from profilex.cli.app import run
from profilex.files import sha256_file
from profilex.reexport.crate import CRATE_NAME
from tests.helpers.pots import failure_of, plate, record_of, write_folder

ABOUT = """
name = "Late Roman Pottery, profiles"
description = "What is in it."
license = "https://creativecommons.org/licenses/by/4.0/"
date_published = 2026-02-28
publisher = "An archive"
publisher_url = "https://example.org/"
keywords = ["pottery", "profiles"]
[[authors]]
name = "A. Archaeologist"
orcid = "https://orcid.org/0000-0002-1825-0097"
affiliation = "An institute"
ror = "https://ror.org/041qv0h25"
[[authors]]
name = "B. Archivist"
[publication]
citation = "Hayes, J. W. (1972). Late Roman Pottery. London."
"""


@pytest.fixture
def profiles(tmp_path):
    """Three pages, one of them with odd signs in its name and one failed."""
    failed = (failure_of("c.png"),)
    folder = write_folder(tmp_path / "profiles", plate("a.png", 2, 4), plate("Töpfe/b 1%.png", 1, 5), failed=failed)
    manifest.write_manifest(folder)
    return folder


def export(folder, *words):
    return run(["export", str(folder), "--format", "ro-crate", *words])


def load(folder):
    """The entities by @id; a document that has one twice fails."""
    document = json.loads((folder / CRATE_NAME).read_text())
    entities = {entity["@id"]: entity for entity in document["@graph"]}
    assert len(entities) == len(document["@graph"])
    return entities


def links(entity):
    """The @ids that an entity refers to."""
    for values in entity.values():
        for value in values if isinstance(values, list) else [values]:
            if isinstance(value, dict):
                yield value["@id"]


def of_type(entities, kind):
    return [entity for entity in entities.values() if entity["@type"] == kind]


def test_the_crate_describes_every_file_by_its_digest(profiles):
    assert export(profiles) == 0
    files = of_type(entities := load(profiles), "File")
    assert {file["name"] for file in files} == {"page.geojson", "profiles.csv", "manifest.jsonl", "run.json"}
    crate = ROCrate(profiles)
    for file in files:
        path = profiles / crate.get(file["@id"]).id.replace("%20", " ").replace("%25", "%").replace("%C3%B6", "ö")
        assert file["sha256"] == sha256_file(path)
        assert int(file["contentSize"]) == path.stat().st_size
    parts = {link for entity in (entities["./"], *of_type(entities, "Dataset")) for link in links(entity)}
    assert {file["@id"] for file in files} <= parts


def test_every_link_leads_to_an_entity(profiles):
    (profiles / "crate.toml").write_text(ABOUT)
    assert export(profiles) == 0
    entities = load(profiles)
    outside = {"https://w3id.org/ro/crate/1.1"}
    assert {link for entity in entities.values() for link in links(entity)} - outside <= entities.keys()
    assert [each for each in entities.values() if "name" not in each] == [entities[CRATE_NAME]]


def test_the_run_names_inputs_by_digest_results_model_software_and_settings(profiles):
    assert export(profiles) == 0
    entities = load(profiles)
    done, failed = sorted(of_type(entities, "CreateAction"), key=lambda action: action["actionStatus"])
    assert done["actionStatus"] == "http://schema.org/CompletedActionStatus"
    objects = [entities[link["@id"]] for link in done["object"]]
    scans = {each["name"]: each["sha256"] for each in objects if each["@id"].startswith("#scan-")}
    assert scans == {page.ref.source: page.sha256 for page in (plate("a.png", 2, 4), plate("Töpfe/b 1%.png", 1, 5))}
    (model,) = [each for each in objects if each["@id"].startswith("#model-")]
    assert model["identifier"] == "sha256:" + "cd" * 32
    assert entities[done["instrument"]["@id"]]["softwareVersion"] == "0.1.0"
    assert {link["@id"] for link in done["result"]} == {file["@id"] for file in of_type(entities, "File")}
    assert failed["actionStatus"] == "http://schema.org/FailedActionStatus"
    assert failed["error"] == "read: truncated: The file ends early."
    assert failed["object"] == {"@id": "#scan-c.png"}
    assert entities["./"]["mentions"] == [{"@id": done["@id"]}, {"@id": failed["@id"]}]


def test_files_say_which_scan_they_are_from(profiles):
    assert export(profiles) == 0
    entities = load(profiles)
    (file,) = [each for each in of_type(entities, "File") if each["@id"].startswith("pages/a.png")]
    assert entities[file["isBasedOn"]["@id"]]["sha256"] == plate("a.png", 2, 4).sha256


def test_pages_of_another_version_are_an_action_of_their_own(profiles):
    older = replace(
        record_of(plate("d.png", 1, 1)), versions={"profilex": "0.0.9", "model": "old", "tesseract": "5.3.0"}
    )
    manifest.write_record(profiles, older)
    assert export(profiles) == 0
    entities = load(profiles)
    done = [each for each in of_type(entities, "CreateAction") if "Completed" in each["actionStatus"]]
    versions = {entities[each["instrument"]["@id"]]["softwareVersion"]: each for each in done}
    assert versions.keys() == {"0.0.9", "0.1.0"}
    needs = entities[versions["0.0.9"]["instrument"]["@id"]]["softwareRequirements"]["@id"]
    assert (entities[needs]["name"], entities[needs]["softwareVersion"]) == ("Tesseract", "5.3.0")


def test_what_a_person_states_stands_in_it(profiles, capsys):
    (profiles / "crate.toml").write_text(ABOUT)
    assert export(profiles) == 0
    assert "archives ask for it" not in capsys.readouterr().err
    crate = ROCrate(profiles)
    root = crate.root_dataset
    assert (root["name"], root["datePublished"]) == ("Late Roman Pottery, profiles", "2026-02-28")
    assert root["license"].id == "https://creativecommons.org/licenses/by/4.0/"
    assert [author["name"] for author in root["author"]] == ["A. Archaeologist", "B. Archivist"]
    assert root["author"][0]["affiliation"]["name"] == "An institute"
    assert root["publisher"]["name"] == "An archive"
    assert root["isBasedOn"]["name"].startswith("Hayes, J. W. (1972)")
    assert root["keywords"] == "pottery, profiles"


def test_what_archives_ask_for_and_nobody_states_is_reported(profiles, capsys):
    assert export(profiles) == 0
    assert "date_published, license, authors, publisher: archives ask for it" in capsys.readouterr().err
    assert "datePublished" not in load(profiles)["./"]


def test_equal_folders_give_equal_bytes(profiles, tmp_path):
    again = write_folder(
        tmp_path / "again", plate("Töpfe/b 1%.png", 1, 5), plate("a.png", 2, 4), failed=(failure_of("c.png"),)
    )
    manifest.write_manifest(again)
    assert export(profiles) == export(again) == 0
    assert (profiles / CRATE_NAME).read_bytes() == (again / CRATE_NAME).read_bytes()
    assert export(again) == 0
    assert (profiles / CRATE_NAME).read_bytes() == (again / CRATE_NAME).read_bytes()


def test_a_file_that_is_gone_is_reported_and_not_described(profiles, capsys):
    (profiles / "pages/a.png/0/page.geojson").unlink()
    assert export(profiles) == 0
    assert "pages/a.png/0/page.geojson: is missing" in capsys.readouterr().err
    entities = load(profiles)
    assert "pages/a.png/0/page.geojson" not in entities
    assert {link for each in of_type(entities, "CreateAction") for link in links(each)} <= entities.keys()


@pytest.mark.parametrize("words", [["--out", "x"], ["--set", "a=b"], ["--catalog", "c.toml"]])
def test_options_of_other_formats_are_refused(profiles, words):
    assert export(profiles, *words) == 2
    assert not (profiles / CRATE_NAME).exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = [", "is not TOML"),
        ("title = 'x'", "title: is not known"),
        ("name = 3", "name: 3 is not text"),
        ("license = 'CC BY'", "license: 'CC BY' is not an address"),
        ("date_published = 'soon'", "date_published: 'soon' is not a date"),
        ("authors = 'x'", "authors: is no list"),
        ("authors = ['x']", r"authors: is not a list of tables"),
        ("[[authors]]\norcid = 'x'", "authors.name: is missing"),
        ("[[authors]]\nname = 'x'\norcid = '0000'", "authors.orcid: '0000' is not of the form"),
        ("[[authors]]\nname = 'x'\nror = 'https://ror.org/041qv0h25'", "authors.ror"),
        ("[publication]\nurl = 'https://example.org/'", "publication.citation: is missing"),
        ("publication = 'x'", "publication: is not a table"),
    ],
)
def test_a_crate_toml_that_is_not_understood_is_2(profiles, text, said, capsys):
    (profiles / "crate.toml").write_text(text)
    assert export(profiles) == 2
    assert said in capsys.readouterr().err
    assert not (profiles / CRATE_NAME).exists()
