"""Walk a syntax tree with the way to each node, and rebuild it with one node replaced."""

import ast
import copy
from collections.abc import Iterator
from typing import Any

Path = tuple[tuple[str, int], ...]  # from the root: a field and the place in it, -1 where it is no list
UNTOUCHED = {"annotation", "returns", "decorator_list", "type_params", "ctx"}


def sites(node: ast.AST, path: Path = ()) -> Iterator[tuple[Path, ast.AST]]:
    """Yield every node that decides what the code does, in the order of the source, and its path."""
    yield path, node
    for name, value in ast.iter_fields(node):
        if name in UNTOUCHED:
            continue
        if isinstance(value, list):
            for i, child in enumerate(value):
                if isinstance(child, ast.AST):
                    yield from sites(child, (*path, (name, i)))
        elif isinstance(value, ast.AST):
            yield from sites(value, (*path, (name, -1)))


def along(tree: ast.AST, path: Path) -> Iterator[ast.AST]:
    """Yield the nodes on the way to `path`, the root first and the node itself last."""
    yield tree
    for name, i in path:
        found: Any = getattr(tree, name)
        tree = found if i < 0 else found[i]
        yield tree


def put(node: Any, **fields: object) -> Any:
    """Return a copy of a node with other fields; its children are shared."""
    new = copy.copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


def replaced(tree: Any, path: Path, new: ast.AST) -> Any:
    """Return the tree with another node at `path`; the rest is shared."""
    if not path:
        return new
    (name, i), rest = path[0], path[1:]
    old = getattr(tree, name)
    if i < 0:
        return put(tree, **{name: replaced(old, rest, new)})
    return put(tree, **{name: [*old[:i], replaced(old[i], rest, new), *old[i + 1 :]]})


def without_words(source: str) -> ast.Module:
    """Parse source and leave out its docstrings, which decide nothing."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node, clean=False):
            node.body = node.body[1:] or [ast.Pass()]
    return tree
