"""Moodle's worksheet tells when each handed in, in any language and in the time of the place."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from small_class import LESSON, course, open_, told

from helpers.grading.classroom.run import Ending, execute
from helpers.grading.course import CONFIG, Course
from helpers.grading.intake.moments import moment
from helpers.grading.returning import lateness
from helpers.grading.returning.totals import Mark

__all__ = ["course"]
WORKSHEET = """\
ID,Name,Zustand,Bewertung,Höchstwert,Änderbar,Zuletzt geändert (Abgabe),Zuletzt geändert (Bewertung)
Teilnehmer/in1,Ada,Abgegeben,,20,Ja,"Sonntag, 1. März 2026, 12:30",-
Teilnehmer/in2,Bob,Abgegeben,,20,Ja,"Sonntag, 1. März 2026, 13:30",-
Teilnehmer/in3,Eve,Keine Abgabe,,20,Ja,-,-
"""


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("Saturday, 28 November 2026, 11:05 AM", 11),
        ("Saturday, 28 November 2026, 12:05 PM", 12),
        ("Saturday, 28 November 2026, 12:05 AM", 0),
        ("Samstag, 28. November 2026, 23:05", 23),
        ("sobota, 28 listopada 2026, 11:05", 11),  # which is October in Croatian
        ("суббота, 28 ноября 2026, 11:05", 11),
        ("2026年11月28日 星期六 11:05", 11),
    ],
)
def test_a_time_is_read_in_any_language(text: str, hour: int) -> None:
    assert moment(text) == datetime(2026, 11, 28, hour, 5)


@pytest.mark.parametrize(
    "text", ["", "-", "11:05", "28 November 2026", "11/12 2026, 11:05", "31. Juni 2026, 11:05"]
)
def test_what_tells_no_time_or_two_is_none(text: str) -> None:
    assert moment(text) is None


def test_lateness_is_as_the_worksheet_says_in_local_time(course: Course, tmp_path: Path) -> None:
    with (course.root / CONFIG).open("a") as file:
        file.write('\nget_config().LateSubmissionPlugin.penalty_method = "zero"\n')
    execute(course, LESSON, ["ada", "bob", "eve"])
    with open_(course) as gradebook:
        gradebook.update_or_create_assignment(LESSON, duedate="2026-03-01 12:00:00 UTC")
    (path := tmp_path / "worksheet.csv").write_text(WORKSHEET, "utf-8")
    marks = [Mark(s, n, 1.0, name=s, graded=s) for s, n in (("ada", "1"), ("bob", "2"), ("eve", "3"))]
    entered = lateness.enter(course, LESSON, marks, path, ZoneInfo("Europe/Berlin"))
    assert entered == (2, {"the worksheet tells no time": ["eve"]})
    found = told(course)
    assert [found[s, "when"] for s in ("ada", "bob")] == [datetime(2026, 3, 1, h, 30) for h in (11, 12)]
    assert (found["ada", "late"], found["bob", "late"]) == (None, 0.5)
    assert execute(course, LESSON, ["bob"])["bob"].ending == Ending.UNCHANGED
    assert told(course)["bob", "when"] == datetime(2026, 3, 1, 12, 30)
