"""Where an object lives in the repository."""

import hashlib


def generate_repository_path(object_id):
    """Two levels of folders by the MD5 of the object's id."""
    md5 = hashlib.md5(object_id.encode(), usedforsecurity=False).hexdigest()
    return f"{md5[:2]}/{md5[2:4]}/{object_id}"
