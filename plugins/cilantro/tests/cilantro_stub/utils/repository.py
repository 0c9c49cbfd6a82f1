"""Where an object lives in the repository and in the archive."""

from utils.object import InvalidObjectIdError


def generate_repository_path(object_id):
    """By the last four digits of the id: cat1_1373246 lies in 3200/3246."""
    last = object_id[-4:]
    if len(last) < 4 or not last.isdigit():
        raise InvalidObjectIdError(f"{object_id!r} does not end in four digits")
    return f"{last[:2]}00/{last}/{object_id}"
