"""The same function of bytes on a cluster: a real scheduler, two worker processes over TCP, one of them killed."""

import subprocess

import pytest
from dask_cluster import cluster
from small_class import ESSAY, LESSON, RIGHT, WRONG, course, hand_in, told

from helpers.grading import CourseError
from helpers.grading.classroom.run import Ending, Outcome, execute
from helpers.grading.course import Course

pytest.importorskip("distributed")
__all__ = ["cluster", "course"]
NAMES = [f"student-{i}" for i in range(6)]


def test_marks_from_a_cluster_are_the_same_though_a_machine_is_lost(
    course: Course, cluster: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    address, workers = cluster
    for i, name in enumerate(NAMES):
        hand_in(course, name, [RIGHT, WRONG, None][i % 3], ESSAY)
    done: list[Outcome] = []

    def on_done(outcome: Outcome) -> None:
        done.append(outcome)
        if len(done) == 2:
            workers[0].kill()

    outcomes = execute(course, LESSON, NAMES, on_done, address)
    assert {o.ending for o in outcomes.values()} == {Ending.GRADED}, outcomes
    assert [told(course)[name, "check-heaviside"][0] for name in NAMES] == [1.0, 0.5, 0.0] * 2
    assert workers[0].wait() != 0
    assert workers[1].poll() is None


def test_a_cluster_that_does_not_answer_is_told(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpers.grading.sandbox.pools.CONNECT", 0.5)
    with pytest.raises(CourseError, match=r"no cluster answers at tcp://127.0.0.1:9"):
        execute(course, LESSON, ["ada"], cluster="tcp://127.0.0.1:9")


def test_a_cluster_with_another_version_of_the_course_is_refused(
    course: Course, cluster: tuple[str, list[subprocess.Popen[bytes]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = list[object]()
    monkeypatch.setattr("helpers.grading.sandbox.pools.environment", lambda: "another")
    monkeypatch.setattr("helpers.grading.sandbox.pools.Cluster.work", lambda pool, todo: sent.append(todo))
    with pytest.raises(CourseError, match="it has another version of the course"):
        execute(course, LESSON, ["ada"], cluster=cluster[0])
    assert not sent
