"""What MiniLM makes of rated sentences, and how well it is tuned on them; it needs the optional weights."""

import math
from collections.abc import Sequence

import numpy as np
import torch
from numpy import ndarray
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, normalize

from helpers import minilm
from helpers.data.opinions import film_reviews, product_reviews
from helpers.data.transfer import OPINIONS, opinions
from helpers.reference.transfer import FineTuned
from helpers.reference.transformers import Encoder, pool, rename

TABLE = {
    "embeddings.LayerNorm": "norm", "embeddings.word_embeddings": "word",
    "embeddings.position_embeddings": "place", "embeddings.token_type_embeddings": "kind",
    "encoder.layer": "blocks", "output.dense": "down", "output.LayerNorm": "norm2",
    "intermediate.dense": "up",
    "self.query": "q", "self.key": "k", "self.value": "v",
    "attention.output.dense": "attention.out", "attention.output.LayerNorm": "norm1",
}  # fmt: skip


def encoder() -> Encoder:
    """Return MiniLM as lesson 08's encoder."""
    left_out = ("pooler", "embeddings.position_ids")
    kept = {name: a for name, a in minilm.weights().items() if not name.startswith(left_out)}
    model = Encoder(30522, 512, 384, 12, 1536, 6)
    model.load_state_dict({rename(name, TABLE): torch.tensor(np.array(a)) for name, a in kept.items()})
    return model.eval()


def tokens(texts: list[str]) -> tuple[Tensor, Tensor]:
    """Return the tokens (B, n) of some texts, at most 64 of each, and where they are real."""
    known = minilm.vocabulary()
    rows = [[known[piece] for piece in minilm.tokenize(text, known)][:64] for text in texts]
    found = torch.zeros(len(rows), max(map(len, rows)), dtype=torch.long)
    real = torch.zeros(found.shape, dtype=torch.bool)
    for i, row in enumerate(rows):
        found[i, : len(row)] = torch.tensor(row)
        real[i, : len(row)] = True
    return found, real


@torch.no_grad()
def vectors() -> dict[str, ndarray]:
    """Return rows of length 1 for each set of `opinions`."""
    model, found = encoder(), {}
    for name, (part, n) in OPINIONS.items():
        texts = (film_reviews if name.endswith("films") else product_reviews)(part)[0][:n]
        rows = []
        for i in range(0, n, 32):
            words, real = tokens(texts[i : i + 32])
            rows.append(normalize(pool(model(words, real), real), dim=1))
        found[name] = torch.cat(rows).numpy()
    return found


Rows = tuple[Tensor, Tensor]  # rows of a block (B, n, d), and which of them are real
EPOCHS, BATCH, ETA, ETA_HEAD = 3, 32, 1e-4, 5e-3


class Layer(nn.Module):
    """A block that hands on which tokens are real."""

    def __init__(self, block: nn.Module):
        super().__init__()
        self.block = block

    def forward(self, rows: Rows) -> Rows:
        """Run the block."""
        return self.block(rows[0], rows[1][:, None, None, :]), rows[1]


class Head(nn.Module):
    """Pool, bring to length 10, and give three scores, which begin at zero."""

    def __init__(self) -> None:
        super().__init__()
        self.out = nn.Linear(384, 3)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, rows: Rows) -> Tensor:
        """Return the scores."""
        return self.out(10 * normalize(pool(*rows), dim=1))


@torch.no_grad()
def below(model: Encoder, texts: Sequence[str]) -> Rows:
    """Return what the first four blocks make of some texts."""
    words, real = tokens([*texts])
    X = model.norm(model.word(words) + model.place.weight[: words.shape[1]] + model.kind.weight[0])
    for block in model.blocks[:4]:
        X = block(X, real[:, None, None, :])
    return X, real


def tuned(depth: int, seed: int = 0) -> list[float]:
    """Tune the last one or two of six blocks on films; return the accuracy on new films and products."""
    model = encoder()
    texts, _, y = opinions("films")
    torch.manual_seed(seed)
    tuned = FineTuned([Layer(block) for block in model.blocks[4:]], Head(), depth).train()
    rates = [ETA, ETA_HEAD]
    optimiser = torch.optim.AdamW([{"params": tuned.tuned.parameters()}, {"params": tuned.head.parameters()}])
    steps = EPOCHS * math.ceil(len(texts) / BATCH)
    batches = [rows for _ in range(EPOCHS) for rows in torch.randperm(len(texts)).split(BATCH)]
    for step, rows in enumerate(batches):
        for group, rate in zip(optimiser.param_groups, rates, strict=True):
            group["lr"] = rate * (1 - step / steps)
        optimiser.zero_grad()
        loss = cross_entropy(tuned(below(model, [texts[i] for i in rows.tolist()])), torch.tensor(y)[rows])
        loss.backward()
        optimiser.step()
    tuned.eval()
    return [_right(model, tuned, name) for name in ("new films", "new products")]


@torch.no_grad()
def _right(model: Encoder, tuned: FineTuned, name: str) -> float:
    texts, _, y = opinions(name)
    said = [tuned(below(model, texts[i : i + 50])).argmax(dim=1) for i in range(0, len(texts), 50)]
    return float((torch.cat(said).numpy() == y).mean())
