# ---
# jupyter:
#   jupytext:
#     comment_magics: false
#     cell_metadata_filter: answer,check,essay,points,tags,-all
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 4 · Generalisation
#
# **Three hundred digits to learn from. With 100 features a model is wrong on a third of new ones. With 300 features it knows its own digits by heart, and is wrong on five new ones out of six. What will 4,000 features do?**
#
# A model is not asked about the rows that it learned from. Those we could look up. It is asked about rows that nobody has seen, and all that lessons 1 to 3 drove downhill was the error on rows that everybody has seen. Why should the one tell anything about the other?
#
# In this lesson you measure the distance between the two: how large it is, how sure one can be of it, what makes it wide and what narrows it. And you meet five ways of fooling yourself, all of which have been published.

# %% [markdown]
# | | |
# |---|---|
# | **You will be able to** | tell underfitting from overfitting; put an error bar on an accuracy; cross-validate without a leak; split an error into bias and variance; hold a model back by penalties, dropout, early stopping and more data; search for settings, and say what the result is worth |
# | **You need** | lessons 1 to 3; mean, variance, standard deviation |
# | **Time** | 170 minutes, in two sittings: parts 1 to 4, then parts 5 to 9; *deeper* after that is extra |
# | **At the end there is** | the answer to the question above, and a reader of digits that learned from three hundred of them, with an honest number beside it |
# | **Points** | 20: ten checked exercises (18) and a written question (2) |

# %%
import os
from collections.abc import Callable, Sequence
from typing import Any

os.environ["OMP_NUM_THREADS"] = "1"  # before NumPy comes: at these sizes more threads are slower

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from numpy import ndarray
from numpy.polynomial.legendre import legvander
from numpy.random import Generator
from torch import nn

from helpers import ask, check, hint, needs, progress, start
from helpers.data import mnist
from helpers.figures import BLACK, BLUE, GREEN, GREY, ORANGE, network, panels, show
from helpers.reference.gradient_descent import batches
from helpers.work import Work

start("04-generalisation")
torch.set_num_threads(1)

# %% tags=["experiment"]
show(*network((784, 300, 10), titles=["pixels", "features", "scores"], shapes=False),
     caption="The model of the question. The features on the left are drawn at random and stay as "
             "they are; only the arrows on the right are learned. The number of features is yours.")

# %% [markdown]
# ## 1 · By heart
#
# Here are the data of this lesson: 300 digits to learn from, and 1,000 others, the **validation** rows, to see what the learning was worth. (2,000 more, the **test** rows, wait until part 9. They will be asked once.)

# %%
def flat(part: str) -> tuple[Float[ndarray, "n d"], Int[ndarray, "n"]]:
    """Return the digits of a part as rows of 784 numbers from 0 to 1, and their labels."""
    images, labels = mnist(part)
    return images.reshape(len(images), -1) / 255, labels

X, y = (rows[:300] for rows in flat("train"))
X_val, y_val = flat("validation")

# %% [markdown]
# And here is a network from lesson 3, in PyTorch, with 512 hidden neurons: 407,050 numbers to learn from 300 rows, more than a thousand for each.

# %%
class Run:
    """A network with one hidden layer, as it is trained, and its errors after each epoch."""

    def __init__(self, seed: int, drop: float = 0.0):
        torch.manual_seed(seed)
        layers = nn.Linear(784, 512), nn.ReLU(), nn.Dropout(drop), nn.Linear(512, 10)
        self.net, self.rng = nn.Sequential(*layers), np.random.default_rng(seed)
        self.adam = torch.optim.Adam(self.net.parameters(), lr=0.001)
        self.train, self.val = [], []

    def epoch(self, X, y, change=lambda X, rng: X):
        """Learn from each row once, in batches of 50; then note both errors."""
        self.net.train()
        for rows in batches(len(X), 50, self.rng):
            scores = self.net(torch.tensor(change(X[rows], self.rng), dtype=torch.float32))
            loss = nn.functional.cross_entropy(scores, torch.tensor(y[rows]))
            self.adam.zero_grad()
            loss.backward()
            self.adam.step()
        self.train.append(self.error(X, y))
        self.val.append(self.error(X_val, y_val))

    def error(self, X, y):
        """Return the share of rows that it gets wrong."""
        self.net.eval()
        with torch.no_grad():
            guess = self.net(torch.tensor(X, dtype=torch.float32)).argmax(1).numpy()
        return float(np.mean(guess != y))

# %% [markdown]
# First it learns the digits as they are. Then it gets the same 300 pictures with their labels **shuffled**: a 3 is called a 7, the next one a 0. There is nothing to understand any more.

# %%
ask("shuffled")

# %% tags=["experiment"]
shuffled = np.random.default_rng(0).permutation(y)
work = Work("true and shuffled labels", lambda: (Run(0), Run(0)))
true_run, lost_run = work.state
for _ in work.over(range(60)):
    true_run.epoch(X, y)
    lost_run.epoch(X, shuffled)

fig, axes = panels(2, height=2.8)
for ax, run, title in zip(axes, [true_run, lost_run], ["true labels", "shuffled labels"]):
    ax.plot(run.train, color=BLUE, label="error on the 300")
    ax.plot(run.val, color=ORANGE, linestyle="--", label="error on new digits")
    ax.set(title=title, xlabel="epoch", ylim=(-0.03, 1.03))
show(fig, ask("shuffled").alt)
for name, run in [("true", true_run), ("shuffled", lost_run)]:
    print(f"{name:9} labels: {run.train[-1]:.0%} wrong on the 300, {run.val[-1]:.0%} on new digits")

# %% [markdown]
# Look at the two blue lines: they end alike. *Training error tells nothing about whether there was anything to learn.* A network of this size can store 300 arbitrary labels, as a phone book stores numbers. And yet, with true labels, the same network with the same freedom reads most new digits. It could have learned by heart, and did something better on the way.
#
# What one wants is small error on rows drawn from the same source, the **risk** (or *generalisation error*). What one drives down is the **empirical risk**, the error on the training rows. Their difference is the **generalisation gap**: for the network on the right it is the whole scale.

# %% [markdown]
# ## 2 · Too little, too much
#
# Here the source is known, so that everything can be seen: $y = \sin 3x$ plus noise of deviation 0.3. Fifteen samples, and a model with $P$ features, the polynomials of degree 0 to $P - 1$.

# %% tags=["experiment"]
from helpers.widgets.generalisation import capacity

display(capacity())

# %% [markdown]
# * Drag $P$ from 1 to 15 and watch the curve, then both errors. Where is the curve too stiff? Where does it begin to chase the noise?
# * At $P = 15$ it passes through every sample. What does it pay for that between them?
# * Go on to 60. Did you expect that? (Part 7 comes back to it.)
# * Return to $P = 15$ and raise the penalty λ one notch. (Part 6.)

# %% [markdown]
# Two things can go wrong, and they want opposite cures. Whoever takes one for the other makes it worse.
#
# | | underfitting | overfitting |
# |---|---|---|
# | training error | high | low |
# | validation error | high, and close to it | far above, or rising again |
# | what helps | more features or neurons, longer training, less penalty | more data, fewer features, penalty, dropout, stopping early |
# | what does not | more data | training longer |
#
# In practice one looks at two **learning curves**, errors after each epoch, and must know two things besides: what error is good enough (`goal`), and how large a difference is noise (`slack`). Write the diagnosis:
#
# * `"under"`, if the last training error is above the goal;
# * otherwise `"over"`, if the last validation error is more than `slack` above the last training error, *or* more than `slack` above its own lowest;
# * otherwise `"right"`.

# %% answer="diagnose"
def diagnose(
    train: Float[ndarray, "epochs"], val: Float[ndarray, "epochs"], goal: float, slack: float
) -> str:
    """Return "under", "over" or "right", from the errors on training and validation rows."""
    ### BEGIN SOLUTION
    if train[-1] > goal:
        return "under"
    return "over" if val[-1] > min(train[-1], val.min()) + slack else "right"
    ### END SOLUTION

# %% check="diagnose"
check("diagnose")

# %% tags=["experiment"]
with needs("diagnose"):
    work = Work("ten times the digits", lambda: Run(0))
    tenth = work.state
    for _ in work.over(range(8)):
        tenth.epoch(*(rows[:3000] for rows in flat("train")))
    for title, run in [("300 digits", true_run), ("shuffled", lost_run), ("3,000 digits", tenth)]:
        for epochs in (1, 8, 60)[: 2 if run is tenth else 3]:
            train, val = np.array(run.train[:epochs]), np.array(run.val[:epochs])
            said = diagnose(train, val, goal=0.05, slack=0.08)
            print(f"{title:12} epoch {epochs:2}: {train[-1]:4.0%} and {val[-1]:4.0%}: {said}")

# %% [markdown]
# The first rows read: not yet learned, then learned too well. Ten times as many digits bring the two errors together: of all cures for overfitting, more data is the one that costs no accuracy.

# %% [markdown]
# ## 3 · How sure is an accuracy?
#
# Two models have been tried on the same 100 new rows. One is right on 87, the other on 91. Is the second one better?
#
# An accuracy is a mean: each row brings a 1 (right) or a 0. If a model is right with probability $p$, one row has the variance $p\,(1 - p)$, and the mean of $m$ independent rows has
#
# $$\text{variance } \frac{p\,(1 - p)}{m}, \qquad \text{standard error } \sqrt{\frac{p\,(1 - p)}{m}}.$$
#
# About 95 % of all means lie within two standard errors of $p$. We do not know $p$, so we put the measured accuracy in its place, and get the **interval** $p \pm 2\sqrt{p(1-p)/m}$, cut off at 0 and 1.

# %%
ask("hundred")

# %% answer="interval"
def interval(right: int, m: int) -> tuple[float, float]:
    """Return (low, high): two standard errors around the accuracy right / m, within 0 and 1."""
    ### BEGIN SOLUTION
    p = right / m
    reach = 2 * (p * (1 - p) / m) ** 0.5
    return max(0.0, p - reach), min(1.0, p + reach)
    ### END SOLUTION

# %% check="interval"
check("interval")

# %% [markdown]
# Is it true? Take the network of part 1 and pretend that its accuracy on all 1,000 validation rows is the truth. Then hand out small test sets, a thousand times, and see how often the interval holds it.

# %% tags=["experiment"]
with needs("interval"):
    rng = np.random.default_rng(1)
    with torch.no_grad():
        hit = true_run.net(torch.tensor(X_val, dtype=torch.float32)).argmax(1).numpy() == y_val
    truth = hit.mean()
    fig, [ax] = panels(1, width=6.5, height=2.6)
    for i, m in enumerate([30, 100, 1000]):
        drawn = [rng.choice(hit, m).mean() for _ in range(1000)]
        inside = [low <= truth <= high for low, high in (interval(round(p * m), m) for p in drawn)]
        low, quarter, most, high = np.quantile(drawn, [0.025, 0.25, 0.75, 0.975])
        ax.plot([low, high], [i, i], color=BLUE, linewidth=2)
        ax.plot([quarter, most], [i, i], color=BLUE, linewidth=9)
        print(f"{m:4} rows: 95 % of the accuracies within {low:.2f} and {high:.2f}; "
              f"the interval holds the truth in {np.mean(inside):.0%}")
    ax.axvline(truth, color=ORANGE, linestyle="--")
    ax.set(yticks=range(3), yticklabels=["30 rows", "100 rows", "1,000 rows"],
           xlabel="measured accuracy")
    show(fig, "Three bars, one above the other, around the true accuracy, a dashed line. With "
              "30 test rows the bar is widest, with 1,000 rows it is a sliver.",
         caption="The same network each time: only the test rows differ. Thin lines hold 95 % of "
                 "the measured accuracies, thick ones half of them.")

# %% [markdown]
# So "91 against 87 of 100" is no result: each bar reaches 6 or 7 points to both sides. To halve a bar takes *four* times as many rows. (For two models on the *same* rows there is a sharper test: count only the rows on which they disagree. That is McNemar's.)

# %% [markdown]
# ## 4 · Every row tests once
#
# With 300 labelled rows one would like to learn from all of them, and to test on all of them. **K-fold cross-validation** does nearly that: cut the shuffled rows into $K$ parts, the *folds*; K times, learn from all but one part and test on that one. Each row is tested exactly once, by a model that never saw it. Usual are $K = 5$ and $10$; with $K = n$ it is called *leave-one-out*.

# %% answer="kfold"
def kfold(
    n: int, K: int, rng: Generator
) -> list[tuple[Int[ndarray, "_"], Int[ndarray, "_"]]]:
    """Return K pairs (train, test) of row numbers; test sizes differ by one at most."""
    ### BEGIN SOLUTION
    parts = np.array_split(rng.permutation(n), K)
    return [(np.concatenate(parts[:k] + parts[k + 1 :]), parts[k]) for k in range(K)]
    ### END SOLUTION

# %% check="kfold"
check("kfold")

# %% tags=["experiment"]
with needs("kfold"):
    fig, [ax] = panels(1, width=7, height=1.9)
    table = np.zeros((5, 30))
    for k, (_, test) in enumerate(kfold(30, 5, np.random.default_rng(0))):
        table[k, test] = 1
    ax.imshow(table, cmap="Blues", vmax=1.4, aspect="auto")
    ax.set(xlabel="row", yticks=range(5), yticklabels=[f"fold {k}" for k in range(5)])
    show(fig, "Five rows of thirty cells, one for each sample. In each row six cells are dark, "
              "scattered, and each column has exactly one dark cell.",
         caption="Dark: tested. Each column has one dark cell, so every sample is tested once.")

# %% [markdown]
# Now the loop. `fit(X, y)` returns a model, any kind of thing; `score(model, X, y)` returns a number. Return the mean of the $K$ scores and their standard deviation (`np.std`).

# %% answer="cross_validate"
def cross_validate(
    fit: Callable[[ndarray, ndarray], Any],
    score: Callable[[Any, ndarray, ndarray], float],
    X: Float[ndarray, "n d"], y: Float[ndarray, "n"],
    folds: Sequence[tuple[ndarray, ndarray]],
) -> tuple[float, float]:
    """Return mean and standard deviation of the scores, each of a model of its fold alone."""
    ### BEGIN SOLUTION
    scores = []
    for train, test in folds:
        model = fit(X[train], y[train])
        scores.append(score(model, X[test], y[test]))
    return float(np.mean(scores)), float(np.std(scores))
    ### END SOLUTION

# %% check="cross_validate"
check("cross_validate")

# %% [markdown]
# ### A leak
#
# Two hundred patients, 2,000 genes. Each gene is on or off, and half of the patients fell ill. We keep the 20 genes that go best with the illness, fit a line to those, and cross-validate it, ten folds, as one should.
#
# There is one thing I have not told you: all genes, and the illness, are coins that I tossed.

# %%
ask("genes")

# %% tags=["experiment"]
def best_columns(X, y, k=20):
    """Return the k columns that vary most with y."""
    return np.argsort(-np.abs((X - X.mean(axis=0)).T @ (y - y.mean())))[:k]

def line(X, y):
    return np.linalg.lstsq(np.column_stack([np.ones(len(X)), X]), y, rcond=None)[0]

def share_right(w, X, y):
    return np.mean((w[0] + X @ w[1:] > 0.5) == y)

# %% tags=["experiment"]
with needs("kfold", "cross_validate"):
    for seed in range(5):
        rng = np.random.default_rng(seed)
        genes, ill = rng.integers(0, 2, (200, 2000)) * 1.0, rng.integers(0, 2, 200) * 1.0
        folds = kfold(200, 10, rng)
        before = genes[:, best_columns(genes, ill)]  # chosen once, on all 200 patients
        leaky, _ = cross_validate(line, share_right, before, ill, folds)

        def fit(X, y):  # chosen anew in each fold, on its 180 patients
            columns = best_columns(X, y)
            return columns, line(X[:, columns], y)

        def score(model, X, y):
            columns, w = model
            return share_right(w, X[:, columns], y)

        honest, _ = cross_validate(fit, score, genes, ill, folds)
        print(f"draw {seed}: chosen on all rows {leaky:.0%} right, inside each fold {honest:.0%}")

# %% [markdown]
# Cross-validation was done by the book, and it reports a discovery where there is nothing but coins. The test rows had a say in which columns to keep. **Everything that looks at labels belongs inside `fit`**, and so does everything that is *learned* from rows: means for scaling, a vocabulary, a threshold.
#
# The same leak wears other clothes: an augmented copy of a test picture in the training set, two pictures of one patient on both sides, tomorrow's prices beside yesterday's. Ask of each split: *will the rows that I meet later be this close to those I learned from?*
#
# ---
# **Time for a pause.** Parts 5 to 9 are the second sitting.

# %% [markdown]
# ## 5 · Two ways to be wrong
#
# Suppose the whole study were repeated: new samples from the same source, a new model, and again. At a place $x$ the models say different things. Call their mean $\bar p(x)$, and the truth $f(x)$. Then the expected squared error of one such model splits exactly into
#
# $$\underbrace{\big(\bar p(x) - f(x)\big)^2}_{\text{bias}^2} + \underbrace{\mathbb E\big[(p(x) - \bar p(x))^2\big]}_{\text{variance}} + \underbrace{\sigma^2}_{\text{noise}}.$$
#
# **Bias** is what stays wrong however often one repeats it: the model can't say the truth. **Variance** is how much it listens to the accident of its samples. Noise nobody can remove.
#
# (Proof, in a line: write $p - f = (p - \bar p) + (\bar p - f)$, square, and take the mean over the draws. The mixed term is $2(\bar p - f)$ times the mean of $p - \bar p$, which is 0.)

# %% answer="bias_variance"
def bias_variance(
    P: Float[ndarray, "draws n"], truth: Float[ndarray, "n"]
) -> tuple[float, float]:
    """Return (bias², variance), means over n places; a row of P is what one model says there."""
    ### BEGIN SOLUTION
    mean = P.mean(axis=0)
    return float(np.mean((mean - truth) ** 2)), float(np.mean((P - mean) ** 2))
    ### END SOLUTION

# %% check="bias_variance"
check("bias_variance")

# %% [markdown]
# Five hundred studies of fifteen samples each, for polynomials of every degree:

# %% tags=["experiment"]
x, places = np.linspace(-1, 1, 15), np.linspace(-1, 1, 101)
truth = np.sin(3 * places)
studies = np.sin(3 * x) + 0.3 * np.random.default_rng(0).normal(size=(500, 15))

def predicted(degree):
    """Return what a polynomial fitted to each study says at the places: (500, 101)."""
    w = np.linalg.lstsq(legvander(x, degree), studies.T, rcond=None)[0]
    return (legvander(places, degree) @ w).T

# %% tags=["experiment"]
fig, axes = panels(3, height=2.7)
for ax, degree in zip(axes, [1, 3, 12]):
    ax.plot(places, predicted(degree)[:25].T, color=BLUE, alpha=0.25, linewidth=1)
    ax.plot(places, truth, color=BLACK, linestyle="--")
    ax.plot(places, predicted(degree).mean(axis=0), color=ORANGE)
    ax.set(title=f"degree {degree}", ylim=(-2, 2), xlabel="x")
show(fig, "Twenty-five thin curves in each of three panels, around a dashed sine. Lines of degree "
          "1 lie close together and miss the sine; curves of degree 3 follow it closely; those of "
          "degree 12 follow it on average, and each of them swings wildly near the ends.",
     caption="Blue: models from 25 studies. Orange: the mean of all 500. Dashed: the truth.")

# %% tags=["experiment"]
with needs("bias_variance"):
    degrees = range(13)
    parts = np.array([bias_variance(predicted(degree), truth) for degree in degrees])
    fig, [ax] = panels(1, width=6, height=3)
    ax.plot(degrees, parts[:, 0], "o-", color=ORANGE, label="bias²")
    ax.plot(degrees, parts[:, 1], "s-", color=BLUE, label="variance")
    ax.plot(degrees, parts.sum(axis=1) + 0.09, color=BLACK, label="sum, with the noise")
    ax.set(xlabel="degree", yscale="log", ylim=(1e-5, 2))
    show(fig, "On a logarithmic scale bias falls in steps from 0.5 to almost nothing, variance "
              "rises steadily from 0.006 to 0.5, and their sum with the noise is lowest at "
              "degree 3.",
         caption="With the degree bias falls, in steps of two, and variance rises.")
    for degree in (1, 3, 12):
        bias2, variance = parts[degree]
        print(f"degree {degree:2}: bias² {bias2:.3f} + variance {variance:.3f} + noise 0.090 = "
              f"{bias2 + variance + 0.09:.3f}")

# %% [markdown]
# The straight line is wrong in the same way each time: all bias. Degree 12 is right *on average*, which helps nobody who has one study. In between is a best place, and this U is what most textbooks leave you with. Notice two things before you believe that it is a law: the sine is odd, so even degrees bring only variance; and the plot ends at 12.

# %% [markdown]
# ## 6 · Holding back
#
# A penalty lets a model have all features, and charges for using them. **Ridge** regression (in networks: *L2 penalty*, near kin of weight decay, lesson 2) minimises
#
# $$L(w, b) = \frac1n \sum_{i=1}^n \big(x_i \cdot w + b - y_i\big)^2 + \lambda\, |w|^2.$$
#
# The bias is not charged: to shift all predictions is no overfitting. For given $w$ the best $b$ is $\bar y - \bar x \cdot w$, with the means of $y$ and of each column. Put that in, and what is left are centred rows $X_c$, $y_c$, and a slope that is zero where
#
# $$\frac2n X_c^\top (X_c w - y_c) + 2 \lambda w = 0 \quad\Leftrightarrow\quad \big(X_c^\top X_c + n \lambda I\big)\, w = X_c^\top y_c.$$
#
# Mind the $n$: it is there because our loss is a mean. And the matrix has an inverse for every $\lambda > 0$, even where there are more columns than rows.

# %% answer="ridge"
def ridge(
    X: Float[ndarray, "n d"], y: Float[ndarray, "n"], lam: float
) -> tuple[Float[ndarray, "d"], float]:
    """Return (w, b) of the lowest mean squared error plus lam |w|²; b is free."""
    ### BEGIN SOLUTION
    n, d = X.shape
    mean, level = X.mean(axis=0), y.mean()
    Xc, yc = X - mean, y - level
    w = np.linalg.solve(Xc.T @ Xc + n * lam * np.eye(d), Xc.T @ yc)
    return w, float(level - mean @ w)
    ### END SOLUTION

# %% check="ridge"
check("ridge")

# %% [markdown]
# ### The other penalty
#
# What if one charges $\lambda \sum_j |w_j|$ instead (**L1**, the **lasso**)? Ridge's charge for a tiny weight is next to nothing, so tiny weights stay. L1 charges the first thousandth as much as every other, so a weight that does not earn its keep goes to *exactly* zero.
#
# The corner of $|w|$ at 0 has no slope, so one descends the smooth part and then solves the penalty exactly: which $w$ near the new point $v$ is best, if $|w|$ is charged at $t$?
#
# $$\arg\min_w\; \tfrac12 (w - v)^2 + t\,|w| = \operatorname{sign}(v)\,\max(|v| - t,\, 0),$$
#
# called **soft thresholding**: towards zero by $t$, and what is within $t$ of zero *becomes* zero. (Step by step this is *ISTA*, a proximal method.)

# %% answer="soft_threshold"
def soft_threshold(w: Float[ndarray, "*shape"], t: float) -> Float[ndarray, "*shape"]:
    """Return w drawn towards 0 by t; what is within t of 0 becomes 0."""
    ### BEGIN SOLUTION
    return np.sign(w) * np.maximum(np.abs(w) - t, 0.0)
    ### END SOLUTION

# %% check="soft_threshold"
check("soft_threshold")

# %% [markdown]
# Is it an 8 or a 3? Two hundred pictures to learn from, one weight for each pixel, and a line: −1 for a 3, 1 for an 8.

# %% tags=["experiment"]
def pair(part, n=None):
    X, y = flat(part)
    rows = np.isin(y, (3, 8))
    return X[rows][:n], np.where(y[rows] == 8, 1.0, -1.0)[:n]

def lasso(X, y, lam, steps=2000):
    """Return (w, b): descent on the mean squared error, and soft thresholding after each step."""
    Xc, yc, w = X - X.mean(axis=0), y - y.mean(), np.zeros(X.shape[1])
    eta = len(X) / (2 * np.linalg.norm(Xc, 2) ** 2)
    for _ in range(steps):
        w = soft_threshold(w - eta * 2 / len(X) * (Xc.T @ (Xc @ w - yc)), eta * lam)
    return w, y.mean() - X.mean(axis=0) @ w

# %% tags=["experiment"]
with needs("ridge", "soft_threshold"):
    eights, sides = pair("train", 200)
    new, new_sides = pair("validation")
    fits = [("ridge, λ = 0.000001", ridge(eights, sides, 1e-6)),
            ("ridge, λ = 0.1", ridge(eights, sides, 0.1)),
            ("lasso, λ = 0.03", lasso(eights, sides, 0.03))]
    fig, axes = panels(3, height=3)
    for ax, (title, (w, b)) in zip(axes, fits):
        ax.imshow(w.reshape(28, 28), cmap="signed", vmin=-abs(w).max(), vmax=abs(w).max())
        ax.set(title=title, xticks=[], yticks=[])
        wrong = np.mean(np.sign(new @ w + b) != new_sides)
        print(f"{title:20} {np.sum(w != 0):3} weights are not 0, "
              f"{wrong:.1%} of {len(new)} new ones wrong")
    show(fig, "Three pictures of weights. Nearly without a penalty they are noise all over. With "
              "the ridge penalty they form smooth strokes, on the left side of the two bows of an "
              "8. With the lasso a few scattered pixels are left, all others are white.",
         caption="Blue speaks for an 8, orange for a 3. In the middle one sees what tells them apart: "
                 "an 8 is closed on its left side.")

# %% [markdown]
# Nearly free weights are noise, and so are their answers. Ridge spreads the work over neighbours that say the same. Lasso picks a few and drops the rest: 44 pixels are easier to store and to explain than 496. Which of the two is *better* these rows can't say: 7.1 % against 10.7 % of 197, and the bars of part 3 reach four points to both sides.

# %% [markdown]
# ## 7 · What will 4,000 do?
#
# Now the question from the top, and the network drawn there: $P$ hidden neurons with **random weights, never trained**, $A = \max(0, X W)$ with $W$ of shape (784, $P$); only the last layer learns, by least squares against one-hot labels. There are 300 digits, so with $P = 300$ there are as many unknowns for each score as equations.

# %%
ask("descent")

# %% tags=["experiment"]
SIZES = [10, 30, 60, 100, 200, 260, 300, 340, 400, 600, 1000, 2000, 4000]

def errors_of(P, W, lam=0.0):
    """Return the errors on the 300 and on new digits, and the length of the weights."""
    A, A_val, Y = np.maximum(X @ W[:, :P], 0), np.maximum(X_val @ W[:, :P], 0), np.eye(10)[y]
    if lam:
        V = np.linalg.solve(A.T @ A + len(X) * lam * np.eye(P), A.T @ Y)
    else:
        V = np.linalg.lstsq(A, Y, rcond=None)[0]  # the shortest, where many fit
    wrong = [np.mean((B @ V).argmax(axis=1) != labels) for B, labels in [(A, y), (A_val, y_val)]]
    return *wrong, np.linalg.norm(V)

# %% tags=["experiment"]
draws = [np.random.default_rng(seed).normal(size=(784, 4000)) / 28 for seed in range(5)]
work = Work("random features", list)
for W in work.over(draws):
    work.state.append([errors_of(P, W) for P in SIZES])
measured = np.array(work.state)
print("   P  on the 300  on new digits   length of the weights")
for P, (train, val, length) in zip(SIZES, measured.mean(axis=0)):
    print(f"{P:4} {train:10.0%} {val:12.0%} {length:17.1f}")

# %% tags=["experiment"]
fig, [ax] = panels(1, width=7, height=3.2)
for j, (colour, mark, name) in enumerate([(BLUE, "o-", "error on the 300"),
                                          (ORANGE, "s--", "error on new digits")]):
    ax.errorbar(SIZES, measured[:, :, j].mean(axis=0), measured[:, :, j].std(axis=0, ddof=1),
                fmt=mark, color=colour, label=name, markersize=4)
ax.axvline(300, color=GREY, linestyle=":")
ax.set(xscale="log", xlabel="number of random features P", ylim=(-0.03, 1))
ax.set_xticks([10, 100, 300, 1000, 4000], ["10", "100", "300", "1000", "4000"])
show(fig, ask("descent").alt, caption="Means and deviations of five draws of W. Dotted: as many "
                                      "features as digits.")

# %% [markdown]
# This is **double descent** (Belkin and others, 2019). Left of the dotted line is the U of the textbooks. At the line there is just one solution that fits all 300, however absurd, and its weights must be enormous. Right of it there are infinitely many, and least squares takes the *shortest*: the more features, the shorter and smoother the fit that passes through every digit.
#
# So the number of weights was never the right measure of how much a model overfits. The last column tells more: to the right of the line the error falls together with the *length* of the weights. Is that length the cause? Only what was varied can be called one. So shorten the weights at the worst place, and leave all else as it is:

# %% tags=["experiment"]
for lam in (0, 0.0001, 0.001, 0.01, 0.1):
    train, val, length = np.mean([errors_of(300, W, lam) for W in draws], axis=0)
    print(f"P = 300, λ = {lam:<6}: {train:4.0%} on the 300, {val:4.0%} on new digits, "
          f"length {length:6.1f}")

# %% [markdown]
# A little penalty, and the mountain is gone. Whoever tunes λ will never see it. And mind what the second descent does *not* say: with a good λ, 300 features do nearly as well as 4,000 without one.

# %% [markdown]
# ## 8 · Stop, drop, shift
#
# Networks are held back in three more ways. To see them act, spoil 60 of the 300 labels, as a tired annotator would.
#
# **Early stopping.** Watch the validation error while training; if for `patience` epochs in a row none was lower than the best, stop, and go back to the weights of the best epoch. An equal error is not lower.

# %% answer="early_stop"
def early_stop(val: Float[ndarray, "epochs"], patience: int) -> tuple[int, int]:
    """Return (stop, best): the last epoch that is run, and the one that is kept; the first is 0."""
    ### BEGIN SOLUTION
    best = 0
    for epoch in range(1, len(val)):
        if val[epoch] < val[best]:
            best = epoch
        if epoch - best == patience:
            return epoch, best
    return len(val) - 1, best
    ### END SOLUTION

# %% check="early_stop"
check("early_stop")

# %% tags=["experiment"]
rng = np.random.default_rng(5)
spoilt = y.copy()
tired = rng.choice(300, 60, replace=False)
spoilt[tired] = rng.integers(0, 10, 60)
work = Work("spoilt labels", lambda: Run(1))
noisy_run = work.state
for _ in work.over(range(60)):
    noisy_run.epoch(X, spoilt)

# %% tags=["experiment"]
with needs("early_stop"):
    stop, best = early_stop(np.array(noisy_run.val), patience=10)
    fig, [ax] = panels(1, width=6, height=2.8)
    ax.plot(noisy_run.train, color=BLUE, label="error on the 300 (with their spoilt labels)")
    ax.plot(noisy_run.val, color=ORANGE, linestyle="--", label="error on new digits")
    ax.axvline(best, color=GREEN)
    ax.axvline(stop, color=GREY, linestyle=":")
    ax.set(xlabel="epoch", ylim=(0, 0.6))
    show(fig, "The training error falls to zero. The error on new digits falls, is lowest after a "
              "few epochs, and climbs again while the network learns the spoilt labels by heart.",
         caption="Green: the best epoch. Dotted: where patience ends.")
    print(f"stopped after epoch {stop}, kept epoch {best}: {noisy_run.val[best]:.1%} wrong on new "
          f"digits; after all 60 epochs {noisy_run.val[-1]:.1%}")

# %% [markdown]
# What is common is learned first, since all rows pull that way; each spoilt label pulls alone, and comes last. (Lesson 2 showed the same of long and short axes of a bowl.) Note that the validation rows have now *chosen* something, the epoch. That makes their error a little too good.

# %% [markdown]
# **Dropout.** In each training step, set every hidden value to 0 with probability $p$, by a new draw for each entry, and multiply the others by $1/(1 - p)$, so that the expected value stays what it was:
#
# $$\mathbb E\,[\,\text{out}\,] = p \cdot 0 + (1 - p) \cdot \frac{H}{1 - p} = H.$$
#
# No neuron can rely on another one's being there. After training nothing is dropped, and thanks to the factor nothing need be changed. (The first paper scaled *afterwards* instead, by $1 - p$. PyTorch, and everybody since, does it as above: *inverted dropout*.) With $p = 1$ everything is dropped.

# %% answer="dropout"
def dropout(
    H: Float[ndarray, "n h"], p: float, rng: Generator, training: bool
) -> Float[ndarray, "n h"]:
    """Return H with each entry dropped with probability p, the others scaled; H after training."""
    ### BEGIN SOLUTION
    if not training:
        return H
    if p == 1:
        return np.zeros_like(H)
    return H * (rng.random(H.shape) >= p) / (1 - p)
    ### END SOLUTION

# %% check="dropout"
check("dropout")

# %% [markdown]
# **Augmentation.** Change the pictures so that their labels stay: a digit that is shifted by a pixel or two is the same digit. What keeps a label is knowledge about the world that no formula has. (Twelve networks, about 20 s.)

# %%
ask("turn")

# %% tags=["experiment"]
def shift(X, rng):
    down, right = rng.integers(-2, 3, 2)
    return np.roll(X.reshape(-1, 28, 28), (down, right), (1, 2)).reshape(len(X), -1)

def turn(X, rng):
    return X[:, ::-1].copy() if rng.random() < 0.5 else X  # the last pixel first: half a turn

def plain(X, rng):
    return X

# %% tags=["experiment"]
WAYS = [("as in part 1", plain, 0.0), ("dropout 0.5", plain, 0.5),
        ("shifted", shift, 0.0), ("half a turn", turn, 0.0)]
with needs("dropout"):
    work = Work("twelve networks",
                lambda: [(way, Run(seed, way[2])) for way in WAYS for seed in range(3)])
    runs = work.state
    for _ in work.over(range(60)):
        for (_, change, _), run in runs:
            run.epoch(X, y, change)
    for way in WAYS:
        final = ", ".join(f"{run.val[-1]:.1%}" for its, run in runs if its is way)
        print(f"{way[0]:14} wrong on new digits: {final}")

# %% [markdown]
# Shifts remove about a quarter of the errors, for one line of code. Half a turn does harm: it makes 6 and 9 each other's twins. And dropout? For this network on 300 clean digits it does next to nothing, whatever its fame. A method that helped elsewhere is a proposal, not a result.

# %% [markdown]
# ## 9 · Choosing, and the price of choosing
#
# λ, η, the width, the patience: **hyperparameters** are set, not learned. One tries values, and validation rows decide. Three rules save most of the trouble:
#
# * **on a log scale**: between 0.0001 and 1 the middle is 0.01, not 0.5;
# * **at random** rather than on a grid: where one of two settings hardly matters, a grid of 5 × 5 tries five values of the other, and 25 random points try 25 (Bergstra and Bengio, 2012);
# * **with a budget** that is fixed beforehand, and the same for the rival that you compare with.

# %% answer="random_search"
def random_search(
    trial: Callable[[float], float], low: float, high: float, budget: int, rng: Generator
) -> float:
    """Return the value with the lowest trial(value), of `budget` drawn evenly on a log scale."""
    ### BEGIN SOLUTION
    values = np.exp(rng.uniform(np.log(low), np.log(high), size=budget))
    errors = [trial(float(value)) for value in values]
    return float(values[np.argmin(errors)])
    ### END SOLUTION

# %% check="random_search"
check("random_search")

# %% [markdown]
# Choose λ for 1,000 random features, with 20 trials on the validation rows. Then, and only then, open the test rows.

# %% tags=["experiment"]
with needs("random_search", "interval"):
    W = draws[0][:, :1000]

    def trial(lam):
        return errors_of(1000, W, lam)[1]

    lam = random_search(trial, 1e-6, 10.0, 20, np.random.default_rng(0))
    A, V_rows = np.maximum(X @ W, 0), np.eye(10)[y]
    V = np.linalg.solve(A.T @ A + len(X) * lam * np.eye(1000), A.T @ V_rows)
    X_test, y_test = flat("test")
    right = int(np.sum((np.maximum(X_test @ W, 0) @ V).argmax(axis=1) == y_test))
    low, high = interval(right, len(y_test))
    print(f"λ = {lam:.3g}: {trial(lam):.1%} wrong on the validation rows that chose it")
    print(f"on 2,000 test rows, asked once: {1 - right / len(y_test):.1%} wrong, "
          f"between {1 - high:.1%} and {1 - low:.1%}")

# %% [markdown]
# That last line is the honest number of this lesson: a model, chosen without the test rows, and what it will do on digits from the same source, with its bar. The line above it looks better, for two reasons: those rows chose λ, the best of twenty, and they have a bar as well, of 2.3 points.
#
# ### The best of a hundred
#
# How much can choosing cheat? Take 100 models that toss a coin for each of 100 test rows, and report the best of them.

# %%
ask("best")

# %% tags=["experiment"]
rng = np.random.default_rng(0)
best = [max(rng.binomial(100, 0.5, size=100)) / 100 for _ in range(1000)]
again = rng.binomial(100, 0.5, size=1000) / 100
fig, [ax] = panels(1, width=6.5, height=2.6)
edges = np.arange(0.305, 0.81, 0.02)
ax.hist(best, edges, color=ORANGE, alpha=0.8, label="best of a hundred, on the rows that chose it")
ax.hist(again, edges, histtype="step", color=BLUE, linewidth=2, label="the same model on new rows")
ax.set(xlabel="accuracy", ylabel="of 1,000 contests")
show(fig, ask("best").alt)
print(f"best of a hundred coins: {np.mean(best):.1%} right on average; "
      f"on new rows {np.mean(again):.1%}")

# %% [markdown]
# Nobody lied, no row leaked, and a coin is right in 62 %. Each look at the test rows is a ticket in this lottery, also if it is spread over a team, a year, or a leaderboard. So: **training rows learn, validation rows choose, test rows are asked once.**
#
# ### Written question

# %% [markdown]
# A clinic buys a program that reads X-rays. The seller: "97 % right on 200 test pictures, a tenth of which show the illness. We tried 60 variants; this was the best. The training pictures come from the university hospital, where patients in danger are X-rayed lying down." In 120 to 200 words: what does the number say and not say (give an interval), which two of this lesson's traps may be in it, whom could it harm if it is believed, and what would you do with 500 new pictures of your own before anybody relies on it?

# %% [markdown] essay="clinic" points="2"
# *Model answer.* 194 of 200 gives 0.97 ± 0.024, from 94.6 % to 99.4 %, if the rows had been new. They were not: the best of 60 variants on the same 200 rows is too good by choice, so even the lower end is a hope. And 90 % would be reached by always saying "healthy": accuracy says nothing about the twenty who are ill, of whom six may have been missed. Second trap: position. Where the sick are X-rayed lying down, a model can learn the bed instead of the lung; on our patients, all standing, it would be blind, and nothing in the seller's test shows it, as those pictures come from the same place. Harmed are the ill who are sent home, above all groups that were rare in the training pictures; and whoever signs the report. With 500 own pictures, labelled by two readers: freeze the model, ask them once, report sensitivity and specificity with intervals, for both positions, sexes and age groups; look at the mistakes; agree beforehand on the figure below which it is not used; keep a person in the loop.
#
# *Rubric.* ½ an interval that is about right, and that it holds only for rows that chose nothing; ½ two traps named and explained (best of 60; shortcut by position or another shift; accuracy on unequal classes counts as one, too); ½ who is harmed, and how; ½ a sound plan: own rows asked once, figures for both classes or for groups, decided beforehand.

# %%
progress()

# %% [markdown]
# You began with a question about 4,000 features, and the answer is in part 7: 15 % wrong, best of all, on the far side of a mountain. Now you also know why the mountain is there, how to remove it, how sure the 15 % are, and which rows may say so.
#
# Lesson 5 takes the last idea of part 8, that a shifted digit is the same digit, and builds it into the network itself. Instead of showing it every shift, it *can't* tell them apart.

# %% [markdown]
# # Deeper
#
# ## The shortest of all fits
#
# For $P > n$ infinitely many $w$ fit the rows exactly. Which is the shortest? Split any $w$ into a part that the rows span, $X^\top a$, and a part perpendicular to all of them. The second changes no prediction on the rows and only adds length. So the shortest is $w = X^\top a$ with $X X^\top a = y$.
#
# Gradient descent from zero finds it without being asked: every gradient of a squared error is a sum of rows, so $w$ never leaves what they span. That is an **implicit** penalty, and one reason why large networks that could learn by heart do not.

# %% answer="smallest"
def smallest(X: Float[ndarray, "n d"], y: Float[ndarray, "n"]) -> Float[ndarray, "d"]:
    """Return the shortest of all w with X w = y, for d >= n and independent rows."""
    ### BEGIN SOLUTION
    return X.T @ np.linalg.solve(X @ X.T, y)
    ### END SOLUTION

# %% check="smallest"
check("smallest")

# %% tags=["experiment"]
with needs("smallest"):
    rng = np.random.default_rng(0)
    rows, targets = rng.normal(size=(5, 40)), rng.normal(size=5)
    w = np.zeros(40)
    for _ in range(3000):
        w -= 0.01 * 2 / 5 * rows.T @ (rows @ w - targets)
    gap = np.abs(w - smallest(rows, targets)).max()
    print(f"descent from 0 and the shortest fit differ by {gap:.1e}")

# %% [markdown]
# ## Rows that meet only in products
#
# Put $w = X^\top a$ into ridge's equations (without a bias): $(X X^\top + n\lambda I)\, a = y$, and a new row gets the prediction $(x_{new} X^\top)\, a$. The columns have vanished: rows occur only in **inner products**. Replace those by another similarity $k(x, x')$ and you fit in a space of features that is never written down: that is a **kernel** method.

# %% answer="dual_ridge"
def dual_ridge(
    X: Float[ndarray, "n d"], y: Float[ndarray, "n"], lam: float, X_new: Float[ndarray, "m d"]
) -> Float[ndarray, "m"]:
    """Return ridge's predictions (no bias) for new rows, from inner products of rows alone."""
    ### BEGIN SOLUTION
    a = np.linalg.solve(X @ X.T + len(X) * lam * np.eye(len(X)), y)
    return (X_new @ X.T) @ a
    ### END SOLUTION

# %% check="dual_ridge"
check("dual_ridge")

# %% [markdown]
# A kernel says which rows are *alike*, and by that, what a model takes for likely before it has seen anything: its **inductive bias**. Here are three opinions about the same twelve samples.

# %% tags=["experiment"]
KERNELS = [("a line", lambda a, b: 1 + np.outer(a, b)),
           ("smooth, width 0.3", lambda a, b: np.exp(-((a[:, None] - b) ** 2) / (2 * 0.3**2))),
           ("period 1", lambda a, b: np.exp(-2 * np.sin(np.pi * (a[:, None] - b)) ** 2))]
rng = np.random.default_rng(2)
at = np.sort(rng.uniform(-1, 1, 12))
seen = np.sin(2 * np.pi * at) + 0.1 * rng.normal(size=12)
wide = np.linspace(-2, 2, 301)
fig, axes = panels(3, height=2.7)
for ax, (title, kernel) in zip(axes, KERNELS):
    a = np.linalg.solve(kernel(at, at) + 12 * 0.001 * np.eye(12), seen)
    ax.plot(wide, kernel(wide, at) @ a, color=BLUE)
    ax.plot(at, seen, "o", color=ORANGE, markersize=4)
    ax.set(title=title, ylim=(-2, 2), xlabel="x")
show(fig, "The same twelve points in three panels. The first fit is a straight line that misses "
          "them; the second passes through them and returns to zero outside; the third passes "
          "through them and goes on in waves for ever.",
     caption="Where there are no samples, each kernel says what it believed beforehand.")

# %% [markdown]
# ## All masks at once
#
# Dropout on $n$ hidden values trains $2^n$ thinned networks that share their weights. Is the full network their average? Find out exactly, with all masks: an entry is dropped with probability $p$, so a mask that keeps $k$ of $n$ has the probability $(1-p)^k\, p^{\,n-k}$.

# %% answer="all_masks"
def all_masks(
    h: Float[ndarray, "n"], p: float
) -> tuple[Bool[ndarray, "masks n"], Float[ndarray, "masks"]]:
    """Return every mask of the entries of h (True is kept), and the probability of each."""
    ### BEGIN SOLUTION
    from itertools import product

    masks = np.array([*product([False, True], repeat=len(h))])
    kept = masks.sum(axis=1)
    return masks, (1 - p) ** kept * p ** (len(h) - kept)
    ### END SOLUTION

# %% check="all_masks"
check("all_masks")

# %% tags=["experiment"]
from helpers.reference.perceptron import softmax

with needs("all_masks"):
    rng = np.random.default_rng(0)
    h, V = rng.normal(size=8), rng.normal(size=(8, 3))
    masks, weights = all_masks(h, 0.5)
    scores = (masks * h / 0.5) @ V
    thinned, full = weights @ softmax(scores), softmax((h @ V)[None])[0]
    print("scores, mean over all masks:       ", np.round(weights @ scores, 3))
    print("scores of the full network:        ", np.round(h @ V, 3))
    print("probabilities, mean over all masks:", np.round(thinned, 3))
    print("probabilities of the full network: ", np.round(full, 3))

# %% [markdown]
# For a linear read-out the full network *is* the average of its 256 thinned ones, to the last digit. Behind a softmax it is not, only near it: the mean of probabilities is not the probability of the mean.

# %% [markdown]
# ## Who was there?
#
# A model that knows its rows by heart gives them away. Guess "this row was in the training set" wherever the loss is at most $t$, for the best $t$. Count both groups half, so that 50 % is a coin.

# %% answer="membership"
def membership(known: Float[ndarray, "n"], new: Float[ndarray, "m"]) -> float:
    """Return the best accuracy of "a loss of at most t was trained on", over all losses t."""
    ### BEGIN SOLUTION
    t = np.concatenate([known, new])[:, None]
    told = (known <= t).mean(axis=1), (new > t).mean(axis=1)
    return float(np.max((told[0] + told[1]) / 2))
    ### END SOLUTION

# %% check="membership"
check("membership")

# %% tags=["experiment"]
def losses_of(run, X, y):
    run.net.eval()
    with torch.no_grad():
        scores = run.net(torch.tensor(X, dtype=torch.float32))
        return nn.functional.cross_entropy(scores, torch.tensor(y), reduction="none").numpy()

with needs("membership", "diagnose"):
    known = [("300 digits", true_run, X, y), ("60 of them spoilt", noisy_run, X, spoilt),
             ("3,000 digits", tenth, *(rows[:3000] for rows in flat("train")))]
    for name, run, rows, labels in known:
        told = membership(losses_of(run, rows, labels), losses_of(run, X_val, y_val))
        print(f"{name:17}: who was in the training set is guessed right in {told:.0%}")

# %% [markdown]
# With digits that is a curiosity. With the patients of a clinic it is a breach: to have been in the training set may *be* the diagnosis. Whatever narrows the generalisation gap, more rows, penalties, stopping early, also protects the people in the rows; what guarantees it is called *differential privacy*.

# %% [markdown]
# ## A shortcut
#
# Two clinics send pictures, and one stamps its own in a corner. The ill are mostly sent to that one. Here the digits 3 and 8 play the two diagnoses, and the stamp is one bright corner, on 95 % of the eights and on 5 % of the threes.

# %% tags=["experiment"]
def stamped(X, sides, agree, rng):
    """Return rows with a bright corner: the share `agree` of the eights, the rest of the threes."""
    X, marks = X.copy(), rng.random(len(X)) < np.where(sides > 0, agree, 1 - agree)
    X.reshape(-1, 28, 28)[marks, :3, :3] = 1.0
    return X

with needs("ridge"):
    rng = np.random.default_rng(0)
    (rows, sides), (new, new_sides) = pair("train", 200), pair("validation")
    w, b = ridge(stamped(rows, sides, 0.95, rng), sides, 0.1)
    for name, agree in [("from the same two clinics", 0.95), ("stamps given by chance", 0.5),
                        ("stamps the other way round", 0.05)]:
        right = np.mean(np.sign(stamped(new, new_sides, agree, rng) @ w + b) == new_sides)
        print(f"{name:27}: {right:.0%} right")

# %% [markdown]
# Annotation was perfect and the test rows were new, and still the first number was worth nothing elsewhere: test rows *from the same source* share its accidents. Data sets carry the hand of those who collected them, so much that a classifier can tell which collection a picture is from (Torralba and Efros, 2011). Lesson 9 meets this again with a hospital.

# %% [markdown]
# ## Three reasons to be wrong
#
# How far is a trained model from the best possible prediction? Bottou and Bousquet (2008) split the excess risk into three: **approximation** (the best model of the family is not the truth), **estimation** (we have samples, not the source), **optimisation** (we stopped early). Here for polynomials, all three measured; the last by stopping descent after 300 steps.

# %% tags=["experiment"]
fine = np.linspace(-1, 1, 2001)
f = np.sin(3 * fine)
for degree in (1, 3, 12):
    B, S = legvander(fine, degree), legvander(x, degree)
    family = np.mean((B @ np.linalg.lstsq(B, f, rcond=None)[0] - f) ** 2)
    exact = np.linalg.lstsq(S, studies.T, rcond=None)[0]
    w, eta = np.zeros_like(exact), 15 / (2 * np.linalg.norm(S, 2) ** 2)
    for _ in range(300):
        w -= eta * 2 / 15 * S.T @ (S @ w - studies.T)
    fitted, early = (np.mean((B @ v - f[:, None]) ** 2) for v in (exact, w))
    print(f"degree {degree:2}: approximation {family:.3f}, estimation {fitted - family:.3f}, "
          f"optimisation {early - fitted:+.3f}")

# %% [markdown]
# The last row is the surprise: for degree 12 the optimisation error is *negative*. To stop early was a mistake in optimising and a gain in predicting, which is early stopping once more. It also says where a minute of work is best spent: on a larger family, on more rows, or on a longer run, and seldom on all three.

# %% [markdown]
# ## What does tuning cost?
#
# One run of 60 epochs on 300 digits takes $60 \cdot 300$ rows, and each costs about 6 operations a weight, forward and back. A hundred trials with five folds each are 500 runs. Here that is the fifth of a second on a graphics card. For a model of a billion weights and a trillion words, one run takes twelve megawatt hours, what three or four households use in a year; and the trials before it are seldom in the paper.

# %% tags=["experiment"]
operations = 6 * 407_050 * 300 * 60
print(f"one run: {operations:.1e} operations; "
      f"100 trials of 5 folds: {500 * operations * 4 / 5:.1e}")
large = 6 * 1e9 * 1e12
joules = large / 1e14 * 700  # a card of 100 teraflop/s and 700 watts, always busy
print(f"a billion weights, a trillion words: {large:.0e} operations, "
      f"{joules / 3.6e9:,.0f} megawatt hours")

# %% [markdown]
# ## Go further
#
# * Zhang, Bengio, Hardt, Recht and Vinyals, *Understanding deep learning requires rethinking generalization* (2017): part 1, on a million pictures.
# * Geman, Bienenstock and Doursat, *Neural networks and the bias/variance dilemma* (1992): part 5, where it entered the field.
# * Belkin, Hsu, Ma and Mandal, *Reconciling modern machine-learning practice and the classical bias-variance trade-off* (2019): part 7, with trees and networks.
# * Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning* (2009), chapters 3 and 7: ridge, lasso, and "the wrong way to do cross-validation".
# * Srivastava and others, *Dropout* (2014); Bergstra and Bengio, *Random search* (2012); Prechelt, *Early stopping, but when?* (1998): part 8 and 9.
# * Dwork and others, *The reusable holdout* (2015): how to ask test rows more than once after all.
# * Torralba and Efros, *Unbiased look at dataset bias* (2011); Geirhos and others, *Shortcut learning* (2020).
# * Strubell, Ganesh and McCallum, *Energy and policy considerations for deep learning in NLP* (2019).
