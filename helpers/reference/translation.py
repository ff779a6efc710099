"""Lesson 08, deeper: an encoder, a decoder that looks across, and two ways to search for what it writes.

A translation is a list of tokens; token 0 begins it and ends it. S (B, m) holds texts to be translated, Y
(B, m, d) what the encoder makes of them, X (B, n, d) the rows of what has been written so far.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn.functional import gelu

from helpers.reference.attention import MultiHead
from helpers.reference.transformers import cross_attention


class DecoderBlock(nn.Module):
    """Look back at what is written, across at what is translated, and think; each result is added."""

    def __init__(self, d: int, heads: int, hidden: int):
        super().__init__()
        self.attention, self.across = MultiHead(d, heads), MultiHead(d, heads)
        self.norm1, self.norm2, self.norm3 = (nn.LayerNorm(d) for _ in range(3))
        self.up, self.down = nn.Linear(d, hidden), nn.Linear(hidden, d)

    def forward(self, X: Float[Tensor, "B n d"], Y: Float[Tensor, "B m d"]) -> Float[Tensor, "B n d"]:
        """Normalise before each of the three steps; nobody looks at what is not yet written."""
        n = X.shape[1]
        mask = torch.ones(n, n, dtype=torch.bool, device=X.device).tril()
        X = X + self.attention(self.norm1(X), mask)
        X = X + cross_attention(self.across, self.norm2(X), Y)
        return X + self.down(gelu(self.up(self.norm3(X))))


def greedy(scores: Callable[[Int[Tensor, "k t"]], Float[Tensor, "k letters"]], longest: int) -> list[int]:
    """Return what is written by taking the best token each time, at most `longest`; 0 begins and ends."""
    tokens = [0]
    for _ in range(longest):
        best = int(scores(torch.tensor([tokens]))[0].argmax())
        if best == 0:
            break
        tokens.append(best)
    return tokens[1:]


def beam_search(
    scores: Callable[[Int[Tensor, "k t"]], Float[Tensor, "k letters"]], longest: int, beams: int
) -> tuple[list[int], float]:
    """Return the likeliest text found, and its log-probability, where the best `beams` are kept each time."""
    kept = [([0], 0.0)]
    for _ in range(longest):
        grown = []
        for tokens, total in kept:
            if 0 in tokens[1:]:
                grown.append((tokens, total))
            else:
                row = scores(torch.tensor([tokens]))[0].tolist()
                grown += [([*tokens, i], total + p) for i, p in enumerate(row)]
        kept = sorted(grown, key=lambda pair: pair[1], reverse=True)[:beams]
    tokens, total = kept[0]
    return [token for token in tokens if token != 0], total


# ---------------------------------------------------------------- given by the lesson


def by_length(
    pairs: Sequence[tuple[Sequence[str], str]], words: Sequence[str], letters: str
) -> dict[int, tuple[Int[Tensor, "N m"], Int[Tensor, "N n"]]]:
    """Return texts and translations as tokens, by the number of words m, so that none needs padding.

    A translation begins and ends with token 0, which is the first of `letters`.
    """
    kept: dict[int, tuple[list[list[int]], list[list[int]]]] = {}
    number = {word: i for i, word in enumerate(words)}
    for text, translation in pairs:
        sources, targets = kept.setdefault(len(text), ([], []))
        sources.append([number[word] for word in text])
        targets.append([0, *map(letters.index, translation), 0])
    return {m: (torch.tensor(sources), torch.tensor(targets)) for m, (sources, targets) in kept.items()}


def looks(blocks: Iterable[Any], run: Callable[[], object]) -> Float[Tensor, "blocks n m"]:
    """Return how each block looks across, the mean of its heads, while `run` calls the model for one text."""
    blocks = list(blocks)
    kept: list[list[Tensor]] = [[] for _ in blocks]
    hooks = [
        getattr(block.across, name).register_forward_hook(lambda layer, x, y, rows=rows: rows.append(y[0]))
        for block, rows in zip(blocks, kept, strict=True)
        for name in ("q", "k")
    ]
    run()
    for hook in hooks:
        hook.remove()
    maps = []
    for block, (Q, K) in zip(blocks, kept, strict=True):
        q, k = (Z.unflatten(-1, (block.across.heads, -1)).transpose(0, 1) for Z in (Q, K))
        maps.append(torch.softmax(q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5, dim=-1).mean(dim=0))
    return torch.stack(maps)
