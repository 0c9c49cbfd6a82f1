"""Files: finding scans, naming outputs, hashing, writing atomically, locking the output folder."""

from profilex.files.digest import sha256_bytes, sha256_file
from profilex.files.discovery import OPTIONS_FILE, SUFFIXES, Discovery, ScanFile, Skipped, discover
from profilex.files.lock import OutputLock
from profilex.files.names import printable_source, safe_folders
from profilex.files.writing import check_writable, sweep_temporaries, write_atomic

__all__ = [
    "OPTIONS_FILE",
    "SUFFIXES",
    "Discovery",
    "OutputLock",
    "ScanFile",
    "Skipped",
    "check_writable",
    "discover",
    "printable_source",
    "safe_folders",
    "sha256_bytes",
    "sha256_file",
    "sweep_temporaries",
    "write_atomic",
]
