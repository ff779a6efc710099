"""A tiny course becomes a site; what a site is held to is seen to find a slip."""

import asyncio
import base64
import gc
import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output
from tiny_lesson import LESSON, TINY

from helpers.checks import lessons
from helpers.grading import CourseError
from helpers.grading.authoring.build import build, write
from helpers.grading.course import Course
from helpers.grading.percent import read
from helpers.grading.site import execute, glossary, links, prose, shows, solved
from helpers.grading.site import write as write_site
from helpers.grading.site.outputs import PICTURE, WIDGETS
from helpers.widgets import VIEW

ROOT = Path(__file__).resolve().parents[3]
pytestmark = [  # of Sphinx, for the extensions that use what it is about to rename
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),
]
PIXEL = base64.b64encode(b"\x89PNG a picture").decode()
STILL = f'<div class="course-still"><img alt="A step." src="data:image/png;base64,{PIXEL}"></div>'
WIDGET = {
    "_anywidget_id": "helpers.widgets.learning._widget.<locals>.Votes",
    "_esm": "const one = 1;\nfunction render({ model, el }) { el.textContent = one; }\nexport default { render };\n",
    "_css": ".votes { color: red; }",
    "layout": "IPY_MODEL_1",
    "threshold": 2,
    "text": "</script>",
}
README = f"""\
# Tiny course

One [lesson](course/{TINY}/{TINY}.ipynb), [all of them](course/README.md), [its licence](LICENSE).

<img src="docs/check.png" alt="A check.">

## For students
Read.

## For instructors
[Rules](.github/CONTRIBUTING.md), [data](helpers/data/SOURCES.md), [elsewhere](https://example.org).

## Measured
Nothing.
"""
COVERAGE = f"""\
<!-- made -->
# The lessons
| item | where |
|---|---|
| N1.2 | [`heaviside`]({TINY}/{TINY}.ipynb), [Why $\\sqrt d$?]({TINY}/{TINY}.ipynb) |
"""
GLOSSARY = f"""\
"square root" = {{ fr = "racine carrée", says = "What squared gives the number.", where = ["{TINY}", "Why $\\\\sqrt d$?"] }}
"Épée" = {{ fr = "épée", says = "A sword.", where = ["{TINY}", "Tiny"] }}
"""
TEXT = """\
# %% [markdown]
# # Tiny
#
# Épée. Half of $\\\\frac a2$.

# %% [markdown]
# # Deeper
#
# ## Why $\\\\sqrt d$?
#
# The square root.
#
# ```
# # no heading
# ```
"""


@pytest.fixture
def tiny(course: Course) -> Course:
    """The tiny course with all that a site is made of; its second answer shows the first one's line."""
    text = LESSON.replace("# %% [markdown]\n# # Tiny\n", TEXT.replace("\\\\", "\\"))
    course.source(TINY).write_text(text)
    write(build(course, [TINY]))
    for path, content in {
        "README.md": README,
        "course/README.md": COVERAGE,
        "solutions/glossary.toml": GLOSSARY,
        "LICENSE": "MIT",
        "docs/check.png": "a picture",
        "docs/report.png": "a picture",
        ".github/CONTRIBUTING.md": "# Contributing\n",
        "helpers/data/SOURCES.md": "# Data\n",
    }.items():
        (course.root / path).parent.mkdir(parents=True, exist_ok=True)
        (course.root / path).write_text(content)
    return course


@pytest.fixture
def executed(tiny: Course) -> NotebookNode:
    """The instructor's notebook, as if it had been run."""
    notebook = nbformat.read(tiny.instructor(TINY), as_version=4)
    cells = {cell.id: cell for cell in notebook.cells}
    cells["check-heaviside"].outputs = [new_output("display_data", {"text/html": "<b>1 of 1</b>"})]
    cells["cell-07"].outputs = [
        new_output("stream", name="stdout", text="printed"),
        new_output("stream", name="stderr", text="complained"),
        new_output("display_data", {VIEW: {"model_id": "m"}, "text/plain": ""}),
        new_output("display_data", {"text/html": STILL, "text/plain": "A step."}),
    ]
    notebook.metadata.widgets = {WIDGETS: {"state": {"m": {"state": WIDGET, "buffers": []}}}}
    return notebook


def test_a_tiny_course_becomes_a_site(tiny: Course, executed: NotebookNode, tmp_path: Path) -> None:
    to = tmp_path / "site"
    report = "<html><body><pre>def heaviside(z):\n    return <b>SECRET_ONE</b>(z)</pre></body></html>"
    write_site(tiny, to, {TINY: executed}, {"report": report, "feedback": "<html></html>"})
    lesson = (to / "lessons" / f"{TINY}.html").read_text()
    said = solved.text(lesson)
    for told in ("YOUR CODE HERE", "raise NotImplementedError", "1 of 1", "printed", "# no heading"):
        assert told in said
    assert "complained" not in said
    assert "SECRET" not in "".join(path.read_text() for path in to.rglob("*.html"))
    assert "secret" not in (to / "searchindex.js").read_text()
    assert solved.HIDDEN in (to / "from" / "report.html").read_text()
    assert lesson.count("<h1>") == 1
    assert "<mfrac>" in lesson
    [picture] = re.findall(r'<img [^>]*src="(\.\./shown/\w+\.png)"', lesson)
    assert (to / "lessons" / picture).read_bytes() == base64.b64decode(PIXEL)
    [script] = re.findall(r'<script src="(\.\./shown/\w+\.js)" defer>', lesson)
    assert "courseLive" in (to / "lessons" / script).read_text()
    assert "export" not in (to / "lessons" / script).read_text()
    [state] = re.findall(r'<script type="application/json">(.*?)</script>', lesson)
    assert json.loads(state)["state"] == {"threshold": 2, "text": "</script>"}
    for name, link in [("coverage", "tiny-task-heaviside"), ("glossary", "tiny-why-sqrt-d")]:
        assert f'href="lessons/{TINY}.html#{link}"' in (to / f"{name}.html").read_text()
        assert f'id="{link}"' in lesson
    french = solved.text((to / "glossaire.html").read_text())
    assert french.index("épée") < french.index("racine carrée")
    assert 'href="from/LICENSE.txt"' in (to / "index.html").read_text()
    assert [*links.faults(to)] == []


def test_a_site_with_a_link_to_nothing_or_a_solution_is_not_made(
    tiny: Course, executed: NotebookNode, tmp_path: Path
) -> None:
    to = tmp_path / "site"
    pages = {"report": "<html></html>", "feedback": "<html></html>"}
    covered = tiny.root / "course/README.md"
    covered.write_text(COVERAGE.replace("Why $", "Whence $"))
    with pytest.raises(CourseError, match="'tiny-whence-sqrt-d'"):
        write_site(tiny, to, {}, pages)
    covered.write_text(COVERAGE)
    {cell.id: cell for cell in executed.cells}["cell-02"].outputs = [
        new_output("stream", name="stdout", text="    return SECRET_TWO\n")
    ]
    with pytest.raises(CourseError, match=r"90-tiny.html: 'return SECRET_TWO' is part of a solution"):
        write_site(tiny, to, {TINY: executed}, pages)
    assert not to.exists()


PAGE = '<html><body id="here"><a href="{}">x</a>{}</body></html>'


@pytest.mark.parametrize(
    ("address", "more", "says"),
    [
        ("#here", "", ""),
        ("other.html#there", "<script>fetch(address)</script>", ""),
        ("https://example.org", '<img src="data:image/png;base64,AA">', ""),
        ("#nowhere", "", "no such anchor"),
        ("other.html#here", "", "no such anchor"),
        ("none.html", "", "no such file"),
        ("", '<img src="none.png">', "is not there"),
        ("", '<img srcset="a.png 1x, https://example.org/b.png 2x">', "another host"),
        ("", '<script src="//example.org/a.js"></script>', "another host"),
        ("", '<link rel="stylesheet" href="https://example.org/a.css">', "another host"),
        ("", "<style>@import url(https://example.org/a.css)</style>", "another host"),
        ("", '<p style="background: url(http://example.org/a.png)">', "another host"),
        ("", "<script>import('https://example.org/a.js')</script>", "another host"),
    ],
)
def test_dead_links_and_requests_are_found(tmp_path: Path, address: str, more: str, says: str) -> None:
    (tmp_path / "index.html").write_text(PAGE.format(address, more))
    (tmp_path / "other.html").write_text('<html><a name="there"></a></html>')
    (tmp_path / "a.png").write_text("")
    found = [*links.faults(tmp_path)]
    assert bool(found) == bool(says)
    assert all(says in fault for fault in found)


def test_a_solution_is_found_however_it_is_set(tmp_path: Path) -> None:
    secret = {"return np.where(z > 0, 1.0, 0.0)", "bias = quadratic"}
    for page in (
        "<pre><span>return</span> np.where(z &gt; <b>0</b>, 1.0, 0.0)</pre>",
        r'<script type="application/json">{"code": "def f(z):\n    return np.where(z > 0, 1.0, 0.0)\n"}</script>',
    ):
        assert solved.leaks(page, secret) == ["return np.where(z > 0, 1.0, 0.0)"]
    assert solved.leaks("<p>We return np.where(z &gt; 0, 1.0, 0.0) here</p>", secret) == []
    (tmp_path / "page.html").write_text("<p>biases</p>")
    (tmp_path / "searchindex.js").write_text('{"bias":0,"quadratic":0}')
    assert [*shows(tmp_path, secret)] == ["searchindex.js: 'quadratic' is in no page, but in a solution"]


def test_what_the_lessons_show_is_no_secret() -> None:
    secret = solved.secrets(Course(ROOT))
    assert "return np.where(z > 0, 1.0, 0.0)" in secret
    assert "break" not in secret
    assert len(secret) > 500


def test_the_glossary_and_the_readme_fit_the_course() -> None:
    course = Course(ROOT)
    terms = glossary.terms(ROOT / "solutions" / "glossary.toml")
    cells = {lesson: read(course.source(lesson)) for lesson in lessons.MODULES}
    assert [*glossary.slips(terms, cells)] == []
    assert {term.lesson for term in terms} == {*lessons.MODULES}
    assert {*prose.pages(course)} >= {"index", "students", "instructors", "coverage"}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (f'["{TINY}", "Tiny"]', '["99-none", "Tiny"]', "there is no lesson '99-none'"),
        (f'["{TINY}", "Tiny"]', f'["{TINY}", "Large"]', "has no heading 'Large'"),
        (f'["{TINY}", "Tiny"]', f'["{TINY}", "Deeper"]', "does not speak of it"),
        ("A sword.", "A sword", "ends with a full stop"),
        ('fr = "épée", ', "", "can't be read: KeyError"),
    ],
)
def test_a_slip_in_the_glossary_is_named(tiny: Course, old: str, new: str, says: str) -> None:
    path = tiny.root / "solutions/glossary.toml"
    path.write_text(GLOSSARY.replace(old, new))
    cells = {TINY: read(tiny.source(TINY))}
    try:
        found = [*glossary.slips(glossary.terms(path), cells)]
    except CourseError as error:
        found = [str(error)]
    assert len(found) == 1
    assert says in found[0]


def test_a_lesson_is_run_once_until_it_changes(
    tiny: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []

    def run(lesson: str, notebook: NotebookNode) -> NotebookNode:
        ran.append(lesson)
        return notebook

    monkeypatch.setattr(execute, "_run", run)
    kept, told = tmp_path / "kept", list[str]()
    for _ in range(2):
        assert {*execute.executed(tiny, [TINY], kept, 1, told.append)} == {TINY}
    assert ran == [TINY]
    assert len(told) == 1
    path = tiny.instructor(TINY)
    path.write_text(path.read_text().replace("slow = 1", "slow = 2"))
    execute.executed(tiny, [TINY], kept, 1, told.append)
    assert ran == [TINY, TINY]
    assert len([*kept.iterdir()]) == 1


def test_a_notebook_is_run_as_a_class_would() -> None:
    cell = new_code_cell("import os\nprint(os.environ['COURSE_EXPECT'])")
    assert execute._run(TINY, new_notebook(cells=[cell])).cells[0].outputs[0].text == "full\n"
    with pytest.raises(CourseError, match=r"90-tiny can't be shown.*\n(.*\n)*.*ZeroDivisionError"):
        execute._run(TINY, new_notebook(cells=[new_code_cell("1 / 0")]))


def test_a_run_leaves_no_loop_open() -> None:
    before = {id(o) for o in gc.get_objects() if isinstance(o, asyncio.BaseEventLoop)}
    with ThreadPoolExecutor(1) as threads:
        threads.submit(execute._run, TINY, new_notebook(cells=[new_code_cell("1")])).result()
    loops = [o for o in gc.get_objects() if isinstance(o, asyncio.BaseEventLoop) and id(o) not in before]
    assert all(loop.is_closed() for loop in loops)


@pytest.mark.slow
def test_the_whole_course_becomes_a_site(tmp_path: Path, whole: Callable[[str], NotebookNode]) -> None:
    run = {lesson: whole(lesson) for lesson in lessons.MODULES}
    write_site(Course(ROOT), tmp_path / "site", run, {"report": "<html></html>", "feedback": "<html></html>"})
    for lesson in lessons.MODULES:
        page = (tmp_path / "site" / "lessons" / f"{lesson}.html").read_text()
        assert page.count("course-live") >= 1 or page.count("course-still") >= 1
        outputs = [output for cell in run[lesson].cells for output in cell.get("outputs", [])]
        told = [
            o.data["text/html"] for o in outputs if "text/html" in o.get("data", {}) and VIEW not in o.data
        ]
        pictures = {found[2] for text in told for found in PICTURE.finditer(text)}
        assert pictures
        assert len({*re.findall(r"\.\./shown/\w+\.(?:png|svg|jpg)", page)}) >= len(pictures)
