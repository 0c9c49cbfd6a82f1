"""The job `extract_profiles`: books or plates from the staging area, their vessel profiles, and where both are kept.

One chain an object, as Cilantro's other jobs have it. Runs inside Cilantro (Python 3.8).
"""

import jsonschema
from flask import Blueprint, jsonify, request, url_for
from service.errors import ApiError
from service.job.jobs import BatchJob
from service.user.user_service import auth
from utils import json_validation
from utils.celery_client import celery_app

JOB_TYPE = "extract_profiles"


class ExtractProfilesJob(BatchJob):
    """Scans into objects with METS, their profiles beside them, and all of it into repository and archive."""

    job_type = JOB_TYPE
    label = "Vessel profiles"
    description = "Import multiple folders that contain scans of pottery plates, and extract their vessel profiles."

    def _create_chains(self, params, user_name):
        objects = [dict(target, user=user_name, job_type=self.job_type) for target in params["targets"]]
        return [_chain(one, params["options"]) for one in objects], objects


def _chain(one, options):
    """From the staging area to the repository and the archive; METS comes before the profiles that are put into it."""
    chain = _link("create_object", initial_representation="tif", **one)
    chain |= _link("list_files", representation="tif", target="jpg", task="convert.tif_to_jpg")
    # METS points to a thumbnail of every page
    chain |= _link(
        "list_files",
        representation="jpg",
        target="jpg_thumbnails",
        task="convert.tif_to_jpg",
        max_width=50,
        max_height=50,
    )
    chain |= _link("list_files", representation="tif", target="pdf", task="convert.tif_to_pdf", ocr_lang=None)
    chain |= _link("convert.merge_converted_pdf")
    chain |= _link(
        "generate_xml", template_file="mets_template_archive.xml", target_filename="mets.xml", schema_file="mets.xsd"
    )
    chain |= _link("profilex.batch", representation="tif", options=options)
    chain |= _link("publish_to_repository")
    chain |= _link("profilex.publish")
    chain |= _link("publish_to_archive")
    staging = {"user_name": one["user"], "staging_current_folder": one["path"]}
    chain |= _link("cleanup_directories", mark_done=True, **staging)
    chain |= _link("finish_chain", user_name=one["user"], chain_input_directory=one["path"])
    return chain


def _link(name, **params):
    return celery_app.signature(name, kwargs=params)


extract_profiles_controller = Blueprint(JOB_TYPE, __name__)


@extract_profiles_controller.route("/" + JOB_TYPE, methods=["POST"])
@auth.login_required
def extract_profiles_job_create():
    """
    Create a job that extracts vessel profiles.

    The request's body is JSON as extract_profiles_schema.json describes it.
    """
    params = request.get_json(force=True, silent=True)
    if params is None:
        raise ApiError("invalid_job_params", "The request holds no JSON", 400)
    try:
        json_validation.validate_params(params, JOB_TYPE)
    except jsonschema.exceptions.ValidationError as error:
        raise ApiError("invalid_job_params", str(error), 400) from None
    job = ExtractProfilesJob(params, auth.username())
    job.run()
    return jsonify({"success": True, "job_id": job.id}), 202, {"Location": url_for("job.job_status", job_id=job.id)}
