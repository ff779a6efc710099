"""Lesson 13: from text to an assistant, by pieces of words, today's block, and what people prefer.

X (B, n, d) holds for each of B texts n tokens of width d; queries Q are (B, h, n, d) for h heads, keys and
values (B, g, m, d) for g groups of heads. Losses are means.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn.functional import linear, logsigmoid, silu, softplus

# ---------------------------------------------------------------- pieces of words


def bpe_merges(words: Mapping[str, int], k: int) -> list[tuple[str, str]]:
    """Return the first k pairs of neighbours that become one piece, the most frequent first.

    `words` says how often each occurs; every place where two pieces stand side by side counts. Of equally
    frequent pairs the one that is met first is taken. Sennrich, Haddow & Birch, 2016.
    """
    cuts = {word: list(word) for word in words}
    merges: list[tuple[str, str]] = []
    for _ in range(k):
        counts: Counter[tuple[str, str]] = Counter()
        for word, cut in cuts.items():
            for pair in pairwise(cut):
                counts[pair] += words[word]
        if not counts:
            break
        best = max(counts, key=lambda pair: counts[pair])
        merges.append(best)
        cuts = {word: joined(cut, best) for word, cut in cuts.items()}
    return merges


def joined(cut: Sequence[str], pair: tuple[str, str]) -> list[str]:
    """Return pieces in which the two of a pair, where they are neighbours, have become one, from the left."""
    done: list[str] = []
    i = 0
    while i < len(cut):
        both = tuple(cut[i : i + 2]) == pair
        done.append(pair[0] + pair[1] if both else cut[i])
        i += 2 if both else 1
    return done


def bpe_encode(word: str, merges: Sequence[tuple[str, str]]) -> list[str]:
    """Return the pieces of a word: of all pairs that may join, the earliest learned joins first."""
    rank = {pair: i for i, pair in enumerate(merges)}
    cut = list(word)
    while pairs := set(pairwise(cut)) & rank.keys():
        cut = joined(cut, min(pairs, key=lambda pair: rank[pair]))
    return cut


# ---------------------------------------------------------------- today's block


def rms_norm(X: Float[Tensor, "*B d"], gain: Float[Tensor, "d"], eps: float = 1e-6) -> Float[Tensor, "*B d"]:
    """Return each row divided by the root of its mean square, times gain. Zhang & Sennrich, 2019."""
    return X * torch.rsqrt((X**2).mean(dim=-1, keepdim=True) + eps) * gain


def rope(
    X: Float[Tensor, "*B n d"], places: Int[Tensor, "n"], base: float = 10000.0
) -> Float[Tensor, "*B n d"]:
    """Return X with pair i of each row, its columns 2i and 2i + 1, turned by place / base^(2i/d).

    A pair is a complex number, which is turned by a product with cos + i sin. Su and others, 2021.
    """
    exact = X.to(torch.promote_types(X.dtype, torch.float32))  # half precision is too coarse for angles
    i = torch.arange(X.shape[-1] // 2).to(exact)
    angle = places[:, None] / base ** (2 * i / X.shape[-1])
    pairs = torch.view_as_complex(exact.unflatten(-1, (-1, 2)).contiguous())
    turned = pairs * torch.polar(torch.ones_like(angle), angle)
    return torch.view_as_real(turned).flatten(-2).to(X)


def swiglu(
    X: Float[Tensor, "*B d"],
    W: Float[Tensor, "d m"],
    V: Float[Tensor, "d m"],
    W2: Float[Tensor, "m d"],
) -> Float[Tensor, "*B d"]:
    """Return (silu(X W) * X V) W2: one half says what, the other how much of it. Shazeer, 2020."""
    return (silu(X @ W) * (X @ V)) @ W2


def gqa(
    Q: Float[Tensor, "B h n d"], K: Float[Tensor, "B g m d"], V: Float[Tensor, "B g m d"]
) -> Float[Tensor, "B h n d"]:
    """Return causal attention in which each h / g neighbouring heads share keys and values.

    The n queries stand at the last n of the m places. Ainslie and others, 2023.
    """
    groups, (n, m) = K.shape[1], (Q.shape[2], K.shape[2])
    Q = (Q / Q.shape[-1] ** 0.5).unflatten(1, (groups, -1)).flatten(2, 3)  # a group's heads in a column
    S = (Q @ K.transpose(-1, -2)).unflatten(2, (-1, n))
    later = S.new_full((n, m), -torch.inf).triu(m - n + 1)
    A = torch.softmax(S + later, dim=-1).flatten(2, 3)
    return (A @ V).unflatten(2, (-1, n)).flatten(1, 2)


class Block(nn.Module):
    """Look, then think, each on normalised rows, and add: as in lesson 08, of today's pieces."""

    def __init__(self, d: int, heads: int, groups: int, hidden: int):
        super().__init__()
        self.width = d // heads
        self.gain1, self.gain2 = nn.Parameter(torch.ones(d)), nn.Parameter(torch.ones(d))
        self.q, self.out = nn.Linear(d, d, bias=False), nn.Linear(d, d, bias=False)
        self.k, self.v = (nn.Linear(d, groups * self.width, bias=False) for _ in range(2))
        self.W, self.V = (nn.Parameter(torch.randn(d, hidden) / d**0.5) for _ in range(2))
        self.W2 = nn.Parameter(torch.randn(hidden, d) / hidden**0.5 / 4)

    def forward(self, X: Float[Tensor, "B n d"]) -> Float[Tensor, "B n d"]:
        """Let each token look at those before it, then think by itself."""
        places, Z = torch.arange(X.shape[1], device=X.device), rms_norm(X, self.gain1)
        Q, K, V = (
            layer(Z).unflatten(-1, (-1, self.width)).transpose(1, 2) for layer in (self.q, self.k, self.v)
        )
        A = gqa(rope(Q, places), rope(K, places), V)
        X = X + self.out(A.transpose(1, 2).flatten(2))
        return X + swiglu(rms_norm(X, self.gain2), self.W, self.V, self.W2)


class Assistant(nn.Module):
    """A causal stack of such blocks; the table of pieces also scores what follows (weight tying)."""

    def __init__(self, pieces: int, d: int = 64, heads: int = 4, groups: int = 2, layers: int = 2):
        super().__init__()
        self.piece, self.gain = nn.Embedding(pieces, d), nn.Parameter(torch.ones(d))
        nn.init.normal_(self.piece.weight, std=d**-0.5)
        hidden = 8 * round(d / 3)
        self.blocks = nn.ModuleList(Block(d, heads, groups, hidden) for _ in range(layers))

    def forward(self, tokens: Int[Tensor, "B n"]) -> Float[Tensor, "B n V"]:
        """Return the scores of what follows each token."""
        X = self.piece(tokens)
        for block in self.blocks:
            X = block(X)
        return linear(rms_norm(X, self.gain), self.piece.weight)


# ---------------------------------------------------------------- drawing


def top_p(p: Float[Tensor, "*B K"], threshold: float) -> Float[Tensor, "*B K"]:
    """Return p with only the fewest best tokens that reach the threshold together, scaled to sum to 1.

    Of equally probable ones the first goes first. Holtzman and others, 2020.
    """
    sorted_p, order = p.sort(dim=-1, descending=True, stable=True)
    before = sorted_p.cumsum(dim=-1) - sorted_p
    kept = torch.zeros_like(p).scatter(-1, order, torch.where(before < threshold, sorted_p, 0.0))
    return kept / kept.sum(dim=-1, keepdim=True)


# ---------------------------------------------------------------- learning to answer


def answer_logp(
    scores: Float[Tensor, "B n V"],
    tokens: Int[Tensor, "B n"],
    prompts: Int[Tensor, "B"],
    lengths: Int[Tensor, "B"],
) -> Float[Tensor, "B"]:
    """Return for each text the log-probability of its answer: the tokens behind the prompt, up to its length.

    The scores at a place are of the token that follows.
    """
    log_p = torch.log_softmax(scores[:, :-1], dim=-1)
    log_p = log_p.gather(-1, tokens[:, 1:, None])[..., 0]
    place = torch.arange(1, tokens.shape[1])
    answer = (place >= prompts[:, None]) & (place < lengths[:, None])
    return torch.where(answer, log_p, 0.0).sum(dim=-1)


def answer_loss(
    scores: Float[Tensor, "B n V"],
    tokens: Int[Tensor, "B n"],
    prompts: Int[Tensor, "B"],
    lengths: Int[Tensor, "B"],
) -> Float[Tensor, ""]:
    """Return the mean surprise of all tokens of answers; prompts and padding don't count."""
    return -answer_logp(scores, tokens, prompts, lengths).sum() / (lengths - prompts).sum()


# ---------------------------------------------------------------- learning from comparisons


def bradley_terry(chosen: Float[Tensor, "N"], rejected: Float[Tensor, "N"]) -> Float[Tensor, ""]:
    """Return the mean surprise at N choices, if the chance of each is sigmoid(difference of both rewards).

    Bradley & Terry, 1952.
    """
    return softplus(rejected - chosen).mean()


def dpo_loss(
    pi_c: Float[Tensor, "N"],
    pi_r: Float[Tensor, "N"],
    ref_c: Float[Tensor, "N"],
    ref_r: Float[Tensor, "N"],
    beta: float,
) -> Float[Tensor, ""]:
    """Return Bradley and Terry's loss where an answer's reward is beta times its log-probability's gain.

    Chosen and rejected answers have the log-probabilities pi under the model that learns, and ref under the
    one that it began as, which does not learn. Rafailov and others, 2023.
    """
    ref_c, ref_r = ref_c.detach(), ref_r.detach()
    return -logsigmoid(beta * ((pi_c - ref_c) - (pi_r - ref_r))).mean()


# ---------------------------------------------------------------- deeper


def route(
    X: Float[Tensor, "n d"], R: Float[Tensor, "d E"], k: int
) -> tuple[Float[Tensor, "n E"], Float[Tensor, ""]]:
    """Return (weights, balance) of a mixture of E experts: each token asks the k with the best scores X R.

    Their weights are a softmax over these k, all others have 0. balance is E times the sum over experts of
    the share of choices that fall on one times its mean probability: 1 where all are even. Fedus, Zoph &
    Shazeer, 2022.
    """
    S = X @ R
    best = S.topk(k, dim=-1).indices
    chosen = torch.zeros_like(S).scatter(-1, best, 1.0)
    weights = torch.softmax(S.masked_fill(chosen == 0, -torch.inf), dim=-1)
    share = chosen.mean(dim=0) / k
    return weights, S.shape[-1] * (share * torch.softmax(S, dim=-1).mean(dim=0)).sum()


def state_space(
    x: Float[Tensor, "n"], a: Float[Tensor, "s"], b: Float[Tensor, "s"], c: Float[Tensor, "s"]
) -> Float[Tensor, "n"]:
    """Return y[t] = c · h[t] of h[t] = a * h[t - 1] + b x[t], from h = 0. Gu and others, 2022."""
    h, y = torch.zeros_like(a), []
    for t in range(len(x)):
        h = a * h + b * x[t]
        y.append((c * h).sum())
    return torch.stack(y)
