"""The figure of lesson 13: weights by the reward, both forms, and the browser's numbers."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.widgets import VIEW, script
from helpers.widgets.assistants import BETAS, outcome, press, tilted, told

ANSWERS = ["short", "short", "short", "long", "longer", "long"]
REWARDS = [0.0, 0.0, 0.0, 1.0, 3.0, 1.0]
WORTH = [1.0, 1.0, 1.0, 1.3, -1.0, 1.3]
GIVEN = told(ANSWERS, REWARDS, WORTH)


def test_each_answer_is_there_once_with_its_share() -> None:
    assert GIVEN["answers"] == ["short", "long", "longer"]
    assert GIVEN["p"] == pytest.approx([1 / 2, 1 / 3, 1 / 6])
    assert GIVEN["worth"] == [1.0, 1.3, -1.0]


@given(st.floats(0.05, 20), st.integers(0, 1000))
def test_the_weights_are_the_best_there_are(beta: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    p, r = rng.dirichlet(np.ones(4)) + 1e-3, rng.normal(size=4)
    p /= p.sum()

    def value(q: np.ndarray) -> float:
        return float(q @ r - beta * (q * np.log(np.maximum(q, 1e-300) / p)).sum())

    q = tilted(p, r, beta)
    others = [0.9 * q + 0.1 * rng.dirichlet(np.ones(4)) for _ in range(20)]
    assert q.sum() == pytest.approx(1)
    assert max(map(value, others)) <= value(q) + 1e-9


def test_the_reward_rises_with_pressure_and_the_judge_need_not() -> None:
    p, r, w = (np.array(GIVEN[key]) for key in ("p", "rewards", "worth"))
    path = np.array([outcome(p, r, w, beta) for beta in BETAS])
    assert (np.diff(path[:, :2], axis=0) >= -1e-9).all()
    assert path[-1, 0] == pytest.approx(np.log(6), abs=1e-3)  # the best answer alone
    assert path[-1, 2] < 0


def test_both_forms(monkeypatch: pytest.MonkeyPatch) -> None:
    figure = press("what?", ANSWERS, REWARDS, WORTH)
    assert "6 answers to “what?”" in figure.alt
    data, _ = figure._repr_mimebundle_()
    assert data[VIEW]["model_id"]
    assert figure.widget.given == GIVEN
    monkeypatch.setenv("COURSE_STATIC", "1")
    assert sorted(press("what?", ANSWERS, REWARDS, WORTH)._repr_mimebundle_()[0]) == [
        "text/html",
        "text/plain",
    ]


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node.js")
def test_the_browser_has_the_same_numbers(tmp_path: Path) -> None:
    (tmp_path / "press.mjs").write_text(script("assistants"))
    program = (
        'import { outcome } from "./press.mjs";'
        f"const given = {json.dumps(GIVEN)};"
        "console.log(JSON.stringify([5, 1, 0.2].map((beta) => outcome(given, beta))));"
    )
    (tmp_path / "run.mjs").write_text(program)
    ran = subprocess.run(
        ["node", tmp_path / "run.mjs"], capture_output=True, text=True, check=True, timeout=60
    )
    p, r, w = (np.array(GIVEN[key]) for key in ("p", "rewards", "worth"))
    np.testing.assert_allclose(json.loads(ran.stdout), [outcome(p, r, w, beta) for beta in (5, 1, 0.2)])
