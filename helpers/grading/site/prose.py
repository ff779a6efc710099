"""Pages that are written elsewhere: the README's parts, the coverage, the rules for contributors."""

import re
from collections.abc import Mapping

from helpers.checks import lessons
from helpers.grading import CourseError
from helpers.grading.course import Course
from helpers.grading.site.page import label

LINK = re.compile(r'(\]\(|href="|src=")(?!https?:|#|mailto:)([^)"#]+)')
PLACE = re.compile(r"\[(`?)([^\]]+)\1\]\((\d\d-[\w-]+)/\3\.ipynb\)")
PARTS = {"students": "For students", "instructors": "For instructors", "measured": "Measured"}
BESIDE = {"docs/check.png": "check.png", "docs/report.png": "report.png", "LICENSE": "LICENSE.txt"}


def pages(course: Course) -> dict[str, str]:
    """Return the text of each page by its name, made of the course's own files.

    Raises:
        CourseError: for a part that the README lacks, or a link to what the site does not have.
    """
    readme = (course.root / "README.md").read_text("utf-8")
    top, *rest = re.split(r"^## (.+)\n", readme, flags=re.M)
    parts = dict(zip(rest[::2], rest[1::2], strict=True))
    if missing := [title for title in PARTS.values() if title not in parts]:
        raise CourseError(f"README.md has no part {', '.join(missing)}, of which the site makes a page")
    found = {"index": top} | {name: f"# {title}\n{parts[title]}" for name, title in PARTS.items()}
    found["contributing"] = (course.root / ".github/CONTRIBUTING.md").read_text("utf-8")
    found["sources"] = (course.root / "helpers/data/SOURCES.md").read_text("utf-8")
    linked = {name: LINK.sub(_linked, text) for name, text in found.items()}
    return linked | {"coverage": coverage((course.root / "course/README.md").read_text("utf-8"))}


def coverage(text: str) -> str:
    """Return the page of what is covered, its links leading to the places that they name."""

    def linked(found: re.Match[str]) -> str:
        place = label(found[3], "task " * bool(found[1]) + found[2])
        return f"[{found[1]}{found[2]}{found[1]}](#{place})"

    return PLACE.sub(linked, text.partition("-->\n")[2])


def _linked(found: re.Match[str]) -> str:
    """Return a link to a file of the repository as one to where the site has it."""
    before, path = found[1], found[2]
    known: Mapping[str, str] = {
        "course/README.md": "coverage.md",
        ".github/CONTRIBUTING.md": "contributing.md",
        "helpers/data/SOURCES.md": "sources.md",
        **{f"course/{name}/{name}.ipynb": f"lessons/{name}.ipynb" for name in lessons.MODULES},
    }
    if path in BESIDE:
        return f"{before}{'beside:' if before == '](' else 'from/'}{BESIDE[path]}"
    if path not in known:
        raise CourseError(f"README.md links to {path}, which the site does not have")
    return before + known[path]
