"""The plugin's own package `workers.profilex` lies in another folder of the same name."""

from pathlib import Path

__path__ += [str(Path(__file__).parents[3] / "cilantro" / "workers")]
