"""The form of an answer: its syntax tree without what people change to make a copy look like their own.

Names of local variables, comments, docstrings, annotations and imports are left out, and so is whatever the
stub gave. Code is parsed, never run; what can't be parsed, or is absurdly large or deep, has no form.
"""

import ast
import warnings
from collections.abc import Collection, Iterator
from dataclasses import dataclass

CHARACTERS, NODES = 50_000, 20_000  # of an answer; nobody writes more
SHINGLE = 9  # nodes in a row that make a shingle
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
LEFT_OUT = (ast.expr_context, ast.Import, ast.ImportFrom)
Word = tuple[str, str]  # what kind of node it is, and the name that it bears


@dataclass(frozen=True)
class Form:
    """An answer's normalised tree.

    Attributes:
        exact: a hash of all of it; equal where two answers differ in names and comments at most.
        size: how many nodes it has beyond the stub.
        shingles: hashes of each run of nodes, for answers that are alike in parts.
    """

    exact: int
    size: int
    shingles: frozenset[int]


class Forms:
    """Finds the forms of the answers to one task."""

    def __init__(self, answers: Collection[str], stub: str = ""):
        """Take the names that an answer has to bind, which are not local, and the cell as it was released."""
        self._answers, given = set(answers), parse(stub)
        nodes = list(ast.walk(given)) if given else []
        self._heads = {node.name for node in nodes if isinstance(node, DEFINITIONS)}
        self._known = {_key(node) for node in nodes if _tells(node)}

    def form(self, source: str) -> Form | None:
        """Return an answer's form; None where it has none."""
        tree = parse(source)
        if tree is None:
            return None
        words, own, heads = list[Word](), set[str](), list[str]()
        stack: list[ast.AST] = [tree]
        while stack and len(words) <= NODES:
            node = stack.pop()
            if self._known and isinstance(node, ast.stmt) and _key(node) in self._known:
                own.update(name for inner in ast.walk(node) for name in _binds(inner))
                continue
            children = _children(node)
            own.update(_binds(node))
            if isinstance(node, DEFINITIONS) and node.name in self._heads:
                heads += [a.arg for n in children for a in ast.walk(n) if isinstance(a, ast.arg)]
                children = [child for child in children if isinstance(child, ast.stmt)]
            elif node is not tree:
                words.append(_word(node, len(children)))
            stack += reversed(children)
        return None if stack else _form(words, {*own, *heads} - self._answers, heads)


def parse(source: str) -> ast.Module | None:
    """Return the tree of a source, or None where it has none that is worth looking at."""
    if len(source) > CHARACTERS:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _form(words: list[Word], own: Collection[str], first: Collection[str]) -> Form:
    """Return the form of words in which some names are local; arguments come first, in their order."""
    numbers = {name: i for i, name in enumerate(dict.fromkeys(first))}
    plain = [(kind, "") if name in own else (kind, name) for kind, name in words]
    full = [
        (kind, numbers.setdefault(name, len(numbers))) if name in own else (kind, name)
        for kind, name in words
    ]
    runs = {hash(tuple(plain[i : i + SHINGLE])) for i in range(len(plain) - SHINGLE + 1)}
    return Form(hash(tuple(full)), len(full), frozenset(runs))


def _children(node: ast.AST) -> list[ast.AST]:
    """Return a node's children without docstrings, annotations, imports and contexts."""
    found: list[ast.AST] = []
    for field in node._fields:
        if field in ("annotation", "returns", "ctx"):
            continue
        value = getattr(node, field, None)
        if isinstance(value, ast.AST):
            found.append(value)
        elif isinstance(value, list):
            rest = value[1:] if field == "body" and value and _remark(value[0]) else value
            found += [n for n in rest if isinstance(n, ast.AST) and not isinstance(n, LEFT_OUT)]
    return found


def _remark(node: object) -> bool:
    """Whether a statement is only a text: a docstring, or a comment of the kind that is not left out."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _word(node: ast.AST, children: int) -> Word:
    """Return what kind of node it is, with how many children, and the name that it bears."""
    if isinstance(node, ast.Constant):
        return "Constant", repr(node.value)[:80]
    kind = "Assign" if isinstance(node, ast.AnnAssign) else type(node).__name__
    for field in ("id", "attr", "arg", "name"):
        if isinstance(name := getattr(node, field, None), str):
            return f"{kind}/{children}", name
    return f"{kind}/{children}", ""


def _binds(node: ast.AST) -> Iterator[str]:
    """Yield the names that a node gives to something local; attributes and methods keep theirs."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
        yield node.id
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.ExceptHandler) and node.name:
        yield node.name
    elif isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef):
        yield from (inner.name for inner in node.body if isinstance(inner, DEFINITIONS))


def _tells(node: ast.AST) -> bool:
    """Whether a statement of the stub, found in an answer, is the stub's and nothing that anybody writes."""
    plain = (*DEFINITIONS, ast.Raise, ast.Pass, ast.Import, ast.ImportFrom)
    return isinstance(node, ast.stmt) and not isinstance(node, plain) and not _remark(node)


def _key(statement: ast.AST) -> tuple[Word, ...]:
    """Return what two equal statements share, names included."""
    words, stack = list[Word](), [statement]
    while stack and len(words) <= NODES:
        node = stack.pop()
        children = _children(node)
        words.append(_word(node, len(children)))
        stack += reversed(children)
    return tuple(words)
