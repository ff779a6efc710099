"""Rules that change what is done and in which order: statements, loops, defaults, state, what is handed back."""

import ast
from collections.abc import Iterator, Sequence
from typing import Any

from helpers.checks.mutation.tree import put

ARRAYS = ("ndarray", "Tensor", "Float[", "Int[", "Bool[")  # in the annotation of an argument that is one
HANDED_BACK = ("float16", "whole", "detached")  # functions of `helpers.checks.mutation.handed_back`


def dropped(node: ast.AST) -> Iterator[ast.AST]:
    """Leave out a statement."""
    for name, body in _bodies(node):
        for i, step in enumerate(body):
            if isinstance(step, ast.Return | ast.Pass | ast.FunctionDef | ast.Import | ast.ImportFrom):
                continue
            yield put(node, **{name: [*body[:i], *body[i + 1 :]] or [ast.Pass()]})


def swapped(node: ast.AST) -> Iterator[ast.AST]:
    """Exchange two neighbouring statements."""
    for name, body in _bodies(node):
        for i in range(len(body) - 1):
            if _depend(body[i], body[i + 1]):
                yield put(node, **{name: [*body[:i], body[i + 1], body[i], *body[i + 2 :]]})


def _depend(one: ast.stmt, other: ast.stmt) -> bool:
    """Whether the order of two statements can matter: one writes what the other reads or writes."""
    if any(isinstance(step, ast.Return | ast.FunctionDef) for step in (one, other)):
        return False
    (writes, touches), (other_writes, other_touches) = _touched(one), _touched(other)
    calls = any(isinstance(step, ast.Expr | ast.For | ast.While | ast.If | ast.With) for step in (one, other))
    return calls or bool(writes & other_touches or other_writes & touches)


def _touched(step: ast.stmt) -> tuple[set[str], set[str]]:
    """Return the names that a statement writes, and all that it touches, attributes with their objects."""
    found = [node for node in ast.walk(step) if isinstance(node, ast.Name | ast.Attribute)]
    named = {id(node): ast.unparse(node) for node in found}
    writes = {named[id(n)] for n in found if isinstance(n.ctx, ast.Store | ast.Del)}
    writes |= {
        ast.unparse(n.value)
        for n in ast.walk(step)
        if isinstance(n, ast.Subscript) and isinstance(n.ctx, ast.Store)
    }
    return writes, set(named.values()) - {"self", "np", "torch", "nn"}


def loops(node: ast.AST) -> Iterator[ast.AST]:
    """Begin a loop one later, end it one earlier, run it backwards; go on where it ends, or end where it goes on."""
    if isinstance(node, ast.For | ast.comprehension):
        for part in ("1:", ":-1", "::-1"):
            wrapped = ast.parse(f"list(x)[{part}]", mode="eval").body
            assert isinstance(wrapped, ast.Subscript)
            yield put(node, iter=put(wrapped, value=put(wrapped.value, args=[node.iter])))
    if isinstance(node, ast.Break):
        yield from (ast.Continue(), ast.Pass())
    if isinstance(node, ast.Continue):
        yield from (ast.Break(), ast.Pass())


def defaults(node: ast.AST) -> Iterator[ast.AST]:
    """Take another default."""
    if isinstance(node, ast.arguments):
        for name in ("defaults", "kw_defaults"):
            values = getattr(node, name)
            for i, value in enumerate(values):
                if isinstance(value, ast.Constant) and isinstance(value.value, bool | int | float):
                    c: Any = value.value
                    other = not c if isinstance(c, bool) else type(c)(2 * c) if c else 1
                    yield put(node, **{name: [*values[:i], ast.Constant(other), *values[i + 1 :]]})


def in_place(node: ast.AST) -> Iterator[ast.AST]:
    """Write x += y for x = x + y, which changes an array that others hold, too."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.value, ast.BinOp):
        target: Any = node.targets[0]
        value = node.value
        if ast.unparse(value.left) == ast.unparse(target):
            yield ast.AugAssign(target, value.op, value.right)


def shared(node: ast.AST) -> Iterator[ast.AST]:
    """Keep on the class what belongs to the object."""
    if isinstance(node, ast.FunctionDef) and node.name == "__init__":
        for i, step in enumerate(node.body):
            if isinstance(step, ast.Assign) and len(step.targets) == 1:
                targets = step.targets[0]
                moved = _on_the_class(targets)
                if moved is not targets:
                    yield put(node, body=[*node.body[:i], put(step, targets=[moved]), *node.body[i + 1 :]])


def _on_the_class(target: Any) -> Any:
    if isinstance(target, ast.Tuple):
        elts = [_on_the_class(one) for one in target.elts]
        return put(target, elts=elts) if elts != target.elts else target
    if isinstance(target, ast.Attribute) and ast.unparse(target.value) == "self":
        return put(target, value=ast.parse("type(self)", mode="eval").body)
    return target


def types(node: ast.AST) -> Iterator[ast.AST]:
    """Hand back float16, whole numbers, or what is cut from the graph."""
    if isinstance(node, ast.Return) and node.value is not None:
        for name in HANDED_BACK:
            yield put(node, value=_called(name, node.value))


def inputs(node: ast.AST) -> Iterator[ast.AST]:
    """Change an argument after the result is made."""
    if isinstance(node, ast.FunctionDef) and node.body and isinstance(node.body[-1], ast.Return):
        last = node.body[-1]
        for arg in node.args.args:
            told = ast.unparse(arg.annotation) if arg.annotation else ""
            if last.value and not told.startswith("Callable") and any(kind in told for kind in ARRAYS):
                spoilt = put(last, value=_called("spoilt", last.value, ast.Name(arg.arg, ast.Load())))
                yield put(node, body=[*node.body[:-1], spoilt])


def _called(name: str, *args: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), list(args), [])


def _bodies(node: ast.AST) -> Iterator[tuple[str, Sequence[ast.stmt]]]:
    if not isinstance(node, ast.Module | ast.ClassDef):
        for name in ("body", "orelse"):
            if isinstance(body := getattr(node, name, None), list) and body and isinstance(body[0], ast.stmt):
                yield name, body
