"""The mutator itself: what it makes, what it finds, and that it says which case is missing."""

from pathlib import Path

import numpy as np
import pytest

from helpers.checks import lessons
from helpers.checks.mutation import equivalent
from helpers.checks.mutation.mutants import RULES, mutants
from helpers.checks.mutation.prove import prove
from helpers.checks.task import Case, Part, Task

ALL = [task for lesson in lessons.MODULES for task in lessons.tasks(lesson).values()]


def test_mutants_are_the_same_each_time_and_differ_from_the_reference() -> None:
    for task in ALL[::9]:
        once, again = mutants(task), mutants(task)
        assert [m.source for m in once] == [m.source for m in again]
        assert len({m.source for m in once}) == len(once)
        assert all(m.change for m in once)


def test_few_mutants_are_of_many_kinds() -> None:
    task = lessons.task("06-rnn", "bptt")
    few = mutants(task, 12)
    assert len(few) == 12 + 2
    assert len({m.kind for m in few[:12]}) >= 10
    assert {m.source for m in few[:12]} < {m.source for m in mutants(task)}


def test_every_rule_changes_something_somewhere() -> None:
    made = {m.kind for task in ALL for m in mutants(task)}
    assert RULES.keys() <= made


# ---------------------------------------------------------------- a task with gaps


def made(values: list[np.ndarray], **changes: object) -> Task:
    def cases(rng: np.random.Generator):
        for Z in values:
            yield Case({"Z": Z})

    given = {
        "id": "softmax",
        "points": 1,
        "answers": ["softmax"],
        "reference": "helpers.reference.perceptron.softmax",
        "parts": [Part("values", cases)],
        "hints": ["1", "2", "3"],
    }
    return Task(**(given | changes))  # type: ignore[arg-type]


SQUARE = np.array([[1.0, 2.0], [2.0, 1.0]])  # symmetric: its axes can't be told apart


def test_a_gap_is_found_and_told() -> None:
    proof = prove(made([SQUARE]), range(2))
    told = [str(survivor) for survivor in proof.survivors]
    assert any("another axis" in text and "no case of values (1) tells" in text for text in told)
    whole = prove(made([np.array([[0.0, 800.0, -800.0], [1.0, 2.0, 4.0]])]), range(2))
    assert len(whole.survivors) < len(proof.survivors)
    assert proof.mutants == proof.rejected + len(proof.survivors)


def test_what_is_declared_equivalent_is_no_survivor_and_is_told_when_it_is_stale() -> None:
    task = made([SQUARE])
    changes = [survivor.mutant.change for survivor in prove(task, range(1)).survivors]
    proof = prove(task, range(1), [*changes, "- nowhere\n+ here"])
    assert not proof.survivors
    assert proof.equivalent == len(set(changes))
    assert proof.stale == ("- nowhere\n+ here",)


def test_what_is_left_to_chance_is_told() -> None:
    def cases(rng: np.random.Generator):
        yield Case({"Z": rng.normal(size=(2, 2)) if rng.integers(2) else SQUARE})

    proof = prove(made([], parts=[Part("values", cases)]), range(6))
    assert any("left to chance" in survivor.missing for survivor in proof.survivors)


def test_a_line_that_no_case_runs_is_told() -> None:
    def cases(rng: np.random.Generator):
        yield Case({"X": np.array([[1.0, 2.0]]), "y": np.array([0.0]), "epochs": 0})

    task = made(
        [],
        id="Perceptron",
        answers=["Perceptron"],
        reference="helpers.reference.perceptron.Perceptron",
        parts=[Part("nothing to learn", cases)],
        probe=f"{__name__}.idle",
    )
    told = [
        s.missing
        for s in prove(task, range(1)).survivors
        if "+ self.mistakes +=" in s.mutant.change and "," not in s.mutant.kind
    ]
    assert told
    assert all("none of them runs the line" in missing for missing in told)


def idle(answer: type, X: np.ndarray, y: np.ndarray, epochs: int) -> object:
    """Fit for no epoch."""
    one = answer(X.shape[1])
    one.fit(X, y, epochs)
    return one.w


def test_mutants_that_never_end_or_take_all_memory_are_rejected() -> None:
    def cases(rng: np.random.Generator):
        yield Case({"n": 3})

    task = Task(
        "grow",
        points=1,
        answers=["grow"],
        reference=f"{__name__}.grow",
        parts=[Part("values", cases)],
        hints=["1", "2", "3"],
        seconds=0.3,
    )
    proof = prove(task, range(3))
    assert "n -= 1" not in "".join(
        s.mutant.change for s in proof.survivors if s.mutant.kind == "a step left out"
    )
    assert np.zeros(3).sum() == 0  # the limits are lifted again


def grow(n: int) -> int:
    """Count down, on as many bytes as there are."""
    total = 0
    while n > 0:
        total += len(np.zeros(n)) ** 2
        n -= 1
    return total


def test_a_list_of_equivalents_says_why(tmp_path: Path) -> None:
    path = tmp_path / "list.toml"
    path.write_text("[[softmax]]\nreason = 'why'\nchanges = ['''\n  - a\n  + b\n''']\n")
    assert equivalent.read(path).of("softmax") == ["- a\n+ b"]
    assert not equivalent.read(path).open
    path.write_text("[[softmax]]\nchanges = ['- a']\n")
    with pytest.raises(equivalent.BadList, match="a `reason` and `changes`"):
        equivalent.read(path)
    assert equivalent.read(tmp_path / "none.toml").of("softmax") == []
