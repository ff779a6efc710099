"""Rules that change an expression: each takes a node and yields what could stand in its place."""

import ast
from collections.abc import Iterator
from typing import Any

from helpers.checks.mutation.tree import put

AXES = {"axis", "axes", "dim", "dims"}
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.MatMult: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
KEPT = {"super", "range", "len", "isinstance", "print", "float", "list", "tuple"}  # no step of a calculation
SYMMETRIC = {"maximum", "minimum", "logaddexp", "max", "min", "zip", "logical_and", "logical_or"}
MODULES = {"np", "torch", "nn", "F"}


def axes(node: ast.AST) -> Iterator[ast.AST]:
    """Take another axis."""
    if isinstance(node, ast.keyword) and node.arg in AXES:
        old = ast.unparse(node.value)
        if old in ("0", "1", "-1", "-2"):
            yield from (put(node, value=ast.Constant(k)) for k in (0, 1, -1) if str(k) != old)


def operators(node: ast.AST) -> Iterator[ast.AST]:
    """Take another operator, or comparison."""
    if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in OPERATORS:
        yield put(node, op=OPERATORS[type(node.op)]())
    if isinstance(node, ast.Compare):
        for i, op in enumerate(node.ops):
            for other in COMPARISONS[type(op)]:
                yield put(node, ops=[*node.ops[:i], other(), *node.ops[i + 1 :]])


def operands(node: ast.AST) -> Iterator[ast.AST]:
    """Exchange the two sides of what is not symmetric."""
    if isinstance(node, ast.BinOp) and isinstance(
        node.op, ast.Sub | ast.Div | ast.MatMult | ast.Pow | ast.FloorDiv | ast.Mod
    ):
        yield put(node, left=node.right, right=node.left)


def terms(node: ast.AST) -> Iterator[ast.AST]:
    """Leave out a term or a factor."""
    if isinstance(node, ast.BinOp):
        yield node.left
        if not isinstance(node.op, ast.Pow):
            yield node.right


def signs(node: ast.AST) -> Iterator[ast.AST]:
    """Leave out a sign, a `~` or a `not`."""
    if isinstance(node, ast.UnaryOp) and not isinstance(node.operand, ast.Constant):
        yield node.operand


def truths(node: ast.AST) -> Iterator[ast.AST]:
    """Exchange `and` and `or`, or leave out one of them; take one branch always, or the other one."""
    if isinstance(node, ast.BoolOp):
        yield put(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
        yield from (
            put(node, values=[*node.values[:i], *node.values[i + 1 :]]) for i in range(len(node.values))
        )
    if isinstance(node, ast.IfExp):
        yield from (node.body, node.orelse)
    if isinstance(node, ast.IfExp | ast.If):
        yield put(node, test=ast.UnaryOp(ast.Not(), node.test))


def constants(node: ast.AST) -> Iterator[ast.AST]:
    """Take another number: 0 and 1, ±1, twice and half."""
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield put(node, value=not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        c: Any = node.value
        others: list[Any] = {0: [1, -1], 1: [0, -1, 2]}.get(
            c, [2 * c, c // 2 if isinstance(c, int) else c / 2]
        )
        yield from (put(node, value=type(c)(other)) for other in others)


def arguments(node: ast.AST) -> Iterator[ast.AST]:
    """Exchange two neighbouring arguments, or leave out one that has a name."""
    if isinstance(node, ast.Call):
        name = ast.unparse(node.func).rpartition(".")[2]
        for i in range(len(node.args) - 1) if name not in SYMMETRIC else ():
            swapped = [*node.args[:i], node.args[i + 1], node.args[i], *node.args[i + 2 :]]
            yield put(node, args=swapped)
        for i in range(len(node.keywords)):
            yield put(node, keywords=[*node.keywords[:i], *node.keywords[i + 1 :]])


def results(node: ast.AST) -> Iterator[ast.AST]:
    """Exchange two neighbouring results."""
    if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
        items = node.value.elts
        for i in range(len(items) - 1):
            swapped = [*items[:i], items[i + 1], items[i], *items[i + 2 :]]
            yield put(node, value=put(node.value, elts=swapped))


def calls(node: ast.AST) -> Iterator[ast.AST]:
    """Leave out a call: f(x) becomes x, and x.f() too."""
    if isinstance(node, ast.Call) and not (isinstance(node.func, ast.Name) and node.func.id in KEPT):
        if node.args and not isinstance(node.args[0], ast.Starred):
            yield node.args[0]
        if (
            isinstance(node.func, ast.Attribute)
            and ast.unparse(node.func.value).partition(".")[0] not in MODULES
        ):
            yield node.func.value


def slices(node: ast.AST) -> Iterator[ast.AST]:
    """Shift a slice by one, take it whole, reverse it; exchange two indices."""
    if isinstance(node, ast.Slice):
        if (node.lower, node.upper, node.step) != (None, None, None):
            yield ast.Slice(None, None, None)
        else:
            yield ast.Slice(None, None, ast.Constant(-1))
        if node.step is None and node.lower is not None and node.upper is None:
            yield ast.Slice(None, ast.UnaryOp(ast.USub(), node.lower), None)
        elif node.step is None and node.lower is None and isinstance(node.upper, ast.UnaryOp):
            yield ast.Slice(node.upper.operand, None, None)
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple) and len(node.slice.elts) == 2:
        yield put(node, slice=put(node.slice, elts=node.slice.elts[::-1]))


def transposes(node: ast.AST) -> Iterator[ast.AST]:
    """Leave out a transpose, or add one in a product."""
    if isinstance(node, ast.Attribute) and node.attr in ("T", "mT"):
        yield node.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        for side in ("left", "right"):
            if isinstance(one := getattr(node, side), ast.Name | ast.Attribute) and not _turned(one):
                yield put(node, **{side: ast.Call(ast.Name("transposed", ast.Load()), [one], [])})


def _turned(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in ("T", "mT")
