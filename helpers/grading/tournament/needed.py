"""Which cells of a notebook a player needs: what it uses, what that uses, and what changes either."""

import ast
import builtins
import symtable
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from helpers.checks.source import bound, means, tree
from helpers.grading.judging.cells import readable

SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
MAGIC = "get_ipython"  # what a line like `%time x = 3` becomes: what it binds stands in a text
IMPORTS = (ast.Import, ast.ImportFrom)


@dataclass(frozen=True)
class Cell:
    """What a cell does with names.

    Attributes:
        binds: those that its top level binds; `*` where nobody can tell.
        fixed: those of them that are functions, classes or modules: a call with one of them changes none.
        changes: those whose object it may change, by a method, an entry or a call that is given it.
        uses: all that it reads.
    """

    binds: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()
    changes: frozenset[str] = frozenset()
    uses: frozenset[str] = frozenset()


def needed(sources: Sequence[str], answer: str) -> list[int]:
    """Return which cells have to be run, in order, for a name to be what it is at the end of the notebook.

    Args:
        sources: of the code cells.
        answer: the name.
    """
    cells = [_cell(readable(source), answer) for source in sources]
    fixed = {name for cell in cells for name in cell.fixed}
    wanted, chosen = {answer, "*"}, set[int]()
    while True:
        more = {
            i
            for i, cell in enumerate(cells)
            if i not in chosen and (cell.binds & wanted or cell.changes & (wanted - fixed))
        }
        if not more:
            return sorted(chosen)
        chosen |= more
        wanted |= {name for i in more for name in cells[i].uses}


def _cell(source: str, answer: str) -> Cell:
    try:
        nodes = tree(source).body
    except SyntaxError:
        return Cell(frozenset([answer])) if means(answer, source) else Cell()
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
    uses = frozenset(_used(_scopes(source)))
    return Cell(
        binds=bound(source) | stored | {"*"} if MAGIC in uses else bound(source) | stored,
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
