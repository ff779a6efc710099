"""The stored maps are MiniLM's, both forms exist, and the lesson says of them what is there."""

import numpy as np
import pytest

from helpers import minilm
from helpers.data import attention_maps
from helpers.widgets import VIEW
from helpers.widgets.attention import heads, maps_of, state, told

TIRED, WIDE, BIG = attention_maps()
installed = pytest.mark.skipif(minilm.folder() is None, reason="the optional weights are not installed")


def weight(sentence: str, layer: int, head: int, asking: str, asked: str) -> float:
    tokens, maps = maps_of(sentence)
    return float(maps[layer - 1, head - 1, tokens.index(asking), tokens.index(asked)])


@pytest.mark.parametrize("sentence", [TIRED, WIDE, BIG])
def test_rows_of_stored_maps_sum_to_1(sentence: str) -> None:
    tokens, maps = attention_maps()[sentence]
    assert maps.shape == (minilm.LAYERS, minilm.HEADS, len(tokens), len(tokens))
    np.testing.assert_allclose(maps.sum(axis=-1), 1, atol=len(tokens) / 2 / 255)  # rounded to 1/255 each


def test_what_the_lesson_says_of_the_heads() -> None:
    tokens, maps = maps_of(TIRED)
    before, after = np.diagonal(maps[0, 2], -1), np.diagonal(maps[1, 8], 1)
    assert before.min() > 0.97  # layer 1, head 3: the token before, always
    assert after.mean() == pytest.approx(0.57, abs=0.01)
    assert weight(TIRED, 4, 2, "it", "animal") == pytest.approx(0.68, abs=0.005)
    assert weight(WIDE, 4, 2, "it", "animal") == pytest.approx(0.28, abs=0.005)
    assert weight(TIRED, 4, 2, "it", "street") == pytest.approx(0.05, abs=0.005)
    assert weight(WIDE, 4, 2, "it", "street") == pytest.approx(0.12, abs=0.005)
    row = maps_of(WIDE)[1][3, 1, tokens.index("it")]
    assert int(row.argmax()) == 0  # the mark at the beginning
    wide = maps_of(WIDE)[1][:, :, tokens.index("it"), tokens.index("street")]
    assert wide.max() == pytest.approx(0.24, abs=0.005)
    assert (maps[..., 0].mean(axis=-1) > 0.4).sum() > 18  # more than a quarter of all heads stare at [CLS]


def test_sentences() -> None:
    assert told(maps_of(TIRED), 0, 2) == "each token gives 100% on average to the one before it."
    assert told(maps_of(TIRED), 3, 1) == "“it” looks most at “animal”, with 68%."


def test_word_pieces_are_the_longest_known_and_marks_stand_alone() -> None:
    known = {"did": 0, "##n": 1, "t": 2, "'": 3, "un": 4, "##happy": 5, "##hap": 6, ".": 7, "cafe": 8}
    cut = minilm.tokenize("Didn't unhappy. Café zzz", known)
    assert cut == ["[CLS]", "did", "##n", "'", "t", "un", "##happy", ".", "cafe", "[UNK]", "[SEP]"]
    assert len(minilm.tokenize("did " * 500, known)) == minilm.LONGEST


def test_without_the_weights_it_says_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(minilm, "find_spec", lambda _: None)
    minilm.vocabulary.cache_clear()
    assert minilm.INSTALL in state("One of my own.")["says"]
    assert state("  ")["says"] == "type a sentence"
    assert len(state(BIG)["weights"]) == 72 * len(maps_of(BIG)[0]) ** 2
    assert not heads().widget.live


def test_another_sentence_brings_its_weights() -> None:
    widget = heads().widget
    ran = widget.ran
    widget.sentence = WIDE
    assert widget.ran == ran + 1  # the figure knows that what it waits for has come
    assert widget.tokens[13] == "wide"
    assert widget.weights == np.rint(maps_of(WIDE)[1] * 255).astype(np.uint8).tobytes()


def test_both_forms_and_the_image_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    data, _ = heads()._repr_mimebundle_()
    assert data[VIEW]["model_id"]
    assert data["text/html"].startswith('<img alt="Attention maps of all-MiniLM-L6-v2')
    monkeypatch.setenv("COURSE_STATIC", "1")
    assert sorted(heads()._repr_mimebundle_()[0]) == ["text/html", "text/plain"]


@installed
@pytest.mark.parametrize("sentence", [TIRED, WIDE, BIG])
def test_the_model_computes_what_is_stored(sentence: str) -> None:
    tokens, maps, _ = minilm.run(sentence)
    kept, stored = attention_maps()[sentence]
    assert tokens == kept
    np.testing.assert_allclose(maps, stored, atol=0.51 / 255)


@installed
def test_the_model_is_torchs_encoder_with_its_weights() -> None:
    import torch

    tokens, _, X = minilm.run(TIRED)
    w = {name: torch.tensor(a) for name, a in minilm.weights().items()}
    ids = torch.tensor([minilm.vocabulary()[token] for token in tokens])
    Z = w["embeddings.word_embeddings.weight"][ids] + w["embeddings.position_embeddings.weight"][: len(ids)]
    Z = Z + w["embeddings.token_type_embeddings.weight"][0]
    at = "embeddings.LayerNorm."
    Z = torch.nn.functional.layer_norm(Z, (384,), w[at + "weight"], w[at + "bias"], 1e-12)[None]
    for k in range(6):
        block = torch.nn.TransformerEncoderLayer(384, 12, 1536, 0.0, "gelu", 1e-12, batch_first=True).eval()
        at = f"encoder.layer.{k}."
        three = [at + f"attention.self.{name}." for name in ("query", "key", "value")]
        names = {
            "self_attn.out_proj": "attention.output.dense",
            "norm1": "attention.output.LayerNorm",
            "linear1": "intermediate.dense",
            "linear2": "output.dense",
            "norm2": "output.LayerNorm",
        }
        kinds = ("weight", "bias")
        given = {f"self_attn.in_proj_{kind}": torch.cat([w[t + kind] for t in three]) for kind in kinds}
        given |= {f"{ours}.{kind}": w[f"{at}{t}.{kind}"] for ours, t in names.items() for kind in kinds}
        block.load_state_dict(given)
        with torch.no_grad():
            Z = block(Z)
    np.testing.assert_allclose(X, Z[0], atol=2e-5)
