"""How an answer is written: the constructs and the functions that it uses, whatever its variables are called.

Code is parsed, never run. What people change without another idea counts for nothing: names, the order of
terms, a result that has a name first, `a @ b` for `np.dot(a, b)`, `x.sum()` for `np.sum(x)`, prints.
"""

import ast
from collections.abc import Iterator

from helpers.grading.returning.class_report.forms import parse

PRODUCTS = {"dot", "matmul"}
NOTHING = {"print", "len", "array", "asarray", "float", "int", "isinstance", "range"}  # tell no idea
CONSTRUCTS: dict[type[ast.AST], str] = {
    ast.For: "a loop",
    ast.AsyncFor: "a loop",
    ast.While: "a loop while",
    ast.comprehension: "a comprehension",
    ast.If: "a condition",
    ast.IfExp: "a condition",
    ast.Lambda: "a lambda",
    ast.Try: "an exception",
}
MOST, LONG = 12, 30  # functions that are named, and characters of each
UNREAD = "can't be parsed"


def approach(source: str) -> str:
    """Return how an answer is written, in words; two that say the same are one approach."""
    tree = parse(source)
    if tree is None:
        return UNREAD
    own = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    found = {*_constructs(tree, own)}
    words = [word for word in dict.fromkeys(CONSTRUCTS.values()) if word in found]
    called = sorted(found - {*words})
    more = [f"{len(called) - MOST} more"] * (len(called) > MOST)
    return ", ".join([*words, *(f"`{name[:LONG]}`" for name in called[:MOST]), *more]) or "plain arithmetic"


def _constructs(tree: ast.Module, own: set[str]) -> Iterator[str]:
    for node in ast.walk(tree):
        if word := CONSTRUCTS.get(type(node)):
            yield word
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
            yield "@"
        elif isinstance(node, ast.Call):
            name = _called(node.func)
            if name in PRODUCTS:
                yield "@"
            elif name and name not in NOTHING and name not in own:
                yield name


def _called(node: ast.expr) -> str:
    """Return the last name of what is called: `sum` of `np.sum` and of `x.sum`."""
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""
