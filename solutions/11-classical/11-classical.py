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
# # 11 · What needs no network
#
# **Thirty mails have labels, a few thousand have none. Which learner would you send into the mailbox? And which one once 4,500 have labels?**
#
# The best one is not the same. Nothing in the lessons before prepares you for that, because nearly all of them had one answer to every question: a network, and more data.
#
# This lesson is about the others: the learners that need no gradient, or no labels, or no more than a sheet of paper. They are a hundred lines together, and on small tables some of them still win.

# %% [markdown]
# | | |
# |---|---|
# | **You will be able to** | find groups by K-means and by a mixture of Gaussians; find the axes along which rows differ; classify by Bayes' rule, by questions, and by the widest street; say which learner fits which table, and why |
# | **You need** | lessons 0, 1 and 4: entropy, softmax, the logistic neuron, penalties; eigenvectors by name |
# | **Time** | 170 minutes, in two sittings: parts 1 to 4, then parts 5 to 8; *deeper* after that is extra |
# | **At the end there is** | eight learners of your own, and a map that says which one to ask, measured on real mails |
# | **Points** | 20: ten checked exercises (18) and a written question (2) |

# %%
import os

os.environ["OMP_NUM_THREADS"] = "1"  # before NumPy comes: at these sizes more threads are slower

import numpy as np
from jaxtyping import Float, Int, Real
from numpy import ndarray
from numpy.random import Generator

from helpers import ask, check, hint, needs, progress, start
from helpers.data import mails, mnist
from helpers.figures import BLACK, BLUE, GREY, ORANGE, neuron, panels, show
from helpers.work import Work

start("11-classical")

# %% tags=["experiment"]
show(*neuron([1.99, 1.38, -4.40], -0.78, ["click", "free", "wrote"], out="spam?"),
     caption="One of the learners of this lesson, three of its 2,000 words: a neuron whose weights "
             "nobody searched for. They were counted.")

# %% [markdown]
# ## 1 · Thirty labels
#
# Here are the mails of lesson 0 again, as counts of 2,000 words, no letter among them. 4,500 are there to learn from, the others to be asked about.

# %%
counts, spam, _, words = mails()
X, y, X_new, y_new = counts[:4500], spam[:4500], counts[4500:], spam[4500:]

# %% [markdown]
# ### How would the mail have been written?
#
# A **discriminative** learner asks which class a mail belongs to, and looks for a border. A **generative** one asks how each class *makes* its mails, and takes the class that would more easily have made this one. Bayes' rule turns the question round:
#
# $$p(\text{spam} \mid \text{mail}) = \frac{p(\text{mail} \mid \text{spam})\; p(\text{spam})}{p(\text{mail})}.$$
#
# The last factor is the same for both classes, so leave it out. What is left needs a model of mails, and **naive Bayes** takes the simplest there is: every word is drawn by itself, from the class's own bag, whatever words stand beside it. Nobody writes like that. So
#
# $$\log p(\text{class}) + \sum_j c_j \log p_{j}, \qquad p_j = \frac{\alpha + \text{count of word } j \text{ in the class}}{\sum_i (\alpha + \text{count of word } i)}.$$

# %% [markdown]
# Here $c_j$ are the counts of the mail. $\alpha$ is what every count begins at (Laplace took 1), because a word that a class never had would otherwise forbid the class for ever. The first term, the **prior**, is the share of mails that are in the class. Leaving it out is the commonest slip, in lectures too.

# %% answer="naive_bayes"
def naive_bayes(
    X: Real[ndarray, "n d"], y: Int[ndarray, "n"], alpha: float
) -> tuple[Float[ndarray, "2"], Float[ndarray, "2 d"]]:
    """Return (log prior, log p) of the classes 0 and 1, and of each word in each class."""
    ### BEGIN SOLUTION
    counts = np.array([X[y == k].sum(axis=0) + alpha for k in (0, 1)])
    prior = np.array([np.mean(y == k) for k in (0, 1)])
    return np.log(prior), np.log(counts / counts.sum(axis=1, keepdims=True))
    ### END SOLUTION

# %% check="naive_bayes"
check("naive_bayes")

# %% [markdown]
# A difference of two such scores is a weighted sum of the counts: naive Bayes *is* a neuron, that of the first screen, with the weights $\log p_j^{\text{spam}} - \log p_j^{\text{ham}}$ and the priors' difference for a bias.

# %% tags=["experiment"]
with needs("naive_bayes"):
    prior, p = naive_bayes(X.astype(float), y, 1.0)
    for word in ("click", "free", "wrote"):
        print(f"{word:6} {(p[1] - p[0])[words.index(word)]:+.2f}")
    print(f"bias   {prior[1] - prior[0]:+.2f}")

# %% [markdown]
# Its rival is lesson 1's logistic neuron, whose weights are searched for, at its best: with the logarithms of the counts, a penalty, and as many steps as it wants.

# %%
def bayes(X, y):
    prior, p = naive_bayes(X.astype(float), y, 1.0)
    return lambda Z: (Z @ (p[1] - p[0]) + prior[1] - prior[0] > 0).astype(int)

def logistic(X, y, lam=0.001, steps=300):
    """Fit a logistic neuron on log(1 + counts) by Nesterov's descent, as in lesson 2."""
    F, mean = np.log1p(X), np.log1p(X).mean(axis=0)
    Z = np.column_stack([F - mean, np.ones(len(F))])
    eta = 1 / (np.linalg.norm(Z, 2) ** 2 / (4 * len(Z)) + lam)
    w = ahead = np.zeros(Z.shape[1])
    for t in range(steps):
        p = 1 / (1 + np.exp(-np.clip(Z @ ahead, -30, 30)))
        step = ahead - eta * (Z.T @ (p - y) / len(y) + lam * ahead)
        ahead, w = step + t / (t + 3) * (step - w), step
    return lambda Q: ((np.log1p(Q) - mean) @ w[:-1] + w[-1] > 0).astype(int)

# %%
ask("few")

# %% tags=["experiment"]
SIZES = [10, 30, 100, 300, 1000, 4500]

def drawn(n, rng):
    """Return n rows in which both classes occur."""
    while True:
        rows = rng.choice(len(X), n, replace=False)
        if 0 < y[rows].sum() < n:
            return rows

# %% tags=["experiment"]
with needs("naive_bayes"):
    work = Work("mails", dict, naive_bayes)
    for n in work.over(SIZES):
        for seed in range(5 if n < 4500 else 1):
            rows = drawn(n, np.random.default_rng(seed))
            for learner in (bayes, logistic):
                right = np.mean(learner(X[rows], y[rows])(X_new) == y_new)
                work.state.setdefault((learner.__name__, n), []).append(right)
    fig, [ax] = panels(1, width=6.5, height=3.2)
    for name, colour, mark in [("bayes", ORANGE, "o-"), ("logistic", BLUE, "s--")]:
        found = [work.state[name, n] for n in SIZES]
        ax.errorbar(SIZES, [np.mean(a) for a in found], [np.std(a) for a in found],
                    fmt=mark, color=colour, label=name)
        print(f"{name:9}", "  ".join(f"{n}: {np.mean(a):.3f}" for n, a in zip(SIZES, found)))
    ax.axhline(1 - y_new.mean(), color=GREY, linestyle=":")
    ax.set(xscale="log", xlabel="mails with labels", ylabel="right on new mails", ylim=(0.6, 1))
    show(fig, ask("few").alt, caption="Means and deviations of five draws. Dotted: always say ham.")

# %% [markdown]
# With thirty labels the wrong model is ahead by three or four points. It can't learn how words go together, but neither can thirty mails teach that; what it does learn, two bags of words, it learns from every single word. With thousands of labels its false belief costs more than it saves, and the neuron, which believes nothing, passes it (Ng and Jordan, 2002, found the same crossing on many tables). Lesson 4 in one picture: **bias buys off variance, and the price is right only while rows are few.**

# %% [markdown]
# ## 2 · No labels at all
#
# Labels are dear, rows are cheap. What can be seen in rows alone? **Groups**, perhaps. K-means (Lloyd, 1957) repeats two steps until nothing changes:
#
# 1. every row joins the nearest of $K$ centres;
# 2. every centre moves to the mean of the rows that joined it.

# %% tags=["experiment"]
from helpers.widgets.classical import groups

display(groups())

# %% [markdown]
# * Drag the centres anywhere and press *step* until nothing moves. Can you find a start from which it ends badly, two centres sharing a group?
# * How often can the number below, the **inertia**, rise?
# * Change to *mixture* (part 3) and step again: what do the ellipses know that the centres did not?

# %% [markdown]
# The **inertia** is the mean squared distance of rows to the centres that they joined. The first step can't make it larger, since every row takes the nearest; nor can the second, since of all points the mean has the smallest sum of squared distances (lesson 0). So it falls until it stands, in finitely many steps, as there are only so many ways to join. It ends in *a* minimum, not always in the best.
#
# A centre that no row joined stays where it is.

# %% answer="kmeans_step"
def kmeans_step(
    X: Float[ndarray, "n d"], C: Float[ndarray, "K d"]
) -> tuple[Float[ndarray, "K d"], Int[ndarray, "n"], float]:
    """Return (C, labels, inertia): the moved centres, who joined whom, the inertia before that."""
    ### BEGIN SOLUTION
    squares = ((X[:, None] - C) ** 2).sum(axis=2)
    labels = squares.argmin(axis=1)
    moved = C.copy()
    for k in np.unique(labels):
        moved[k] = X[labels == k].mean(axis=0)
    return moved, labels, float(squares.min(axis=1).mean())
    ### END SOLUTION

# %% check="kmeans_step"
check("kmeans_step")

# %% [markdown]
# ### Where to begin
#
# With $K$ rows by chance two often fall into one group. **K-means++** (Arthur and Vassilvitskii, 2007) spreads them: the first centre is any row; each next one is a row drawn with a chance in proportion to its *squared* distance to the nearest centre so far. A row that is a centre has no chance, far groups have a good one, and a single outlier does not take all of it.

# %% answer="kmeans_pp"
def kmeans_pp(X: Float[ndarray, "n d"], K: int, rng: Generator) -> Float[ndarray, "K d"]:
    """Return K rows as centres, each drawn by its squared distance to the nearest one so far."""
    ### BEGIN SOLUTION
    C = X[[rng.integers(len(X))]]
    while len(C) < K:
        squares = ((X[:, None] - C) ** 2).sum(axis=2).min(axis=1)
        C = np.vstack([C, X[rng.choice(len(X), p=squares / squares.sum())]])
    return C
    ### END SOLUTION

# %% check="kmeans_pp"
check("kmeans_pp")

# %% tags=["experiment"]
def kmeans(X, C, most=100):
    """Step until the inertia stands; return centres, labels, inertia."""
    before = np.inf
    for _ in range(most):
        C, labels, inertia = kmeans_step(X, C)
        if before - inertia < 1e-9:
            break
        before = inertia
    return C, labels, inertia

with needs("kmeans_step", "kmeans_pp"):
    rng = np.random.default_rng(0)
    middles = np.array([[i, j] for i in range(5) for j in range(3)]) * 4.0
    dots = (middles[:, None] + 0.5 * rng.normal(size=(15, 40, 2))).reshape(-1, 2)
    for name, begin in [("any rows", lambda r: dots[r.choice(600, 15, replace=False)]),
                        ("K-means++", lambda r: kmeans_pp(dots, 15, r))]:
        ends = [kmeans(dots, begin(np.random.default_rng(seed)))[2] for seed in range(50)]
        print(f"{name:9}: best possible in {np.mean(np.array(ends) < 0.55):.0%} of 50 starts, "
              f"mean inertia {np.mean(ends):.2f}")

# %% [markdown]
# ### How many groups?
#
# The inertia can't say: it falls with every further centre, down to 0 with a centre for each row. Look at it on digits, 1,000 pictures whose labels stay hidden:

# %% tags=["experiment"]
images, digits = (rows[:1000] for rows in mnist("train"))
pictures = images.reshape(1000, -1) / 255

with needs("kmeans_step", "kmeans_pp"):
    work = Work("groups of digits", dict, kmeans_step, kmeans_pp)
    for K in work.over([5, 10, 20, 30]):
        work.state[K] = kmeans(pictures, kmeans_pp(pictures, K, np.random.default_rng(0)), most=25)
    for K, (_, labels, inertia) in work.state.items():
        names = [np.bincount(digits[labels == k], minlength=10).argmax() for k in range(K)]
        right = np.mean(np.array(names)[labels] == digits)
        print(f"K = {K:2}: inertia {inertia:.1f}; "
              f"each group named after its commonest digit: {right:.0%} right")

# %% tags=["experiment"]
with needs("kmeans_step", "kmeans_pp"):
    centres, labels, _ = work.state[10]
    commonest = [np.bincount(digits[labels == k]).argmax() for k in range(10)]
    print("the commonest digit of each group:", *commonest)
    print("fours and nines in them:", *(np.sum((digits == k) & (labels == g))
                                        for g in (1, 6) for k in (4, 9)))
    fig, axes = panels(10, width=9, height=1.3)
    for ax, centre in zip(axes, centres):
        ax.imshow(1 - centre.reshape(28, 28), cmap="gray")
        ax.axis("off")
    show(fig, "Ten blurred pictures, the means of ten groups: 2, 9, 1, 6, a slanted 5 or 8, 3, 9, "
              "7, 0 and 3.",
         caption="Ten groups are not ten digits: two are mostly 3s, none is mostly 8s, and two "
                 "hold 4s and 9s together.")

# %% [markdown]
# More than half right, where a guess has a tenth, and no label was used but to name the groups. What the labels would call two, 4 and 9, the pixels call one. Groups are in the eye of the distance.
#
# ### One row at a time
#
# A stream of rows can't be kept. But a mean needs no past beyond itself: when row number $n + 1$ arrives, move the mean of the first $n$ by the $(n+1)$-th part of the way.

# %% answer="online"
def online(
    c: Float[ndarray, "d"], n: int, x: Float[ndarray, "d"]
) -> tuple[Float[ndarray, "d"], int]:
    """Return (c, n): the mean of n rows, and n, after one more row x."""
    ### BEGIN SOLUTION
    n = n + 1
    return c + (x - c) / n, n
    ### END SOLUTION

# %% check="online"
check("online")

# %% [markdown]
# That is gradient descent on the inertia, with the learning rate $1/n$ that lesson 2 found for SGD that is to come to rest; with a count for each centre it is *online K-means*.

# %% [markdown]
# ## 3 · Groups with a shape
#
# K-means knows round groups of equal size, all or nothing. A **mixture of Gaussians** says how the rows came about: draw group $k$ with probability $\alpha_k$ (they sum to 1), then a row from a Gaussian with mean $\mu_k$ and covariance $\Sigma_k$. If we knew who came from where, means and covariances would be easy. If we knew those, we could tell who came from where. So alternate, from any start: **expectation** and **maximisation** (EM; Dempster, Laird and Rubin, 1977).
#
# **E**: the share that group $k$ has in row $x$ is proportional to $\alpha_k$ times its density there,
#
# $$\log R_k = \log \alpha_k - \tfrac12 (x - \mu_k)\, \Sigma_k^{-1} (x - \mu_k)^\top - \tfrac12 \log \det \Sigma_k + \text{the same for all } k,$$
#
# and the shares of a row sum to 1: a softmax. Far from all groups the densities themselves are 0 in a computer. Their logarithms are not.

# %% answer="e_step"
def e_step(
    X: Float[ndarray, "n d"], alpha: Float[ndarray, "K"],
    mu: Float[ndarray, "K d"], cov: Float[ndarray, "K d d"],
) -> Float[ndarray, "n K"]:
    """Return R, the shares of the groups in each row."""
    ### BEGIN SOLUTION
    logs = np.empty((len(X), len(alpha)))
    for k in range(len(alpha)):
        D = X - mu[k]
        distance = (D * np.linalg.solve(cov[k], D.T).T).sum(axis=1)
        logs[:, k] = np.log(alpha[k]) - (distance + np.linalg.slogdet(cov[k])[1]) / 2
    R = np.exp(logs - logs.max(axis=1, keepdims=True))
    return R / R.sum(axis=1, keepdims=True)
    ### END SOLUTION

# %% check="e_step"
check("e_step")

# %% [markdown]
# **M**: with the shares in hand, means and covariances as ever, but each row counts by its share. With $N_k = \sum_i R_{ik}$,
#
# $$\alpha_k = \frac{N_k}{n}, \qquad \mu_k = \frac{1}{N_k} \sum_i R_{ik}\, x_i, \qquad \Sigma_k = \frac{1}{N_k} \sum_i R_{ik}\, (x_i - \mu_k)^\top (x_i - \mu_k).$$

# %% answer="m_step"
def m_step(
    X: Float[ndarray, "n d"], R: Float[ndarray, "n K"]
) -> tuple[Float[ndarray, "K"], Float[ndarray, "K d"], Float[ndarray, "K d d"]]:
    """Return (alpha, mu, cov), the mixture under which rows with the shares R are most likely."""
    ### BEGIN SOLUTION
    N = R.sum(axis=0)
    mu = R.T @ X / N[:, None]
    D = X[:, None] - mu
    return N / len(X), mu, np.einsum("nk,nki,nkj->kij", R, D, D) / N[:, None, None]
    ### END SOLUTION

# %% check="m_step"
check("m_step")

# %% [markdown]
# A long thin group beside a round one, 400 rows; both learners get the same start.

# %% tags=["experiment"]
rng = np.random.default_rng(1)
long = rng.normal(size=(250, 2)) * [3.0, 0.3]
round_ = rng.normal(size=(150, 2)) * 0.7 + [1.0, 2.2]
both, truth = np.vstack([long, round_]), np.repeat([0, 1], [250, 150])

def agreement(labels):
    return max(np.mean(labels == truth), np.mean(labels != truth))

with needs("kmeans_step", "e_step", "m_step"):
    C = np.array([[-2.0, 0.0], [2.0, 1.0]])
    _, hard, _ = kmeans(both, C)
    alpha, mu, cov = np.array([0.5, 0.5]), C, np.stack([np.eye(2)] * 2)
    for _ in range(60):
        R = e_step(both, alpha, mu, cov)
        alpha, mu, cov = m_step(both, R)
    fig, axes = panels(3, height=1.8)
    for ax, name, labels in zip(axes, ["the truth", "K-means", "mixture"],
                                [truth, hard, R.argmax(axis=1)]):
        for k, colour, mark in [(0, BLUE, "o"), (1, ORANGE, "^")]:
            ax.scatter(*both[labels == k].T, s=8, color=colour, marker=mark)
        ax.set(title=f"{name}: {agreement(labels):.0%}", aspect="equal")
    show(fig, "The same 400 points three times: a long flat group with a round one above it. "
              "K-means cuts the long one in two; the mixture finds both groups.",
         caption="K-means cuts across the long group, since its distance is the same in all "
                 "directions. In per cent: how many are where they belong.")

# %% [markdown]
# EM never lowers the likelihood of the rows, for the same reason for which K-means never raises the inertia: each half is the best answer to the other. Let all covariances be $\epsilon I$ and $\epsilon$ go to 0, and the shares become all or nothing: K-means is a mixture that has made up its mind.

# %% [markdown]
# ## 4 · The axes of a cloud
#
# Seven hundred and eighty-four pixels, but digits do not fill that space. **Principal component analysis** (Pearson, 1901) finds the direction along which rows differ most, then the one that does so among the directions perpendicular to it, and so on. If $X_c$ are the rows minus their mean, the variance along a unit vector $v$ is $|X_c v|^2 / n$, so these are the right singular vectors of $X_c$, and the variances are its squared singular values over $n$.

# %% answer="principal"
def principal(
    X: Float[ndarray, "n d"], k: int
) -> tuple[Float[ndarray, "k d"], Float[ndarray, "k"]]:
    """Return (axes, shares): the k directions of largest variance, a row each, with their shares."""
    ### BEGIN SOLUTION
    _, s, V = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)
    return V[:k], s[:k] ** 2 / (s**2).sum()
    ### END SOLUTION

# %% check="principal"
check("principal")

# %%
ask("centre")

# %% tags=["experiment"]
with needs("principal"):
    _, s, V = np.linalg.svd(pictures, full_matrices=False)  # as they are, not centred
    mean = pictures.mean(axis=0)
    cosine = abs(V[0] @ mean) / np.linalg.norm(mean)
    print(f"not centred: the first axis has {s[0] ** 2 / (s**2).sum():.0%} of the squares, and its "
          f"angle to the mean picture has the cosine {cosine:.3f}")
    V, shares = principal(pictures, 50)
    print(f"centred: the first axis has {shares[0]:.0%}, the first 50 have {shares.sum():.0%}")

# %% tags=["experiment"]
with needs("principal"):
    few = mean + ((pictures[0] - mean) @ V.T) @ V  # there, and back from 50 numbers
    fig, axes = panels(6, width=9, height=1.7)
    for ax, picture, title in zip(axes, [mean, *V[:3], pictures[0], few],
                                  ["mean", "axis 1", "axis 2", "axis 3", "a digit", "50 numbers"]):
        if "axis" in title:
            ax.imshow(picture.reshape(28, 28), cmap="signed", vmin=-0.12, vmax=0.12)
        else:
            ax.imshow(picture.reshape(28, 28), cmap="Greys", vmin=0, vmax=1)
        ax.set(title=title, xticks=[], yticks=[])
    show(fig, "Six small pictures: a blurred mean, three axes with blue and orange strokes, a "
              "digit, and the same digit made of 50 numbers, a little blurred but easy to read.",
         caption="Fifty numbers in place of 784, and one still reads it.")

# %% [markdown]
# The axes are what a *linear* autoencoder learns, up to a turn (lesson 10). Forgetting the mean is the classic slip, and a quiet one: the first axis then "explains" almost half of everything, and says only that digits are drawn in the middle of the picture.
#
# ---
# **Time for a pause.** Parts 5 to 8 are the second sitting.

# %% [markdown]
# ## 5 · Questions
#
# A doctor asks: fever above 38? Then the next question, according to the answer. A **decision tree** learns the questions: at each node the column and the threshold whose answer saves most **entropy** (lesson 0; Quinlan, 1986),
#
# $$\text{gain} = H(y) - \frac{n_{\text{left}}\, H(y_{\text{left}}) + n_{\text{right}}\, H(y_{\text{right}})}{n}, \qquad H(y) = -\sum_k p_k \log_2 p_k.$$
#
# For one column only thresholds between neighbouring values matter; take the middle. Of equal gains take the smallest threshold; where all values are equal, return that value and 0.

# %% answer="best_split"
def entropy(y: Int[ndarray, "n"]) -> float:
    """Return the entropy of the labels in bits; of no labels, 0."""
    ### BEGIN SOLUTION
    p = np.bincount(y) / max(1, len(y))
    p = p[p > 0]
    return float(-(p * np.log2(p)).sum())
    ### END SOLUTION

def best_split(x: Float[ndarray, "n"], y: Int[ndarray, "n"]) -> tuple[float, float]:
    """Return (threshold, gain) of the best question "x <= threshold?", in bits."""
    ### BEGIN SOLUTION
    values = np.unique(x)
    best, most = float(values[0]), 0.0
    for t in (values[:-1] + values[1:]) / 2:
        left, right = y[x <= t], y[x > t]
        gain = entropy(y) - (len(left) * entropy(left) + len(right) * entropy(right)) / len(y)
        if gain > most + 1e-12:
            best, most = float(t), gain
    return best, most
    ### END SOLUTION

# %% check="best_split"
check("best_split")

# %% tags=["experiment"]
def grow(X, y, rng=None, depth=12):
    """Return a tree: a label, or (column, threshold, tree where <=, tree where >)."""
    if depth == 0 or len(set(y)) == 1:
        return int(np.bincount(y).argmax())
    columns = np.arange(X.shape[1])
    if rng is not None:  # in a forest: a few columns, drawn for this question
        columns = rng.choice(columns, int(len(columns) ** 0.5), replace=False)
    found = [(*best_split(X[:, j], y), j) for j in columns]
    t, gain, j = max(found, key=lambda one: one[1])
    if gain == 0:
        return int(np.bincount(y).argmax())
    low = X[:, j] <= t
    return j, t, grow(X[low], y[low], rng, depth - 1), grow(X[~low], y[~low], rng, depth - 1)

# %% tags=["experiment"]
def answer(tree, x):
    while isinstance(tree, tuple):
        j, t, low, high = tree
        tree = low if x[j] <= t else high
    return tree

# %% tags=["experiment"]
COLUMNS = 200  # the most frequent words
first, first_new = X[:1000, :COLUMNS].astype(float), X_new[:, :COLUMNS].astype(float)

with needs("best_split"):
    tree = grow(first, y[:1000], depth=3)
    def told(tree, depth=0):
        if isinstance(tree, tuple):
            j, t, low, high = tree
            print("    " * depth + f'"{words[j]}" at most {t:g} times?')
            told(low, depth + 1)
            told(high, depth + 1)
        else:
            print("    " * depth + ("spam" if tree else "ham"))
    told(tree)

# %% [markdown]
# No other learner can be read aloud. But let it ask until no doubt is left, and it learns its rows by heart (lesson 4): all bias gone, all variance there.
#
# **Many trees** cure that (Breiman, 2001): each is grown on rows drawn *with repetition* (a **bootstrap** sample), and may look at only a few columns, drawn anew, at each question. Their mistakes are then different ones, and a **vote** leaves little of them. What the forest says is the label that most trees say; of equal numbers, the smallest label.

# %% answer="vote"
def vote(P: Int[ndarray, "trees n"]) -> Int[ndarray, "n"]:
    """Return for each row the label that most trees say; of equal numbers the smallest label."""
    ### BEGIN SOLUTION
    return np.array([np.bincount(column).argmax() for column in P.T])
    ### END SOLUTION

# %% check="vote"
check("vote")

# %%
ask("forest")

# %% tags=["experiment"]
with needs("best_split", "vote"):
    work = Work("forest", list, best_split)
    for seed in work.over(range(25)):
        rng = np.random.default_rng(seed)
        rows = rng.integers(0, 1000, 1000)  # some twice, others never
        tree = grow(first[rows], y[rows], rng)
        work.state.append([answer(tree, x) for x in first_new])
    alone = [np.mean(np.array(said) == y_new) for said in work.state]
    together = np.mean(vote(np.array(work.state)) == y_new)
    careful = grow(first, y[:1000])
    single = np.mean([answer(careful, x) for x in first_new] == y_new)
    print(f"one tree that sees all rows and all columns: {single:.1%} right")
    print(f"trees of the forest, one by one: {np.mean(alone):.1%}; their vote: {together:.1%}")

# %% [markdown]
# A tree of the forest is *worse* than the careful one, by five points, and together they are two points better than it. A vote helps only those who disagree.

# %% [markdown]
# ## 6 · The widest street
#
# Between two groups that a line can separate there are infinitely many lines. The perceptron takes the first that it meets. Vapnik's answer: the one in the middle of the **widest street**. Scale $w$ and $b$ such that the nearest rows of both classes have $s\,(x \cdot w + b) = 1$, with labels $s = \pm 1$; then the street is $2 / |w|$ wide, and the widest has the smallest $|w|$.
#
# Real groups overlap. So let rows stand in the street, for a fine of $C$ times how far (the **hinge** of lesson 1):
#
# $$\tfrac12 |w|^2 + C \cdot \frac1n \sum_i \max\big(0,\ 1 - s_i\,(x_i \cdot w + b)\big).$$
#
# A large $C$ is strict, and a single outlier can make the street narrow; a small one is generous. The slope: $w$ pulls itself towards 0; every row whose margin is below 1 pulls by $C\, s_i x_i / n$; the others do not pull at all. $b$ is not penalised. At a margin of exactly 1 take 0.

# %% answer="svm_step"
def svm_step(
    w: Float[ndarray, "d"], b: float, X: Float[ndarray, "n d"], s: Float[ndarray, "n"],
    C: float, eta: float,
) -> tuple[Float[ndarray, "d"], float]:
    """Return (w, b) after a step of descent with the rate eta; s holds the labels -1 and 1."""
    ### BEGIN SOLUTION
    inside = s * (X @ w + b) < 1
    pull = (s * inside) @ X / len(X)
    return w - eta * (w - C * pull), b + eta * C * float(np.mean(s * inside))
    ### END SOLUTION

# %% check="svm_step"
check("svm_step")

# %% tags=["experiment"]
rng = np.random.default_rng(3)
sides = np.repeat([-1.0, 1.0], 30)
plane = rng.normal(size=(60, 2)) * 0.6 + np.where(sides[:, None] > 0, [1.5, 1.5], [-1.0, -1.0])
plane[0], sides[0] = [1.1, 0.4], -1.0  # an outlier

with needs("svm_step"):
    fig, axes = panels(2, height=3.4)
    for ax, C in zip(axes, [1000.0, 10.0]):
        w, b = np.zeros(2), 0.0
        for t in range(40_000):
            w, b = svm_step(w, b, plane, sides, C, 1 / (10 + t))
        touching = sides * (plane @ w + b) < 1.001
        for k, colour, mark in [(-1, BLUE, "o"), (1, ORANGE, "^")]:
            ax.scatter(*plane[sides == k].T, s=24, color=colour, marker=mark)
        ax.scatter(*plane[touching].T, s=110, facecolors="none", edgecolors=BLACK)
        across = np.array([-3.0, 3.5])
        for level, style in [(-1, ":"), (0, "-"), (1, ":")]:
            ax.plot(across, (level - b - w[0] * across) / w[1], style, color=BLACK)
        ax.set(title=f"C = {C:g}: width {2 / np.linalg.norm(w):.2f}",
               xlim=(-3, 3.5), ylim=(-3, 3.5))
    show(fig, "Two groups of points and a street between them, twice. With a large C the street is "
              "narrow, as one outlier stands near the other group; with a small C it is wide, and "
              "some points stand in it.",
         caption="Ringed: the support vectors, the only rows that pull. All others could be thrown "
                 "away.")

# %% [markdown]
# ## 7 · A map
#
# Now send everybody into the mailbox: six learners, 200 words, from 30 to 1,500 labels, three draws each.

# %% tags=["experiment"]
def one_tree(X, y):
    tree = grow(X, y)
    return lambda Z: np.array([answer(tree, x) for x in Z])

def forest(X, y):
    trees = []
    for seed in range(15):
        rng = np.random.default_rng(seed)
        rows = rng.integers(0, len(X), len(X))
        trees.append(grow(X[rows], y[rows], rng))
    return lambda Z: vote(np.array([[answer(tree, x) for x in Z] for tree in trees]))

# %% tags=["experiment"]
def nearest(X, y):
    F = np.log1p(X)
    return lambda Z: y[((np.log1p(Z)[:, None] - F) ** 2).sum(axis=2).argmin(axis=1)]

def street(X, y):
    F, s, w, b = np.log1p(X), 2.0 * y - 1, np.zeros(X.shape[1]), 0.0
    for t in range(600):
        w, b = svm_step(w, b, F, s, 100.0, 1 / (20 + t))
    return lambda Z: (np.log1p(Z) @ w + b > 0).astype(int)

LEARNERS = {"naive Bayes": bayes, "logistic": logistic, "street": street,
            "nearest row": nearest, "one tree": one_tree, "forest": forest}

# %% [markdown]
# It takes about 15 seconds, most of it for the trees.

# %% tags=["experiment"]
with needs("naive_bayes", "best_split", "vote", "svm_step"):
    asked = X_new[:500, :COLUMNS].astype(float)
    tries = [(name, n, seed) for n in (30, 300, 1500) for name in LEARNERS for seed in range(3)]
    work = Work("map of learners", dict, naive_bayes, best_split, vote, svm_step)
    for name, n, seed in work.over(tries):
        rows = drawn(n, np.random.default_rng(seed))
        said = LEARNERS[name](X[rows, :COLUMNS].astype(float), y[rows])(asked)
        work.state.setdefault((name, n), []).append(np.mean(said == y_new[:500]))
    print("labels          30        300       1500")
    for name in LEARNERS:
        cells = [f"{np.mean(work.state[name, n]):.3f}" for n in (30, 300, 1500)]
        print(f"{name:12}", "     ".join(cells))

# %% [markdown]
# | you have | ask first | because |
# |---|---|---|
# | few labels, many columns that count things | naive Bayes | it learns from every count, and has next to nothing to overfit |
# | a table of mixed columns, hundreds of rows or more | a forest | no scaling, no tuning, finds thresholds and pairs by itself |
# | many rows, a nearly linear question | logistic, or a street | fast, its weights can be read, and it says how sure it is |
# | a person has to be told why | one small tree | it can be read aloud |
# | no labels | K-means, then a mixture | groups, if there are any |
# | pictures, sound, text as it comes | a network | somebody has to find the columns (lessons 5 to 9) |

# %% [markdown]
# On tables of a few thousand rows, forests and their boosted cousins are ahead of networks to this day (Grinsztajn and others, 2022). The question of lesson 4, what a learner takes for likely beforehand, is the question which one to ask.

# %% [markdown]
# ## 8 · Your turn
#
# ### Written question

# %% [markdown]
# A library has 40,000 requests for books, each with twelve columns (age, district, day, shelf, …), and 250 that a librarian marked "urgent" or "not". A consultant offers a deep network. In 120 to 200 words: which two learners of this lesson would you try first, and in which order; how would you choose between them honestly with 250 labels (lesson 4); what could the 39,750 rows without labels be used for; and at which point would you call the consultant after all?

# %% [markdown] essay="library" points="2"
# *Model answer.* First a baseline (always the commoner class), then a logistic neuron or naive Bayes on counted or one-hot columns, since 250 labels are few, and a forest, since the columns are mixed and thresholds (age, day) are likely. Choose by 5- or 10-fold cross-validation on the 250, scaling and choosing of columns inside each fold, with the same small budget for both, and quote the interval: with 250 rows an accuracy has about ±4 points, so a difference of 2 decides nothing, and the simpler one is taken. Rows without labels: groups by K-means or a mixture, to see which kinds of requests the 250 miss, and to pick the next ones to label, where models disagree or in groups without a label; PCA or densities to find outliers; to check whether the 250 are a fair sample. A network only where there is something to learn that columns do not hold, such as the text of the request, and thousands of labels, or a pretrained one (lesson 9); and if the gain beats the interval on fresh rows.
#
# *Rubric.* ½ two sensible learners with a reason that fits few labels and mixed columns; ½ cross-validation with an interval, everything learned inside the folds; ½ a use of the rows without labels that would work; ½ a condition for the network that follows from this course, not from fashion.

# %%
progress()

# %% [markdown]
# With thirty labels: naive Bayes. With 4,500: the logistic neuron. And without any: groups, axes, densities, which say what there is before anybody asks a question. None of it needed a network. What a network adds is that nobody has to say which columns to look at, and that is what lessons 5 to 10 are about.

# %% [markdown]
# # Deeper
#
# ## A perceptron that sees only likeness
#
# The perceptron's $w$ is a sum of rows, $w = \sum_j a_j s_j x_j$, with $a_j$ how often row $j$ was a mistake. So $x_i \cdot w = \sum_j a_j s_j\, (x_i \cdot x_j)$: rows meet only in products, as in lesson 4, and any similarity $K_{ij}$ may stand in for those.

# %% answer="kernel_perceptron"
def kernel_perceptron(
    K: Float[ndarray, "n n"], s: Float[ndarray, "n"], epochs: int
) -> Int[ndarray, "n"]:
    """Return how often each row was a mistake, in so many sweeps; at exactly 0 it is one."""
    ### BEGIN SOLUTION
    a = np.zeros(len(s), dtype=int)
    for _ in range(epochs):
        for i in range(len(s)):
            if s[i] * (K[i] @ (a * s)) <= 0:
                a[i] += 1
    return a
    ### END SOLUTION

# %% check="kernel_perceptron"
check("kernel_perceptron")

# %% tags=["experiment"]
with needs("kernel_perceptron"):
    rng = np.random.default_rng(0)
    disc = rng.normal(size=(200, 2))
    ring = np.where((disc**2).sum(axis=1) > 1, 1.0, -1.0)
    fresh = rng.normal(size=(2000, 2))
    fresh_ring = np.where((fresh**2).sum(axis=1) > 1, 1.0, -1.0)
    for name, kernel in [("a line", lambda A, B: 1 + A @ B.T),
                         ("squares", lambda A, B: (1 + A @ B.T) ** 2)]:
        a = kernel_perceptron(kernel(disc, disc), ring, 30)
        right = np.mean(np.sign(kernel(fresh, disc) @ (a * ring)) == fresh_ring)
        print(f"{name:8}: {right:.0%} right on inside or outside the circle")

# %% [markdown]
# ## What does not belong
#
# A density says how usual a row is. Fit one Gaussian, and the rows of lowest density are candidates for an **outlier**, without anybody having said what is wrong with them:
#
# $$\log p(x) = -\tfrac12 \big[(x - \mu)\, \Sigma^{-1} (x - \mu)^\top + \log\det\Sigma + d \log 2\pi\big].$$

# %% answer="log_density"
def log_density(
    X: Float[ndarray, "n d"], mu: Float[ndarray, "d"], cov: Float[ndarray, "d d"]
) -> Float[ndarray, "n"]:
    """Return the logarithm of a Gaussian's density at each row."""
    ### BEGIN SOLUTION
    D = X - mu
    distance = (D * np.linalg.solve(cov, D.T).T).sum(axis=1)
    return -(distance + np.linalg.slogdet(cov)[1] + X.shape[1] * np.log(2 * np.pi)) / 2
    ### END SOLUTION

# %% check="log_density"
check("log_density")

# %% tags=["experiment"]
with needs("principal", "log_density"):
    sevens = pictures[digits == 7]
    V, _ = principal(sevens, 10)
    codes = (sevens - sevens.mean(axis=0)) @ V.T
    order = log_density(codes, codes.mean(axis=0), np.cov(codes.T)).argsort()
    fig, axes = panels(10, width=9, height=1.3)
    for ax, i in zip(axes, [*order[:5], *order[-5:]]):
        ax.imshow(1 - sevens[i].reshape(28, 28), cmap="gray")
        ax.axis("off")
    show(fig, "Ten sevens: five of lowest density, thick, crossed or oddly bent, and five of "
              "highest density, thin and plain.",
         caption="The five least usual sevens and, on the right, the five most usual ones.")

# %% [markdown]
# ## A graph
#
# Friends, molecules, roads: rows that are joined. One layer of a **graph network** (Kipf and Welling, 2017) lets each node hear its neighbours and itself, $\operatorname{relu}(\hat A X W)$ with
#
# $$\hat A = D^{-1/2} (A + I)\, D^{-1/2},$$
#
# $D$ the row sums of $A + I$ on a diagonal. It is lesson 7's attention with weights that the graph has fixed, and like it, it does not mind in which order the nodes are numbered.

# %% answer="message_pass"
def message_pass(
    A: Float[ndarray, "n n"], X: Float[ndarray, "n d"], W: Float[ndarray, "d m"]
) -> Float[ndarray, "n m"]:
    """Return relu(Â X W); A is symmetric, with 1 where two nodes are joined."""
    ### BEGIN SOLUTION
    loops = A + np.eye(len(A))
    scale = 1 / np.sqrt(loops.sum(axis=1))
    return np.maximum(scale[:, None] * loops * scale @ X @ W, 0)
    ### END SOLUTION

# %% check="message_pass"
check("message_pass")

# %% tags=["experiment"]
with needs("message_pass"):
    rng = np.random.default_rng(0)
    club = np.repeat([0, 1], 20)
    A = np.triu(rng.random((40, 40)) < np.where(club[:, None] == club, 0.3, 0.03), 1) * 1.0
    A += A.T
    heard = np.zeros((40, 2))
    heard[0, 0] = heard[-1, 1] = 1.0  # one known member of each club
    for rounds in range(1, 5):
        heard = message_pass(A, heard, np.eye(2))
        right = np.mean((heard[:, 1] > heard[:, 0]) == club)
        print(f"after {rounds} rounds: {right:.0%} of the members are in the right club")

# %% [markdown]
# ## Codes that are mostly zero
#
# Describe a signal $x$ by as few atoms of a dictionary as possible, $x \approx c D$: that is $\tfrac12|x - cD|^2 + \lambda |c|_1$, lesson 4's lasso with one signal for many rows. ISTA descends and shrinks by turns, with the step $\eta$ one over the largest eigenvalue of $D D^\top$. Neurons of the visual cortex seem to do something like it (Olshausen and Field, 1996).

# %% answer="ista"
def ista(
    x: Float[ndarray, "d"], D: Float[ndarray, "k d"], lam: float, steps: int
) -> Float[ndarray, "k"]:
    """Return a sparse code c with x ≈ c D, from c = 0."""
    ### BEGIN SOLUTION
    eta = 1 / np.linalg.eigvalsh(D @ D.T)[-1]
    c = np.zeros(len(D))
    for _ in range(steps):
        c = c - eta * (c @ D - x) @ D.T
        c = np.sign(c) * np.maximum(np.abs(c) - eta * lam, 0.0)
    return c
    ### END SOLUTION

# %% check="ista"
check("ista")

# %% tags=["experiment"]
with needs("ista"):
    rng = np.random.default_rng(0)
    atoms = rng.normal(size=(60, 30))
    atoms /= np.linalg.norm(atoms, axis=1, keepdims=True)
    code = np.zeros(60)
    code[[3, 17, 41]] = [2.0, -1.5, 1.0]
    found = ista(code @ atoms, atoms, 0.05, 2000)
    shortest = (code @ atoms) @ np.linalg.pinv(atoms)
    largest = sorted(np.argsort(-np.abs(found))[:3].tolist())
    print(f"sparse code: {np.sum(np.abs(found) > 0.1)} atoms, the largest {largest}; "
          f"shortest code (lesson 4): {np.sum(np.abs(shortest) > 0.1)} atoms")

# %% [markdown]
# ## Go further
#
# * Ng and Jordan, *On discriminative vs. generative classifiers* (2002): part 1's crossing, proved and measured.
# * Arthur and Vassilvitskii, *k-means++* (2007): why squares, and how far from the best it can end.
# * Bishop, *Pattern Recognition and Machine Learning* (2006), chapters 9 and 12: mixtures, EM and PCA, with all proofs.
# * Breiman, *Random forests* (2001): why trees must disagree.
# * Cortes and Vapnik, *Support-vector networks* (1995): the soft street.
# * Grinsztajn, Oyallon and Varoquaux, *Why do tree-based models still outperform deep learning on tabular data?* (2022).
# * Kipf and Welling, *Semi-supervised classification with graph convolutional networks* (2017).
