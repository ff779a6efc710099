"""The website as its readers see it: from a file, without a server, wide and narrow, light and dark."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from helpers.grading.course import Course
from helpers.grading.site import execute, write

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[2]
LESSON = "01-perceptron"
WIDE, NARROW = {"width": 1300, "height": 1000}, {"width": 390, "height": 844}

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # of Sphinx's extensions, and nbgrader's own
    pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site with the figures of one lesson."""
    course, to = Course(ROOT), tmp_path_factory.mktemp("site") / "site"
    run = execute.executed(course, [LESSON], ROOT / "build" / "executed", 1, print)
    write(course, to, run, {"report": "<html></html>", "feedback": "<html></html>"})
    return to


@pytest.fixture
def opened(site: Path, browser: "Browser") -> Callable[..., "Page"]:
    """Open a page of the site, which must ask nobody for anything and be no wider than the screen."""

    def open_page(name: str, size: dict, scheme: str) -> "Page":
        page = browser.new_page(viewport=size, color_scheme=scheme)
        page.set_default_timeout(300_000)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: asked.append(str(error)))
        page.goto((site / name).as_uri())
        page.wait_for_load_state("load")
        assert [one for one in asked if not one.startswith(("file:", "data:"))] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        return page

    return open_page


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits(opened: Callable[..., "Page"], site: Path, size: dict, scheme: str) -> None:
    names = ["index.html", "glossary.html", "coverage.html", f"lessons/{LESSON}.html"]
    for name in names:
        page = opened(name, size, scheme)
        shots = ROOT / "build" / "screenshots"
        shots.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=shots / f"site-{Path(name).stem}-{size['width']}-{scheme}.png")
        page.close()


def test_a_figure_lives_without_a_kernel(opened: Callable[..., "Page"]) -> None:
    page = opened(f"lessons/{LESSON}.html", WIDE, "dark")
    live = page.locator(".course-live")
    playground = live.locator(".perceptron-playground")
    playground.locator("svg.plane").wait_for()
    assert page.locator(".course-still").first.is_hidden()
    told = playground.locator("output").first
    before = told.inner_text()
    playground.locator("input[type=range]").first.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "before => document.querySelector('.perceptron-playground output').textContent !== before", arg=before
    )
    note = live.locator(".course-live-note")
    assert note.is_hidden()
    playground.get_by_role("button", name="XOR").click()
    note.wait_for()
    assert "open the lesson in Jupyter" in note.inner_text()
    page.close()


def test_the_search_needs_no_server(opened: Callable[..., "Page"]) -> None:
    page = opened("index.html", WIDE, "light")
    page.get_by_role("textbox", name="Search").first.fill("vraisemblance")
    page.keyboard.press("Enter")
    found = page.locator("#search-results li a")
    found.first.wait_for()
    assert any(re.search("Gloss", text) for text in found.all_inner_texts())
    page.close()
