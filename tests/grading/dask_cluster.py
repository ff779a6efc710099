"""A running cluster: a real scheduler, and two worker processes over TCP."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

QUIET = ["--no-dashboard"]
MINE = ["--nthreads", "1", "--no-nanny", "--death-timeout", "600"]


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The address of a scheduler, and its two workers."""
    file = tmp_path / "scheduler.json"

    def start(what: str, *words: str) -> subprocess.Popen[bytes]:
        command = [
            sys.executable,
            "-m",
            f"distributed.cli.dask_{what}",
            "--scheduler-file",
            str(file),
            *QUIET,
        ]
        return subprocess.Popen([*command, *words], cwd=tmp_path, stderr=subprocess.DEVNULL)

    scheduler = start("scheduler", "--host", "127.0.0.1", "--port", "0")
    while not file.is_file() or not file.read_text().strip():
        time.sleep(0.1)
    workers = [start("worker", *MINE) for _ in range(2)]
    from distributed import Client

    address = json.loads(file.read_text())["address"]
    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=600)
    yield address, workers
    for process in [*workers, scheduler]:
        process.kill()
        process.wait()
