"""Pictures and labels as arrays."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.learning.counting import PROBES, REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def dots(rng: Generator) -> Iterator[Case]:
    """Pictures of one dark point, so that only its grey level counts."""
    yield Case({"images": np.array([0, 51, 102], dtype=np.uint8).reshape(3, 1, 1, 1)})
    yield Case({"images": rng.integers(1, 200, size=(5, 1, 1, 1)).astype(np.uint8)})


def pictures(rng: Generator) -> Iterator[Case]:
    """A tiny picture by hand, with no two sizes alike; then others, one of them grey."""
    yield Case({"images": (np.arange(12).reshape(1, 2, 3, 2) * 20).astype(np.uint8)})
    yield Case({"images": rng.integers(0, 256, size=(2, 4, 5, 3)).astype(np.uint8)})
    yield Case({"images": rng.integers(0, 200, size=(5, 3, 2, 1)).astype(np.uint8)})


def labels(rng: Generator) -> Iterator[Case]:
    """Labels by hand, then random ones; all classes occur."""
    yield Case({"y": np.array([2, 0, 1, 1]), "C": 3})
    yield Case({"y": rng.permutation(np.repeat(np.arange(5), [1, 2, 3, 1, 1])), "C": 5})


def few_labels(rng: Generator) -> Iterator[Case]:
    """Labels that leave out the last class, or all but one."""
    yield Case({"y": np.array([0, 2, 0]), "C": 5})
    yield Case({"y": np.array([1]), "C": 2})
    yield Case({"y": np.array([0, 1]), "C": 4})


# ---------------------------------------------------------------- tasks

EVERYWHERE = {"grey levels", "axes", "float32"}
TO_BATCH = Task(
    "to_batch",
    points=2,
    answers=["to_batch"],
    reference=REFERENCE + "to_batch",
    parts=[
        Part("grey levels", dots, weight=0.75),
        Part("axes", pictures, weight=0.75),
        Part("float32", dots, probe=PROBES + "with_dtype", weight=0.5),
    ],
    misconceptions=[
        Misconception(
            "`reshape` deals the numbers out anew, in their old order: the colours of neighbouring points become rows of "
            "one channel. Axes are exchanged by `transpose`.",
            {"axes"},
            (".transpose(0, 3, 1, 2)", ".reshape(len(images), images.shape[3], *images.shape[1:3])"),
        ),
        Misconception(
            "Height and width are exchanged, too: the picture lies on its side. Only the channels move.",
            {"axes"},
            ("(0, 3, 1, 2)", "(0, 3, 2, 1)"),
            forms=((".transpose(0, 3, 1, 2)", ".swapaxes(1, 3)"),),
        ),
        Misconception(
            "The channels are still last. PyTorch wants them right after the sample.",
            {"axes"},
            (".transpose(0, 3, 1, 2)", ""),
        ),
        Misconception(
            "The channels came first of all. The samples stay in front: (n, c, h, w).",
            {"axes", "grey levels", "float32"},
            ("(0, 3, 1, 2)", "(3, 0, 1, 2)"),
        ),
        Misconception(
            "Each batch was divided by its own largest value, so that a dark picture becomes a bright one. White is 255 "
            "in every picture.",
            EVERYWHERE,
            ("images / 255", "images / images.max()"),
        ),
        Misconception(
            "Whole numbers were divided to whole numbers: all that is not white became 0. Use `/`.",
            EVERYWHERE,
            ("images / 255", "images // 255"),
            forms=(("(images / 255)", "(images / 255).astype(np.uint8)"),),
        ),
        Misconception(
            "The grey levels still go to 255. They are to go to 1.", EVERYWHERE, ("images / 255", "images")
        ),
        Misconception(
            "Divided by 256: white is 255, so it would never become 1.",
            EVERYWHERE,
            ("images / 255", "images / 256"),
        ),
        Misconception(
            "The values are right, in float64: division gives that. A PyTorch layer is float32 and refuses others.",
            {"float32"},
            (".astype(np.float32)", ""),
        ),
        Misconception(
            "The grey levels go from -1 to 1. Here they are to go from 0 to 1.",
            EVERYWHERE,
            ("images / 255", "images / 127.5 - 1"),
        ),
    ],
    hints=[
        "Three things happen: the values are scaled, an axis moves, the type changes. `transpose` takes the old axes in "
        "their new order.",
        r"$X_{i, c, u, v} = \text{images}_{i, u, v, c} / 255$",
        "`return (images / 255).transpose(0, ..., ..., ...).astype(...)`",
    ],
)

ONE_HOT = Task(
    "one_hot",
    points=0,
    answers=["one_hot"],
    reference=REFERENCE + "one_hot",
    parts=[Part("rows", labels), Part("classes that do not occur", few_labels)],
    forbids=["torch.nn.functional.one_hot", "sklearn.preprocessing.*"],
    misconceptions=[
        Misconception(
            "The width was taken from the largest label. It is C, whether all classes occur or not.",
            {"classes that do not occur"},
            ("(len(y), C)", "(len(y), y.max() + 1)"),
            forms=(
                "def one_hot(y, C):\n    return np.eye(y.max() + 1)[y]\n",
                "def one_hot(y, C):\n    return (y[:, None] == np.unique(y)).astype(float)\n",
            ),
        ),
        Misconception(
            "It lies on its side: rows are samples, and C is the number of columns.",
            {"rows", "classes that do not occur"},
            ("return Y", "return Y.T"),
        ),
        Misconception(
            "Every row has a 1 for every label of the batch: `Y[:, y]` names all rows. Each row needs its own label: "
            "`Y[np.arange(n), y]`.",
            {"rows", "classes that do not occur"},
            ("Y[np.arange(len(y)), y]", "Y[:, y]"),
        ),
        Misconception(
            "The labels were taken to begin with 1. Class 0 has column 0.",
            {"rows", "classes that do not occur"},
            ("Y[np.arange(len(y)), y]", "Y[np.arange(len(y)), y - 1]"),
        ),
        Misconception(
            "There is one row for the whole batch. Each label has a row of its own.",
            {"rows", "classes that do not occur"},
            ("return Y", "return Y.sum(axis=0)"),
            forms=(("return Y", "return Y.max(axis=0)"),),
        ),
        Misconception(
            "The column holds the label. It is to hold a 1: a class is not larger than another.",
            {"rows", "classes that do not occur"},
            ("y] = 1.0", "y] = y"),
        ),
        Misconception(
            "0 and 1 are exchanged: the class's own column has the 1.",
            {"rows", "classes that do not occur"},
            ("return Y", "return 1 - Y"),
        ),
    ],
    hints=[
        "Begin with zeros of the right shape. Which cell of row i gets the 1?",
        r"$Y_{ik} = 1$ if $k = y_i$, else $0$",
        "`Y = np.zeros((len(y), C))`, then `Y[np.arange(len(y)), ...] = 1`; or rows of `np.eye(C)`.",
    ],
)
