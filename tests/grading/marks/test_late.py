"""Late submissions lose what the class's own nbgrader_config.py says, whoever grades; its settings count."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from small_class import LESSON, ROOT, course, essay_of, open_, told

from helpers.grading import CourseError
from helpers.grading.classroom.run import execute
from helpers.grading.course import CONFIG, Course
from helpers.grading.marks import late
from helpers.grading.marks.reader import read
from helpers.grading.marks.stock import autograde

__all__ = ["course"]
POLICY = """
from nbgrader.plugins import LateSubmissionPlugin

class PerHour(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return {} * total_seconds_late / 3600
"""


@pytest.fixture(autouse=True)
def nobody_elses_configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "jupyter"))
    monkeypatch.setattr(sys, "path", [*sys.path])
    yield
    sys.modules.pop("policy", None)


def say(course: Course, text: str) -> None:
    with (course.root / CONFIG).open("a") as file:
        file.write(f"\n{text}\n")


def due(course: Course, when: str | None) -> None:
    with open_(course) as gradebook:
        gradebook.update_or_create_assignment(LESSON, duedate=when)


def test_both_ways_of_grading_fine_by_the_same_file(course: Course) -> None:
    (course.root / "policy.py").write_text(POLICY.format(0.25))
    say(course, 'get_config().AssignLatePenalties.plugin_class = "policy.PerHour"')
    due(course, "2026-03-01 11:00:00 UTC")
    execute(course, LESSON, ["ada"])
    assert told(course)["ada", "late"] == 0.25
    assert autograde(course, LESSON, "ada") == ""
    assert told(course)["ada", "late"] == 0.25
    execute(course, LESSON, ["ada"])
    assert told(course)["ada", "late"] == 0.25


def test_a_penalty_follows_the_mark_and_the_date(course: Course) -> None:
    say(course, 'get_config().LateSubmissionPlugin.penalty_method = "zero"')
    due(course, "2026-03-01 11:00:00 UTC")
    execute(course, LESSON, ["ada"])
    with open_(course) as gradebook:
        grade = gradebook.find_grade(essay_of(course), LESSON, LESSON, "ada")
        grade.manual_score = 2.0
        gradebook.db.commit()
    assert read(course, LESSON)["ada"].total == 2.0, "as nbgrader leaves it"
    late.renew(course, LESSON)
    assert read(course, LESSON)["ada"].total == 0.0
    due(course, None)
    late.renew(course, LESSON)
    assert read(course, LESSON)["ada"].total == 3.0


def test_a_policy_that_fails_is_told_and_loses_no_mark(course: Course) -> None:
    (course.root / "policy.py").write_text(POLICY.format("None"))
    say(course, 'get_config().AssignLatePenalties.plugin_class = "policy.PerHour"')
    due(course, "2026-03-01 11:00:00 UTC")
    with pytest.raises(CourseError, match="the late policy PerHour of nbgrader_config"):
        execute(course, LESSON, ["ada", "bob"])
    assert {"ada", "bob"} <= read(course, LESSON).keys()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "get_config().CourseDirectory.submitted_directory = 'in'",
            "sets CourseDirectory.submitted_directory",
        ),
        ("get_config().Autograde.autograde_preprocessors = []", "sets Autograde.autograde_preprocessors"),
        ("import nothing_of_that_name", "nbgrader_config.py fails, .* ModuleNotFoundError"),
    ],
)
def test_a_setting_that_does_not_work_is_refused_by_name(course: Course, text: str, says: str) -> None:
    say(course, text)
    with pytest.raises(CourseError, match=says):
        _ = course.config


def test_a_setting_may_be_the_systems_and_a_class_keeps_its_own(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "jupyter").mkdir()
    (tmp_path / "jupyter" / CONFIG).write_text("get_config().Exchange.timezone = 'CET'")
    say(course, f"get_config().CourseDirectory.db_url = 'sqlite:///{tmp_path}/other.db'")
    copy = Course(ROOT).copy_to(course.root, LESSON)
    assert copy.config.Exchange.timezone == "CET"
    assert copy.gradebook == tmp_path / "other.db"
    assert copy.config.Autograde == Course(ROOT).config.Autograde
    bare = Course(copy.root, bare=True).config
    assert "nbgrader.preprocessors.Execute" in bare.Autograde.autograde_preprocessors
