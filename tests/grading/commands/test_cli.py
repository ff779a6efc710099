import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tiny_lesson import LESSON, TINY

from helpers.grading import cli
from helpers.grading.authoring.build import build, write
from helpers.grading.course import Course

Run = Callable[..., str]


@pytest.fixture
def built(course: Course, monkeypatch: pytest.MonkeyPatch) -> Course:
    """The tiny course, built, as the current folder."""
    course.source(TINY).write_text(LESSON)
    write(build(course, [TINY]))
    monkeypatch.chdir(course.root)
    return course


@pytest.fixture
def fails(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command that must fail with one line, no traceback, and nothing written; return the line."""

    def run(*args: object) -> str:
        before = snapshot(tmp_path)
        monkeypatch.setattr(sys, "argv", ["course", *map(str, args)])
        with pytest.raises(SystemExit) as end:
            cli.main()
        assert end.value.code == 2
        assert snapshot(tmp_path) == before
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("course: ")
        assert err.count("\n") == 1
        return err

    return run


def snapshot(folder: Path) -> dict[Path, bytes | None]:
    return {path: path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


@pytest.mark.parametrize(
    "command",
    [
        ["build"], ["grade", TINY, "--submitted", "."], ["demo"], ["report", TINY], ["export", TINY, "--moodle", "a.csv"],
        ["new-lesson", "10-other"], ["new-task", TINY, "one"], ["bundle"],
    ],
)  # fmt: skip
def test_outside_of_the_checkout(
    fails: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "not inside the course's checkout" in fails(*command)


@pytest.mark.parametrize(
    "command",
    [
        ["build"], ["grade", "--submitted", "."], ["demo", "--lesson"], ["report"], ["export", "--moodle", "a.csv"],

    ],
)  # fmt: skip
def test_an_unknown_lesson(fails: Run, built: Course, command: list[str]) -> None:
    assert "there is no lesson '99-none'; there are: 00-learning, 01-perceptron" in fails(*command, "99-none")


@pytest.mark.parametrize("command", [["grade", TINY, "--submitted", "."], ["demo", "--lesson", TINY]])
class TestTheInstructorsNotebook:
    def test_is_missing(self, fails: Run, built: Course, command: list[str]) -> None:
        built.instructor(TINY).unlink()
        assert f"solutions/{TINY}/{TINY}.ipynb is missing: run `course build {TINY}`" in fails(*command)

    def test_is_unreadable(self, fails: Run, built: Course, command: list[str]) -> None:
        built.instructor(TINY).write_text("{")
        assert "can't be read" in fails(*command)

    def test_is_of_another_version(self, fails: Run, built: Course, command: list[str]) -> None:
        path = built.instructor(TINY)
        notebook = json.loads(path.read_text())
        notebook["metadata"]["course"]["tasks"]["neuron"]["digest"] = "another"
        path.write_text(json.dumps(notebook))
        assert "other definitions of neuron than are installed" in fails(*command)


def test_build_names_the_slip(fails: Run, built: Course) -> None:
    built.source(TINY).write_text(LESSON.replace("def neuron", "def neurone"))
    assert f"solutions/{TINY}/{TINY}.py:" in fails("build", TINY)


def test_build_check_names_the_files_that_differ_and_writes_nothing(fails: Run, built: Course) -> None:
    built.student(TINY).unlink()
    told = fails("build", TINY, "--check")
    assert f"course/{TINY}/{TINY}.ipynb" in told
    assert "solutions" not in told


def test_grade_without_anything_to_grade(fails: Run, built: Course, tmp_path: Path) -> None:
    assert f"there is no folder {tmp_path / 'none'}" in fails("grade", TINY, "--submitted", tmp_path / "none")
    handed_in = tmp_path / "in"
    handed_in.mkdir()
    assert f"nothing to grade in {handed_in}" in fails("grade", TINY, "--submitted", handed_in)
    (handed_in / "ada").mkdir()
    assert f"ada: no {TINY}.ipynb was handed in" in fails("grade", TINY, "--submitted", handed_in)
    (handed_in / "ada" / f"{TINY}.ipynb").write_text("{")
    assert "ada: its notebook can't be read: the file is not valid JSON" in fails(
        "grade", TINY, "--submitted", handed_in
    )
    (handed_in / "ada" / f"{TINY}.ipynb").write_text('{"cells": 3}')
    assert "ada: its notebook can't be read" in fails("grade", TINY, "--submitted", handed_in)


def test_the_classs_folder_can_not_be_made(fails: Run, built: Course, tmp_path: Path) -> None:
    handed_in = tmp_path / "in" / "ada"
    handed_in.mkdir(parents=True)
    (handed_in / f"{TINY}.ipynb").write_bytes(built.student(TINY).read_bytes())
    (tmp_path / "file").write_text("")
    told = fails("grade", TINY, "--submitted", tmp_path / "in", "--to", tmp_path / "file")
    assert "can't be the class's folder" in told


def test_demo_needs_an_empty_folder_and_alternatives(fails: Run, built: Course, tmp_path: Path) -> None:
    assert f"tests/alternatives/{TINY}.py can't be read: No such file" in fails("demo", "--lesson", TINY)
    other = built.root / "tests" / "alternatives" / f"{TINY}.py"
    other.parent.mkdir(parents=True)
    other.write_text("")
    assert "is not empty" in fails("demo", "--lesson", TINY, "--to", built.root)


def test_the_extra_is_not_installed(fails: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "EXTRA", ("typer", "no_such_package"))
    assert "`course` needs no_such_package: pip install 'deep-learning-course[grading]'" in fails("build")


def test_the_command_line_is_light() -> None:
    code = "import sys, helpers.grading.commands; print('nbgrader' in sys.modules, 'numpy' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).split() == ["False", "False"]


def test_nbgrader_comes_without_a_jupyter_server_which_whoever_wants_it_still_gets() -> None:
    code = """
import sys
from helpers.grading.settings import spare_imports
spare_imports()
import nbgrader.api
print([name for name in sys.modules if "jupyter_server" in name])
from nbgrader.server_extensions.formgrader.formgrader import FormgradeExtension
print(FormgradeExtension.__name__)
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told == "[]\nFormgradeExtension\n"


@pytest.mark.parametrize("command", [["report"], ["export", "--canvas", "a.csv"]])
def test_nothing_was_graded(fails: Run, built: Course, command: list[str]) -> None:
    assert f"there is no gradebook in {built.work()}: `course grade {TINY}`" in fails(*command, TINY)


def test_export_needs_one_of_three(fails: Run, built: Course) -> None:
    assert "say one of --moodle FILE, --canvas FILE, --ilias FILE and --feedback ZIP" in fails("export", TINY)


def test_a_students_text_is_no_markup_and_steers_no_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from helpers.grading.classroom.run import Ending
    from helpers.grading.classroom.table import Row
    from helpers.grading.commands import console

    monkeypatch.setattr(console, "points", lambda *_: {"one": 1.0})
    names = ["my [/b]/x", "[he]", "[red]x", "a\x1b[2Jb", "c\udcffd", "e\u202ef", ":smile:"]
    console.show(Course(Path()), "L", [Row(n, Ending.GRADED, {"one": 1.0}, 1.0, f"{n} [/]") for n in names])
    told = capsys.readouterr().out
    for name in ("my [/b]/x", "[he]", "[red]x", "a\ufffd[2Jb", "c\ufffdd", "e\ufffdf", ":smile:"):
        assert f" {name} " in told
        assert f" {name} [/] " in told
