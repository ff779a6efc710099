"""Lesson 05, part 6: the way back through a layer."""

from helpers.checks.convolution.cases import counted, drawn, gradients, small, stacks
from helpers.checks.convolution.forward import LIBRARIES, PROBES, REFERENCE
from helpers.checks.task import Misconception, Part, Task

IMAGE, PULLS = (
    {"fold", "gradient of the image"},
    {"gradient of the biases", "gradient of the kernels", "gradient of the image"},
)
CUT, SIZE = "X[:, :, pad : pad + h, pad : pad + w]", "X = np.zeros((n, c, h + 2 * pad, w + 2 * pad), V.dtype)"
RETURNED = "return Z, (pull_image, pull_kernels, lambda G: G.sum(axis=(0, 2, 3)))"
ADDED = "X[:, :, y : y + stride * p : stride, x : x + stride * q : stride] += V[:, :, i, j]"

CONV_RULE = Task(
    "conv_rule",
    points=4,
    answers=["fold", "conv_rule"],
    reference=REFERENCE + "fold",
    parts=[
        Part(
            "fold",
            lambda rng: [
                *counted(),
                *stacks(small, (1, 1, 2, 4, 2)),
                *stacks(drawn(rng), (2, 3, 5, 6, 3, 1, 0), (1, 2, 7, 12, 3, 2, 1), (2, 4, 6, 11, 3, 3, 2)),
            ],
            probe=PROBES + "folded",
        ),
        Part(
            "value",
            lambda rng: [
                *gradients(small, (2, 1, 2, 3, 2, 2)),
                *gradients(drawn(rng), (2, 4, 9, 13, 6, 3, 2, 1)),
            ],
            weight=0.5,
            probe=PROBES + "conv_value",
        ),
        Part(
            "gradient of the biases",
            lambda rng: [
                *gradients(small, (2, 1, 2, 3, 3, 2)),
                *gradients(drawn(rng), (2, 3, 5, 6, 4, 3, 1, 0), (2, 4, 9, 13, 6, 3, 2, 1)),
            ],
            weight=0.5,
            probe=PROBES + "by_biases",
        ),
        Part(
            "gradient of the kernels",
            lambda rng: [
                *gradients(small, (1, 1, 3, 3, 2, 2), (2, 1, 2, 3, 2, 2)),
                *gradients(drawn(rng), (2, 3, 5, 6, 4, 3, 1, 0), (3, 4, 9, 13, 6, 3, 2, 1)),
            ],
            probe=PROBES + "by_kernels",
        ),
        Part(
            "gradient of the image",
            lambda rng: [
                *gradients(small, (1, 1, 3, 3, 2, 2), (2, 1, 2, 3, 2, 2)),
                *gradients(drawn(rng), (2, 3, 5, 6, 4, 3, 1, 0), (3, 4, 9, 13, 6, 3, 2, 1)),
            ],
            probe=PROBES + "by_image",
        ),
    ],
    uses=["windows", "conv", "out_size"],
    forbids=LIBRARIES,
    misconceptions=[
        Misconception(
            "You turn the kernels on the way back. What was read by weight (i, j) gets its gradient through weight "
            "(i, j); `fold` puts it in its place.",
            {"gradient of the image"},
            ("weights.T @ G", "K[:, :, ::-1, ::-1].reshape(m, -1).T @ G"),
        ),
        Misconception(
            "Where windows overlap, the last one wins. A pixel that was read several times gets a gradient from each: "
            "add, `+=`.",
            IMAGE,
            ("q : stride] += V", "q : stride] = V"),
        ),
        Misconception(
            "Each pixel gets the *mean* of what arrives at its copies, and it is the sum: fold of all ones on a row of "
            "four is (1, 2, 2, 1).",
            IMAGE,
            edits=(
                (SIZE, f"{SIZE}; reads = np.zeros(X.shape)"),
                (
                    ADDED,
                    f"{ADDED}; reads[:, :, y : y + stride * p : stride, x : x + stride * q : stride] += 1",
                ),
                (
                    f"return {CUT}",
                    "X /= np.maximum(reads, 1)\n    return X[:, :, pad : pad + h, pad : pad + w]",
                ),
            ),
        ),
        Misconception(
            "The windows go back turned round: weight (i, j) looked i pixels down and j to the right.",
            IMAGE,
            ("+= V[:, :, i, j]", "+= V[:, :, k - 1 - i, k - 1 - j]"),
        ),
        Misconception(
            "Rows and columns of the windows are exchanged: weight (i, j) looked i pixels down and j to the right.",
            IMAGE,
            ("+= V[:, :, i, j]", "+= V[:, :, j, i]"),
        ),
        Misconception(
            "The windows are put back one pixel apart whatever the stride: the slices need the step `stride`.",
            IMAGE,
            (
                "X[:, :, y : y + stride * p : stride, x : x + stride * q : stride] +=",
                "X[:, :, y : y + p, x : x + q] +=",
            ),
        ),
        Misconception(
            "The gradient is cut out at the wrong place: the image begins `pad` rows and columns inside.",
            IMAGE,
            (CUT, "X[:, :, :h, :w]"),
            forms=((CUT, "X[:, :, 2 * pad :, 2 * pad :]"),),
        ),
        Misconception(
            "`pad:-pad` is empty where there is no padding: cut from `pad` to `pad + h`.",
            IMAGE,
            (CUT, "X[:, :, pad:-pad, pad:-pad]"),
        ),
        Misconception(
            "The border of zeros is still there: the gradient has the shape of the image without padding.",
            IMAGE,
            (CUT, "X"),
        ),
        Misconception(
            "`fold` is called without the stride and the padding that `windows` had.",
            {"gradient of the image"},
            ("fold(D, X.shape, stride, pad, dilation)", "fold(D, X.shape)"),
            forms=(("fold(D, X.shape, stride, pad, dilation)", "fold(D, X.shape, stride)"),),
        ),
        Misconception(
            "That is the gradient with respect to the *windows*. `fold` brings it home to the image.",
            {"gradient of the image"},
            ("return fold(D, X.shape, stride, pad, dilation)", "return D"),
            forms=(("return fold(D, X.shape, stride, pad, dilation)", "return D.reshape(n, -1, p * q)"),),
        ),
        Misconception(
            "The pulls stand in another order than the inputs: image, kernels, biases.",
            PULLS,
            (RETURNED, "return Z, (pull_kernels, lambda G: G.sum(axis=(0, 2, 3)), pull_image)"),
            forms=(
                (RETURNED, "return Z, (pull_kernels, pull_image, lambda G: G.sum(axis=(0, 2, 3)))"),
                (RETURNED, "return Z, (lambda G: G.sum(axis=(0, 2, 3)), pull_kernels, pull_image)"),
                (RETURNED, "return Z, (lambda G: G.sum(axis=(0, 2, 3)), pull_image, pull_kernels)"),
                (RETURNED, "return Z, (pull_image, lambda G: G.sum(axis=(0, 2, 3)), pull_kernels)"),
            ),
        ),
        Misconception(
            "The pulls are arrays. A pull is a *function* of G, as the loss, and so G, is known only later.",
            PULLS,
            (
                RETURNED,
                "G = np.ones_like(Z)\n    return Z, (pull_image(G), pull_kernels(G), G.sum(axis=(0, 2, 3)))",
            ),
        ),
        Misconception(
            "The mean over the batch is taken, but the loss has divided by n already: sum.",
            {"gradient of the kernels"},
            (".sum(axis=0).reshape(K.shape)", ".mean(axis=0).reshape(K.shape)"),
        ),
        Misconception(
            "Only the first image of the batch is counted. A kernel was used on all of them: sum over the batch.",
            {"gradient of the kernels"},
            (".sum(axis=0).reshape(K.shape)", "[0].reshape(K.shape)"),
        ),
        Misconception(
            "The gradient of the kernels has an axis for the batch: each kernel was used on all images, so sum over n.",
            {"gradient of the kernels"},
            (".sum(axis=0).reshape(K.shape)", ".reshape(n, *K.shape)"),
            forms=((".sum(axis=0).reshape(K.shape)", ""),),
        ),
        Misconception(
            "The gradient of the kernels is laid flat: give it their shape, (m, c, k, k).",
            {"gradient of the kernels"},
            (".sum(axis=0).reshape(K.shape)", ".sum(axis=0)"),
        ),
        Misconception(
            "The gradient of the kernels is turned round: what weight (i, j) saw belongs to weight (i, j).",
            {"gradient of the kernels"},
            (".sum(axis=0).reshape(K.shape)", ".sum(axis=0).reshape(K.shape)[:, :, ::-1, ::-1]"),
        ),
        Misconception(
            "A bias was added at every place of every image, so its gradient is the sum over all of them, not the mean.",
            {"gradient of the biases"},
            ("G.sum(axis=(0, 2, 3))", "G.mean(axis=(0, 2, 3))"),
            forms=(
                ("G.sum(axis=(0, 2, 3))", "G.sum(axis=(2, 3)).mean(axis=0)"),
                ("G.sum(axis=(0, 2, 3))", "G.sum(axis=0).mean(axis=(1, 2))"),
            ),
        ),
        Misconception(
            "The gradient of the biases has too many axes: b is (m,), so sum over n, p and q, all but the filters.",
            {"gradient of the biases"},
            ("G.sum(axis=(0, 2, 3))", "G.sum(axis=(2, 3))"),
            forms=(
                ("G.sum(axis=(0, 2, 3))", "G.sum(axis=0)"),
                ("G.sum(axis=(0, 2, 3))", "G"),
                ("G.sum(axis=(0, 2, 3))", "G.sum(axis=(0, 2))"),
                ("G.sum(axis=(0, 2, 3))", "G.sum(axis=(0, 3))"),
            ),
        ),
        Misconception(
            "The gradient of the biases is a single number: each filter has a bias of its own.",
            {"gradient of the biases"},
            ("G.sum(axis=(0, 2, 3))", "G.sum()"),
        ),
        Misconception(
            "The bias is missing in the value.",
            {"value"},
            ("Z += b[:, None, None]", ""),
        ),
        Misconception(
            "The mean over the places is taken. What arrives from all places is added up.",
            {"gradient of the kernels"},
            (".sum(axis=0).reshape(K.shape)", ".sum(axis=0).reshape(K.shape) / (p * q)"),
            forms=((".sum(axis=0).reshape(K.shape)", ".sum(axis=0).reshape(K.shape) / (n * p * q)"),),
        ),
        Misconception(
            "The axis that is kept is not that of the filters: G is (n, m, p, q), so sum over axes 0, 2 and 3.",
            {"gradient of the biases"},
            ("G.sum(axis=(0, 2, 3))", "G.sum(axis=(0, 1, 2))"),
            forms=(
                ("G.sum(axis=(0, 2, 3))", "G.sum(axis=(1, 2, 3))"),
                ("G.sum(axis=(0, 2, 3))", "G.sum(axis=(0, 1, 3))"),
            ),
        ),
        Misconception(
            "The gradient of the image is divided by n, but the loss has divided by n already.",
            {"gradient of the image"},
            (
                "return fold(D, X.shape, stride, pad, dilation)",
                "return fold(D, X.shape, stride, pad, dilation) / n",
            ),
        ),
        Misconception(
            "The rule returns its value only. It returns a pair: the value, and a tuple of three pulls.",
            {"value"} | PULLS,
            (RETURNED, "return Z"),
        ),
    ],
    hints=[
        "Lesson 3 had it: for Z = A @ B the pulls are G @ B.T and A.T @ G. Here A is the flat kernels and B an image's "
        "windows. Only then does `fold` bring the windows' gradient home.",
        r"of $K$: $\sum_n G_n \tilde V_n^\top$; of $\tilde V_n$: $\tilde K^\top G_n$, then `fold`; of $b$: the sum of "
        r"$G$ over $n, p, q$",
        "In `fold`: `X[:, :, i : i + stride * p : stride, j : j + stride * q : stride] += V[:, :, i, j]`. The pulls: "
        "`lambda G: fold((weights.T @ G.reshape(n, m, -1)).reshape(V.shape), X.shape, stride, pad)`, "
        "`lambda G: (G.reshape(n, m, -1) @ flat.transpose(0, 2, 1)).sum(axis=0).reshape(K.shape)`, …",
    ],
)
