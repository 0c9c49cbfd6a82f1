"""Digests by which a resumed run recognises what it has already read."""

import hashlib
from pathlib import Path


def sha256_file(path: Path) -> str:
    """SHA-256 (hex) of a file's bytes, read in blocks.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sha256_bytes(data: bytes) -> str:
    """SHA-256 (hex) of bytes in memory."""
    return hashlib.sha256(data).hexdigest()
