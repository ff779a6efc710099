"""JupyterLab on a copy of the course, and a real browser in front of it: the system's Chromium."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from served import ROOT, free_port, serve

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator, Page

SHOTS = ROOT / "build" / "screenshots"
MINUTES = 60_000  # milliseconds


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests here need a browser."""
    for item in items:
        if Path(item.fspath).is_relative_to(Path(__file__).parent):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a JupyterLab that shows what students get."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "course", folder / "course")
    port = free_port()
    options = [f"--port={port}", "--no-browser", "--IdentityProvider.token=", "--allow-root"]
    address = f"http://127.0.0.1:{port}"
    server = serve(["jupyter", "lab", *options], folder / "course", folder, address)
    yield address
    server.terminate()
    server.wait(30)


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    from playwright.sync_api import sync_playwright

    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        pytest.fail("there is no Chromium on this machine: `apt-get install chromium`")
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=quiet)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def context(browser: "Browser") -> "BrowserContext":
    """One reader's browser: what it has fetched of JupyterLab once, it has at the next test."""
    return browser.new_context(viewport={"width": 1300, "height": 1000})


@pytest.fixture
def page(context: "BrowserContext") -> Iterator["Page"]:
    page = context.new_page()
    page.set_default_timeout(5 * MINUTES)
    yield page
    page.close()


@pytest.fixture
def shot(page: "Page", request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Keep a picture of the page, for people to look at."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    return lambda name: page.screenshot(path=SHOTS / f"{request.node.originalname}-{name}.png") and None


class Notebook:
    """A lesson that is open in JupyterLab, as its reader uses it."""

    def __init__(self, page: "Page", lab: str, lesson: str):
        self.page = page
        page.goto(f"{lab}/lab/tree/{lesson}/{lesson}.ipynb?reset")
        page.locator(".jp-Notebook .jp-Cell").first.wait_for()
        page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').wait_for()
        for _ in range(
            120
        ):  # the code of experiments is folded, and a page that is still at work drops the order
            self.menu("View", "Expand All Code")
            page.wait_for_timeout(200)
            if not page.locator(".jp-InputPlaceholder").count():
                break

    def cell(self, text: str) -> "Locator":
        """Return the first code cell in whose source a text stands."""
        source = self.page.locator(".cm-content", has_text=text)
        return self.page.locator(".jp-Notebook .jp-CodeCell").filter(has=source).first

    def run_all(self) -> None:
        """Run all cells, again where nothing began: it is dropped while a kernel is connected."""
        for _ in range(120):
            self.menu("Run", "Run All Cells")
            self.page.wait_for_timeout(500)
            if self.page.locator(".jp-InputPrompt", has_text=re.compile(r"[*\d]")).count():
                break
        self.settle()

    def menu(self, *names: str) -> None:
        self.page.locator(".lm-MenuBar-itemLabel", has_text=names[0]).click()
        self.page.locator(".lm-Menu-itemLabel").get_by_text(names[1], exact=True).click()

    def settle(self) -> None:
        """Wait until nothing runs and nothing waits to be run."""
        self.page.wait_for_timeout(300)
        self.page.wait_for_function(
            "() => ![...document.querySelectorAll('.jp-InputPrompt')].some(p => p.textContent.includes('*'))",
            timeout=20 * MINUTES,
        )

    def run(self, cell: "Locator") -> None:
        """Run a cell; while a kernel starts, JupyterLab drops the keys, so that a reader presses them again."""
        prompt = cell.locator(".jp-InputPrompt")
        before = prompt.inner_text()
        for _ in range(120):
            cell.locator(".cm-content").click()
            self.page.keyboard.press("Control+Enter")
            self.page.wait_for_timeout(500)
            if prompt.inner_text() != before:
                break
        self.settle()

    def fill(self, cell: "Locator", source: str) -> None:
        """Replace what a cell holds, and run it."""
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(source)
        self.page.keyboard.press("Control+Enter")
        self.settle()

    def add_below(self, cell: "Locator", source: str) -> "Locator":
        """Put a new cell below, run it and return it."""
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("b")
        self.page.keyboard.press("Enter")
        self.page.keyboard.insert_text(source)
        self.page.keyboard.press("Control+Enter")
        self.settle()
        return self.cell(source)

    def output(self, cell: "Locator") -> str:
        return cell.locator(".jp-OutputArea").inner_text()


@pytest.fixture
def opened(page: "Page", lab: str) -> Callable[[str], Any]:
    return lambda lesson: Notebook(page, lab, lesson)
