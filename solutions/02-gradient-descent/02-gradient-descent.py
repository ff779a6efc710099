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
# The line has one number in it, the size of the step, called η. Too small, and you grow old on the way. Too large, and …? Try it: run the first two cells, drag η, and find the largest with which this walk still arrives. Part 2 tells that number without any trying. In part 3 you cross it on purpose, and see what one line of arithmetic can do.

# %% [markdown]
# | | |
# |---|---|
# | **You will be able to** | predict from the curvature whether descent crawls, converges, oscillates or escapes; say what noise does and what to do about it; write SGD, momentum and Adam, equal to PyTorch's, and derive how fast they are |
# | **You need** | lesson 1; derivatives of sums, products and quotients; that a symmetric matrix has real eigenvalues and perpendicular eigenvectors |
# | **Time** | 160 minutes, in two sittings: parts 1 to 4, then parts 5 to 9; *deeper* after that is extra |
# | **At the end there is** | a small library of optimisers, a race between them, and an experiment with flowers that is first unfair and then fair |
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

# %% tags=["experiment"]
from helpers.widgets.gradient_descent import explorer

display(explorer("valley", theory=False))

# %% [markdown]
# The letters of this lesson:
#
# | | |
# |---|---|
# | $J$, $\nabla J$ | the loss, and its gradient: one slope for each weight |
# | `x` or `w` | where we are: a point on a curve, or weights |
# | $\eta$ `eta` | learning rate, the size of the step |
# | $\kappa$ `kappa` | curvature: the second derivative, or an eigenvalue of the matrix $H$ of second derivatives (the **Hessian**) |
# | `n`, `b` | samples, and samples in a batch |
# | `g`, $\beta$ `beta` | the gradient of one step; the share that is kept from one step to the next |
#
# Checks and hints work as in lesson 1.

# %% [markdown]
# ## 1 · One step downhill
#
# You stand on a hillside in fog. You feel the slope, and no more. The **gradient** $\nabla J$ has one entry for each weight: by how much the loss rises if this weight alone is nudged up. Move each the *opposite* way, the large ones most, and feel again:
#
# $$x_{t+1} = x_t - \eta\, \nabla J(x_t).$$
#
# Why downhill? A short step $s$ changes the loss by about $\nabla J \cdot s$ (Taylor). Of all steps of one length, the one against the gradient makes this smallest (Cauchy–Schwarz). With $s = -\eta\nabla J$
#
# $$J(x - \eta\, \nabla J) \approx J(x) - \eta\, \lVert \nabla J \rVert^2.$$
#
# A step that is short enough always gains. What is short enough?

# %% [markdown]
# The opposite, $-\nabla J$, not the inverse: where it is steep the step is long, and on flat ground short. Stop when the slope is almost zero, or patience ends.
#
# Write the loop, and keep all the points it visits. `x` is an array of any shape, and stays as it was.

# %% answer="descend"
def descend(
    gradient: Callable[[ndarray], ndarray], x: Float[ndarray, "*shape"],
    eta: float | Float[ndarray, "*shape"], steps: int,
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
# Four walks on the same parabola $J = \frac12 x^2$, all from the same place.

# %% tags=["experiment"]
with needs("descend"):
    fig, axes = panels(4, width=9, height=2.7)
    grid = np.linspace(-2.2, 2.2, 200)
    for ax, eta in zip(axes, [0.1, 0.8, 1.8, 2.1]):
        x = descend(lambda x: x, np.array(1.0), eta, 8)
        ax.plot(grid, grid**2 / 2, color=GREY, linewidth=1)
        ax.plot(x, x**2 / 2, "o-", color=ORANGE if eta > 2 else BLUE, linewidth=0.9, markersize=4)
        ax.set(title=f"η = {eta}", xlim=(-2.3, 2.3), ylim=(-0.05, 2.5), yticks=[])
    show(fig, "Eight steps on a parabola with four learning rates: 0.1 creeps down one side, 0.8 "
              "is there at once, 1.8 jumps from side to side and comes closer, 2.1 climbs out.")

# %% [markdown]
# With 0.1 almost half the way is left after eight steps ($0.9^8 = 0.43$). With 0.8 two steps are enough. With 1.8 each step lands on the other side, a little lower. And with 2.1 each lands on the other side, a little *higher*: this walk climbs out of its valley by going downhill.

# %% [markdown]
# ## 2 · How fast, exactly?
#
# On a parabola $J(x) = \frac{\kappa}{2}(x - x^*)^2$ the slope is $\kappa\,(x - x^*)$. Put it into the step and look at the error $e_t = x_t - x^*$:
#
# $$e_{t+1} = e_t - \eta\kappa\, e_t = (1 - \eta\kappa)\, e_t \quad\Rightarrow\quad e_t = (1 - \eta\kappa)^t\, e_0.$$
#
# Every step multiplies it by the same number. Only $\eta\kappa$ counts:
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
# With $d$ weights a bowl is $J(x) = \frac12 (x - x^*)^\top H\, (x - x^*)$, with a symmetric matrix $H$ whose eigenvalues, the curvatures $\kappa_i$, are all positive ($J$ is **convex**). Its gradient is $H(x - x^*)$, so a step makes $e_{t+1} = (I - \eta H)\, e_t$. In the perpendicular eigenvectors of $H$ the error is
#
# $$e = \sum_i c_i v_i, \quad H v_i = \kappa_i v_i \qquad\Rightarrow\qquad c_i \leftarrow (1 - \eta\kappa_i)\, c_i.$$
#
# Each of the $d$ parts lives on a parabola of its own. They share only η.
#
# **Theorem.** With $\rho = \max_i |1 - \eta\kappa_i|$,
#
# $$\lVert x_t - x^* \rVert \le \rho^{\,t}\, \lVert x_0 - x^* \rVert,$$
#
# and no smaller number will do: a start in the worst direction attains it. Descent converges from every start exactly if $\rho < 1$, that is $0 < \eta < 2/\kappa_{\max}$.
#
# *Proof.* The parts are perpendicular, and each is multiplied in size by at most $\rho$ in a step.

# %% [markdown]
# Compute $\rho$ for any bowl. The bowl may be turned, so its curvatures are not simply on the diagonal: `np.linalg.eigvalsh` finds the eigenvalues of a symmetric matrix.

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
    etas = np.linspace(0, 0.3, 301)
    left.plot(etas, [rate(H, eta) for eta in etas], color=GREY)
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
# Left: up to 2/9 the flat direction decides, and a longer step helps it; from there on the steep one decides, and a little later, at 2/8, all is lost. Right: dots are errors, lines are promises. No dot lies above its line, and in the long run each runs parallel to it. Orange, a hair beyond the border, grows as surely as green shrinks.

# %% [markdown]
# The ratio $c = \kappa_{\max}/\kappa_{\min}$ is the **condition number**. The best η is $2/(\kappa_{\min} + \kappa_{\max})$, with $\rho = (c-1)/(c+1)$: it makes both ends equally bad (you can derive it in *deeper*). Suppose the curvatures are 1 and 100.

# %%
ask("valley")

# %% tags=["experiment"]
with needs("rate"):
    for c in (1, 10, 100, 10_000):
        rho = rate(np.diag([1.0, c]), 2 / (1 + c))
        steps = np.log(1000) / -np.log(rho) if rho > 0 else 1
        print(f"curvatures 1 and {c:6}: ρ = {rho:.4f}, {steps:8.0f} steps for 1/1000 of the error")

# %% [markdown]
# A valley a hundred times as narrow takes a hundred times as long. The cure is known since Newton: step by $H^{-1} \nabla J$, and every κ becomes 1; with η = 1 you are there in a single step. But with a million weights $H$ has $10^{12}$ entries. Hence the cheap substitutes, known as **preconditioning**: scale the inputs (part 9), or divide by a number for each weight (part 8). Momentum (part 7) is another idea.
#
# ### Play with it
#
# Drag the start, drag η. In the *valley* find the two borders: where the path begins to zigzag, and where it no longer arrives. Are they where the theorem says?
#
# Then the other two surfaces, which are no bowls. In *two basins*: can a large step end in the farther one? On the *saddle*: start exactly on the ridge, $x_2 = 0$. Then a hair beside it.

# %% tags=["experiment"]
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
# On the right a harmless valley, on the left a cliff without a bottom. Both will surprise you. First the slope: derive it. A quotient $u/v$ has the derivative $(u'v - uv')/v^2$. Write it in any form you like; `x` is an array.

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
# For the last, look at the valley through a microscope: close to its minimum every smooth curve is a parabola, and its κ is $J''$ there. You need not differentiate all of $J'$ again. Gathered as one fraction it is a product, and at the minimum one of its factors, $1 + 2\log x$, is zero. By the product rule $J''$ there is the derivative of *that* factor, times what the rest, $x/(1 + \log x)^2$, is at this $x$.

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
    fig, axes = panels(3, width=9, height=3.2)
    grid = np.linspace(0.44, 1.2, 200)
    for ax, eta in zip(axes, [0.24, 0.3, 0.36]):
        walk = descend(slope, np.array(1.1), eta, 60)
        ax.plot(grid, grid, color=GREY, linewidth=1)
        ax.plot(grid, grid - eta * slope(grid), color=BLUE)
        ax.plot(np.repeat(walk, 2)[1:-2], np.repeat(walk, 2)[2:-1], color=ORANGE, linewidth=0.8)
        ax.set(xlim=(0.44, 1.2), ylim=(0.44, 1.2), aspect="equal")
        ax.set(title=f"η = {eta}", xlabel="x now")
    axes[0].set(ylabel="x after the step")
    show(fig, ask("border").alt)

# %% [markdown]
# A **cobweb diagram**. Blue is where a step leads, grey the diagonal. From where you are go up or down to blue, that is your next place; go across to grey, and there it is the place where you are. At the crossing, the minimum, a step changes nothing.
#
# All depends on how steeply blue crosses: with the slope $1 - 8\eta$. Flatter than -1, and the web winds in. Steeper, and it is thrown out. But blue bends: farther out the curve $J$ is flatter than its parabola and pulls back less, and there the web is caught.

# %% [markdown]
# How many different places does the walk visit in the end?

# %% tags=["experiment"]
with needs("descend", "slope"):
    for eta in (0.24, 0.3, 0.32, 0.333, 0.36, 0.39):
        end = descend(slope, np.array(0.7), eta, 5000)[-64:]
        places = np.unique(end.round(4))
        rest = "…" if len(places) > 8 else ""
        print(f"η = {eta:5}, places {len(places):2}:", *places[:8], rest)
    etas = np.linspace(0.24, 0.34, 1001)
    x = np.full(1001, 0.7)
    for _ in range(20):
        x = descend(slope, x, etas, 1000)[-1]
    count = [len(np.unique(column.round(4))) for column in descend(slope, x, etas, 63).T]
    print("and first:", *(f"{k} at {etas[count.index(k)]:.3f}" for k in (2, 4, 8, 16)), sep="  ")

# %% [markdown]
# One, two, four, eight: a **period doubling** at 0.25, 0.315, 0.331 and 0.335, each interval between four and five times shorter than the last. (In the limit 4.669 times, and *for every* curve with one smooth hump: Feigenbaum, 1978.) Soon after, nothing repeats at all: **chaos**, in one line of arithmetic, without any randomness. And at 0.39, out of nowhere, exactly three. Li and Yorke (1975): where a walk can return after three steps, walks of every other period exist as well. Their title is *Period three implies chaos*.
#
# Now all learning rates at once. For each η we let the walk run 1000 steps and then draw every place it visits.

# %% tags=["experiment"]
with needs("descend", "slope"), np.errstate(invalid="ignore"):
    etas = np.linspace(0.2, 1.06, 2200)
    x = descend(slope, np.full(2200, 0.7), etas, 1000)[-1]  # every η its own walk
    x = descend(slope, x, etas, 400)
    picture = [np.histogram(column, 420, (0, 2.4))[0] for column in x.T]
    fig, [ax] = panels(1, width=9, height=4.4)
    ax.imshow(np.log1p(picture).T, extent=(0.2, 1.06, 0, 2.4), origin="lower", aspect="auto",
              cmap="Blues", vmax=3)
    for at, name in [(0.25, "2/κ"), (1.0, "1")]:
        ax.axvline(at, color=ORANGE, linewidth=1, linestyle="--")
        ax.annotate(name, (at + 0.005, 2.22), color=ORANGE)
    for at, height, name in [(0.225, 0.67, "1"), (0.28, 0.8, "2"), (0.323, 0.88, "4"),
                             (0.388, 1.3, "3"), (0.47, 1.55, "chaos")]:
        ax.annotate(name, (at, height), ha="center")
    ax.set(xlabel="η", ylabel="places visited")
    show(fig, "Places visited against the learning rate. One line at 0.61 until 0.25; there it "
              "splits into two, at 0.315 into four, and soon into a cloud of chaos with clear "
              "windows in it; at 1 the picture ends.")

# %% [markdown]
# A **bifurcation diagram**. Read it from left to right: a line, a fork, forks of forks, then a cloud. Dark seams in the cloud are places that the walk likes. The white gaps are windows of order, the widest of them the three; look closely, and each of its three lines forks again, into a small copy of the whole picture. And all of it stops as if cut with a knife.

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
        arrived = np.abs(end - np.exp(-0.5)) < 0.01
        print(f"η = {eta}: {arrived.sum()} of 18 starts end in the valley")

# %% [markdown]
# What has happened? The steeper the cliff, the longer the step. Left of the pole the fraction of the last section is negative, without limit close to it, so each step multiplies $x$ by more than 1, near the pole by as much as you like. **Descent with steps is not a ball that rolls**: it sees the curve only where it lands. That is a warning (it can leave a good valley) and a comfort (it rarely stays in a narrow one).

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
# The deeper, the narrower: κ is about 18, 56, 112 and 186. Commit to an answer, then look at all starts and all learning rates together.

# %%
ask("basin")

# %% tags=["experiment"]
minima = np.array([1.5823, 3.5443, 5.5298, 7.5224])
tops = np.array([2.5581, 4.5356, 6.5256, 8.5200])

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
        ax.annotate(f"{at:.2f}", (at, 0.005), ha="center", color="white" if at > 2 else "black")
    for colour, name in zip([SKY, ORANGE, GREEN, PURPLE, BLACK], [*minima.round(2), "lost"]):
        ax.plot([], [], "s", color=colour, label=f"{name}")
    ax.set(xlabel="start", ylabel="η")
    show(fig, ask("basin").alt)

# %% [markdown]
# The colour of a point says in which valley this start ends with this η: strong where it comes to rest, pale where it does not, black where it is lost.
#
# At the bottom, tiny steps: four stripes, cut at the hilltops. Going up, each stripe turns pale at its own $2/\kappa$ (the black line): the walk no longer rests, it cycles or runs wild *inside* its valley. Higher still it is thrown out and lands in the next, **wider** valley on its left, where later the same happens. A staircase: above 0.07 hardly any but the widest is left, and up to its own $2/\kappa$ of 0.11 it holds all that come. Which walks are thrown too far, and lost, depends on the finest detail of the start.

# %% [markdown]
# **A large learning rate chooses wide valleys**, however deep the narrow ones are. Is that good for learning? Hochreiter and Schmidhuber (1997) argued that networks in wide minima do better on new data, and Keskar and others (2017) saw that noisy training with small batches finds wider ones. Dinh and others (2017) objected: the weights of a network can be rescaled, without changing anything it computes, until a minimum is as sharp as you please. It is still disputed.
#
# **End of the first sitting.** When you come back, run all cells above (in JupyterLab: *Run*, *Run All Above Selected Cell*), and go on here.

# %%
progress()

# %% [markdown]
# ## 5 · A few samples are enough
#
# So far the gradient was exact. In learning, $J$ is a mean over $n$ samples, and each step has to read them all. But a mean can be *estimated* from a few:
#
# $$J(w) = \frac1n \sum_{i=1}^n J_i(w), \qquad \nabla J_B(w) = \frac1b \sum_{i \in B} \nabla J_i(w),$$
#
# with a random **batch** $B$ of $b$ rows. On average over all batches the estimate is right (it is **unbiased**); any single one is off. All $n$ rows: *batch* gradient descent. One row: *stochastic* gradient descent in the strict sense. In between, typically 16 to 256: *mini-batches*. Today all of it is called **SGD**.
#
# Usually one shuffles the rows and takes them b at a time. One sweep over all rows is an **epoch**, of $\lceil n/b \rceil$ steps. (Draw from the `rng` that you are given: then a run can be repeated.)

# %% answer="batches"
def batches(n: int, b: int, rng: Generator) -> Iterable[ndarray]:
    """Return rows 0 … n-1 in a new order from rng, as arrays of b; the last may be shorter."""
    ### BEGIN SOLUTION
    order = rng.permutation(n)
    return [order[i : i + b] for i in range(0, n, b)]
    ### END SOLUTION

# %% check="batches"
check("batches")

# %% [markdown]
# Now the training loop of this whole course. `gradient(w, X, y)` returns the gradient of the mean loss over the rows it is given. New batches in each epoch, and a step for each, from the weights as they are then. One slip is easy to make: to draw a batch, and then to sum over all $n$ rows after all.

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
        firsts = [next(iter(batches(150, b, rng))) for _ in range(3000)]
        draws = [softmax_gradient(W, X[rows], Y[rows]) for rows in firsts]
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
# SGD with a constant η **does not converge**. It arrives at a ball around the minimum and wanders in it from then on. What if η is made four times smaller?

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
        ax.set(title=f"η = {eta}", xlim=(-3, 3.3), ylim=(-3, 3), aspect="equal", xlabel="$w_1$")
        measured = w[500:].var(axis=0).mean()
        print(f"η = {eta:4}: variance {measured:.4f} measured, {V:.4f} by your formula")
    axes[0].set(ylabel="$w_2$")
    show(fig, ask("ball").alt)

# %% [markdown]
# Here is the dilemma of all of deep learning in one picture. A large η (left) arrives in two steps and stays restless. A small one (right) is precise and slow: see the trail of small steps by which it came. The orange circles are your formula, drawn so that they hold 95 % of the points.

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
    """Return the mean squared error after each step, of 500 runs of SGD on ½ (w - x)²."""
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
        error = noisy(etas)
        left.plot(etas, color=colour)
        right.plot(error, color=colour, label=name)
        print(f"{name:8}: error {error[23]:.3f} after 24 steps, "
              f"{np.mean(error[80:120]):.3f} around 100, {error[-1]:.4f} at the end")
    left.set(xlabel="step t", ylabel="η")
    right.set(yscale="log", xlabel="step t", ylabel="mean squared error")
    show(fig, "Left, three learning rates over 1000 steps: 0.5, 0.02, and a warm-up with a "
              "cosine. Right, the error of SGD on a logarithmic axis: the large one stays at a "
              "third, the small one takes 200 steps to a floor of 0.01, the schedule is quick "
              "and in the end lower than both.")

# %% [markdown]
# The large rate is there at once and stays in its ball, $\eta/(2 - \eta) = \frac13$. The small one has a low floor and needs 200 steps to reach it. The schedule has both: quick, and in the end below either.
#
# There is a riddle in the blue curve: it dips at step 24 and rises again. During the warm-up η is still small, so is the ball, and the start is already forgotten. Then η reaches its full size, and the ball fills up.

# %% [markdown]
# ## 7 · Momentum
#
# In a narrow valley the gradient points across, from wall to wall, and hardly along. On average over a few steps its swings across cancel, and what is left points along. So let the walk remember something.
#
# What? Under the name of momentum you can also find $w \leftarrow w - \eta\,\alpha_t\, g$, with an $\alpha_t$ that falls with the number of the step. Suppose two walks with different pasts meet in the same point at the same $t$. This rule sends both the same way. Nothing is remembered: it is a schedule, as you have just built. What each walk must carry along is how fast it was going, and where to.

# %% [markdown]
# ### The heavy ball
#
# Polyak's ball (1964) has a **velocity** $v$. In each step friction leaves a share β of it, and the slope adds its push: the whole gradient $g$. Then the ball moves, by $-\eta$ times its *new* velocity. Two lines, and they are yours to write; like every step of this lesson they return new arrays and leave the given ones as they are. (PyTorch's convention. Others add $(1 - \beta)\, g$, or put η into the velocity.)
#
# A test for your head: on a steady slope $g$ the velocity must grow to $g + \beta g + \beta^2 g + \dots = g/(1-\beta)$, with β = 0.9 ten times that of plain descent.

# %% answer="momentum_step"
def momentum_step(
    w: ndarray, v: ndarray, g: ndarray, eta: float, beta: float
) -> tuple[ndarray, ndarray]:
    """Return the new (w, v) after one step with gradient g."""
    ### BEGIN SOLUTION
    v = beta * v + g
    w = w - eta * v
    return w, v
    ### END SOLUTION

# %% check="momentum_step"
check("momentum_step")

# %% [markdown]
# ### How fast is a ball?
#
# On a parabola your two lines are $v_{t+1} = \beta v_t + \kappa e_t$ and $e_{t+1} = e_t - \eta v_{t+1}$, for the error $e$. The last step tells the velocity, $\eta v_t = e_{t-1} - e_t$. Put it in:
#
# $$e_{t+1} = (1 + \beta - \eta\kappa)\, e_t - \beta\, e_{t-1}.$$
#
# Each error comes from the two before. Try $e_t = z^t$: it fits if $z^2 - (1 + \beta - \eta\kappa)\, z + \beta = 0$. (These $z$ are the eigenvalues of the matrix that takes $(e_t, e_{t-1})$ to the next pair.) There are two roots, and their product is β:
#
# | $\eta\kappa$ | roots | the error | factor |
# |---|---|---|---|
# | below $(1 - \sqrt\beta)^2$ | real, positive | **crawls** | above $\sqrt\beta$ |
# | between | complex, a pair | **ripples** | exactly $\sqrt\beta$ |
# | above $(1 + \sqrt\beta)^2$ | real, negative | jumps from side to side | above $\sqrt\beta$ |
# | above $2(1 + \beta)$ | one below -1 | **escapes** | above 1 |

# %% [markdown]
# Two things to take home. The border has moved, from $2/\kappa$ to $2(1 + \beta)/\kappa$: with β near 1 a ball may take steps twice as long. And while an error ripples, its factor is $\sqrt\beta$, *whatever its κ*.
#
# So let all directions ripple, with a β as small as can be: the flattest just so, $\eta\kappa_{\min} = (1 - \sqrt\beta)^2$, and the steepest just so, $\eta\kappa_{\max} = (1 + \sqrt\beta)^2$. Divide one by the other and take the root, $\sqrt c = (1 + \sqrt\beta)/(1 - \sqrt\beta)$:
#
# $$\sqrt\beta = \frac{\sqrt c - 1}{\sqrt c + 1}, \qquad \eta = \Big(\frac{2}{\sqrt{\kappa_{\min}} + \sqrt{\kappa_{\max}}}\Big)^2.$$
#
# Plain descent has $(c - 1)/(c + 1)$ at its best. **The condition number counts only with its root.** On curvatures 1 and 100, that is 9/11 for 99/101. What will it look like?

# %%
ask("swing")

# %% tags=["experiment"]
def roll(H, w, eta, beta, steps):
    """Return the path of the heavy ball on the bowl of H."""
    path, v = [w], np.zeros_like(w)
    for _ in range(steps):
        w, v = momentum_step(w, v, H @ w, eta, beta)
        path.append(w)
    return np.array(path)

# %% tags=["experiment"]
with needs("momentum_step"):
    H, w = np.diag([1.0, 100.0]), np.array([-2.0, 0.35])
    a, b = np.meshgrid(np.linspace(-2.15, 0.4, 200), np.linspace(-1.5, 1.5, 200))
    fig, axes = panels(3, width=9, height=2.9)
    for ax, eta, beta in zip(axes, [2 / 101, 0.01, (2 / 11) ** 2], [0, 0.9, (9 / 11) ** 2]):
        path = roll(H, w, eta, beta, 600)
        arrived = np.argmax(np.linalg.norm(path, axis=1) < np.linalg.norm(w) / 1000)
        print(f"η = {eta:.4f}, β = {beta:.3f}: {arrived:3} steps to 1/1000 of the error, "
              f"|w₂| at most {np.abs(path[:, 1]).max():.2f}")
        ax.contour(a, b, (a**2 + 100 * b**2) / 2, levels=np.geomspace(0.02, 100, 11),
                   colors=GREY, linewidths=0.5)
        ax.plot(*path[:45].T, "o-", color=BLUE if beta else ORANGE, markersize=3, linewidth=1)
        ax.set(title=f"η = {eta:.3f}, β = {beta:.2f}", xlabel="$w_1$")
    axes[0].set(ylabel="$w_2$")
    show(fig, ask("swing").alt)

# %% [markdown]
# In the middle the promise of this part is kept: the swings across cancel, nothing ever exceeds the start, and the speed along builds up. On the right the two best numbers win, but look *how*. **The best rate is a promise about the end, not about the beginning.**
#
# ### The map of momentum
#
# Every pair (η, β) is a point of this map. Dark: few steps for each digit. Start on the bottom edge, where β is 0. What does β alone do? What does η alone do, at β = 0.9? Find the tip of the dark wedge. Then make the valley rounder, or narrower.

# %% tags=["experiment"]
from helpers.widgets.gradient_descent_ball import momentum_map

display(momentum_map())

# %% [markdown]
# Right of the orange line is $2(1+\beta)/\kappa_{\max}$: everything escapes. Left of the wedge the flat direction crawls, and more β or more η helps. Above it both ripple, the factor is $\sqrt\beta$, and η makes no difference at all: that is why the stripes lie flat there. This is what momentum is loved for: it is fast in a wide region, and *forgives a wrong η*. Plain descent has the bottom edge only.

# %% [markdown]
# ## 8 · Adam
#
# Momentum has one η for all weights. But one weight may see gradients of 100 and another of 0.01. Two thoughts lead to the cure.
#
# **First: divide each entry of $g$ by its own size.** What is left is its sign, and every weight walks at the same pace, η in each step. In the valley of part 7:

# %% tags=["experiment"]
with needs("descend"):
    H, w = np.diag([1.0, 100.0]), np.array([-2.0, 0.35])
    path = descend(lambda w: np.sign(H @ w), w, 0.08, 60)
    fig, (left, right) = panels(2, width=9, height=2.6)
    left.plot(*path.T, ".-", color=BLUE, linewidth=1)
    left.set(xlabel="$w_1$", ylabel="$w_2$")
    for i, colour in enumerate([BLUE, ORANGE]):
        right.plot(path[:, i], color=colour, label=f"$w_{i + 1}$")
    right.set(xlabel="step t")
    show(fig, "Steps of the sign alone: both weights approach zero at the same even pace, the "
              "first to arrive bounces to and fro, and in the end so does the other.")

# %% [markdown]
# No valley is too narrow for it: both weights go at the same pace. But a step never gets shorter, so each bounces around its minimum.
#
# **Second: average before you divide.** Where the signs agree, the quotient of the averages stays near ±1; where they alternate, the upper one is near 0, and the step becomes short by itself. That is **Adam** (Kingma and Ba, 2014): the running mean of the gradient, divided by the root of the running mean of its *square*.
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
        a, b = scale * g
        print(f"gradient ({a:g}, {b:g}): the step is ({w[0]:.5f}, {w[1]:.5f})")
    first, second = -0.001 * m / np.sqrt(v)
    print(f"without the correction it would be ({first:.5f}, {second:.5f})")

# %% [markdown]
# The first step is η times the *sign* of the gradient. Without the correction it would be 3.16 times that ($0.1/\sqrt{0.001}$): the largest steps exactly when least is known.
#
# ### The race
#
# Your three optimisers in one valley of condition number 150, each with its best η. Drag the start, change an η or momentum's β. Then the question that matters: *turn* the valley, start and all. Which of the three notices?

# %% tags=["experiment"]
from helpers.widgets.gradient_descent import race

with needs("descend", "momentum_step", "adam_step"):
    display(race(descend, momentum_step, adam_step))

# %% [markdown]
# Plain descent and momentum can't tell a turned valley from a straight one: they follow vectors, and vectors don't care for axes (149 and 64 steps, whatever the angle). Adam works coordinate by coordinate: it divides by a *diagonal*. While the valley lies along the axes that mends the condition number, and it needs 55 steps; turned by 45° both coordinates feel the same mixture, and with the same η it needs 242. Give it a new η, ten times as large, and it is back at 64.
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
    told = "largest difference to PyTorch's"
    print(f"descent:  {told} {np.abs(w - pytorch(torch.optim.SGD)).max():.0e}")
    w, v = np.ones(4), np.zeros(4)
    for _ in range(100):
        w, v = momentum_step(w, v, H @ w, 0.01, 0.9)
    print(f"momentum: {told} {np.abs(w - pytorch(torch.optim.SGD, momentum=0.9)).max():.0e}")
    w, m, v = np.ones(4), np.zeros(4), np.zeros(4)
    for t in range(1, 101):
        w, m, v = adam_step(w, m, v, H @ w, t, 0.01)
    print(f"Adam:     {told} {np.abs(w - pytorch(torch.optim.Adam)).max():.0e}")

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
        c = kappa[-1] / kappa[0]
        ball = np.log(10) / -np.log((c**0.5 - 1) / (c**0.5 + 1))
        print(f"{name:11}: condition number {c:4.0f}; for each digit {steps:4.0f} steps, "
              f"{ball:2.0f} with the best momentum")

# %% [markdown]
# One line of preparation is worth a factor of almost 300, and the best momentum a factor of 90. **Before you change the optimiser, scale the inputs.**
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
    show(fig, ask("sweep").alt)

# %% [markdown]
# The flowers resemble each other, so the first few tell most of what all 150 would: **many rough steps are worth more than a few precise ones.**
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
# All of it takes the gradient for granted. For one neuron you derived it by hand. A large network has a hundred layers and a billion weights; deriving is out of the question, and trying each weight in turn would take a billion evaluations for a *single* step. **Lesson 3** shows how all slopes are computed at once, for about the price of three evaluations.

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
    """Return the η with the smallest rate for H (all curvatures positive), and that rate."""
    ### BEGIN SOLUTION
    kappa = np.linalg.eigvalsh(H)
    low, high = float(kappa[0]), float(kappa[-1])
    return 2 / (low + high), (high - low) / (high + low)
    ### END SOLUTION

# %% check="best_step"
check("best_step")

# %% [markdown]
# ## What is learned first
#
# Part 2 says more than how long it takes. From $w = 0$, direction $i$ has come the share $1 - (1 - \eta\kappa_i)^t$ of its way: steep directions are learned at once, flat ones after ages. Often the flat ones are those in which the data say little and the noise says much. Fit twenty noisy points by a polynomial of degree 12 ($F$ holds Chebyshev's polynomials at each point), and look at new points on the way.

# %% tags=["experiment"]
from numpy.polynomial.chebyshev import chebvander

with needs("descend"):
    rng, new = np.random.default_rng(1), np.linspace(-1, 1, 200)
    x = np.sort(rng.uniform(-1, 1, 20))
    F, F_new, y = chebvander(x, 12), chebvander(new, 12), np.sin(3 * x) + 0.4 * rng.normal(size=20)
    kappa = np.linalg.eigvalsh(2 * F.T @ F / 20)
    path = descend(lambda w: 2 * F.T @ (F @ w - y) / 20, np.zeros(13), 1 / kappa[-1], 30_000)
    for t in (1, 3, 10, 100, 1000, 30_000):
        seen = np.sqrt(np.mean((F @ path[t] - y) ** 2))
        unseen = np.sqrt(np.mean((F_new @ path[t] - np.sin(3 * new)) ** 2))
        print(f"after {t:5} steps: off by {seen:.2f} on the twenty points, {unseen:.2f} elsewhere")

# %% [markdown]
# The fit gets better and better, the curve gets worse from step 10 on. Stopping there is the cheapest way to keep a model simple: **early stopping**. (The moment to stop must come from rows that you do not train on, nor judge by in the end.)
#
# ## Sum or mean?
#
# Some books define the loss as a *sum* over the samples. The minimum is the same, but the gradient is $n$ times as large, and so is every curvature: the limit $2/\kappa$ shrinks with each sample you add. A step of $\eta/n$ on the sum is a step of η on the mean.

# %% tags=["experiment"]
with needs("descend"):
    order = np.random.default_rng(1).permutation(150)
    for n in (30, 75, 150):
        F, y = X[order[:n]], flowers[order[:n], 3]
        def gradient(w, k):
            return 2 * F.T @ (F @ w - y) / k
        mean, total = (
            descend(lambda w: gradient(w, k), np.zeros(5), 0.1 * k / n, 99) for k in (n, 1)
        )
        limits = [2 / np.linalg.eigvalsh(2 * F.T @ F / k)[-1] for k in (n, 1)]
        print(f"n = {n:3}: same path {np.allclose(mean, total)}, "
              f"limit of η {limits[0]:.3f} and {limits[1]:.5f}")

# %% [markdown]
# ## Nesterov's look ahead
#
# The heavy ball knows that it is about to move by $-\eta\beta v$. Nesterov's idea: feel the slope *there*, not here, and brake before the wall instead of behind it. Written with the weights at the look-ahead point, as PyTorch does, the velocity is the same and only the step differs:
#
# $$v \leftarrow \beta v + g, \qquad w \leftarrow w - \eta\,(g + \beta v).$$

# %% answer="nesterov_step"
def nesterov_step(
    w: ndarray, v: ndarray, g: ndarray, eta: float, beta: float
) -> tuple[ndarray, ndarray]:
    """Return the new (w, v) after one step with gradient g."""
    ### BEGIN SOLUTION
    v = beta * v + g
    w = w - eta * (g + beta * v)
    return w, v
    ### END SOLUTION

# %% check="nesterov_step"
check("nesterov_step")

# %% [markdown]
# ## Momentum and noise
#
# A ball with β = 0.9 sums about ten gradients, so it also sums their noise. On the model of part 5 its variance at rest is
#
# $$V = \frac{1 + \beta}{1 - \beta} \cdot \frac{\eta\, \sigma^2/b}{2(1 + \beta) - \eta},$$
#
# which is your `noise_ball` for β = 0, and for small η about that of the rate $\eta/(1 - \beta)$.

# %% tags=["experiment"]
with needs("momentum_step", "noise_ball"):
    for beta in (0, 0.5, 0.9):
        w, v, rng = np.zeros(4000), np.zeros(4000), np.random.default_rng(0)
        for _ in range(1000):
            w, v = momentum_step(w, v, w - rng.normal(size=4000), 0.02, beta)
        V = (1 + beta) / (1 - beta) * 0.02 / (2 * (1 + beta) - 0.02)
        print(f"β = {beta}: variance {w.var():.4f} measured, {V:.4f} by the formula, "
              f"{noise_ball(0.02 / (1 - beta), 1, 1):.4f} with η/(1 - β) and no momentum")

# %% [markdown]
# So momentum buys speed against *curvature*, not against noise: in a ball of noise it is only a larger η.
#
# ## The family of Adam
#
# **Adagrad** (2011) divides each weight's η by the length of *all* its gradients so far. (A rate for each weight is an old wish: Jacobs' delta-bar-delta of 1988, Rprop of 1993.) Weights that rarely see a gradient keep large steps, which suits rare words. But the sum only grows, so every step size shrinks for good.
#
# $$s \leftarrow s + g^2, \qquad w \leftarrow w - \eta\, \frac{g}{\sqrt s + \epsilon}.$$

# %% answer="adagrad_step"
def adagrad_step(
    w: ndarray, s: ndarray, g: ndarray, eta: float, eps: float = 1e-10
) -> tuple[ndarray, ndarray]:
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
# Does Adam always converge? It was said to be proved. Then Reddi, Kale and Kumar (2018) found gradients on which it goes the wrong way: +3 in every third step and -1 in the other two, on average $+\frac13$, so $w$ should fall to its lower end, -1.

# %% tags=["experiment"]
with needs("adam_step"):
    for name, beta1, beta2 in [("β₁ = 0, β₂ = 0.1", 0.0, 0.1), ("the usual ones", 0.9, 0.999)]:
        w, m, v = np.zeros(1), np.zeros(1), np.zeros(1)
        for t in range(1, 10_001):
            g = np.array([3.0 if t % 3 == 1 else -1.0])
            w, m, v = adam_step(w, m, v, g, t, 0.001, beta1, beta2)
            w = np.clip(w, -1, 1)
        print(f"{name:17}: w = {w[0]:.3f}")

# %% [markdown]
# With a short memory the rare large gradient is divided by its own size, the frequent small ones by theirs, and the majority wins over the mean. A long memory, $\beta_2 = 0.999$, hides the flaw; **AMSGrad** removes it: it divides by the largest $v$ so far.
#
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
        off = np.argmax(np.abs(noisy[:, 1]) > 1)
        print(f"noise of {noise:g}: off the ridge by 1 after {off} steps")

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

slopes = [float((errors(w + s) - errors(w - s)) / 2e-6) for s in steps]
print(f"{errors(w):.0%} errors; slopes", slopes)

# %% [markdown]
# Flat: a small change of the weights changes no decision, so every slope is 0 and descent does not move, however bad the errors are. "Arbitrary loss" always means arbitrary with a slope. That is why lesson 1 replaced the step by the sigmoid, and the count of errors by the cross-entropy.
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
    for name, found in [("SGD with L2", sgd_w), ("Adam with L2", l2), ("AdamW", decoupled)]:
        print(f"{name:12}", found.round(3))

# %% [markdown]
# Adam with L2 finds the minimum of the penalised loss, as SGD does: $3\kappa/(\kappa + \lambda)$ for each weight, so the one with the small gradient is pulled in most. AdamW treats both alike: a step of Adam is about η at most, whatever the gradient, so it holds its own against the decay $\eta\lambda w$ up to $|w| = 1/\lambda = 2$, and that is where both weights end.
#
# Two traps with constants. PyTorch's `weight_decay=λ` means $\frac\lambda2 \lVert w \rVert^2$; if your formula has $\lambda \lVert w \rVert^2$, set `weight_decay=2 * lam`. And with a *mean* loss, $\frac1n \lVert y - Xw \rVert^2 + \lambda \lVert w \rVert^2$, ridge regression has the solution $(X^\top X + n\lambda I)^{-1} X^\top y$: the $n$ is easily forgotten.

# %% tags=["experiment"]
y, lam = flowers[:, 3], 0.1
for name, k in [("with n", 150), ("without", 1)]:
    w = np.linalg.solve(X.T @ X + k * lam * np.eye(5), X.T @ y)
    gradient = 2 * X.T @ (X @ w - y) / 150 + 2 * lam * w
    print(f"{name:8}: largest slope {np.abs(gradient).max():.1e}")

for lam in (1e-6, 0.1, 10, 1e6):
    w = np.linalg.solve(X.T @ X + 150 * lam * np.eye(5), X.T @ y)
    print(f"λ = {lam:g}: length of w {np.linalg.norm(w):.6f}")
print(f"least squares: {np.linalg.norm(np.linalg.lstsq(X, y)[0]):.6f}")

# %% [markdown]
# Between two ends: λ → 0 gives least squares, λ → ∞ gives $w = 0$.

# %% [markdown]
# ## Go further
#
# * A. Cauchy, *Méthode générale pour la résolution des systèmes d'équations simultanées* (1847): the first page on gradient descent.
# * H. Robbins, S. Monro, *A stochastic approximation method* (1951): steps that fall, and why they must.
# * B. Polyak, *Some methods of speeding up the convergence of iteration methods* (1964): the heavy ball, and the root of the condition number.
# * G. Goh, *Why momentum really works* (Distill, 2017): part 7 with many more dials.
# * T. Li, J. Yorke, *Period three implies chaos* (1975): ten pages; M. Feigenbaum, *Quantitative universality for a class of nonlinear transformations* (1978).
# * S. Reddi, S. Kale, S. Kumar, *On the convergence of Adam and beyond* (2018): where it fails.
# * D. Kingma, J. Ba, *Adam* (2014): short; look for the bias correction.
# * I. Loshchilov, F. Hutter, *Decoupled weight decay regularization* (2017): AdamW.
# * J. Cohen and others, *Gradient descent on neural networks typically occurs at the edge of stability* (2021): real networks drift to $\kappa = 2/\eta$ and stay there.
# * L. Bottou, F. Curtis, J. Nocedal, *Optimization methods for large-scale machine learning* (2018): the theory behind part 5.

# %% [markdown]
# ---
# *Text and figures CC BY 4.0, code MIT. The choice of topics follows five lecture courses: "Deep Learning" (IMT Atlantique), "An introduction to deep learning" (Claire Boyer), "Apprentissage profond" (Céline Hudelot), FIDLE "Transformers" and "Machine learning" (Mines Saint-Étienne). Iris data: R. A. Fisher (1936), CC BY 4.0, by way of the UCI repository.*
