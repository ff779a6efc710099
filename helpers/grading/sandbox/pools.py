"""Where jobs run: in sandboxed workers on this machine, or on those of a cluster. Bytes in, bytes out."""

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import cache, partial
from itertools import count
from pathlib import Path
from typing import Protocol, Self

from helpers.grading import CourseError
from helpers.grading.environment import environment
from helpers.grading.sandbox.process import Failed, Lend, Worker
from helpers.grading.sandbox.sizes import decoded

TRIES = 2  # a worker that fails is replaced, and the job run once more
GRACE = 60.0  # seconds that a worker gets above what its job may take
CONNECT = 60.0  # seconds until a cluster has to answer
STARTING = threading.Lock()
NUMBERS = count()  # of workers: several pools may be open in a process
Work = Callable[[Sequence[Worker]], bytes]  # raises Failed or ValueError where the workers have failed


class Infrastructure(CourseError):
    """Raised where the workers, not the submission, have failed, with the cause: no mark follows from it."""


class Pool(Protocol):
    """Runs jobs; `slots` is how many at a time."""

    slots: int

    def __enter__(self) -> Self:
        """Begin to start what runs jobs: `ready` says how that went, and they may be submitted before."""

    def ready(self) -> None:
        """Wait until jobs can be run; raises CourseError where they can't."""

    def __exit__(self, *told: object) -> None:
        """End what was started."""

    def submit(self, job: bytes, lend: Lend, seconds: float) -> "Future[bytes]":
        """Run an encoded job; its future may raise Infrastructure, after so many seconds without a word."""

    def work(self, todo: Work) -> "Future[bytes]":
        """Do something with the workers of one slot; its future may raise Infrastructure likewise."""


class Local:
    """As many slots as there are cores, each with workers that a thread starts and that end with it."""

    def __init__(
        self, lesson: str, warm: Sequence[str], most: int, secrets: Sequence[Path] = (), each: int = 1
    ):
        self._lesson, self._warm, self._each = lesson, warm, each
        self._secrets = [*secrets, Path.home() / ".bashrc", Path.home() / ".profile"]
        self._mine = threading.local()
        self._all: list[Worker] = []
        self.slots = max(1, min(most, cores()))
        self._pool = ThreadPoolExecutor(self.slots, "worker")
        self._over = False

    def __enter__(self) -> Self:
        """Begin to start the first worker."""
        self._first = self._pool.submit(self._workers)
        return self

    def ready(self) -> None:
        """Wait for the first worker; raises NoSandbox on a machine that can't run student code."""
        self._first.result()

    def __exit__(self, *_: object) -> None:
        """End all workers, in the middle of a job where there is one: nobody waits for it any more."""
        self._over = True
        self._pool.shutdown(wait=False, cancel_futures=True)
        for worker in self._all:
            worker.kill()
        for worker in self._all:
            worker.close()
        self._pool.shutdown()

    def submit(self, job: bytes, lend: Lend, seconds: float) -> "Future[bytes]":
        """Run a job; its future raises Infrastructure where the workers, not the submission, failed."""
        return self.work(partial(_run, job, lend, seconds + GRACE))

    def work(self, todo: Work) -> "Future[bytes]":
        """Do something with the workers of one slot, once more with fresh ones where they fail."""
        return self._pool.submit(self._do, todo)

    @property
    def used(self) -> float:
        """The seconds of the processor that the workers have taken, those that were replaced left out."""
        return sum(worker.used for worker in self._all)

    def _workers(self) -> list[Worker]:
        """Return this thread's workers; those that have ended are replaced."""
        if not hasattr(self._mine, "workers"):
            self._mine.numbers, self._mine.workers = [next(NUMBERS) for _ in range(self._each)], {}
        mine: dict[int, Worker] = self._mine.workers
        for number in self._mine.numbers:
            if number in mine and mine[number].ended:
                self._end(mine.pop(number))
            if number not in mine:
                mine[number] = Worker(self._lesson, number, self._secrets, self._warm)
                self._all.append(mine[number])
        return [mine[number] for number in self._mine.numbers]

    def _end(self, worker: Worker) -> None:
        worker.close()
        self._all.remove(worker)

    def _do(self, todo: Work) -> bytes:
        why = ""
        for _ in range(TRIES):
            try:
                return todo(self._workers())
            except (Failed, ValueError) as error:
                why = str(error)
                if self._over:
                    break
                while self._mine.workers:
                    self._end(self._mine.workers.popitem()[1])
        raise Infrastructure(why)


def _run(job: bytes, lend: Lend, seconds: float, workers: Sequence[Worker]) -> bytes:
    [worker] = workers
    reply = worker.run(job, seconds, lend)
    decoded(reply)
    return reply


class Cluster:
    """The workers of a running dask.distributed cluster; each has sandboxes of its own."""

    def __init__(self, lesson: str, warm: Sequence[str], address: str, each: int = 1):
        try:
            from distributed import Client
        except ImportError:
            raise CourseError("`--cluster` needs `pip install 'deep-learning-course[cluster]'`") from None
        try:
            self._client = Client(address, timeout=CONNECT, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise CourseError(f"no cluster answers at {address}: {error}") from None
        self._told = lesson, tuple(warm), each
        self.slots = max(1, sum(self._client.nthreads().values()))
        self._executor: Executor = self._client.get_executor(pure=False)

    def __enter__(self) -> Self:
        """See that every machine of the cluster grades as this one would; no job goes there before."""
        told = self._client.run(_ready, self._told, environment())
        wrong = [f"{where}: {error}" for where, error in told.items() if error]
        if wrong or not told:
            self.__exit__()
            raise CourseError(f"the cluster can't grade: {'; '.join(wrong) or 'it has no workers'}")
        return self

    def ready(self) -> None:
        """It is, once it was entered."""

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def submit(self, job: bytes, lend: Lend, seconds: float) -> "Future[bytes]":
        """Run a job on some machine; where that one is lost, on another."""
        return self.work(partial(_run, job, lend, seconds + GRACE))

    def work(self, todo: Work) -> "Future[bytes]":
        """Do something with the workers of one slot of some machine."""
        return self._executor.submit(_work_here, self._told, todo)


Told = tuple[str, tuple[str, ...], int]  # what a machine of a cluster starts its sandboxes with


def _here(told: Told) -> Local:
    """The sandboxes of a cluster's machine: started at the first job, ended with the process."""
    with STARTING:
        return _started(told)


@cache
def _started(told: Told) -> Local:
    lesson, warm, each = told
    here = Local(lesson, warm, cores(), each=each).__enter__()
    here.ready()
    return here


def _ready(told: Told, needed: str) -> str:
    """Say why this machine of a cluster can't grade; nothing where it can."""
    if environment() != needed:
        return "it has another version of the course, of Python or of a package"
    try:
        _here(told)
    except CourseError as error:
        return str(error)
    return ""


def _work_here(told: Told, todo: Work) -> bytes:
    return _here(told).work(todo).result()


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def pool(
    lesson: str, warm: Sequence[str], most: int, secrets: Sequence[Path], cluster: str = "", each: int = 1
) -> Pool:
    """Return where jobs are to run: on a cluster where its address is given, else here.

    Args:
        lesson: its name.
        warm: modules that a worker imports before the first job.
        most: slots that are of use.
        secrets: paths that a worker must not be able to see.
        cluster: the address of a dask.distributed scheduler, such as tcp://10.0.0.1:8786.
        each: workers in a slot.
    """
    if cluster:
        return Cluster(lesson, warm, cluster, each)
    return Local(lesson, warm, most, secrets, each)
