"""The training loop that lessons share, once they have built it themselves.

seed_all(0)
model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
history = train(model, loader(X, y), functional.cross_entropy, epochs=3)
"""

from helpers.training.history import History
from helpers.training.loop import train
from helpers.training.optimiser import adamw, cosine

__all__ = ["History", "adamw", "cosine", "train"]
