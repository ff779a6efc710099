"""Make `assistant.npz`: a small model that has read about animals, and seen many questions and no answer.

    python -m helpers.data.make_assistant FILE      # about four minutes on one thread

Kept are the text, the pairs that became pieces, in order, and the weights in half precision.
"""

import sys
from collections import Counter
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from helpers.data.animals import library
from helpers.data.pieces import WORD
from helpers.reference.assistants import Assistant, bpe_encode, bpe_merges
from helpers.reference.transformers import next_tokens

MERGES, LONGEST, STEPS, BATCH, ETA = 300, 48, 3000, 32, 0.004


def encoded(text: str, merges: list[tuple[str, str]], pieces: list[str]) -> list[int]:
    """Return a text as numbers of pieces."""
    known = {word: bpe_encode(word, merges) for word in set(WORD.findall(text))}
    number = {piece: i for i, piece in enumerate(pieces)}
    return [number[piece] for word in WORD.findall(text) for piece in known[word]]


def train(tokens: torch.Tensor, pieces: int, steps: int = STEPS, seed: int = 0) -> Assistant:
    """Return a model that has read the tokens in windows, from any places on."""
    torch.manual_seed(seed)
    model = Assistant(pieces)
    optimiser = torch.optim.AdamW(model.parameters(), lr=ETA, betas=(0.9, 0.95), weight_decay=0.1)
    for step in range(steps):
        inputs, targets = next_tokens(tokens, torch.randint(len(tokens) - LONGEST, (BATCH,)), LONGEST)
        loss = cross_entropy(model(inputs).flatten(0, 1), targets.flatten())
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for group in optimiser.param_groups:
            group["lr"] = ETA * min(1, (step + 1) / 50, (steps - step) / (steps / 2))
        optimiser.step()
        if step % 100 == 99:
            print(step + 1, round(loss.item(), 3), flush=True)
    return model


if __name__ == "__main__":
    torch.set_num_threads(1)
    text = library()
    merges = bpe_merges(Counter(WORD.findall(text)), MERGES)
    pieces = [*sorted(set(text)), *(a + b for a, b in merges)]
    model = train(torch.tensor(encoded(text, merges, pieces)), len(pieces))
    kept = {"text": text, "merges": "\n".join("\t".join(pair) for pair in merges)}
    arrays: dict[str, Any] = {name: np.frombuffer(a.encode(), dtype=np.uint8) for name, a in kept.items()}
    weights = {name: a.numpy().astype(np.float16) for name, a in model.state_dict().items()}
    np.savez_compressed(sys.argv[1], **arrays, **weights)
