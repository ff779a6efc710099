"""What of a notebook a player needs: what it uses, what that uses, and what changes either."""

import ast
import builtins
import symtable
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from helpers.checks.source import bound, means, tree
from helpers.grading.judging.cells import readable

SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
MAGIC = "get_ipython"  # what a line like `%time x = 3` becomes: what it binds stands in a text
IMPORTS = (ast.Import, ast.ImportFrom)


@dataclass(frozen=True)
class Piece:
    """A statement at the top of a cell, or a cell that can't be taken apart, and what it does with names.

    Attributes:
        source: the text.
        binds: those that its top level binds; `*` where nobody can tell.
        fixed: those of them that are functions, classes or modules: a call with one of them changes none.
        changes: those whose object it may change, by a method, an entry or a call that is given it.
        uses: all that it reads.
    """

    source: str
    binds: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()
    changes: frozenset[str] = frozenset()
    uses: frozenset[str] = frozenset()


def needed(sources: Sequence[str], answer: str) -> list[str]:
    """Return what has to be run, in order, for a name to be what it is at the end of the notebook.

    Of a cell only the statements that are needed are left: most import what few of them use.

    Args:
        sources: of the code cells.
        answer: the name.
    """
    cells = [[_piece(part, answer) for part in _parts(source)] for source in sources]
    pieces = [piece for cell in cells for piece in cell]
    fixed = {name for piece in pieces for name in piece.fixed}
    wanted, chosen = {answer, "*"}, set[int]()
    while True:
        more = {
            i
            for i, piece in enumerate(pieces)
            if i not in chosen and (piece.binds & wanted or piece.changes & (wanted - fixed))
        }
        if not more:
            break
        chosen |= more
        wanted |= {name for i in more for name in pieces[i].uses}
    numbers = count()
    left = [[piece.source for piece in cell if next(numbers) in chosen] for cell in cells]
    return ["\n".join(cell) for cell in left if cell]


def _parts(source: str) -> list[str]:
    """Take a cell apart into its statements; one with a magic, or that can't be read, stays whole."""
    nodes = _nodes(source)
    lines, parts, end = source.splitlines(), list[str](), 0
    for node in nodes:
        decorators = getattr(node, "decorator_list", [])
        begin = min([node.lineno, *(decorator.lineno for decorator in decorators)]) - 1
        if begin < end:  # two in a line
            return [source]
        end = node.end_lineno or node.lineno
        parts.append("\n".join(lines[begin:end]))
    return parts or [source]


def _nodes(source: str) -> list[ast.stmt]:
    try:
        return tree(source).body if readable(source) == source else []
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _piece(source: str, answer: str) -> Piece:
    plain = readable(source)
    try:
        nodes = tree(plain).body
    except SyntaxError:
        return Piece(source, frozenset([answer])) if means(answer, source) else Piece(source)
    inside = list(_of_top(nodes))
    definitions = [
        n.name for n in inside if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    ]
    imported = [
        (alias.asname or alias.name).split(".")[0]
        for node in inside
        if isinstance(node, IMPORTS)
        for alias in node.names
    ]
    stored = {n.id for n in inside if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    uses = frozenset(_used(_scopes(plain)))
    return Piece(
        source,
        binds=bound(plain) | stored | ({"*"} if MAGIC in uses else set()),
        fixed=frozenset([*definitions, *imported]) - stored,
        changes=frozenset(_changed(inside)) - {*dir(builtins)},
        uses=uses,
    )


def _of_top(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Yield what runs when the cell does: all but the bodies of functions and classes."""
    for node in nodes:
        yield node
        if not isinstance(node, SCOPES):
            yield from _of_top(ast.iter_child_nodes(node))


def _scopes(source: str) -> symtable.SymbolTable:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return symtable.symtable(source, "cell", "exec")


def _used(scope: symtable.SymbolTable) -> Iterator[str]:
    """Yield the names of the notebook that a scope reads, those of functions' own left out."""
    for symbol in scope.get_symbols():
        if symbol.is_referenced() and (scope.get_type() == "module" or symbol.is_global()):
            yield symbol.get_name()
    for inner in scope.get_children():
        yield from _used(inner)


def _changed(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            yield from _root(node)
        elif isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                yield from _root(node.func)
            if not (isinstance(node.func, ast.Name) and node.func.id in dir(builtins)):
                given = [*node.args, *(keyword.value for keyword in node.keywords)]
                yield from (inner.id for inner in given if isinstance(inner, ast.Name))


def _root(node: ast.AST) -> Iterator[str]:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    if isinstance(node, ast.Name):
        yield node.id
