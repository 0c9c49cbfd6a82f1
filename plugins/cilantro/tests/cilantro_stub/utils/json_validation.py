"""Job parameters against the schemas in resources/."""

import json
from pathlib import Path

import jsonschema
import workers.profilex

_RESOURCES = Path(workers.profilex.__file__).parents[2] / "resources" / "job_parameter_schemas"


def validate_params(params, job_type):
    jsonschema.validate(params, json.loads((_RESOURCES / f"{job_type}_schema.json").read_text()))
