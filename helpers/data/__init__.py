"""Small real datasets that the package carries, so that no lesson needs a network.

Where each comes from and under which licence is in `SOURCES.md` beside them.
"""

from helpers.data.drawing import latent_plane, noise_paths
from helpers.data.images import cat, mnist
from helpers.data.mails import FOLDERS, mails
from helpers.data.opinions import film_reviews, product_reviews
from helpers.data.pretrained import (
    attention_maps,
    minilm_embeddings,
    small_assistant,
    small_encoder,
    small_writer,
)
from helpers.data.tables import MEASURES, SPECIES, iris, seattle
from helpers.data.texts import moby_dick, names, reviews
from helpers.data.transfer import (
    CUTS,
    NUMBERS,
    SCALINGS,
    SETS,
    TEMPLATES,
    caption_vectors,
    digit_captions,
    opinions,
    picture_features,
    pictures,
    stage_maps,
    three,
    transfer_accuracy,
    tuned_accuracy,
    tuned_opinions,
)  # fmt: skip

__all__ = [
    "CUTS", "FOLDERS", "MEASURES", "NUMBERS", "SCALINGS", "SETS", "SPECIES", "TEMPLATES", "attention_maps",
    "caption_vectors", "cat", "digit_captions", "film_reviews", "iris", "latent_plane", "mails",
    "minilm_embeddings", "mnist", "moby_dick", "names", "noise_paths", "opinions", "picture_features",
    "pictures", "product_reviews", "reviews", "seattle", "small_assistant", "small_encoder", "small_writer",
    "stage_maps", "three", "transfer_accuracy", "tuned_accuracy", "tuned_opinions",
]  # fmt: skip
