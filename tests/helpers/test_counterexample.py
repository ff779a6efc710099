"""A verdict can be rerun: the smallest failing case as objects, and digits that show the difference."""

from dataclasses import replace

import numpy as np
import pytest

from helpers.checks import lessons
from helpers.checks.assess import assess
from helpers.checks.counterexample import smallest
from helpers.checks.evidence import differ, show_both
from helpers.checks.task import Case
from helpers.checks.verdict import decide
from helpers.reference import attention, perceptron

SOFTMAX = lessons.task("01-perceptron", "softmax")


def wrong(Z):
    E = np.exp(Z)
    return E / E.sum(axis=0)


def test_it_hands_back_the_smallest_failing_case() -> None:
    case = smallest(SOFTMAX, {"softmax": wrong}, 0)
    assert case is not None
    (Z,) = case
    assert Z is case.inputs["Z"]
    assert Z.size == min(c.inputs["Z"].size for c in SOFTMAX.cases_of(SOFTMAX.parts[0], 0))
    np.testing.assert_allclose(case.expected, perceptron.softmax(Z))
    np.testing.assert_allclose(case.got, wrong(Z))
    assert "counterexample" not in case.says
    told = repr(case)
    assert "Z = [[" in told
    assert "expected: [[" in told
    assert "got:      [[" in told


def spoil(value: object) -> None:
    """Change a tree of lists, dicts and arrays in place."""
    if isinstance(value, np.ndarray) and value.ndim:
        value[...] = 0
    elif isinstance(value, list | dict):
        for inner in [*value] if isinstance(value, list) else value.values():
            spoil(inner)
        value.clear()


@pytest.mark.parametrize(
    ("lesson", "name"),
    [("01-perceptron", "softmax"), ("03-backprop", "train_step"), ("13-assistants", "bpe_merges")],
)
def test_what_is_done_with_a_case_does_not_reach_the_next_check(lesson: str, name: str) -> None:
    task = lessons.task(lesson, name)
    case = smallest(task, {answer: lambda *args: 0 for answer in task.answers}, 0)
    spoil(case.inputs)
    spoil(case.expected)
    assert assess(task, dict(task.right), [], 0).points == task.points


def test_a_right_answer_has_none() -> None:
    assert smallest(SOFTMAX, {"softmax": perceptron.softmax}, 0) is None


def test_what_raises_is_a_case_too() -> None:
    case = smallest(SOFTMAX, {"softmax": lambda Z: Z @ np.ones(99)}, 0)
    assert case is not None
    assert "It raised ValueError" in repr(case)
    assert case.got is None


def test_large_cases_are_pointed_to_and_small_ones_printed() -> None:
    verdict = assess(SOFTMAX, {"softmax": lambda Z: np.full(Z.shape, 0.2)}, [], 0)
    assert "(With Z = [[" in verdict.parts[0].says
    heads = lessons.task("07-attention", "MultiHead")

    class Half(attention.MultiHead):
        def forward(self, X, mask=None):
            return super().forward(X, mask) * X.sum()

    verdict = assess(heads, {"MultiHead": Half}, [], 0)
    says = next(part.says for part in verdict.parts if part.says)
    assert '`counterexample("MultiHead")` gives you the case' in says
    assert len(says) < 500


def test_the_grader_shows_only_cases_that_everybody_has() -> None:
    for seed in (11, 12):
        seen = SOFTMAX.observe({"softmax": lambda Z: np.full(Z.shape, 0.2)}, seed)
        verdict = decide(SOFTMAX, seed, seen, secret=True)
        assert "(With Z = [[" in verdict.parts[0].says
        by_chance = replace(SOFTMAX.parts[0], cases=lambda rng: iter([Case({"Z": rng.normal(size=(2, 3))})]))
        task = replace(SOFTMAX, parts=[by_chance], misconceptions=[])
        seen = task.observe({"softmax": lambda Z: np.full(Z.shape, 0.2)}, seed)
        drawn = decide(task, seed, seen, secret=True).parts[0].says
        assert drawn.startswith("A value is not as expected")
        assert not any(character.isdigit() for character in drawn)
    own = decide(SOFTMAX, 0, SOFTMAX.observe({"softmax": lambda Z: np.full(Z.shape, 0.2)}, 0))
    assert "(With Z = [" in own.parts[2].says


def test_a_case_is_fixed_where_no_seed_changes_it() -> None:
    for part in SOFTMAX.parts:
        assert 0 in SOFTMAX.fixed(part)
        assert SOFTMAX.fixed(part) < {*range(len(SOFTMAX.cases_of(part, 0)))}


def test_a_lesson_calls_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    import helpers
    from helpers.checks import notebook

    monkeypatch.setattr(notebook, "_session", notebook.Session("01-perceptron"))
    monkeypatch.setattr(sys.modules["__main__"], "softmax", wrong, raising=False)
    case = helpers.counterexample("softmax")
    assert case is not None
    assert case.part == "values"


@pytest.mark.parametrize("gap", [1e-3, 1e-6, 1e-9])
def test_digits_show_the_difference(gap: float) -> None:
    a = np.array([[0.6, 0.8]])
    want, have = show_both(a, a + gap)
    assert want != have
    assert want.startswith("[[0.6")
    long = np.linspace(0, 1, 20)
    assert len(set((differ(long, long + 1e-7) or "").replace("got", "expected").split("expected")[1:])) == 2
