"""What an answer is told where nobody declared its slip: likeness to a changed reference, None, NaN, digits."""

import time
from collections.abc import Iterator

import numpy as np
import pytest

from helpers.checks import lessons
from helpers.checks.assess import assess
from helpers.checks.likeness import likeness
from helpers.checks.mutation.mutants import mutants
from helpers.checks.task import Case, Part, Task
from helpers.checks.verdict import PartVerdict


def answered(
    name: str, cell: str, *values: np.ndarray, module: str = "perceptron", names: tuple = ()
) -> PartVerdict:
    """Judge a cell on a task without misconceptions, with the reference of that name."""

    def cases(rng: np.random.Generator) -> Iterator[Case]:
        yield Case(dict(zip(names or ("z",), values, strict=True)))

    task = Task(
        name,
        points=1,
        answers=[name],
        reference=f"helpers.reference.{module}.{name}",
        parts=[Part("values", cases)],
        hints=["1", "2", "3"],
    )
    namespace = {"np": np}
    exec(compile(cell, "<cell>", "exec"), namespace)
    return assess(task, namespace, [cell], 0).parts[0]


Z = np.array([[0.3, -1.2, 2.1], [1.7, 0.4, -0.6]])
ROWS = {"names": ("w", "X", "s")}
W, X, S = np.array([0.5, -1.0]), np.array([[1.0, 2.0], [0.3, -0.7], [2.0, 0.1]]), np.array([1.0, -1.0, 1.0])


def test_a_slip_that_a_rule_makes_too_is_told_by_its_kind() -> None:
    found = answered(
        "softmax",
        "def softmax(Z):\n    E = np.exp(Z - Z.max(1)[:, None])\n    return E / E.sum(axis=0)",
        Z,
        names=("Z",),
    )
    assert found.named == ("What came is what a right answer gives with one step along another axis.",)
    assert found.by == "likeness"
    assert found.says.startswith(found.named[0])
    assert "xpected" in found.says


def test_exchanged_arguments_are_told_by_their_names() -> None:
    cell = "def softmax_gradient(W, X, Y):\n    P = np.exp(W @ X)\n    P /= P.sum(-1, keepdims=True)\n    return W.T @ (P - Y) / len(W)"
    found = answered(
        "softmax_gradient",
        cell,
        np.array([[1.0, 0.2], [0.5, -0.3]]),
        np.array([[0.7, 1.1], [-0.4, 0.9]]),
        np.array([[1.0, 0.0], [0.0, 1.0]]),
        names=("W", "X", "Y"),
    )
    assert found.named == (
        "What came is what a right answer gives with its arguments `W` and `X` exchanged.",
    )


def test_what_two_kinds_explain_gets_no_name() -> None:
    """Without its last step, or with that step's term left out: from here nobody can tell."""
    task = lessons.task("02-gradient-descent", "momentum_step")
    idle = {"momentum_step": lambda w, v, g, eta, beta: (w, beta * v + g)}
    assert likeness(task, 0, task.observe(idle, 0), {part.name for part in task.parts}) == ""
    both = [m for m in mutants(task) if m.change in ("- w = w - eta * v\n+ w = w", "- w = w - eta * v")]
    assert len({m.kind for m in both}) == 2


def test_a_few_values_are_no_evidence() -> None:
    cell = "def heaviside(z):\n    return np.where(z < 0, 1.0, 0.0)"
    assert answered("heaviside", cell, Z).named == ()


def test_no_likeness_is_told_of_a_right_answer_or_of_another_mistake() -> None:
    task = lessons.task("01-perceptron", "softmax")
    seen = task.observe(dict(task.right), 0)
    assert likeness(task, 0, seen, {"values"}) == ""
    strange = {"softmax": lambda Z: np.cos(np.asarray(Z) * 1.234)}
    assert likeness(task, 0, task.observe(strange, 0), {"values"}) == ""


def test_evidence_of_more_cases_than_there_are_is_no_error() -> None:
    task = lessons.task("01-perceptron", "softmax")
    seen = task.observe({"softmax": lambda Z: np.cos(np.asarray(Z))}, 0)
    more = {name: [*rows, *rows] for name, rows in seen.items()}
    assert likeness(task, 0, more, {"values"}) == ""


LEARNED = [("01-perceptron", "hinge"), ("02-gradient-descent", "adam_step"), ("05-convolution", "conv_rule")]


@pytest.mark.parametrize(("lesson", "name"), LEARNED)
def test_it_is_true_of_mutants_and_ends_in_time(lesson: str, name: str) -> None:
    """What is said of a changed reference is its own kind: two kinds that do the same are not told."""
    task = lessons.task(lesson, name)
    for mutant in [m for m in mutants(task, 12) if "term or factor" in m.kind or m.kind == "another axis"]:
        try:
            seen = task.observe(mutant.namespace(task), 0)
        except Exception:
            continue
        began = time.thread_time()
        says = likeness(task, 0, seen, {part.name for part in task.parts})
        assert time.thread_time() - began < 5  # by far: a limit, not a measurement
        assert not says or "left out" in says or "axis" in says or "exchanged" in says, (mutant.change, says)


# ---------------------------------------------------------------- nothing, NaN, digits


def test_a_forgotten_return_is_told_where_the_source_has_none() -> None:
    none = answered("softmax", "def softmax(Z):\n    E = np.exp(Z)\n    E / E.sum()", Z, names=("Z",))
    assert none.named == ("Nothing (None) came: `softmax` has no `return` with a value.",)
    bare = answered(
        "softmax", "def softmax(Z):\n    def inner():\n        return Z\n    return", Z, names=("Z",)
    )
    assert bare.named == none.named
    other = answered("softmax", "def softmax(Z):\n    return [3].sort()", Z, names=("Z",))
    assert other.named == ("It returned nothing (None) where a value is expected.",)


def test_a_method_without_a_return_is_named() -> None:
    task = lessons.task("01-perceptron", "Perceptron")
    cell = task.source.replace("return heaviside(X @ self.w)", "heaviside(X @ self.w)")
    assert cell != task.source
    namespace = dict(task.right)
    exec(compile(f"{task.imports}\n{cell}", "<cell>", "exec"), namespace)
    said = [
        name for part in assess(task, namespace, [f"{task.imports}\n{cell}"], 0).parts for name in part.named
    ]
    assert any("`predict` has no `return`" in name for name in said), said


def test_nan_and_infinity_are_told_as_that() -> None:
    nan = answered("softmax", "def softmax(Z):\n    return np.sqrt(Z)", -np.abs(Z), names=("Z",))
    assert nan.named[0].startswith("NaN is not a number")
    assert "at [0, 0]" in nan.says
    infinite = answered("softmax", "def softmax(Z):\n    return Z / 0.0", np.abs(Z), names=("Z",))
    assert infinite.named[0].startswith("Infinity comes of")


SOFTMAX = "def softmax(Z):\n    E = np.exp(Z - Z.max(-1, keepdims=True))\n    P = E / E.sum(-1, keepdims=True)\n    return "


def test_rounding_and_single_precision_are_told_as_that() -> None:
    two = answered("softmax", f"{SOFTMAX}np.round(P, 2)", Z, names=("Z",))
    assert two.named == ("The values are right, but rounded to 2 decimals.",)
    coarse = answered("softmax", f"{SOFTMAX}(P * 1.0001).astype(np.float32)", Z, names=("Z",))
    assert "came as float32 and agree to three digits only" in coarse.named[0]
    assert answered("softmax", f"{SOFTMAX}P.astype(np.float32)", Z, names=("Z",)).state == "passed"
    assert answered("softmax", f"{SOFTMAX}np.zeros(Z.shape)", Z, names=("Z",)).named == ()
