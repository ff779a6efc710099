"""Run and judge submissions: jobs go to the workers, evidence comes back, and this side decides."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import ExitStack
from dataclasses import dataclass
from math import ceil
from typing import Any

from helpers.checks import lessons
from helpers.grading import CourseError
from helpers.grading.course import Course
from helpers.grading.intake.given import Release
from helpers.grading.judging import jobs, store, underway
from helpers.grading.judging.assignment import released, seed_of
from helpers.grading.judging.store import Check
from helpers.grading.judging.underway import Graded, Running
from helpers.grading.sandbox.lending import Lender
from helpers.grading.sandbox.pools import Infrastructure, Pool, cores, pool
from helpers.grading.sandbox.process import Lend, nothing
from helpers.grading.sandbox.sizes import decoded, sendable
from helpers.probes.limit import BACKSTOP

TRIES = 2  # where the workers fail on a submission, it is run once more in fresh ones, after all others
AHEAD = 3  # jobs in hand for each worker: enough to keep it busy, few enough to keep memory flat


def grade_one(course: Course, lesson: str, student: str) -> Graded:
    """Run and judge a single submission, as formgrader's Autograde button asks for it."""
    [(_, graded)] = judged(course, lesson, [student])
    if isinstance(graded, Exception):
        raise CourseError(f"{student}: {graded}")
    store.write(course, lesson, student, graded.record)
    return graded


def judged(
    course: Course,
    lesson: str,
    students: Sequence[str],
    kept: Mapping[str, Mapping[str, Check]] = {},
    cluster: str = "",
) -> Iterator[tuple[str, Graded | Exception]]:
    """Yield each student with what became of the submission, or with why it could not be graded.

    The workers run what comes next while this thread judges. A task that fails and uses earlier answers
    is judged once more with the course's own in their place: a worker asks it both ways, or, where a
    notebook takes its process with it, in a second run.

    Args:
        course: the class's folder.
        lesson: its name.
        students: whose submissions.
        kept: by student, the checks that stand; only the others are run.
        cluster: the address of a dask.distributed scheduler; by default student code runs here.
    """
    release, seed = Release(released(course, lesson)), seed_of(course, lesson)
    failing = jobs.failing(lesson, seed)

    def begin(student: str) -> Running:
        work = underway.begin(course, lesson, release, seed, student, kept.get(student, {}))
        return underway.without(lesson, work, failing)

    usual = [*jobs.imported(release.notebook), *jobs.probes(lesson), *lessons.lazily(lesson)]
    groups = jobs.by_imports(
        students, usual, lambda student: underway.path(course, lesson, student), course.released(lesson)
    )
    lender = Lender()
    todo, lost = set(students), dict[str, Infrastructure]()
    for _ in range(TRIES):
        lost, again = {}, lost
        try:
            with ExitStack() as started:
                crews = [
                    Crew(
                        started.enter_context(pool(lesson, warm, most, [course.root], cluster)),
                        iter([student for student in group if student in todo]),
                    )
                    for warm, group in groups
                    if (most := _share(len(todo.intersection(group)), len(todo)))
                ]
                for student, found in _in(crews, lesson, seed, begin, lender):
                    if isinstance(found, Infrastructure):
                        lost[student] = found
                    else:
                        yield student, found
        except CourseError:
            if not again:
                raise
            lost = again  # nothing starts that they could be tried again in
        if not (todo := set(lost)):
            break
    yield from lost.items()


@dataclass
class Crew:
    """Workers that have loaded the same modules, and the students whose submissions they run."""

    workers: Pool
    queue: Iterator[str]
    busy: int = 0  # jobs in hand


def _share(group: int, everyone: int) -> int:
    """Return how many workers are of use to a part of a class, where the other parts have theirs."""
    return min(group, ceil(cores() * group / max(everyone, 1)))


def _in(
    crews: Sequence[Crew], lesson: str, seed: int, begin: Callable[[str], Running], lender: Lender
) -> Iterator[tuple[str, Graded | Exception]]:
    """Yield each student as `judged` does; where the workers fail, with Infrastructure."""
    running: dict[Future[bytes], tuple[Crew, Running]] = {}
    left, starting = list(crews), list(crews)
    while running or left:
        for crew in tuple(left):
            while crew.busy < AHEAD * crew.workers.slots:
                if (student := next(crew.queue, None)) is None:
                    left.remove(crew)
                    break
                try:
                    work = begin(student)
                    job = jobs.job(lesson, work.rebuilt.notebook, seed, work.asked)
                    running[_submit(crew, job, lender.lent(jobs.pieces(lesson, work.asked)))] = crew, work
                except Exception as error:  # this student's row, not the end of the class
                    yield student, error
        while starting:  # while the first submissions were read
            starting.pop().workers.ready()
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            crew, work = running.pop(future)
            crew.busy -= 1
            if (lost := future.exception()) is not None:
                yield work.student, Infrastructure(str(lost))
                continue
            try:
                job = underway.hear(lesson, work, decoded(future.result()), seed)
                for name, evidence in underway.settled(lesson, work):
                    lender.settle(name, evidence)
                if job:
                    running[_submit(crew, job, nothing)] = crew, work
                else:
                    yield work.student, underway.finish(lesson, work)
            except Exception as error:
                yield work.student, error


def _submit(crew: Crew, job: Any, lend: Lend) -> "Future[bytes]":
    future = crew.workers.submit(sendable(jobs.packed(job)), lend, BACKSTOP * job["seconds"])
    crew.busy += 1
    return future
