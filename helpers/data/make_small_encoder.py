"""Make `small_encoder.npz`: an encoder that guesses hidden words of "Moby-Dick".

It takes some minutes on one thread: `python -m helpers.data.make_small_encoder FILE`.
"""

import re
import sys
from collections import Counter

import numpy as np
import torch
from torch import Tensor, nn

from helpers.data import moby_dick
from helpers.minilm import tokenize
from helpers.reference.transformers import Encoder, hide_tokens

MARKS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
WORDS, LONGEST, WIDTH, HEADS, LAYERS = 1500, 40, 48, 4, 2
STEPS, BATCH, ETA = 12_000, 64, 0.003


def sentences() -> list[str]:
    """Return the sentences of the book."""
    text = re.sub(r"CHAPTER \d+\..*\n", "", moby_dick())
    return [s.strip() for s in re.split(r"(?<=[.!?;])\s+", text) if len(s) > 12]


def vocabulary(texts: list[str]) -> list[str]:
    """Return the marks and the most frequent words, none cut into pieces."""
    counts = Counter(word for s in texts for word in re.findall(r"[^\W_]+|[^\w\s]|_", s.lower()))
    return [*MARKS, *(word for word, _ in counts.most_common(WORDS))]


def numbers(texts: list[str], words: list[str]) -> tuple[Tensor, Tensor]:
    """Return tokens (B, LONGEST), and where they are real."""
    known = {word: i for i, word in enumerate(words)}
    tokens = torch.zeros(len(texts), LONGEST, dtype=torch.long)
    for row, text in zip(tokens, texts, strict=True):
        ids = [known[piece] for piece in tokenize(text, known)][:LONGEST]
        row[: len(ids)] = torch.tensor(ids)
    return tokens, tokens != 0


def train(steps: int = STEPS) -> tuple[Encoder, Tensor, list[str]]:
    """Return the encoder, the bias of its guesses, and its words."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    texts = sentences()
    words = vocabulary(texts)
    tokens, real = numbers(texts, words)
    model = Encoder(len(words), LONGEST, WIDTH, HEADS, 4 * WIDTH, LAYERS)
    nn.init.normal_(model.word.weight, std=WIDTH**-0.5)
    bias = nn.Parameter(torch.zeros(len(words)))
    optimiser = torch.optim.AdamW([*model.parameters(), bias], lr=ETA, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, ETA, steps, pct_start=0.05)
    for step in range(steps):
        rows = torch.randint(len(tokens), (BATCH,))
        usable = real[rows] & (tokens[rows] >= len(MARKS))
        others = torch.randint(len(MARKS), len(words), tokens[rows].shape)
        inputs, targets = hide_tokens(tokens[rows], usable, torch.rand(others.shape), others, 4)
        asked = targets >= 0
        scores = model(inputs, real[rows])[asked] @ model.word.weight.T + bias
        optimiser.zero_grad()
        loss = nn.functional.cross_entropy(scores, targets[asked])
        loss.backward()
        optimiser.step()
        schedule.step()
        if step % 500 == 0:
            print(step, round(loss.item(), 3), flush=True)
    return model, bias, words


if __name__ == "__main__":
    model, bias, words = train()
    arrays = {name: a.numpy().astype(np.float16) for name, a in model.state_dict().items()}
    arrays["bias"] = bias.detach().numpy().astype(np.float16)
    np.savez_compressed(sys.argv[1], words=np.frombuffer("\n".join(words).encode(), dtype=np.uint8), **arrays)
