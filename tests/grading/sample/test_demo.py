import json
import sys
from pathlib import Path

import nbformat
import pytest
from slow_machine import busy

from helpers.checks import lessons
from helpers.grading import cli
from helpers.grading.course import Course
from helpers.grading.sample import students
from helpers.grading.sample.demo import differences
from helpers.grading.sample.students import KINDS, draw
from helpers.grading.sample.trouble import TROUBLES

ROOT = Path(__file__).resolve().parents[3]
LESSON = "01-perceptron"


def course(*args: object) -> object:
    """Run a command and return its exit code."""
    sys.argv = ["course", *map(str, args)]
    with pytest.raises(SystemExit) as end:
        cli.main()
    return end.value.code


@pytest.fixture(autouse=True)
def in_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(sys, "argv", sys.argv)


def test_a_seed_gives_one_class_and_another_seed_another() -> None:
    def drawn(seed: int) -> list[students.Student]:
        return draw(Course(ROOT), LESSON, 24, seed)

    assert drawn(3) == drawn(3) != drawn(4)
    kinds = {answer.kind for student in drawn(3) for answer in student.answers.values()}
    assert kinds == set(KINDS)


def test_truth_is_what_the_tasks_declare() -> None:
    tasks = lessons.tasks(LESSON)
    for student in draw(Course(ROOT), LESSON, 24, 0):
        for name, answer in student.answers.items():
            if answer.kind in ("solution", "alternative"):
                assert answer.points == tasks[name].points
            elif answer.kind == "misconception":
                fails = next(m.fails for m in tasks[name].misconceptions if m.says == answer.name)
                assert answer.points == tasks[name].score({part.name for part in tasks[name].parts} - fails)
            else:
                assert answer.points == 0


@pytest.mark.parametrize("how_many", [2, pytest.param(None, marks=pytest.mark.slow)])
def test_the_demos_marks_are_the_known_truth(
    how_many: int | None, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lessons, "MODULES", dict(list(lessons.MODULES.items())[:how_many]))
    assert course("demo", "--students", 4, "--to", tmp_path) == 0
    out = capsys.readouterr().out
    first, *later = lessons.MODULES
    sizes = {first: 4 + len(TROUBLES)} | dict.fromkeys(later, 1)
    marks = sum(size * len(lessons.tasks(lesson)) for lesson, size in sizes.items())
    assert f"All {marks} marks and {sum(sizes.values())} totals equal the known truth." in out
    made = tmp_path / ".nbgrader"
    assert str(made / "gradebook.db") in out
    for lesson, size in sizes.items():
        assert f"{lesson}: {size} students" in out
        assert len([*made.glob(f"feedback/*/{lesson}/{lesson}.html")]) == size
        assert len((made / "marks" / f"{lesson}.csv").read_text().splitlines()) == size + 1
        assert len((made / "export" / f"{lesson}.csv").read_text().splitlines()) == size + 1


@pytest.mark.slow
def test_the_demos_marks_are_right_beside_eight_busy_programs() -> None:
    with busy(8):
        assert course("demo", "--lesson", "09-transfer-learning") == 0


def test_without_a_sandbox_the_broken_and_hostile_are_left_out_and_that_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("helpers.grading.sandbox.command.install", lambda: None)
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert course("demo", "--lesson", LESSON, "--students", 1, "--to", tmp_path) == 0
    out = capsys.readouterr().out
    assert "Graded without a sandbox, and without its broken and hostile students: bubblewrap" in out
    assert f"All {len(lessons.tasks(LESSON))} marks and 1 totals equal" in out


@pytest.mark.parametrize("name", TROUBLES)
def test_a_trouble_changes_what_is_handed_in(name: str) -> None:
    here = Course(ROOT)
    release = nbformat.read(here.student(LESSON), as_version=4)
    before = nbformat.writes(release)
    TROUBLES[name].change(release)
    assert json.dumps(release) != json.dumps(nbformat.reads(before, as_version=4))


def test_a_wrong_truth_makes_the_demo_fail(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = students._answer

    def lying(rng, task, solution, others):  # type: ignore[no-untyped-def]
        answer = real(rng, task, solution, others)
        return answer if task.id != "gates" else students.Sample("solution", "", solution, 1.25)

    monkeypatch.setattr(students, "_answer", lying)
    monkeypatch.setattr(students, "TROUBLES", {})
    assert course("demo", "--lesson", LESSON, "--students", 1, "--to", tmp_path) == 1
    err = capsys.readouterr().err
    assert err.startswith("student-1, gates: 2.0, not 1.25 (solution)\nstudent-1: ")
    assert err.endswith("2 marks differ from the known truth.\n")


def test_an_ungraded_student_differs_in_every_mark() -> None:
    from helpers.grading.classroom.table import Row

    student = draw(Course(ROOT), LESSON, 1, 0)[0]
    found = differences([student], [Row(student.name, remark="it broke")])
    assert len(found) == len(student.answers) + 1
    assert "it broke" in found[0]
