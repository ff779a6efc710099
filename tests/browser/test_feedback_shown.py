"""A feedback page in a real browser: whatever a student wrote, it runs nothing, asks nobody and hides nothing."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from served import ROOT, silent

from helpers.checks.verdict import PartVerdict, State, Verdict
from helpers.grading.course import Course
from helpers.grading.marks.reader import Given, Told
from helpers.grading.returning import feedback_page
from helpers.grading.returning.feedback_page import lesson as of_lesson
from helpers.grading.returning.feedback_page.student import Pupil, Result

if TYPE_CHECKING:
    from playwright.sync_api import Page

LESSON = "01-perceptron"
RUN = "window.hacked=1;alert(1)"
HOSTILE = f"""<script>{RUN}</script><img src=x onerror="{RUN}"><svg onload="{RUN}"><animate onbegin="{RUN}"/></svg>
<style>* {{ display: none !important }} @import url(https://example.org/a.css);</style>
<a href="javascript:{RUN}">press me</a> <a href="data:text/html,<script>{RUN}</script>">and me</a>
<div id="earned" style="position:fixed;inset:0;z-index:9;background:red">over everything</div>
<iframe src="https://example.org/frame"></iframe><link rel="stylesheet" href="https://example.org/b.css">
<base href="https://example.org/"><meta http-equiv="refresh" content="0;url=https://example.org/">
<form action="https://example.org/"><button>send</button><input autofocus onfocus="{RUN}"></form>
<video src="https://example.org/v" autoplay onerror="{RUN}"></video><object data="https://example.org/o"></object>
<math><mtext><style><img src=x onerror="{RUN}"></style></mtext></math>
<noscript><p title="</noscript><img src=x onerror={RUN}>"></noscript>
![mine](https://example.org/p.png) [out](javascript:{RUN}) $\\href{{javascript:{RUN}}}{{x}}$ `</code><script>{RUN}</script>`
"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of somebody who put that everywhere: in answers, essays, cells, outputs, even a name."""
    lesson = of_lesson.of(Course(ROOT), LESSON)
    results = []
    for name, exercise in lesson.exercises.items():
        verdict = None
        if exercise.task:
            rows = [PartVerdict(part.name, State.FAILED, HOSTILE) for part in exercise.task.parts]
            verdict = Verdict(name, 0.0, exercise.points, tuple(rows), (HOSTILE,))
        cell = new_code_cell if exercise.task else new_markdown_cell
        given = Given(0.0, comment=HOSTILE) if verdict else Given(None, 1.0, comment=HOSTILE)
        results.append(Result(exercise, given, cell(HOSTILE), verdict))
    outputs = [
        new_output("display_data", data={"text/html": HOSTILE, "image/svg+xml": HOSTILE}),
        new_output("display_data", data={"image/png": f'"><img src=x onerror="{RUN}">'}),
        new_output("stream", text=HOSTILE),
        new_output("error", ename=HOSTILE, evalue=HOSTILE, traceback=[HOSTILE]),
    ]
    own = [new_markdown_cell(HOSTILE), new_markdown_cell(f"<div>{HOSTILE.replace(chr(10), '')}</div>")]
    own += [nbformat.from_dict({**new_code_cell(HOSTILE), "outputs": outputs})]
    path = tmp_path_factory.mktemp("pages") / "page.html"
    path.write_text(feedback_page.page(lesson, Pupil(HOSTILE, Told({}), results, own)))
    return path


@pytest.fixture
def watched(page: "Page") -> Iterator["Page"]:
    """A page of which nothing runs and nothing asks for anything, to the end of the test."""
    with silent(page, ("file:", "data:")) as watched:
        yield watched


def test_a_hostile_page_is_text_and_leads_nowhere(
    watched: "Page", hostile: Path, shot: Callable[[str], None]
) -> None:
    watched.goto(hostile.as_uri())
    shot("hostile")
    assert watched.url == hostile.as_uri()
    body = watched.locator("main")
    for words in ("press me", "over everything", "<script>", "@import url", "<iframe src=", "<button>send"):
        assert body.get_by_text(words).count() >= 4
        for found in body.get_by_text(words).all()[:20]:
            if found.is_visible():
                found.click(timeout=5000)
    assert (
        body.locator("script, style, svg, iframe, object, embed, form, button, video, link, base").count()
        == 0
    )
    assert body.locator("[style], [onerror], [onload], [onfocus]").count() == 0
    links = {str(link.get_attribute("href")) for link in watched.locator("a[href]").all()}
    assert all(link.startswith("#") for link in links)
    heading = watched.locator("h2#earned")
    assert heading.count() == 1
    heading.scroll_into_view_if_needed()
    assert heading.evaluate(
        "e => { const r = e.getBoundingClientRect();"
        " return document.elementFromPoint(r.left + 5, r.top + r.height - 4) === e; }"
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1200])
def test_a_page_fits_its_window_and_can_be_read(
    watched: "Page", hostile: Path, shot: Callable[[str], None], scheme: str, width: int
) -> None:
    watched.set_viewport_size({"width": width, "height": 800})
    watched.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    watched.goto(hostile.as_uri())
    shot(f"{scheme}-{width}")
    assert watched.evaluate("document.documentElement.scrollWidth <= innerWidth")
    paper = watched.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (paper == "rgb(255, 255, 255)") == (scheme == "light")


def test_a_printed_page_has_the_answers_and_not_the_lesson(watched: "Page", hostile: Path) -> None:
    watched.emulate_media(media="print")
    watched.goto(hostile.as_uri())
    assert watched.locator("#answers").is_visible()
    assert watched.locator("article pre").first.is_visible()
    assert not watched.locator("details").first.is_visible()
    assert not watched.locator("nav").is_visible()
