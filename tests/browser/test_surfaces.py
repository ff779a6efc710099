"""What students wrote, as formgrader and a feedback page show it: all of it is seen, nothing of it runs."""

import base64
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell
from served import ROOT, free_port, serve, silent

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

LESSON = "01-perceptron"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg=="
)
PASTED = {"image.png": {"image/png": base64.b64encode(PNG).decode()}}
RUN = "window.hacked=true;alert(1)"
ESSAY = f"""The bound $\\sum_i w_i x_i < R^2$ holds if a<b & c>d, "on cases it saw".

$$\\frac{{1}}{{2}} & <x>$$

![drawing](attachment:image.png)

[my proof](javascript:{RUN}) [a source](https://example.org/?a=1&b=2)

<img src=x onerror="{RUN}"> <script>{RUN}</script> <b onmouseover="{RUN}">bold</b>
"""
OURS = ("http://127.0.0.1:", "file:", "data:", "blob:", "about:")
TAG = "<img src=x onerror=alert(1)>"
OWN = f"![beside](mine.png) ![lost](attachment:gone.png) <a href='javascript:{RUN}'>mine</a> <details>x</details>"


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a class: ada wrote an essay in its cell, bob below it; and a name is a tag."""
    handed_in, folder = tmp_path_factory.mktemp("in"), tmp_path_factory.mktemp("class")
    for student, shift in (("ada", 0), ("bob", 1)):
        notebook = nbformat.read(ROOT / "course" / LESSON / f"{LESSON}.ipynb", as_version=4)
        at = next(i for i, cell in enumerate(notebook.cells) if cell.id == "trust")
        if shift:
            notebook.cells.insert(at + 1, new_markdown_cell(ESSAY, attachments=PASTED))
        else:
            notebook.cells[at].update(source=ESSAY, attachments=PASTED)
        notebook.cells.insert(3, new_markdown_cell(OWN))
        (handed_in / student).mkdir()
        (handed_in / student / f"{LESSON}.ipynb").write_text(nbformat.writes(notebook))
        (handed_in / student / "mine.png").write_bytes(PNG)
    for name in (TAG, 'a";alert(1)//', "O'Neil & co"):
        shutil.copytree(handed_in / "ada", handed_in / name)
    command = [sys.executable, "-c", "from helpers.grading.cli import main; main()", "grade", LESSON]
    options = ["--submitted", str(handed_in), "--to", str(folder), "--quiet"]
    subprocess.run([*command, *options], cwd=ROOT, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def formgrader(graded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    options = [f"--port={port}", "--no-browser", "--IdentityProvider.token=", "--allow-root"]
    server = serve(["jupyter", "lab", *options], graded, tmp_path_factory.mktemp("server"), address)
    yield address
    server.terminate()
    server.wait(30)


@pytest.fixture
def quiet(page: "Page") -> Iterator["Page"]:
    """A page that asks no other host, and on which no script of a student's runs, to the end of the test."""
    with silent(page, OURS) as quiet:
        yield quiet


def look(essay: "Locator", page: "Page") -> None:
    """See all that was written, and try all that can be clicked."""
    told = essay.inner_text()
    for words in ('if a<b & c>d, "on cases it saw"', "my proof", "<script>", "<b onmouseover"):
        assert words in told
    essay.locator("math, .MathJax .math").first.wait_for(state="attached")  # drawn, without a network
    drawn = "essay => !/[$]|sum_i/.test(essay.innerText)"
    page.wait_for_function(drawn, arg=essay.element_handle(), timeout=2 * 60_000)
    assert "&lt;" not in told
    assert "&amp;" not in told
    picture = essay.locator("img[alt=drawing]")
    assert picture.evaluate("image => image.naturalWidth") == 1
    assert [a.get_attribute("href") for a in essay.locator("a[href]:not([href^='#'])").all()] == [
        "https://example.org/?a=1&b=2"
    ]
    for words in ("my proof", "<script>", "onmouseover"):
        essay.get_by_text(words).first.click()
    assert page.locator("img[alt=beside]").evaluate("image => image.naturalWidth") == 1
    assert "lost (attachment:gone.png)" in page.locator("body").inner_text()
    scripts = page.locator("a[href^='javascript' i], [onclick*=hacked], [onerror], [onload], [onmouseover]")
    assert scripts.count() == 0
    page.get_by_text("mine</a>").first.click()


@pytest.mark.parametrize("number", [1, 2, 3])
def test_formgrader_shows_texts_pictures_and_formulas_and_runs_nothing(
    quiet: "Page", formgrader: str, shot: Callable[[str], None], number: int
) -> None:
    quiet.goto(f"{formgrader}/formgrader/gradebook/{LESSON}/{LESSON}")
    quiet.get_by_text(f"Submission #{number}").first.click()
    quiet.locator("input.score").first.wait_for()
    essay = quiet.locator(".nbgrader_cell", has=quiet.locator("input.score")).filter(has_text="my proof")
    essay.scroll_into_view_if_needed()
    look(essay, quiet)
    shot(f"essay-{number}")


def test_a_name_is_no_markup_in_formgrader(quiet: "Page", formgrader: str, graded: Path) -> None:
    names = sorted(path.name for path in (graded / ".nbgrader" / "autograded").iterdir())
    assert len(names) == 5
    for part in (f"manage_submissions/{LESSON}", "manage_students"):
        quiet.goto(f"{formgrader}/formgrader/{part}")
        for name in names:
            quiet.get_by_text(name, exact=True).first.wait_for()
    for name in names:
        quiet.goto(f"{formgrader}/formgrader/manage_students/{quote(name)}")
        quiet.locator("td", has_text=LESSON).first.wait_for()
    for number in range(1, 6):
        quiet.goto(f"{formgrader}/formgrader/gradebook/{LESSON}/{LESSON}")
        quiet.get_by_text(f"Submission #{number}").first.click()
        quiet.locator("input.score").first.wait_for()


@pytest.mark.parametrize("student", ["ada", "bob"])
def test_a_feedback_page_shows_the_same_and_runs_nothing(
    quiet: "Page", graded: Path, shot: Callable[[str], None], student: str
) -> None:
    path = graded / ".nbgrader" / "feedback" / student / LESSON / f"{LESSON}.html"
    quiet.goto(path.as_uri(), wait_until="domcontentloaded")
    essay = quiet.locator("article").filter(has_text="my proof")
    essay.scroll_into_view_if_needed()
    shot(student)
    look(essay, quiet)
