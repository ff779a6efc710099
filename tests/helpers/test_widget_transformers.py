"""The figure of heads: its numbers are the model's, both forms exist, and another sentence brings its own."""

import numpy as np
import pytest
import torch

from helpers.data import attention_maps
from helpers.reference.transformers import Encoder
from helpers.widgets import VIEW
from helpers.widgets.transformers import carriers, maps, share, told

TIRED, WIDE, BIG = attention_maps()


def test_what_the_lesson_says_of_layer_4() -> None:
    found = [share(attention_maps()[s], "it", "animal") for s in (TIRED, WIDE)]
    assert np.unravel_index(found[0][3].argmax(), (12,)) == (1,)
    assert [s[3, 1] for s in found] == pytest.approx([0.68, 0.28], abs=0.005)
    assert "Layer 4, head 2 gives most: 68%." in told(attention_maps(), "it", "animal")
    assert not share(attention_maps()[TIRED], "it", "zebra").any()


def test_maps_are_those_of_the_encoder() -> None:
    torch.manual_seed(0)
    encoder = Encoder(9, 6, 8, 2, 16, 3)
    tokens, real = torch.randint(9, (1, 5)), torch.ones(1, 5, dtype=torch.bool)
    A = maps(encoder, tokens, real)
    assert A.shape == (3, 2, 5, 5)
    np.testing.assert_allclose(A.sum(axis=-1), 1, atol=1e-6)
    X = encoder.norm(encoder.word(tokens) + encoder.place.weight[:5] + encoder.kind.weight[0])
    first = encoder.blocks[0].attention
    V = first.v(X)[0].unflatten(-1, (2, 4)).transpose(0, 1)
    ours = first.out((torch.tensor(A[0]) @ V).transpose(0, 1).flatten(1))
    torch.testing.assert_close(ours, first(X)[0], atol=1e-6, rtol=0)
    assert not first._forward_pre_hooks


def test_another_sentence_brings_its_weights() -> None:
    widget = carriers().widget
    assert (widget.sentence, widget.shape, widget.asking, widget.asked) == (TIRED, [6, 12], "it", "animal")
    widget.sentence = WIDE
    assert widget.tokens[13] == "wide"
    assert widget.weights == np.rint(attention_maps()[WIDE][1] * 255).astype(np.uint8).tobytes()
    kept = widget.weights
    widget.sentence = "A sentence that nobody knows."
    assert widget.weights == kept


def test_both_forms_and_the_image_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    data, _ = carriers()._repr_mimebundle_()
    assert data[VIEW]["model_id"]
    assert data["text/html"].startswith('<img alt="A table with a field for each head')
    monkeypatch.setenv("COURSE_STATIC", "1")
    assert sorted(carriers()._repr_mimebundle_()[0]) == ["text/html", "text/plain"]


def test_a_figure_for_tokens_that_are_nowhere() -> None:
    assert carriers(asking="zebra").html.startswith("<img")
