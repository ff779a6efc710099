"""The same games on a cluster, whichever of its machines plays them."""

import shutil
import subprocess
from pathlib import Path

import pytest
from dask_cluster import cluster
from tiny_maze import CLIMBS, WANDERS

from helpers.grading.sandbox.pools import Pool, pool
from helpers.grading.tournament.entrants import Entrant
from helpers.grading.tournament.run import INSIDE, Tournament, play

pytest.importorskip("distributed")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed"),
]
__all__ = ["cluster"]
LESSON = "01-perceptron"


def test_games_on_a_cluster_are_those_that_are_played_here(
    tmp_path: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    everyone = [Entrant("ada", (CLIMBS,)), Entrant("bob", (WANDERS,), b"weights")]

    def played(workers: Pool, kept: str) -> Tournament:
        with workers as running:
            return play(running, tmp_path / kept, everyone, 2, 1, lambda total: lambda n: None)

    here = played(pool(LESSON, [INSIDE], 2, [], each=2), "here.jsonl")
    there = played(pool(LESSON, [INSIDE], 2, [], cluster[0], each=2), "there.jsonl")
    assert here.results == there.results
    assert here.rows == there.rows
    assert not there.missing
    assert len(here.results) == 10
