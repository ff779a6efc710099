"""Read the student's cells: find an answer's cell, say why it can't run, find what it must not use."""

import ast
import re
import textwrap
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from fnmatch import fnmatch
from functools import lru_cache, wraps
from typing import Any, TypeVar

from helpers.checks.returns import silent
from helpers.checks.task import Task
from helpers.checks.verdict import Answer

STATEMENTS: dict[str, tuple[type[ast.AST], ...]] = {
    "for": (ast.For, ast.AsyncFor, ast.comprehension),
    "while": (ast.While,),
    "if": (ast.If, ast.IfExp),
    "import": (ast.Import, ast.ImportFrom),
}
KEPT, SMALL = 512, 4_000  # cells whose trees are kept, as those of a release are in a whole class; characters
T = TypeVar("T")
LARGE = 8  # larger cells whose trees are kept: a tree takes a hundred times what its cell does
NAMED = 12  # parts of a dotted name at most: torch.nn.functional.softmax has four


def examine(task: Task, namespace: Mapping[str, Any], cells: Sequence[str]) -> Answer:
    """Say what is known of an answer without running it.

    Args:
        task: the exercise.
        namespace: the globals of the student's code.
        cells: the code cells that were run, in that order.
    """
    answers = [cell for name in task.answers if (cell := cell_of(name, cells)) is not None]
    for cell in answers:
        try:
            tree(cell)
        except SyntaxError as error:
            return Answer(broken=_syntax(error))
    for name in task.answers:
        if name not in namespace and cell_of(name, cells) is not None:
            return Answer(
                broken=f"The cell of `{name}` stopped with an error before `{name}` was defined: run it."
            )
    imports = _imports(cells)
    parsed = {name: tree(cell) for name in task.answers if (cell := cell_of(name, cells)) is not None}
    found = [sentence for node in _reached(task, cells) for sentence in _forbidden(task, node, imports)]
    return Answer(forbidden=tuple(dict.fromkeys(found)), silent=tuple(silent(task.source, parsed)))


def _reached(task: Task, cells: Sequence[str]) -> Iterator[ast.AST]:
    """Yield the statements that bind the answers, and what they use by name of the student's own cells.

    The rest of a cell, such as a comparison with a library's result, is the student's own business.
    """
    queue, met = list(task.answers), {*task.answers, *task.uses}
    while queue:
        name = queue.pop(0)
        cell = cell_of(name, cells)
        for node, binds, free in _statements(cell) if cell is not None else ():
            if name in binds:
                yield node
                queue += sorted(free - met)
                met |= free


def _free(node: ast.stmt) -> set[str]:
    """Return the names that a statement uses; of a function or a class those that are not its own."""
    names = [n for n in ast.walk(node) if isinstance(n, ast.Name)]
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {n.id for n in names}
    own = {a.arg for a in ast.walk(node) if isinstance(a, ast.arg)}
    own |= {f.name for f in ast.walk(node) if isinstance(f, ast.FunctionDef | ast.ClassDef)}
    return {n.id for n in names} - own - {n.id for n in names if isinstance(n.ctx, ast.Store)}


def without(task: Task) -> str:
    """Say what an answer must not use, as a comment for its cell; empty where it may use anything."""
    names = [name.removesuffix(".*").removeprefix("*") for name in task.forbids]  # `*.softmax`: any method
    told = [f"`{name}`" if name in STATEMENTS else name.replace(".*", ".") for name in names]
    text = f"# Write it yourself, without {', '.join(told)}." if told else ""
    return textwrap.fill(text, 88, subsequent_indent="# ", break_long_words=False)


def tree(cell: str) -> ast.Module:
    """Parse a cell, once; raises what `ast.parse` does, and keeps Python's warnings to itself."""
    if isinstance(found := _parsed(cell), SyntaxError):
        raise found.with_traceback(None)
    return found


def remembered(of: Callable[[str], T]) -> Callable[[str], T]:
    """Keep what a function makes of small cells, and of few large ones."""
    small, large = lru_cache(KEPT)(of), lru_cache(LARGE)(of)
    return wraps(of)(lambda cell: (small if len(cell) <= SMALL else large)(cell))


@remembered
def _parsed(cell: str) -> ast.Module | SyntaxError:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(cell)
        except SyntaxError as error:
            return error


@remembered
def _statements(cell: str) -> list[tuple[ast.stmt, set[str], set[str]]]:
    """Return the statements of a cell's top level, imports left out, with the names they bind and use."""
    try:
        nodes = tree(cell).body
    except SyntaxError:
        return []
    nodes = [node for node in nodes if not isinstance(node, ast.Import | ast.ImportFrom)]
    return [(node, {*_bound(ast.Module([node], []))}, _free(node)) for node in nodes]


@remembered
def bound(cell: str) -> frozenset[str]:
    """Return the names that the top level of a cell binds; raises SyntaxError where it has one."""
    return frozenset(_bound(tree(cell)))


def means(name: str, cell: str) -> bool:
    """Whether a cell that can't be parsed was meant to bind a name."""
    name = re.escape(name)
    return bool(re.search(rf"^(?:(?:async\s+)?def|class)\s+{name}\b|^{name}\s*=", cell, re.MULTILINE))


def _bound(tree: ast.Module) -> Iterator[str]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(
            node, ast.Assign | ast.AnnAssign | ast.Import | ast.ImportFrom | ast.If | ast.With | ast.Try
        ):
            for inner in ast.walk(node):
                if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                    yield inner.id
                elif isinstance(inner, ast.alias):
                    yield (inner.asname or inner.name).split(".")[0]
                elif isinstance(inner, ast.FunctionDef | ast.ClassDef):
                    yield inner.name


def cell_of(name: str, cells: Sequence[str]) -> str | None:
    """Return the last cell that binds `name`, or means to but has a syntax error."""
    for cell in reversed(cells):
        if name not in cell:
            continue
        try:
            if name in bound(cell):
                return cell
        except SyntaxError:
            if means(name, cell):
                return cell
    return None


def _syntax(error: SyntaxError) -> str:
    text = (error.text or "").strip()
    line = f": `{text[:80]}{' …' * (len(text) > 80)}`" if text else ""
    return f"Your cell does not run. Python stopped in line {error.lineno}{line} ({error.msg})."


def _imports(cells: Sequence[str]) -> dict[str, str]:
    """Map each imported name to what it stands for: `np` to `numpy`."""
    known: dict[str, str] = {}
    for cell in cells:
        known |= _imported(cell)
    return known


@remembered
def _imported(cell: str) -> dict[str, str]:
    known: dict[str, str] = {}
    try:
        nodes = ast.walk(tree(cell))
    except SyntaxError:
        return known
    for node in nodes:
        if isinstance(node, ast.Import):
            known |= {
                (a.asname or a.name.split(".")[0]): (a.name if a.asname else a.name.split(".")[0])
                for a in node.names
            }
        elif isinstance(node, ast.ImportFrom) and node.module:
            known |= {(a.asname or a.name): f"{node.module}.{a.name}" for a in node.names}
    return known


def _forbidden(task: Task, part: ast.AST, imports: Mapping[str, str]) -> Iterator[str]:
    """Say what a statement uses that the task forbids: names, statements, and methods (`*.softmax`)."""
    methods = {pattern[2:] for pattern in task.forbids if pattern.startswith("*.")}
    statements = {kind: name for name in task.forbids for kind in STATEMENTS.get(name, ())}
    for node in ast.walk(part):
        if type(node) in statements:
            line = getattr(node, "lineno", None) or getattr(getattr(node, "target", None), "lineno", "?")
            yield f"This exercise is to be solved without `{statements[type(node)]}`, but line {line} has one."
        elif isinstance(node, ast.Attribute | ast.Name):
            written = _dotted(node) or ""
            root, dot, rest = written.partition(".")
            meant = imports.get(root, root) + dot + rest
            used = written if any(fnmatch(meant, pattern) for pattern in task.forbids) else ""
            if isinstance(node, ast.Attribute) and node.attr in methods and root not in imports:
                used = f".{node.attr}"  # of whatever object
            if used:
                yield f"This exercise asks you to write it yourself: line {node.lineno} uses `{used}`."


def _dotted(node: ast.AST) -> str | None:
    names = list[str]()
    while isinstance(node, ast.Attribute) and len(names) < NAMED:
        names.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(names)]) if isinstance(node, ast.Name) else None
