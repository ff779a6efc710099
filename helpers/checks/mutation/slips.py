"""What kind of slip a change by rule is, in the words of somebody who sees its effect and no line of code."""

import ast
from collections.abc import Sequence

from helpers.checks.mutation.values import AXES

SIGN = "with one sign turned, or one difference the other way round"
UPSIDE_DOWN = "with one division the other way round, or a product in its place"
CONDITION = "with one condition turned round"
BORDER = "with one border on the other side: `<` and `<=` are exchanged, or `>` and `>=`"
EXCHANGED = "with two arguments of one call exchanged"
OPTION = "with one option of a call left out or turned"
AXIS = "with one step along another axis"
PLACES = "with one slice or index that takes other places"
SENTENCES = {
    "another axis": AXIS,
    "a transpose more or less": "with one transpose too many or too few",
    "steps exchanged": "with two of its steps in the other order",
    "a step left out": "with one of its steps left out",
    "results exchanged": "with two of its results exchanged",
    "another default": "with another value where an argument is not given",
    "in place": "with an array changed in place that something else still uses",
    "state on the class": "with something kept on the class that each object should have for itself",
}
TERMS: dict[type[ast.AST], str] = {
    ast.Add: "with one term of a sum left out",
    ast.Sub: "with one term of a sum left out",
    ast.Mult: "with one factor left out",
    ast.Div: "with one factor or division left out",
    ast.MatMult: "with one matrix product left out",
    ast.Pow: "with one power left out",
}
TURNED: dict[type[ast.AST], str] = {
    ast.Add: SIGN,
    ast.Sub: SIGN,
    ast.Mult: UPSIDE_DOWN,
    ast.Div: UPSIDE_DOWN,
    ast.MatMult: "with an entry-by-entry product for a matrix product",
    ast.Pow: "with a product for a power",
    ast.BitAnd: "with `and` and `or` exchanged in one place",
    ast.BitOr: "with `and` and `or` exchanged in one place",
}
SIDES: dict[type[ast.AST], str] = {
    ast.Sub: SIGN,
    ast.Div: UPSIDE_DOWN,
    ast.MatMult: "with the two sides of one matrix product exchanged",
    ast.Pow: "with base and exponent exchanged",
}
LOOPS = {
    "list(x)[1:]": "with one loop that begins one too late",
    "list(x)[:-1]": "with one loop that ends one too early",
    "list(x)[::-1]": "with one loop that runs backwards",
}


def slip(kind: str, old: ast.AST, new: ast.AST, above: Sequence[ast.AST] = ()) -> str | None:
    """Return what is said of a change, None where nothing can be said that helps.

    Args:
        kind: the rule, one of `mutants.RULES`.
        old: the node of the reference.
        new: what stands in its place.
        above: the nodes that hold it, the outermost first.
    """
    match kind:
        case "a term or factor left out":
            return TERMS.get(type(_operator(old)))
        case "another operator":
            return _comparison(old, new) if isinstance(old, ast.Compare) else TURNED.get(type(_operator(old)))
        case "sides exchanged":
            return SIDES.get(type(_operator(old)))
        case "a sign or `not` left out":
            return SIGN if isinstance(getattr(old, "op", None), ast.USub) else CONDITION
        case "another condition":
            return (
                CONDITION if isinstance(new, ast.IfExp | ast.If) else "with one condition or branch left out"
            )
        case "arguments exchanged or left out":
            return _arguments(old, new)
        case "another slice":
            return PLACES
        case "a call left out":
            return "with one function not applied"
        case "another loop":
            return _loop(old, new)
        case "another number":
            return OPTION if isinstance(getattr(old, "value", None), bool) else _number(above)
    return SENTENCES.get(kind)


def _number(above: Sequence[ast.AST]) -> str:
    """Say what a number is for, as far as what holds it tells."""
    for node in above[::-1]:
        if isinstance(node, ast.keyword) and node.arg in AXES:
            return AXIS
        if isinstance(node, ast.Subscript):
            return PLACES
        if not isinstance(node, ast.UnaryOp | ast.Tuple | ast.Slice):
            break
    return "with another number in one place"


def _operator(node: ast.AST) -> ast.AST:
    op = getattr(node, "op", None)
    return op if isinstance(op, ast.AST) else node


def _comparison(old: ast.Compare, new: ast.AST) -> str:
    assert isinstance(new, ast.Compare)
    pairs = {(type(a), type(b)) for a, b in zip(old.ops, new.ops, strict=True) if type(a) is not type(b)}
    border = {(ast.Lt, ast.LtE), (ast.LtE, ast.Lt), (ast.Gt, ast.GtE), (ast.GtE, ast.Gt)}
    return BORDER if pairs <= border else CONDITION


def _arguments(old: ast.AST, new: ast.AST) -> str:
    assert isinstance(old, ast.Call)
    assert isinstance(new, ast.Call)
    return OPTION if len(new.keywords) < len(old.keywords) else EXCHANGED


def _loop(old: ast.AST, new: ast.AST) -> str | None:
    if isinstance(old, ast.Break | ast.Continue):
        return "with one loop that goes on where it should stop, or stops where it should go on"
    taken = getattr(new, "iter", None)
    shape = f"list(x)[{ast.unparse(taken.slice)}]" if isinstance(taken, ast.Subscript) else ""
    return LOOPS.get(shape)
