"""Cut the photographs of scikit-image's wheel into pieces, for `transfer.npz`; it needs Pillow."""

from pathlib import Path

import numpy as np
from numpy import ndarray

PHOTOGRAPHS = (("chelsea.png", 1), ("coffee.png", 1), ("coins.png", 1), ("retina.jpg", 3),
               ("hubble_deep_field.jpg", 2))  # and by how much each is made smaller  # fmt: skip
PIECES, FLAT = 40, 6.0  # of each photograph; pieces whose grey levels deviate by less are left out


def pieces(photo: ndarray, size: int = 32) -> ndarray:
    """Cut a grey photograph into squares, row after row; what is left over at the edges is dropped."""
    p, q = photo.shape[0] // size, photo.shape[1] // size
    cut = photo[: p * size, : q * size].reshape(p, size, q, size)
    return cut.swapaxes(1, 2).reshape(p * q, size, size)


def smaller(photo: ndarray, by: int) -> ndarray:
    """Average squares of by × by pixels."""
    p, q = photo.shape[0] // by, photo.shape[1] // by
    return photo[: p * by, : q * by].reshape(p, by, q, by).mean(axis=(1, 3)).round().astype(np.uint8)


def photographs(folder: Path) -> dict[str, ndarray]:
    """Cut 64 pieces from each of three photographs of textures, and 40 from each of five of things."""
    from PIL import Image

    def grey(file: str) -> ndarray:
        return np.array(Image.open(folder / file).convert("L"))

    textures = [pieces(smaller(grey(f"{name}.png"), 2)) for name in ("brick", "grass", "gravel")]
    rng, things = np.random.default_rng(0), []
    for file, by in PHOTOGRAPHS:
        all_of_it = pieces(smaller(grey(file), by))
        lively = all_of_it[all_of_it.std(axis=(1, 2)) > FLAT]
        things.append(lively[rng.permutation(len(lively))[:PIECES]])
    return {"textures": np.concatenate(textures), "photographs": np.concatenate(things)}
