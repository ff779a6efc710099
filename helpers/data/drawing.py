"""What generative models of our own drew, and a plane of digits: lesson 10."""

import numpy as np
from numpy import ndarray

from helpers.data.stored import arrays


def latent_plane() -> tuple[list[ndarray], ndarray, ndarray]:
    """Return (layers, places, labels) of a variational autoencoder whose code is a place in the plane.

    Layers are W and b of three by turns, float32, for `X @ W + b` with ReLU between and a sigmoid at the
    end: from places (n, 2) to digits of 14 x 14 pixels, rows of 196. Places are the means of the codes of
    the first 700 training digits, and labels say which digits they are. `make_drawing.py` made it.
    """
    kept = arrays("drawing.npz")
    stored = [kept[f"decode{i}"].astype(np.float32) for i in range(6)]
    layers = [a.T if i % 2 == 0 else a for i, a in enumerate(stored)]  # torch keeps W as (out, in)
    return layers, kept["places"].astype(np.float32), kept["labels"].astype(int)


def noise_paths() -> tuple[ndarray, ndarray, ndarray]:
    """Return (points, digits, drawn): noise on its way out, at the times 50 to 0.

    Points (51, 240, 2) end in eight spots on a circle, digits (51, 12, 196) in pictures of 14 x 14 pixels;
    what is below 0 or above 1 is cut. Drawn (200, 196) are the last of 200 such digits, those twelve first.
    By diffusion models that `make_drawing.py` trained.
    """
    kept = arrays("drawing.npz")
    digits, drawn = (kept[name].astype(np.float32) / np.float32(255) for name in ("digits", "drawn"))
    return kept["points"].astype(np.float32), digits, drawn
