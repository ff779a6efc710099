"""The writer's desk: its probabilities, what it tells, both forms, and what it writes when asked."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.data.pieces import cut_into, join, learn_pieces
from helpers.widgets import VIEW, script
from helpers.widgets.writer import desk, go_on, name, restricted

PIECES = ["\n", " ", "a", "b", "c", "ab", " ab", " abc"]
Z = np.array([0.0, -2.0, 1.0, 0.5, -1.0, 2.0, 3.0, -3.0])


def scores(ids) -> np.ndarray:
    """Scores that depend on the last piece."""
    return np.roll(Z, ids[-1])


@given(st.floats(0.1, 3), st.integers(1, 8), st.floats(0.01, 1))
def test_what_may_be_drawn(tau: float, k: int, p: float) -> None:
    whole, few, nucleus = restricted(Z, tau), restricted(Z, tau, k), restricted(Z, tau, 0, p)
    np.testing.assert_allclose(whole, np.exp(Z / tau) / np.exp(Z / tau).sum())
    best = np.argsort(-Z)
    assert set(np.flatnonzero(few)) == set(best[:k])
    np.testing.assert_allclose(few[best[:k]], whole[best[:k]] / whole[best[:k]].sum())
    kept = np.flatnonzero(nucleus)
    assert set(kept) == set(best[: len(kept)])
    assert whole[kept].sum() >= p - 1e-9
    assert p == 1 or whole[best[: len(kept) - 1]].sum() < p
    assert restricted(Z, 0.0, k, p).tolist() == (Z.max() == Z).astype(float).tolist()


def test_a_piece_is_drawn_by_its_probability() -> None:
    rng = np.random.default_rng(0)
    drawn = [go_on(scores, [0], rng, k=2)[0] for _ in range(400)]
    assert set(drawn) == {5, 6}
    assert np.mean([i == 6 for i in drawn]) == pytest.approx(restricted(Z, k=2)[6], abs=0.06)
    assert go_on(scores, [0], rng, tau=0) == (6, 1.0)


def test_pieces_are_learned_and_found_again() -> None:
    text = "abab abab abc\nabc cab"
    pieces = learn_pieces(text, 9)
    assert pieces[:5] == ["\n", " ", "a", "b", "c"]
    assert pieces[5] == "ab"  # the pair that is found most often
    ids = cut_into(text, pieces)
    assert "".join(pieces[i] for i in ids) == text
    assert len(ids) < len(text) / 2
    assert join(["a", "b", "a", "b", "b"], "ab") == ["ab", "ab", "b"]
    with pytest.raises(ValueError, match="cannot spell 'xy'"):
        cut_into("axy", pieces)


def test_the_desk_writes_what_python_answers() -> None:
    widget = desk(scores, PIECES, ["ab ab"]).widget
    assert [PIECES[i] for i in widget.state["ids"]] == ["ab", " ab"]
    assert widget.state["shares"] == [0, 0]
    np.testing.assert_allclose(widget.state["z"], scores(widget.state["ids"]))
    told = []
    widget.observe(lambda change: told.append(change["new"]["left"]), "state")
    widget.ask = {**widget.state, "steps": 3, "seed": 1, "tau": 1.0, "k": 3, "p": 0.9}
    assert told == [2, 1, 1, 0]
    assert len(widget.state["ids"]) == len(widget.state["shares"]) == 5
    assert all(0 < share <= 1 for share in widget.state["shares"][2:])
    widget.ask = {"ids": [5, 2], "shares": [0, 0.5], "seed": 2}
    assert (widget.state["ids"], widget.state["shares"]) == ([5, 2], [0, 0.5])


def test_a_beginning_that_it_cannot_spell() -> None:
    widget = desk(scores, PIECES, ["ab"]).widget
    before = widget.state["ids"]
    widget.ask = {"text": "axe"}
    assert "cannot spell 'ex'" in widget.state["problem"]
    assert (widget.state["ids"], widget.state["left"]) == (before, 0)
    widget.ask = {"text": ""}
    assert (widget.state["ids"], widget.state["problem"]) == ([0], "")


def test_both_forms_and_the_image_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    figure = desk(scores, PIECES, ["ab"])
    assert figure.alt.startswith("What may follow “ab”, and with which probability. The likeliest: “b” ")
    data, _ = figure._repr_mimebundle_()
    assert data[VIEW]["model_id"]
    assert data["text/html"].startswith('<img alt="What may follow')
    monkeypatch.setenv("COURSE_STATIC", "1")
    assert sorted(figure._repr_mimebundle_()[0]) == ["text/html", "text/plain"]
    assert name(1.0, 4, 0.5) == "τ = 1, k = 4, p = 0.5"


@pytest.mark.parametrize("how", [(1.0, 0, 1.0), (0.4, 3, 1.0), (1.7, 0, 0.6), (1.0, 5, 0.9), (0.0, 4, 0.5)])
def test_the_browser_draws_from_the_same_probabilities(how: tuple, tmp_path: Path) -> None:
    node = shutil.which("node")
    if not node:
        pytest.skip("there is no node")
    module = tmp_path / "writer.mjs"
    module.write_text(script("writer"), "utf-8")
    settings = json.dumps(dict(zip(("tau", "k", "p"), how, strict=True)))
    code = (
        f"import {{ restricted }} from {json.dumps(module.as_uri())};"
        f"console.log(JSON.stringify(restricted({json.dumps(Z.tolist())}, {settings})))"
    )
    told = subprocess.run(
        [node, "--input-type=module", "-e", code], capture_output=True, text=True, check=True
    )
    q, order = json.loads(told.stdout)
    np.testing.assert_allclose(q, restricted(Z, *how), atol=1e-12)
    assert order == np.argsort(-Z).tolist()
