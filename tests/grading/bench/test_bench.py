import json
import sys
from pathlib import Path

import pytest

from helpers.grading import cli
from helpers.grading.bench import grading, lessons, loop
from helpers.grading.course import Course

ROOT = Path(__file__).resolve().parents[3]


def test_every_check_and_notebook_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(lessons, "_run", lambda path: 2.5)
    monkeypatch.setattr(lessons, "_first", lambda path: 1.5)
    monkeypatch.setattr(lessons, "_check", lambda task: {"right": 0.1, "wrong": 0.3})
    for option in ([], ["--json"]):
        monkeypatch.setattr(sys, "argv", ["course", "bench", *option])
        with pytest.raises(SystemExit, match="0"):
            cli.main()
    text, _, figures = capsys.readouterr().out.partition("{")
    assert "check, mean: 0.200 s" in text
    assert "student, top to bottom, 01-perceptron: 2.5 s" in text
    assert json.loads("{" + figures)["check, slowest"] == 0.3


def test_importing_helpers_is_measured_in_fresh_interpreters() -> None:
    assert 0 < lessons._import() < 60


def test_a_first_cell_is_measured_in_fresh_interpreters() -> None:
    assert 0 < lessons._first(str(Course(ROOT).student("01-perceptron"))) < 600


def test_grading_is_measured_in_pairs_with_nbgraders_own(monkeypatch: pytest.MonkeyPatch) -> None:
    stock, own = iter([4.0, 6.0, 3.0]), iter([(0.2, 0.1), (0.2, 0.1), (0.2, 0.1)])
    monkeypatch.setattr(grading, "cores", lambda: 2)
    monkeypatch.setattr(grading, "stock", lambda folder, names: next(stock))
    monkeypatch.setattr(grading, "_own", lambda folder, names: next(own))
    monkeypatch.setattr(grading, "_cold", lambda course, folder, name: 5.0)
    figures = grading.measure(Course(ROOT), 12)
    assert figures["ratios"] == pytest.approx([20.0, 30.0, 15.0])
    assert figures["ratio"] == pytest.approx(20.0)
    assert figures["overhead, seconds a submission"] == pytest.approx(0.15)
    assert "one submission, cold, seconds: 5\n" in grading.told(figures) + "\n"


def test_a_class_is_really_graded_and_nbgrader_really_compared_with() -> None:
    with grading.handed_in(Course(ROOT), 2) as folder:
        names = sorted(path.name for path in folder.work("submitted").iterdir())
        seconds, compute = grading._own(folder, names)
        assert 0 < compute < seconds * 2 * len(names)
        assert grading.stock(folder, names[:1]) > 0


def test_the_whole_loop_is_measured_in_pairs_with_nbgraders_own(monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = iter([2.0, 4.0, 3.0])
    monkeypatch.setattr(loop, "stock", lambda folder, names: next(theirs))
    monkeypatch.setattr(loop, "stock_pages", lambda folder, lesson, names: {"seconds": 0.5 * len(names)})
    monkeypatch.setattr(loop, "_ours", lambda *_: {"grade": 2.0, "report": 0.5, "export": 0.5})
    monkeypatch.setattr(loop, "_exported", lambda graded: 0.0)
    figures = loop.measure(Course(ROOT), 12)
    assert figures["ratios"] == pytest.approx([10.0, 18.0, 14.0])
    assert figures["ratio"] == pytest.approx(14.0)
    assert "course report, seconds: 0.5\n" in grading.told(figures)


@pytest.mark.slow
def test_a_class_really_goes_through_the_whole_loop(tmp_path: Path) -> None:
    with grading.handed_in(Course(ROOT), 2) as folder:
        names = sorted(path.name for path in folder.work("submitted").iterdir())
        took = loop._ours(Course(ROOT), folder, names, tmp_path)
    assert list(took) == ["grade", "report", "export"]
    assert loop._exported(Course(tmp_path / "class")) > 0
    assert (tmp_path / "moodle-filled.csv").read_text("utf-8").count(",100.00,") == 2
