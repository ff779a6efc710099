"""Sandboxed workers behind a pool: a job in, a future of the reply out."""

import os
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from helpers.grading import CourseError
from helpers.grading.course import Course
from helpers.grading.sandbox import Failed, Worker
from helpers.probes.plain import MAX_BYTES, Plain, decode, encode

TRIES = 2  # a worker that fails is replaced, and the job run once more
GRACE = 30.0  # seconds that a worker gets above what its job may take


class Workers:
    """As many workers as there are cores, each started by a thread of its own, which it ends with."""

    def __init__(self, course: Course, lesson: str, most: int):
        self._lesson = lesson
        self._secrets = [course.root, Path.home() / ".bashrc", Path.home() / ".profile"]
        self._mine = threading.local()
        self._all: list[Worker] = []
        count = max(1, min(most, _cores()))
        self._numbers = iter(range(count))
        self._pool = ThreadPoolExecutor(count, "worker")

    def __enter__(self) -> "Workers":
        """Start the first worker, so that a machine without a sandbox says so at once."""
        self._pool.submit(self._worker).result()
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)
        for worker in self._all:
            worker.close()

    def submit(self, job: Plain) -> "Future[Any]":
        """Run a job; its future raises CourseError where the workers, not the submission, failed."""
        return self._pool.submit(self._run, encode(job), job["seconds"] + GRACE)

    def _worker(self) -> Worker:
        if not hasattr(self._mine, "number"):
            self._mine.number = next(self._numbers)
        if getattr(self._mine, "worker", None) is None:
            self._mine.worker = Worker(self._lesson, self._mine.number, self._secrets)
            self._all.append(self._mine.worker)
        return self._mine.worker

    def _run(self, job: bytes, seconds: float) -> Plain:
        why = ""
        for _ in range(TRIES):
            try:
                return decode(self._worker().run(job, seconds), most_text=MAX_BYTES)
            except (Failed, ValueError) as error:
                why = str(error)
                self._mine.worker.close()
                self._mine.worker = None
        raise CourseError(f"infrastructure error, grade again: {why}")


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
