"""What users see of a folder in the staging area: started, success or error."""

import json
from pathlib import Path

NAME = ".cilantro_info"


def write(directory, status, message=""):
    Path(directory, NAME).write_text(json.dumps({"status": status, "msg": message}))
