"""What people write in place of the perceptron's rule; most of it is told by itself, not in pairs."""

from helpers.checks.task import Misconception

MISTAKES = [
    Misconception(
        "Your step goes the wrong way: a sample that should fire must pull w towards it, w + (y - ŷ) x.",
        {"one step", "sweeps", "stops", "learns"},
        ("self.w + (y - y_hat) * x", "self.w - (y - y_hat) * x"),
    ),
    Misconception(
        "You add y x on every sample. The step is (y - ŷ) x: nothing moves when the prediction is right, "
        "and a false alarm moves w away.",
        {"one step", "sweeps", "stops", "learns"},
        ("(y - y_hat) * x", "y * x"),
    ),
    Misconception(
        "You move w on every sample, towards it for label 1 and away for label 0. When the prediction is right, "
        "nothing moves.",
        {"one step", "sweeps", "stops", "learns"},
        ("(y - y_hat) * x", "(2 * y - 1) * x"),
        alone=True,
    ),
    Misconception(
        "A false alarm does not move w. Where it fired and should be silent, the sample is subtracted.",
        {"one step", "sweeps", "stops", "learns"},
        ("(y - y_hat) * x", "max(y - y_hat, 0) * x"),
        alone=True,
    ),
    Misconception(
        "You add the sample after a false alarm, too. Where it fired and should be silent, it is subtracted.",
        {"one step", "sweeps", "stops", "learns"},
        ("(y - y_hat) * x", "abs(y - y_hat) * x"),
        alone=True,
    ),
    Misconception(
        "You compare y with the score. The perceptron compares it with its prediction, which is 0 or 1.",
        {"one step", "sweeps", "stops", "learns"},
        ("self.predict(x[None, :])[0]", "x @ self.w"),
        alone=True,
    ),
    Misconception(
        "You stop after one sweep. A later sample can undo what an earlier one taught: sweep again until "
        "no sample is wrong.",
        {"sweeps", "stops", "learns"},
        ("for _ in range(epochs):", "for _ in range(1):"),
    ),
    Misconception(
        "You stop at the first sample that is right. What ends the training is a whole *sweep* without a mistake.",
        {"sweeps", "stops", "learns"},
        (
            "                self.update(X[i], y[i])\n            if self.mistakes == before:\n                break",
            "                self.update(X[i], y[i])\n                if self.mistakes == before:\n                    return",
        ),
        alone=True,
    ),
    Misconception(
        "The first weight never moves. It is the bias, and learns like the others: its input is the constant 1.",
        {"one step", "sweeps", "stops", "learns"},
        ("(y - y_hat) * x", "(y - y_hat) * np.concatenate([[0.0], x[1:]])"),
        alone=True,
    ),
    Misconception(
        "Nothing is learned: w stays as it is.",
        {"one step", "sweeps", "stops", "learns"},
        ("(y - y_hat) * x", "0 * x"),
        forms=([("(y - y_hat) * x", "0 * x"), ("int(y != y_hat)", "0")],),
        alone=True,
    ),
    Misconception(
        "You add y - ŷ to every weight. Each weight moves by it times *its own* input, (y - ŷ) x.",
        {"one step", "sweeps", "stops", "learns"},
        ("(y - y_hat) * x", "(y - y_hat)"),
        alone=True,
    ),
    Misconception(
        "You replace w by the step. It is added to what w was.",
        {"one step", "sweeps", "stops", "learns"},
        ("self.w + (y - y_hat) * x", "(y - y_hat) * x"),
        alone=True,
    ),
    Misconception(
        "You divide x by its length. The step is (y - ŷ) x itself.",
        {"one step", "sweeps"},
        ("(y - y_hat) * x", "(y - y_hat) * x / np.linalg.norm(x)"),
        alone=True,
    ),
    Misconception(
        "You go on after a sweep without a mistake, until `epochs` is reached. There is nothing left to learn by then: stop.",
        {"stops"},
        ("            if self.mistakes == before:\n                break\n", ""),
        alone=True,
    ),
    Misconception(
        "You count every sample that you look at, not only the mistakes.",
        {"one step", "sweeps"},
        ("int(y != y_hat)", "1"),
    ),
    Misconception(
        "You count the samples that were right. `mistakes` counts those that were wrong.",
        {"one step", "sweeps"},
        ("int(y != y_hat)", "int(y == y_hat)"),
        alone=True,
    ),
    Misconception(
        "Your `mistakes` stays as it was when a sample is wrong: `update` is to count it.",
        {"one step", "sweeps", "stops", "learns"},
        ("int(y != y_hat)", "0"),
        forms=(("int(y != y_hat)", "int(y != self.predict(x[None, :])[0])"),),
        alone=True,
    ),
    Misconception(
        "You count only one of the two kinds of mistake: both a miss and a false alarm are mistakes.",
        {"one step", "sweeps"},
        ("int(y != y_hat)", "int(y > y_hat)"),
        forms=(("int(y != y_hat)", "int(y < y_hat)"),),
        alone=True,
    ),
    Misconception(
        "You count from zero again in each sweep. `mistakes` is the number of all mistakes since the start.",
        {"sweeps"},
        ("before = self.mistakes", "before = self.mistakes = 0"),
        alone=True,
    ),
    Misconception(
        "You stop as soon as w is after a sweep what it was before it. It may come back although there were "
        "mistakes: only a sweep without one is the end.",
        {"sweeps"},
        edits=(
            ("before = self.mistakes", "before = self.w.copy()"),
            ("self.mistakes == before", "np.array_equal(self.w, before)"),
        ),
        alone=True,
    ),
    Misconception(
        "You sweep once more than `epochs` allows.",
        {"sweeps"},
        ("range(epochs)", "range(epochs + 1)"),
        alone=True,
    ),
    Misconception(
        "You sweep once less than `epochs` allows.",
        {"sweeps"},
        ("range(epochs)", "range(epochs - 1)"),
        alone=True,
    ),
    Misconception(
        "Your neuron fires where the score is exactly 0.",
        {"predict", "one step", "sweeps"},
        ("heaviside(X @ self.w)", "(X @ self.w >= 0) * 1.0"),
    ),
    Misconception(
        "Your predictions are -1 and 1. Here the labels are 0 and 1.",
        {"predict", "one step", "sweeps", "stops", "learns"},
        ("heaviside(X @ self.w)", "np.where(X @ self.w > 0, 1.0, -1.0)"),
        forms=(("heaviside(X @ self.w)", "np.sign(X @ self.w)"),),
    ),
    Misconception(
        "Your predictions are scores: `heaviside` is missing.",
        {"predict", "one step", "sweeps", "stops", "learns"},
        ("heaviside(X @ self.w)", "X @ self.w"),
        alone=True,
    ),
    Misconception(
        "The first input has no say in your prediction. It is the constant 1, and its weight is the bias.",
        {"predict", "one step", "sweeps", "stops", "learns"},
        ("heaviside(X @ self.w)", "heaviside(X[:, 1:] @ self.w[1:])"),
        alone=True,
    ),
    Misconception(
        "Your step is scaled by a learning rate. From w = 0 it changes no prediction; here it is 1.",
        {"one step", "sweeps"},
        ("(y - y_hat) * x", "0.1 * (y - y_hat) * x"),
        forms=tuple(("(y - y_hat) * x", f"{eta} * (y - y_hat) * x") for eta in (0.5, 0.01, 0.2, 2.0)),
    ),
    Misconception(
        "You leave out the last row of every sweep.",
        {"sweeps", "stops"},
        ("range(len(X))", "range(len(X) - 1)"),
        alone=True,
    ),
    Misconception(
        "You leave out the first row of every sweep.",
        {"sweeps", "stops"},
        ("range(len(X))", "range(1, len(X))"),
        alone=True,
    ),
    Misconception(
        "All predictions of your sweep are made with the weights from before it. Each sample is met by the weights "
        "as they are by then.",
        {"sweeps"},
        edits=(
            ("before = self.mistakes", "before, old = self.mistakes, self.predict(X)"),
            (
                "self.update(X[i], y[i])",
                "self.w, self.mistakes = self.w + (y[i] - old[i]) * X[i], self.mistakes + int(y[i] != old[i])",
            ),
        ),
        alone=True,
    ),
]
