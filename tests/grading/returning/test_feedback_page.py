"""What a student reads: what was earned, what to try next, each answer; safe, light, and told right."""

import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser

import nbformat
import numpy as np
import pytest
from small_class import ESSAY, LESSON, RIGHT, ROOT, WRONG, course, essay_of, hand_in, open_

from helpers.checks import lessons
from helpers.checks.score import Score, to_html
from helpers.checks.verdict import PartVerdict, State, Verdict
from helpers.grading.classroom.grade import grade
from helpers.grading.course import Course
from helpers.grading.formulas import FORMULA, formula, with_formulas
from helpers.grading.intake.submission import Submission
from helpers.grading.marks.reader import Given, Told
from helpers.grading.returning import feedback, feedback_page
from helpers.grading.returning.feedback_page import lesson as of_lesson
from helpers.grading.returning.feedback_page.cases import literal, rerun
from helpers.grading.returning.feedback_page.student import Pupil, Result
from helpers.grading.returning.feedback_page.texts import clean, of_student, written
from helpers.grading.returning.feedback_page.verdicts import verdict_of

__all__ = ["course"]
MOST = 120_000  # bytes of a page
RUBRIC, MODEL = "names a measurement on held-out cases", "total number of corrections on these 5,000 cases"


def graded(course: Course, *students: str) -> None:
    paths = {s: course.work("submitted", s, LESSON, f"{LESSON}.ipynb") for s in students}
    grade(course, LESSON, [Submission(student, path) for student, path in paths.items()])


def page(course: Course, student: str) -> str:
    return feedback.page(course, LESSON, student).read_text("utf-8")


def words(html: str) -> str:
    """Return a page as it is read."""
    body = html.partition("</style>")[2]
    return " ".join(re.sub(r"<[^>]*>", " ", body).split())


def code_of(html: str, label: str) -> str:
    """Return the first code of a page that is called so."""
    found = re.search(rf'<pre[^>]*aria-label="{label}[^"]*"><code>(.*?)</code></pre>', html, re.DOTALL)
    assert found
    return unescape(re.sub("<[^>]*>", "", found[1]))


class Outline(HTMLParser):
    """What a screen reader finds its way by."""

    def __init__(self, page: str):
        super().__init__()
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.tags.append((tag, told))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if told.get("id"):
            self.ids.append(str(told["id"]))

    def all(self, name: str) -> list[dict[str, str | None]]:
        return [told for tag, told in self.tags if tag == name]


def test_a_page_says_what_was_earned_what_is_wrong_and_what_to_try(course: Course) -> None:
    graded(course, "bob")
    told = words(page(course, "bob"))
    assert "0.5 of 20 points" in told
    assert "The simplest decision heaviside 0.5 / 1 ◐ partly right You let the neuron fire at z = 0." in told
    assert "A case that your answer fails." in told
    assert "A comparison of an array with a number gives an array of True and False." in told
    assert "Read again: 1 · A neuron decides, The simplest decision" in told
    assert "Not tried yet" in told
    assert "A whole neuron neuron 1 One row of" in told
    assert "def heaviside(z): return (z >= 0) * 1.0" in " ".join(
        code_of(page(course, "bob"), "your answer").split()
    )
    assert "heaviside: 0.5 of 1 point part verdict what happened fires above zero ✓ passed" in told


def test_the_case_on_the_page_runs_and_tells_a_wrong_answer_from_a_right_one(course: Course) -> None:
    graded(course, "bob")
    *given, call, wanted = code_of(page(course, "bob"), "code to run").splitlines()
    came = {}
    for answer in (RIGHT, WRONG):
        namespace = {"np": np}
        exec("\n".join([answer, *given, f"came = {call}"]), namespace)
        came[answer] = np.array2string(np.asarray(namespace["came"]), separator=", ")
    expected = eval(wanted.removeprefix("# expected: "), {"np": np})
    assert np.array_equal(expected, eval(came[RIGHT]))
    assert not np.array_equal(expected, eval(came[WRONG]))


def failing(lesson: str) -> Iterator[tuple[Verdict, str]]:
    """Yield a verdict for each fixed case of each task, as if it failed there, and the task's name."""
    for name, task in lessons.tasks(lesson).items():
        for part in task.parts:
            for number in task.fixed(part):
                row = PartVerdict(part.name, State.FAILED, "It is wrong.", case=number)
                yield Verdict(name, 0.0, task.points, (row,)), name


def test_every_case_that_is_told_runs_with_the_reference_and_gives_what_it_says() -> None:
    told = 0
    for verdict, name in failing(LESSON):
        task = lessons.tasks(LESSON)[name]
        code = rerun(task, verdict)
        if code.startswith("counterexample("):
            continue
        told += 1
        namespace = {**task.right, "np": np}
        *lines, call, wanted = code.splitlines()
        exec("\n".join([*lines, f"came = {call}"]), namespace)
        assert wanted.startswith("# expected: ")
        assert namespace["came"] is not None
    assert told >= 20


def test_no_case_that_was_drawn_for_the_class_is_told() -> None:
    task = lessons.tasks(LESSON)["neuron"]
    part = next(part for part in task.parts if len(task.fixed(part)) < len(task.cases_of(part, 0)))
    drawn = next(k for k in range(len(task.cases_of(part, 0))) if k not in task.fixed(part))
    row = PartVerdict(part.name, State.FAILED, "It is wrong.", case=drawn)
    assert rerun(task, Verdict("neuron", 0.0, 1.0, (row,))) == 'counterexample("neuron")'
    unrun = PartVerdict(part.name, State.FAILED, "Your cell does not run.")
    assert rerun(task, Verdict("neuron", 0.0, 1.0, (unrun,))) == ""


@pytest.mark.parametrize(
    "value",
    [
        np.array([[1.5, -2.0], [np.inf, np.nan]]), np.array([1, 2]), np.array([True, False]), np.zeros((0, 3)),
        np.array([1.0, 2.0], dtype=np.float32), {"a": [1, "two", None]}, -np.inf, np.array(3.0),
    ],
)  # fmt: skip
def test_inputs_are_written_as_python_that_gives_them_back(value: object) -> None:
    back = eval(literal(value), {"np": np})
    if isinstance(value, np.ndarray):
        assert back.dtype == value.dtype
        assert np.array_equal(back, value, equal_nan=value.dtype.kind == "f")
        assert back.shape == value.shape
    else:
        assert back == value


def test_a_teachers_mark_and_words_are_on_the_page_and_the_rubric_only_then(course: Course) -> None:
    graded(course, "ada")
    told = words(page(course, "ada"))
    assert "In your own words – / 2 ? waits for a person" in told
    assert "1 of 20 points, so far" in told
    assert RUBRIC not in told
    with open_(course) as gradebook:
        essay = gradebook.find_grade(essay_of(course), LESSON, LESSON, "ada")
        essay.manual_score, essay.needs_manual_grade = 1.5, False
        check = gradebook.find_grade("check-neuron", LESSON, LESSON, "ada")
        check.manual_score, check.extra_credit = 0.5, 0.25
        note = gradebook.find_comment("neuron", LESSON, LESSON, "ada")
        note.manual_comment = "Nearly: see $x \\cdot w$ <script>alert(1)</script>"
        gradebook.db.commit()
    feedback.refresh(course, LESSON, ["ada"])
    html = page(course, "ada")
    told = words(html)
    assert RUBRIC in told
    assert MODEL not in told
    assert "You got 1.5 of 2 points." in told
    assert "A teacher gave 0.5 points; the check had found 0. With 0.25 extra." in told
    assert "<p>Nearly: see <math>" in html
    assert "&lt;script&gt;alert(1)" in told
    assert "<script" not in html
    assert "3.25 of 20 points" in told


def test_nbgraders_own_command_writes_this_page(course: Course) -> None:
    from nbgrader.converters import GenerateFeedback as Stock
    from nbgrader.coursedir import CourseDirectory

    graded(course, "bob")
    ours = page(course, "bob")
    config = course.config
    config.CourseDirectory.assignment_id = LESSON
    Stock(CourseDirectory(config=config), config=config).start()
    assert page(course, "bob") == ours.partition(feedback.STAMP[:10])[0]


def test_a_verdict_can_be_read_from_the_notebook_where_none_was_kept() -> None:
    task = lessons.tasks(LESSON)["softmax"]
    rows = (
        PartVerdict(task.parts[0].name, State.PASSED),
        PartVerdict(task.parts[1].name, State.FAILED, "It is `a < b`, *not* 1 & 2. (With z = [1].)"),
    )
    verdict = Verdict("softmax", 0.5, task.points, rows, ("It prints (`x` …).",))
    data = {"text/html": to_html(verdict), "text/plain": repr(Score(verdict))}
    output = nbformat.from_dict({"output_type": "execute_result", "data": data, "metadata": {}})
    check = nbformat.from_dict({"outputs": [output]})
    assert verdict_of(check, task, None) == verdict
    assert verdict_of(check, task, Verdict("softmax", 2.0, 2.0, (PartVerdict("p", State.PASSED),))) == verdict
    assert verdict_of(nbformat.from_dict({"outputs": []}), task, verdict) is verdict


def pupil(lesson: of_lesson.Lesson, state: State) -> Pupil:
    """Return somebody who wrote the solution of everything, all of which was found wrong."""
    solutions = nbformat.read(Course(ROOT).instructor(lesson.name), as_version=4).cells
    sources = {cell.id: cell for cell in solutions}
    results = []
    for name, exercise in lesson.exercises.items():
        verdict = None
        if exercise.task:
            says = max((m.says for m in exercise.task.misconceptions), key=len, default="It is wrong.")
            parts = [PartVerdict(p.name, state, says) for p in exercise.task.parts]
            verdict = Verdict(name, 0.0, exercise.points, tuple(parts))
        given = Given(
            None if verdict else 0.0, None if verdict else 1.0, comment="Look at $x^2$ again. " * 20
        )
        given = Given(0.0, comment=given.comment) if verdict else given
        results.append(Result(exercise, given, sources[name], verdict))
    return Pupil("ada", Told({}), results, [])


@pytest.mark.parametrize("lesson", lessons.MODULES)
@pytest.mark.parametrize("state", [State.FAILED, State.NOT_ATTEMPTED])
def test_the_largest_page_of_a_lesson_is_light_and_can_be_found_through(lesson: str, state: State) -> None:
    known = of_lesson.of(Course(ROOT), lesson)
    html = feedback_page.page(known, pupil(known, state))
    assert len(html.encode()) <= MOST
    outline = Outline(html)
    assert outline.headings[0] == 1
    assert outline.headings.count(1) == 1
    assert all(b - a <= 1 for a, b in zip(outline.headings, outline.headings[1:], strict=False))
    assert len(set(outline.ids)) == len(outline.ids)
    targets = {str(told["href"])[1:] for told in outline.all("a") if str(told["href"]).startswith("#")}
    assert targets <= {*outline.ids}
    assert all(told.get("scope") for told in outline.all("th"))
    assert all(told.get("alt") for told in outline.all("img"))
    assert html.count('role="group" aria-label="') - html.count("<pre") == html.count("<caption") > 5
    assert len(outline.all("main")) == len(outline.all("header")) == 1
    assert all(told.get("aria-label") for told in outline.all("nav"))
    assert all(told.get("tabindex") for told in outline.all("pre"))
    assert not outline.all("script")
    assert not re.search(r"""(src|href)=["'](?!#|data:|https?://|mailto:)""", html)


def test_no_solution_and_no_rubric_is_taken_from_the_instructors_notebook() -> None:
    for lesson in lessons.MODULES:
        known = of_lesson.of(Course(ROOT), lesson)
        for exercise in known.exercises.values():
            assert "BEGIN SOLUTION" not in exercise.text
            assert "Rubric" not in exercise.text
            assert exercise.title
            assert exercise.task is not None or len(exercise.rubric) >= 3, (lesson, exercise.name)


def test_every_formula_of_the_course_is_drawn() -> None:
    found = 0
    for lesson in lessons.MODULES:
        text = Course(ROOT).source(lesson).read_text("utf-8")
        text = re.sub(r"^# ?", "", text, flags=re.MULTILINE)
        text += "\n\n".join(hint for task in lessons.tasks(lesson).values() for hint in task.hints)
        text = re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)
        for match in FORMULA.finditer(text):
            inline = match["inline"]
            drawn = formula(inline or match["block"] or match["set"], block=inline is None)
            assert drawn, match[0]
            assert not re.search(r"\\[a-zA-Z]|&amp;", re.sub("<[^>]*>", "", drawn)), match[0]
            found += 1
    assert found > 1000


def test_formulas_are_told_from_money_and_code() -> None:
    assert "<math" not in with_formulas("It costs $5 or $6, not $ 7.")
    assert "<math" not in clean("<div><code>$x$</code><pre>$$y$$</pre></div>")
    assert with_formulas("$a<b$ & c").startswith("<math>")
    assert '<math display="block">' in written("$$\\begin{aligned} a &= b \\\\ c &= d \\end{aligned}$$")


@pytest.mark.parametrize(
    "latex",
    [
        r"\href{javascript:alert(1)}{x}", r"\text{<img src=x onerror=alert(1)>}", r"\color{red;x:url(//a)}{x}",
        r"\style{background:url(//evil)}{x}", r"\class{a}{x}", "{" * 900, r"\frac" * 300, r"x & <b> \\ </math>",
        "x" * 5000, r"\begin{array}{c}<script>", r"\unicode{x3c}", r"\def\x{\x}\x",
    ],
)  # fmt: skip
def test_a_hostile_formula_is_no_more_than_a_formula(latex: str) -> None:
    for block in (False, True):
        drawn = formula(latex, block)
        tags = {tag for tag, _ in Outline(drawn).tags}
        assert tags <= {
            *("math", "mrow", "mi", "mo", "mn", "mtext", "mstyle", "mfrac", "mtable", "mtr", "mtd", "mspace")
        }
        names = {name for _, told in Outline(drawn).tags for name in told}
        assert names <= {"display", "mathcolor", "linebreak", "columnalign", "stretchy", "fence", "form"}
        assert "url" not in re.sub(">[^<]*<", "><", drawn)


HOSTILE = (
    "<script>window.hacked=1</script><img src=x onerror=alert(1)><svg onload=alert(1)><script>alert(1)</script></svg>"
    "<style>body{display:none}</style><a href='javascript:alert(1)'>a</a><iframe src=//evil></iframe>"
    "<form action=//evil><input name=x></form><div id=earned style='position:fixed'>over</div><base href=//evil>"
    "<meta http-equiv=refresh content='0;url=//evil'><link rel=stylesheet href=//evil/a.css><object data=//evil></object>"
    "<math><mtext><a href=javascript:alert(1)>m</a></mtext></math><noscript><p title='</noscript><img src=x onerror=1>'>"
    "<img src='data:image/svg+xml;base64,PHN2Zz48L3N2Zz4=' onload=alert(1)><details ontoggle=alert(1) open>x</details>"
)


@pytest.mark.parametrize("source", [HOSTILE, f"<div>{HOSTILE}</div>", f"# A\n\n{HOSTILE}\n\n> $x$ {HOSTILE}"])
def test_hostile_words_become_text(source: str) -> None:
    html = of_student(source, lambda name: "")
    allowed = {
        "a",
        "blockquote",
        "code",
        "details",
        "div",
        "h4",
        "img",
        "input",
        "li",
        "math",
        "mi",
        "p",
        "pre",
        "br",
    }
    for tag, told in Outline(html).tags:
        assert tag in allowed
        assert not {name for name in told if name.startswith("on")}
        assert not {"style", "id", "name", "action", "srcset"} & told.keys()
        assert str(told.get("href", "https:")).startswith(("https:", "http:", "mailto:"))
        assert str(told.get("src", "data:image/")).startswith("data:image/")


def test_a_page_has_what_the_students_own_cells_printed_and_drew(course: Course) -> None:
    path = course.work("submitted", "ada", LESSON, f"{LESSON}.ipynb")
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell("print('hello', 6 * 7)"))
    notebook.cells.append(nbformat.v4.new_markdown_cell("My own **words** on $\\gamma$."))
    nbformat.write(notebook, path)
    graded(course, "ada")
    html = page(course, "ada")
    assert "Cells of your own" in words(html)
    assert "hello 42" in words(html)
    assert "<strong>words</strong>" in html
    assert "<mi>γ</mi>" in html


def test_very_long_answers_and_outputs_are_cut_and_said_so(course: Course) -> None:
    long = RIGHT + "\n" + "# a line\n" * 20_000
    hand_in(course, "ada", long, ESSAY)
    path = course.work("submitted", "ada", LESSON, f"{LESSON}.ipynb")
    notebook = nbformat.read(path, as_version=4)
    notebook.cells += [nbformat.v4.new_code_cell("for i in range(30_000):\n    print(i)")]
    nbformat.write(notebook, path)
    graded(course, "ada")
    html = page(course, "ada")
    assert len(html.encode()) <= MOST
    assert "more characters, in your notebook" in html
