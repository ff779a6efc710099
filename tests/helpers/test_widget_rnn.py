"""The growing name: its models are the counts, its sentences tell what was met, and both forms exist."""

import json

import numpy as np
import pytest

from helpers.data import names
from helpers.reference.rnn import LETTERS, bigram, encode, sample
from helpers.widgets import VIEW
from helpers.widgets import rnn as widget


def test_its_letters_and_its_draws_are_the_lessons() -> None:
    assert widget.LETTERS == LETTERS
    predict = widget.counted()["1 letter"]
    for tau in widget.TEMPERATURES:
        ids, steps = widget.grow(predict, widget.DARTS, tau)
        assert [i for i in ids if i] == sample(predict, np.array(widget.DARTS), tau)
        np.testing.assert_allclose([p.sum() for p in steps], 1)


def test_one_letter_back_is_the_table_of_pairs() -> None:
    train, _ = names()
    P, predict = bigram(*encode(train), alpha=widget.ALPHA), widget.counted()["1 letter"]
    for i in range(27):
        np.testing.assert_allclose(predict([3, i] if i else []), P[i])


def test_sentences_tell_how_often_a_context_was_met() -> None:
    models = widget.counted()
    train, _ = names()
    text = "".join(f"....{name}." for name in train)
    assert f"{text.count('mari')} times" in widget.state(models, "4 letters", "mari")["says"]
    assert "never met" in widget.state(models, "4 letters", "xyzz")["says"]
    assert "whatever came before" in widget.state(models, "0 letters", "mari")["says"]
    uniform = widget.state(models, "4 letters", "xyzz")["p"]
    np.testing.assert_allclose(uniform, 1 / 27)
    json.dumps(widget.state(models, "2 letters", "an"), allow_nan=False)


def test_typing_and_another_model_are_answered() -> None:
    known = {"always a": lambda ids: np.eye(27)[1]}
    live = widget.grower(known).widget
    assert live.models == [*widget.counted(), "always a"]
    assert live.state["p"][1] == 1
    assert {"consuela", "trudy"} < set(live.known.split())  # to learn from, and held out: others get a star
    live.ask = {"model": "1 letter", "prefix": "q"}
    assert (live.state["prefix"], np.argmax(live.state["p"])) == ("q", LETTERS.index("u"))


def test_both_forms_and_the_image_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    data, _ = widget.grower()._repr_mimebundle_()
    assert data[VIEW]["model_id"]
    assert data["text/html"].startswith('<img alt="A name grows letter by letter')
    monkeypatch.setenv("COURSE_STATIC", "1")
    assert sorted(widget.grower()._repr_mimebundle_()[0]) == ["text/html", "text/plain"]
