"""Kinds count where values agree; what a probe hands over is watched; nothing outlives its check."""

import numpy as np
import pytest
import torch

from helpers.checks.evidence import differ
from helpers.checks.kinds import rounded, wrong_kind
from helpers.probes.given import watch
from helpers.probes.observe import Observation, observe
from helpers.probes.plain import tensors


def test_truth_values_whole_numbers_and_tensors_are_told_apart() -> None:
    mask = np.array([True, False])
    assert "whole numbers where truth values (bool) are asked for" in wrong_kind(mask, mask.astype(int))
    assert "numbers with decimals where whole numbers" in wrong_kind(np.array([1, 2]), np.array([1.0, 2.0]))
    assert "it is a number with decimals where a whole number is" in wrong_kind(3, 3.0)
    assert "`n`: the values are right" in wrong_kind({"n": 3}, {"n": 3.0})
    x = np.ones(3)
    assert wrong_kind(x, x, {}, {"": "float64"}) is None
    assert "come as a NumPy array: return a torch tensor" in wrong_kind(x, x, {"": "float64"}, {})


def test_kinds_that_may_stand_for_each_other() -> None:
    assert wrong_kind(np.ones(2), np.ones(2, dtype=int)) is None
    assert wrong_kind(1.0, True) is None
    assert wrong_kind(1.0, np.float32(1)) is None
    assert wrong_kind(1.0, np.ones(()), {}, {"": "float32"}) is None
    assert wrong_kind(2**80, 2**80) is None


def test_half_precision_is_judged_by_what_was_asked_for() -> None:
    x = np.linspace(0.1, 1, 7)
    half = x.astype(np.float16)
    assert differ(x, half)
    assert "rounded to float16" in (rounded(x, half) or "")
    assert rounded(x, half + np.float16(0.1)) is None
    assert rounded(x, x.astype(np.float32)) is None
    assert differ(half, half) is None
    assert differ(x, x.astype(np.float32)) is None
    assert differ(x, x * (1 + 1e-6))


def test_a_whole_number_of_any_size_gets_a_sentence() -> None:
    assert differ(7, 2**80)
    assert differ(2**80, 2**80) is None


def test_which_leaves_were_tensors_is_kept_with_their_dtype() -> None:
    value = {"w": [torch.ones(2), np.ones(2)], "b": torch.zeros(1, dtype=torch.int64)}
    assert tensors(value) == {"`w`[0]": "float32", "`b`": "int64"}
    assert tensors((torch.ones(1, dtype=torch.bfloat16),)) == {"value 1": "bfloat16"}
    seen = observe(lambda f: value, {"f": 0}, ["f"], {})
    assert seen.tensors == tensors(value)
    assert Observation.from_bytes(seen.to_bytes()).tensors == seen.tensors
    with pytest.raises(ValueError, match="malformed"):
        Observation.from_plain({**vars(seen), "tensors": ["`w`"]})
    with pytest.raises(ValueError, match="malformed"):
        Observation.from_plain({**vars(seen), "tensors": {"`w`": 3}})


def test_what_a_probe_makes_of_its_inputs_is_watched() -> None:
    def probe(answer, X):
        return answer(watch(torch.tensor(X), "X"), watch([1, 2], "sizes"), watch({"a": np.ones(2)}, "table"))

    def spoils(X, sizes, table):
        X.mul_(2)
        sizes.pop()
        table["a"][0] = 7
        return 0

    inputs = {"X": np.ones(3)}
    assert observe(probe, {"f": spoils}, ["f"], inputs).changed == ["X", "sizes", "table"]
    assert observe(probe, {"f": lambda *args: 0}, ["f"], inputs).changed == []
    assert watch("outside of a check", "x") == "outside of a check"


def test_nothing_that_an_answer_sets_outlives_its_check() -> None:
    def careless():
        torch.set_grad_enabled(False)
        torch.set_default_dtype(torch.float64)
        np.seterr(all="ignore")
        return 0

    errors = np.geterr()
    observe(lambda f: f(), {"f": careless}, ["f"], {})
    assert torch.is_grad_enabled()
    assert torch.get_default_dtype() == torch.float32
    assert np.geterr() == errors


def test_a_check_computes_with_gradients_whatever_a_cell_left() -> None:
    torch.set_grad_enabled(False)
    try:
        seen = observe(lambda f: f(), {"f": torch.is_grad_enabled}, ["f"], {})
        assert seen.value is True
        assert not torch.is_grad_enabled()
    finally:
        torch.set_grad_enabled(True)
