"""Read the student's cells: find an answer's cell, say why it can't run, find what it must not use."""

import ast
import re
import textwrap
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from fnmatch import fnmatch
from functools import cached_property, lru_cache, wraps
from typing import Any, NamedTuple, TypeVar

from helpers.checks.returns import returning, silent
from helpers.checks.task import Task
from helpers.checks.verdict import Answer

STATEMENTS: dict[str, tuple[type[ast.AST], ...]] = {
    "for": (ast.For, ast.AsyncFor, ast.comprehension),
    "while": (ast.While,),
    "if": (ast.If, ast.IfExp),
    "import": (ast.Import, ast.ImportFrom),
}
FORBIDDABLE = {ast.Attribute, ast.Name, *(kind for kinds in STATEMENTS.values() for kind in kinds)}
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
    answers = {name: cell for name in task.answers if (cell := cell_of(name, cells)) is not None}
    try:
        defined = {name: _definition(name, cell) for name, cell in answers.items()}
    except SyntaxError as error:
        return Answer(broken=_syntax(error))
    for name in answers:
        if name not in namespace:
            return Answer(
                broken=f"The cell of `{name}` stopped with an error before `{name}` was defined: run it."
            )
    imports = _imports(tuple(cells))
    found = [sentence for used in _reached(task, cells) for sentence in _forbidden(task, used, imports)]
    return Answer(forbidden=tuple(dict.fromkeys(found)), silent=tuple(silent(task.source, defined)))


def _definition(name: str, cell: str) -> dict[str, bool]:
    """Return what is known of a cell's last definition of an answer; raises SyntaxError where it has one."""
    tree(cell)
    known = [statement.returning for statement in _statements(cell) if name in statement.binds]
    return next((told for told in reversed(known) if told), {})


def _reached(task: Task, cells: Sequence[str]) -> Iterator["Statement"]:
    """Yield the statements that bind the answers, and what they use by name of the student's own cells.

    The rest of a cell, such as a comparison with a library's result, is the student's own business.
    """
    queue, met = list(task.answers), {*task.answers, *task.uses}
    while queue:
        name = queue.pop(0)
        cell = cell_of(name, cells)
        for statement in _statements(cell) if cell is not None else ():
            if name in statement.binds:
                yield statement
                queue += sorted(statement.free - met)
                met |= statement.free


class Mention(NamedTuple):
    """What a task may forbid: a kind of statement; a name with its dots, `np.linalg.inv`; an attribute, `inv`."""

    kind: type[ast.AST]
    line: int | str
    written: str = ""
    attribute: str = ""


class Statement:
    """A statement of a cell's top level; what it binds, uses and mentions is read once for all tasks."""

    def __init__(self, node: ast.stmt):
        self._node = node

    @cached_property
    def binds(self) -> set[str]:
        """The names that it binds."""
        return {*_bound(ast.Module([self._node], []))}

    @cached_property
    def free(self) -> set[str]:
        """The names that it uses; of a function or a class those that are not its own."""
        names = [n for n in ast.walk(self._node) if isinstance(n, ast.Name)]
        if not isinstance(self._node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return {n.id for n in names}
        own = {a.arg for a in ast.walk(self._node) if isinstance(a, ast.arg)}
        own |= {f.name for f in ast.walk(self._node) if isinstance(f, ast.FunctionDef | ast.ClassDef)}
        return {n.id for n in names} - own - {n.id for n in names if isinstance(n.ctx, ast.Store)}

    @cached_property
    def returning(self) -> dict[str, bool]:
        """Which functions in it hand back a value."""
        return returning(self._node)

    @cached_property
    def mentions(self) -> list[Mention]:
        """What is in it that a task may forbid."""
        return [
            Mention(type(node), _line(node), _dotted(node) or "", getattr(node, "attr", ""))
            for node in ast.walk(self._node)
            if type(node) in FORBIDDABLE
        ]


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
def _statements(cell: str) -> list[Statement]:
    """Return the statements of a cell's top level, imports left out."""
    try:
        nodes = tree(cell).body
    except SyntaxError:
        return []
    return [Statement(node) for node in nodes if not isinstance(node, ast.Import | ast.ImportFrom)]


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


@lru_cache(1)
def _imports(cells: tuple[str, ...]) -> dict[str, str]:
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


def _forbidden(task: Task, used: Statement, imports: Mapping[str, str]) -> Iterator[str]:
    """Say what a statement uses that the task forbids: names, statements, and methods (`*.softmax`)."""
    methods = {pattern[2:] for pattern in task.forbids if pattern.startswith("*.")}
    statements = {kind: name for name in task.forbids for kind in STATEMENTS.get(name, ())}
    for kind, line, written, attribute in used.mentions if task.forbids else ():
        if kind in statements:
            yield f"This exercise is to be solved without `{statements[kind]}`, but line {line} has one."
            continue
        root, dot, rest = written.partition(".")
        meant = imports.get(root, root) + dot + rest
        named = written if any(fnmatch(meant, pattern) for pattern in task.forbids) else ""
        if attribute in methods and root not in imports:
            named = f".{attribute}"  # of whatever object
        if named:
            yield f"This exercise asks you to write it yourself: line {line} uses `{named}`."


def _line(node: Any) -> int | str:
    return getattr(node, "lineno", 0) or getattr(getattr(node, "target", None), "lineno", "?")


def _dotted(node: ast.AST) -> str | None:
    names = list[str]()
    while isinstance(node, ast.Attribute) and len(names) < NAMED:
        names.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(names)]) if isinstance(node, ast.Name) else None
