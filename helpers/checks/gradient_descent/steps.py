"""Lesson 02, first part: descent, its rate, the surface x² / (1 + log x), batches and their noise."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.evidence import describe
from helpers.checks.task import FIRST, Case, Misconception, Part, Task
from helpers.probes.plain import Plain

# ---------------------------------------------------------------- cases


def starts(rng: Generator, steps: int) -> Iterator[Case]:
    """A gradient a tanh(x - c), a start x of one or two dimensions, a learning rate."""
    yield Case(
        {"a": np.array([2.0]), "c": np.array([0.0]), "x": np.array([1.0]), "eta": 0.25, "steps": steps}
    )
    for shape in [(3,), (2, 4)]:
        a, c, x = rng.uniform(0.5, 3, shape), rng.normal(size=shape), 3 * rng.normal(size=shape)
        yield Case({"a": a, "c": c, "x": x, "eta": float(rng.uniform(0.1, 0.3)), "steps": steps})


def bowl(rng: Generator, low: float, high: float, d: int = 3) -> ndarray:
    """Draw a symmetric matrix (d, d) with the given smallest and largest curvature, turned at random."""
    kappa = np.concatenate([[low, high], rng.uniform(low, high, d - 2)])
    Q = np.linalg.qr(rng.normal(size=(d, d)))[0]
    H = Q * kappa @ Q.T
    return (H + H.T) / 2


def bowls(rng: Generator, large: bool) -> Iterator[Case]:
    """Bowls with a step at which the flattest direction is the slowest, or (large) the steepest."""
    yield Case({"H": np.array([[2.0, 1.0], [1.0, 2.0]]), "eta": 0.6 if large else 0.2})  # κ = 1, 3
    for d in (2, 3, 4):
        low, high = float(rng.uniform(0.2, 0.6)), float(rng.uniform(3, 6))
        share = float(rng.uniform(1.2, 2.5) if large else rng.uniform(0.2, 0.7))  # of the best step
        yield Case({"H": bowl(rng, low, high, d), "eta": share * 2 / (low + high)})


def positive_bowls(rng: Generator) -> Iterator[Case]:
    """Bowls, the first with curvatures 1 and 3."""
    yield Case({"H": np.array([[2.0, 1.0], [1.0, 2.0]])})
    for d in (2, 3, 5):
        yield Case({"H": bowl(rng, float(rng.uniform(0.2, 0.6)), float(rng.uniform(2, 9)), d)})


def places(rng: Generator, low: float, high: float) -> Iterator[Case]:
    """Points x between two bounds, their middle first."""
    yield Case({"x": np.array([(low + high) / 2])})
    yield Case({"x": rng.uniform(low, high, 5)})


def one_landmark(rng: Generator, name: str) -> Iterator[Case]:
    """The name of a number."""
    yield Case({"name": name})


def epochs_of(rng: Generator, whole: bool) -> Iterator[Case]:
    """How many rows and how many to a batch; `whole`: whether the last batch is as large as the others."""
    yield Case({"n": 20 if whole else 22, "b": 5, "seed": 1, "epochs": 2})
    for _ in range(2):
        b = int(rng.integers(4, 8))
        n = b * int(rng.integers(8, 12)) + (0 if whole else int(rng.integers(1, b)))
        yield Case({"n": n, "b": b, "seed": int(rng.integers(2**31)), "epochs": 2})


def every_row_once(case: Case, want: Plain, got: Plain) -> str | None:
    """Ask for batches of the right sizes that hold each row once in every epoch."""
    n, b = int(case.inputs["n"]), int(case.inputs["b"])
    sizes = [len(rows) for rows in want[0]]
    if len(got) != len(want):
        return f"expected the batches of {len(want)} epochs, got {describe(got)}."
    for epoch in got:
        have = [int(np.size(rows)) for rows in epoch]
        if have != sizes:
            return (
                f"{n} rows in batches of {b} have the sizes {sizes}, but it returned batches of sizes {have}."
            )
        flat = np.concatenate([np.ravel(rows) for rows in epoch])
        counts = [int(np.sum(flat == i)) for i in range(n)]
        if counts != [1] * n:
            row = next(i for i, count in enumerate(counts) if count != 1)
            return f"each row belongs to exactly one batch of an epoch; row {row} comes {counts[row]} times."
    return None


def new_order(case: Case, want: Plain, got: Plain) -> str | None:
    """Ask for an order that is not the rows' own, and another one in the next epoch."""
    first, second = (np.concatenate([np.ravel(rows) for rows in epoch]).tolist() for epoch in got)
    if first == sorted(first):
        return "the rows come in their own order, not shuffled."
    return "the second epoch has the same order as the first: shuffle anew." if first == second else None


def lines_to_fit(rng: Generator, b: int | None, epochs: int) -> Iterator[Case]:
    """Weights to begin with, 24 rows and targets that no line fits."""
    for _ in range(3):
        d = int(rng.integers(2, 4))
        w, X, y = rng.normal(size=d), rng.normal(size=(24, d)), rng.normal(size=24)
        inputs = {"w": w, "X": X, "y": y, "eta": 0.05, "b": b or 24, "epochs": epochs}
        yield Case(inputs | {"seed": int(rng.integers(2**31))})


def exact_lines(rng: Generator) -> Iterator[Case]:
    """100 rows whose targets one w fits exactly, the truth; it is far from where w begins."""
    for _ in range(3):
        w, X = rng.normal(size=3), rng.normal(size=(100, 3))
        w_true = w + rng.uniform(2, 4, 3) * rng.choice([-1, 1], 3)
        inputs = {"w": w, "X": X, "y": X @ w_true, "eta": 0.05, "b": 10, "epochs": 20}
        yield Case(inputs | {"seed": int(rng.integers(2**31))}, truth=w_true)


def fits(case: Case, want: Plain, got: Plain) -> str | None:
    """Ask for the weights that the targets were made with, to within 0.01."""
    truth = np.asarray(case.truth)
    if np.shape(got) != truth.shape:
        return f"expected w of shape {truth.shape}, got shape {np.shape(got)}."
    gap = float(np.max(np.abs(np.asarray(got, dtype=float) - truth)))
    return None if gap <= 0.01 else (
        f"these targets are fitted exactly by one w, and after {case.inputs['epochs']} epochs it should be there; "
        f"yours is {gap:.2g} away."
    )  # fmt: skip


def noise(rng: Generator, b: tuple[int, ...]) -> Iterator[Case]:
    """A learning rate, a spread and a batch size."""
    for size in b:
        yield Case({"eta": float(rng.uniform(0.05, 1.5)), "sigma": float(rng.uniform(1.5, 3)), "b": size})


# ---------------------------------------------------------------- tasks


REFERENCE = "helpers.reference.gradient_descent."
PROBES = "helpers.probes.gradient_descent."

DESCEND = Task(
    "descend",
    points=2,
    answers=["descend"],
    reference=REFERENCE + "descend",
    probe=PROBES + "path",
    parts=[
        Part("one step", partial(starts, steps=1), pure=True),
        Part("a path", partial(starts, steps=6), pure=True),
    ],
    misconceptions=[
        Misconception(
            "You climb: the gradient points uphill, so a step down *subtracts* it.",
            {"one step", "a path"},
            ("x - eta", "x + eta"),
        ),
        Misconception(
            "The learning rate is missing: the step is η times the gradient.",
            {"one step", "a path"},
            ("eta * gradient(x)", "gradient(x)"),
        ),
        Misconception(
            "You divide by the gradient. Downhill is the *opposite* of the gradient, -g, not its inverse.",
            {"one step", "a path"},
            ("eta * gradient(x)", "eta / gradient(x)"),
        ),
        Misconception(
            "You use the gradient at the start in every step. It must be asked again at each new point.",
            {"a path"},
            ("gradient(x)", "gradient(path[0])"),
        ),
        Misconception(
            "`x -= ...` changes the array in place, so every entry of your path is the same array (and the caller's "
            "start has moved too). `x = x - ...` makes a new one.",
            {"one step", "a path"},
            ("x = x - eta * gradient(x)", "x -= eta * gradient(x)"),
        ),
        Misconception(
            "The path lacks its start: `steps` steps visit `steps` + 1 points.",
            {"one step", "a path"},
            ("path = [x]", "path = []"),
        ),
        Misconception(
            "You return the last point only. Return the whole path, a row for each point.",
            {"one step", "a path"},
            ("np.array(path)", "np.array(path[-1])"),
        ),
        Misconception(
            "Your path is one step short: `range(1, steps)` makes `steps` - 1 of them.",
            {"one step", "a path"},
            ("range(steps)", "range(1, steps)"),
        ),
    ],
    hints=[
        "Keep a list of the points. Which point does it hold before the first step?",
        r"$x_{t+1} = x_t - \eta\, \nabla J(x_t)$ for $t = 0, \dots, \text{steps} - 1$",
        "`path = [x]`, then in a loop `x = x - eta * ...` and `path.append(x)`; return `np.array(path)`.",
    ],
)

RATE = Task(
    "rate",
    points=2,
    answers=["rate"],
    reference=REFERENCE + "rate",
    parts=[
        Part("small steps", partial(bowls, large=False)),
        Part("large steps", partial(bowls, large=True)),
    ],
    misconceptions=[
        Misconception(
            "The largest factor is not always the largest in *size*: -1.5 makes the error larger, on alternating sides.",
            {"large steps"},
            ("np.abs(1 - eta * kappa)", "1 - eta * kappa"),
        ),
        Misconception(
            "You looked at the steepest direction only. While η is small the *flattest* is the slowest.",
            {"small steps"},
            ("np.abs(1 - eta * kappa)", "np.abs(1 - eta * kappa[-1])"),
        ),
        Misconception(
            "You took the best direction. The error shrinks as slowly as in the *worst* one: the largest factor.",
            {"small steps", "large steps"},
            ("np.max(", "np.min("),
        ),
        Misconception(
            "You took the mean over the directions. In the long run only the slowest one is left.",
            {"small steps", "large steps"},
            ("np.max(", "np.mean("),
        ),
        Misconception(
            "The diagonal of H holds its curvatures only if the bowl is not turned: take its eigenvalues.",
            {"small steps", "large steps"},
            ("np.linalg.eigvalsh(H)", "np.diag(H)"),
        ),
        Misconception(
            "You subtract κ itself: the learning rate is missing.",
            {"small steps", "large steps"},
            ("eta * kappa", "kappa"),
        ),
    ],
    hints=[
        "In the direction of one eigenvector the bowl is a parabola. What does a step do to the error there?",
        r"$\rho = \max_i |1 - \eta \kappa_i|$, with $\kappa_i$ the eigenvalues of $H$",
        "`kappa = np.linalg.eigvalsh(H)`, then the `np.max` of an `np.abs`.",
    ],
)

SLOPE = Task(
    "slope",
    points=1,
    answers=["slope"],
    reference=REFERENCE + "slope",
    parts=[
        Part("right of the pole", partial(places, low=0.45, high=4.0)),
        Part("left of the pole", partial(places, low=0.02, high=0.3)),
    ],
    misconceptions=[
        Misconception(
            "You divided the derivative of the numerator by that of the denominator. A quotient u/v has the derivative "
            "(u'v - uv') / v².",
            {"right of the pole", "left of the pole"},
            ("x * (1 + 2 * np.log(x)) / (1 + np.log(x)) ** 2", "2 * x**2"),
        ),
        Misconception(
            "You treat the logarithm as a constant: its derivative, 1/x, is missing.",
            {"right of the pole", "left of the pole"},
            ("x * (1 + 2 * np.log(x)) / (1 + np.log(x)) ** 2", "2 * x / (1 + np.log(x))"),
        ),
        Misconception(
            "The denominator of a quotient's derivative is squared.",
            {"right of the pole", "left of the pole"},
            (" ** 2", ""),
        ),
        Misconception(
            "A sign is turned in the quotient rule: it is u'v *minus* uv'.",
            {"right of the pole", "left of the pole"},
            ("(1 + 2 * np.log(x))", "(3 + 2 * np.log(x))"),
        ),
        Misconception(
            "`log` is the natural logarithm here: `np.log`.",
            {"right of the pole", "left of the pole"},
            ("(1 + 2 * np.log(x)) / (1 + np.log(x))", "(1 + 2 * np.log10(x)) / (1 + np.log10(x))"),
        ),
        Misconception(
            "You return J(x) itself, not its derivative.",
            {"right of the pole", "left of the pole"},
            ("x * (1 + 2 * np.log(x)) / (1 + np.log(x)) ** 2", "x**2 / (1 + np.log(x))"),
        ),
    ],
    hints=[
        "It is a quotient. What is the derivative of its numerator, and of its denominator?",
        r"$J' = \dfrac{2x\,(1 + \log x) - x^2 \cdot \frac1x}{(1 + \log x)^2}$; what is left can be gathered.",
        "`return x * (1 + 2 * ...) / (1 + np.log(x)) ** 2`",
    ],
)

LANDMARKS = Task(
    "landmarks",
    points=1,
    answers=["landmarks"],
    reference=REFERENCE + "landmarks",
    probe=PROBES + "landmark",
    parts=[
        Part(name, partial(one_landmark, name=name), tol=1e-3)
        for name in ("pole", "minimum", "value", "limit")
    ],
    misconceptions=[
        Misconception(
            "At x = 1 the logarithm is zero, but the denominator is 1 + log x = 1 there.",
            {"pole"},
            ("np.exp(-1.0)", "1.0"),
        ),
        Misconception(
            "Solve 1 + 2 log x = 0 once more: log x is *minus* one half.",
            {"minimum"},
            ("np.exp(-0.5)", "np.exp(0.5)"),
        ),
        Misconception(
            "That is the numerator only. At the minimum the denominator is 1 - ½, so J is twice as large.",
            {"value"},
            ("2 / np.e", "1 / np.e"),
        ),
        Misconception(
            "At η = 1/κ descent is at its fastest. It stops converging at twice that.",
            {"limit"},
            ("2 / 8", "1 / 8"),
        ),
        Misconception(
            "The limit is 2/κ, not κ/2, where the curvature κ is J'' at the minimum.",
            {"limit"},
            ("2 / 8", "8 / 2"),
        ),
    ],
    hints=[
        "Where is the denominator zero? Where is the numerator of J' zero? For the last, look at part 2.",
        r"$1 + \log x = 0$; $\ 1 + 2\log x = 0$; put that $x$ into $J$; and $\eta < 2/\kappa$ with $\kappa = 8$.",
        '`{"pole": np.exp(-1), "minimum": np.exp(...), "value": 2 / ..., "limit": 2 / ...}`',
    ],
)

BATCHES = Task(
    "batches",
    points=2,
    answers=["batches"],
    reference=REFERENCE + "batches",
    probe=PROBES + "orders",
    parts=[
        Part("every row once", partial(epochs_of, whole=True), judge=every_row_once),
        Part("a smaller last batch", partial(epochs_of, whole=False), weight=0.5, judge=every_row_once),
        Part("a new order each epoch", partial(epochs_of, whole=True), weight=0.5, judge=new_order),
    ],
    misconceptions=[
        Misconception(
            "The rows are not shuffled: each epoch has the same batches, and sorted data give one-sided ones.",
            {"a new order each epoch"},
            ("rng.permutation(n)", "np.arange(n)"),
        ),
        Misconception(
            "You shuffle with a generator of your own that always starts alike: use the `rng` you are given.",
            {"a new order each epoch"},
            ("rng.permutation(n)", "np.random.default_rng(0).permutation(n)"),
        ),
        Misconception(
            "You drop the rows that do not fill a batch. The last batch is smaller, ⌈n/b⌉ in all.",
            {"a smaller last batch"},
            ("range(0, n, b)", "range(0, n - b + 1, b)"),
        ),
        Misconception(
            "You draw rows with repetition: some come twice in an epoch and others never. Shuffle, then cut.",
            {"every row once", "a smaller last batch"},
            ("rng.permutation(n)", "rng.integers(0, n, size=n)"),
        ),
        Misconception(
            "You draw each batch afresh from all rows: some come twice in an epoch and others never. Shuffle once, then cut.",
            {"every row once", "a smaller last batch"},
            wrong="def batches(n, b, rng):\n    return [rng.choice(n, b, replace=False) for _ in range(0, n, b)]\n",
        ),
        Misconception(
            "Your batches overlap: each must start where the last one ended, b rows further.",
            {"every row once", "a smaller last batch"},
            ("range(0, n, b)", "range(0, n - b + 1)"),
        ),
        Misconception(
            "You made b batches. b is how many rows each one has.",
            {"every row once", "a smaller last batch"},
            ("[order[i : i + b] for i in range(0, n, b)]", "np.array_split(order, b)"),
        ),
    ],
    hints=[
        "A shuffled pack of cards, dealt b at a time. What becomes of the rest?",
        "A random permutation of 0 … n-1, cut at 0, b, 2b, …: that makes ⌈n/b⌉ pieces.",
        "`order = rng.permutation(n)`, then the slices `order[i : i + b]` for i in `range(0, n, ...)`.",
    ],
)

SGD = Task(
    "sgd",
    points=2,
    answers=["sgd"],
    reference=REFERENCE + "sgd",
    probe=PROBES + "least_squares",
    uses=["batches"],
    forbids=["numpy.linalg.*", "torch.optim.*"],
    parts=[
        Part("one batch of all rows", partial(lines_to_fit, b=None, epochs=4), pure=True),
        Part(
            "a step for each batch",
            partial(lines_to_fit, b=6, epochs=3),
            weight=0.5,
            probe=PROBES + "constant_force",
        ),
        Part("it learns", exact_lines, weight=0.5, judge=fits),
    ],
    misconceptions=[
        Misconception(
            "Each step asks for the gradient of *all* rows. That is gradient descent, not its stochastic form: use the "
            "batch's rows only.",
            {"a step for each batch"},
            ("X[rows], y[rows]", "X, y"),
        ),
        Misconception(
            "The labels do not belong to the rows: index `y` with the same row numbers as `X`.",
            {"one batch of all rows", "a step for each batch", "it learns"},
            ("y[rows]", "y[: len(rows)]"),
        ),
        Misconception(
            "You climb: a step down *subtracts* the gradient.",
            {"one batch of all rows", "a step for each batch", "it learns"},
            ("w - eta", "w + eta"),
        ),
        Misconception(
            "One epoch only: sweep over the rows `epochs` times.",
            {"one batch of all rows", "a step for each batch", "it learns"},
            ("range(epochs)", "range(1)"),
        ),
        Misconception(
            "You make one step in each epoch. Every batch deserves one.",
            {"a step for each batch", "it learns"},
            ("batches(len(X), b, rng):", "batches(len(X), b, rng)[:1]:"),
        ),
        Misconception(
            "The step is divided by the batch size once more: the gradient is already that of a mean.",
            {"one batch of all rows", "a step for each batch", "it learns"},
            ("eta * gradient", "eta / len(rows) * gradient"),
        ),
        Misconception(
            "`w -= ...` changes the caller's weights in place. `w = w - ...` makes new ones.",
            {"one batch of all rows", "a step for each batch", "it learns"},
            ("w = w - eta * gradient", "w -= eta * gradient"),
        ),
    ],
    hints=[
        "Two loops: over the epochs, and in each over the `batches`. What does one batch do to w?",
        r"$w \leftarrow w - \eta\, \nabla J_B(w)$, with $J_B$ the mean loss over the rows of the batch $B$",
        "`for rows in batches(len(X), b, rng):` take a step with `gradient(w, X[rows], ...)`.",
    ],
)

NOISE_BALL = Task(
    "noise_ball",
    points=1,
    answers=["noise_ball"],
    reference=REFERENCE + "noise_ball",
    parts=[
        Part("one sample", partial(noise, b=(1, 1, 1)), weight=0.5),
        Part("a batch of b", partial(noise, b=(2, 5, 16)), weight=0.5),
    ],
    misconceptions=[
        Misconception(
            "That is the limit for small η. The exact variance has 2 - η below the line.",
            {"one sample", "a batch of b"},
            ("(b * (2 - eta))", "(b * 2)"),
        ),
        Misconception(
            "That is the spread, the root of the variance. Return the variance.",
            {"one sample", "a batch of b"},
            ("eta * sigma**2 / (b * (2 - eta))", "np.sqrt(eta * sigma**2 / (b * (2 - eta)))"),
        ),
        Misconception(
            "sigma is a standard deviation: the samples' variance is its square.",
            {"one sample", "a batch of b"},
            ("sigma**2", "sigma"),
        ),
        Misconception(
            "The batch size is missing: the mean of b samples has the variance σ²/b.",
            {"a batch of b"},
            ("(b * (2 - eta))", "(2 - eta)"),
        ),
        Misconception(
            "The mean of b samples has the variance σ²/b, not σ²/b².",
            {"a batch of b"},
            ("(b * (2 - eta))", "(b**2 * (2 - eta))"),
        ),
        Misconception(
            "That is the noise of a single step, η²σ²/b. It adds up over all earlier steps.",
            {"one sample", "a batch of b"},
            ("eta * sigma**2 / (b * (2 - eta))", "eta**2 * sigma**2 / b"),
        ),
    ],
    hints=[
        "At rest the variance V is the same before and after a step. Write that as an equation for V.",
        r"$V = (1 - \eta)^2\, V + \eta^2\, \sigma^2 / b$, and $1 - (1 - \eta)^2 = \eta\,(2 - \eta)$",
        "`return eta * sigma**2 / (b * (...))`",
    ],
)

BEST_STEP = Task(
    "best_step",
    points=0,
    answers=["best_step"],
    reference=REFERENCE + "best_step",
    parts=[
        Part("learning rate", positive_bowls, probe=FIRST),
        Part("rate", positive_bowls, probe="helpers.probes.common.second"),
    ],
    misconceptions=[
        Misconception(
            "With η = 1/κ_max the steepest direction is solved at once and the flattest crawls. Balance the two.",
            {"learning rate"},
            ("2 / (low + high)", "1 / high"),
        ),
        Misconception(
            "That is the limit, where the steepest direction no longer shrinks at all.",
            {"learning rate"},
            ("2 / (low + high)", "2 / high"),
        ),
        Misconception(
            "η = 1/(κ_min + κ_max) is half of the best: set 1 - ηκ_min equal to -(1 - ηκ_max).",
            {"learning rate"},
            ("2 / (low + high)", "1 / (low + high)"),
        ),
        Misconception(
            "That is the condition number's inverse. The rate is (c - 1)/(c + 1).",
            {"rate"},
            ("(high - low) / (high + low)", "low / high"),
        ),
    ],
    hints=[
        "Draw |1 - ηκ| against η for the flattest and the steepest direction. Where is the higher of the two lowest?",
        r"$1 - \eta\kappa_{\min} = -(1 - \eta\kappa_{\max})$",
        "`return 2 / (low + high), (high - ...) / (high + ...)`",
    ],
)
