"""A misconception made of a student's answer: written into the lesson's checks, beside those that are there.

The answer becomes part of the course and runs wherever its checks do. So only its definitions are taken,
without docstrings and comments, and what a wrong answer has no need of is refused.
"""

import ast
import builtins
import json
from collections.abc import Collection, Iterator
from pathlib import Path

from helpers.checks import lessons
from helpers.checks.task import Task
from helpers.grading import CourseError
from helpers.grading.authoring.skeleton import package
from helpers.grading.course import Course

WIDTH = 110  # of a line
LONGEST = 6000  # characters of an answer
SAYS = "Fill in what these answers misunderstand, in a sentence to the student."
IMPORTS = {
    "np": "import numpy as np",
    "math": "import math",
    "torch": "import torch",
    "nn": "from torch import nn",
    "F": "from torch.nn import functional as F",
}
OPENING = {  # names that reach beyond an answer: to files, to other code, to the interpreter
    *("breakpoint", "compile", "delattr", "eval", "exec", "exit", "getattr", "globals", "help", "input"),
    *("locals", "memoryview", "open", "quit", "setattr", "vars"),
}  # fmt: skip
REACHING = {  # and attributes of NumPy and PyTorch that do
    *("DataSource", "classes", "ctypeslib", "dump", "f2py", "fromfile", "fromregex", "genfromtxt", "hub"),
    *("jit", "load", "loads", "loadtxt", "memmap", "ops", "os", "save", "savetxt", "savez"),
    *("savez_compressed", "subprocess", "sys", "testing", "tofile", "utils"),
}  # fmt: skip
METHODS = {"__init__", "__call__", "__len__", "__getitem__", "__iter__"}


def added(
    course: Course, lesson: str, task: Task, answer: str, fails: Collection[str], says: str = ""
) -> dict[Path, str]:
    """Return the module with one more misconception of a task, by path; nothing is written.

    Args:
        course: the checkout.
        lesson: its name.
        task: the exercise.
        answer: a student's cell.
        fails: the names of the parts that it fails.
        says: what a student is to read; by default a sentence to be filled in.

    Raises:
        CourseError: where the answer is none that a check should run, or there is no list to put it into.
    """
    source = definitions(task, answer)
    path, end, indent = _place(course, lesson, task)
    parts = ", ".join(json.dumps(part.name, ensure_ascii=False) for part in task.parts if part.name in fails)
    inner = indent + " " * 4
    lines = [json.dumps(line, ensure_ascii=False) for line in source.splitlines(keepends=True)]
    whole = json.dumps(source, ensure_ascii=False)
    if len(f"{inner}wrong={whole},") <= WIDTH:
        lines = [whole]
    told = json.dumps(says.strip() or SAYS, ensure_ascii=False)
    body = [f"{told},", f"{{{parts}}},", *("wrong=" * (i == 0) + line for i, line in enumerate(lines))]
    body[-1] += ","
    new = f"{indent}Misconception(\n" + "".join(f"{inner}{line}\n" for line in body) + f"{indent}),\n"
    text = path.read_text("utf-8")
    head = text[:end].rstrip(" ")
    return {path: f"{head if head.endswith(chr(10)) else head + chr(10)}{new}{indent[4:]}{text[end:]}"}


def definitions(task: Task, answer: str) -> str:
    """Return the definitions of an answer as a program of its own, without what people said in it.

    Raises:
        CourseError: where it can't be parsed, defines not all answers, or uses what no answer needs.
    """
    try:
        tree = ast.parse(answer) if len(answer) <= LONGEST else None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        tree = None
    if tree is None:
        raise CourseError(f"it can't be parsed, or has more than {LONGEST} characters: choose another")
    kinds = (ast.FunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)
    tree.body = [node for node in tree.body if isinstance(node, kinds)]
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            rest = [inner for inner in node.body if not _remark(inner)]
            node.body = rest or [ast.Pass()]
    bound = {*_bound(tree)}
    if lacking := [name for name in task.answers if name not in bound]:
        raise CourseError(f"the answer does not define `{lacking[0]}` in its cell: choose another group")
    if reaching := sorted({*_reaching(tree)}):
        raise CourseError(
            f"the answer uses `{reaching[0]}`, which reaches beyond it: it is not taken into the course. "
            "Write the misconception by hand, as an edit of the reference"
        )
    names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} - bound - task.right.keys()
    unknown = sorted(names - IMPORTS.keys() - vars(builtins).keys())
    if unknown:
        raise CourseError(
            f"the answer uses `{unknown[0]}`, which its cell does not define: choose another group"
        )
    return "\n".join([*(IMPORTS[name] for name in sorted(names & IMPORTS.keys())), ast.unparse(tree), ""])


def _remark(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _bound(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.ExceptHandler) and node.name:
            yield node.name


def _reaching(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Import() | ast.ImportFrom():
                yield "import"
            case ast.Attribute(attr=name) if name in REACHING or _inner(name):
                yield name
            case ast.Name(id=name) | ast.FunctionDef(name=name) if name in OPENING or _inner(name):
                yield name


def _inner(name: str) -> bool:
    return name.startswith("__") and name.endswith("__") and name not in METHODS


def _place(course: Course, lesson: str, task: Task) -> tuple[Path, int, str]:
    """Return the module that lists a task's misconceptions, where the list ends, and how it is indented."""
    root = package(course)
    home = root / "checks" / lessons.MODULES[lesson].rpartition(".")[2]
    files = sorted(home.glob("*.py")) if home.is_dir() else [home.with_suffix(".py")]
    for path in files:
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            match node:
                case ast.Call(
                    func=ast.Name(id="Task"), args=[ast.Constant(value=task.id), *_], keywords=given
                ):
                    for keyword in given:
                        if keyword.arg == "misconceptions":
                            return _end(root, path, tree, keyword.value, task)
    raise _nowhere(task)


def _end(root: Path, path: Path, tree: ast.Module, value: ast.expr, task: Task) -> tuple[Path, int, str]:
    if isinstance(value, ast.Name):
        for node in tree.body:
            match node:
                case ast.Assign(targets=[ast.Name(id=value.id)], value=found):
                    return _end(root, path, tree, found, task)
                case ast.ImportFrom(module=str(module), names=names) if value.id in {n.name for n in names}:
                    path = root.parent.joinpath(*module.split(".")).with_suffix(".py")
                    return _end(root, path, ast.parse(path.read_text("utf-8")), value, task)
    lines = path.read_text("utf-8").splitlines(keepends=True)
    last = lines[(value.end_lineno or 1) - 1]
    if not isinstance(value, ast.List) or not value.elts or not last.lstrip().startswith("]"):
        raise _nowhere(task)
    indent = len(last) - len(last.lstrip())
    return path, sum(map(len, lines[: (value.end_lineno or 1) - 1])) + indent, " " * (indent + 4)


def _nowhere(task: Task) -> CourseError:
    return CourseError(
        f"the misconceptions of `{task.id}` are not a list on several lines that one more can be put into: "
        "write one such list, with a first misconception in it"
    )
