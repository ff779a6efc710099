"""Lesson 13: training a stack of today's blocks, by the lesson's classes and of torch's own pieces.

Torch has `nn.RMSNorm` and attention in which heads share keys and values; for rotary positions and the gate
it has nothing but products. On a GPU, where there is one, both run with autocast.
"""

from collections.abc import Callable
from typing import Any

from helpers.grading.bench.references.transformers import trainings

WHAT = "4 steps of Adam of 2 of today's blocks of width 64 on 24 texts of 48 pieces"
LIMIT = 1.05
BATCH, LONGEST, PIECES, WIDTH, HEADS, GROUPS, LAYERS = 24, 48, 300, 64, 4, 2, 2


def pair() -> tuple[Callable[[], object], Callable[[], object]]:
    """Return the same training twice, of two models of the same numbers."""
    import torch
    from torch import nn
    from torch.nn.functional import linear, scaled_dot_product_attention, silu

    from helpers.reference.assistants import Assistant

    device = "cuda" if torch.cuda.is_available() else "cpu"
    i = torch.arange(WIDTH // HEADS // 2, device=device)
    angle = torch.arange(LONGEST, device=device)[:, None] / 10000.0 ** (2 * i / (WIDTH // HEADS))

    class Theirs(nn.Module):
        """A block of torch's own pieces, with the same numbers as one of the lesson's."""

        def __init__(self, ours: Any) -> None:
            super().__init__()
            self.norm1, self.norm2 = (nn.RMSNorm(WIDTH, eps=1e-6) for _ in range(2))
            self.q, self.k, self.v, self.out = ours.q, ours.k, ours.v, ours.out
            self.up = nn.Parameter(torch.cat([ours.W, ours.V], dim=1).detach())
            self.down = ours.W2

        def forward(self, X: Any) -> Any:
            Z = self.norm1(X)
            Q, K, V = (
                layer(Z).unflatten(-1, (-1, WIDTH // HEADS)).transpose(1, 2)
                for layer in (self.q, self.k, self.v)
            )
            Q, K = (turned(part) for part in (Q, K))
            A = scaled_dot_product_attention(Q, K, V, is_causal=True, enable_gqa=True)
            X = X + self.out(A.transpose(1, 2).flatten(2))
            gate, value = (self.norm2(X) @ self.up).chunk(2, dim=-1)
            return X + (silu(gate) * value) @ self.down

    def turned(X: Any) -> Any:
        whole = torch.view_as_complex(X.float().unflatten(-1, (-1, 2)).contiguous())
        return torch.view_as_real(whole * torch.polar(torch.ones_like(angle), angle)).flatten(-2).to(X)

    class Stack(nn.Module):
        def __init__(self, ours: Any) -> None:
            super().__init__()
            self.piece, self.norm = nn.Embedding(PIECES, WIDTH), nn.RMSNorm(WIDTH, eps=1e-6)
            self.piece.load_state_dict(ours.piece.state_dict())
            self.blocks = nn.Sequential(*map(Theirs, ours.blocks))

        def forward(self, tokens: Any) -> Any:
            return linear(self.norm(self.blocks(self.piece(tokens))), self.piece.weight)

    torch.manual_seed(0)
    text = torch.randint(PIECES, (BATCH, LONGEST + 1), device=device)

    def made() -> Assistant:
        torch.manual_seed(1)
        return Assistant(PIECES, WIDTH, HEADS, GROUPS, LAYERS)

    return trainings(made(), Stack(made()), text)
