"""Run and judge submissions: jobs go to the workers, evidence comes back, and this side decides."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from helpers.checks import lessons
from helpers.checks.assess import follow_through
from helpers.checks.verdict import State, Verdict
from helpers.grading import CourseError
from helpers.grading.bounded import TooMuch, bounded
from helpers.grading.course import Course
from helpers.grading.intake.pictures import as_data
from helpers.grading.intake.rebuild import Rebuilt, copied, rebuild
from helpers.grading.judging import jobs, replies, store
from helpers.grading.judging.assignment import released, seed_of
from helpers.grading.judging.judge import left_open, verdicts_of, wanting
from helpers.grading.judging.lacking import SAYS, lacking
from helpers.grading.judging.outputs import fill
from helpers.grading.judging.store import Check, Origin, Record
from helpers.grading.judging.traces import traced
from helpers.grading.judging.warm import by_imports
from helpers.grading.sandbox.pools import Infrastructure, Pool, pool
from helpers.grading.sandbox.sizes import decoded, sendable
from helpers.probes.limit import BACKSTOP
from helpers.probes.plain import encode

TRIES = 2  # where the workers fail on a submission, it is run once more in fresh ones, after all others
AHEAD = 3  # jobs in hand for each worker: enough to keep it busy, few enough to keep memory flat


@dataclass(frozen=True)
class Graded:
    """A submission that was run and judged.

    Attributes:
        rebuilt: what was made of what the student handed in.
        notebook: the same with outputs and verdict tables.
        record: what is to be kept of it.
    """

    rebuilt: Rebuilt
    notebook: NotebookNode
    record: Record

    @property
    def verdicts(self) -> Mapping[str, Verdict]:
        """What was found, by task."""
        return self.record.verdicts


def grade_one(course: Course, lesson: str, student: str) -> Graded:
    """Run and judge a single submission, as formgrader's Autograde button asks for it."""
    [(_, graded)] = judged(course, lesson, [student])
    if isinstance(graded, Exception):
        raise CourseError(f"{student}: {graded}")
    store.write(course, lesson, student, graded.record)
    return graded


@dataclass
class Running:
    """A submission on its way: what was made of it, what stands from before, what is known so far."""

    student: str
    folder: Path
    rebuilt: Rebuilt
    origin: Origin
    checks: dict[str, Check]
    asked: Sequence[str]
    careful: bool = False
    reply: Any = None
    earlier: dict[str, Verdict] = field(default_factory=dict)
    rounds: list[list[str]] = field(default_factory=list)
    lacks: dict[str, str] = field(default_factory=dict)


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
    release, seed = released(course, lesson), seed_of(course, lesson)
    failing = jobs.failing(lesson, seed)

    def begin(student: str) -> Running:
        work = _begin(course, lesson, release, seed, student, kept.get(student, {}))
        return _without(lesson, work, failing)

    usual = [*jobs.imported(release), *lessons.lazily(lesson)]
    for warm, group in by_imports(students, usual, lambda student: _path(course, lesson, student)):
        todo, lost = group, dict[str, Infrastructure]()
        for _ in range(TRIES):
            lost, again = {}, lost
            try:
                with pool(lesson, warm, len(todo), [course.root], cluster) as workers:
                    for student, found in _in(workers, lesson, seed, todo, begin):
                        if isinstance(found, Infrastructure):
                            lost[student] = found
                        else:
                            yield student, found
            except CourseError:
                if not again:
                    raise
                lost = again  # nothing starts that they could be tried again in
            if not (todo := list(lost)):
                break
        yield from lost.items()


def _in(
    workers: Pool, lesson: str, seed: int, students: Sequence[str], begin: Callable[[str], Running]
) -> Iterator[tuple[str, Graded | Exception]]:
    """Yield each student as `judged` does; where the workers fail, with Infrastructure."""
    running: dict[Future[bytes], Running] = {}
    queue, left = iter(students), True
    while running or left:
        for student in queue:
            try:
                work = begin(student)
                job = jobs.job(lesson, work.rebuilt.notebook, seed, work.asked)
                running[_submit(workers, job, jobs.pieces(lesson, work.asked))] = work
            except Exception as error:  # this student's row, not the end of the class
                yield student, error
                continue
            if len(running) >= AHEAD * workers.slots:
                break
        else:
            left = False
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            work = running.pop(future)
            if (lost := future.exception()) is not None:
                yield work.student, Infrastructure(str(lost))
                continue
            try:
                if job := _hear(lesson, work, decoded(future.result()), seed):
                    running[_submit(workers, job, {})] = work
                else:
                    yield work.student, _finish(lesson, work)
            except Exception as error:
                yield work.student, error


def _without(lesson: str, work: Running, failing: Mapping[str, str]) -> Running:
    """Take out of what is asked the tasks whose definition fails; they are left open."""
    work.asked = [name for name in work.asked if name not in failing]
    for name, cause in failing.items():
        task = lessons.tasks(lesson)[name]
        work.checks[name] = store.checked(task, left_open(task, cause), 0.0)
    return work


def _path(course: Course, lesson: str, student: str) -> Path:
    return course.work("submitted", student, lesson, f"{lesson}.ipynb")


def _begin(
    course: Course,
    lesson: str,
    release: NotebookNode,
    seed: int,
    student: str,
    standing: Mapping[str, Check],
) -> Running:
    path = _path(course, lesson, student)
    handed_in = path.read_bytes()
    asked = [name for name in lessons.tasks(lesson) if name not in standing]
    made_of = store.origin(release, path, seed)
    with bounded("Reading it"):
        return Running(student, path.parent, rebuild(release, handed_in), made_of, dict(standing), asked)


def _submit(workers: Pool, job: Any, pieces: Mapping[str, str]) -> "Future[bytes]":
    return workers.submit(sendable(encode(job)), encode(dict(pieces)), BACKSTOP * job["seconds"])


def _hear(lesson: str, work: Running, reply: Any, seed: int) -> Any:
    """Judge a reply; return what has to be asked once more, or None."""
    notebook = work.rebuilt.notebook
    if reply["ended"] == replies.UNWATCHED and not work.careful:
        work.careful = True
        return jobs.job(lesson, notebook, seed, work.asked) | {"careful": True}
    if work.reply is None:
        work.reply = reply
        first = replies.seen(lesson, reply, seed, work.asked)
        work.earlier = verdicts_of(lesson, notebook, first, seed)
        _keep(lesson, work, work.earlier, reply, first, seed)
        wanted = wanting(lesson, work.earlier)
        asked = [name for name in wanted if name in replies.told_again(reply)]
        work.lacks = lacking(notebook, reply, first)
        found = replies.seen(lesson, reply, seed, asked, "again")
        work.rounds = jobs.rounds(lesson, [name for name in wanted if name not in asked])
    else:
        found = replies.seen(lesson, reply, seed, work.rounds.pop(0))
    _keep(lesson, work, verdicts_of(lesson, notebook, found, seed), reply, found, seed)
    return jobs.job(lesson, notebook, seed, work.rounds[0], True) if work.rounds else None


def _keep(
    lesson: str, work: Running, verdicts: Mapping[str, Verdict], reply: Any, found: replies.Seen, seed: int
) -> None:
    """Keep verdicts, and what was done; those that are second ones only where they are better."""
    memory = replies.memory(reply)
    for name, verdict in verdicts.items():
        task = lessons.tasks(lesson)[name]
        if name in work.checks and name in work.earlier:
            verdict = follow_through(task, work.earlier[name], verdict)
            if verdict is work.earlier[name]:
                continue
        did = traced(task, seed, found[name][0], verdict)
        work.checks[name] = store.checked(task, verdict, memory.get(name, 0.0), did)


def _finish(lesson: str, work: Running) -> Graded:
    rebuilt = work.rebuilt
    for name, what in work.lacks.items():
        if work.checks[name].verdict.state not in (State.PASSED, State.NOT_JUDGED):
            task = lessons.tasks(lesson)[name]
            work.checks[name] = store.checked(task, left_open(task, f"{SAYS}{what}."), 0.0)
    record = Record(work.origin, rebuilt.repairs, rebuilt.signs, work.checks, replies.seconds(work.reply))
    try:
        return Graded(rebuilt, _shown(work, work.reply), record)
    except TooMuch:  # the marks stand without what was printed
        return Graded(rebuilt, _shown(work, {**work.reply, "events": []}), record)


def _shown(work: Running, reply: Any) -> NotebookNode:
    verdicts = {name: check.verdict for name, check in work.checks.items()}
    with bounded("Showing it"):
        return fill(copied(work.rebuilt.notebook), reply, verdicts, partial(as_data, work.folder))
