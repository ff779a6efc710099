"""The course as a website: pages that need no server and no other host, made by Sphinx."""

import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from helpers.checks import lessons
from helpers.grading import CourseError
from helpers.grading.authoring.build import notebook_text
from helpers.grading.course import Course
from helpers.grading.percent import read
from helpers.grading.site import formulas, glossary, links, prose, solved
from helpers.grading.site.generator import generate
from helpers.grading.site.outputs import Files
from helpers.grading.site.page import page

TITLE = "Deep learning, by doing"
CONTENTS = """
```{{toctree}}
:hidden:
:caption: Lessons

{lessons}
```

```{{toctree}}
:hidden:
:caption: About the course

{about}
```
"""
ABOUT = ("students", "instructors", "examples", "coverage", "glossary", "glossaire")
MORE = ("measured", "contributing", "sources")
EXAMPLES = """\
# What comes back

Two pages from a class that was made up, whose answers are partly wrong and partly missing, as students' are:

* [the report on the class](beside:report.html): marks, tasks, the slips that many share, who needs a person;
* [a student's feedback](beside:feedback.html): what was earned, and what to try next.

Lines of right answers are taken out of both pages here, as a lesson's are.
"""


def write(
    course: Course, to: Path, executed: Mapping[str, NotebookNode], examples: Mapping[str, str]
) -> None:
    """Write the site, and look through what was written.

    Args:
        course: whose lessons, README and coverage are shown.
        to: the site's folder; what is in it is replaced.
        executed: the run notebooks of lessons; a lesson without one has no figures.
        examples: pages of a sample class by name.

    Raises:
        CourseError: for a link to nothing, a request to another host, or a solution that shows.
    """
    secret = solved.secrets(course)
    with tempfile.TemporaryDirectory() as folder:
        source, beside, made = (Path(folder) / name for name in ("source", "beside", "site"))
        pages = _texts(course) | {"examples": EXAMPLES}
        names = _there(course)
        _lay(source, pages, names)
        files = Files(beside / "shown", "../shown")
        for lesson in names:
            student = nbformat.read(course.student(lesson), as_version=4)
            shown = page(lesson, student, executed.get(lesson), files)
            (source / "lessons" / f"{lesson}.ipynb").write_text(notebook_text(shown), "utf-8")
        (beside / "from").mkdir(parents=True)
        for path, name in prose.BESIDE.items():
            shutil.copyfile(course.root / path, beside / "from" / name)
        for name, text in examples.items():
            (beside / "from" / f"{name}.html").write_text(solved.redacted(text, secret), "utf-8")
        generate(source, made, TITLE, [beside])
        formulas.font(made, made / "_static" / "formulas.woff")
        if slips := [*links.faults(made), *shows(made, secret)]:
            raise CourseError("the site is not fit to be shown:\n" + "\n".join(slips))
        shutil.rmtree(to, ignore_errors=True)
        shutil.copytree(made, to, ignore=shutil.ignore_patterns(".buildinfo", "objects.inv", "_sources"))


def shows(to: Path, secret: set[str]) -> Sequence[str]:
    """Say which pages of a site, or its search, show what only a solution holds."""
    pages = solved.written(to)
    found = [
        f"{path}: {line!r} is part of a solution"
        for path in pages
        for line in solved.leaks(pages[path], secret)
    ]
    index = (to / "searchindex.js").read_text("utf-8").casefold()
    names = sorted(word for word in solved.words(secret, pages.values()) if f'"{word}"' in index)
    return [*found, *(f"searchindex.js: {name!r} is in no page, but in a solution" for name in names)]


def _there(course: Course) -> list[str]:
    return [lesson for lesson in lessons.MODULES if course.student(lesson).is_file()]


def _texts(course: Course) -> dict[str, str]:
    """Return the text of all pages but the lessons'."""
    cells = {lesson: read(course.source(lesson)) for lesson in _there(course)}
    known = glossary.terms(course.root / "solutions" / "glossary.toml")
    for slip in glossary.slips(known, cells):
        raise CourseError(f"solutions/glossary.toml: {slip}")
    return prose.pages(course) | glossary.pages(known)


def _lay(source: Path, pages: Mapping[str, str], names: Iterable[str]) -> None:
    """Write the pages' texts, and the contents into the first of them."""
    (source / "lessons").mkdir(parents=True)
    for name, text in pages.items():
        (source / f"{name}.md").write_text(text, "utf-8")
    with (source / "index.md").open("a", encoding="utf-8") as index:
        index.write(
            CONTENTS.format(
                lessons="\n".join(f"lessons/{lesson}" for lesson in names),
                about="\n".join([*ABOUT, *MORE]),
            )
        )
