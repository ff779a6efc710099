"""A lesson or a task to start from: files that run, are checked and pass the tests; changed in place."""

import keyword
import re
from bisect import bisect
from collections.abc import Mapping
from pathlib import Path
from string import Template

import helpers
from helpers.checks import lessons
from helpers.grading import CourseError
from helpers.grading.course import Course

HERE = Path(__file__).parent
IMPORTS = {  # what the pieces that are added to a module need
    "reference": ["from jaxtyping import Float", "from numpy import ndarray"],
    "probes": ["from collections.abc import Callable", "from typing import Any", "from numpy import ndarray"],
}
TITLES = {
    "reference": "The reference implementations of lesson {}.",
    "probes": "Probes of lesson {}: they turn its answers into plain data.",
}
TASKS = '"""The tasks of lesson {}, in the order in which they are met."""\n\nTASKS = []\n'
HEADER = """\
# ---
# jupyter:
#   jupytext:
#     comment_magics: false
#     cell_metadata_filter: answer,check,essay,points,tags,-all
# ---
"""


def lesson(course: Course, name: str, task: str) -> dict[Path, str]:
    """Return the files of a new lesson with one task, by path; nothing is written.

    Raises:
        CourseError: for a name that does not do, or where something is there already.
    """
    if not re.fullmatch(r"\d\d(-[a-z][a-z0-9]*)+", name):
        raise CourseError(f"a lesson is called like 10-generative-models, not {name!r}")
    if taken := [known for known in lessons.MODULES if known[:2] == name[:2]]:
        raise CourseError(f"there is a lesson {taken[0]} already: choose another number")
    module = name[3:].replace("-", "_")
    if keyword.iskeyword(module):
        raise CourseError(f"{module!r} is a word of Python, and can't be a module: choose another name")
    root = package(course)
    words = {
        "lesson": name,
        "number": str(int(name[:2])),
        "title": name[3:].replace("-", " ").capitalize(),
        "task": task,
    }
    source = course.source(name)
    files = {
        source: _filled("lesson", words),
        root / "questions" / f"{module}.py": _filled("questions", words),
        root / "checks" / module / "__init__.py": TASKS.format(name),
        _alternatives(course, name): HEADER,
        **{
            root / kind / f"{module}.py": f'"""{says.format(name)}"""\n\n{_block(IMPORTS[kind])}\n'
            for kind, says in TITLES.items()
        },
    }
    _absent(course, [*files, root / "checks" / f"{module}.py"])
    for registry in ("checks/lessons.py", "questions/__init__.py"):
        kind = registry.partition("/")[0]
        files[root / registry] = _registered(root / registry, name, f"helpers.{kind}.{module}")
    return files | _task(course, name, module, task, 1.0, files)


def task(course: Course, name: str, task: str, points: float = 1.0) -> dict[Path, str]:
    """Return the files that a new task makes or changes, by path; nothing is written.

    Raises:
        CourseError: for a name that does not do, or where something is there already.
    """
    if task in lessons.tasks(name):
        raise CourseError(f"lesson {name} has a task {task!r} already")
    return _task(course, name, lessons.MODULES[name].rpartition(".")[2], task, points, {})


def _task(
    course: Course, name: str, module: str, task: str, points: float, fresh: Mapping[Path, str]
) -> dict[Path, str]:
    if not task.isidentifier() or keyword.iskeyword(task) or task.startswith("_") or not task.isascii():
        raise CourseError(f"a task is called as its answer is, like softmax_gradient, not {task!r}")
    if points < 0 or points * 4 % 1:
        raise CourseError(f"points are counted in quarters, not {points:g}")
    root = package(course)

    def text(path: Path) -> str:
        return fresh[path] if path in fresh else path.read_text("utf-8")

    home = root / "checks" / module / "__init__.py"
    whole = home in fresh or home.is_file()
    home = home if whole else root / "checks" / f"{module}.py"
    own = root / "checks" / (f"{module}/{task}.py" if whole else f"{module}_{task}.py")
    dotted = ".".join(own.relative_to(root.parent).with_suffix("").parts)
    constant = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", task).upper()
    words = {"lesson": name, "module": module, "task": task, "constant": constant, "points": f"{points:g}"}
    _absent(course, [own])
    files = {own: _filled("task", words), home: _listed(text(home), dotted, constant)}
    for kind, piece in (("reference", "reference"), ("probes", "probe")):
        path = root / kind / f"{module}.py"
        if re.search(rf"^(def|class) {task}\b|^{task}\b.*=", text(path), re.MULTILINE):
            raise CourseError(f"{path.relative_to(course.root)} has a {task!r} already")
        files[path] = _with_imports(text(path), IMPORTS[kind]) + "\n\n" + _filled(piece, words)
    path = course.source(name)
    files[path] = _before_the_end(text(path), _filled("cells", words))
    path = _alternatives(course, name)
    files[path] = text(path).rstrip("\n") + "\n\n" + _filled("alternatives", words)
    return files


def _listed(text: str, dotted: str, constant: str) -> str:
    """Return a module of tasks with one more in TASKS, and its import."""
    found = re.search(r"^TASKS = \[(.*?)(,?)(\n?)\]$", text, re.MULTILINE | re.DOTALL)
    if not found:
        raise CourseError(f"there is no `TASKS = [...]` to put {constant} into")
    many = f"{found[1]},\n    {constant},\n" if found[3] else f"{found[1]}{', ' * bool(found[1])}{constant}"
    text = f"{text[: found.start()]}TASKS = [{many}]{text[found.end() :]}"
    return _imported(text, f"from {dotted} import {constant}")


def _imported(text: str, line: str) -> str:
    """Return a module with one more import of ours, in its place."""
    lines = text.splitlines()
    ours = [i for i, old in enumerate(lines) if old.startswith("from helpers.")]
    if not ours:
        at = next(i for i, old in enumerate(lines) if old.startswith("TASKS"))
        return "\n".join([*lines[:at], line, "", *lines[at:]]) + "\n"
    rank = bisect([lines[i].split()[1] for i in ours], line.split()[1])
    at = ours[rank] if rank < len(ours) else _end_of_import(lines, ours[-1])
    return "\n".join([*lines[:at], line, *lines[at:]]) + "\n"


def _end_of_import(lines: list[str], at: int) -> int:
    if lines[at].endswith("("):
        at = next(i for i in range(at, len(lines)) if lines[i].startswith(")"))
    return at + 1


def _with_imports(text: str, needed: list[str]) -> str:
    """Return a module's text, in which what the new piece needs is imported."""
    for line in needed:
        imports = re.findall(r"^from \S+ import .*", text, re.MULTILINE)
        if not any(line.split()[-1] in re.findall(r"\w+", found) for found in imports):
            text = _others(text, line)
    return text.rstrip("\n") + "\n"


def _others(text: str, line: str) -> str:
    """Return a module with one more import of others' packages, in its place behind jaxtyping's."""
    lines = text.splitlines()
    block = [i for i, old in enumerate(lines) if re.match(r"from (jaxtyping|numpy|torch)\b", old)]
    if not block:
        raise CourseError(f"the lesson's modules lack `{line}`: add that first")
    at = next((i for i in block if lines[i].split()[1] > line.split()[1]), block[-1] + 1)
    return "\n".join([*lines[:at], line, *lines[at:]]) + "\n"


def _block(imports: list[str]) -> str:
    """Return imports in two groups: the standard library's, and others'."""
    standard = [line for line in imports if line.split()[1].split(".")[0] in ("collections", "typing")]
    others = [line for line in imports if line not in standard]
    return "\n\n".join("\n".join(group) for group in (standard, others) if group)


def _before_the_end(text: str, cells: str) -> str:
    """Return a lesson with cells put before its picture, where it is as begun, or before `Go further`."""
    found = re.search(r"^# %% \[markdown\]\n# ## (See it|Go further)", text, re.MULTILINE)
    cut = found.start() if found else len(text)
    head, tail = text[:cut].rstrip("\n"), text[cut:]
    return f"{head}\n\n{cells}" + (f"\n{tail}" if tail else "")


def _registered(path: Path, name: str, dotted: str) -> str:
    """Return the module that lists the lessons with one more, in the order of their numbers."""
    text = path.read_text("utf-8")
    found = re.search(r"^MODULES = \{\n(.*?)^\}", text, re.MULTILINE | re.DOTALL)
    if not found:
        raise CourseError(f"{path} has no `MODULES = {{...}}`")
    lines = sorted([*found[1].splitlines(), f'    "{name}": "{dotted}",'])
    return text[: found.start(1)] + "\n".join(lines) + "\n" + text[found.end(1) :]


def _absent(course: Course, paths: list[Path]) -> None:
    if there := [str(path.relative_to(course.root)) for path in paths if path.exists()]:
        raise CourseError(f"{there[0]} is there already: nothing is overwritten")


def package(course: Course) -> Path:
    """Return the package's folder in a checkout; raises CourseError where `course` runs from another."""
    root = course.root / "helpers"
    if not root.is_dir() or Path(helpers.__file__).resolve().parent != root.resolve():
        raise CourseError(f"`course` runs from another checkout than {course.root}: pip install -e . there")
    return root


def _alternatives(course: Course, name: str) -> Path:
    return course.root / "tests" / "alternatives" / f"{name}.py"


def _filled(piece: str, words: Mapping[str, str]) -> str:
    return Template((HERE / f"{piece}.py.txt").read_text("utf-8")).substitute(words)
