"""Lesson 07: attention, from a soft dictionary to several masked heads and a language model.

Rows are tokens: Q (n, d_k) holds queries, K (m, d_k) keys, V (m, d_v) values, S (n, m) scores and A (n, m)
attention weights, each row of which sums to 1. In a mask True means: may be looked at.
"""

from collections.abc import Callable

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from numpy import ndarray
from torch import Tensor, nn

from helpers.reference.perceptron import softmax

# ---------------------------------------------------------------- one sequence, by hand


def lookup(
    q: Float[ndarray, "d_k"], K: Float[ndarray, "m d_k"], V: Float[ndarray, "m d_v"], tau: float = 1.0
) -> Float[ndarray, "d_v"]:
    """Return the mean of the values, weighted by how well each key fits the query; tau is the temperature."""
    w = softmax(K @ q / tau)
    return w @ V


def self_attention(X: Float[ndarray, "n d"]) -> tuple[Float[ndarray, "n d"], Float[ndarray, "n n"]]:
    """Return (A X, A): each token looks at all tokens, itself included, with A = softmax(X Xᵀ)."""
    A = softmax(X @ X.T)
    return A @ X, A


def scores(
    X: Float[ndarray, "n d"],
    Y: Float[ndarray, "m d"],
    Wq: Float[ndarray, "d d_k"],
    Wk: Float[ndarray, "d d_k"],
) -> Float[ndarray, "n m"]:
    """Return the scaled scores with which the tokens of X ask and those of Y answer."""
    Q = X @ Wq
    K = Y @ Wk
    return Q @ K.T / np.sqrt(Wq.shape[1])


def causal_mask(n: int) -> Bool[ndarray, "n n"]:
    """Return where token i (row) may look at token j (column): at itself and at what came before."""
    return np.tril(np.ones((n, n), dtype=bool))


def padding_mask(lengths: Int[ndarray, "B"], n: int) -> Bool[ndarray, "B n"]:
    """Return which of the n places of each sequence hold a token."""
    return np.arange(n) < lengths[:, None]


def masked_softmax(S: Float[ndarray, "*B n m"], mask: Bool[ndarray, "*C _ m"]) -> Float[ndarray, "*B n m"]:
    """Return the softmax of each row over the places that the mask allows; no place, no weight."""
    seen = np.where(mask, S, -np.inf)
    top = seen.max(axis=-1, keepdims=True)
    E = np.exp(seen - np.where(np.isfinite(top), top, 0))
    total = E.sum(axis=-1, keepdims=True)
    return E / np.where(total > 0, total, 1)


def attention(
    Q: Float[ndarray, "*B n d_k"],
    K: Float[ndarray, "*B m d_k"],
    V: Float[ndarray, "*B m d_v"],
    mask: Bool[ndarray, "*C _ m"] | None = None,
) -> tuple[Float[ndarray, "*B n d_v"], Float[ndarray, "*B n m"]]:
    """Return (A V, A), with A = softmax(Q Kᵀ / √d_k) over the places that the mask allows."""
    S = Q @ np.swapaxes(K, -1, -2) / np.sqrt(Q.shape[-1])
    A = softmax(S) if mask is None else masked_softmax(S, mask)
    return A @ V, A


def influence(f: Callable[[ndarray], ndarray], X: Float[ndarray, "n d"]) -> Bool[ndarray, "n n"]:
    """Return the table whose entry [i, t] says whether row i of f(X) reacts to another token t."""
    before = f(X)
    table = np.zeros((len(X), len(X)), dtype=bool)
    for t in range(len(X)):
        other = X.copy()
        other[t] = np.random.default_rng().normal(size=X.shape[1])
        table[:, t] = np.abs(f(other) - before).max(axis=1) > 1e-9
    return table


# ---------------------------------------------------------------- several heads, and a language model


class MultiHead(nn.Module):
    """Self-attention with several heads: q, k, v and out are layers from d to d."""

    def __init__(self, d: int, heads: int):
        super().__init__()
        self.heads = heads
        self.q, self.k, self.v, self.out = (nn.Linear(d, d) for _ in range(4))

    def forward(
        self, X: Float[Tensor, "B n d"], mask: Bool[Tensor, "*C n"] | None = None
    ) -> Float[Tensor, "B n d"]:
        """Cut q, k and v into heads, attend in each, join the heads again and mix them with `out`."""
        B, n, d = X.shape
        size = d // self.heads
        Q, K, V = (
            layer(X).reshape(B, n, self.heads, size).transpose(1, 2) for layer in (self.q, self.k, self.v)
        )
        S = Q @ K.transpose(-1, -2) / size**0.5
        if mask is not None:
            S = S.masked_fill(~mask, -torch.inf)
        H = torch.softmax(S, dim=-1) @ V
        return self.out(H.transpose(1, 2).reshape(B, n, d))


class LanguageModel(nn.Module):
    """Predict each next letter from the letters so far: one layer of attention and nothing else."""

    def __init__(self, letters: int, longest: int, d: int = 32, heads: int = 4):
        super().__init__()
        self.letter, self.place = nn.Embedding(letters, d), nn.Embedding(longest, d)
        self.attention, self.scores = MultiHead(d, heads), nn.Linear(d, letters)

    def forward(self, tokens: Int[Tensor, "B n"]) -> Float[Tensor, "B n letters"]:
        """Return the scores of the letter that follows each token."""
        n = tokens.shape[1]
        X = self.letter(tokens) + self.place.weight[:n]
        mask = torch.ones(n, n, dtype=torch.bool, device=tokens.device).tril()
        return self.scores(X + self.attention(X, mask))


# ---------------------------------------------------------------- deeper


def embed() -> dict[str, tuple[float, float]]:
    """Return points in the plane whose products pair dog with sleeps and on with couch; the is apart."""
    return {"the": (0.0, 0.0), "dog": (2.0, 0.5), "sleeps": (2.0, 0.5), "on": (0.5, 2.0), "couch": (0.5, 2.0)}


def recover(X: Float[ndarray, "n d"], A: Float[ndarray, "n n"]) -> Float[ndarray, "d d"]:
    """Return an M with softmax(X M Xᵀ / √d) = A where there is one, else nearest in the logarithms."""
    S = np.log(A) * np.sqrt(X.shape[1])
    C = X - X.mean(axis=0)  # what is the same for all keys changes no softmax
    return np.linalg.pinv(X) @ S @ np.linalg.pinv(C).T


def softmax_back(A: Float[ndarray, "*B n m"], G: Float[ndarray, "*B n m"]) -> Float[ndarray, "*B n m"]:
    """Return the gradient with respect to the scores, from G, that with respect to the weights A."""
    return A * (G - (A * G).sum(axis=-1, keepdims=True))


def additive_scores(
    Q: Float[ndarray, "n d_q"],
    K: Float[ndarray, "m d_k"],
    Wq: Float[ndarray, "d_q h"],
    Wk: Float[ndarray, "d_k h"],
    v: Float[ndarray, "h"],
) -> Float[ndarray, "n m"]:
    """Return S_ij = tanh(q_i Wq + k_j Wk) · v: a small network judges each pair."""
    return np.tanh((Q @ Wq)[:, None] + (K @ Wk)[None]) @ v


def blockwise(
    Q: Float[ndarray, "n d_k"], K: Float[ndarray, "m d_k"], V: Float[ndarray, "m d_v"], block: int
) -> Float[ndarray, "n d_v"]:
    """Return the output of attention, never holding more than `block` columns of scores."""
    top, total = np.full((len(Q), 1), -np.inf), np.zeros((len(Q), 1))
    out = np.zeros((len(Q), V.shape[1]))
    for j in range(0, len(K), block):
        S = Q @ K[j : j + block].T / np.sqrt(Q.shape[1])
        new = np.maximum(top, S.max(axis=1, keepdims=True))
        E, shrink = np.exp(S - new), np.exp(top - new)
        total = shrink * total + E.sum(axis=1, keepdims=True)
        out = shrink * out + E @ V[j : j + block]
        top = new
    return out / total
