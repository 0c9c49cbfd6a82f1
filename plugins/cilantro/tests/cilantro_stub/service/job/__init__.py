"""The plugin's own module lies in another folder of the same name."""

from pathlib import Path

__path__ += [str(Path(__file__).parents[4] / "cilantro" / "service" / "job")]
