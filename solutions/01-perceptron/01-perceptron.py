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
# In July 1958 a computer of five tons was shown punched cards, some marked on the left and some on the right. After fifty of them it told the two apart, and nobody had told it how. Frank Rosenblatt had let it do one thing only: whenever it was wrong, it nudged its weights. The newspapers promised a machine that would walk, talk, see and write.
#
# Four years later something more modest was proved, and it has lasted longer: *if any line can tell the two kinds apart*, there is a number of mistakes beyond which the machine can't go.
#
# You will build that machine, repeat the fifty cards, check the theorem against it, find what it can never learn, and replace its hard decision by the soft one that all of deep learning uses.

# %% [markdown]
# | | |
# |---|---|
# | **You will be able to** | build a neuron; train a perceptron and bound its mistakes; say what one neuron can't do and repair it with two layers; derive loss and gradient of the logistic and the softmax neuron |
# | **You need** | Python and NumPy arrays; dot products; derivatives and the chain rule |
# | **Time** | 150 minutes, best in two sittings: the pause is marked, after part 4. *Deeper* is extra |
# | **At the end there is** | a machine that repeats the demonstration of 1958, a network that computes XOR, and a classifier that names 24 of 25 flowers that it has never seen |
# | **Points** | 20: ten checked exercises (18) and a written question (2) |

# %%
from collections.abc import Callable

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from helpers import ask, check, figures, hint, needs, progress, start
from helpers.data import MEASURES, SPECIES, iris, mnist
from helpers.figures import BLACK, BLUE, GREEN, GREY, ORANGE
from helpers.figures import boundary, network, panels, points, regions, show

start("01-perceptron")

# %% [markdown]
# ## How an exercise works
#
# Write your code where the cell says `YOUR CODE HERE`, delete the `raise` line, run the cell, and run the `check` below it. It says for each part whether it is right, and if not, what is wrong. Run it as often as you like; nobody counts.
#
# At the start every check says *not attempted*. Stuck? In a new cell, `hint("heaviside")` gives a nudge; call it again for the formula, and once more for almost the code.

# %% [markdown]
# ## 1 · A neuron decides
#
# Shall you go swimming tonight? Three things have a say: the water is warm, a friend comes along, there is an exam tomorrow. They don't weigh the same, and one of them speaks against it. A **neuron** settles such questions. It multiplies each input with a weight, adds the products up, adds a bias, and looks at the sum.

# %% tags=["experiment"]
show(
    *figures.neuron([2, 3, -4], -1, ["warm water", "a friend", "an exam"], out="swim?"),
    caption="From left to right: what is known, how much each of it counts, the sum, the decision.",
)

# %% [markdown]
# In letters, for $d$ inputs $x_1, \dots, x_d$:
#
# $$z = x_1 w_1 + \dots + x_d w_d + b, \qquad \hat y = g(z).$$
#
# $z$ is the **score**. A positive weight says "this speaks for it", a negative one "against", and the **bias** $b$ says how easily the neuron is convinced when nothing speaks either way. (Older books write $z > \theta$ and call $\theta = -b$ the **threshold**.) The function $g$ is the **activation**.
#
# The letters of this lesson, in the formulas and in the code:
#
# | | |
# |---|---|
# | `X` (n, d) | n samples, one in each row |
# | `w` (d,), `b` | weights and bias; `W` (d, K) for K neurons side by side |
# | `z` | score, any real number |
# | `y`, $\hat y$ `y_hat` | label and prediction |

# %% [markdown]
# ### The simplest decision
#
# The neuron that McCulloch and Pitts described in 1943 fires or it does not. (Its inputs all counted the same; weights that differ, and change, came with Rosenblatt.)
#
# $$g(z) = \begin{cases} 1 & \text{if } z > 0 \\ 0 & \text{otherwise.} \end{cases}$$
#
# This is the **Heaviside step**. Look closely at $z = 0$: a score of exactly zero is not enough. Warm water, a friend *and* an exam give $2 + 3 - 4 - 1 = 0$, so you stay at home and learn about perceptrons.
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
# With rows as samples, the scores of all $n$ rows are one product, `X @ w + b`. What happens to the score is left open here: `f` is the activation, any function of an array. With `f = heaviside` the neuron is a perceptron; later in this lesson it will be something softer.

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
# Here is every evening that can happen, judged by your neuron, with three biases. The weights are the same each time.

# %% tags=["experiment"]
with needs("heaviside", "neuron"):
    evenings = np.array([[i, j, k] for i in (0, 1) for j in (0, 1) for k in (0, 1)], dtype=float)
    print("warm water, friend, exam", *("".join(str(int(v)) for v in row) for row in evenings))
    for b in (-2, -1, 0):
        swims = neuron(evenings, np.array([2.0, 3.0, -4.0]), b, heaviside)
        print(f"swims, with the bias {b:2} ", *("yes" if fires else " - " for fires in swims))

# %% [markdown]
# The bias alone turns somebody who needs a friend into somebody who goes even before an exam, if only the water is warm and the friend is there.
#
# ### What a neuron looks like
#
# With two inputs, the points with $z = 0$ form a straight line. On one side the neuron fires, on the other it is silent. The weight vector is perpendicular to that line and points to the side where it fires; the bias moves the line without turning it.

# %% tags=["experiment"]
with needs("heaviside", "neuron"):
    fig, axes = panels(3, height=2.9)
    for ax, (w, b) in zip(axes, [([1, 1], 0), ([1, 1], -1), ([2, -1], 0)]):
        regions(ax, lambda X: neuron(X, np.array(w), b, heaviside), (-2, 2), (-2, 2))
        boundary(ax, [b, *w])
        ax.set(title=f"w = ({w[0]}, {w[1]}),  b = {b}", xlabel="$x_1$")
    axes[0].set(ylabel="$x_2$")
    show(fig, "Three planes cut in two by a line, orange where the neuron fires, blue where it is "
              "silent, with an arrow on the line that points to the orange side.",
         caption="Orange: it fires. From the first picture to the second only the bias changed, "
                 "and the line has moved; in the third the weights did, and it has turned.")

# %% [markdown]
# ### The bias is a weight
#
# The bias is the odd one out: every formula has a term of its own for it. There is a trick to get rid of it. Give each sample one more input that is always 1, and call it $x_0$; its weight does what the bias did:
#
# $$\tilde x = (1, x_1, \dots, x_d), \quad \tilde w = (b, w_1, \dots, w_d) \quad\Rightarrow\quad \tilde x \cdot \tilde w = x \cdot w + b.$$
#
# From part 3 on every `X` has this column of ones, first; it is left out only where the line passes through the origin anyway.

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
# ## 2 · Gates by hand
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
# Any weights that get the table right will do. NAND ("not and") deserves respect: every digital computer can be built from it alone, and in *deeper* you build the part that adds.

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
# Here are your three lines.

# %%
corners = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
truth = {"AND": [0, 0, 0, 1], "OR": [0, 1, 1, 1], "NAND": [1, 1, 1, 0]}

# %% tags=["experiment"]
with needs("gates"):
    fig, axes = panels(3, height=3.1)
    for ax, (name, table) in zip(axes, truth.items()):
        w, b = gates()[name]
        regions(ax, lambda X: X @ np.array(w) + b > 0, (-0.5, 1.5), (-0.5, 1.5))
        points(ax, corners, np.array(table), names=("should be silent", "should fire"))
        boundary(ax, [b, *w])
        ax.set(title=name, xlabel="$x_1$", xticks=[0, 1], yticks=[0, 1])
    axes[0].set(ylabel="$x_2$")
    show(fig, "The unit square three times. The line of AND cuts off the corner (1, 1), that of "
              "OR the corner (0, 0), and NAND fires where AND does not.",
         caption="A gate is right if all filled squares lie in the orange and all circles in the "
                 "blue. AND and OR cut off one corner each; NAND is AND with its sides swapped.")

# %% [markdown]
# Two inputs allow $2^4 = 16$ different truth tables. Commit to an answer before you go on; in part 5 you will count.

# %%
ask("gates")

# %% [markdown]
# ## 3 · Learning from mistakes
#
# Choosing weights by hand does not scale beyond a few inputs. Rosenblatt's idea is that of a strict music teacher: say nothing while it goes well, and speak up **only at a mistake**. There are just two ways to be wrong.
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
# Write the class. `w` starts at zero. `update` looks at one sample, learns from it, and counts it if it was a mistake. `fit` sweeps over the rows in their order, again and again, and stops after the first sweep without a mistake, or after `epochs` sweeps. (A sweep over all rows is called an **epoch**.)

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
# ### Fifty cards
#
# Now repeat 1958. Our card has 12 rows of 20 places and a mark of 4 × 4 holes, somewhere on the left (label 0) or on the right (label 1). To the neuron it is no picture, only 240 numbers in a row after the constant 1: it does not know which place lies beside which.
#
# It sees one card after the other, each of them once. Guess how many of the fifty it gets wrong.

# %% tags=["experiment"]
HEIGHT, WIDTH, MARK = 12, 20, 4

def card(top, left):
    """Return the row of a card whose mark has its upper left corner there."""
    holes = np.zeros((HEIGHT, WIDTH))
    holes[top : top + MARK, left : left + MARK] = 1
    return np.concatenate([[1.0], holes.ravel()])

def draw_card(rng):
    """Return a random card and its label: 0 for a mark on the left, 1 on the right."""
    label = rng.integers(2)
    return card(rng.integers(9), rng.integers(7) + 10 * label), float(label)

places = [(top, left) for top in range(9) for left in (*range(7), *range(10, 17))]
all_cards = np.array([card(*place) for place in places])
sides = np.array([float(left >= 10) for _, left in places])

# %% tags=["experiment"]
with needs("Perceptron"):
    rng, model = np.random.default_rng(0), Perceptron(1 + HEIGHT * WIDTH)
    fig, axes = panels(4, width=9, height=1.75)
    for i in range(1, 51):
        x, label = draw_card(rng)
        model.update(x, label)
        if i in (1, 10, 50):
            ax = axes[(1, 10, 50).index(i) + 1]
            ax.imshow(model.w[1:].reshape(HEIGHT, WIDTH), cmap="signed", vmin=-3, vmax=3)
            ax.set_title(f"weights, {i} card{'s' * (i > 1)}")
    axes[0].imshow(x[1:].reshape(HEIGHT, WIDTH), cmap="Greys")
    axes[0].set_title("a card")
    for ax in axes:
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set_visible(True)
    show(fig, "A card with a dark square on the right, and the 240 weights as three pictures: "
              "one blue square after one card; after fifty, blue squares on the right and orange "
              "ones on the left.",
         caption="A mistake leaves its card in the weights: blue, positive, where it should have "
                 "fired, orange, negative, where it should have been silent. Count the squares: "
                 "they are the mistakes.")
    right = np.mean(model.predict(all_cards) == sides)
    print(f"{model.mistakes} mistakes on 50 cards, then right on {right:.0%} of all {len(sides)}")

# %% [markdown]
# The weights have become a picture of what the neuron looks for. Nobody told it that there are a left and a right.
#
# ### Play with it
#
# Below is *your* class at work. Press ▶ and watch the line turn with each mistake: the ringed point is the one that was wrong, and the line turns to take it in. Then drag a point.
#
# Try to break it. Pull the two clouds together until they almost touch: what happens to the number of mistakes? And what if one point sits among the others?

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
# * $\gamma = \min_i\, s_i\,(x_i \cdot w^*) \,/\, \lVert w^* \rVert$ is the **margin**. It is positive exactly if $w^*$ separates the samples.
#
# **Theorem** (Novikoff, 1962). Starting from $w = 0$, the perceptron makes at most
#
# $$\left(\frac{R}{\gamma}\right)^2$$
#
# mistakes, in whatever order the samples come, and however many there are.

# %% [markdown]
# A word on what $\gamma$ measures. Rows begin with the constant 1, so they live in a space with one dimension more, where the points with $x \cdot w^* = 0$ form a plane through the origin. $\gamma$ is the distance of the nearest row to *that plane*. The distance that you would measure in a drawing, from point to line, is larger: there the bias does not count to $\lVert w^* \rVert$.
#
# ### Why it is true
#
# Take $\lVert w^* \rVert = 1$ and watch two numbers while the perceptron makes its mistakes. A mistake on sample $i$ adds $s_i x_i$ to $w$.
#
# **It turns towards $w^*$.** The product $w \cdot w^*$ grows by $s_i\, x_i \cdot w^* \ge \gamma$. After $m$ mistakes it is at least $m \gamma$.

# %% [markdown]
# **It does not grow fast.** $\lVert w + s_i x_i \rVert^2 = \lVert w \rVert^2 + 2 s_i\, x_i \cdot w + \lVert x_i \rVert^2$. It was a mistake, so the middle term is not positive, and the last is at most $R^2$. After $m$ mistakes $\lVert w \rVert^2 \le m R^2$.
#
# A product with a unit vector is never more than the length (the inequality of Cauchy and Schwarz):
#
# $$m \gamma \le w \cdot w^* \le \lVert w \rVert \le \sqrt m\, R \quad\Rightarrow\quad m \le (R/\gamma)^2.$$
#
# One grows like $m$, the other like $\sqrt m$: it can't go on for long.

# %% [markdown]
# ### The bound
#
# Compute it for weights that someone hands you. They may have any length: the line of $2w$ is the line of $w$, so the margin must not change. And they may not separate the samples; then $\gamma \le 0$, and the honest bound is infinity.

# %% answer="novikoff_bound"
def novikoff_bound(
    X: Float[ndarray, "n d"], y: Float[ndarray, "n"], w: Float[ndarray, "d"]
) -> float:
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
# Back to the cards. You know weights that separate them: $-1$ everywhere on the left, $1$ everywhere on the right, no bias. What does your bound say, and how many mistakes does the machine make if the cards never end?

# %% tags=["experiment"]
with needs("Perceptron", "novikoff_bound"):
    halves = np.where(np.arange(HEIGHT * WIDTH) % WIDTH < WIDTH / 2, -1.0, 1.0)
    bound = novikoff_bound(all_cards, sides, np.concatenate([[0.0], halves]))
    print(f"(R / γ)² = {bound:.1f}: at most {int(bound)} mistakes")
    rng, model = np.random.default_rng(0), Perceptron(1 + HEIGHT * WIDTH)
    for i in range(1, 5001):
        model.update(*draw_card(rng))
        if i in (10, 50, 500, 5000):
            print(f"after {i:4} cards: {model.mistakes} mistakes")

# %% [markdown]
# Fifteen at most, whatever the order, for ever. That is the answer to the question on top, for this machine and these cards.
#
# ### Theory meets practice
#
# The theorem allows for the worst order of the worst samples. How close does the perceptron come to it on ordinary data? We draw samples from the unit disc, leave out a band of half-width γ around a line through its centre (so no column of ones is needed), and count.

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
              "margin squared; all counted mistakes lie below it, for small margins far below.",
         caption="Every dot lies under the line, as it must. Where the gap is narrow, on the left, "
                 "the dots are a hundred times below it: these draws are far from the worst case.")

# %% [markdown]
# Now the other half of the theorem. Keep the margin at 0.1 and take more and more samples: the bound stays at 100. That leaves room to grow.

# %%
ask("rows")

# %% tags=["experiment"]
with needs("Perceptron"):
    rng = np.random.default_rng(1)
    for n in (20, 100, 500, 2500):
        counts = [count_mistakes(*band(rng, n, gamma=0.1)) for _ in range(10)]
        print(f"{n:5} rows: {np.mean(counts):4.1f} mistakes on average, {max(counts):2} at most")

# %% [markdown]
# **A good place for a pause.** You have built a learning machine and know the theorem behind it. When you come back, let *Run > Run All Above Selected Cell* bring your answers and their checks to life again; then part 5 shows what this machine can't do.

# %% [markdown]
# ## 5 · What one neuron can't do
#
# XOR, "either, or", is true if exactly one input is. Suppose some neuron computed it:
#
# $$b \le 0, \qquad w_1 + b > 0, \qquad w_2 + b > 0, \qquad w_1 + w_2 + b \le 0.$$
#
# Add the two in the middle: $w_1 + w_2 + 2b > 0$. Add the outer two: $w_1 + w_2 + 2b \le 0$. Both cannot hold. **No line separates XOR**, however long we train, and Novikoff's theorem is silent: there are no weights with a positive margin.
#
# So what will your perceptron do with it?

# %%
xor = np.array([0.0, 1.0, 1.0, 0.0])  # for the four corners, in their order

ask("xor")

# %% tags=["experiment"]
with needs("Perceptron"):
    X = np.column_stack([np.ones(4), corners])
    model = Perceptron(3)
    model.fit(X, xor, epochs=2)
    path = [np.array(model.w)]
    print(f"after sweep 2: w = {path[0]}")
    for sweep in (3, 4):
        for x, label in zip(X, xor):
            model.update(x, label)
            path.append(np.array(model.w))
            print(f"sweep {sweep}, shown ({x[1]:.0f}, {x[2]:.0f}): w = {path[-1]}")
    print(f"{np.sum(model.predict(X) == xor)} of 4 corners right, {model.mistakes} mistakes so far")

# %% tags=["experiment"]
with needs("Perceptron"):
    fig, axes = panels(4, width=9, height=2.9)
    for ax, x, before, after in zip(axes, X, path, path[1:]):
        regions(ax, lambda Z: after[0] + Z @ after[1:] > 0, (-0.5, 1.5), (-0.5, 1.5))
        points(ax, corners, xor, names=("XOR is 0", "XOR is 1"))
        ax.plot(*x[1:], "o", markersize=17, markerfacecolor="none", color=BLACK)
        boundary(ax, before, style=":", colour=GREY, arrow=False)
        boundary(ax, after)
        ax.set(xlabel="$x_1$", xticks=[0, 1], yticks=[0, 1])
        ax.set_title(f"shown ({x[1]:.0f}, {x[2]:.0f})")
    axes[0].set(ylabel="$x_2$")
    show(fig, ask("xor").alt,
         caption="One sweep, from left to right. The line it began with, dotted in the first "
                 "picture, is the line it ends with, drawn in the last. In the third there is no "
                 "line to see: all of the square fires.")

# %% [markdown]
# The best that *any* line reaches is three corners of four. And how many truth tables can be learned at all? Now the perceptron itself can tell: train it on each and see whether it ends with no mistake.

# %% tags=["experiment"]
def learnable(d):
    """Return all truth tables of d inputs, and which of them the perceptron learns."""
    rows = np.array([[1.0, *(k >> i & 1 for i in range(d))] for k in range(2**d)])
    tables = np.array([[t >> k & 1 for k in range(2**d)] for t in range(2 ** 2**d)], dtype=float)
    learned = []
    for table in tables:
        model = Perceptron(d + 1)
        model.fit(rows, table, epochs=30)
        learned.append(np.all(model.predict(rows) == table))
    return tables, np.array(learned)

with needs("Perceptron"):
    tables, learned = learnable(2)
    print(sum(learned), "of 16 are learned; not:", tables[~learned].astype(int).tolist())
    print(sum(learnable(3)[1]), "of 256 are learned with three inputs")

# %% [markdown]
# The two that fail are XOR and its opposite. With three inputs it is already more than half of them, and with more inputs the share that one neuron can compute shrinks fast.
#
# ### Two layers
#
# Let two neurons look at the inputs, and a third look at those two. The first two form the **hidden layer**; with weights $W_1$ (inputs, hidden) and $w_2$ (hidden,)
#
# $$h = g(x W_1 + b_1), \qquad \hat y = g(h \cdot w_2 + b_2).$$

# %% tags=["experiment"]
show(*network((2, 2, 1), titles=["inputs", "hidden layer", "output"]),
     caption="Each arrow is a weight. A column of W₁ holds the weights of one hidden neuron.")

# %% [markdown]
# Such networks are counted differently in different books.

# %%
ask("count")

# %% [markdown]
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

# %% tags=["experiment"]
with needs("xor_network"):
    W1, b1, w2, b2 = (np.array(part, dtype=float) for part in xor_network())
    show(*network((2, 2, 1), [W1, w2[:, None]], [b1, b2[None]]),
         caption="Your network. Put 0 or 1 on the left and follow the arrows: dashed ones forbid.")

# %% [markdown]
# ### What the hidden layer did
#
# On the left the four corners as they come in: no line will do. On the right the same four as the hidden neurons see them.

# %% tags=["experiment"]
with needs("xor_network"):
    hidden = np.heaviside(corners @ W1 + b1, 0)
    fig, (left, right) = panels(2, height=3.2)
    for ax, seen in [(left, corners), (right, hidden)]:
        ax.set(xlim=(-0.5, 1.5), ylim=(-0.5, 1.5), xticks=[0, 1], yticks=[0, 1])
        points(ax, seen, xor, names=("XOR is 0", "XOR is 1"))
    boundary(right, [b2, *w2])
    left.set(title="what comes in", xlabel="$x_1$", ylabel="$x_2$")
    right.set(title="what the hidden layer makes of it", xlabel="$h_1$", ylabel="$h_2$")
    show(fig, "Left, the four corners of the square with XOR's labels on the diagonals. Right, "
              "their hidden representation, where one line has all of label 1 on its far side.",
         caption="On the right there are only three marks: two corners with the same label have "
                 "fallen onto one point, and now a single line is enough.")

# %% [markdown]
# **The hidden layer has not decided anything; it has moved the points to where deciding is easy.** That is what deep networks do, layer after layer, except that they learn where to move them.

# %% [markdown]
# ## 6 · A softer neuron
#
# You chose those weights by hand. It took almost thirty years until training a hidden layer became common practice. The step is to blame: it is flat everywhere, so a small change of a weight changes nothing, and nothing says which way to go.
#
# The cure is to make the decision soft. The **sigmoid** (or logistic function) rises smoothly from 0 to 1,
#
# $$\sigma(z) = \frac{1}{1 + e^{-z}} = \frac{e^z}{1 + e^z},$$
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
ax.plot(z, sigmoid(5 * z), color=ORANGE, linestyle="--")
ax.annotate("step", (-0.9, 0.88), color=GREY)
ax.annotate("σ(z)", (1.9, 0.76), color=BLUE)
ax.annotate("σ(5z)", (0.3, 0.2), color=ORANGE)
ax.set(xlabel="score z", ylabel="probability of label 1", yticks=[0, 0.5, 1])
show(fig, "The step jumps from 0 to 1 at score 0; the sigmoid rises smoothly and is one half "
          "there; five times the score gives a much steeper sigmoid.",
     caption="All three pass the middle at z = 0. Multiply all weights by 5, and the sigmoid comes "
             "close to the step: same line, more certainty.")

# %% [markdown]
# Solve $p = \sigma(z)$ for $z$: it is $z = \log \frac{p}{1 - p}$, the logarithm of the **odds**. That is why the score of such a neuron is called a **logit**; in PyTorch and in papers you will read little else.
#
# ### How bad is it?
#
# To train, we need a **loss** $J(w)$: a number that says how badly the weights fit the data. Here is one that follows from a principle. The neuron gives label 1 the probability $p_i$ and label 0 the probability $1 - p_i$. If the rows are independent, it gives *all labels that were seen* the product
#
# $$\prod_{i:\, y_i = 1} p_i \prod_{i:\, y_i = 0} (1 - p_i).$$
#
# As a function of $w$ this is the **likelihood**, and the best $w$ are those that make it largest: under them, what happened is least surprising (**maximum likelihood**).

# %% [markdown]
# ### Why a logarithm?
#
# Because a product of many small numbers is a bad thing to compute with, and its logarithm is a sum, with its maximum at the same $w$. Take the mean, turn the sign, and high is bad, as it should be for a loss:
#
# $$J(w) = -\frac1n \Big( \sum_{i:\, y_i = 1} \log p_i + \sum_{i:\, y_i = 0} \log (1 - p_i) \Big).$$
#
# This is the **cross-entropy**. It charges $-\log$ of the probability that the neuron gave to what happened: its *surprise*. The cell below compares it with the other natural choice, the squared error $(1 - p)^2$.

# %% tags=["experiment"]
print("0.4 to the power of 1000:", 0.4**1000, "  1000 times its logarithm:", 1000 * np.log(0.4))
p, z = np.linspace(0.002, 1, 500), np.linspace(-8, 4, 500)
fig, axes = panels(2, height=3.1)
for ax, x, prob in [(axes[0], p, p), (axes[1], z, sigmoid(z))]:
    ax.plot(x, -np.log(prob), color=BLUE)
    ax.plot(x, (1 - prob) ** 2, color=ORANGE, linestyle="--")
axes[0].annotate("−log p", (0.1, 2.6), color=BLUE)
axes[0].annotate("(1 − p)²", (0.08, 0.2), color=ORANGE)
axes[0].set(xlabel="probability p of what happened", ylabel="loss", ylim=(-0.1, 6))
axes[1].set(xlabel="score z (positive is right)", ylim=(-0.1, 8.2))
show(fig, "Two losses of one sample, against its probability and against its score. The logarithm "
          "grows without end as the probability falls to 0; the squared error never exceeds 1.",
     caption="Left: to be sure and wrong costs 1 in squares, and without limit in logarithms. "
             "Right, at its left end: the dashed curve is flat, so a neuron that is very wrong "
             "would learn nothing from it.")

# %% [markdown]
# ### The slope
#
# With $p = \sigma(z)$ both cases become simple: $-\log \frac{e^z}{1 + e^z} = \log(1 + e^z) - z$ for label 1, and $-\log \frac{1}{1 + e^z} = \log(1 + e^z)$ for label 0. One formula holds both, with $z = Xw$:
#
# $$J(w) = \frac1n \sum_i \Big( \log\!\big(1 + e^{z_i}\big) - y_i z_i \Big).$$
#
# Now the slopes. $\log(1 + e^z)$ has the derivative $\frac{e^z}{1 + e^z} = p$, so $\partial J / \partial z_i = \frac1n (p_i - y_i)$. And $z_i = \sum_j X_{ij} w_j$ depends on $w_j$ by $X_{ij}$. The chain rule sums over the rows:
#
# $$\frac{\partial J}{\partial w_j} = \frac1n \sum_i (p_i - y_i)\, X_{ij}, \qquad\text{or}\qquad \nabla J(w) = \frac1n X^\top (p - y).$$

# %% [markdown]
# $\nabla J(w)$, the **gradient** of $J$ with respect to $w$, is the vector of these slopes, one for each weight. A step against it adds $\frac{\eta}{n} \sum_i (y_i - p_i)\, x_i$ to $w$, where $\eta$ (`eta`) is the **learning rate**. That is Rosenblatt's rule with a soft $\hat y$.
#
# Write both. One trap: $e^z$ overflows for $z > 710$, and $\log p$ is $-\infty$ once $p$ rounds to 0. `np.logaddexp(a, b)` computes $\log(e^a + e^b)$ without either. The `sigmoid` above is safe.

# %% answer="logistic"
def logistic(
    w: Float[ndarray, "d"], X: Float[ndarray, "n d"], y: Float[ndarray, "n"]
) -> tuple[float, Float[ndarray, "d"]]:
    """Return the mean cross-entropy of labels y (0 or 1), and its gradient with respect to w."""
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
# Here it trains on two clouds that a line separates. What becomes of the weights if nobody stops it?

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
    w, done = np.zeros(2), 0
    for steps in (10, 100, 1000, 10000):
        w = descend(lambda w: logistic(w, X, y)[1], w, steps=steps - done)
        length, done = np.linalg.norm(w), steps
        print(f"{steps:5} steps: J = {logistic(w, X, y)[0]:.4f}, length of w = {length:4.1f}, "
              f"direction = ({w[0] / length:.2f}, {w[1] / length:.2f})")

# %% [markdown]
# (The labels were made with the direction (0.6, 0.8); the gap leaves room for others.) Where the classes overlap there is no such drift. The loss is **convex**, a bowl without a second valley: its minimum exists and, as long as no column of $X$ can be made of the others, is the only one.

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
# Write softmax correctly, for a batch (n, K) and for a single row (K,). And so that it survives: a score of 1000 makes $e^{1000} = \infty$ and $\infty / \infty$ is not a number. Adding a constant to all scores of a row changes nothing, since $e^{z + c} = e^c e^z$ and $e^c$ cancels. So subtract from each row its own largest score before the exp: the largest becomes $e^0 = 1$, and nothing overflows.

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
# Why the name? Divide all scores by a **temperature** $T$ first.

# %% tags=["experiment"]
with needs("softmax"):
    scores = np.array([2.0, 1.0, 0.0])
    fig, axes = panels(3, width=7.2, height=2.3)
    for ax, T in zip(axes, (0.1, 1.0, 10.0)):
        P = softmax(scores / T)
        ax.bar([1, 2, 3], P, color=BLUE)
        for k in range(3):
            ax.annotate(f"{P[k]:.2f}", (k + 1, P[k] + 0.03), ha="center")
        ax.set(title=f"T = {T:g}", ylim=(0, 1.15), xticks=[1, 2, 3], yticks=[0, 0.5, 1])
        ax.set(xlabel="class")
    axes[0].set(ylabel="probability")
    show(fig, "The probabilities of three classes with scores 2, 1 and 0 as bars, at the "
              "temperatures 0.1, 1 and 10: all on the first class, then falling, then nearly equal.",
         caption="Cold, it takes the largest score and nothing else (a hard argmax); hot, it "
                 "hardly cares. In between it is a soft argmax, which is where the name is from.")

# %% [markdown]
# ### The same gradient again
#
# Write the label as a row of $Y$ with a single 1 in the column of its class (**one-hot**). The cross-entropy charges $-\log$ of the probability given to the right class $y$. For one row with scores $z = x W$:
#
# $$J = -\log \frac{e^{z_y}}{\sum_j e^{z_j}} = \log \sum_j e^{z_j} - z_y, \qquad \frac{\partial J}{\partial z_k} = \frac{e^{z_k}}{\sum_j e^{z_j}} - [k = y] = p_k - Y_k,$$
#
# where $[k = y]$ is 1 for the right class and 0 for the others. And $z_k = \sum_j x_j W_{jk}$ depends on $W_{jk}$ by $x_j$. So the slope with respect to $W_{jk}$ is $x_j (p_k - Y_k)$, and the mean over all rows is
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
# Four facts worth seeing once. A gradient can be checked without any algebra: nudge one weight and see how the loss changes. The loss needs no one-hot rows: it is enough to *pick* the probability of the right class from each row. With two classes only the *difference* of the two scores matters, and softmax is the sigmoid of it. And adding the same vector to every column of $W$ changes nothing: softmax has more weights than it needs.

# %% tags=["experiment"]
with needs("softmax", "softmax_gradient"):
    rng = np.random.default_rng(2)
    X, W, v = rng.normal(size=(4, 3)), rng.normal(size=(3, 2)), rng.normal(size=(3, 1))
    classes = np.array([0, 1, 1, 0])
    Y, P = np.eye(2)[classes], softmax(X @ W)

    def loss(W):
        return -np.mean(np.log(softmax(X @ W)[np.arange(4), classes]))

    nudge = np.array([[0, 0], [1e-6, 0], [0, 0]])
    print(f"slope by nudging W[1, 0]: {(loss(W + nudge) - loss(W - nudge)) / 2e-6:.6f}, "
          f"by your gradient: {softmax_gradient(W, X, Y)[1, 0]:.6f}")
    one_hot = -np.mean(np.sum(Y * np.log(P), axis=1))
    print(f"loss by picking: {loss(W):.6f}, with one-hot rows: {one_hot:.6f}")
    print("two classes equal the sigmoid:", np.allclose(P[:, 1], sigmoid(X @ (W[:, 1] - W[:, 0]))))
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
# In all three the gradient with respect to the scores is prediction minus truth (for the first, if half the squared error is taken). In all three the loss is $-\log$ of a likelihood: the squared error is what comes out if a number is the score plus normal noise (lesson 0). Say *score* (or logit) for $z$ and *probability* for $p$: mixing them up is the most common mistake, as both are called "the output".

# %%
ask("head")

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
          "others; versicolor and virginica touch and overlap a little.",
     caption="Setosa stands apart, lower left. Between versicolor and virginica there is no gap.")

# %% [markdown]
# A line separates setosa from the rest, so your perceptron must come to an end, within the bound. Versicolor and virginica overlap, even in all four measurements: the best line of all gets one of the hundred wrong. Say before you run the cell what the perceptron will do with these two.

# %% tags=["experiment"]
with needs("Perceptron", "novikoff_bound"):
    X = np.column_stack([np.ones(150), flowers])
    order = np.random.default_rng(0).permutation(150)
    late = order[species[order] > 0]  # without setosa
    for name, rows, label in [("setosa or not", order, 0), ("versicolor or virginica", late, 2)]:
        y = (species == label) * 1.0
        model = Perceptron(5)
        model.fit(X[rows], y[rows], epochs=200)
        right = np.mean(model.predict(X[rows]) == y[rows])
        bound = novikoff_bound(X[rows], y[rows], model.w)
        print(f"{name}: {model.mistakes} mistakes, then {right:.0%} right; bound {bound:.0f}")

# %% [markdown]
# Where no line separates, the perceptron jumps about until it is stopped; how good its last weights are is luck. The softmax neuron has no such trouble: its loss has a minimum there, and descent finds it.
#
# Now all three species at once, and an honest question: how well does it name flowers that it has *not* seen? Learn from 100, keep 50 aside, and do that for 20 random ways of choosing them. The measurements are brought to the same scale, with the mean and spread of the 100 alone.

# %% tags=["experiment"]
def flower_accuracy(rng):
    """Learn from 100 flowers; return how many of these, and of the 50 others, are named right."""
    order = rng.permutation(150)
    mean, spread = flowers[order[:100]].mean(axis=0), flowers[order[:100]].std(axis=0)
    X = np.column_stack([np.ones(150), (flowers - mean) / spread])[order]
    Y = np.eye(3)[species[order]]
    W = descend(lambda W: softmax_gradient(W, X[:100], Y[:100]), np.zeros((5, 3)))
    right = (X @ W).argmax(axis=1) == species[order]
    return right[:100].mean(), right[100:].mean()

with needs("softmax_gradient"):
    rng = np.random.default_rng(0)
    seen, unseen = np.mean([flower_accuracy(rng) for _ in range(20)], axis=0)
    print(f"named right: {seen:.1%} of the flowers it learned from, {unseen:.1%} of the others")

# %% [markdown]
# ### A better pair of glasses
#
# One more thing a line can't do: tell whether a point lies outside the unit circle. Draw $x_1, x_2$ from a normal distribution, and let $y = 1$ where $x_1^2 + x_2^2 > 1$. Always guessing "outside" is right with probability $e^{-1/2} \approx 0.61$: that is the **baseline** any model must beat.
#
# Three learners try, with 10 to 1000 samples. Your `logistic` on the raw coordinates. Your `logistic` on $x_1^2, x_2^2$: in *these* coordinates the circle is a straight line. And a *memoriser*, which gives a new point the label of the nearest sample: it bends as it likes and makes no mistake on what it has seen.

# %%
ask("circle")

# %% tags=["experiment"]
def by_line(features):
    def learn(X, y):
        F = np.column_stack([np.ones(len(X)), features(X)])
        w = descend(lambda w: logistic(w, F, y)[1], np.zeros(3))
        return lambda new: np.column_stack([np.ones(len(new)), features(new)]) @ w > 0
    return learn

def by_heart(X, y):
    return lambda new: y[np.argmin(((new[:, None] - X) ** 2).sum(axis=2), axis=1)]

def circle_accuracy(learn, n, rng):
    """Return the accuracy on 1000 new samples after learning from n; the mean of 10 draws."""
    right = []
    for _ in range(10):
        X = rng.normal(size=(n + 1000, 2))
        y = (np.sum(X**2, axis=1) > 1) * 1.0
        right.append(np.mean(learn(X[:n], y[:n])(X[n:]) == y[n:]))
    return np.mean(right)

# %% tags=["experiment"]
with needs("logistic"):
    rng, sizes = np.random.default_rng(3), [10, 30, 100, 300, 1000]
    squares = [circle_accuracy(by_line(lambda X: X**2), n, rng) for n in sizes]
    heart = [circle_accuracy(by_heart, n, rng) for n in sizes]
    raw = [circle_accuracy(by_line(lambda X: X), n, rng) for n in sizes]
    fig, [ax] = panels(1, width=6, height=3.4)
    for curve, form, colour in [(squares, "o-", BLUE), (heart, "s:", GREEN), (raw, "^-", ORANGE)]:
        ax.plot(sizes, curve, form, color=colour)
    ax.axhline(np.exp(-0.5), color=GREY, linestyle="--", linewidth=1)
    for text, at, colour in [("line on squares", (10, 0.985), BLUE),
                             ("by heart", (40, 0.83), GREEN),
                             ("line on raw coordinates", (30, 0.47), ORANGE),
                             ("always guess outside", (100, 0.63), GREY)]:
        ax.annotate(text, at, color=colour)
    ax.set(xscale="log", ylim=(0.4, 1.05), xlabel="training samples", ylabel="right on new samples")
    show(fig, ask("circle").alt,
         caption="The line on raw coordinates can't bend and stays at or below the dashed line; "
                 "the memoriser bends too freely and needs about ten times as many samples as the "
                 "line on squares.")

# %% [markdown]
# Same neuron, same training, other inputs: ten samples of the right features beat a thousand of the wrong ones. For a long time the craft of machine learning was to find such **features** by hand. XOR showed the other way: a hidden layer can *make* them. The rest of this course is about networks that learn their own.

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
# ## A machine made of NAND
#
# To add two binary digits is to say two things: the digit that stays (1 if exactly one of the two is 1) and the digit that is carried (1 if both are). That is a **half adder**. Build it from NAND alone. The check hands you *wires*, which can't be compared or multiplied: `nand` is all there is.

# %% answer="half_adder"
def half_adder(nand: Callable, a: object, b: object) -> tuple[object, object]:
    """Return (digit, carry) of a + b, made with `nand(…, …)` and nothing else."""
    ### BEGIN SOLUTION
    c = nand(a, b)
    return nand(nand(a, c), nand(b, c)), nand(c, c)
    ### END SOLUTION

# %% check="half_adder"
check("half_adder")

# %% [markdown]
# Two half adders and an *or* add three digits, eight of those in a row add two whole numbers. All of it is one neuron, yours, again and again.

# %% tags=["experiment"]
with needs("gates", "neuron", "heaviside", "half_adder"):
    fired = []

    def nand(a, b):
        """Ask the NAND neuron, and keep count."""
        w, bias = gates()["NAND"]
        fired.append(neuron(np.array([[a, b]]), np.array(w), bias, heaviside)[0])
        return fired[-1]

    def add(m, n, digits=8):
        carry, total = 0.0, 0
        for i in range(digits):
            first, one = half_adder(nand, float(m >> i & 1), float(n >> i & 1))
            digit, two = half_adder(nand, first, carry)
            carry = nand(nand(one, one), nand(two, two))  # one or two
            total += int(digit) << i
        return total

    print("19 + 23 =", add(19, 23), f"by asking {len(fired)} neurons")

# %% [markdown]
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
# What does squared error make of XOR? And a slip that is easy to make when an error is reported: the root of the mean squared error (**RMSE**) takes the root *outside* of the mean. Inside, it undoes the square, and what is left is the mean absolute error (**MAE**).

# %% tags=["experiment"]
with needs("normal_equations"):
    X = np.column_stack([np.ones(4), corners])
    w = normal_equations(X, xor).round(12) + 0.0
    print("XOR by least squares: (b, w1, w2) =", w, "predicts", X @ w)
residuals = np.array([0.0, 0.0, 0.0, 4.0])
print("MSE", np.mean(residuals**2), " root outside:", np.sqrt(np.mean(residuals**2)),
      " root inside:", np.mean(np.sqrt(residuals**2)))

# %% [markdown]
# The best line for XOR is no line at all: an undecided ½ for every corner. Of four residuals with one of size 4, the RMSE is 2 and the MAE is 1: squares give large errors more say.

# %% [markdown]
# ## Margins, and a loss that wants one
#
# The perceptron takes *any* separating line. The one with the widest margin leaves most room for samples to come. With signs $s_i \in \{-1, 1\}$ and scores $z_i = x_i \cdot w$ (bias aside), scale $w$ until the nearest samples have $s_i z_i = 1$; then the margin is $\gamma = 1 / \lVert w \rVert$, and the whole street between the classes is $2 / \lVert w \rVert$ wide. A wide street is a short $w$.
#
# The **hinge loss** asks for exactly this: a sample costs nothing once it is on the right side *by at least 1*,
#
# $$J(w) = \frac1n \sum_i \max(0,\, 1 - s_i z_i).$$
#
# Together with a penalty $\frac{\lambda}{2} \lVert w \rVert^2$ it is the **support vector machine**. (Elsewhere the penalty stands still and the loss gets a factor $C = 1 / (n \lambda)$.)

# %% answer="hinge"
def hinge(w: Float[ndarray, "d"], X: Float[ndarray, "n d"], s: Float[ndarray, "n"]) -> float:
    """Return the mean hinge loss for signs s in {-1, 1}."""
    ### BEGIN SOLUTION
    return float(np.mean(np.maximum(0, 1 - s * (X @ w))))
    ### END SOLUTION

# %% check="hinge"
check("hinge")

# %% [markdown]
# Train one on two clouds, one sample of which has strayed towards the others. With a tiny λ every sample counts (a *hard* margin); with a larger one the machine may pay for a stray sample and keep its wide street (a *soft* margin).

# %% tags=["experiment"]
def support_vector_machine(X, s, lam, steps=20_000):
    """Descend the hinge loss plus lam/2 |w|², the bias w[0] left out; column 0 of X is ones."""
    w = np.zeros(X.shape[1])
    for t in range(1, steps + 1):
        near = s * (X @ w) < 1
        slope = lam * w * np.array([0.0, 1.0, 1.0]) - X.T @ (s * near) / len(X)
        w = w - slope / (lam * t + 1)
    return w

rng = np.random.default_rng(5)
two = [rng.normal(size=(20, 2)) * 0.6 + [side, 0] for side in (-1.5, 1.5)]
X = np.column_stack([np.ones(41), np.vstack([*two, [[-0.3, 0.5]]])])
s = np.repeat([-1.0, 1.0], [20, 21])

# %% tags=["experiment"]
with needs("hinge"):
    fig, axes = panels(2, height=3.3)
    for ax, lam in zip(axes, (0.001, 0.1)):
        w = support_vector_machine(X, s, lam)
        near = s * (X @ w) < 1.05
        again = support_vector_machine(X[near], s[near], lam * len(X) / near.sum())
        print(f"λ = {lam}: mean hinge loss {hinge(w, X, s):.2f}, w = {w.round(2)}; "
              f"from the {near.sum()} support vectors alone: {again.round(2)}")
        points(ax, X[:, 1:], s > 0, names=("s = -1", "s = 1"))
        ax.plot(*X[near, 1:].T, "o", markersize=12, markerfacecolor="none", color=BLACK)
        for edge, style in [(0, "-"), (-1, ":"), (1, ":")]:
            boundary(ax, w - [edge, 0, 0], style=style, arrow=edge == 0)
        ax.set(title=f"λ = {lam}", xlabel="$x_1$")
    axes[0].set(ylabel="$x_2$")
    show(fig, "Two clouds and one stray sample. Left, a narrow street that squeezes between the "
              "stray sample and the other cloud; right, a wide one with that sample inside.",
         caption="Dotted: the edges of the street, where s z = 1. Ringed: the support vectors, on "
                 "the edges or beyond them. A larger λ gives up one sample for a wide street.")

# %% [markdown]
# The printed lines say what the name means: train again on the ringed samples alone (λ scaled to their number), and the line is the same. The others could be deleted.
#
# ### Four losses
#
# The losses of one sample, as a function of $s z$ (positive means right). The logistic loss with signs is $\log(1 + e^{-sz})$: the same number as the cross-entropy of part 6 with labels 0 and 1. The perceptron's own loss is the hinge without its margin.

# %% tags=["experiment"]
m = np.linspace(-2.5, 2.5, 501)
fig, [ax] = panels(1, width=5.6, height=3.4)
ax.plot(m, m <= 0, color=GREY)
ax.plot(m, np.maximum(0, 1 - m), color=BLUE)
ax.plot(m, np.logaddexp(0, -m) / np.log(2), color=ORANGE)
ax.plot(m, np.maximum(0, -m), color=BLUE, linestyle=":")
for text, at, colour in [("0-1", (-2.45, 1.08), GREY), ("hinge", (-1.95, 3.15), BLUE),
                         ("logistic / log 2", (-1.05, 2.3), ORANGE),
                         ("perceptron", (-2.45, 1.45), BLUE)]:
    ax.annotate(text, at, color=colour)
ax.set(xlabel="$s\\,z$", ylabel="loss", ylim=(-0.1, 3.7))
show(fig, "Loss against the signed score. The 0-1 loss drops from 1 to 0 at zero; the hinge falls "
          "in a straight line to zero at one; the logistic loss is smooth and never reaches zero; "
          "the perceptron's loss reaches zero at zero.",
     caption="The 0-1 loss is what we care about, but it is flat, so nothing can descend it. Hinge "
             "and logistic loss have a slope to follow, and neither is ever below it.")

# %% [markdown]
# ## Why the step between the layers matters
#
# Take the activation out of a two-layer network and multiply out what is left. However many layers you stack, without something non-linear between them they are *one* layer. Compute it.

# %% answer="collapse"
def collapse(
    W1: Float[ndarray, "d h"], b1: Float[ndarray, "h"],
    W2: Float[ndarray, "h k"], b2: Float[ndarray, "k"],
) -> tuple[Float[ndarray, "d k"], Float[ndarray, "k"]]:
    """Return (W, b) so that X @ W + b equals (X @ W1 + b1) @ W2 + b2 for every X."""
    ### BEGIN SOLUTION
    return W1 @ W2, b1 @ W2 + b2
    ### END SOLUTION

# %% check="collapse"
check("collapse")

# %% [markdown]
# ## Ten neurons read digits
#
# The cards were made up. These are not: 28 × 28 grey values of digits that people wrote, laid in a row like a card, and softmax with ten neurons side by side, nothing else. It learns from 1000 and is asked about 2000 others.

# %% tags=["experiment"]
with needs("softmax_gradient"):
    images, digits = mnist()
    X = np.column_stack([np.ones(3000), images[:3000].reshape(3000, 784) / 255])
    Y = np.eye(10)[digits[:1000]]
    W = descend(lambda W: softmax_gradient(W, X[:1000], Y), np.zeros((785, 10)), eta=0.5, steps=60)
    right = (X @ W).argmax(axis=1) == digits[:3000]
    print(f"{right[1000:].mean():.0%} of the digits it has not seen are named right")
    fig, axes = panels(10, width=9, height=1.2)
    for k, ax in enumerate(axes):
        ax.imshow(W[1:, k].reshape(28, 28), cmap="signed", vmin=-0.4, vmax=0.4)
        ax.set(xticks=[], yticks=[], title=f"{k}")
        ax.spines[:].set_visible(False)
    show(fig, "The weights of ten neurons as pictures, blue where ink speaks for the digit and "
              "orange where it speaks against. In some, such as 0 and 3, the digit can be made out.",
         caption="Blue: ink here speaks for this digit. Orange: it speaks against. The neuron for 0 "
                 "wants a ring, and above all no ink in the middle.")

# %% [markdown]
# Ten planes in a space of 784 dimensions get that far. Lesson 3 puts a hidden layer before them, lesson 5 tells the network which pixels are neighbours.

# %% [markdown]
# ## Go further
#
# * W. McCulloch, W. Pitts, *A logical calculus of the ideas immanent in nervous activity* (1943): the neuron as logic, with a threshold set by hand. No learning yet.
# * F. Rosenblatt, *The perceptron: a probabilistic model for information storage and organization in the brain* (1958): the learning machine, and great hopes.
# * A. Novikoff, *On convergence proofs for perceptrons* (1962): the theorem of part 4.
# * M. Minsky, S. Papert, *Perceptrons* (1969): what one layer can't see, far beyond XOR.
# * T. Cover, *Geometrical and statistical properties of systems of linear inequalities* (1965): how many labellings of n points a line can produce, which generalises "14 of 16".
# * Y. Freund, R. Schapire, *Large margin classification using the perceptron algorithm* (1999): let all the perceptron's past weights vote, and get a bound for new samples too.
# * C. Cortes, V. Vapnik, *Support-vector networks* (1995): the soft margin.

# %% [markdown]
# ---
# *Text and figures CC BY 4.0, code MIT. The choice of topics follows five lecture courses: "Deep Learning" (IMT Atlantique), "An introduction to deep learning" (Claire Boyer), "Apprentissage profond" (Céline Hudelot), FIDLE "Transformers" and "Machine learning" (Mines Saint-Étienne). Iris data: R. A. Fisher (1936), CC BY 4.0, by way of the UCI repository. Digits: MNIST, Y. LeCun, C. Cortes, C. Burges, CC BY-SA 3.0.*
