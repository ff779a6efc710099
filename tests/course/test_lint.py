"""What every lesson keeps to, beyond being right: each rule lists its findings, and is seen to find a slip."""

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

import numpy as np
import pytest

from helpers import figures
from helpers.checks import lessons
from helpers.figures import Drawing
from helpers.grading.authoring.coverage import claims, headings, slips
from helpers.grading.authoring.taught import how
from helpers.grading.percent import Cell, read

ROOT = Path(__file__).parents[2]
PLAIN = {"white", "black", "none"}
MAPS = {
    "Blues",
    "Greys",
    "gray",
    "cividis",
    "RdBu_r",
    "signed",
}  # tests/helpers/test_contrast.py judges these
COLOURED = re.compile(r"c|color|colour|colors|(face|edge|markerface|markeredge|mark|label)colors?")
DRAWN = {
    n for n in figures.__all__ if getattr(getattr(figures, n), "__annotations__", {}).get("return") is Drawing
}
TITLE = Cell(1, "markdown", "# Title")
READING = "Go further"  # a list of sources is no prose


class Finding(NamedTuple):
    """A line of a lesson's source, and what is wrong there."""

    line: int
    says: str


Rule = Callable[[Sequence[Cell]], Iterator[Finding]]


def told_by_itself(node: ast.Call) -> bool:
    """Whether a drawing that writes its own alternative text is shown: `show(*network((4, 5, 3)))`."""
    first = node.args[0] if node.args else None
    return isinstance(first, ast.Starred) and called(first.value) in DRAWN


def alternative_text(cells: Sequence[Cell]) -> Iterator[Finding]:
    """Every figure is shown with a sentence that stands in the source; nothing is shown in another way."""
    for cell, tree in trees(cells):
        for node in ast.walk(tree):
            if "pyplot" in str(getattr(node, "module", "")) or "pyplot" in str(getattr(node, "name", "")):
                yield Finding(cell.line + node.lineno, "pyplot shows figures without alternative text")
            if called(node) == "show" and not told_by_itself(node):
                alt = node.args[1] if len(node.args) in (2, 3) else None
                if isinstance(alt, ast.Attribute) and alt.attr == "alt" and called(alt.value) == "ask":
                    continue  # it stands with the question, which the figure answers
                text = alt.value if isinstance(alt, ast.Constant) else ""
                if not isinstance(text, str) or len(text) < 40 or not re.match(r"[A-Z].*\.$", text, re.S):
                    yield Finding(
                        cell.line + node.lineno, "alternative text is a sentence of 40 letters or more"
                    )
            if called(node) == "display" and called([*node.args, None][0]) not in interactive(cells):
                yield Finding(cell.line + node.lineno, "display is for figures of helpers.widgets")
        if "panels(" in cell.source and "show(" not in cell.source:
            yield Finding(cell.line, "a figure that is not shown")
    for line, text in prose_lines(cells):
        if re.search(r"!\[\s*\]|<img(?![^>]*\balt=\"[^\"]{3,})", text):
            yield Finding(line, "an image without alternative text")


def readings(cells: Sequence[Cell]) -> Iterator[Finding]:
    """Each figure has a caption, or is followed by a sentence that reads it."""
    for cell, after in pairwise([*cells, TITLE]):
        if cell.kind != "code":
            continue
        shown = [n for n in ast.walk(ast.parse(cell.source)) if called(n) == "show"]
        silent = [n for n in shown if not isinstance(n, ast.Call) or not captioned(n)]
        follows = after.kind == "markdown" and not after.source.startswith("#") and words(after.source) >= 8
        if silent and not follows:
            yield Finding(
                cell.line + silent[-1].lineno, "a figure that no caption and no next sentence reads"
            )


def answers(cells: Sequence[Cell]) -> Iterator[Finding]:
    """The text of a figure that answers a question stands with the question, not in a cell that is read before."""
    asked = False
    for cell in cells:
        asked = asked and cell.kind == "code"
        if cell.kind == "code":
            calls = [n for n in ast.walk(ast.parse(cell.source)) if isinstance(n, ast.Call)]
            for node in calls if asked else []:
                if called(node) == "show" and not told_by_itself(node):
                    alt = node.args[1] if len(node.args) > 1 else None
                    if not isinstance(alt, ast.Attribute) or called(alt.value) != "ask":
                        yield Finding(
                            cell.line + node.lineno, "the question before it has this figure's text"
                        )
            if {"show", "print"} & {*map(called, calls)}:
                asked = False  # it has its answer
            asked = asked or cell.source.startswith("ask(")


def captioned(node: ast.Call) -> bool:
    """Whether `show` is called with a caption."""
    return len(node.args) > 2 or any(k.arg == "caption" for k in node.keywords)


def heading_order(cells: Sequence[Cell]) -> Iterator[Finding]:
    """One title, first; then "Deeper" at most; no level is left out, and no heading is there twice."""
    found = headings(cells)
    if not found or found[0][1] != 1 or not cells[0].source.startswith("# "):
        yield Finding(cells[0].line, "a lesson begins with its title")
    for line, level, title in found[1:]:
        if level == 1 and title != "Deeper":
            yield Finding(line, "a second title; only Deeper may be one")
    for (_, above, _), (line, level, _) in pairwise(found):
        if level > above + 1:
            yield Finding(line, f"a heading of level {level} below one of level {above}")
    for i, (line, _, title) in enumerate(found):
        if title in [other for *_, other in found[:i]]:
            yield Finding(line, f"the heading {title!r} is there twice")


def colours(cells: Sequence[Cell]) -> Iterator[Finding]:
    """Colours are the palette's, by name; colour maps are those that everybody can read."""
    from matplotlib.colors import CSS4_COLORS

    for cell, tree in trees(cells):
        maps = {
            id(k.value): k
            for n in ast.walk(tree)
            if isinstance(n, ast.Call)
            for k in n.keywords
            if k.arg == "cmap"
        }
        for node in ast.walk(tree):
            line = cell.line + getattr(node, "lineno", 0)
            if id(node) in maps and (not isinstance(node, ast.Constant) or node.value not in MAPS):
                yield Finding(line, f"colour maps are {', '.join(sorted(MAPS))}")
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in maps:
                named = node.value in CSS4_COLORS.keys() - PLAIN or node.value.startswith(("tab:", "xkcd:"))
                if named or re.fullmatch(r"#(\w{3,4}|\w{6}|\w{8})|C\d", node.value):
                    yield Finding(line, f"{node.value!r} is no colour of helpers.figures")
            elif isinstance(node, ast.keyword) and COLOURED.fullmatch(node.arg or ""):
                for text in (n.value for n in ast.walk(node.value) if isinstance(n, ast.Constant)):
                    if isinstance(text, str) and re.fullmatch(r"[a-z]|[01]?\.\d+|[01]", text):
                        yield Finding(line, f"{text!r} is no colour of helpers.figures")
            elif called(node) in ("plot", "semilogx", "semilogy", "loglog", "errorbar"):
                for text in (a.value for a in node.args if isinstance(a, ast.Constant)):
                    if isinstance(text, str) and re.search("[bgrcmykw]", text):
                        yield Finding(line, f"the format {text!r} names a colour")


def cell_length(cells: Sequence[Cell]) -> Iterator[Finding]:
    """Code cells of 15 lines at the 90th percentile and 30 at most; lines of 120 letters at most."""
    lengths = {cell.line: code_lines(cell.source) for cell, _ in trees(cells)}
    for line, n in lengths.items():
        if n > 30:
            yield Finding(line, f"a code cell of {n} lines")
    if lengths and (most := np.percentile([*lengths.values()], 90)) > 15:
        yield Finding(1, f"one code cell in ten has more than {most:.0f} lines")
    for cell in cells:
        for i, text in enumerate(cell.source.splitlines(), start=1):
            if cell.kind == "code" and len(text) > 120:
                yield Finding(cell.line + i, f"a line of {len(text)} letters")


def prose_length(cells: Sequence[Cell]) -> Iterator[Finding]:
    """At most 150 words in a cell and 300 between two cells in which the reader does something."""
    run = 0
    for cell in cells:
        if cell.kind == "code" or "essay" in cell.keys or re.search(rf"^# |^#+ {READING}", cell.source, re.M):
            run = 0
        if cell.kind == "code" or "essay" in cell.keys or f"# {READING}" in cell.source:
            continue
        n = words(cell.source)
        if n > 150:
            yield Finding(cell.line, f"{n} words in one cell")
        if run <= 300 < run + n:
            yield Finding(cell.line, f"{run + n} words since the last cell of code")
        run += n


def links(cells: Sequence[Cell]) -> Iterator[Finding]:
    """Relative links, paths of the repository and lessons that are spoken of exist, or are to come."""
    for line, text in prose_lines(cells):
        for target in dead(text, ROOT / "course" / "any"):
            yield Finding(line, f"nothing is at {target}")
        for target in re.findall(r"`((?:helpers|solutions|course|tests)/[\w./-]+)`", text):
            if not (ROOT / target).exists():
                yield Finding(line, f"nothing is at {target}")
        for number in mentioned(text):
            if number not in numbered():
                yield Finding(line, f"there is no lesson {number}, and none is to come")


NAMES = {
    r"lr|alpha_?lr|learning_?rate|learn_?rate|step_?size": "the learning rate is eta",
    r"y_?pred(icted)?|yhat|y_?true|y_?test_?pred": "the prediction is y_hat, the target y",
    r"lambda_|lambd|lmbda|lamb|weight_?decay|l2_?reg": "regularisation is lam (decay, where it multiplies weights)",
}
FORMULAS = {
    r"\\alpha(_t)?\s*(\\,|\\;)?\s*\\(nabla|partial)|-\s*(\\alpha|\\gamma|\\lambda|\\epsilon)\s*(\\,)?\s*\\nabla": "the learning rate is \\eta",
    r"\\text\{(lr|learning rate)\}|\\mathrm\{lr\}": "the learning rate is \\eta",
    r"\\hat\{y\}|\\widehat\{?\s*y|\\tilde\{?\s*y|y_\{?\\?(text\{)?pred": "the prediction is \\hat y",
    r"\bW(_\w|_\{\w+\})?\s*(\\,)?\s*[xX]\b|W(_\w|_\{\w+\})?\^(\\top|T)\s*[xX]\b|w\^(\\top|T)\s*x\b": "rows are samples: x W",
}


def conventions(cells: Sequence[Cell]) -> Iterator[Finding]:
    """One letter for one thing, in code and in formulas; keywords of PyTorch are PyTorch's."""
    for cell, tree in trees(cells):
        for node in ast.walk(tree):
            names = [
                str(getattr(node, field)) for field in ("id", "arg", "name") if getattr(node, field, None)
            ]
            if isinstance(node, ast.keyword):
                names = []
            for name in names:
                for pattern, says in NAMES.items():
                    if re.fullmatch(pattern, name):
                        yield Finding(cell.line + node.lineno, f"{name}: {says}")
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
                left, right = ast.unparse(node.left), ast.unparse(node.right)
                if re.fullmatch(r"W\w?(\.T)?", left) and re.fullmatch("[xXaAhH]", right):
                    yield Finding(
                        cell.line + node.lineno, f"{left} @ {right}: rows are samples, {right} @ {left}"
                    )
    for cell in cells:
        if cell.kind == "markdown":
            for match in re.finditer(r"\$\$.+?\$\$|\$[^$]+\$", cell.source, re.S):
                for pattern, says in FORMULAS.items():
                    if re.search(pattern, match[0]):
                        yield Finding(cell.line + 1 + cell.source.count("\n", 0, match.start()), says)


RULES: list[Rule] = [
    alternative_text, readings, answers, heading_order, colours, cell_length, prose_length, links, conventions,
]  # fmt: skip


def trees(cells: Sequence[Cell]) -> Iterator[tuple[Cell, ast.Module]]:
    return ((cell, ast.parse(cell.source)) for cell in cells if cell.kind == "code")


def called(node: ast.AST | None) -> str:
    """The name of the function or method that a call calls; nothing for what is no call."""
    function = node.func if isinstance(node, ast.Call) else None
    return str(getattr(function, "id", getattr(function, "attr", "")))


def interactive(cells: Sequence[Cell]) -> set[str]:
    """The names that a lesson imports from helpers.widgets."""
    imports = [n for _, tree in trees(cells) for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
    return {alias.name for n in imports if str(n.module).startswith("helpers.widgets") for alias in n.names}


def prose_lines(cells: Sequence[Cell]) -> Iterator[tuple[int, str]]:
    for cell in cells:
        if cell.kind == "markdown":
            yield from ((cell.line + i, text) for i, text in enumerate(cell.source.splitlines(), start=1))


def code_lines(source: str) -> int:
    """Lines that are neither blank, nor of a docstring, nor a marker of a solution."""
    tree, skipped = ast.parse(source), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
            skipped |= {*range(node.body[0].lineno, node.body[0].end_lineno + 1)}
    lines = enumerate(source.splitlines(), start=1)
    return sum(bool(line.strip()) and i not in skipped and " SOLUTION" not in line for i, line in lines)


def words(text: str) -> int:
    """Words of prose, a formula counted as one."""
    return len(re.findall(r"\w[\w'’-]*", re.sub(r"\$\$.+?\$\$|\$[^$]+\$", " formula ", text, flags=re.S)))


def dead(text: str, folder: Path) -> list[str]:
    """Relative links of a markdown text that lead nowhere."""
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    local = [t.partition("#")[0] for t in targets if not re.match(r"[a-z]+:|#", t)]
    return [t for t in local if not Path(folder, unquote(t)).resolve().exists()]


def mentioned(text: str) -> set[int]:
    """The numbers of the lessons that a text speaks of: lesson 3, lessons 1 to 3, lessons 7 and 8."""
    found = set()
    for first, link, last in re.findall(r"[Ll]essons? (\d+)\b(?:( to | and |, )(\d{1,2})\b)?", text):
        found |= {int(first)} | (
            {*range(int(first), int(last) + 1)} if link == " to " else {int(last)} if last else set()
        )
    return found


@cache
def numbered() -> frozenset[int]:
    """The numbers of the lessons that there are, and of those to come."""
    coming = claims(ROOT / "solutions/coverage.toml")[1]
    return frozenset({int(lesson[:2]) for lesson in lessons.MODULES} | {int(n) for n in coming})


@cache
def lesson_cells(lesson: str) -> tuple[Cell, ...]:
    return tuple(read(ROOT / "solutions" / lesson / f"{lesson}.py"))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("lesson", lessons.MODULES)
def test_lessons_keep_the_rules(lesson: str, rule: Rule) -> None:
    found = [f"solutions/{lesson}/{lesson}.py:{line}: {says}" for line, says in rule(lesson_cells(lesson))]
    assert not found, "\n".join(found)


def code(source: str) -> Cell:
    return Cell(10, "code", source)


def text(source: str) -> Cell:
    return Cell(10, "markdown", source)


SHOWN = '"Two clouds of points, with a line between the two."'
GOOD = [
    code(f"fig, [ax] = panels()\nax.plot(x, y, 'o--', color=BLUE)\nshow(fig, {SHOWN}, 'They are two.')"),
    code("show(*network((4, 5, 3)), caption='Four inputs.')\nshow(fig, " + SHOWN + ", 'They are two.')"),
    code("from helpers.widgets.rnn import grower\ndisplay(grower())"),
    code("ax.imshow(X, cmap='Blues', alpha=0.5)\nax.axvline(0, color='white' if dark else BLACK)"),
    code("for eta in (0.1, 1):\n    w = w - eta * g\noptimiser = SGD([w], lr=0.1)\ny_hat = X @ W + b"),
    code("ask('why')"),
    code("fig, [ax] = panels()\nshow(fig, ask('why').alt, 'It has.')"),
    code("show(fig, " + SHOWN + ")"),
    text("The line has passed between the two clouds, and none is cut."),
    text("## One\n\n```\n# no heading\n```\n\n### Two\n\n$\\hat y = x W$, $w \\leftarrow w - \\eta \\nabla J$, lesson 3"),
    text("[a](../01-perceptron) [b](https://example.org/x) [c](#one) `helpers/figures/page.py` ![a cat](../README.md)"),
    text("word " * 150),
    code("pass"),
]  # fmt: skip
BAD = [
    (alternative_text, code('show(fig, "Too short.")'), 11),
    (alternative_text, code("show(fig)"), 11),
    (alternative_text, code("show(*panels())"), 11),
    (alternative_text, code("x = 1\nshow(fig, alt)"), 12),
    (alternative_text, code('show(fig, "no sentence but long enough for the rule to count")'), 11),
    (alternative_text, code("display(fig)"), 11),
    (alternative_text, code("import matplotlib.pyplot as plt"), 11),
    (alternative_text, code("from matplotlib.pyplot import plot"), 11),
    (alternative_text, code("fig, axes = panels(2)\naxes[0].plot(x)"), 10),
    (alternative_text, text("a\n![](cat.png)"), 12),
    (alternative_text, text('<img src="cat.png">'), 11),
    (readings, code("show(*network((4, 5, 3)))"), 11),
    (readings, code("x = 1\nshow(fig, " + SHOWN + ")"), 12),
    (heading_order, text("# Another"), 11),
    (heading_order, text("\n### Three"), 12),
    (heading_order, text("## Two\n\n## Two"), 13),
    (colours, code("ax.plot(x, color='red')"), 11),
    (colours, code("for c in ['tab:blue']: ax.plot(x, color=c)"), 11),
    (colours, code("to_rgb('#444444')"), 11),
    (colours, code("ax.plot(x, 'r--')"), 11),
    (colours, code("ax.scatter(x, y, c='k')"), 11),
    (colours, code("ax.plot(x, color='0.5' if dark else 'white')"), 11),
    (colours, code("ax.imshow(x, cmap='jet')"), 11),
    (colours, code("ax.imshow(x, cmap=mine)"), 11),
    (cell_length, code("a = 1\n" * 16), 1),
    (cell_length, code("a = 1\na = '" + "a" * 120 + "'"), 12),
    (prose_length, text("word " * 151), 10),
    (links, text("[a](../01-perceptron/none.ipynb)"), 11),
    (links, text("[a](none.md#part)"), 11),
    (links, text("as in `helpers/none.py`"), 11),
    (links, text("from lessons 1 to 3 and\n**lesson 77**"), 12),
    (links, text("lessons 3 and 55"), 11),
    (conventions, code("lr = 0.1"), 11),
    (conventions, code("def step(w, g, learning_rate): pass"), 11),
    (conventions, code("y_pred = X @ W"), 11),
    (conventions, code("lambda_ = 0.1"), 11),
    (conventions, code("z = W @ x + b"), 11),
    (conventions, code("Z = X\nZ = W1.T @ X"), 12),
    (conventions, text("$w \\leftarrow w - \\alpha \\nabla J$"), 11),
    (conventions, text("a\n$$\nz = W x + b\n$$"), 12),
    (conventions, text("$\\hat{y}$"), 11),
    (conventions, text("$z = w^\\top x$"), 11),
]  # fmt: skip


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_what_is_good_is_left_alone(rule: Rule) -> None:
    assert [*rule([TITLE, *GOOD])] == []


@pytest.mark.parametrize(
    ("rule", "cell", "line"), [pytest.param(*bad, id=f"{bad[0].__name__} {i}") for i, bad in enumerate(BAD)]
)
def test_each_rule_finds_a_slip_and_its_line(rule: Rule, cell: Cell, line: int) -> None:
    assert {finding.line for finding in rule([TITLE, cell])} == {line}
    others = [other for other in RULES if other is not rule and [*other([TITLE, cell])]]
    assert len(others) <= 1, others


def test_a_figure_that_tells_the_answer_is_found() -> None:
    asked, told = code("ask('why')"), Cell(20, "code", f"x = 1\nshow(fig, {SHOWN}, 'They are two.')")
    assert [f.line for f in answers([TITLE, asked, code("def f(): pass"), told])] == [22]
    assert [*answers([TITLE, asked, text("So it is."), told])] == []
    assert [*answers([TITLE, asked, code("print(3)"), told])] == []


def test_a_lesson_without_a_title_is_found() -> None:
    assert [*heading_order([text("## Two")])] == [Finding(10, "a lesson begins with its title")]


def test_prose_is_counted_from_one_cell_of_code_to_the_next() -> None:
    part = text("word " * 101)
    assert [f.says for f in prose_length([part, part, part, part])] == [
        "303 words since the last cell of code"
    ]
    assert [*prose_length([part, part, code("pass"), part, part])] == []
    assert [*prose_length([part, part, text("# Deeper"), part, part])] == []
    assert [*prose_length([text("## Go further\n" + "word " * 500)])] == []


def test_a_single_long_cell_is_found() -> None:
    short = [Cell(100 + i, "code", "pass") for i in range(11)]
    assert [*cell_length([code("a = 1\n" * 31), *short])] == [Finding(10, "a code cell of 31 lines")]


def test_docstrings_and_markers_do_not_count_as_code() -> None:
    source = 'def f():\n    """One.\n\n    Two.\n    """\n    ### BEGIN SOLUTION\n    a = """x\n    y"""\n\n    return a\n    ### END SOLUTION'
    assert code_lines(source) == 4
    assert code_lines("a = 1\n# why\n\n") == 2


@pytest.mark.parametrize("path", sorted((ROOT / "helpers/widgets").glob("*.py")), ids=lambda p: p.stem)
def test_interactive_figures_have_a_sentence_of_alternative_text(path: Path) -> None:
    for function in (n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.FunctionDef)):
        values = {ast.unparse(n.targets[0]): n.value for n in ast.walk(function) if isinstance(n, ast.Assign)}
        for node in ast.walk(function):
            if called(node) == "interactive":
                alt = values.get(ast.unparse(node.args[2]), node.args[2])
                said = [
                    n.value for n in ast.walk(alt) if isinstance(n, ast.Constant) and isinstance(n.value, str)
                ]
                assert len("".join(said)) >= 40, f"{path}:{node.lineno}"


@pytest.mark.parametrize("name", ["README.md", ".github/CONTRIBUTING.md", "course/README.md"])
def test_links_of_the_pages_lead_somewhere(name: str) -> None:
    page = ROOT / name
    assert dead(page.read_text(), page.parent) == []
    assert mentioned(page.read_text()) <= numbered()
    paths = re.findall(r"`((?:helpers|solutions|course|tests)/[\w./-]+)`", page.read_text())
    assert [p for p in paths if not (ROOT / p).exists() and "NN-name" not in p] == []


def test_claims_of_coverage_are_kept() -> None:
    found = claims(ROOT / "solutions/coverage.toml")[0]
    assert [*slips(found, {lesson: lesson_cells(lesson) for lesson in lessons.MODULES})] == []
    assert lessons.MODULES.keys() - {claim.lesson for claim in found} == set(), "lessons that claim nothing"


def test_what_is_claimed_is_done_or_seen_and_not_only_told() -> None:
    """Items that live in prose alone are counted, by lesson: there should be none."""
    most = {"09-transfer-learning": 3}
    for lesson in lessons.MODULES:
        cells, tasks = lesson_cells(lesson), lessons.tasks(lesson)
        told = [c for c in claims(ROOT / "solutions/coverage.toml")[0] if c.lesson == lesson]
        text = [c.item for c in told if how(c.where, cells, tasks).endswith("text")]
        assert len(text) <= most.get(lesson, 0), f"{lesson}: {text}"


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        ('["77-none"]\n"N1.1" = { what = "a", where = ["heaviside"] }', "there is no such lesson"),
        ('["01-perceptron"]\n"M1.1" = { what = "a", where = ["heaviside"] }', "no item's id is like that"),
        ('["01-perceptron"]\n"N1.0" = { what = "a", where = ["heaviside"] }', "no item's id is like that"),
        ('["01-perceptron"]\n"N1.1" = { where = ["heaviside"] }', "says `what` is done, and `where`"),
        ('["01-perceptron"]\n"N1.1" = { what = "a" }', "says `what` is done, and `where`"),
        ('["01-perceptron"]\n"N1.1" = { what = "a", where = ["Two layers", "Two layers"] }', "named twice"),
        ('["01-perceptron"]\n"N1.1" = { what = "a", where = ["Two Layers"] }', "no heading 'Two Layers'"),
        ('["01-perceptron"]\n"N1.1" = { what = "a", where = ["backprop"] }', "no task and no heading 'backprop'"),
    ],
)  # fmt: skip
def test_a_false_claim_is_named(tmp_path: Path, toml: str, says: str) -> None:
    path = tmp_path / "coverage.toml"
    path.write_text(toml)
    found = claims(path)[0]
    assert says in " ".join(slips(found, {"01-perceptron": lesson_cells("01-perceptron")}))
