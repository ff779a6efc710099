"""Make `writer.npz`: a GPT that has read "Moby-Dick" in pieces of words.

    python -m helpers.data.make_writer FILE      # half an hour on one thread; started again, it goes on

The weights are stored in half precision under the names that GPT-Neo's files use.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, dropout, gelu

from helpers.data import moby_dick
from helpers.data.pieces import cut_into, learn_pieces
from helpers.reference.transformers import GPT, Block, fuse, next_tokens, rename

PIECES, LONGEST, WIDTH, HEADS, LAYERS = 1024, 96, 160, 4, 4
STEPS, PLATEAU, BATCH, ETA, DROPPED = 4500, 3250, 16, 0.002, 0.1
HELD_OUT = 60_000  # characters at the end of the book
THEIRS = {
    "letter": "transformer.wte", "place": "transformer.wpe", "blocks": "transformer.h",
    "norm": "transformer.ln_f", "norm1": "ln_1", "norm2": "ln_2", "up": "mlp.c_fc",
    "attention.q": "attn.attention.q_proj", "attention.k": "attn.attention.k_proj", "down": "mlp.c_proj",
    "attention.v": "attn.attention.v_proj", "attention.out": "attn.attention.out_proj", "scores": "lm_head",
}  # fmt: skip


class Forgetful(Block):
    """A block that forgets a tenth of each result while it learns."""

    def forward(self, X: Tensor, mask: Tensor | None = None) -> Tensor:
        """Normalise before each of the two steps."""
        X = X + dropout(self.attention(self.norm1(X), mask), DROPPED, self.training)
        return X + dropout(self.down(gelu(self.up(self.norm2(X)))), DROPPED, self.training)


def fresh() -> GPT:
    """Return the model before it has read anything."""
    torch.manual_seed(0)
    model = GPT(PIECES, LONGEST, WIDTH, HEADS, LAYERS)
    for block in model.blocks:
        block.__class__ = Forgetful
    for name, parameter in model.named_parameters():
        if parameter.ndim == 2:
            depth = (2 * LAYERS) ** -0.5 if name.endswith(("out.weight", "down.weight")) else 1
            nn.init.normal_(parameter, std=0.02 * depth)
    fuse(model)
    return model


def rate(step: int) -> float:
    """Return the share of the learning rate: warm-up, a plateau, and a fall to 0.

    On the plateau it does not matter how long the run will be: a longer one may start from the same `.pt`.
    """
    return min(1, (step + 1) / 100, (STEPS - step) / (STEPS - PLATEAU))


def surprise(model: GPT, tokens: Tensor, characters: int) -> float:
    """Return the mean surprise for each character of a text, read in windows that do not overlap."""
    model.eval()
    starts = torch.arange(0, len(tokens) - LONGEST, LONGEST)
    inputs, targets = next_tokens(tokens, starts, LONGEST)
    with torch.no_grad():
        total = sum(
            cross_entropy(model(x).flatten(0, 1), y.flatten(), reduction="sum").item()
            for x, y in zip(inputs.split(BATCH), targets.split(BATCH), strict=True)
        )
    model.train()
    return total / targets.numel() * len(tokens) / characters


def train(file: Path) -> tuple[GPT, list[str]]:
    """Return the model and its pieces; `file` keeps what has been reached."""
    torch.set_num_threads(1)
    book = moby_dick()
    pieces = learn_pieces(book[:-HELD_OUT], PIECES)
    read, unread = (torch.tensor(cut_into(some, pieces)) for some in (book[:-HELD_OUT], book[-HELD_OUT:]))
    model = fresh()
    optimiser = torch.optim.AdamW(model.parameters(), lr=ETA, betas=(0.9, 0.95), weight_decay=0.1)
    step = 0
    if file.exists():
        step, weights, state, chance = torch.load(file, weights_only=True)
        model.load_state_dict(weights)
        optimiser.load_state_dict(state)
        torch.set_rng_state(chance)
    while step < STEPS:
        inputs, targets = next_tokens(read, torch.randint(len(read) - LONGEST, (BATCH,)), LONGEST)
        loss = cross_entropy(model(inputs).flatten(0, 1), targets.flatten())
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for group in optimiser.param_groups:
            group["lr"] = ETA * rate(step)
        optimiser.step()
        step += 1
        if step % 250 == 0:
            print(step, round(loss.item(), 3), round(surprise(model, unread, HELD_OUT), 4), flush=True)
            state = (step, model.state_dict(), optimiser.state_dict(), torch.get_rng_state())
            torch.save(state, file)
    return model, pieces


if __name__ == "__main__":
    model, pieces = train(Path(sys.argv[1]).with_suffix(".pt"))
    arrays = {rename(name, THEIRS): a.numpy().astype(np.float16) for name, a in model.state_dict().items()}
    words = np.frombuffer("\0".join(pieces).encode(), dtype=np.uint8)
    np.savez_compressed(sys.argv[1], pieces=words, **arrays)
