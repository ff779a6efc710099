"""The class report: right figures, nothing loaded, nothing run, everything escaped, whatever a class holds."""

import csv
import json
import re
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from helpers.checks import lessons
from helpers.grading import CourseError, cli
from helpers.grading.bench.made_up import make
from helpers.grading.course import Course
from helpers.grading.judging import store
from helpers.grading.returning import class_report
from helpers.grading.returning.class_report import alike, conduct, forms, html, items, persons, pictures
from helpers.grading.returning.class_report.forms import Forms
from helpers.grading.returning.class_report.gather import gather

ROOT = Path(__file__).resolve().parents[3]
LESSON = "01-perceptron"
LONG = "\n".join(f"    total = total + z[{i}] * np.cos({i} * z.sum()) - b" for i in range(6))
ANSWER = f"def softmax(z):\n    total = 0\n{LONG}\n    return total"


def made(folder: Path, n: int) -> Course:
    course = Course(ROOT).copy_to(folder, LESSON)
    make(course, LESSON, n)
    return course


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return made(tmp_path_factory.mktemp("class"), 60)


@pytest.fixture(scope="module")
def page(course: Course) -> str:
    return class_report.write(course, LESSON)[0].read_text("utf-8")


class Outline(HTMLParser):
    """What a reader of the page meets."""

    VOID = ("meta", "line", "rect", "br")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for found, attributes in self.found if found == tag]


def test_the_page_is_one_file_without_scripts(page: str) -> None:
    outline = Outline(page)
    assert not outline.all("script")
    assert not outline.all("link")
    assert not outline.all("img")
    assert all((a["href"] or "").startswith("#") for a in outline.all("a"))
    assert "url(" not in page
    assert "http" not in page.replace("http-equiv", "")


def test_the_page_can_be_read_by_everyone(page: str) -> None:
    outline = Outline(page)
    levels = [int(tag[1]) for tag, _ in outline.found if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    assert page.count("<caption") == page.count("<table>") > 5
    assert all(th.get("scope") in ("row", "col") for th in outline.all("th"))
    assert all(svg.get("aria-label") or svg.get("aria-hidden") for svg in outline.all("svg"))
    names = {attributes["id"] for _, attributes in outline.found if attributes.get("id")}
    assert {a["href"] for a in outline.all("a")} == {f"#{name}" for name in names}
    assert outline.all("html")[0]["lang"] == "en"
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page


def test_the_table_has_a_row_for_everyone(course: Course, page: str) -> None:
    with course.work("report", f"{LESSON}.csv").open(encoding="utf-8") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert len(rows) == 60
    ungraded = [student for student, row in rows.items() if not row["total"]]
    assert ungraded == ["student-42"]
    assert "not valid JSON" in rows["student-42"]["needs you"]
    assert "not valid JSON" in page
    assert "looks tampered with" in rows["student-18"]["needs you"]
    verdicts = json.loads(course.work("verdicts", LESSON, "student-01.json").read_text())["checks"]
    assert float(rows["student-01"]["neuron"]) == verdicts["neuron"]["points"]
    for check in verdicts.values():
        for part in check["parts"]:
            assert all(says in rows["student-01"]["misconceptions"] for says in part["named"])


def test_the_figures_of_a_task_are_those_of_its_records(course: Course) -> None:
    known = gather(course, LESSON)
    told = {item.name: item for item in items.items(known)}
    states = [p.verdicts["softmax"].state for p in known.graded]
    assert told["softmax"].full == sum(state == "passed" for state in states)
    assert told["softmax"].blank == sum(state == "not attempted" for state in states)
    assert told["softmax"].n == 59
    wrong = items.misread(known)
    assert [len(m.students) for m in wrong] == sorted((len(m.students) for m in wrong), reverse=True)
    says = {m.says for task in known.tasks.values() for m in task.misconceptions}
    assert {m.says for m in wrong} <= says


def test_correlation_in_words() -> None:
    x = [float(i) for i in range(12)]
    assert items.correlation(x, x) == pytest.approx(1.0)
    assert items.correlation(x, x[::-1]) == pytest.approx(-1.0)
    assert items.correlation(x, [1.0] * 12) is None
    assert items.correlation(x[:9], x[:9]) is None


@pytest.mark.parametrize("n", [1, 5])
def test_small_classes_have_a_report(tmp_path: Path, n: int) -> None:
    path, _ = class_report.write(made(tmp_path, n), LESSON, tmp_path / "out" / "page.html")
    text = path.read_text("utf-8")
    Outline(text)
    assert "too few to say" in text


class TestForms:
    find = staticmethod(Forms(["softmax"], "def softmax(z):\n    raise NotImplementedError").form)

    def same(self, one: str, two: str) -> bool:
        a, b = self.find(one), self.find(two)
        assert a
        assert b
        return a.exact == b.exact

    def test_names_comments_docstrings_annotations_and_imports_do_not_matter(self) -> None:
        other = (
            ANSWER.replace("total", "mine")
            .replace("(z)", "(scores: Array) -> Array")
            .replace("z[", "scores[")
        )
        other = other.replace("z.sum", "scores.sum").replace(
            "    mine = 0\n", '    "Doc."\n    mine: int = 0  # !\n'
        )
        assert self.same(ANSWER, f"import numpy as np\n{other}")

    def test_what_is_computed_matters(self) -> None:
        assert not self.same(ANSWER, ANSWER.replace("np.cos(3", "np.sin(3"))
        assert not self.same("def softmax(a, b):\n    return a - b", "def softmax(a, b):\n    return b - a")

    def test_what_the_stub_gave_is_left_out(self) -> None:
        stub = "class A:\n    def __init__(self, d):\n        self.w = np.zeros(d)\n    def f(self):\n        raise NotImplementedError"
        found = Forms(["A"], stub).form(stub.replace("raise NotImplementedError", "return self.w"))
        assert found
        assert found.size == 3  # return, attribute, name

    @pytest.mark.parametrize(
        "source",
        ["(" * 5000, "-" * 60_000 + "1", "x = " + "-" * 40_000 + "1", "a" + ".b" * 20_000, "\0", "x" * 10**6, "def f(:",
         "x = " + "+".join("1" * 9000), "f" + "()" * 15_000, "\ud800", "if 1:\n" + "".join(" " * i + "if 1:\n" for i in range(1, 200))],
    )  # fmt: skip
    def test_hostile_code_has_no_form_or_one_and_breaks_nothing(self, source: str) -> None:
        assert isinstance(self.find(source), forms.Form | None)

    def test_nothing_is_run(self, tmp_path: Path) -> None:
        assert self.find(f"def softmax(z=open({str(tmp_path / 'was-here')!r}, 'w')):\n    return z")
        assert not [*tmp_path.iterdir()]


class TestAlike:
    def compare(self, sources: dict[str, str], students: int) -> set[tuple[str, str]]:
        find = Forms(["softmax"]).form
        found = {student: form for student, source in sources.items() if (form := find(source))}
        return {*alike.compare("softmax", found, [], students)}

    def others(self, n: int) -> dict[str, str]:
        return {f"s{i}": ANSWER.replace("np.cos", f"np.f{i}").replace("+ z", f"- {i} / z") for i in range(n)}

    def test_two_who_wrote_what_nobody_else_did_are_a_pair(self) -> None:
        pair = {"ada": ANSWER, "bob": ANSWER.replace("total", "summe")}
        assert self.compare({**self.others(20), **pair}, 40) == {("ada", "bob")}

    def test_what_many_write_says_nothing(self) -> None:
        assert not self.compare({f"s{i}": ANSWER for i in range(20)}, 40)

    def test_a_change_in_the_midst_does_not_hide_a_copy(self) -> None:
        changed = ANSWER.replace("    return", "    print(total)\n    return")
        assert self.compare({**self.others(20), "ada": ANSWER, "bob": changed}, 40) == {("ada", "bob")}

    def test_what_the_references_share_says_nothing(self) -> None:
        find = Forms(["softmax"]).form
        found = {name: form for name in ("ada", "bob") if (form := find(ANSWER))}
        assert not alike.compare("softmax", found, list(found.values()), 40)


def change(course: Course, student: str, edit: Callable[[str], str]) -> None:
    path = course.work("autograded", student, LESSON, f"{LESSON}.ipynb")
    notebook = json.loads(path.read_text())
    for cell in notebook["cells"]:
        if cell["id"] in lessons.tasks(LESSON):
            cell["source"] = edit(cell["id"])
    path.write_text(json.dumps(notebook))


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of a class in which two copied from each other, one from the reference, and one is hostile."""
    course = made(tmp_path_factory.mktemp("odd"), 30)
    own = {n: ANSWER.replace("softmax", t.answers[0]) for n, t in lessons.tasks(LESSON).items()}
    change(course, "student-03", lambda name: own[name])
    change(course, "student-04", lambda name: own[name].replace("total", "<script>alert(1)</script>"[8:13]))
    change(course, "student-05", lambda name: f"# mine\n{lessons.task(LESSON, name).source}")
    change(course, "student-06", lambda name: "x = " + "-" * 40_000 + "1")
    course.work("autograded", "student-07", LESSON, f"{LESSON}.ipynb").write_bytes(
        b"\xff\0{" + b"[" * 100_000
    )
    path = course.work("verdicts", LESSON, "student-08.json")
    told = json.loads(path.read_text())
    part = told["checks"]["softmax"]["parts"][0]
    part.update(state="crashed", named=["<script>alert('named')</script>"], says="<b>")
    path.write_text(json.dumps({**told, "signs": ["<img src=x onerror=alert(1)>: `a`"]}))
    course.work("verdicts", LESSON, "student-09.json").write_text("{")
    store.read(course, LESSON, "student-09")
    return class_report.write(course, LESSON)[0].read_text("utf-8")


def test_copies_are_told_as_a_remark_and_a_sign(odd: str) -> None:
    assert "Compare student-03 and student-04" in odd
    assert "never a verdict" in odd
    assert "not an accusation" in odd
    copied = odd.partition("Who has most of them.")[2].partition("</table>")[0]
    assert "student-05" in copied


def test_everything_that_is_shown_is_escaped(odd: str) -> None:
    outline = Outline(odd)
    assert not outline.all("script")
    assert not outline.all("img")
    assert "&lt;script&gt;alert(&#x27;named&#x27;)" in odd
    assert "&lt;img src=x" in odd
    assert "crashed: softmax" in odd


def test_a_spreadsheet_runs_no_formula_of_the_table(course: Course) -> None:
    from helpers.grading.intake.people.tables import shielded

    assert shielded("=cmd|' /C calc'!A0") == "'=cmd|' /C calc'!A0"
    assert shielded("ada") == "ada"


def test_the_command_writes_page_and_table_and_says_where(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(course.root)
    monkeypatch.setattr(sys, "argv", ["course", "report", LESSON, "--to", str(tmp_path / "a" / "page.html")])
    with pytest.raises(SystemExit, match="0"):
        cli.main()
    out = capsys.readouterr().out
    assert str(tmp_path / "a" / "page.html") in out
    assert (tmp_path / "a" / "page.csv").is_file()


def test_what_can_not_be_reported_is_said(course: Course, tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="the table is written beside it"):
        class_report.write(course, LESSON, tmp_path / "page.csv")
    with pytest.raises(CourseError, match="nothing of 02-gradient-descent is in the gradebook"):
        class_report.write(course, "02-gradient-descent")


def test_many_students_are_named_in_few_words() -> None:
    text = html.listed([f"s<{i}" for i in range(100)])
    assert text.endswith("and 92 more")
    assert "s&lt;7" in text
    assert len(pictures.whole_class([[0.5] * 12] * pictures.ROWS, ["t"] * 12, "each")) < 120_000
    assert persons.reasons.__doc__
    assert conduct.PEOPLE
