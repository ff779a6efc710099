"""Lesson 08: Transformers, from layer norm to a GPT and an encoder that takes real pretrained weights.

Arrays are torch tensors from here on: X (B, n, d) holds for each of B sequences n tokens of width d. In a
mask True means: may be looked at; `real` (B, n) is True where there is a token and not padding.
"""

from collections.abc import Mapping

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn.functional import gelu, one_hot, scaled_dot_product_attention

from helpers.reference.attention import MultiHead

# ---------------------------------------------------------------- the block


def layer_norm(
    X: Float[Tensor, "*B d"], gain: Float[Tensor, "d"], bias: Float[Tensor, "d"], eps: float = 1e-5
) -> Float[Tensor, "*B d"]:
    """Return each row shifted to mean 0 and scaled to variance 1, then times gain plus bias."""
    centred = X - X.mean(dim=-1, keepdim=True)
    variance = (centred**2).mean(dim=-1, keepdim=True)
    return centred / torch.sqrt(variance + eps) * gain + bias


class Block(nn.Module):
    """Tokens look at each other, then each thinks by itself; both results are added to what was there."""

    def __init__(self, d: int, heads: int, hidden: int, pre: bool = True, eps: float = 1e-5):
        super().__init__()
        self.pre, self.attention = pre, MultiHead(d, heads)
        self.norm1, self.norm2 = nn.LayerNorm(d, eps), nn.LayerNorm(d, eps)
        self.up, self.down = nn.Linear(d, hidden), nn.Linear(hidden, d)

    def forward(
        self, X: Float[Tensor, "B n d"], mask: Bool[Tensor, "*C n"] | None = None
    ) -> Float[Tensor, "B n d"]:
        """Normalise before each of the two steps (`pre`), or after each sum."""
        if self.pre:
            X = X + self.attention(self.norm1(X), mask)
            return X + self.down(gelu(self.up(self.norm2(X))))
        X = self.norm1(X + self.attention(X, mask))
        return self.norm2(X + self.down(gelu(self.up(X))))


# ---------------------------------------------------------------- positions


def positions(n: int, d: int) -> Float[Tensor, "n d"]:
    """Return the waves of Vaswani and others (2017): pair i turns by 1 / 10000^(2i/d) from place to place."""
    i = torch.arange(d // 2, dtype=torch.float64)
    angle = torch.arange(n)[:, None] / 10000 ** (2 * i / d)
    return torch.stack([angle.sin(), angle.cos()], dim=-1).reshape(n, d)


def spread(P: Float[Tensor, "n d"]) -> float:
    """Return how much P[p] · P[p + k] depends on p: the largest range along a diagonal of P Pᵀ."""
    G = P @ P.T
    diagonals = [G.diagonal(k) for k in range(len(P))]
    return max(float(g.max() - g.min()) for g in diagonals)


# ---------------------------------------------------------------- what is to be guessed


def next_tokens(
    text: Int[Tensor, "N"], starts: Int[Tensor, "B"], n: int
) -> tuple[Int[Tensor, "B n"], Int[Tensor, "B n"]]:
    """Return (inputs, targets): n tokens from each start on, and the token that follows each of them."""
    at = starts[:, None] + torch.arange(n)
    return text[at], text[at + 1]


def hide_tokens(
    tokens: Int[Tensor, "B n"], real: Bool[Tensor, "B n"], darts: Float[Tensor, "B n"],
    others: Int[Tensor, "B n"], mask_token: int,
) -> tuple[Int[Tensor, "B n"], Int[Tensor, "B n"]]:  # fmt: skip
    """Return (inputs, targets) for a masked language model; a target of -100 is not asked for.

    A token is chosen where its dart is below 0.15. Below 0.12 it becomes the mask, below 0.135 another token.
    """
    chosen = real & (darts < 0.15)
    inputs = torch.where(chosen & (darts < 0.135), others, tokens)
    inputs = torch.where(chosen & (darts < 0.12), mask_token, inputs)
    return inputs, torch.where(chosen, tokens, -100)


# ---------------------------------------------------------------- GPT


class GPT(nn.Module):
    """Predict each next token from the tokens so far: a stack of causal blocks."""

    def __init__(self, letters: int, longest: int, d: int = 64, heads: int = 4, layers: int = 2):
        super().__init__()
        self.letter, self.place = nn.Embedding(letters, d), nn.Embedding(longest, d)
        self.blocks = nn.ModuleList(Block(d, heads, 4 * d) for _ in range(layers))
        self.norm, self.scores = nn.LayerNorm(d), nn.Linear(d, letters)

    def forward(self, tokens: Int[Tensor, "B n"]) -> Float[Tensor, "B n letters"]:
        """Return the scores of what follows each token."""
        n = tokens.shape[1]
        X = self.letter(tokens) + self.place.weight[:n]
        mask = torch.ones(n, n, dtype=torch.bool, device=tokens.device).tril()
        for block in self.blocks:
            X = block(X, mask)
        return self.scores(self.norm(X))


def next_probabilities(
    z: Float[Tensor, "*B K"], tau: float = 1.0, k: int | None = None
) -> Float[Tensor, "*B K"]:
    """Return the probabilities to draw from: the k best scores z at temperature tau; tau = 0 is greedy."""
    if tau == 0:
        return one_hot(z.argmax(dim=-1), z.shape[-1]).to(z.dtype)
    if k is not None:
        worst = z.topk(k, dim=-1).values[..., -1:]
        z = z.masked_fill(z < worst, -torch.inf)
    return torch.softmax(z / tau, dim=-1)


# ---------------------------------------------------------------- encoder


def pool(H: Float[Tensor, "B n d"], real: Bool[Tensor, "B n"]) -> Float[Tensor, "B d"]:
    """Return for each sequence the mean of the rows that hold a token."""
    H = H.masked_fill(~real[:, :, None], 0)
    return H.sum(dim=1) / real.sum(dim=1, keepdim=True)


class Encoder(nn.Module):
    """Read a whole text at once: words, places and kinds, normalised, through post-norm blocks."""

    def __init__(self, words: int, longest: int, d: int, heads: int, hidden: int, layers: int):
        super().__init__()
        self.word, self.place, self.kind = (nn.Embedding(m, d) for m in (words, longest, 2))
        self.norm = nn.LayerNorm(d, eps=1e-12)
        self.blocks = nn.ModuleList(Block(d, heads, hidden, False, 1e-12) for _ in range(layers))

    def forward(self, tokens: Int[Tensor, "B n"], real: Bool[Tensor, "B n"]) -> Float[Tensor, "B n d"]:
        """Return a row for each token; nobody looks at padding."""
        X = self.word(tokens) + self.place.weight[: tokens.shape[1]] + self.kind.weight[0]
        X = self.norm(X)
        for block in self.blocks:
            X = block(X, real[:, None, None, :])
        return X


def rename(name: str, table: Mapping[str, str]) -> str:
    """Return a name in which every piece that is in the table is replaced, the longest pieces first."""
    for theirs in sorted(table, key=len, reverse=True):
        name = name.replace(theirs, table[theirs])
    return name


# ---------------------------------------------------------------- deeper


def parameters(words: int, longest: int, d: int, layers: int) -> int:
    """Return how many numbers an encoder learns: tables, their norm, blocks four times as wide inside."""
    return (words + longest + 2) * d + 2 * d + layers * (12 * d**2 + 13 * d)


def cross_attention(
    attention: MultiHead, X: Float[Tensor, "B n d"], Y: Float[Tensor, "B m d"]
) -> Float[Tensor, "B n d"]:
    """Return what the tokens of X find in those of Y, with the layers q, k, v and out of `attention`."""
    Q, K, V = (
        Z.unflatten(-1, (attention.heads, -1)).transpose(1, 2)
        for Z in (attention.q(X), attention.k(Y), attention.v(Y))
    )
    A = torch.softmax(Q @ K.transpose(-1, -2) / Q.shape[-1] ** 0.5, dim=-1)
    return attention.out((A @ V).transpose(1, 2).flatten(2))


def cached(
    attention: MultiHead, x: Float[Tensor, "B 1 d"], K: Float[Tensor, "B t d"], V: Float[Tensor, "B t d"]
) -> tuple[Float[Tensor, "B 1 d"], Float[Tensor, "B t1 d"], Float[Tensor, "B t1 d"]]:
    """Return the newest token's row, and keys and values with its own behind those of before."""
    K = torch.cat([K, attention.k(x)], dim=1)
    V = torch.cat([V, attention.v(x)], dim=1)
    q, k, v = (Z.unflatten(-1, (attention.heads, -1)).transpose(1, 2) for Z in (attention.q(x), K, V))
    A = torch.softmax(q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5, dim=-1)
    return attention.out((A @ v).transpose(1, 2).flatten(2)), K, V


def patchify(images: Float[Tensor, "B c h w"], p: int) -> Float[Tensor, "B n pixels"]:
    """Return the patches of p x p pixels, row by row from the top left, each as one row of c p p numbers."""
    B, c, h, w = images.shape
    cut = images.reshape(B, c, h // p, p, w // p, p)
    return cut.permute(0, 2, 4, 1, 3, 5).reshape(B, -1, c * p * p)


def verbalise(p: Float[Tensor, "B V"], words: Mapping[str, list[int]]) -> list[str]:
    """Return for each row of probabilities the label whose words have the highest mean probability."""
    means = torch.stack([p[:, ids].mean(dim=1) for ids in words.values()], dim=1)
    labels = list(words)
    return [labels[int(i)] for i in means.argmax(dim=1)]


class Fused(MultiHead):
    """The same heads by torch's fused attention, which never writes the table of weights down."""

    def forward(
        self, X: Float[Tensor, "B n d"], mask: Bool[Tensor, "*C n"] | None = None
    ) -> Float[Tensor, "B n d"]:
        """Attend in each head, join the heads and mix them."""
        Q, K, V = (
            layer(X).unflatten(-1, (self.heads, -1)).transpose(1, 2) for layer in (self.q, self.k, self.v)
        )
        return self.out(scaled_dot_product_attention(Q, K, V, mask).transpose(1, 2).flatten(2))


def fuse(model: nn.Module) -> nn.Module:
    """Let all heads of a model, which keep their weights, compute by fused attention; return the model."""
    for module in model.modules():
        if type(module) is MultiHead:
            module.__class__ = Fused
    return model
