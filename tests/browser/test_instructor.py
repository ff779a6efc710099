"""An instructor's way through formgrader: a submission, its verdicts, an essay graded by hand, feedback."""

import csv
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from served import ROOT, free_port, serve

if TYPE_CHECKING:
    from playwright.sync_api import Page

LESSON = "01-perceptron"
COMMENT = "Clear, and the counterexample is right."


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small class that was graded."""
    folder = tmp_path_factory.mktemp("class")
    command = [sys.executable, "-c", "from helpers.grading.cli import main; main()", "demo"]
    options = ["--lesson", LESSON, "--students", "2", "--sandbox", "none", "--to", str(folder)]
    subprocess.run([*command, *options], cwd=ROOT, check=True, capture_output=True)
    return folder


@pytest.fixture
def formgrader(graded: Path, tmp_path: Path) -> Iterator[str]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    options = [f"--port={port}", "--no-browser", "--IdentityProvider.token=", "--allow-root"]
    server = serve(["jupyter", "lab", *options], graded, tmp_path, address)
    yield address
    server.terminate()
    server.wait(30)


def test_an_essay_is_graded_by_hand(
    page: "Page", formgrader: str, graded: Path, shot: Callable[[str], None]
) -> None:
    page.goto(f"{formgrader}/formgrader/manage_submissions/{LESSON}")
    for row in rows(graded / ".nbgrader" / "export" / f"{LESSON}.csv"):
        page.get_by_text(row["student_id"], exact=True).first.wait_for()
    shot("class")
    page.goto(f"{formgrader}/formgrader/gradebook/{LESSON}/{LESSON}")
    page.get_by_text("Submission #1").first.click()
    page.locator("input.score").first.wait_for()
    shot("submission")
    assert page.locator("table caption").count() > 5  # the verdicts, as the student saw them
    essay = page.locator(".nbgrader_cell", has=page.locator("input.score")).filter(
        has_text="Student's answer"
    )
    essay.scroll_into_view_if_needed()
    essay.locator("input.score").fill("1.5")
    essay.locator("input.score").press("Enter")
    essay.locator("textarea.comment").fill(COMMENT)
    essay.locator("textarea.comment").press("Tab")
    page.wait_for_timeout(1000)
    shot("essay")

    subprocess.run(
        [sys.executable, "-m", "nbgrader", "generate_feedback", LESSON, "--force"],
        cwd=graded, check=True, capture_output=True,
    )  # fmt: skip
    pages = [p.read_text() for p in (graded / ".nbgrader" / "feedback").rglob("*.html")]
    assert sum(COMMENT in text for text in pages) == 1
    subprocess.run(
        [sys.executable, "-m", "nbgrader", "export", "--to", str(graded / "all.csv")],
        cwd=graded, check=True, capture_output=True,
    )  # fmt: skip
    before = {
        row["student_id"]: float(row["score"])
        for row in rows(graded / ".nbgrader" / "export" / f"{LESSON}.csv")
    }
    after = {row["student_id"]: float(row["score"]) for row in rows(graded / "all.csv")}
    assert sorted(after[student] - before[student] for student in before) == [0, 1.5]
