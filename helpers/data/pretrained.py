"""What pretrained models made of texts, and small ones of our own: lessons 07, 08 and 13."""

import numpy as np
from numpy import ndarray

from helpers.data.stored import arrays
from helpers.data.texts import reviews


def attention_maps() -> dict[str, tuple[list[str], ndarray]]:
    """Return for three sentences their tokens (n) and all attention weights of all-MiniLM-L6-v2.

    Weights are (6 layers, 12 heads, n, n) float32, rounded to 1/255: row i says where token i looks.
    """
    kept = arrays("attention_maps.npz")
    return {
        str(kept[f"sentence{k}"]): (kept[f"tokens{k}"].tolist(), kept[f"maps{k}"] / np.float32(255))
        for k in range(3)
    }


def small_encoder() -> tuple[dict[str, ndarray], list[str]]:
    """Return the weights of a small encoder of our own, and the words that it knows, in order.

    It has read "Moby-Dick" with 15 % of its words hidden; how is in `make_small_encoder.py`. Two layers of
    4 heads, width 48, 192 inside, texts of at most 40 tokens. `bias` belongs to the scores of hidden words,
    `H @ word.weight.T + bias`.
    """
    kept = arrays("small_encoder.npz")
    words = bytes(kept.pop("words")).decode().split("\n")
    return {name: a.astype(np.float32) for name, a in kept.items()}, words


def minilm_embeddings() -> tuple[list[str], ndarray]:
    """Return sentences and what all-MiniLM-L6-v2 makes of them: rows of length 1, (n, 384) float32.

    The first 8 stand for the lesson's tests; then come the 120 reviews.
    """
    kept = arrays("minilm_embeddings.npz")
    first = bytes(kept["sentences"]).decode().split("\n")
    return [*first, *reviews()[0]], np.concatenate([kept["first"], kept["reviews"].astype(np.float32)])


def small_writer() -> tuple[dict[str, ndarray], list[str]]:
    """Return the weights of a GPT that has read "Moby-Dick" in pieces of words, and the pieces, in order.

    Names are those that GPT-Neo's files use. Four layers of 4 heads, width 160, texts of at most 96 pieces;
    how it was made is in `make_writer.py`, which held out the last 60,000 characters of the book.
    """
    kept = arrays("writer.npz")
    pieces = bytes(kept.pop("pieces")).decode().split("\0")
    return {name: a.astype(np.float32) for name, a in kept.items()}, pieces


def small_assistant() -> tuple[dict[str, ndarray], list[tuple[str, str]], str]:
    """Return the weights of a model that has read about animals, the pairs of its pieces, and what it read.

    Its pieces are the letters of the text, sorted, then the joined pairs; how it was made, and that it never
    saw an answer to a question, is in `make_assistant.py`.
    """
    kept = arrays("assistant.npz")
    text, merges = (bytes(kept.pop(name)).decode() for name in ("text", "merges"))
    pairs = [(a, b) for a, b in (line.split("\t") for line in merges.split("\n"))]
    return {name: a.astype(np.float32) for name, a in kept.items()}, pairs, text
