"""What MiniLM makes of rated sentences, for `transfer.npz`; it needs the optional package of weights."""

import numpy as np
import torch
from numpy import ndarray
from torch import Tensor
from torch.nn.functional import normalize

from helpers import minilm
from helpers.data.opinions import film_reviews, product_reviews
from helpers.data.transfer import OPINIONS
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
