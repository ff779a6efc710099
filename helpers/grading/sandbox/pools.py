"""Where jobs run: in sandboxed workers on this machine, or on those of a cluster. Bytes in, bytes out."""

import os
import threading
from collections.abc import Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Protocol, Self

from helpers.grading import CourseError
from helpers.grading.environment import environment
from helpers.grading.sandbox.process import Failed, Worker
from helpers.grading.sandbox.sizes import decoded

TRIES = 2  # a worker that fails is replaced, and the job run once more
GRACE = 60.0  # seconds that a worker gets above what its job may take
CONNECT = 60.0  # seconds until a cluster has to answer
STARTING = threading.Lock()


class Infrastructure(CourseError):
    """Raised where the workers, not the submission, have failed, with the cause: no mark follows from it."""


class Pool(Protocol):
    """Runs jobs; `slots` is how many at a time."""

    slots: int

    def __enter__(self) -> Self:
        """Make sure that jobs can be run."""

    def __exit__(self, *told: object) -> None:
        """End what was started."""

    def submit(self, job: bytes, pieces: bytes, seconds: float) -> "Future[bytes]":
        """Run an encoded job; its future may raise Infrastructure, after so many seconds without a word."""


class Local:
    """As many workers as there are cores, each started by a thread of its own, which it ends with."""

    def __init__(self, lesson: str, warm: Sequence[str], most: int, secrets: Sequence[Path] = ()):
        self._lesson, self._warm = lesson, warm
        self._secrets = [*secrets, Path.home() / ".bashrc", Path.home() / ".profile"]
        self._mine = threading.local()
        self._all: list[Worker] = []
        self.slots = max(1, min(most, cores()))
        self._numbers = iter(range(self.slots))
        self._pool = ThreadPoolExecutor(self.slots, "worker")
        self._over = False

    def __enter__(self) -> Self:
        """Start the first worker, so that a machine without a sandbox says so at once."""
        self._pool.submit(self._worker).result()
        return self

    def __exit__(self, *_: object) -> None:
        """End all workers, in the middle of a job where there is one: nobody waits for it any more."""
        self._over = True
        self._pool.shutdown(wait=False, cancel_futures=True)
        for worker in self._all:
            worker.close()
        self._pool.shutdown()

    def submit(self, job: bytes, pieces: bytes, seconds: float) -> "Future[bytes]":
        """Run a job; its future raises Infrastructure where the workers, not the submission, failed."""
        return self._pool.submit(self._run, job, pieces, seconds + GRACE)

    def _worker(self) -> Worker:
        if not hasattr(self._mine, "number"):
            self._mine.number = next(self._numbers)
        if getattr(self._mine, "worker", None) is None:
            self._mine.worker = Worker(self._lesson, self._mine.number, self._secrets, self._warm)
            self._all.append(self._mine.worker)
        return self._mine.worker

    def _run(self, job: bytes, pieces: bytes, seconds: float) -> bytes:
        why = ""
        for _ in range(TRIES):
            try:
                reply = self._worker().run(job, seconds, pieces)
                decoded(reply)
                return reply
            except (Failed, ValueError) as error:
                why = str(error)
                if self._over:
                    break
                self._mine.worker.close()
                self._all.remove(self._mine.worker)
                self._mine.worker = None
        raise Infrastructure(why)


class Cluster:
    """The workers of a running dask.distributed cluster; each has sandboxes of its own."""

    def __init__(self, lesson: str, warm: Sequence[str], address: str):
        try:
            from distributed import Client
        except ImportError:
            raise CourseError("`--cluster` needs `pip install 'deep-learning-course[cluster]'`") from None
        try:
            self._client = Client(address, timeout=CONNECT, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise CourseError(f"no cluster answers at {address}: {error}") from None
        self._told = lesson, tuple(warm)
        self.slots = max(1, sum(self._client.nthreads().values()))
        self._executor: Executor = self._client.get_executor(pure=False)

    def __enter__(self) -> Self:
        """See that every machine of the cluster can grade, and does so as this one would."""
        told = self._client.run(_ready, *self._told, environment())
        wrong = [f"{where}: {error}" for where, error in told.items() if error]
        if wrong or not told:
            self.__exit__()
            raise CourseError(f"the cluster can't grade: {'; '.join(wrong) or 'it has no workers'}")
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def submit(self, job: bytes, pieces: bytes, seconds: float) -> "Future[bytes]":
        """Run a job on some machine; where that one is lost, on another."""
        return self._executor.submit(_run_here, *self._told, job, pieces, seconds)


def _here(lesson: str, warm: tuple[str, ...]) -> Local:
    """The sandboxes of a cluster's machine: started at the first job, ended with the process."""
    with STARTING:
        return _started(lesson, warm)


@cache
def _started(lesson: str, warm: tuple[str, ...]) -> Local:
    return Local(lesson, warm, cores()).__enter__()


def _ready(lesson: str, warm: tuple[str, ...], needed: str) -> str:
    """Say why this machine of a cluster can't grade; nothing where it can."""
    if environment() != needed:
        return "it has another version of the course, of Python or of a package"
    try:
        _here(lesson, warm)
    except CourseError as error:
        return str(error)
    return ""


def _run_here(lesson: str, warm: tuple[str, ...], job: bytes, pieces: bytes, seconds: float) -> bytes:
    return _here(lesson, warm).submit(job, pieces, seconds).result()


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def pool(lesson: str, warm: Sequence[str], most: int, secrets: Sequence[Path], cluster: str = "") -> Pool:
    """Return where jobs are to run: on a cluster where its address is given, else here.

    Args:
        lesson: its name.
        warm: modules that a worker imports before the first job.
        most: workers that are of use.
        secrets: paths that a worker must not be able to see.
        cluster: the address of a dask.distributed scheduler, such as tcp://10.0.0.1:8786.
    """
    return Cluster(lesson, warm, cluster) if cluster else Local(lesson, warm, most, secrets)
