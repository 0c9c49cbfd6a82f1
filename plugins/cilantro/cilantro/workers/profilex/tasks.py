"""Vessel profiles of an object's scans: one task an object, which runs profilex as a program of its own.

Runs inside Cilantro (Python 3.8). PROFILEX_BIN is the profilex of another environment, which has profilex-cilantro.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

from utils.celery_client import celery_app
from utils.repository import generate_repository_path
from workers.base_task import BaseTask, ObjectTask

REPRESENTATIONS = ("dxf", "geojson", "svg", "profilex")
FLAGS = {
    "model": "--model",
    "threshold": "--threshold",
    "mm_per_px": "--mm-per-px",
    "ratio": "--ratio",
    "bar_mm": "--bar-mm",
    "dpi": "--dpi",
    "page_timeout": "--page-timeout",
    "workers": "--workers",
    "scheduler": "--scheduler",
}
SOME_PAGES_FAILED = 3
_MEANINGS = {
    1: "a bug of profilex",
    2: "an option is wrong",
    4: "no scans, or none that can be read",
    5: "the output cannot be written, or the disk is full",
    6: "another run holds the output folder",
    7: "the model is missing or was changed",
    8: "the workers of dask are lost",
    9: "a plugin refused or failed",
}


class ProfilexError(Exception):
    """profilex ended with a status that leaves the object without profiles."""


class ExtractProfilesTask(ObjectTask):
    """
    Extract vessel profiles from the scans of an object.

    TaskParams:
    -str representation: the scans, e.g. tif
    -dict options: how profilex runs; see extract_profiles_schema.json

    Preconditions: mets.xml with the pages in its physical structMap.

    Creates: data/dxf, data/geojson, data/svg, data/profilex; a fileGrp PROFILES in mets.xml.
    """

    name = "profilex.batch"

    def process_object(self, obj):
        scans = obj.get_representation_dir(self.get_param("representation"))
        run = _run_folder(self.working_dir, self.get_result("object_id"))
        profiles, package = run / "profiles", run / "package"
        words = [scans, "--source", "cilantro", "--out", str(profiles), "--svg", "--geojson", "--quiet"]
        status = _call("batch", *words, *_flags(self.params.get("options", {})), accepted=(0, SOME_PAGES_FAILED))
        failed = _failed_pages(profiles) if status == SOME_PAGES_FAILED else []
        _call("export", str(profiles), "--format", "cilantro", "--set", f"profiles={profiles}", "--out", str(package))
        _call("push", "cilantro", str(package), "--set", f"object={obj.path}")
        shutil.rmtree(str(run))  # only now: until here a repeated job goes on where it was
        for page in failed:
            self.log.warning("profilex: %(source)s, page %(frame)d: %(message)s (%(code)s)", page)
        return {"profilex": {"status": "warning" if failed else "ok", "failed_pages": failed}}


class PublishProfilesTask(BaseTask):
    """
    Copy the profiles into the repository.

    Comes after publish_to_repository, which deletes its target and copies no profiles.
    """

    name = "profilex.publish"

    def execute_task(self):
        target = Path(os.environ["REPOSITORY_DIR"], generate_repository_path(self.get_result("object_id")))
        for representation in REPRESENTATIONS:
            source, there = Path(self.get_work_path(), "data", representation), target / "data" / representation
            shutil.rmtree(str(there), ignore_errors=True)
            if source.is_dir():
                shutil.copytree(str(source), str(there))


def _run_folder(working_dir, object_id):
    """Beside the folder of the job, which Cilantro deletes when a task fails: a new job of the object goes on here."""
    return Path(working_dir, "profilex-runs", object_id.replace("/", "_"))


def _flags(options):
    unknown = sorted(set(options) - set(FLAGS))
    if unknown:
        raise ProfilexError("unknown options: " + ", ".join(unknown))
    return [word for name in sorted(options) for word in (FLAGS[name], str(options[name]))]


def _call(*words, accepted=(0,)):
    try:
        program = os.environ["PROFILEX_BIN"]
        done = subprocess.run([program, *words], capture_output=True, check=False)
    except KeyError:
        raise ProfilexError("PROFILEX_BIN is not set: it is the path of the program profilex") from None
    except OSError as error:
        raise ProfilexError(f"{program} cannot be started: {error.strerror}") from None
    if done.returncode not in accepted:
        said = done.stderr.decode("utf-8", "replace").strip()[-2000:]
        meaning = _MEANINGS.get(done.returncode, "it was stopped")
        raise ProfilexError(f"profilex {words[0]}: status {done.returncode}, {meaning}: {said}")
    return done.returncode


def _failed_pages(profiles):
    with (profiles / "manifest.jsonl").open(encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    told = ("source", "frame", "code", "message")
    return [{key: record[key] for key in told} for record in records if record["status"] == "failed"]


ExtractProfilesTask = celery_app.register_task(ExtractProfilesTask())
PublishProfilesTask = celery_app.register_task(PublishProfilesTask())
