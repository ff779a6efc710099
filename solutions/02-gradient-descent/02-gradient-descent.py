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
# # 2 · Gradient descent
#
# **How big a step is too big?**
#
# Almost everything that is called learning in this field is one line: *take a small step against the slope, and do it again.* Cauchy proposed it in 1847, in three pages, to compute the orbits of planets. Networks with billions of weights are trained by it today.
#
# The line has one number in it, the size of the step. A little too small, and you wait for ever. A little too large, and the same line, on a curve you could draw by hand, jumps between two points for ever; larger still, and it is chaos. In this lesson you find the exact border, cross it on purpose, and build what the field has invented to live with it.

# %% [markdown]
# | | |
# |---|---|
# | **You will be able to** | predict from the curvature whether descent crawls, converges, oscillates or escapes; say what noise in the gradient does and what to do about it; write SGD, momentum and Adam, each equal to PyTorch's |
# | **You need** | lesson 1; derivatives of sums, products and quotients; that a symmetric matrix has real eigenvalues and perpendicular eigenvectors |
# | **Time** | 90 minutes for parts 1 to 9; *deeper* after that is extra |
# | **At the end there is** | a small library of optimisers of your own, a race between them, and iris trained in one sweep better than in a hundred |
# | **Points** | 20: ten checked exercises (18) and a written question (2) |

# %%
from collections.abc import Callable, Iterable

import numpy as np
from jaxtyping import Float
from numpy import ndarray
from numpy.random import Generator

from helpers import ask, check, hint, needs, progress, start
from helpers.data import iris
from helpers.figures import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, panels, show
from helpers.reference.perceptron import softmax, softmax_gradient

start("02-gradient-descent")

# %% [markdown]
# The letters of this lesson, in the formulas and in the code:
#
# | | |
# |---|---|
# | $J$, $\nabla J$ | the loss, and its gradient: one slope for each weight |
# | `x` or `w` | where we are: a point on a curve, or weights |
# | $\eta$ `eta` | learning rate, the size of the step |
# | $\kappa$ `kappa` | curvature: the second derivative, or an eigenvalue of the matrix $H$ of second derivatives |
# | `n`, `b` | samples, and samples in a batch |
# | `g`, $\beta$ `beta` | the gradient of one step; how much is kept from the last one |
#
# Checks and `hint("descend")` work as in lesson 1.

# %% [markdown]
# ## 1 · One step downhill
#
# You stand on a hillside in fog. You can't see the valley, but you feel the slope under your feet. The gradient $\nabla J$ points where the ground rises most steeply; so step the *opposite* way, and feel again:
#
# $$x_{t+1} = x_t - \eta\, \nabla J(x_t).$$
#
# The opposite, $-\nabla J$, not the inverse: where the ground is steep the step is long, and on flat ground it is short. That is wise near a minimum and a nuisance everywhere else, as you will see.
#
# When to stop? When the slope is almost zero, or when patience ends. We count steps, as that shows most.
#
# Write the loop, and keep all the points it visits. `gradient` is a function; `x` may be an array of any shape.

# %% answer="descend"
def descend(
    gradient: Callable[[ndarray], ndarray], x: Float[ndarray, "*shape"], eta: float, steps: int
) -> Float[ndarray, "points *shape"]:
    """Return the path: the start in row 0, then the point after each step."""
    ### BEGIN SOLUTION
    path = [x]
    for _ in range(steps):
        x = x - eta * gradient(x)
        path.append(x)
    return np.array(path)
    ### END SOLUTION

# %% check="descend"
check("descend")

# %% [markdown]
# Four walks on the same parabola $J = \frac12 x^2$, all from the same place. Only η differs.

# %% tags=["experiment"]
with needs("descend"):
    fig, axes = panels(4, width=9, height=2.7)
    grid = np.linspace(-1.5, 1.5, 200)
    for ax, eta in zip(axes, [0.1, 0.8, 1.8, 2.1]):
        x = descend(lambda x: x, np.array(1.0), eta, 8)
        ax.plot(grid, grid**2 / 2, color=GREY, linewidth=1)
        ax.plot(x, x**2 / 2, "o-", color=ORANGE if eta > 2 else BLUE, linewidth=0.9, markersize=4)
        ax.set(title=f"η = {eta}", xlim=(-2.3, 2.3), ylim=(-0.05, 2.2), yticks=[])
    show(fig, "Eight steps on a parabola with four learning rates: 0.1 creeps down one side, 0.8 is "
              "there at once, 1.8 jumps from side to side and comes closer, 2.1 climbs out.")

# %% [markdown]
# ## 2 · How fast, exactly?
#
# On a parabola $J(x) = \frac{\kappa}{2}(x - x^*)^2$ the slope is $\kappa\,(x - x^*)$. Put it into the step and look at the error $e_t = x_t - x^*$:
#
# $$e_{t+1} = e_t - \eta\kappa\, e_t = (1 - \eta\kappa)\, e_t \quad\Rightarrow\quad e_t = (1 - \eta\kappa)^t\, e_0.$$
#
# Every step multiplies the error by the same number. Only $\eta\kappa$ matters:
#
# | $\eta\kappa$ | factor | what you see |
# |---|---|---|
# | below 1 | 0 to 1 | **crawl**, or walk, down one side |
# | exactly 1 | 0 | there in one step |
# | 1 to 2 | -1 to 0 | too far each time, but **closer** |
# | exactly 2 | -1 | to and fro between two points, for ever |
# | above 2 | below -1 | **escape**: farther with each step |
#
# So the border is $\eta < 2/\kappa$: the more curved the valley, the smaller the step it allows.

# %% [markdown]
# ### Many directions at once
#
# With $d$ weights a bowl is $J(x) = \frac12 (x - x^*)^\top H\, (x - x^*)$, with a symmetric matrix $H$, and its gradient is $H(x - x^*)$. Write the error in the eigenvectors of $H$: each of its $d$ parts lives on a parabola of its own, with curvature $\kappa_i$, an eigenvalue. They share only η.
#
# **Theorem.** With $\rho = \max_i |1 - \eta\kappa_i|$,
#
# $$\lVert x_t - x^* \rVert \le \rho^{\,t}\, \lVert x_0 - x^* \rVert,$$
#
# and no smaller number will do: a start in the worst direction attains it. Descent converges from every start exactly if $\rho < 1$, that is $0 < \eta < 2/\kappa_{\max}$.
#
# *Proof.* The parts are perpendicular, and part $i$ is multiplied by $(1 - \eta\kappa_i)$ in each step, in size at most by $\rho$.

# %% [markdown]
# Compute $\rho$ for any bowl. The bowl may be turned, so its curvatures are not simply on the diagonal.

# %% answer="rate"
def rate(H: Float[ndarray, "d d"], eta: float) -> float:
    """Return the factor by which a step shrinks the error at worst, for a symmetric H."""
    ### BEGIN SOLUTION
    kappa = np.linalg.eigvalsh(H)
    return float(np.max(np.abs(1 - eta * kappa)))
    ### END SOLUTION

# %% check="rate"
check("rate")

# %% [markdown]
# Take a valley with curvatures 1 and 8. On the left its $\rho$ for every η: the flat direction wants a large step, the steep one forbids it, and the best η is where they are equally bad. On the right the promise against what happens.

# %% tags=["experiment"]
with needs("descend", "rate"):
    H = np.array([[3.52, -3.36], [-3.36, 5.48]])  # curvatures 1 and 8, turned
    fig, (left, right) = panels(2, width=9, height=3.1)
    left.plot(np.linspace(0, 0.3, 301), [rate(H, eta) for eta in np.linspace(0, 0.3, 301)], color=GREY)
    left.axhline(1, color=GREY, linewidth=0.8)
    for eta, colour in [(0.05, BLUE), (2 / 9, GREEN), (0.26, ORANGE)]:
        e = np.linalg.norm(descend(lambda x: H @ x, np.array([1.0, 2.0]), eta, 40), axis=1)
        left.plot(eta, rate(H, eta), "o", color=colour)
        right.plot(e / e[0], "o", color=colour, markersize=3)
        right.plot(rate(H, eta) ** np.arange(41), color=colour, linewidth=1, label=f"η = {eta:.2f}")
    left.set(xlabel="η", ylabel="ρ", ylim=(0, 1.45))
    right.set(yscale="log", xlabel="step t", ylabel="error, of the first")
    show(fig, "Left, the rate against the learning rate: it falls in a straight line to 0.78 at "
              "2/9 and then rises steeply through 1 at 0.25. Right, errors of three walks on a "
              "logarithmic axis, each just below the line of its bound.")

# %% [markdown]
# The ratio $c = \kappa_{\max}/\kappa_{\min}$ is the **condition number**. The best η turns out to be $2/(\kappa_{\min} + \kappa_{\max})$, with $\rho = (c-1)/(c+1)$ (you can derive it in *deeper*). Suppose the curvatures are 1 and 100.

# %%
ask("valley")

# %% tags=["experiment"]
with needs("rate"):
    for c in (1, 10, 100, 10_000):
        rho = rate(np.diag([1.0, c]), 2 / (1 + c))
        steps = np.log(1000) / -np.log(rho) if rho > 0 else 1
        print(f"curvatures 1 and {c:6}: ρ = {rho:.4f}, {steps:8.0f} steps for 1/1000 of the error")

# %% [markdown]
# ### Play with it
#
# Drag the start, drag η. In the *valley* find the three borders: where the path begins to zigzag, where it no longer arrives, where it escapes. Is it where the theorem says?
#
# Then the other two surfaces, which are no bowls. In *two basins*: can a large step end in the farther one? On the *saddle*: start exactly on the ridge, $x_2 = 0$. Then a hair beside it.

# %% tags=["experiment"]
from helpers.widgets.gradient_descent import explorer

display(explorer())

# %% [markdown]
# ## 3 · A curve that bites
#
# Bowls are polite. Here is a curve that looks harmless on paper:
#
# $$J(x) = \frac{x^2}{1 + \log x}, \qquad x > 0.$$

# %% tags=["experiment"]
fig, [ax] = panels(1, width=6, height=3.2)
for x in (np.linspace(0.02, 0.36, 300), np.linspace(0.376, 2.2, 600)):
    ax.plot(x, x**2 / (1 + np.log(x)), color=BLUE)
ax.axvline(np.exp(-1), color=ORANGE, linestyle="--", linewidth=1)
ax.annotate("what is here?", (0.4, -1.6), color=ORANGE)
ax.plot([0.607, 0.74], [0.736, -0.15], color=BLUE, linewidth=1)
ax.annotate("and here?", (0.74, -0.45), color=BLUE)
ax.set(xlabel="x", ylabel="J(x)", ylim=(-2.3, 3.2), xlim=(0, 2.2))
show(fig, "The curve starts at zero, dives to minus infinity at a dashed line, comes back from "
          "plus infinity on its other side, has a valley near 0.6 and rises slowly from there.")

# %% [markdown]
# Derive its slope. A quotient $u/v$ has the derivative $(u'v - uv')/v^2$. Write it in any form you like; `x` is an array.

# %% answer="slope"
def slope(x: Float[ndarray, "*shape"]) -> Float[ndarray, "*shape"]:
    """Return the derivative of x² / (1 + log x)."""
    ### BEGIN SOLUTION
    return x * (1 + 2 * np.log(x)) / (1 + np.log(x)) ** 2
    ### END SOLUTION

# %% check="slope"
check("slope")

# %% [markdown]
# Four numbers decide everything that follows:
#
# * `"pole"`, the $x$ where the denominator vanishes and $J$ is torn apart,
# * `"minimum"`, the $x$ of the valley,
# * `"value"`, the loss there (the lowest *nearby*: left of the pole $J$ falls without end),
# * `"limit"`, the η below which descent converges once it is close.
#
# For the last, look at the valley through a microscope: close to its minimum every smooth curve is a parabola, and its κ is $J''$ there. In $J'$ gathered as one fraction only one factor vanishes at the minimum, so just that factor needs a derivative: the rest keeps its value, and $J'' = 8$.

# %% answer="landmarks"
def landmarks() -> dict[str, float]:
    """Return the four numbers, by name."""
    ### BEGIN SOLUTION
    return {
        "pole": float(np.exp(-1.0)),
        "minimum": float(np.exp(-0.5)),
        "value": float(2 / np.e),
        "limit": 2 / 8,
    }
    ### END SOLUTION

# %% check="landmarks"
check("landmarks")

# %% [markdown]
# ### Across the border
#
# On a parabola the story ends at the border: beyond it descent escapes to infinity. This is no parabola. We start close to the minimum, at $x = 0.7$, and take η = 0.3, a little above the limit.

# %%
ask("border")

# %% tags=["experiment"]
with needs("descend", "slope"):
    for eta in (0.24, 0.26, 0.3, 0.33, 0.36, 0.39):
        x = descend(slope, np.array(0.7), eta, 5000)
        print(f"η = {eta:.2f}: … " + "  ".join(f"{v:.4f}" for v in x[-8:]))

# %% [markdown]
# Each step overshoots, but farther out the curve is flatter than the parabola was, and pulls back less. So the walk neither arrives nor escapes: a **2-cycle**. Raise η and the two points become four, then eight; then no pattern at all: **chaos**, in one line of arithmetic, without any randomness. And at 0.39, out of nowhere, exactly three.
#
# Now all learning rates at once. For each η we let the walk run 1000 steps and then draw every place it visits.

# %% tags=["experiment"]
with needs("descend", "slope"), np.errstate(invalid="ignore"):
    etas = np.linspace(0.2, 1.06, 2200)
    x = descend(slope, np.full(2200, 0.7), etas, 1000)[-1]  # every η its own walk
    x = descend(slope, x, etas, 400)
    picture = [np.histogram(column, 420, (0, 2.4))[0] for column in x.T]
    fig, [ax] = panels(1, width=9, height=4.4)
    ax.imshow(np.log1p(picture).T, extent=(0.2, 1.06, 0, 2.4), origin="lower", aspect="auto", cmap="Blues", vmax=3)
    for at, name in [(0.25, "2/κ"), (1.0, "1")]:
        ax.axvline(at, color=ORANGE, linewidth=1, linestyle="--")
        ax.annotate(name, (at + 0.005, 2.22), color=ORANGE)
    ax.set(xlabel="η", ylabel="places visited")
    show(fig, "Places visited against the learning rate. One line at 0.61 until 0.25; there it splits "
              "into two, at 0.316 into four, and soon into a cloud of chaos with clear windows in it; "
              "at 1 the picture ends.")

# %% [markdown]
# ### Why it ends at 1
#
# The picture ends at exactly η = 1, and that can be proved in two lines. Write a step with $u = 1 + \log x$:
#
# $$x_{t+1} = x_t \left(1 - \eta\, \frac{2u - 1}{u^2}\right).$$
#
# The fraction is never above 1, and equals 1 only at $u = 1$, that is $x = 1$: indeed $u^2 - 2u + 1 = (u - 1)^2 \ge 0$. So while $\eta < 1$ every step multiplies $x$ by a *positive* number, and chaos or not, the walk stays in $x > 0$ for ever. Above 1 there is an interval around $x = 1$ from which the next step lands at $x \le 0$, where $J$ does not exist; sooner or later a chaotic walk steps into it.

# %% [markdown]
# ### Across the pole
#
# Left of the pole at $1/e$ the curve dives to $-\infty$. A ball that rolls smoothly downhill from $x = 0.2$ falls into it. What do *steps* do from there?

# %%
ask("pole")

# %% tags=["experiment"]
with needs("descend", "slope"):
    print("η = 0.1: ", descend(slope, np.array(0.2), 0.1, 40)[[0, 1, 2, 3, 10, 20, 40]].round(3))
    starts = np.linspace(0.02, 0.36, 18)
    for eta in (0.2, 0.01, 0.001):
        end = descend(slope, starts, eta, int(50 / eta))[-1]
        print(f"η = {eta}: {np.sum(np.abs(end - np.exp(-0.5)) < 0.01)} of 18 starts end in the valley")

# %% [markdown]
# The steeper the cliff, the longer the step. Left of the pole the fraction of the last section is negative, without limit close to it, so each step multiplies $x$ by more than 1, near the pole by as much as you like: the walk flies across. None of these starts found the abyss. **Descent with steps is not a ball that rolls**: it sees the curve only where it lands. That is a warning (it can leave a good valley) and a comfort (it rarely stays in a narrow one).

# %% [markdown]
# ## 4 · Which valley?
#
# Multiply by a wave, and there are many valleys, each deeper and narrower than the last:
#
# $$K(x) = \frac{x^2 \sin \pi x}{1 + \log x}.$$
#
# Its minima lie at 1.58, 3.54, 5.53, 7.52 and so on, with losses -1.66, -5.49, -11.23 and -18.70; there is no lowest one. Where you end depends on where you begin: all starts that lead to one minimum are its **basin**.

# %% tags=["experiment"]
def wave_slope(x):
    u, s, c = 1 + np.log(x), np.sin(np.pi * x), np.cos(np.pi * x)
    return (2 * x * s + np.pi * x**2 * c) / u - x * s / u**2

fig, [ax] = panels(1, width=9, height=2.6)
x = np.linspace(0.45, 9, 900)
ax.plot(x, x**2 * np.sin(np.pi * x) / (1 + np.log(x)), color=BLUE)
for at, value in [(1.5823, -1.659), (3.5443, -5.492), (5.5298, -11.234), (7.5224, -18.704)]:
    ax.plot(at, value, "o", color=ORANGE)
    ax.annotate(f"{at:.2f}", (at, value - 1), color=ORANGE, ha="center", va="top")
ax.set(xlabel="x", ylabel="K(x)", ylim=(-26, 26))
show(fig, "A wave whose swings grow: four minima, each deeper and narrower than the one before.")

# %% [markdown]
# The deepest minimum shown has the largest curvature: κ is about 18, 56, 112 and 186. Commit yourself, then look at all starts and all learning rates together.

# %%
ask("basin")

# %% tags=["experiment"]
minima, tops = np.array([1.5823, 3.5443, 5.5298, 7.5224]), np.array([2.5581, 4.5356, 6.5256, 8.5200])

with needs("descend"), np.errstate(all="ignore"):
    x, etas = np.meshgrid(np.linspace(0.4, 8.5, 560), np.linspace(0.002, 0.13, 210))
    for _ in range(40):  # ten steps at a time, to keep paths short
        x = descend(wave_slope, x, etas, 10)[-1]
    valley = np.where((x > 0) & (x < tops[-1]), np.digitize(x, tops), 4)
    settled = np.abs(x[..., None] - minima).min(axis=-1) < 0.02

# %% tags=["experiment"]
from matplotlib.colors import to_rgb

with needs("descend"):
    full = np.array([to_rgb(c) for c in (SKY, ORANGE, GREEN, PURPLE, BLACK)])[valley]
    fig, [ax] = panels(1, width=9, height=4.2)
    strong = (settled | (valley == 4))[..., None]
    ax.imshow(np.where(strong, full, 0.45 * full + 0.55), extent=(0.4, 8.5, 0.002, 0.13),
              origin="lower", aspect="auto", interpolation="nearest")
    for at, kappa in zip(minima, [18.08, 55.86, 112.40, 186.04]):
        ax.plot([at - 0.4, at + 0.4], [2 / kappa, 2 / kappa], color="black", linewidth=1)
        ax.annotate(f"{at:.2f}", (at, 0.005), ha="center", color="white" if at > 2 else "black", fontsize=10)
    ax.set(xlabel="start", ylabel="η")
    show(fig, "Colour says in which valley a start ends, strong where it comes to rest. For tiny learning "
              "rates there are four stripes. Each turns pale at its own two over the curvature, a little "
              "higher it is thrown out and takes the colour of its neighbour on the left, like a staircase; "
              "near the top all that is not lost ends in the widest valley, 1.58.")

# %% [markdown]
# At the bottom, tiny steps: four stripes, cut at the hilltops. Going up, each stripe turns pale at its own $2/\kappa$ (the black line): the walk no longer rests, it cycles or runs wild *inside* its valley. Higher still it is thrown out and lands in the next, **wider** valley on its left, where later the same happens. A staircase: above 0.07 hardly any but the widest is left, and up to its own $2/\kappa$ of 0.11 it holds all that come. Black: walks that were thrown too far, and are lost. Which ones depends on the finest detail of the start.
#
# **A large learning rate chooses wide valleys**, however deep the narrow ones are. Remember this when in lesson 4 people say that wide minima generalise better.

# %% [markdown]
# ## 5 · A few samples are enough
#
# So far the gradient was exact. In learning, $J$ is a mean over $n$ samples, and each step has to read them all. But a mean can be *estimated* from a few:
#
# $$J(w) = \frac1n \sum_{i=1}^n J_i(w), \qquad \nabla J_B(w) = \frac1b \sum_{i \in B} \nabla J_i(w),$$
#
# with a random **batch** $B$ of $b$ rows. On average over all batches the estimate is right; any single one is off. All $n$ rows: *batch* gradient descent. One row: *stochastic* gradient descent in the strict sense. In between, typically 16 to 256: *mini-batches*. Today all of it is called **SGD**.
#
# Usually one shuffles the rows and takes them b at a time. One sweep over all rows is an **epoch**, of $\lceil n/b \rceil$ steps.

# %% answer="batches"
def batches(n: int, b: int, rng: Generator) -> Iterable[ndarray]:
    """Return the row numbers 0 … n-1 in a new random order, as arrays of b; the last may be shorter."""
    ### BEGIN SOLUTION
    order = rng.permutation(n)
    return [order[i : i + b] for i in range(0, n, b)]
    ### END SOLUTION

# %% check="batches"
check("batches")

# %% [markdown]
# Now the training loop of this whole course. `gradient(w, X, y)` returns the gradient of the mean loss over the rows it is given. One slip is easy to make: to draw a batch, and then to sum over all $n$ rows after all.

# %% answer="sgd"
def sgd(
    gradient: Callable[[ndarray, ndarray, ndarray], ndarray], w: ndarray, X: Float[ndarray, "n d"],
    y: Float[ndarray, "n *k"], eta: float, b: int, epochs: int, rng: Generator,
) -> ndarray:
    """Return w after `epochs` sweeps, with one step for each of the `batches`."""
    ### BEGIN SOLUTION
    for _ in range(epochs):
        for rows in batches(len(X), b, rng):
            w = w - eta * gradient(w, X[rows], y[rows])
    return w
    ### END SOLUTION

# %% check="sgd"
check("sgd")

# %% [markdown]
# How wrong is the gradient of a batch? Here for softmax on the irises of lesson 1, at $W = 0$, over 3000 random batches of each size.

# %% tags=["experiment"]
flowers, species = iris()
X = np.column_stack([np.ones(150), (flowers - flowers.mean(0)) / flowers.std(0)])
Y = np.eye(3)[species]

with needs("batches"):
    rng, W = np.random.default_rng(0), np.zeros((5, 3))
    full = softmax_gradient(W, X, Y)
    for b in (1, 4, 16, 64, 150):
        draws = [softmax_gradient(W, X[r], Y[r]) for r in (next(iter(batches(150, b, rng))) for _ in range(3000))]
        off, noise = np.abs(np.mean(draws, axis=0) - full).max(), np.var(draws, axis=0).sum()
        print(f"b = {b:3}: mean off by {off:.3f}, variance {noise:.4f}, times b {b * noise:.2f}")

# %% [markdown]
# The mean is right, whatever b. The variance falls like $1/b$, and faster towards the end, as a batch of all 150 has none left. So four times the batch halves the spread, at four times the price. Whether that pays is an experiment, in part 9.

# %% [markdown]
# ### The noise ball
#
# What does noise do in the long run? The smallest model that can tell: find the mean of numbers $x_i$ of variance $\sigma^2$ by SGD on $J_i(w) = \frac12 (w - x_i)^2$. A step with a batch of mean $\bar x$ is
#
# $$w \leftarrow w - \eta\,(w - \bar x) = (1 - \eta)\, w + \eta\, \bar x.$$
#
# The old $w$ and the fresh $\bar x$ are independent, so their variances add: with $V$ the variance of $w$, the next is $(1 - \eta)^2\, V + \eta^2 \sigma^2 / b$. At rest both are equal. Solve for $V$.

# %% answer="noise_ball"
def noise_ball(eta: float, sigma: float, b: int) -> float:
    """Return the variance V of w at rest."""
    ### BEGIN SOLUTION
    return eta * sigma**2 / (b * (2 - eta))
    ### END SOLUTION

# %% check="noise_ball"
check("noise_ball")

# %% [markdown]
# SGD with a constant η **does not converge**. It arrives at a ball around the minimum and wanders in it for ever. What if η is made four times smaller?

# %%
ask("ball")

# %% tags=["experiment"]
def wander(eta, n=60_000):
    """Follow SGD, b = 1, on ½ |w - x|² in the plane; sigma is 1."""
    seen, X = [], np.random.default_rng(4).normal(size=(n, 2))
    def gradient(w, X, y):
        seen.append(w)  # note where we are asked
        return w - X.mean(axis=0)
    sgd(gradient, np.array([3.0, 2.0]), X, np.zeros(n), eta, 1, 1, np.random.default_rng(5))
    return np.array(seen)

# %% tags=["experiment"]
with needs("sgd", "noise_ball"):
    fig, axes = panels(3, width=9, height=3.3)
    for ax, eta in zip(axes, [0.8, 0.2, 0.05]):
        w, V = wander(eta), noise_ball(eta, 1, 1)
        ax.plot(*w[:700].T, color=BLUE, linewidth=0.5, marker=".", markersize=2.5)
        circle = np.exp(2j * np.pi * np.linspace(0, 1, 200)) * 2.45 * np.sqrt(V)  # holds 95 %
        ax.plot(circle.real, circle.imag, color=ORANGE)
        ax.set(title=f"η = {eta}", xlim=(-3, 3.3), ylim=(-3, 3), aspect="equal")
        print(f"η = {eta:4}: variance {w[500:].var(axis=0).mean():.4f} measured, {V:.4f} by your formula")
    show(fig, "Three walks of 700 steps from the same start to a ball around the origin. The ball of "
              "learning rate 0.8 fills the panel, that of 0.2 is half as wide, that of 0.05 a quarter, "
              "but its walk in is slow.")

# %% [markdown]
# Here is the dilemma of all of deep learning in one picture. A large η arrives quickly and stays restless; a small one is precise and slow. *Variance* goes like η, so the radius only like $\sqrt\eta$.

# %% [markdown]
# ## 6 · Fast first, precise later
#
# The way out: change η on the way. A **schedule** is η as a function of the step $t = 0, \dots, T - 1$. Two ideas are in nearly every one in use:
#
# * **warm-up**: begin with small steps, as nothing is known yet; after `warmup` steps η has climbed evenly to its full size, so step $t$ has the share $(t+1)/\text{warmup}$ of it;
# * **cosine**: then fall along half a wave, slowly at first, quickly in the middle, slowly at the end. (The older way falls in *steps*: a tenth of η each time the loss stops falling.)
#
# $$\eta_t = \frac{\eta}{2}\left(1 + \cos \pi s\right), \qquad s = \frac{t - \text{warmup}}{T - \text{warmup}}.$$

# %% answer="schedule"
def schedule(t: int, T: int, eta: float, warmup: int) -> float:
    """Return the learning rate of step t = 0 … T-1; there may be no warm-up (warmup = 0)."""
    ### BEGIN SOLUTION
    if t < warmup:
        return eta * (t + 1) / warmup
    return float(eta * (1 + np.cos(np.pi * (t - warmup) / (T - warmup))) / 2)
    ### END SOLUTION

# %% check="schedule"
check("schedule")

# %% tags=["experiment"]
def noisy(etas):
    """Follow 500 runs of SGD on ½ (w - x)² at once; return the mean squared error after each step."""
    w, rng, error = np.full(500, 4.0), np.random.default_rng(6), []
    for eta in etas:
        w = w - eta * (w - rng.normal(size=500))
        error.append(np.mean(w**2))
    return error

# %% tags=["experiment"]
with needs("schedule"):
    T = 1000
    falling = [schedule(t, T, 0.5, 50) for t in range(T)]
    fig, (left, right) = panels(2, width=9, height=3.1)
    runs = [("large", [0.5] * T, ORANGE), ("small", [0.02] * T, GREY), ("schedule", falling, BLUE)]
    for name, etas, colour in runs:
        left.plot(etas, color=colour)
        right.plot(noisy(etas), color=colour, label=name)
    left.set(xlabel="step t", ylabel="η")
    right.set(yscale="log", xlabel="step t", ylabel="mean squared error")
    show(fig, "Left, three learning rates over 1000 steps: 0.5, 0.02, and a warm-up with a cosine. Right, "
              "the error of SGD on a logarithmic axis: the large one stays at a third, the small one takes "
              "200 steps to a floor of 0.01, the schedule is quick and in the end lower than both.")

# %% [markdown]
# ## 7 · Momentum
#
# In a narrow valley the gradient points across, from wall to wall, and hardly along. A heavy ball would do better: its swings across cancel, its speed along builds up.
#
# What is sometimes written down under this name is
#
# $$w \leftarrow w - \eta\, \alpha_t\, g, \qquad \alpha_t \text{ falling with } t.$$
#
# Ask where the memory is. Two walks with different pasts that meet in the same point take the same step: nothing is remembered. It is a useful thing, and you have just built it: a schedule. It is not momentum.

# %% [markdown]
# ### Repair it
#
# A ball has a **velocity** $v$. Friction leaves a share β of it, and the slope adds a push; then the ball moves with its *new* velocity. (In this convention, which is PyTorch's, the whole gradient is added, not $1 - \beta$ of it.)
#
# $$v \leftarrow \beta v + g, \qquad w \leftarrow w - \eta v.$$
#
# On a steady slope $g$ the velocity grows to $g + \beta g + \beta^2 g + \dots = g/(1-\beta)$: with β = 0.9 ten times that of plain descent. So more momentum means a larger step, and η must often shrink with it.

# %% answer="momentum_step"
def momentum_step(w: ndarray, v: ndarray, g: ndarray, eta: float, beta: float) -> tuple[ndarray, ndarray]:
    """Return the new (w, v) after one step with gradient g."""
    ### BEGIN SOLUTION
    v = beta * v + g
    w = w - eta * v
    return w, v
    ### END SOLUTION

# %% check="momentum_step"
check("momentum_step")

# %% [markdown]
# On a bowl its best rate is also known: $(\sqrt c - 1)/(\sqrt c + 1)$ instead of $(c-1)/(c+1)$. **The condition number counts only with its root** (Polyak, 1964). Both at their best, on curvatures 1 and 100:

# %% tags=["experiment"]
def roll(H, w, eta, beta, steps):
    """Return the path of the heavy ball on the bowl of H."""
    path, v = [w], np.zeros_like(w)
    for _ in range(steps):
        w, v = momentum_step(w, v, H @ w, eta, beta)
        path.append(w)
    return np.array(path)

# %% tags=["experiment"]
with needs("descend", "momentum_step"):
    H, w = np.diag([1.0, 100.0]), np.array([-2.0, 0.35])
    plain = descend(lambda w: H @ w, w, 2 / 101, 600)
    heavy = roll(H, w, (2 / 11) ** 2, (9 / 11) ** 2, 600)
    a, b = np.meshgrid(np.linspace(-2.15, 0.4, 200), np.linspace(-1.5, 1.5, 200))
    fig, axes = panels(2, width=9, height=2.7)
    for ax, path, name, colour in zip(axes, [plain, heavy], ["plain", "momentum"], [ORANGE, BLUE]):
        ax.contour(a, b, (a**2 + 100 * b**2) / 2, levels=np.geomspace(0.02, 100, 11), colors=GREY, linewidths=0.5)
        ax.plot(*path[:45].T, "o-", color=colour, markersize=3, linewidth=1)
        arrived = np.argmax(np.linalg.norm(path, axis=1) < np.linalg.norm(w) / 1000)
        ax.set_title(f"{name}: {arrived} steps to 1/1000")
    show(fig, "Forty-five steps in a narrow valley. Plain descent zigzags and is little more than "
              "half way; the heavy ball swings widely a few times and arrives.")

# %% [markdown]
# ## 8 · Adam
#
# Momentum has one η for all weights. But one weight may see gradients of 100 and another of 0.01. **Adam** gives each its own scale: the running mean of the gradient, divided by the root of the running mean of its *square*.
#
# $$m \leftarrow \beta_1 m + (1-\beta_1)\, g, \qquad v \leftarrow \beta_2 v + (1-\beta_2)\, g^2.$$
#
# (This $v$ is no velocity; the letter is the authors'.) Both start at 0, so they are too small at first: after one step $m = 0.1\, g$ if $\beta_1 = 0.9$. After $t$ steps the weights in the mean add up to $1 - \beta^t$ only; divide by that:
#
# $$\hat m = \frac{m}{1 - \beta_1^t}, \qquad \hat v = \frac{v}{1 - \beta_2^t}, \qquad w \leftarrow w - \eta\, \frac{\hat m}{\sqrt{\hat v} + \epsilon}.$$

# %% [markdown]
# The first step has $t = 1$. What you return as m and v are the raw averages; the correction is for use, not for keeping. ε is added *after* the root.

# %% answer="adam_step"
def adam_step(
    w: ndarray, m: ndarray, v: ndarray, g: ndarray, t: int,
    eta: float = 0.001, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8,
) -> tuple[ndarray, ndarray, ndarray]:
    """Return the new (w, m, v) after step t = 1, 2, … with gradient g."""
    ### BEGIN SOLUTION
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    w = w - eta * m_hat / (np.sqrt(v_hat) + eps)
    return w, m, v
    ### END SOLUTION

# %% check="adam_step"
check("adam_step")

# %% [markdown]
# Suppose someone measures the loss in cents instead of euros, and every gradient becomes 100 times as large. What does Adam's first step do?

# %%
ask("scale")

# %% tags=["experiment"]
with needs("adam_step"):
    g, zero = np.array([3.0, -0.002]), np.zeros(2)
    for scale in (1, 100):
        w, m, v = adam_step(zero, zero, zero, scale * g, 1)
        print(f"gradient {scale * g}: the step is {w}")
    print("without the correction it would be", -0.001 * m / np.sqrt(v))

# %% [markdown]
# The first step is η times the *sign* of the gradient. Without the correction it would be 3.16 times that ($0.1/\sqrt{0.001}$): the largest steps exactly when least is known.
#
# ### The race
#
# Your three optimisers in one valley of condition number 150, each with its best η. Drag the start, change an η. Then the question that matters: *turn* the valley, start and all. Which of the three notices?

# %% tags=["experiment"]
from helpers.widgets.gradient_descent import race

with needs("descend", "momentum_step", "adam_step"):
    display(race(descend, momentum_step, adam_step))

# %% [markdown]
# Plain descent and momentum can't tell a turned valley from a straight one: they follow vectors, and vectors don't care for axes (149 and 64 steps, whatever the angle). Adam works coordinate by coordinate. While the valley lies along the axes it mends the condition number, and needs 55 steps; turned by 45° both coordinates feel the same mixture, and with the same η it needs 242. Give it a new η, ten times as large, and it is back at 64.
#
# So no optimiser is best. That "Adam beats RMSProp beats Adagrad beats SGD" is folklore: it depends on the problem, and most of all on how carefully each η was chosen.
#
# Are yours the real ones? PyTorch's, on the same random bowl, for 100 steps:

# %% tags=["experiment"]
import torch

torch.set_num_threads(1)
A = np.random.default_rng(7).normal(size=(4, 4))
H = A @ A.T

def pytorch(kind, **settings):
    """Return the weights after 100 steps of one of PyTorch's optimisers on the bowl of H."""
    w = torch.ones(4, dtype=torch.float64)
    optimiser = kind([w], lr=0.01, **settings)
    for _ in range(100):
        w.grad = torch.tensor(H) @ w
        optimiser.step()
    return w.numpy()

# %% tags=["experiment"]
with needs("descend", "momentum_step", "adam_step"):
    w = descend(lambda w: H @ w, np.ones(4), 0.01, 100)[-1]
    print(f"descent:  largest difference {np.abs(w - pytorch(torch.optim.SGD)).max():.0e}")
    w, v = np.ones(4), np.zeros(4)
    for _ in range(100):
        w, v = momentum_step(w, v, H @ w, 0.01, 0.9)
    print(f"momentum: largest difference {np.abs(w - pytorch(torch.optim.SGD, momentum=0.9)).max():.0e}")
    w, m, v = np.ones(4), np.zeros(4), np.zeros(4)
    for t in range(1, 101):
        w, m, v = adam_step(w, m, v, H @ w, t, 0.01)
    print(f"Adam:     largest difference {np.abs(w - pytorch(torch.optim.Adam)).max():.0e}")

# %% [markdown]
# ## 9 · Real flowers
#
# ### Raw or scaled?
#
# Predict an iris's petal width from its other three measurements, by a linear neuron with the mean squared error: a bowl with $H = \frac2n X^\top X$. So the theorem of part 2 tells *before any training* how long it will take. Once with the measurements in centimetres, once each shifted to mean 0 and scaled to spread 1.

# %% tags=["experiment"]
with needs("rate"):
    inputs = flowers[:, :3]
    for name, F in [("centimetres", inputs), ("scaled", (inputs - inputs.mean(0)) / inputs.std(0))]:
        F = np.column_stack([np.ones(150), F])
        H = 2 * F.T @ F / 150
        kappa = np.linalg.eigvalsh(H)
        steps = np.log(10) / -np.log(rate(H, 2 / (kappa[0] + kappa[-1])))
        print(f"{name:11}: condition number {kappa[-1] / kappa[0]:6.0f}, {steps:6.0f} steps for each digit")

# %% [markdown]
# One line of preparation is worth a factor of almost 300. Momentum at its best would give 90. **Before you change the optimiser, scale the inputs.**
#
# ### All flowers, or one?
#
# Now classify the species by softmax, with η = 0.1 and scaled inputs. Compare a hundred sweeps over all 150 flowers, one step in each, with *a single* sweep, one flower at a time. The number of gradients of a flower that are computed: 15,000 against 150.

# %%
ask("sweep")

# %% tags=["experiment"]
def loss(W):
    return -np.mean(np.log(softmax(X @ W)[np.arange(150), species]))

def curve(b, epochs):
    """Return the loss after each epoch."""
    W, rng, found = np.zeros((5, 3)), np.random.default_rng(0), []
    for _ in range(epochs):
        W = sgd(softmax_gradient, W, X, Y, 0.1, b, 1, rng)
        found.append(loss(W))
    return found

# %% tags=["experiment"]
with needs("sgd"):
    fig, [ax] = panels(1, width=6.4, height=3.6)
    for b, colour in [(150, ORANGE), (16, GREEN), (1, BLUE)]:
        losses = curve(b, 100)
        ax.plot(range(1, 101), losses, color=colour)
        ax.annotate(f"b = {b}", (1.08, losses[0] + 0.02), color=colour)
        print(f"b = {b:3}: J = {losses[0]:.3f} after one epoch, {losses[-1]:.3f} after a hundred")
    ax.set(xscale="log", xlabel="epoch", ylabel="J", ylim=(0, 1.15))
    show(fig, "Loss against epochs on a logarithmic axis. One flower at a time starts below where the "
              "full batch ends after a hundred epochs; batches of 16 lie in between.")

# %% [markdown]
# One sweep beats a hundred. The flowers resemble each other, so the first few tell most of what all 150 would: **many rough steps are worth more than a few precise ones.**
#
# Now be suspicious. Was it fair to give all three the same η? The full batch has no noise, and can afford far longer steps. So once more, each with its own best η of eight tried, up to a loss of 0.15:

# %% tags=["experiment"]
def sweeps(eta, b, goal=0.15, most=40):
    """Return the number of epochs until the loss is below the goal."""
    W, rng = np.zeros((5, 3)), np.random.default_rng(0)
    for epoch in range(1, most):
        W = sgd(softmax_gradient, W, X, Y, eta, b, 1, rng)
        if loss(W) < goal:
            return epoch
    return most

with needs("sgd"):
    for b in (150, 16, 1):
        found = {eta: sweeps(eta, b) for eta in (0.1, 0.2, 0.5, 1, 2, 4, 8, 16)}
        eta = min(found, key=found.get)
        print(f"b = {b:3}, η = {eta:3}: sweeps {found[eta]}, steps {-(-150 // b) * found[eta]}")

# %% [markdown]
# The hundred has become eight. Still a victory, and a lesson: a comparison at one η compares the η.
#
# And count *steps* instead of sweeps, as fits a GPU, on which a small batch takes hardly longer than one sample: 8, 10 and 150. The mini-batch is first by one count and almost first by the other. That is why everybody uses it.

# %% [markdown]
# How far are you? (Whatever is missing, `hint("…")` helps, three times.)

# %%
progress()

# %% [markdown]
# ## In your own words
#
# A colleague trains a classifier by SGD with a constant learning rate. The training loss falls nicely from 2.3 to 0.40 and then goes up and down between 0.38 and 0.42 for days. "It is stuck in a local minimum," she says. "I will restart from other weights until I find a better one."
#
# In six sentences or fewer: what else may be going on, how would you tell the two explanations apart without restarting, and what would you change?

# %% [markdown] essay="stuck" points="2"
# A loss that keeps moving is not stuck: at a minimum, descent with exact gradients would come to rest. More likely it is the noise ball: with a constant η SGD arrives at a region around a minimum and wanders in it, with a variance proportional to η/b. (Or η is just above 2/κ in some direction, and the walk oscillates.) To tell them apart, lower η by a factor of ten from the present weights, or enlarge the batch: if the loss falls at once, it was noise or oscillation. If not, measure the gradient over all samples: only if it is nearly zero are we at a minimum, or at a saddle. I would let η fall by a schedule, or use larger batches at the end; restarts cost days and would end in a ball of the same size.
#
# **Rubric.** 1 point: names the noise ball (or oscillation above 2/κ) as the reason why a constant η does not come to rest. ½ point: a test that separates the explanations without restarting (lower η, larger batch, norm of the full gradient: one is enough). ½ point: a fitting remedy (falling schedule, larger batches, averaging of the weights).

# %% [markdown]
# ## Where you are
#
# You know the border, $2/\kappa$, and have walked on both sides of it. You know why nobody takes exact gradients, what that costs, and how schedules, momentum and Adam pay for it. And you own a small library that agrees with PyTorch's to the last digits.
#
# All of it takes the gradient for granted. For one neuron you derived it by hand. A network has a hundred layers and a billion weights; deriving is out of the question, and trying each weight in turn would take a billion evaluations for a *single* step. **Lesson 3** shows how all slopes are computed at once, for about the price of two more evaluations.

# %% [markdown]
# ---
# # Deeper
#
# The rest is for those who want more. It has checks too, worth no points.
#
# ## The best step
#
# Part 2 claimed the best η for a bowl. The largest of $|1 - \eta\kappa_i|$ is always at the flattest or the steepest direction. As η grows, the first falls and the second, past $1/\kappa_{\max}$, rises. Derive where the larger of the two is smallest.

# %% answer="best_step"
def best_step(H: Float[ndarray, "d d"]) -> tuple[float, float]:
    """Return the η with the smallest rate on the bowl of H (all curvatures positive), and that rate."""
    ### BEGIN SOLUTION
    kappa = np.linalg.eigvalsh(H)
    low, high = float(kappa[0]), float(kappa[-1])
    return 2 / (low + high), (high - low) / (high + low)
    ### END SOLUTION

# %% check="best_step"
check("best_step")

# %% [markdown]
# ## Sum or mean?
#
# Some books define the loss as a *sum* over the samples. The minimum is the same, but the gradient is $n$ times as large, and so is every curvature: the limit $2/\kappa$ shrinks with each sample you add. A step of $\eta/n$ on the sum is a step of η on the mean.

# %% tags=["experiment"]
with needs("descend"):
    order = np.random.default_rng(1).permutation(150)
    for n in (30, 75, 150):
        F, y = X[order[:n]], flowers[order[:n], 3]
        mean, total = (descend(lambda w: 2 * F.T @ (F @ w - y) / k, np.zeros(5), 0.1 * k / n, 99) for k in (n, 1))
        limits = [2 / np.linalg.eigvalsh(2 * F.T @ F / k)[-1] for k in (n, 1)]
        print(f"n = {n:3}: same path {np.allclose(mean, total)}, limit of η {limits[0]:.3f} and {limits[1]:.5f}")

# %% [markdown]
# ## Nesterov's look ahead
#
# The heavy ball knows that it is about to move by $-\eta\beta v$. Nesterov's idea: feel the slope *there*, not here, and brake before the wall instead of behind it. Written with the weights at the look-ahead point, as PyTorch does, the velocity is the same and only the step differs:
#
# $$v \leftarrow \beta v + g, \qquad w \leftarrow w - \eta\,(g + \beta v).$$

# %% answer="nesterov_step"
def nesterov_step(w: ndarray, v: ndarray, g: ndarray, eta: float, beta: float) -> tuple[ndarray, ndarray]:
    """Return the new (w, v) after one step with gradient g."""
    ### BEGIN SOLUTION
    v = beta * v + g
    w = w - eta * (g + beta * v)
    return w, v
    ### END SOLUTION

# %% check="nesterov_step"
check("nesterov_step")

# %% [markdown]
# ## The family of Adam
#
# **Adagrad** (2011) was the first to give each weight its own learning rate: η divided by the length of *all* its gradients so far. Weights that rarely see a gradient keep large steps, which suits rare words. But the sum only grows, so every step size shrinks for ever.
#
# $$s \leftarrow s + g^2, \qquad w \leftarrow w - \eta\, \frac{g}{\sqrt s + \epsilon}.$$

# %% answer="adagrad_step"
def adagrad_step(w: ndarray, s: ndarray, g: ndarray, eta: float, eps: float = 1e-10) -> tuple[ndarray, ndarray]:
    """Return the new (w, s) after one step with gradient g."""
    ### BEGIN SOLUTION
    s = s + g**2
    w = w - eta * g / (np.sqrt(s) + eps)
    return w, s
    ### END SOLUTION

# %% check="adagrad_step"
check("adagrad_step")

# %% [markdown]
# **RMSProp** (Hinton, in a lecture of 2012; never published as a paper) lets the memory fade: $s \leftarrow \beta s + (1-\beta)\, g^2$, and the same step. Adadelta, of the same year, also replaces η by a running size of past steps. Put momentum on top of RMSProp and correct both biases, and you are back at Adam.

# %% answer="rmsprop_step"
def rmsprop_step(
    w: ndarray, s: ndarray, g: ndarray, eta: float, beta: float = 0.99, eps: float = 1e-8
) -> tuple[ndarray, ndarray]:
    """Return the new (w, s) after one step with gradient g."""
    ### BEGIN SOLUTION
    s = beta * s + (1 - beta) * g**2
    w = w - eta * g / (np.sqrt(s) + eps)
    return w, s
    ### END SOLUTION

# %% check="rmsprop_step"
check("rmsprop_step")

# %% [markdown]
# People say that these methods "see the curvature". Only loosely: $g^2$ is the size of the gradient, not of its change. On a parabola with noise in the gradient, far from the minimum and close to it, $\sqrt v$ differs although κ is the same everywhere.
#
# ## When does SGD converge after all?
#
# **Robbins and Monro** (1951): if the learning rates fall so that
#
# $$\sum_t \eta_t = \infty \quad\text{and}\quad \sum_t \eta_t^2 < \infty,$$
#
# far enough to get anywhere, yet with a finite amount of noise. $\eta_t = 1/t$ does it; a constant breaks the second, $1/t^2$ the first. For the mean of numbers, $\eta_t = 1/t$ is something you know well:

# %% tags=["experiment"]
x = np.random.default_rng(8).normal(5, 2, size=100_000)
for name, eta in [("1/t", lambda t: 1 / t), ("1/t²", lambda t: 1 / t**2), ("0.1", lambda t: 0.1)]:
    w = 0.0
    for t in range(1, 100_001):
        w = w - eta(t) * (w - x[t - 1])
    print(f"η = {name:4}: w = {w:.4f}")
print(f"the mean of the numbers: {x.mean():.4f}")

# %% [markdown]
# With $1/t$ SGD *is* the running mean, to the last digit: $w_t = w_{t-1} - \frac1t (w_{t-1} - x_t)$. With $1/t^2$ it stops on the way, and with a constant it stays in its ball.
#
# ## Saddles
#
# With many weights, most points of zero slope are no minima but **saddles**: up in some directions, down in others. On $J = \frac12 (x_1^2 - x_2^2)$ the gradient is $(x_1, -x_2)$. Start on the ridge, $x_2 = 0$, and exact descent walks straight to the saddle and sits there. The smallest noise grows by $1 + \eta$ in each step and finds the way down.

# %% tags=["experiment"]
with needs("descend"):
    rng, ridge = np.random.default_rng(9), np.array([1.0, 0.0])
    print("exact:", descend(lambda x: x * [1, -1], ridge, 0.1, 100)[-1].round(6))
    for noise in (1e-6, 1e-3):
        noisy = descend(lambda x: x * [1, -1] + noise * rng.normal(size=2), ridge, 0.1, 300)
        print(f"noise of {noise:g}: off the ridge by 1 after {np.argmax(np.abs(noisy[:, 1]) > 1)} steps")

# %% [markdown]
# A thousand times less noise costs only some 70 steps more, as $1.1^{72} \approx 1000$. Noise is not only a nuisance.
#
# ## What can't be descended
#
# We would like to minimise the number of *errors*, the 0-1 loss. Try.

# %% tags=["experiment"]
y, w = np.where(species == 0, 1.0, 0.0), np.array([0.1, 0.3, -0.2, 0.1, 0.2])
steps = 1e-6 * np.eye(5)

def errors(w):
    return np.mean((X @ w > 0) != y)

print(f"{errors(w):.0%} errors; slopes", [float((errors(w + s) - errors(w - s)) / 2e-6) for s in steps])

# %% [markdown]
# Flat: a small change of the weights changes no decision, so every slope is 0 and descent does not move, as bad as the errors may be. "Arbitrary loss" always means arbitrary with a slope. That is why lesson 1 replaced the step by the sigmoid, and the count of errors by the cross-entropy.
#
# ## L2 penalty and weight decay
#
# To keep weights small, add $\frac{\lambda}{2} \lVert w \rVert^2$ to the loss: its gradient is $\lambda w$, and a step of SGD becomes $w \leftarrow (1 - \eta\lambda)\, w - \eta g$. The weights *decay*. For SGD the two are the same thing. For Adam they are not: in the gradient, $\lambda w$ is divided by $\sqrt{\hat v}$ like all the rest, so weights with large gradients hardly decay. **AdamW** takes the decay out of the gradient: first $w \leftarrow (1 - \eta\lambda)\, w$, then Adam's step with $g$ alone.

# %% answer="adamw_step"
def adamw_step(
    w: ndarray, m: ndarray, v: ndarray, g: ndarray, t: int, eta: float, decay: float
) -> tuple[ndarray, ndarray, ndarray]:
    """Return the new (w, m, v) after step t of AdamW. Use `adam_step`."""
    ### BEGIN SOLUTION
    return adam_step((1 - eta * decay) * w, m, v, g, t, eta)
    ### END SOLUTION

# %% check="adamw_step"
check("adamw_step")

# %% tags=["experiment"]
with needs("adam_step", "adamw_step"):
    def g(w):
        return np.array([10.0, 0.1]) * (w - 3)  # two weights, both want to be 3; λ is 0.5
    l2, decoupled, sgd_w = np.zeros(2), np.zeros(2), np.zeros(2)
    a, b = (np.zeros(2), np.zeros(2)), (np.zeros(2), np.zeros(2))
    for t in range(1, 10_001):
        l2, *a = adam_step(l2, *a, g(l2) + 0.5 * l2, t, 0.01)
        decoupled, *b = adamw_step(decoupled, *b, g(decoupled), t, 0.01, 0.5)
        sgd_w = sgd_w - 0.01 * (g(sgd_w) + 0.5 * sgd_w)
    print("SGD with L2 ", sgd_w.round(3), "\nAdam with L2", l2.round(3), "\nAdamW       ", decoupled.round(3))

# %% [markdown]
# Adam with L2 finds the minimum of the penalised loss, as SGD does: $3\kappa/(\kappa + \lambda)$ for each weight, so the one with the small gradient is pulled in most. AdamW treats both alike: a step of Adam is about η at most, whatever the gradient, so it holds its own against the decay $\eta\lambda w$ up to $|w| = 1/\lambda = 2$, and that is where both weights drift.
#
# Two traps with constants. PyTorch's `weight_decay=λ` means $\frac\lambda2 \lVert w \rVert^2$; who writes $\lambda \lVert w \rVert^2$ needs twice the number. And with a *mean* loss, $\frac1n \lVert y - Xw \rVert^2 + \lambda \lVert w \rVert^2$, ridge regression has the solution $(X^\top X + n\lambda I)^{-1} X^\top y$: the $n$ is easily forgotten.

# %% tags=["experiment"]
y, lam = flowers[:, 3], 0.1
for name, k in [("with n", 150), ("without", 1)]:
    w = np.linalg.solve(X.T @ X + k * lam * np.eye(5), X.T @ y)
    gradient = 2 * X.T @ (X @ w - y) / 150 + 2 * lam * w
    print(f"{name:8}: largest slope {np.abs(gradient).max():.1e}")

# %% [markdown]
# ## Go further
#
# * A. Cauchy, *Méthode générale pour la résolution des systèmes d'équations simultanées* (1847): the first page on gradient descent.
# * H. Robbins, S. Monro, *A stochastic approximation method* (1951): steps that fall, and why they must.
# * B. Polyak, *Some methods of speeding up the convergence of iteration methods* (1964): the heavy ball, and the root of the condition number.
# * G. Goh, *Why momentum really works* (Distill, 2017): part 7, to play with.
# * D. Kingma, J. Ba, *Adam* (2014): short; look for the bias correction.
# * I. Loshchilov, F. Hutter, *Decoupled weight decay regularization* (2017): AdamW.
# * J. Cohen and others, *Gradient descent on neural networks typically occurs at the edge of stability* (2021): real networks drift to $\kappa = 2/\eta$ and stay there.
# * L. Bottou, F. Curtis, J. Nocedal, *Optimization methods for large-scale machine learning* (2018): the theory behind part 5.

# %% [markdown]
# ---
# *Text and figures CC BY 4.0, code MIT. The choice of topics follows five lecture courses: "Deep Learning" (IMT Atlantique), "An introduction to deep learning" (Claire Boyer), "Apprentissage profond" (Céline Hudelot), FIDLE "Transformers" and "Machine learning" (Mines Saint-Étienne). Iris data: R. A. Fisher (1936), CC BY 4.0, by way of the UCI repository.*
