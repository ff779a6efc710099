"""Lesson 08: training a GPT, by the lesson's classes with fused heads and by torch's own layers.

Our time must be at most 1 / 0.9 of torch's, so that ours trains at no less than 0.9 times its tokens per
second. On a GPU, where there is one, both run with autocast.
"""

from collections.abc import Callable
from typing import Any

WHAT = "4 steps of Adam of a GPT of 2 blocks of width 64 on 24 texts of 48 characters"
LIMIT = 1 / 0.9
STEPS, BATCH, LONGEST, LETTERS, WIDTH, HEADS, LAYERS = 4, 24, 48, 81, 64, 4, 2


def pair() -> tuple[Callable[[], object], Callable[[], object]]:
    """Return the same training twice, of two models of the same size."""
    import torch
    from torch import nn

    from helpers.reference.transformers import GPT, fuse

    device = "cuda" if torch.cuda.is_available() else "cpu"

    class Theirs(nn.Module):
        """The same model of torch's own layers."""

        def __init__(self) -> None:
            super().__init__()
            self.letter, self.place = nn.Embedding(LETTERS, WIDTH), nn.Embedding(LONGEST, WIDTH)
            layer = nn.TransformerEncoderLayer(
                WIDTH, HEADS, 4 * WIDTH, 0.0, "gelu", batch_first=True, norm_first=True
            )
            norm = nn.LayerNorm(WIDTH)
            self.blocks = nn.TransformerEncoder(layer, LAYERS, norm, enable_nested_tensor=False)
            self.scores = nn.Linear(WIDTH, LETTERS)
            mask = nn.Transformer.generate_square_subsequent_mask(LONGEST)
            self.register_buffer("mask", mask)

        def forward(self, tokens: Any) -> Any:
            X = self.letter(tokens) + self.place.weight[: tokens.shape[1]]
            return self.scores(self.blocks(X, mask=self.mask, is_causal=True))

    torch.manual_seed(0)
    text = torch.randint(LETTERS, (BATCH, LONGEST + 1), device=device)

    return trainings(fuse(GPT(LETTERS, LONGEST, WIDTH, HEADS, LAYERS)), Theirs(), text)


def trainings(ours: Any, theirs: Any, text: Any) -> tuple[Callable[[], object], Callable[[], object]]:
    """Return some steps of Adam on what follows in a text (n, T + 1), for two models of the same size."""
    import torch
    from torch.nn.functional import cross_entropy

    sizes = [sum(p.numel() for p in model.parameters()) for model in (ours, theirs)]
    if sizes[0] != sizes[1]:
        raise AssertionError(f"not of the same size: {sizes}")
    device = text.device.type

    def training(model: Any) -> Callable[[], object]:
        optimiser = torch.optim.Adam(model.to(device).parameters(), lr=1e-3, fused=True)

        def run() -> float:
            for _ in range(STEPS):
                with torch.autocast(device, enabled=device == "cuda"):
                    scores = model(text[:, :-1])
                loss = cross_entropy(scores.float().flatten(0, 1), text[:, 1:].flatten())
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
            return loss.item()

        return run

    return training(ours), training(theirs)
