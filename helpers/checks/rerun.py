"""What a check did in one case, as a line of code for a cell of one's own: read from the probe's source."""

import ast
import builtins
import inspect
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from helpers.checks.task import Case, Part, Task
from helpers.probes.observe import load


class NotOneCall(Exception):
    """Raised where a probe does more than one line can say."""


def call(task: Task, part: Part, case: Case) -> str:
    """Return the call that the probe makes, with the inputs by name; empty where it does more than that.

    A probe of one `return`, such as `return conv_rule(*inputs[:-1])[0]`, is that line, with the case's names
    in place of its own.
    """
    if part.means:
        return ""
    try:
        return _told(load(part.probe or task.probe), task.answers, list(case.inputs))
    except NotOneCall:
        return ""


def _told(probe: Any, answers: Sequence[str], inputs: Sequence[str]) -> str:
    value = _returned(probe)
    names: dict[str, str | list[str]] = {}
    given = iter([*answers, *inputs])
    for name, parameter in inspect.signature(probe).parameters.items():
        if parameter.kind is parameter.VAR_POSITIONAL:
            names[name] = list(given)
        elif (there := next(given, None)) is not None:
            names[name] = there
        else:
            names[name] = repr(parameter.default)
    if list(given):
        raise NotOneCall
    own = {n.id for n in ast.walk(value) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    own |= {n.arg for n in ast.walk(value) if isinstance(n, ast.arg)}
    used = {n.id for n in ast.walk(value) if isinstance(n, ast.Name)} - own
    known = {*names, "np", *vars(builtins)}
    if not used <= known or any(names.get(name, name) != name for name in own):
        raise NotOneCall
    return ast.unparse(ast.fix_missing_locations(_Renamed(names).visit(value)))


def _returned(probe: Any) -> ast.expr:
    """Return the expression that a probe of one statement hands back."""
    if not inspect.isfunction(probe):
        raise NotOneCall
    (function,) = ast.parse(textwrap.dedent(inspect.getsource(probe))).body
    body = function.body if isinstance(function, ast.FunctionDef) else []
    steps = [
        step for step in body if not (isinstance(step, ast.Expr) and isinstance(step.value, ast.Constant))
    ]
    if len(steps) != 1 or not isinstance(steps[0], ast.Return) or steps[0].value is None:
        raise NotOneCall
    return steps[0].value


class _Renamed(ast.NodeTransformer):
    """Put the names of answers and inputs in the place of a probe's own, one by one where it has `*inputs`."""

    def __init__(self, names: Mapping[str, str | list[str]]):
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Rename one; a whole list of inputs can't stand in its place."""
        name = self.names.get(node.id, node.id)
        if isinstance(name, list):
            raise NotOneCall
        return ast.parse(name, mode="eval").body

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Write `f(X, w)` for `f(*inputs)`, and `f(X)` for `f(*inputs[:-1])`."""
        args: list[ast.expr] = []
        for arg in node.args:
            args += self._each(arg.value) if isinstance(arg, ast.Starred) else [self.visit(arg)]
        keywords = [ast.keyword(k.arg, self.visit(k.value)) for k in node.keywords]
        return ast.Call(self.visit(node.func), args, keywords)

    def _each(self, node: ast.expr) -> list[ast.expr]:
        names = {name: found for name, found in self.names.items() if isinstance(found, list)}
        try:
            found = eval(compile(ast.Expression(node), "<inputs>", "eval"), {"__builtins__": {}}, names)
        except Exception:
            raise NotOneCall from None
        return [ast.Name(name, ast.Load()) for name in found]
