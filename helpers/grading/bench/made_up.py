"""A class that was never there: marks, verdicts and answers of made-up students, without running anything.

Each has an ability, each task a difficulty; answers are the solution or a misconception in many styles, so
that they differ as people's do. The last of each hundred copied from the one before, and changed names.
"""

import ast
import random
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from math import exp

import nbformat
from nbgrader.utils import is_grade, is_solution

from helpers.checks import lessons
from helpers.checks.mutants import wrong_source
from helpers.checks.task import Misconception, Task
from helpers.checks.verdict import PartVerdict, State, Verdict
from helpers.grading.course import Course
from helpers.grading.intake.rebuild import copied
from helpers.grading.judging import store
from helpers.grading.judging.assignment import released
from helpers.grading.judging.outputs import fill
from helpers.grading.judging.store import Check, Origin, Record
from helpers.grading.judging.traces import CASES, NUMBERS, Did, Shown, Trace
from helpers.grading.marks import remarks
from helpers.grading.marks.entry import Entry
from helpers.grading.marks.reader import points
from helpers.grading.marks.release import release
from helpers.grading.marks.remarks import Remark
from helpers.grading.marks.writer import Writer

REPAIR, SIGN = "moved back to its place: `cell-03`", "a check was given the tag 'experiment': `check-one`"
ESSAYS = (
    "It says *nothing* of new cases: only that the corrections end, after at most $(R/\\gamma)^2$ of them.",
    "I would keep cases aside and count both errors:\n\n$$e = \\frac{1}{n} \\sum_i [y_i \\ne \\hat y_i]$$",
    "The margin $\\gamma$ is not known before, so that the bound is a promise **without a date**.",
)
WHY = "its notebook can't be read: the file is not valid JSON"


@dataclass(frozen=True)
class Made:
    """A made-up answer: its source, None where it is blank, what a check would have said, and what it did."""

    source: str | None
    verdict: Verdict
    trace: Trace | None = None


def make(course: Course, lesson: str, n: int, seed: int = 0) -> list[str]:
    """Write a class of n into an empty folder as `course grade` would have, and return their names."""
    release(course, lesson)
    rng = random.Random(seed)
    names = [f"student-{i:0{len(str(n))}d}" for i in range(1, n + 1)]
    known, solutions = points(course, lesson), _solutions(course, lesson)
    blank = released(course, lesson)
    hard = {name: rng.uniform(-1.6, 0.8) for name in known}
    before: dict[str, Made] = {}
    told_of = {}
    with Writer(course, lesson) as writer:
        for i, student in enumerate(names):
            ability = rng.gauss(0, 1)
            answers = {
                name: _answer(rng, task, solutions[name], ability - hard[name])
                for name, task in lessons.tasks(lesson).items()
            }
            if i % 100 == 98:
                before = answers
            elif i % 100 == 99 or (n < 100 and i == n - 1):
                answers = {name: _disguised(made) for name, made in (before or answers).items()}
            if i % 60 == 41:
                writer.leave_open(student)
                told_of[student] = Remark(WHY)
                continue
            notebook = copied(blank)
            for cell in notebook.cells:
                if cell.id in answers and (source := answers[cell.id].source) is not None:
                    cell.source = source
                elif is_grade(cell) and is_solution(cell):
                    cell.source = ESSAYS[i % len(ESSAYS)]
            found = {name: made.verdict for name, made in answers.items()}
            writer.lay_out(student, fill(notebook, {"events": []}, found))
            checks = {name: Check(made.verdict, "", trace=made.trace) for name, made in answers.items()}
            told = (REPAIR,) * (i % 9 == 4), (SIGN,) * (i % 50 == 17)
            store.write(course, lesson, student, Record(Origin("", "", "", seed), *told, checks))
            by_hand = {name: round(2 * most * _chance(ability)) / 2 for name, most in known.items()}
            scores = {
                f"check-{name}" if name in answers else name: (
                    answers[name].verdict.points if name in answers else by_hand[name]
                )
                for name in known
            }
            writer.add(student, Entry(scores))
    remarks.keep(course, lesson, told_of)
    return names


def _answer(rng: random.Random, task: Task, solution: str, lead: float) -> Made:
    """Answer a task: right as often as the student's lead over it says, else wrong in one of its ways."""
    if rng.random() < _chance(1.5 * lead + 0.3):
        return Made(restyled(rng, solution), _verdict(rng, task, None))
    if rng.random() < 0.2 * _chance(-lead):
        parts = tuple(PartVerdict(part.name, State.NOT_ATTEMPTED) for part in task.parts)
        return Made(None, Verdict(task.id, 0.0, task.points, parts))
    weights = [1 / (1 + i) for i in range(len(task.misconceptions))]
    wrong = rng.choices(task.misconceptions, weights)[0]
    verdict = _verdict(rng, task, wrong)
    return Made(restyled(rng, wrong_source(task, wrong)), verdict, _trace(rng, task, wrong))


def _verdict(rng: random.Random, task: Task, wrong: Misconception | None) -> Verdict:
    fails = wrong.fails if wrong else set()
    parts = tuple(
        PartVerdict(
            part.name,
            State.FAILED,
            wrong.says,
            (wrong.says,),
            "misconception",
            min(task.fixed(part), default=None),
        )
        if wrong and part.name in fails
        else PartVerdict(part.name, State.PASSED)
        for part in task.parts
    )
    earned = task.score(part.name for part in task.parts if part.name not in fails)
    return Verdict(task.id, earned, task.points, parts, seconds=0.002 * rng.lognormvariate(0, 1))


def _trace(rng: random.Random, task: Task, wrong: Misconception) -> Trace:
    """Return what would be kept of a slip: the same each time, up to a step of rounding."""
    told = f"{task.id}: {wrong.says}"
    steps = tuple(len(told) * k + rng.randint(0, 1) for k in range(NUMBERS))
    did = tuple(Did(f"{zlib.crc32(told.encode()):012x}", steps) for _ in range(CASES))
    shown = Shown(min(wrong.fails), "x = [1, 2]", "3.14159", "2.71828")
    return Trace({part: (str(State.FAILED), did) for part in sorted(wrong.fails)}, shown=shown)


def restyled(rng: random.Random, source: str) -> str:
    """Return the same program as another person would have written it."""
    tree = Style(rng).visit(ast.parse(source))
    return ast.unparse(ast.fix_missing_locations(tree))


class Style(ast.NodeTransformer):
    """Write things another way here and there: a result with a name, a product as a call, terms swapped."""

    def __init__(self, rng: random.Random):
        self._rng, self._often = rng, rng.choice([0.1, 0.4, 0.7])

    def visit_Return(self, node: ast.Return) -> ast.AST | list[ast.stmt]:
        """A result gets a name first."""
        self.generic_visit(node)
        if node.value is None or self._rng.random() > self._often:
            return node
        name = self._rng.choice(["out", "result", "y", "value"])
        kept = ast.Assign([ast.Name(name, ast.Store())], node.value)
        return [kept, ast.Return(ast.Name(name, ast.Load()))]

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """A product of matrices as a call; terms of a sum the other way round."""
        self.generic_visit(node)
        if self._rng.random() > self._often:
            return node
        if isinstance(node.op, ast.MatMult):
            name = self._rng.choice(["dot", "matmul"])
            return ast.Call(
                ast.Attribute(ast.Name("np", ast.Load()), name, ast.Load()), [node.left, node.right], []
            )
        return ast.BinOp(node.right, node.op, node.left) if isinstance(node.op, ast.Add) else node

    def visit_Assign(self, node: ast.Assign) -> ast.AST | list[ast.stmt]:
        """Something that others do not do, after a statement."""
        self.generic_visit(node)
        if self._rng.random() > 0.5 * self._often:
            return node
        extra = self._rng.choice(["assert True", "print()", "pass", "n = 0", "eps = 1e-12"])
        return [node, *ast.parse(extra).body]


def _disguised(made: Made) -> Made:
    """Return a copy of an answer with all of its variables renamed."""
    if made.source is None:
        return made
    tree = ast.parse(made.source)
    own = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in own:
            node.id = f"my_{node.id}"
    return Made(f"# all mine\n{ast.unparse(tree)}", made.verdict, made.trace)


def _solutions(course: Course, lesson: str) -> Mapping[str, str]:
    cells = nbformat.read(course.instructor(lesson), as_version=4).cells
    return {cell.id: cell.source for cell in cells}


def _chance(lead: float) -> float:
    return 1 / (1 + exp(-lead))
