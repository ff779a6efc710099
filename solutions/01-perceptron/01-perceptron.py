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
# # 1 · The perceptron
#
# **How many mistakes must a machine make before it stops making them?**
#
# In 1958 Frank Rosenblatt let a machine learn to tell shapes apart. It did one thing only: whenever it was wrong, it nudged its weights. Four years later it was proved that such a machine makes a *finite* number of mistakes, and the number depends on how far apart the two kinds of examples lie, not on how many of them there are.
#
# In this lesson you build that machine, watch it learn, check the theorem against it, find what it can never learn, and replace its hard decision by the soft one that all of deep learning uses.

# %% [markdown]
# | | |
# |---|---|
# | **You will be able to** | build a neuron; train a perceptron and bound its mistakes; say what one neuron can't do and repair it with two layers; derive the gradients of the logistic and the softmax neuron |
# | **You need** | Python and NumPy arrays; dot products; what a derivative is |
# | **Time** | 90 minutes for parts 1 to 8; *deeper* after that is extra |
# | **At the end there is** | a perceptron that separates irises without an error, a network that computes XOR, and a three-class classifier that is right on 98 % of real flowers |
# | **Points** | 20: ten checked exercises (18) and a written question (2) |

# %% [markdown]
# ## How an exercise works
#
# Write your code where the cell says `YOUR CODE HERE`, delete the `raise` line, run the cell, and run the `check` below it. The check says for each part whether it is right, and if not, what is wrong. Checks can be run as often as you like.
#
# At the start every check says *not attempted*. Stuck? In a new cell, `hint("heaviside")` gives a nudge; call it again for the formula, and once more for almost the code.

# %%
from collections.abc import Callable

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from helpers import ask, check, hint, needs, progress, start
from helpers.data import MEASURES, SPECIES, iris
from helpers.figures import BLUE, GREY, ORANGE, boundary, panels, points, regions, show

start("01-perceptron")

# %% [markdown]
# ## 1 · A neuron decides
#
# A neuron weighs evidence. It receives $d$ numbers $x_1, \dots, x_d$, multiplies each with a weight, adds a bias, and looks at the sum:
#
# $$z = x_1 w_1 + \dots + x_d w_d + b, \qquad \hat y = g(z).$$
#
# $z$ is the **score**. A positive weight says "this input speaks for it", a negative one "against", and the bias says how easily the neuron is convinced when nothing speaks either way.
#
# The letters of this lesson, in the formulas and in the code:
#
# | | |
# |---|---|
# | `X` (n, d) | n samples, one in each row |
# | `w` (d,), `b` | weights and bias; `W` (d, K) for K neurons side by side |
# | `z` | score, any real number |
# | `y`, $\hat y$ `y_hat` | label and prediction |
# | $\eta$ `eta` | learning rate |

# %% [markdown]
# ### The simplest decision
#
# McCulloch and Pitts' neuron of 1943 fires or it does not:
#
# $$g(z) = \begin{cases} 1 & \text{if } z > 0 \\ 0 & \text{otherwise.} \end{cases}$$
#
# This is the **Heaviside step**. Look closely at $z = 0$: a score of exactly zero is not enough.
#
# The type says what goes in and what comes out: an array of floats, of any shape, and an array of the same shape.

# %% answer="heaviside"
def heaviside(z: Float[ndarray, "*shape"]) -> Float[ndarray, "*shape"]:
    """Return 1.0 where z > 0 and 0.0 elsewhere."""
    ### BEGIN SOLUTION
    return np.where(z > 0, 1.0, 0.0)
    ### END SOLUTION

# %% check="heaviside"
check("heaviside")

# %% [markdown]
# ### A whole neuron
#
# With rows as samples, the scores of all $n$ rows are one product, `X @ w + b`. What happens to the score is left open here: `f` is the **activation**, any function of an array. With `f = heaviside` the neuron is a perceptron; later in this lesson it will be something softer.

# %% answer="neuron"
def neuron(
    X: Float[ndarray, "n d"], w: Float[ndarray, "d"], b: float, f: Callable[[ndarray], ndarray]
) -> Float[ndarray, "n"]:
    """Return f(score) for each row of X."""
    ### BEGIN SOLUTION
    return f(X @ w + b)
    ### END SOLUTION

# %% check="neuron"
check("neuron")

# %% [markdown]
# ### What a neuron looks like
#
# With two inputs, the points with $z = 0$ form a straight line. On one side the neuron fires, on the other it is silent. The weight vector is perpendicular to that line and points to the side where it fires; the bias moves the line without turning it.

# %% tags=["experiment"]
with needs("heaviside", "neuron"):
    fig, axes = panels(3, height=2.9)
    for ax, (w, b) in zip(axes, [([1, 1], 0), ([1, 1], -1), ([2, -1], 0)]):
        regions(ax, lambda X: neuron(X, np.array(w), b, heaviside), (-2, 2), (-2, 2))
        boundary(ax, [b, *w])
        ax.set_title(f"w = ({w[0]}, {w[1]}),  b = {b}")
    show(fig, "Three planes cut in two by a line. A bias of -1 moves the line away from the "
              "origin; other weights turn it. The neuron fires where its weight vector points to.")

# %% [markdown]
# ### The bias is a weight
#
# The bias is the odd one out: every formula has a term of its own for it. There is a trick to be rid of it. Give each sample one more input that is always 1, and call it $x_0$; its weight does what the bias did:
#
# $$\tilde x = (1, x_1, \dots, x_d), \quad \tilde w = (b, w_1, \dots, w_d) \quad\Rightarrow\quad \tilde x \cdot \tilde w = x \cdot w + b.$$
#
# From the next part on every `X` has this column of ones, first.

# %% answer="absorb_bias"
def absorb_bias(
    X: Float[ndarray, "n d"], w: Float[ndarray, "d"], b: float
) -> tuple[Float[ndarray, "n d+1"], Float[ndarray, "d+1"]]:
    """Return X with a column of ones put first, and w with b put first."""
    ### BEGIN SOLUTION
    ones = np.ones((len(X), 1))
    return np.hstack([ones, X]), np.concatenate([[b], w])
    ### END SOLUTION

# %% check="absorb_bias"
check("absorb_bias")

# %% [markdown]
# ## 2 · Neurons that think, by hand
#
# Before a neuron learns its weights, choose some yourself. Let the two inputs be 0 or 1, for false and true. Can one neuron compute *and*? It should fire on (1, 1) and on no other corner of the square: a line that cuts off one corner.
#
# | $x_1$ | $x_2$ | AND | OR | NAND |
# |---|---|---|---|---|
# | 0 | 0 | 0 | 0 | 1 |
# | 0 | 1 | 0 | 1 | 1 |
# | 1 | 0 | 0 | 1 | 1 |
# | 1 | 1 | 1 | 1 | 0 |
#
# Any weights will do that get the table right. NAND ("not and") deserves respect: every digital computer can be built from it alone.

# %% answer="gates"
def gates() -> dict[str, tuple[list[float], float]]:
    """Return (w, b) of a Heaviside neuron for each of the gates "AND", "OR" and "NAND"."""
    ### BEGIN SOLUTION
    return {
        "AND": ([1.0, 1.0], -1.5),
        "OR": ([1.0, 1.0], -0.5),
        "NAND": ([-1.0, -1.0], 1.5),
    }
    ### END SOLUTION

# %% check="gates"
check("gates")

# %% [markdown]
# Here are your three lines. A filled corner is one on which the gate should fire.

# %% tags=["experiment"]
corners = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
truth = {"AND": [0, 0, 0, 1], "OR": [0, 1, 1, 1], "NAND": [1, 1, 1, 0]}
with needs("gates"):
    fig, axes = panels(3, height=2.9)
    for ax, (name, (w, b)) in zip(axes, gates().items()):
        regions(ax, lambda X: X @ np.array(w) + b > 0, (-0.5, 1.5), (-0.5, 1.5))
        points(ax, corners, np.array(truth[name]), names=("silent", "fires"))
        boundary(ax, [b, *w])
        ax.set_title(name)
    show(fig, "The unit square three times. The line of AND cuts off the corner (1, 1), that of "
              "OR the corner (0, 0), and NAND is AND with its sides swapped.")

# %% [markdown]
# Two inputs allow $2^4 = 16$ different truth tables. Commit yourself before you go on; in part 5 you will count.

# %%
ask("gates")

# %% [markdown]
# ## 3 · Learning from mistakes
#
# Choosing weights by hand ends at a few inputs. Rosenblatt's idea: show the neuron one sample after the other and change the weights **only when it is wrong**. There are just two ways to be wrong.
#
# * It was silent but should have fired ($y = 1$, $\hat y = 0$). The score was too low. Add the sample to the weights: the new score on it is $x \cdot (w + x) = x \cdot w + \lVert x \rVert^2$, higher than before.
# * It fired but should have been silent ($y = 0$, $\hat y = 1$). Subtract the sample: the score falls by $\lVert x \rVert^2$.
#
# One line says both, and does nothing when the prediction is right:
#
# $$w \leftarrow w + (y - \hat y)\, x.$$

# %% [markdown]
# ### The perceptron
#
# Write the class. `w` starts at zero. `update` looks at one sample, learns from it, and counts it if it was a mistake. `fit` sweeps over the rows in their order, again and again, and stops after the first sweep without a mistake, or after `epochs` sweeps.

# %% answer="Perceptron"
class Perceptron:
    """A Heaviside neuron that learns; the rows it sees have x_0 = 1 first, labels are 0 and 1."""

    def __init__(self, d: int):
        self.w = np.zeros(d)
        self.mistakes = 0

    def predict(self, X: Float[ndarray, "n d"]) -> Float[ndarray, "n"]:
        """Return the prediction for each row, 0.0 or 1.0. Use `heaviside`."""
        ### BEGIN SOLUTION
        return heaviside(X @ self.w)
        ### END SOLUTION

    def update(self, x: Float[ndarray, "d"], y: float) -> None:
        """Learn from one sample, and count it in `self.mistakes` if it was predicted wrongly."""
        ### BEGIN SOLUTION
        y_hat = self.predict(x[None, :])[0]
        self.w = self.w + (y - y_hat) * x
        self.mistakes += int(y != y_hat)
        ### END SOLUTION

    def fit(self, X: Float[ndarray, "n d"], y: Float[ndarray, "n"], epochs: int = 100) -> None:
        """Sweep until a sweep is free of mistakes, `epochs` times at most."""
        ### BEGIN SOLUTION
        for _ in range(epochs):
            before = self.mistakes
            for i in range(len(X)):
                self.update(X[i], y[i])
            if self.mistakes == before:
                break
        ### END SOLUTION

# %% check="Perceptron"
check("Perceptron")

# %% [markdown]
# ### Play with it
#
# Below is *your* class at work. Drag a point and watch the line turn with each mistake. Scrub through the mistakes, one by one: the ringed point is the one that was wrong, and the line turns to take it in.
#
# Then try to break it. Pull the two clouds together until they almost touch: what happens to the number of mistakes? And what if one point sits among the others?

# %% tags=["experiment"]
from helpers.widgets.perceptron import playground

with needs("Perceptron"):
    display(playground(Perceptron))

# %% [markdown]
# ## 4 · How many mistakes?
#
# Playing suggests a law: *the narrower the gap, the more mistakes*. Two lengths make it exact. Let $s_i = 2y_i - 1$ be the label as a sign, and $w^*$ any weights that separate the samples.
#
# * $R = \max_i \lVert x_i \rVert$ says how far out the samples lie.
# * $\gamma = \min_i\, s_i\,(x_i \cdot w^*) \,/\, \lVert w^* \rVert$ is the **margin**: the distance of the nearest sample to the line. It is positive exactly if $w^*$ separates them.
#
# **Theorem** (Novikoff, 1962). Starting from $w = 0$, the perceptron makes at most
#
# $$\left(\frac{R}{\gamma}\right)^2$$
#
# mistakes, in whatever order the samples come, and however many there are.

# %% [markdown]
# ### Why it is true
#
# Take $\lVert w^* \rVert = 1$ and watch two numbers while the perceptron makes its mistakes. A mistake on sample $i$ adds $s_i x_i$ to $w$.
#
# **It turns towards $w^*$.** The product $w \cdot w^*$ grows by $s_i\, x_i \cdot w^* \ge \gamma$. After $m$ mistakes it is at least $m \gamma$.
#
# **It does not grow fast.** $\lVert w + s_i x_i \rVert^2 = \lVert w \rVert^2 + 2 s_i\, x_i \cdot w + \lVert x_i \rVert^2$. It was a mistake, so the middle term is not positive, and the last is at most $R^2$. After $m$ mistakes $\lVert w \rVert^2 \le m R^2$.
#
# A product with a unit vector is never more than the length:
#
# $$m \gamma \le w \cdot w^* \le \lVert w \rVert \le \sqrt m\, R \quad\Rightarrow\quad m \le (R/\gamma)^2.$$
#
# One of the two grows like $m$, the other like $\sqrt m$: it can't go on for long.

# %% [markdown]
# ### The bound
#
# Compute it for weights that someone hands you. They may have any length: the line of $2w$ is the line of $w$, so the margin must not change. And they may fail to separate the samples; then $\gamma \le 0$, the theorem promises nothing, and the honest bound is infinity.

# %% answer="novikoff_bound"
def novikoff_bound(X: Float[ndarray, "n d"], y: Float[ndarray, "n"], w: Float[ndarray, "d"]) -> float:
    """Return (R / gamma)² for weights w, or infinity where w does not separate the rows."""
    ### BEGIN SOLUTION
    sign = 2 * y - 1
    gamma = np.min(sign * (X @ w)) / np.linalg.norm(w)
    R = np.linalg.norm(X, axis=1).max()
    return float((R / gamma) ** 2) if gamma > 0 else np.inf
    ### END SOLUTION

# %% check="novikoff_bound"
check("novikoff_bound")

# %% [markdown]
# ### Theory meets practice
#
# The theorem speaks of *every* order and *every* data set with that margin, so it must allow for the worst. How close does the perceptron come to it on ordinary data? We draw samples from the unit disc, leave out a band of half-width γ around a line through its centre, and count.

# %% tags=["experiment"]
def band(rng, n, gamma):
    """Draw n rows from the unit disc, none closer than gamma to a line; label them by side."""
    w = np.array([0.6, 0.8])
    X = rng.uniform(-1, 1, size=(20 * n, 2))
    X = X[(np.linalg.norm(X, axis=1) <= 1) & (np.abs(X @ w) > gamma)][:n]
    return X, (X @ w > 0) * 1.0

def count_mistakes(X, y):
    model = Perceptron(X.shape[1])
    model.fit(X, y, epochs=1000)
    return model.mistakes

# %% tags=["experiment"]
with needs("Perceptron"):
    rng = np.random.default_rng(0)
    gammas = np.geomspace(0.01, 0.6, 12)
    fig, [ax] = panels(1, width=5.4, height=3.6)
    for gamma in gammas:
        counts = [count_mistakes(*band(rng, 200, gamma)) for _ in range(8)]
        ax.plot([gamma] * 8, counts, "o", color=BLUE, alpha=0.5)
    ax.plot(gammas, 1 / gammas**2, color=ORANGE)
    ax.annotate("Novikoff's bound", (0.06, 450), color=ORANGE)
    ax.annotate("mistakes, 8 draws each", (0.012, 45), color=BLUE)
    ax.set(xscale="log", yscale="log", xlabel="margin γ", ylabel="mistakes")
    show(fig, "Mistakes against the margin, on logarithmic axes. The bound falls as one over the "
              "margin squared; all counted mistakes lie below it, for small margins far below.")

# %% [markdown]
# Every point lies under the line, as it must, and mostly far under: the bound is for the worst order of the worst samples.
#
# Now the other half of the theorem. Keep the margin at 0.1, where the bound is 100, and take more and more samples. Commit yourself first.

# %%
ask("rows")

# %% tags=["experiment"]
with needs("Perceptron"):
    for n in (20, 100, 500, 2500):
        counts = [count_mistakes(*band(rng, n, gamma=0.1)) for _ in range(5)]
        print(f"{n:5} rows: {np.mean(counts):4.1f} mistakes on average, {max(counts):2} at most")

# %% [markdown]
# ## 5 · What one neuron can't do
#
# XOR, "either, or", is true if exactly one input is. Suppose some neuron computed it:
#
# $$b \le 0, \qquad w_1 + b > 0, \qquad w_2 + b > 0, \qquad w_1 + w_2 + b \le 0.$$
#
# Add the two in the middle: $w_1 + w_2 + 2b > 0$. Add the outer two: $w_1 + w_2 + 2b \le 0$. Both can't be. **No line separates XOR**, however long we train, and Novikoff's theorem is silent, as its $\gamma$ does not exist.
#
# So what will your perceptron do with it?

# %%
ask("xor")

# %% tags=["experiment"]
with needs("Perceptron"):
    X = np.column_stack([np.ones(4), corners])
    xor = np.array([0.0, 1.0, 1.0, 0.0])
    model = Perceptron(3)
    for sweep in range(6):
        model.fit(X, xor, epochs=1)
        print(f"after sweep {sweep + 1}: w = {model.w}, {model.mistakes} mistakes in all")

# %% [markdown]
# It comes back to the same weights and starts again, for ever. The best that *any* line reaches is three corners of four. And how many of the 16 truth tables can be learned? Now the perceptron itself can tell: train it on each and see whether it ends with no mistake.

# %% tags=["experiment"]
with needs("Perceptron"):
    tables = np.array([[k >> i & 1 for i in range(4)] for k in range(16)], dtype=float)
    learned = []
    for table in tables:
        model = Perceptron(3)
        model.fit(X, table, epochs=50)
        learned.append(np.mean(model.predict(X) == table) == 1)
    print(sum(learned), "of 16 are learned; not:", tables[~np.array(learned)].astype(int).tolist())

# %% [markdown]
# The two that fail are XOR and its opposite. With three inputs 104 of 256 tables can be computed by one neuron, and the share falls quickly from there.
#
# ### Two layers
#
# Let two neurons look at the inputs, and a third look at those two. The first two form the **hidden layer**; with weights $W_1$ (inputs, hidden) and $w_2$ (hidden,)
#
# $$h = g(x W_1 + b_1), \qquad \hat y = g(h \cdot w_2 + b_2).$$
#
# People count such a network differently: it has one hidden layer, two layers of weights, three neurons. "Perceptron" here means a single Heaviside neuron; in some books it is a whole layer.
#
# Your gates are all you need. Say XOR in words, using *and*, *or* and *not*.

# %% answer="xor_network"
def xor_network() -> tuple[list[list[float]], list[float], list[float], float]:
    """Return (W1, b1, w2, b2), of shapes (2, 2), (2,), (2,) and (), that compute XOR."""
    ### BEGIN SOLUTION
    W1 = [[1.0, 1.0], [1.0, 1.0]]  # both hidden neurons add the inputs
    b1 = [-0.5, -1.5]  # OR, AND
    w2 = [1.0, -1.0]  # OR and not AND
    b2 = -0.5
    return W1, b1, w2, b2
    ### END SOLUTION

# %% check="xor_network"
check("xor_network")

# %% [markdown]
# ### What the hidden layer did
#
# On the left the four corners as they come in: no line will do. On the right the same four as the hidden neurons see them. Two of the corners have fallen onto one point, and now a single line is enough. **The hidden layer has not decided anything; it has moved the points to where deciding is easy.** That is what deep networks do, layer after layer, except that they learn where to move them.

# %% tags=["experiment"]
with needs("xor_network"):
    W1, b1, w2, b2 = xor_network()
    hidden = np.heaviside(corners @ np.array(W1) + np.array(b1), 0)
    fig, (left, right) = panels(2, height=3.2)
    for ax, X2 in [(left, corners), (right, hidden)]:
        ax.set(xlim=(-0.5, 1.5), ylim=(-0.5, 1.5))
        points(ax, X2, np.array([0, 1, 1, 0]), names=("XOR is 0", "XOR is 1"))
    boundary(right, [b2, *w2])
    left.set(title="what comes in", xlabel="$x_1$", ylabel="$x_2$")
    right.set(title="what the hidden layer makes of it", xlabel="$h_1$", ylabel="$h_2$")
    show(fig, "Left, the four corners of the square with XOR's labels on the diagonals. Right, "
              "their hidden representation, where one line has all of label 1 on its far side.")

# %% [markdown]
# ## 6 · A softer neuron
#
# You chose those weights by hand. It took almost thirty years until training a hidden layer became common practice. The step is to blame: it is flat everywhere, so a small change of a weight changes nothing, and nothing says which way to go.
#
# The cure is to make the decision soft. The **sigmoid** rises smoothly from 0 to 1,
#
# $$\sigma(z) = \frac{1}{1 + e^{-z}},$$
#
# and $p = \sigma(z)$ is read as the *probability* of label 1. The prediction is the likelier label: $\hat y = 1$ where $p > \frac12$, which is where $z > 0$, as before.

# %%
def sigmoid(z: Float[ndarray, "*shape"]) -> Float[ndarray, "*shape"]:
    """Return 1 / (1 + e^-z), from tanh so that no z overflows."""
    return 0.5 * (1 + np.tanh(z / 2))

# %% tags=["experiment"]
z = np.linspace(-6, 6, 601)
fig, [ax] = panels(1, width=5.4, height=2.8)
ax.plot(z, z > 0, color=GREY)
ax.plot(z, sigmoid(z), color=BLUE)
ax.annotate("Heaviside", (0.15, 0.06), color=GREY)
ax.annotate("sigmoid", (1.3, 0.68), color=BLUE)
ax.set(xlabel="score z", yticks=[0, 0.5, 1])
show(fig, "The Heaviside step jumps from 0 to 1 at score 0; the sigmoid rises smoothly and is "
          "one half there.")

# %% [markdown]
# ### A loss, and its slope
#
# A good $p$ is high where $y = 1$ and low where $y = 0$. The **cross-entropy** charges $-\log p$ in the first case and $-\log(1 - p)$ in the second. With $p = \sigma(z)$ both are one formula, and the loss $J$ is its mean over the rows:
#
# $$J(w) = \frac1n \sum_i \log\!\big(1 + e^{z_i}\big) - y_i z_i, \qquad z = Xw.$$
#
# Differentiate: $\log(1 + e^z)$ has the slope $\sigma(z) = p$, and $z_i$ depends on $w$ through row $x_i$. What is left is beautiful:
#
# $$\nabla J(w) = \frac1n X^\top (p - y).$$
#
# A step against it adds $\frac{\eta}{n} \sum_i (y_i - p_i)\, x_i$ to $w$. That is Rosenblatt's rule with a soft $\hat y$.

# %% [markdown]
# Write both. One trap: $e^z$ overflows for $z > 710$, and $\log p$ is $-\infty$ once $p$ rounds to 0. `np.logaddexp(a, b)` computes $\log(e^a + e^b)$ without either. The `sigmoid` above is safe.

# %% answer="logistic"
def logistic(
    w: Float[ndarray, "d"], X: Float[ndarray, "n d"], y: Float[ndarray, "n"]
) -> tuple[float, Float[ndarray, "d"]]:
    """Return the mean cross-entropy of labels y (0 or 1) and its gradient by w."""
    ### BEGIN SOLUTION
    z = X @ w
    loss = np.mean(np.logaddexp(0, z) - y * z)
    gradient = X.T @ (sigmoid(z) - y) / len(X)
    return float(loss), gradient
    ### END SOLUTION

# %% check="logistic"
check("logistic")

# %% [markdown]
# ### Going downhill
#
# The gradient points uphill, so step the other way, again and again: $w \leftarrow w - \eta \nabla J(w)$. That is **gradient descent**, the subject of the next lesson; three lines are enough for now.
#
# Here it trains on two clouds that a line separates. What becomes of the weights if it runs for ever?

# %%
def descend(gradient, w, eta=1.0, steps=1000):
    """Take steps against the gradient; `gradient(w)` has the shape of w."""
    for _ in range(steps):
        w = w - eta * gradient(w)
    return w

ask("separable")

# %% tags=["experiment"]
with needs("logistic"):
    rng = np.random.default_rng(1)
    X, y = band(rng, 60, gamma=0.15)
    w = np.zeros(2)
    for steps in (10, 90, 900, 9000):
        w = descend(lambda w: logistic(w, X, y)[1], w, steps=steps)
        length = np.linalg.norm(w)
        print(f"J = {logistic(w, X, y)[0]:.4f}, length of w = {length:4.1f}, direction =", w / length)

# %% [markdown]
# The direction settles while the length grows and grows: on separable data a longer $w$ is always a little better, as every $p$ comes closer to 0 or 1. The loss falls towards 0 and never arrives. **This loss has no minimum there**, and descent stops only because we stop it. (Where the classes overlap, the minimum exists, and it is the only one.)

# %% [markdown]
# ## 7 · More than two classes
#
# For $K$ classes take $K$ neurons side by side: $W$ has a column for each, and `Z = X @ W` holds the scores, a row per sample. **Softmax** turns a row into probabilities: make every score positive with exp, then divide by the sum.
#
# Here is the formula with slips that are easy to make:
#
# $$p_{i} = \frac{e^{z_{i}}}{\sum_{i} z_{i}} \qquad \text{(wrong!)}$$
#
# Try it on $z = (1, -1)$: the "probabilities" do not even exist. The sum needs the exp too, and an index $j$ of its own, over the $K$ classes of *that row*.

# %% [markdown]
# ### Repair it
#
# Write softmax rightly, for a batch (n, K) and for a single row (K,). And so that it survives: a score of 1000 makes $e^{1000} = \infty$ and $\infty / \infty$ is not a number. Adding a constant to all scores of a row changes nothing, since $e^{z + c} = e^c e^z$ and $e^c$ cancels. So subtract from each row its own largest score before the exp: the largest becomes $e^0 = 1$, and nothing overflows.

# %% answer="softmax"
def softmax(Z: Float[ndarray, "*n K"]) -> Float[ndarray, "*n K"]:
    """Return probabilities along the last axis, for scores of any size."""
    ### BEGIN SOLUTION
    E = np.exp(Z - Z.max(axis=-1, keepdims=True))
    return E / E.sum(axis=-1, keepdims=True)
    ### END SOLUTION

# %% check="softmax"
check("softmax")

# %% [markdown]
# ### The same gradient again
#
# Write the label as a row of $Y$ with a single 1 in the column of its class (**one-hot**). The cross-entropy charges $-\log$ of the probability given to the right class, and its mean has the gradient
#
# $$\nabla_W J = \frac1n X^\top (P - Y), \qquad P = \operatorname{softmax}(XW),$$
#
# a matrix of the shape of $W$. Prediction minus truth, carried back through the inputs: it is the third time you meet this form, and in lesson 3 it will be the first step of backpropagation.

# %% answer="softmax_gradient"
def softmax_gradient(
    W: Float[ndarray, "d K"], X: Float[ndarray, "n d"], Y: Float[ndarray, "n K"]
) -> Float[ndarray, "d K"]:
    """Return the gradient of the mean cross-entropy against one-hot rows Y. Use `softmax`."""
    ### BEGIN SOLUTION
    P = softmax(X @ W)
    return X.T @ (P - Y) / len(X)
    ### END SOLUTION

# %% check="softmax_gradient"
check("softmax_gradient")

# %% [markdown]
# Two facts worth seeing once. With two classes only the *difference* of the two scores matters, and softmax is the sigmoid of it. And adding the same vector to every column of $W$ changes nothing: softmax has more weights than it needs.

# %%
with needs("softmax"):
    rng = np.random.default_rng(2)
    X, W, v = rng.normal(size=(4, 3)), rng.normal(size=(3, 2)), rng.normal(size=(3, 1))
    P, difference = softmax(X @ W), W[:, 1] - W[:, 0]
    print("two classes equal the sigmoid:", np.allclose(P[:, 1], sigmoid(X @ difference)))
    print("a common shift changes nothing:", np.allclose(P, softmax(X @ (W + v))))

# %% [markdown]
# What a network's last layer is and which loss it is trained with always go together:
#
# | what is predicted | activation | loss |
# |---|---|---|
# | a number | none: $\hat y = z$ | mean squared error |
# | one of two classes | sigmoid | cross-entropy with a label 0 or 1 |
# | one of $K$ classes | softmax over $K$ scores | cross-entropy with a one-hot row |
#
# In all three the gradient with respect to the scores is prediction minus truth (for the first, if half the squared error is taken). Say *score* for $z$ and *probability* for $p$: mixing them up is the commonest slip of all, as both are called "the output".

# %% [markdown]
# ## 8 · Real flowers
#
# In 1936 Ronald Fisher published four measurements of 150 irises of three species. Two of the four:

# %% tags=["experiment"]
flowers, species = iris()
fig, [ax] = panels(1, width=5.6, height=3.8)
points(ax, flowers[:, 2:], species, names=SPECIES)
ax.set(xlabel=f"{MEASURES[2]} (cm)", ylabel=f"{MEASURES[3]} (cm)")
show(fig, "Petal width against petal length. Setosa forms a cloud of its own, far from the "
          "others; versicolor and virginica touch and overlap a little.")

# %% [markdown]
# Setosa stands apart: a line separates it, so your perceptron must come to an end, within the bound. Versicolor and virginica overlap, even in all four measurements: the best line of all gets one of the hundred wrong. Say before you run the cell what the perceptron will do with these two.

# %% tags=["experiment"]
with needs("Perceptron", "novikoff_bound"):
    X = np.column_stack([np.ones(150), flowers])
    order = np.random.default_rng(0).permutation(150)
    for name, rows, label in [("setosa or not", order, 0), ("versicolor or virginica", order[species[order] > 0], 2)]:
        y = (species == label) * 1.0
        model = Perceptron(5)
        model.fit(X[rows], y[rows], epochs=200)
        right = np.mean(model.predict(X[rows]) == y[rows])
        bound = novikoff_bound(X[rows], y[rows], model.w)
        print(f"{name}: {model.mistakes} mistakes, then {right:.0%} right; bound {bound:.0f}")

# %% [markdown]
# Where no line separates, the perceptron jumps about until it is stopped; how good its last weights are is luck. The softmax neuron has no such trouble: its loss has a minimum there, and descent finds it. All three species at once, with the measurements brought to the same scale:

# %% tags=["experiment"]
with needs("softmax_gradient"):
    scaled = np.column_stack([np.ones(150), (flowers - flowers.mean(0)) / flowers.std(0)])
    Y = np.eye(3)[species]
    W = descend(lambda W: softmax_gradient(W, scaled, Y), np.zeros((5, 3)))
    print(f"{np.mean((scaled @ W).argmax(axis=1) == species):.0%} of the flowers are named rightly")

# %% [markdown]
# ### A better pair of glasses
#
# One more thing a line can't do: tell whether a point lies outside the unit circle. Draw $x_1, x_2$ from a normal distribution, and let $y = 1$ where $x_1^2 + x_2^2 > 1$. Always guessing "outside" is right with probability $e^{-1/2} \approx 0.61$: that is the **baseline** any model must beat.
#
# Now give the neuron $x_1^2, x_2^2$ to look at. In *these* coordinates the circle is a straight line. We train with your `logistic` on 10 to 1000 samples, once on the raw coordinates and once on the squares.

# %%
ask("circle")

# %% tags=["experiment"]
def circle_accuracy(features, n, rng):
    """Train on n samples and return the accuracy on 4000 new ones."""
    X = rng.normal(size=(n + 4000, 2))
    y = (np.sum(X**2, axis=1) > 1) * 1.0
    F = np.column_stack([np.ones(len(X)), features(X)])
    w = descend(lambda w: logistic(w, F[:n], y[:n])[1], np.zeros(F.shape[1]))
    return np.mean((F[n:] @ w > 0) == y[n:])

with needs("logistic"):
    rng, sizes = np.random.default_rng(3), [10, 30, 100, 300, 1000]
    raw = [np.mean([circle_accuracy(lambda X: X, n, rng) for _ in range(10)]) for n in sizes]
    squares = [np.mean([circle_accuracy(lambda X: X**2, n, rng) for _ in range(10)]) for n in sizes]

# %% tags=["experiment"]
with needs("logistic"):
    fig, [ax] = panels(1, width=5.6, height=3.4)
    ax.plot(sizes, squares, "o-", color=BLUE)
    ax.plot(sizes, raw, "^-", color=ORANGE)
    ax.axhline(np.exp(-0.5), color=GREY, linestyle="--", linewidth=1)
    ax.annotate("squares", (100, 0.94), color=BLUE)
    ax.annotate("raw coordinates", (30, 0.47), color=ORANGE)
    ax.annotate("always guess outside", (11, 0.625), color=GREY)
    ax.set(xscale="log", ylim=(0.4, 1.02), xlabel="training samples", ylabel="accuracy on new samples")
    show(fig, "With squared inputs the logistic neuron is right on nine of ten new points after ten "
              "samples and on 99 percent after a thousand; with raw coordinates it never rises above "
              "the baseline of 61 percent.")

# %% [markdown]
# Same neuron, same training, other inputs: 10 samples of the right features beat 1000 of the wrong ones. For a long time the craft of machine learning was to find such **features** by hand. XOR showed the other way: a hidden layer can *make* them. The rest of this course is about networks that learn their own.

# %% [markdown]
# How far are you? (Whatever is missing, `hint("…")` helps, three times.)

# %%
progress()

# %% [markdown]
# ## In your own words
#
# A hospital trains a perceptron on 5,000 old cases to say whether a patient needs intensive care. After 40 sweeps it makes no mistake on any of them. The vendor writes: "By Novikoff's theorem the number of mistakes is bounded, so the system can be trusted with new patients."
#
# In five sentences or fewer: what does the theorem promise here, what does it not, and what would you measure before you trust the system?

# %% [markdown] essay="trust" points="2"
# The theorem promises that *training* on separable cases comes to an end: the total number of corrections on these 5,000 cases, over all sweeps, is at most (R/γ)². That the machine ended shows that the cases are separable; it does not say by how much, and γ may be tiny. It says nothing about new patients: they were not among the samples, they may come from another population, and a line that squeezes between the training cases can be wrong right beside them. I would measure the error on cases that were kept aside (later in time, or from another hospital), look separately at the two kinds of error, as missing a patient costs more than a false alarm, and compare with a simple baseline.
#
# **Rubric.** 1 point: the theorem bounds the mistakes during training on separable data (a statement about these samples, or the end of training). ½ point: it does not speak of new patients (generalisation, shift of population, small margin: one is enough). ½ point: names a measurement on held-out cases, or the two kinds of error, or a baseline.

# %% [markdown]
# ## Where you are
#
# You have built a neuron, a machine that learns from its mistakes and provably stops, a network that does what no neuron can, and the loss and gradient that classification rests on to this day.
#
# One thing was taken on trust: `descend` went downhill with η = 1, and it worked. Why that, and not 10, or 0.001? When does descent crawl, when does it converge, and when does it run away? **Lesson 2** is about nothing else.

# %% [markdown]
# ---
# # Deeper
#
# The rest is for those who want more. It has checks too, worth no points.
#
# ## Linear regression, solved exactly
#
# With the identity as activation and the mean squared error $J(w) = \frac1n \lVert y - Xw \rVert^2$ the neuron fits a line. The gradient is $\frac2n X^\top (Xw - y)$, and setting it to zero gives the **normal equations** $X^\top X\, w = X^\top y$: the one neuron that needs no descent. (The logistic neuron has no such formula.)
#
# If one column of $X$ is a sum of others, many $w$ are equally good, and $X^\top X$ has no inverse. The pseudo-inverse gives the shortest. Solve it without `lstsq`.

# %% answer="normal_equations"
def normal_equations(X: Float[ndarray, "n d"], y: Float[ndarray, "n"]) -> Float[ndarray, "d"]:
    """Return the shortest w that minimises the mean of (y - X w)²."""
    ### BEGIN SOLUTION
    return np.linalg.pinv(X.T @ X) @ (X.T @ y)
    ### END SOLUTION

# %% check="normal_equations"
check("normal_equations")

# %% [markdown]
# What does squared error make of XOR? The best line is no line at all: weights 0, bias ½, an undecided ½ for every corner.

# %% tags=["experiment"]
with needs("normal_equations"):
    X = np.column_stack([np.ones(4), corners])
    print("weights (b, w1, w2) =", normal_equations(X, np.array([0.0, 1.0, 1.0, 0.0])).round(12) + 0.0)

# %% [markdown]
# ## Margins, and a loss that wants one
#
# The perceptron takes *any* separating line. The one with the widest margin is safest. With signs $s_i \in \{-1, 1\}$ and scores $z_i = x_i \cdot w$ (bias aside), scale $w$ until the nearest samples have $s_i z_i = 1$; then the margin is $\gamma = 1 / \lVert w \rVert$, and the whole street between the classes is $2 / \lVert w \rVert$ wide. A wide street is a short $w$.
#
# The **hinge loss** asks for exactly this: a sample costs nothing once it is on the right side *by at least 1*,
#
# $$J(w) = \frac1n \sum_i \max(0,\, 1 - s_i z_i).$$
#
# Together with a penalty on $\lVert w \rVert^2$ it is the support vector machine. The few samples with $s_i z_i \le 1$ are the support vectors; the others could be deleted without moving the line.

# %% answer="hinge"
def hinge(w: Float[ndarray, "d"], X: Float[ndarray, "n d"], s: Float[ndarray, "n"]) -> float:
    """Return the mean hinge loss for signs s in {-1, 1}."""
    ### BEGIN SOLUTION
    return float(np.mean(np.maximum(0, 1 - s * (X @ w))))
    ### END SOLUTION

# %% check="hinge"
check("hinge")

# %% [markdown]
# Four losses of one sample, as a function of $s z$ (positive means right). The 0-1 loss is what we care about, but it is flat, so nothing can descend it. The others have a slope to follow.
#
# The logistic loss with signs is $\log(1 + e^{-sz})$: the same number as the cross-entropy of part 6 with labels 0 and 1. Drawn in units of $\log 2$ it passes through 1 at $z = 0$, and like the hinge it is never below the 0-1 loss. The perceptron's own loss is the hinge without its margin.

# %% tags=["experiment"]
m = np.linspace(-2.5, 2.5, 501)
fig, [ax] = panels(1, width=5.6, height=3.4)
ax.plot(m, m <= 0, color=GREY)
ax.plot(m, np.maximum(0, 1 - m), color=BLUE)
ax.plot(m, np.logaddexp(0, -m) / np.log(2), color=ORANGE)
ax.plot(m, np.maximum(0, -m), color=BLUE, linestyle=":")
for text, at, colour in [("0-1", (-2.45, 1.08), GREY), ("hinge", (-1.95, 3.15), BLUE),
                         ("logistic", (-1.2, 2.45), ORANGE), ("perceptron", (-2.45, 1.45), BLUE)]:
    ax.annotate(text, at, color=colour)
ax.set(xlabel="$s\\,z$", ylabel="loss", ylim=(-0.1, 3.7))
show(fig, "Loss against the signed score. The 0-1 loss drops from 1 to 0 at zero; the hinge falls "
          "in a straight line to zero at one; the logistic loss is smooth and never reaches zero; "
          "the perceptron's loss reaches zero at zero.")

# %% [markdown]
# ## Why the step between the layers matters
#
# Take the activation out of a two-layer network and multiply out what is left. However many layers you stack, without something non-linear between them they are *one* layer. Compute it.

# %% answer="collapse"
def collapse(
    W1: Float[ndarray, "d h"], b1: Float[ndarray, "h"], W2: Float[ndarray, "h k"], b2: Float[ndarray, "k"]
) -> tuple[Float[ndarray, "d k"], Float[ndarray, "k"]]:
    """Return (W, b) so that X @ W + b equals (X @ W1 + b1) @ W2 + b2 for every X."""
    ### BEGIN SOLUTION
    return W1 @ W2, b1 @ W2 + b2
    ### END SOLUTION

# %% check="collapse"
check("collapse")

# %% [markdown]
# ## Go further
#
# * W. McCulloch, W. Pitts, *A logical calculus of the ideas immanent in nervous activity* (1943): the neuron as logic, with weights fixed by hand. No learning yet.
# * F. Rosenblatt, *The perceptron: a probabilistic model for information storage and organization in the brain* (1958): the learning machine, and great hopes.
# * A. Novikoff, *On convergence proofs for perceptrons* (1962): the theorem of part 4.
# * M. Minsky, S. Papert, *Perceptrons* (1969): what one layer can't see, far beyond XOR.
# * T. Cover, *Geometrical and statistical properties of systems of linear inequalities* (1965): how many labellings of n points a line can produce, which generalises "14 of 16".
# * Y. Freund, R. Schapire, *Large margin classification using the perceptron algorithm* (1999): let all the perceptron's past weights vote, and get a bound for new samples too.

# %% [markdown]
# ---
# *Text and figures CC BY 4.0, code MIT. The choice of topics follows five lecture courses: "Deep Learning" (IMT Atlantique), "An introduction to deep learning" (Claire Boyer), "Apprentissage profond" (Céline Hudelot), FIDLE "Transformers" and "Machine learning" (Mines Saint-Étienne). Iris data: R. A. Fisher (1936), CC BY 4.0, by way of the UCI repository.*
