"""Small real datasets that the package carries, so that no lesson needs a network.

Where each comes from and under which licence is in `SOURCES.md` beside them.
"""

from helpers.data.images import cat, mnist
from helpers.data.mails import FOLDERS, mails
from helpers.data.pretrained import attention_maps, minilm_embeddings, small_encoder
from helpers.data.tables import MEASURES, SPECIES, iris, seattle
from helpers.data.texts import moby_dick, names, reviews
from helpers.data.transfer import (
    CUTS,
    NUMBERS,
    SETS,
    TEMPLATES,
    caption_vectors,
    digit_captions,
    picture_features,
    pictures,
    transfer_accuracy,
    tuned_accuracy,
)  # fmt: skip

__all__ = [
    "CUTS", "FOLDERS", "MEASURES", "NUMBERS", "SETS", "SPECIES", "TEMPLATES", "attention_maps",
    "caption_vectors", "cat", "digit_captions", "iris", "mails", "minilm_embeddings", "mnist", "moby_dick",
    "names", "picture_features", "pictures", "reviews", "seattle", "small_encoder", "transfer_accuracy",
    "tuned_accuracy",
]  # fmt: skip
