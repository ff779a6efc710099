"""Which functions and methods hand nothing back: read from their source, where a `return` was forgotten."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from helpers.checks.evidence import leaves
from helpers.probes.observe import Observation


def silent(source: str, answers: Mapping[str, Mapping[str, bool]]) -> Iterator[str]:
    """Yield the answers, or methods of answers, that return no value where the reference's do.

    Args:
        source: of the reference.
        answers: by name, what `returning` says of its definition.
    """
    for name, theirs in answers.items():
        ours = _right(source, name)
        yield from (f for f, returns in theirs.items() if not returns and ours.get(f))


@lru_cache(256)
def _right(source: str, name: str) -> dict[str, bool]:
    defined = [returning(node) for node in ast.parse(source).body if getattr(node, "name", "") == name]
    return defined[-1] if defined else {}


def no_return(wanted: Sequence[Observation], seen: Sequence[Observation], silent: Sequence[str]) -> str:
    """Say which functions have no `return`, where nothing (None) came in every case; empty otherwise.

    Args:
        wanted: what the reference did, case by case.
        seen: what the answer did.
        silent: its functions and methods without a `return`.
    """
    if not silent or not seen or not all(map(_nothing, wanted, seen)):
        return ""
    names = " and ".join(f"`{name}`" for name in silent)
    return f"Nothing (None) came: {names} {'have' if len(silent) > 1 else 'has'} no `return` with a value."


def _nothing(want: Observation, have: Observation) -> bool:
    if have.failure:  # raised by what took the result apart, not by the answer
        return have.failure.line is None and "NoneType" in have.failure.message
    return any(b is None and a is not None for _, a, b in leaves(want.value, have.value))


def returning(node: ast.stmt) -> dict[str, bool]:
    """Map a function, or each method of a class, to whether it hands back a value."""
    return {
        one.name: any(_hands_back(inner) for step in one.body for inner in _own(step))
        for one in (node.body if isinstance(node, ast.ClassDef) else [node])
        if isinstance(one, ast.FunctionDef)
    }


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node and those within it, but for what a function inside it holds."""
    yield node
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
        for child in ast.iter_child_nodes(node):
            yield from _own(child)


def _hands_back(node: ast.AST) -> bool:
    if isinstance(node, ast.Return):
        return not (node.value is None or (isinstance(node.value, ast.Constant) and node.value.value is None))
    return isinstance(node, ast.Yield | ast.YieldFrom)
