"""Lesson 06: language models of names, by counting and with recurrent networks.

Rows are samples, a layer is `X @ W + b`, losses are means. A batch of names is an array of letter numbers
(n, T) with a mask of the same shape that is False where a shorter name is padded. Recurrent layers read
inputs A (n, T, d); where the mask is False a state waits, so that column T - 1 holds every row's last one.
"""

from collections.abc import Callable, Sequence

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy import ndarray

from helpers.reference.perceptron import sigmoid

LETTERS = ".abcdefghijklmnopqrstuvwxyz"  # the full stop, number 0, stands before and after each name

# ---------------------------------------------------------------- names, counts, perplexity


def encode(names: Sequence[str]) -> tuple[Int[ndarray, "n T"], Int[ndarray, "n T"], Bool[ndarray, "n T"]]:
    """Return (X, Y, mask): what is read, what comes next, and where there is a name at all."""
    T = max(len(name) for name in names) + 1
    X = np.zeros((len(names), T), dtype=int)
    Y, mask = np.zeros_like(X), np.zeros(X.shape, dtype=bool)
    for i, name in enumerate(names):
        ids = [LETTERS.index(letter) for letter in name]
        X[i, 1 : len(ids) + 1] = ids
        Y[i, : len(ids)] = ids
        mask[i, : len(ids) + 1] = True
    return X, Y, mask


def bigram(
    X: Int[ndarray, "n T"], Y: Int[ndarray, "n T"], mask: Bool[ndarray, "n T"], alpha: float
) -> Float[ndarray, "letters letters"]:
    """Return P, whose row i holds the probabilities of what follows letter i; every count starts at alpha."""
    counts = np.full((len(LETTERS), len(LETTERS)), alpha, dtype=float)
    np.add.at(counts, (X[mask], Y[mask]), 1)
    return counts / counts.sum(axis=1, keepdims=True)


def sample(
    predict: Callable[[list[int]], Float[ndarray, "letters"]], darts: Float[ndarray, "m"], tau: float = 1.0
) -> list[int]:
    """Grow a name letter by letter until STOP or until no dart is left; tau is the temperature."""
    ids: list[int] = []
    for u in darts:
        p = predict(ids) ** (1 / tau)
        p = p / p.sum()
        i = int(np.searchsorted(np.cumsum(p), u, side="right"))
        if i == 0:
            break
        ids.append(i)
    return ids


def perplexity(log_p: Float[ndarray, "n T"], mask: Bool[ndarray, "n T"]) -> float:
    """Return exp of the mean surprise -log_p over the letters that the mask keeps."""
    return float(np.exp(-log_p[mask].mean()))


# ---------------------------------------------------------------- backing off to shorter contexts


def followers(texts: Sequence[str], k: int, letters: str = LETTERS) -> dict[str, Float[ndarray, "letters"]]:
    """Return how often each letter followed each k letters; every text begins after k full stops."""
    table: dict[str, ndarray] = {}
    for text in texts:
        padded = "." * k + text
        for i, letter in enumerate(text):
            row = table.setdefault(padded[i : i + k], np.zeros(len(letters)))
            row[letters.index(letter)] += 1
    return table


def shorter(
    table: dict[str, Float[ndarray, "letters"]],
) -> dict[str, Float[ndarray, "letters"]]:
    """Return the table without its contexts' first letters: in how many longer ones did each letter follow?

    Source: R. Kneser, H. Ney, Improved backing-off for m-gram language modeling (1995).
    """
    short: dict[str, ndarray] = {}
    for context, row in table.items():
        short[context[1:]] = short.get(context[1:], np.zeros(len(row))) + (row > 0)
    return short


def backoff(rows: Sequence[Float[ndarray, "m"]], discount: float) -> Float[ndarray, "m"]:
    """Return the probabilities of what comes next, from counts after longer and longer contexts.

    The discount is taken off each count (0 < discount <= 1); what that frees goes to the shorter contexts. A
    row of zeros was never met and changes nothing. Source: S. Chen, J. Goodman, An empirical study of
    smoothing techniques for language modeling (1999), interpolated form.
    """
    p = np.full(len(rows[0]), 1 / len(rows[0]))
    for row in rows:
        n = row.sum()
        if n > 0:
            p = np.maximum(row - discount, 0) / n + discount * (row > 0).sum() / n * p
    return p


# ---------------------------------------------------------------- embeddings and the recurrent network


def lookup(E: Float[ndarray, "letters d"], X: Int[ndarray, "n T"]) -> Float[ndarray, "n T d"]:
    """Return the row of E for each number in X: the same as one-hot rows times E."""
    return E[X]


def lookup_gradient(
    G: Float[ndarray, "n T d"], X: Int[ndarray, "n T"], letters: int
) -> Float[ndarray, "letters d"]:
    """Return the gradient with respect to E, given that with respect to what was looked up."""
    dE = np.zeros((letters, G.shape[-1]))
    np.add.at(dE, X, G)
    return dE


def rnn(
    A: Float[ndarray, "n T d"], mask: Bool[ndarray, "n T"], h0: Float[ndarray, "n h"],
    Wx: Float[ndarray, "d h"], Wh: Float[ndarray, "h h"], b: Float[ndarray, "h"],
) -> Float[ndarray, "n T h"]:  # fmt: skip
    """Return the state after each step; where the mask is False it stays as it was."""
    h, H = h0, []
    for t in range(A.shape[1]):
        new = np.tanh(A[:, t] @ Wx + h @ Wh + b)
        h = np.where(mask[:, t, None], new, h)
        H.append(h)
    return np.stack(H, axis=1)


def bptt(
    A: Float[ndarray, "n T d"], mask: Bool[ndarray, "n T"], h0: Float[ndarray, "n h"],
    Wx: Float[ndarray, "d h"], Wh: Float[ndarray, "h h"], b: Float[ndarray, "h"],
    G: Float[ndarray, "n T h"],
) -> tuple[
    Float[ndarray, "n T d"], Float[ndarray, "d h"], Float[ndarray, "h h"], Float[ndarray, "h"]
]:  # fmt: skip
    """Return (dA, dWx, dWh, db), given G: how the loss depends on each state directly."""
    H = rnn(A, mask, h0, Wx, Wh, b)
    dA, dWx, dWh, db = np.zeros_like(A), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    D = np.zeros_like(h0)
    for t in reversed(range(A.shape[1])):
        D = D + G[:, t]
        S = D * (1 - H[:, t] ** 2) * mask[:, t, None]
        before = H[:, t - 1] if t > 0 else h0
        dA[:, t] = S @ Wx.T
        dWx += A[:, t].T @ S
        dWh += before.T @ S
        db += S.sum(axis=0)
        D = np.where(mask[:, t, None], S @ Wh.T, D)
    return dA, dWx, dWh, db


def clip(gradients: Sequence[Float[ndarray, "..."]], limit: float) -> list[Float[ndarray, "..."]]:
    """Return the gradients, all scaled by one factor where their common norm is above the limit."""
    norm = np.sqrt(sum((g**2).sum() for g in gradients))
    factor = limit / max(norm, limit)
    return [factor * g for g in gradients]


# ---------------------------------------------------------------- gates


def gru_cell(
    a: Float[ndarray, "n d"], h: Float[ndarray, "n h"],
    Wx: Float[ndarray, "d h3"], Wh: Float[ndarray, "h h3"],
    bx: Float[ndarray, "h3"], bh: Float[ndarray, "h3"], reset: str,
) -> Float[ndarray, "n h"]:  # fmt: skip
    """Return the next state; the blocks are r, z, n, and `reset` acts "before" or "after" the matrix."""
    xr, xz, xn = (a @ Wx + bx).reshape(len(a), 3, -1).swapaxes(0, 1)
    hr, hz, hn = (h @ Wh + bh).reshape(len(a), 3, -1).swapaxes(0, 1)
    r, z = sigmoid(xr + hr), sigmoid(xz + hz)
    if reset == "before":
        Wn, bn = np.split(Wh, 3, axis=1)[2], np.split(bh, 3)[2]
        n = np.tanh(xn + (r * h) @ Wn + bn)
    else:
        n = np.tanh(xn + r * hn)
    return (1 - z) * n + z * h


def lstm_cell(
    a: Float[ndarray, "n d"], h: Float[ndarray, "n h"], c: Float[ndarray, "n h"],
    Wx: Float[ndarray, "d h4"], Wh: Float[ndarray, "h h4"], b: Float[ndarray, "h4"],
) -> tuple[Float[ndarray, "n h"], Float[ndarray, "n h"]]:  # fmt: skip
    """Return the next (h, c); the blocks of the weights are i, f, g, o."""
    i, f, g, o = (a @ Wx + h @ Wh + b).reshape(len(a), 4, -1).swapaxes(0, 1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    h = sigmoid(o) * np.tanh(c)
    return h, c


# ---------------------------------------------------------------- deeper


def jordan(
    A: Float[ndarray, "n T d"], Wx: Float[ndarray, "d h"], Wy: Float[ndarray, "k h"], b: Float[ndarray, "h"],
    Wo: Float[ndarray, "h k"], c: Float[ndarray, "k"],
) -> Float[ndarray, "n T k"]:  # fmt: skip
    """Return each step's output of a chain that hears its last output in place of its state. Jordan, 1986."""
    y, Y = np.zeros((len(A), len(c))), []
    for t in range(A.shape[1]):
        h = np.tanh(A[:, t] @ Wx + y @ Wy + b)
        y = h @ Wo + c
        Y.append(y)
    return np.stack(Y, axis=1)


def birnn(
    A: Float[ndarray, "n T d"], mask: Bool[ndarray, "n T"], forward: tuple[ndarray, ...],
    backward: tuple[ndarray, ...],
) -> Float[ndarray, "n T h2"]:  # fmt: skip
    """Return both chains side by side, each from a zero state; forward and backward are (Wx, Wh, b)."""
    h0 = np.zeros((len(A), len(forward[2])))
    there = rnn(A, mask, h0, *forward)
    back = rnn(A[:, ::-1], mask[:, ::-1], h0, *backward)
    return np.concatenate([there, back[:, ::-1]], axis=2)


def analogy(a: str, b: str, c: str, names: Sequence[str], vectors: Float[ndarray, "m d"]) -> str:
    """Return the name nearest by cosine to b - a + c, none of the three: a is to b as c is to it."""
    of = dict(zip(names, vectors, strict=True))
    goal = of[b] - of[a] + of[c]
    cosines = vectors @ goal / np.linalg.norm(vectors, axis=1)
    order = np.argsort(-cosines)
    return next(names[i] for i in order if names[i] not in (a, b, c))


def windows(series: Float[ndarray, "m"], w: int) -> tuple[Float[ndarray, "n w"], Float[ndarray, "n"]]:
    """Return (X, y): each row of X holds w values in a row, y the value that comes next."""
    n = len(series) - w
    X = np.stack([series[i : i + w] for i in range(n)])
    return X, series[w:]


def time_folds(n: int, k: int) -> list[tuple[Int[ndarray, "_"], Int[ndarray, "_"]]]:
    """Return k pairs (train, test) of numbers below n: all blocks so far, and the next of k + 1."""
    blocks = np.array_split(np.arange(n), k + 1)
    return [(np.concatenate(blocks[: i + 1]), blocks[i + 1]) for i in range(k)]


def skipgrams(ids: Int[ndarray, "n"], w: int) -> Int[ndarray, "pairs 2"]:
    """Return all pairs (a word, another that stands at most w places from it), in any order."""
    pairs = []
    for k in range(1, w + 1):
        pairs += [(ids[k:], ids[:-k]), (ids[:-k], ids[k:])]
    return np.hstack(pairs).T
