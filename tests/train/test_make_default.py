"""models/make_default goes on where it stopped: finished parts are skipped, begun ones are resumed."""

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "models" / "make_default"
FAKE = """#!/bin/sh
echo "$@" >> "$CALLS"
case $1 in
synth) mkdir -p "$3" && touch "$3/index.jsonl" ;;
retrain)
    while [ $# -gt 0 ]; do
        case $1 in --run) run=$2 ;; --out) out=$2 ;; --resume) resumed=1 ;; esac
        shift
    done
    mkdir -p "$run" "$out"
    touch "$run/state.npz"
    [ -n "${resumed:-}" ] || exit 130
    touch "$out/card.json" ;;
models) [ "$2" != average ] || { mkdir -p "$6" && touch "$6/card.json"; } ;;
evaluate) mkdir -p "$6" && touch "$6/evaluation.json" ;;
esac
"""


@pytest.fixture
def make(tmp_path: Path):
    program, calls = tmp_path / "program", tmp_path / "calls"
    program.write_text(FAKE)
    program.chmod(0o755)
    calls.touch()

    def run(**variables: str) -> tuple[int, list[str]]:
        before = len(calls.read_text().splitlines())
        surroundings = {**os.environ, "PROFILEX": str(program), "CALLS": str(calls), **variables}
        done = subprocess.run(["sh", SCRIPT, tmp_path / "training"], env=surroundings, capture_output=True, check=False)
        return done.returncode, calls.read_text().splitlines()[before:]

    return run


def test_a_training_in_sittings_comes_to_its_end(make) -> None:
    status, calls = make()
    assert status == 75
    assert [call.split()[0] for call in calls] == ["synth"] * 4 + ["retrain"]
    for _ in range(2):  # each sitting ends one part, and begins the next
        status, calls = make()
        assert status == 75
        assert "--resume" in calls[0]
        assert "--resume" not in calls[1]
    status, calls = make()
    assert status == 0
    assert [call.split()[0] for call in calls] == ["retrain", "models", "models", "evaluate"]
    assert make() == (0, [])


def test_a_sitting_that_is_over_begins_nothing(make) -> None:
    assert make(SITTING="-1") == (75, [])


def test_a_part_that_ended_before_its_first_checkpoint_begins_again(make, tmp_path) -> None:
    (tmp_path / "training" / "first-run").mkdir(parents=True)
    _, calls = make()
    assert "--force" in calls[-1]


def test_from_scratch_small_tiles_come_first(make) -> None:
    _, calls = make(START="scratch")
    assert "--recipe plates-small" in calls[-1]
    assert "--start-from" not in calls[-1]
