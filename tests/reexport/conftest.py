"""The bowl of tests/export and the pots of tests/report serve here too."""

import sys
from pathlib import Path

for folder in ("export", "report"):
    sys.path.insert(0, str(Path(__file__).parent.parent / folder))
