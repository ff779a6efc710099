"""Lesson 08: training a GPT, by the lesson's classes with fused heads and by torch's own layers.

On a GPU, where there is one, both run with autocast.
"""

import copy
from collections.abc import Callable
from typing import Any

WHAT = "4 steps of Adam of a GPT of 2 blocks of width 64 on 24 texts of 48 characters"
LIMIT = 0.9
STEPS, BATCH, LONGEST, LETTERS, WIDTH, HEADS, LAYERS = 4, 24, 48, 81, 64, 4, 2


def pair() -> tuple[Callable[[], object], Callable[[], object]]:
    """Return the same training twice, of two models of the same size."""
    import torch
    from torch import nn

    from helpers.reference.transformers import GPT, fuse

    device = "cuda" if torch.cuda.is_available() else "cpu"

    class Theirs(nn.Module):
        """The same model of torch's own layers, with the same numbers."""

        def __init__(self, ours: GPT) -> None:
            super().__init__()
            self.letter, self.place, self.norm, self.scores = (
                copy.deepcopy(part) for part in (ours.letter, ours.place, ours.norm, ours.scores)
            )
            self.blocks = nn.ModuleList(layer_of(block, norm_first=True) for block in ours.blocks)
            mask = nn.Transformer.generate_square_subsequent_mask(LONGEST)
            self.register_buffer("mask", mask)

        def forward(self, tokens: Any) -> Any:
            X = self.letter(tokens) + self.place.weight[: tokens.shape[1]]
            for block in self.blocks:
                X = block(X, src_mask=self.mask, is_causal=True)
            return self.scores(self.norm(X))

    torch.manual_seed(0)
    text = torch.randint(LETTERS, (BATCH, LONGEST + 1), device=device)
    ours = GPT(LETTERS, LONGEST, WIDTH, HEADS, LAYERS)
    theirs = Theirs(ours)
    return trainings(fuse(ours), theirs, text)


def layer_of(block: Any, norm_first: bool) -> Any:
    """Return torch's own layer with the numbers of one of the lesson's blocks."""
    import torch
    from torch import nn

    heads, d = block.attention, block.up.in_features
    theirs = nn.TransformerEncoderLayer(
        d, heads.heads, block.up.out_features, 0.0, "gelu", batch_first=True, norm_first=norm_first
    )
    for name in ("weight", "bias"):
        three = torch.cat([getattr(layer, name).data for layer in (heads.q, heads.k, heads.v)])
        getattr(theirs.self_attn, f"in_proj_{name}").data = three
    pieces = {theirs.self_attn.out_proj: heads.out, theirs.linear1: block.up, theirs.linear2: block.down,
              theirs.norm1: block.norm1, theirs.norm2: block.norm2}  # fmt: skip
    for mine, its in pieces.items():
        mine.load_state_dict(its.state_dict())
    return theirs


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
