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
# # 3 · Backpropagation
#
# **A network of 101,770 weights takes a 4 for a 9. Which of the weights is to blame, and by how much?**
#
# You could try: nudge one weight, run the network again, see what happens to the loss, put the weight back, take the next. That is 101,770 runs for a single step of learning.
#
# There is a way to get all the answers for the price of two or three runs. It made deep learning possible, and it is but the chain rule, applied in the right order. In this lesson you find it by hand, then build the machine that does it for any formula at all, and let that machine learn to read handwriting. Then you put the question to it: in part 8 you will see who is to blame for the 4 below, and what it costs to put it right.

# %% [markdown]
# | | |
# |---|---|
# | **You will be able to** | derive and write backpropagation for any stack of layers; build an *autograd engine*, a program that differentiates other programs; say what backpropagation costs and what it does *not* do |
# | **You need** | lesson 1 (softmax, its gradient $P - Y$); gradient descent, $w \leftarrow w - \eta \nabla L$; the chain rule |
# | **Time** | 180 minutes, in two sittings: parts 1 to 5, then parts 6 to 8; *deeper* after that is extra |
# | **At the end there is** | an engine of some fifty lines, as fast as PyTorch on a small network, which you train on real digits to 95 %, question about its mistakes, and turn against itself |
# | **Points** | 20: ten checked exercises (18) and a written question (2) |

# %%
import os
from collections.abc import Callable, Sequence

os.environ["OMP_NUM_THREADS"] = "1"  # before NumPy comes: at these sizes more threads are slower

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from helpers import ask, check, hint, needs, progress, start
from helpers.data import mnist
from helpers.figures import BLACK, BLUE, GREEN, GREY, ORANGE, boundary, graph, network
from helpers.figures import panels, points, regions, show
from helpers.reference.perceptron import sigmoid, softmax
from helpers.work import Work

start("03-backprop")

# %% tags=["experiment"]
the_four = mnist("validation")[0][575]
fig, [ax] = panels(1, width=1.6, height=1.6)
ax.imshow(255 - the_four, cmap="gray")
ax.axis("off")
show(fig, "A handwritten 4 of 28 by 28 grey pixels: a pointed triangle on a long stem.",
     caption="Somebody's 4. You read it in no time; close its top and it could be a 9.")
show(*network((784, 128, 10), titles=["pixels", "hidden neurons", "scores"]),
     caption="The network that is to read it. Each arrow stands for many weights: 784 · 128 + "
             "128 · 10, and a bias for each neuron.")

# %% [markdown]
# ## 1 · A network
#
# In lesson 1 two layers of neurons computed XOR. Here is the same idea with a softer activation, and with a whole batch of $n$ samples at once, one in each row:
#
# $$H = \tanh(X W_1 + b_1), \qquad Z_2 = H W_2 + b_2, \qquad P = \operatorname{softmax}(Z_2).$$
#
# | | |
# |---|---|
# | `X` (n, d), `Y` (n, k) | inputs, and one-hot labels |
# | `W1` (d, h), `b1` (h,) | first layer; `W2` (h, k), `b2` (k,) the second |
# | `H` (n, h) | what the hidden neurons say |
# | `Z2`, `P` (n, k) | scores (in PyTorch and papers: *logits*), and probabilities |
# | $L$ | loss: the mean cross-entropy over the rows ($J$ is needed for something else) |
# | $\partial_W L$ `dW` | the gradient of $L$ with respect to $W$, for short: the gradient of $W$ |
# | $\Delta$ `D` | error: the gradient of a layer's scores |

# %% tags=["experiment"]
show(*network((4, 5, 3)), caption="A small one to think with. No two of its sizes are equal, so "
                                  "every wrong shape shows.")

# %% [markdown]
# With $d, h, k = 4, 5, 3$ there are $4 \cdot 5 + 5 + 5 \cdot 3 + 3 = 43$ numbers to learn. Keep this network in mind; write its way forward, for any sizes.

# %% answer="forward"
def forward(
    X: Float[ndarray, "n d"], W1: Float[ndarray, "d h"], b1: Float[ndarray, "h"],
    W2: Float[ndarray, "h k"], b2: Float[ndarray, "k"],
) -> tuple[Float[ndarray, "n h"], Float[ndarray, "n k"]]:
    """Return (H, Z2): what the hidden neurons say, and the scores."""
    ### BEGIN SOLUTION
    H = np.tanh(X @ W1 + b1)
    return H, H @ W2 + b2
    ### END SOLUTION

# %% check="forward"
check("forward")

# %% [markdown]
# ## 2 · Slopes
#
# The step of lesson 1 was flat, so nothing could descend it. What counts in an activation is its **slope**: it says how much of a small change gets through.
#
# $$\begin{aligned}
# \sigma(z) &= \frac{1}{1 + e^{-z}} &\qquad \sigma'(z) &= \frac{e^{-z}}{(1 + e^{-z})^2} = \sigma(z)\,\big(1 - \sigma(z)\big) \\[4pt]
# \tanh z &= \frac{e^z - e^{-z}}{e^z + e^{-z}} = 2\sigma(2z) - 1 & \tanh' z &= 4\,\sigma'(2z) = 1 - \tanh^2 z \\[4pt]
# \operatorname{relu}(z) &= \max(0, z) & \operatorname{relu}'(z) &= 1 \text{ where } z > 0, \text{ else } 0
# \end{aligned}$$
#
# Two of the slopes need only the *value* of the function, which the forward pass has computed already. (For the last step of tanh, write $2\sigma(2z) = 1 + \tanh z$.) ReLU has a kink at 0 and no slope there; the custom is to take 0. The formula of tanh is easy to get wrong:

# %%
ask("tanh")

# %% [markdown]
# Write the three slopes. `sigmoid`, which does not overflow, is imported from lesson 1, and `np.tanh` doesn't either.

# %% answer="slopes"
def sigmoid_slope(z: Float[ndarray, "*shape"]) -> Float[ndarray, "*shape"]:
    """Return the slope of the sigmoid at z."""
    ### BEGIN SOLUTION
    s = sigmoid(z)
    return s * (1 - s)
    ### END SOLUTION

def tanh_slope(z: Float[ndarray, "*shape"]) -> Float[ndarray, "*shape"]:
    """Return the slope of tanh at z."""
    ### BEGIN SOLUTION
    return 1 - np.tanh(z) ** 2
    ### END SOLUTION

def relu_slope(z: Float[ndarray, "*shape"]) -> Float[ndarray, "*shape"]:
    """Return the slope of max(0, z) at z; 0 at the kink."""
    ### BEGIN SOLUTION
    return np.where(z > 0, 1.0, 0.0)
    ### END SOLUTION

# %% check="slopes"
check("slopes")

# %% tags=["experiment"]
with needs("slopes"):
    z = np.linspace(-5, 5, 1001)
    fig, axes = panels(3, height=2.6)
    for ax, (name, f, slope) in zip(axes, [
        ("sigmoid", sigmoid, sigmoid_slope), ("tanh", np.tanh, tanh_slope),
        ("ReLU", lambda z: np.maximum(z, 0), relu_slope),
    ]):
        ax.plot(z, f(z), color=BLUE, label="activation")
        ax.plot(z, slope(z), color=ORANGE, linestyle="--", label="slope")
        ax.set(title=name, ylim=(-1.15, 2.15), xlabel="z")
    show(fig, "Three activations with their slopes. The slope of the sigmoid is a bump of height "
              "one quarter, that of tanh a bump of height one, that of ReLU a step from 0 to 1.")

# %% [markdown]
# Follow the orange lines. The sigmoid never lets more than a quarter of a change through, and far from 0 both curved activations let through next to nothing: such a neuron is **saturated**. ReLU passes all or nothing.
#
# That decides who works where. ReLU is the usual choice between layers, as it costs least and does not weaken what passes. Sigmoid and tanh stay where a value *must* lie between 0 and 1, or −1 and 1: at outputs, and as gates that open and close, in lesson 6. *Deeper* shows what the slopes do to a network of thirty layers.

# %% [markdown]
# ## 3 · The chain rule, drawn
#
# Take one neuron and its squared error, $L = (\tanh(wx + b) - y)^2$. Its derivative is no secret:
#
# $$\frac{\partial L}{\partial w} = 2\,\big(\tanh(wx + b) - y\big)\,\big(1 - \tanh^2(wx + b)\big)\,x.$$
#
# But $\tanh(wx + b)$ stands there twice, and it is computed twice. With twenty layers such a formula fills pages, and nearly all of it is repetition. So draw the computation instead. Any computation is a **graph**: each number is made from others by one simple operation, once.
#
# For one operation the derivative is easy. If $u = w \cdot x$, a small change of $w$ changes $u$ by $x$ times as much: the **local derivative** $\partial u / \partial w$ is $x$. And if we know already how strongly $L$ reacts to $u$, then
#
# $$\frac{\partial L}{\partial w} = \frac{\partial L}{\partial u} \cdot \frac{\partial u}{\partial w}.$$

# %% [markdown]
# So begin at the end, where $\partial L / \partial L = 1$, and hand the gradients back, node by node. A node that was used twice reacts along both ways, and **what arrives is added up**.

# %% tags=["experiment"]
from helpers.widgets.backprop import stepper

display(stepper("a neuron"))

# %% [markdown]
# Step through *a neuron*: its squared error is written $r \cdot r$, so $r$ is used twice, and two gradients meet in it. Then *used by two*: which numbers travel along the four edges on the left, and why does $b$ get 6.00? In *a shortcut* $x$ acts on $L$ through a neuron and also past it; set $w$ to 0 and look at what still reaches $x$.

# %% [markdown]
# Three habits are worth a name, since every network is made of them:
#
# * a **sum distributes**: it hands its gradient on to each term unchanged;
# * a **product swaps**: each factor gets the gradient times the *other* factor;
# * a **maximum routes**: all of the gradient goes to the larger input, nothing to the other.
#
# A product needs the values of the way there: they must have been kept. And it has a consequence you know from lesson 2: make all inputs a thousand times larger, and for the same error the gradients of their weights become a thousand times larger too. That is why one scales the data first.

# %% [markdown]
# ### Vectors: Jacobians
#
# A layer takes a vector $a$ of $d$ numbers to a vector $c$ of $m$ numbers. Its local derivative is a table, the **Jacobian** $J$ of shape (m, d), with $J_{ij} = \partial c_i / \partial a_j$. The chain rule becomes a product: the gradient $g$ of $c$, a row of $m$ numbers, turns into the gradient of $a$,
#
# $$\frac{\partial L}{\partial a_j} = \sum_i g_i\, J_{ij}, \qquad \text{that is } g J.$$
#
# (In papers and manuals: a **vector-Jacobian product**, VJP.) Through $N$ layers with Jacobians $J_1, \dots, J_N$, first layer first, the gradient of the input is $g\, J_N \cdots J_2 J_1$. Matrices don't commute, so the order matters to the result. And the *brackets* matter to the price:

# %%
ask("order")

# %% answer="pull_back"
def pull_back(
    g: Float[ndarray, "m"], jacobians: Sequence[Float[ndarray, "_ _"]]
) -> Float[ndarray, "d"]:
    """Return the gradient of the first layer's input; the first layer's Jacobian comes first."""
    ### BEGIN SOLUTION
    for J in reversed(jacobians):
        g = g @ J
    return g
    ### END SOLUTION

# %% check="pull_back"
check("pull_back")

# %% [markdown]
# ## 4 · By hand
#
# A real layer never writes its Jacobian down. For a batch of $n$ rows, $Z = XW + b$ has $n \cdot h$ outputs and $d \cdot h$ weights; the table would have $n\,d\,h^2$ entries, nearly all zero. What $g J$ comes to can be written in one line instead.
#
# Start at the top. Lesson 1 found the gradient of the mean cross-entropy with respect to the scores: prediction minus truth, over $n$. Call it $\Delta_2 = (P - Y)/n$. Descent steps *against* it, so each score is pulled by $Y - P$. Here are seven rows for the 4-5-3 network, with weights drawn at random:

# %% tags=["experiment"]
rng = np.random.default_rng(0)
X, Y = rng.normal(size=(7, 4)), np.eye(3)[rng.integers(0, 3, 7)]
W1, b1, W2, b2 = rng.normal(size=(4, 5)), np.zeros(5), rng.normal(size=(5, 3)), np.zeros(3)

with needs("forward"):
    pulls = Y - softmax(forward(X, W1, b1, W2, b2)[1])
    fig, [ax] = panels(1, width=4.2, height=3)
    ax.imshow(pulls, cmap="signed", vmin=-1.3, vmax=1.3, aspect=0.36)
    for i, row in enumerate(pulls):
        for k, pull in enumerate(row):
            weight, text = "bold" if Y[i, k] else "normal", f"{pull:+.2f}".replace("-", "−")
            ax.text(k, i, text, ha="center", va="center", fontsize=9, fontweight=weight)
    ax.set(xticks=range(3), yticks=range(7), xlabel="class", ylabel="row", title="the pull Y − P")
    show(fig, "Seven rows of three pulls between -1 and 1. The one of the right class, in bold, "
              "is positive, the two others are negative, and each row sums to zero.",
         caption="Blue: up, orange: down, bold: the right class. Each row sums to zero: what pulls "
                 "the right score up pushes the wrong ones down, most of all the one that the "
                 "network believed in. Find the row that is nearly right: it hardly pulls at all.")

# %% [markdown]
# From these pulls three things go back: to $W_2$, to $b_2$, and through $H$ to the first layer.
#
# Here are formulas that look right. They were written down for single numbers, where the order of a product is all the same:
#
# $$\partial_{W_2} L = H \Delta_2, \qquad \Delta_1 = W_2\, \Delta_2\, (1 - H^2), \qquad \partial_{W_1} L = X \Delta_1 \qquad \text{(wrong!)}$$
#
# ### Repair it
#
# Write the shapes down for $n = 7$ rows and the 4-5-3 network: $X$ (7, 4), $H$ (7, 5), $\Delta_2$ (7, 3), $W_2$ (5, 3). *None* of the products fits. So derive them, in one line. A score is a sum, and a sum distributes:
#
# $$Z_{nj} = \sum_i H_{ni} W_{ij} + b_j \quad\Rightarrow\quad \frac{\partial L}{\partial W_{ij}} = \sum_n H_{ni}\, \Delta_{nj}, \qquad \frac{\partial L}{\partial H_{ni}} = \sum_j \Delta_{nj}\, W_{ij}, \qquad \frac{\partial L}{\partial b_j} = \sum_n \Delta_{nj}.$$

# %% [markdown]
# Check the first: $W_{ij}$ acts only on the scores $Z_{nj}$ of its own neuron $j$, one for each row $n$, and each time with the factor $H_{ni}$. So its blame is **what it read times the error it fed**, added up over the rows.
#
# * Write each of these sums as one matrix product. Which index is summed away? It must stand inside, so one factor may need a transpose. Shapes tell whether you read them correctly: a gradient has the shape of what it belongs to.
# * $\partial_H L$ has yet to pass the activation. That acts on each entry alone, so its slope multiplies entry by entry ($\odot$), and gives $\Delta_1$.
# * Below it, the same line again, with $X$ in the place of $H$.
#
# Shapes are a strong hint and no proof: with equal widths a wrong product fits as well. The check tries that too.

# %% answer="backprop"
def backprop(
    X: Float[ndarray, "n d"], Y: Float[ndarray, "n k"], W1: Float[ndarray, "d h"],
    b1: Float[ndarray, "h"], W2: Float[ndarray, "h k"], b2: Float[ndarray, "k"],
) -> tuple[Float[ndarray, "d h"], Float[ndarray, "h"], Float[ndarray, "h k"], Float[ndarray, "k"]]:
    """Return (dW1, db1, dW2, db2) of the mean cross-entropy. Use `forward`, `softmax`."""
    ### BEGIN SOLUTION
    H, Z2 = forward(X, W1, b1, W2, b2)
    D2 = (softmax(Z2) - Y) / len(X)
    D1 = (D2 @ W2.T) * (1 - H**2)
    return X.T @ D1, D1.sum(axis=0), H.T @ D2, D2.sum(axis=0)
    ### END SOLUTION

# %% check="backprop"
check("backprop")

# %% [markdown]
# ### Trust, but measure
#
# A gradient can be tested without knowing the right answer: move *one* weight up and down by a tiny $\epsilon$, and compare. Central differences are accurate to about ten digits here.

# %% tags=["experiment"]
with needs("forward", "backprop"):
    def loss(W1):
        P = softmax(forward(X, W1, b1, W2, b2)[1])
        return -np.mean(np.log((P * Y).sum(axis=1)))

    step = np.zeros((4, 5))
    step[2, 3] = 1e-5
    print("by finite differences:", (loss(W1 + step) - loss(W1 - step)) / 2e-5)
    print("by backpropagation:   ", backprop(X, Y, W1, b1, W2, b2)[0][2, 3])

# %% [markdown]
# ## 5 · Any number of layers
#
# Two layers or twenty, it is the same step again and again. Number the layers $1, \dots, N$, let $A_{l-1}$ be what layer $l$ reads ($A_0 = X$), and
#
# $$A_l = \tanh(A_{l-1} W_l + b_l), \qquad \text{but the last layer returns raw scores.}$$
#
# Training repeats four steps:
#
# 1. **forward**, keeping each $A_{l-1}$;
# 2. the **error at the top**, $\Delta = (P - Y)/n$;
# 3. **back**, for each layer from the last: its gradients are $A_{l-1}^\top \Delta$ and the column sums of $\Delta$, then $\Delta \leftarrow (\Delta\, W_l^\top) \odot (1 - A_{l-1} \odot A_{l-1})$;
# 4. **update**, $W_l \leftarrow W_l - \eta\, \partial_{W_l} L$, and $b_l$ likewise.
#
# The error travels through *activations*; weights are not made from other weights. Steps 3 and 4 may share a loop, as long as each $\Delta$ passes a layer before that layer changes:

# %%
ask("update")

# %% answer="train_step"
def train_step(
    X: Float[ndarray, "n d"], Y: Float[ndarray, "n k"], layers: list[tuple[ndarray, ndarray]],
    eta: float,
) -> list[tuple[ndarray, ndarray]]:
    """Return new layers [(W, b), ...] after one step; tanh between them, softmax at the end."""
    ### BEGIN SOLUTION
    A = [X]  # what each layer reads
    for W, b in layers[:-1]:
        A.append(np.tanh(A[-1] @ W + b))
    W, b = layers[-1]
    D = (softmax(A[-1] @ W + b) - Y) / len(X)
    stepped = []
    for (W, b), a in zip(reversed(layers), reversed(A)):
        stepped.append((W - eta * (a.T @ D), b - eta * D.sum(axis=0)))
        D = (D @ W.T) * (1 - a**2)
    return stepped[::-1]
    ### END SOLUTION

# %% check="train_step"
check("train_step")

# %% [markdown]
# How wrong is the hasty version, which updates $W_2$ before using it? Here is one step of the 4-5-3 network, both ways:

# %% tags=["experiment"]
with needs("forward", "train_step"):
    (W1_right, _), (W2_new, _) = train_step(X, Y, [(W1, b1), (W2, b2)], eta=0.5)
    H, Z2 = forward(X, W1, b1, W2, b2)
    D1 = ((softmax(Z2) - Y) / 7 @ W2_new.T) * (1 - H**2)  # too late: W2 has moved already
    W1_hasty = W1 - 0.5 * X.T @ D1
    off = np.linalg.norm(W1_hasty - W1_right) / np.linalg.norm(W1_right - W1)
    print(f"the step of W1 is off by {off:.0%} of its length")

# %% [markdown]
# ### XOR, learned
#
# In lesson 1 you set the weights of the XOR network by hand. Now let them be found. We start from random weights, 20 times for each width of the hidden layer, take 1000 steps, and count how often all four corners come out right. (It takes about ten seconds. A cell that takes longer than a moment says how far it is; you may stop it, and run it again: it goes on where it was.)

# %%
ask("xor")

# %% tags=["experiment"]
corners = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
xor = np.array([0, 1, 1, 0])

def learn_xor(width, seed):
    rng = np.random.default_rng(seed)
    layers = [
        (rng.normal(size=(2, width)), np.zeros(width)), (rng.normal(size=(width, 2)), np.zeros(2)),
    ]
    for _ in range(1000):
        layers = train_step(corners, np.eye(2)[xor], layers, eta=1.0)
    return layers

def solves(layers):
    return (forward(corners, *layers[0], *layers[1])[1].argmax(axis=1) == xor).all()

# %% tags=["experiment"]
with needs("forward", "train_step"):
    widths = (1, 2, 3, 4, 8)
    starts = [(width, seed) for width in widths for seed in range(20)]
    work = Work("100 starts", lambda: {width: [] for width in widths}, forward, train_step)
    for width, seed in work.over(starts):
        work.state[width].append(learn_xor(width, seed))
    found = work.state
    for width in widths:
        print(f"{width} hidden: {sum(map(solves, found[width])):2} of 20 starts end in XOR")

# %% [markdown]
# What did the hidden layer learn? Look at what it makes of the four corners, for a start with two hidden neurons that succeeded and for one that failed.

# %% tags=["experiment"]
with needs("forward", "train_step"):
    chosen = [next(r for r in found[2] if solves(r) == good) for good in (True, False)]
    fig, axes = panels(3, width=9, height=3.2)
    points(axes[0], corners, xor, names=("XOR is 0", "XOR is 1"))
    limits = {"xlim": (-0.4, 1.4), "ylim": (-0.4, 1.4)}
    axes[0].set(title="what comes in", xlabel="$x_1$", ylabel="$x_2$", **limits)
    titles = ["a start that succeeded", "one that got stuck"]
    for ax, (first, (W, b)), name in zip(axes[1:], chosen, titles):
        limits = {"xlim": (-1.3, 1.3), "ylim": (-1.3, 1.3)}
        ax.set(title=name, xlabel="$h_1$", ylabel="$h_2$", **limits)
        H, _ = forward(corners, *first, W, b)
        for label, size in [(0, 120), (1, 42)]:  # so that a mark under another shows
            points(ax, H[xor == label], xor[xor == label], names=None, size=size)
        boundary(ax, [b[1] - b[0], *(W[:, 1] - W[:, 0])])
    show(fig, "Left, XOR's corners. In the middle, their hidden representation after a "
              "successful start: both corners of label 1 have fallen onto one point, and a line "
              "cuts it off. Right, a start that got stuck: a corner of label 0 and one of label "
              "1 have fallen onto the same point.")

# %% [markdown]
# On the raw corners a line gets three of four at most; on the learned representation, all four. It found what you built by hand in lesson 1: the two corners of label 1 on one point. Nobody told it to. The error at the output did, carried back through $W_2$.
#
# In the stuck start two corners of *different* labels lie on one point, where tanh is flat: $1 - h^2$ is nearly 0, and hardly any error comes through to pull them apart.
#
# **Backpropagation computes a gradient, nothing else.** Gradient *descent* uses it to search, and what it finds may be a poor place to end.

# %% [markdown]
# ### Lines that bend
#
# Each hidden neuron draws one line across the plane, as in lesson 1. Together they can do what no line can. Here is the disc that defeated a single neuron there, and two arms of a spiral:

# %% tags=["experiment"]
def fit(X, y, width, steps):
    """Train a network with one hidden layer on points of the plane."""
    rng = np.random.default_rng(0)
    layers = [
        (rng.normal(size=(2, width)), rng.normal(size=width)),
        (rng.normal(size=(width, 2)) / np.sqrt(width), np.zeros(2)),
    ]
    for _ in range(steps):
        layers = train_step(X, np.eye(2)[y], layers, eta=0.5)
    return layers

rng = np.random.default_rng(0)
inside = rng.uniform(-1.5, 1.5, size=(200, 2))
disc = inside, ((inside**2).sum(axis=1) < 1).astype(int)
t = 0.75 * np.pi * np.linspace(0.9, 3, 100)
arm = np.stack([t * np.cos(t), t * np.sin(t)], axis=1) / 5
spiral = np.concatenate([arm, -arm]) + rng.normal(size=(200, 2)) * 0.05, np.repeat([0, 1], 100)

# %% tags=["experiment"]
with needs("forward", "train_step"):
    fig, axes = panels(4, width=9, height=2.7)
    settings = [(disc, 2, 2000), (disc, 3, 2000), (disc, 8, 2000), (spiral, 16, 5000)]
    for ax, ((points_of, y), width, steps) in zip(axes, settings):
        first, second = fit(points_of, y, width, steps)
        def said(rows, layers=(*first, *second)):
            return forward(rows, *layers)[1].argmax(axis=1)
        regions(ax, said, (-1.6, 1.6), (-1.6, 1.6))
        points(ax, points_of, y, names=None, size=12)
        for w, b in zip(first[0].T, first[1]) if width < 10 else []:
            boundary(ax, [b, *w], colour=GREY, arrow=False)
        ax.set(title=f"{width} hidden: {np.mean(said(points_of) == y):.0%}", aspect="equal")
    show(fig, "A disc of orange points among blue ones, cut out by networks with two, three and "
              "eight hidden neurons, and two arms of a spiral told apart by sixteen. Grey lines "
              "show where each hidden neuron changes its mind.",
         caption="Grey: where a hidden neuron changes its mind. Two lines leave a strip, three a "
                 "rounded triangle, eight a disc, and sixteen follow the arms of a spiral. "
                 "Percentages are of the very points it was trained on.")

# %% [markdown]
# Since tanh is soft, corners between the lines become curves. Nobody drew these borders; the error pulled each line to where it was of use.
#
# **A good place to pause.** Everything up to here you derived yourself, for one kind of network. In the second sitting a machine takes over.

# %% [markdown]
# ## 6 · A rule for every operation
#
# You derived one network by hand. Change the activation, add a layer, share a weight, and you derive again. Nobody works like that. Look back at what you did: each operation needed only *its own* local rule. So write the rules once, and let a machine chain them.
#
# A **rule** takes plain arrays. It returns the value, and for each input a **pull** (a *vector-Jacobian product*): a function that takes the gradient $g$ of the value and returns the gradient of that input. It is $gJ$ without ever writing $J$. Here is the rule of a sum of two arrays of one shape:

# %%
def add_same_shape(A, B):
    return A + B, (lambda g: g, lambda g: g)

value, pulls = add_same_shape(np.ones((3, 4)), np.ones((3, 4)))
print("value:", value.shape, " gradient of B:", pulls[1](np.ones((3, 4))).shape)

# %% [markdown]
# ### Broadcasting
#
# In `X @ W + b` the bias has shape (h,), the sum (n, h). NumPy **broadcasts**: it repeats $b$ for each row. Then the gradient $g$ of the sum has shape (n, h), but the gradient of $b$ must have shape (h,). Each copy of $b_j$ sends its share back, and what arrives is added up: $\partial L / \partial b_j = \sum_i g_{ij}$.
#
# Broadcasting repeats in two ways. It lines up the shapes *at their ends*, then it
#
# * **adds** axes in front: (4,) becomes (3, 4);
# * **stretches** axes of length 1: (3, 1) becomes (3, 4).
#
# Undo both: sum over every axis along which there are copies, and return the wanted shape.

# %% answer="unbroadcast"
def unbroadcast(g: Float[ndarray, "..."], shape: tuple[int, ...]) -> Float[ndarray, "..."]:
    """Return the gradient of an array of this shape that was broadcast to the shape of g."""
    ### BEGIN SOLUTION
    added = g.ndim - len(shape)
    stretched = [added + i for i, n in enumerate(shape) if n == 1]
    axes = (*range(added), *stretched)
    return g.sum(axis=axes).reshape(shape) if axes else g
    ### END SOLUTION

# %% check="unbroadcast"
check("unbroadcast")

# %% [markdown]
# ### Four rules
#
# `add` is given, as the pattern to follow. Write four more: the product entry by entry, the product of two matrices, ReLU, and the sum of all entries. You know each of them: the first from the drawing (it swaps), the second and third from part 4. For the last, ask which entries of $A$ the sum depends on, and how strongly.
#
# Two things to mind. A rule with a single input returns a tuple of *one* pull; Python wants a comma there: `(pull,)`. And a pull leaves the $g$ that it was given as it is: the same array may be on its way to others.

# %%
def add(A, B):
    """A + B."""
    return A + B, (lambda g: unbroadcast(g, np.shape(A)), lambda g: unbroadcast(g, np.shape(B)))

# %% answer="rules"
def mul(A, B):
    """Return A * B, entry by entry, and its two pulls; like `add`, it may broadcast."""
    ### BEGIN SOLUTION
    return A * B, (
        lambda g: unbroadcast(g * B, np.shape(A)), lambda g: unbroadcast(g * A, np.shape(B)),
    )
    ### END SOLUTION

def matmul(A, B):
    """Return A @ B for two matrices, and its two pulls."""
    ### BEGIN SOLUTION
    return A @ B, (lambda g: g @ B.T, lambda g: A.T @ g)
    ### END SOLUTION

def relu(A):
    """Return max(0, A), entry by entry, and its one pull."""
    ### BEGIN SOLUTION
    return np.maximum(A, 0), (lambda g: g * (A > 0),)
    ### END SOLUTION

def total(A):
    """Return the sum of all entries of A, and its one pull."""
    ### BEGIN SOLUTION
    return A.sum(), (lambda g: g * np.ones_like(A),)
    ### END SOLUTION

# %% check="rules"
check("rules")

# %% [markdown]
# ## 7 · The engine
#
# A `Tensor` is an array that remembers. Beside its `data` it keeps **edges**, pairs (parent, pull): where it came from, and how a gradient goes back there. `apply` computes a rule and draws the edges. Inputs that are plain arrays are constants: no edge, no gradient, no work.
#
# Python turns `A @ B` into `A.__matmul__(B)`, and if `A` is no Tensor, into `B.__rmatmul__(A)`. So ordinary formulas draw the graph as they run.

# %%
class Tensor:
    """An array, its edges (parent, pull), and after `backward` its gradient."""

    __array_ufunc__ = None  # so that NumPy leaves `ndarray @ Tensor` to us

    def __init__(self, data, edges=()):
        self.data, self.edges, self.grad = np.asarray(data), edges, None

    def __add__(self, other): return apply(add, self, other)
    def __mul__(self, other): return apply(mul, self, other)
    def __matmul__(self, other): return apply(matmul, self, other)
    def __rmatmul__(self, other): return apply(matmul, other, self)

    __radd__, __rmul__ = __add__, __mul__

# %%
def apply(rule, *inputs):
    """Return rule(*inputs) as a Tensor with an edge to each input that is one."""
    value, pulls = rule(*[x.data if isinstance(x, Tensor) else x for x in inputs])
    edges = [(x, pull) for x, pull in zip(inputs, pulls) if isinstance(x, Tensor)]
    return Tensor(value, edges)

# %% [markdown]
# ### In which order?
#
# A node may hand its gradient on only when it is complete: when *all* its consumers have had their turn. In the drawing *used by two*, if $a$ were a computed node and acted after $u$ but before $v$, half of its gradient would be lost.
#
# So we need a **topological order**: a list of all nodes that the loss depends on, each of them once, and after all of its parents. Backward is then simply that list from its end.
#
# A node's parents are in its edges: `for parent, pull in node.edges`. The idea is a function that visits a node: see to its parents first, then put it into the list. Nodes can be put into a `set`.

# %% answer="topological_order"
def topological_order(node) -> list:
    """Return all nodes that this one was made from, each once, after its parents; it is last."""
    ### BEGIN SOLUTION
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for parent, _ in node.edges:
                visit(parent)
            order.append(node)

    visit(node)
    return order
    ### END SOLUTION

# %% check="topological_order"
check("topological_order")

# %% [markdown]
# ### Backward
#
# Now the heart. `backward(loss)` gives every node of the graph its `grad`:
#
# * The loss begins with 1 (`np.ones_like(loss.data)`), all others with nothing: gradients of an earlier run must not linger.
# * Then, from the end of the order, each node pulls its gradient along each edge to the parent there. What arrives first is kept; what arrives later is **added**.
#
# One trap: the pull of a sum hands on the very array it was given. If you add with `+=`, you change it *in place*, and with it the gradient of another node. `parent.grad = parent.grad + g` makes a new array.

# %% answer="backward"
def backward(loss) -> None:
    """Set `grad` of every node that the loss depends on. Use `topological_order`."""
    ### BEGIN SOLUTION
    order = topological_order(loss)
    for node in order:
        node.grad = None
    loss.grad = np.ones_like(loss.data)
    for node in reversed(order):
        for parent, pull in node.edges:
            g = pull(node.grad)
            parent.grad = g if parent.grad is None else parent.grad + g
    ### END SOLUTION

# %% check="backward"
check("backward")

# %% [markdown]
# It runs. First the small graph from the drawing, $(a b)(a + b)$ at $a = 2, b = \frac12$, whose gradients were 2.25 and 6. This time nobody drew it: the picture is made from the edges that *your* engine left behind.

# %% tags=["experiment"]
with needs("rules", "topological_order", "backward"):
    a, b = Tensor(2.0), Tensor(0.5)
    L = (a * b) * (a + b)
    backward(L)
    show(*graph(L, names={"a": a, "b": b, "L": L}),
         caption="Blue: values, as the formula ran. Orange: gradients, as they came back. "
                 "Two arrows leave a, two leave b, and what came back along them was added up.")

# %% [markdown]
# And now step through a graph of your own. The figure asks *your* rules for each value and *your* pulls for each local derivative; write another `formula` of $a$ and $b$, with `+`, `*` and `relu`, and run both cells again.

# %%
def formula(a, b):
    return apply(relu, a * b) + a

# %% tags=["experiment"]
from helpers.widgets.backprop_own import own_stepper

with needs("rules", "topological_order", "backward"):
    display(own_stepper(formula, Tensor, a=2.0, b=0.5))

# %% [markdown]
# Then something no one derived by hand: a matrix that is used three times, a bias, a kink.

# %%
with needs("rules", "topological_order", "backward"):
    rng = np.random.default_rng(1)
    W, c = Tensor(rng.normal(size=(3, 3))), Tensor(rng.normal(size=3))
    backward(apply(total, apply(relu, W @ W + c) @ W))
    print("gradient of W:", W.grad.round(3).tolist())

# %% [markdown]
# And PyTorch? It keeps the same graph and walks it in the same order; this way of differentiating is called **reverse-mode automatic differentiation**. Its tensors, too, need a scalar loss to start from.

# %% tags=["experiment"]
import torch

torch.set_num_threads(1)

# %% tags=["experiment"]
with needs("rules", "topological_order", "backward"):
    V, d = torch.tensor(W.data, requires_grad=True), torch.tensor(c.data)
    (torch.relu(V @ V + d) @ V).sum().backward()
    print("torch:        ", V.grad.numpy().round(3).tolist())
    print("the largest difference:", np.abs(V.grad.numpy() - W.grad).max())

# %% [markdown]
# ## 8 · Real digits
#
# One operation is missing: the loss. From the scores $z$ of a row we need the logarithms of the probabilities,
#
# $$\log p_k = z_k - \log \sum_j e^{z_j}.$$
#
# Chaining `exp`, `sum` and `log` would work, and overflow at $z = 710$. **Fusing** them into one rule is safer and faster: subtract each row's largest score first, as in lesson 1.
#
# For the pull, note that a score acts on *all* entries of its row: on its own directly, and on each through the sum. The derivative of $\log \sum_j e^{z_j}$ with respect to $z_j$ is $e^{z_j}$ over that sum, which is $p_j$. So $\partial \log p_k / \partial z_j = [k = j] - p_j$ (the bracket is 1 where it holds, else 0), and
#
# $$\text{pull}(g)_j = \sum_k g_k \big([k = j] - p_j\big) = g_j - p_j \sum_k g_k.$$
#
# For the cross-entropy $g = -Y/n$, each row of $Y$ sums to 1, and what comes out is $(P - Y)/n$. There it is again.

# %% answer="log_softmax"
def log_softmax(Z: Float[ndarray, "n k"]):
    """Return the logarithm of softmax along each row, and its one pull; no score is too large."""
    ### BEGIN SOLUTION
    shifted = Z - Z.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return log_p, (lambda g: g - np.exp(log_p) * g.sum(axis=1, keepdims=True),)
    ### END SOLUTION

# %% check="log_softmax"
check("log_softmax")

# %% [markdown]
# ### The data
#
# MNIST: digits written by hand, 28 by 28 grey values from 0 (paper) to 255 (ink). Two things happen to them before they meet the network. They are divided by 255: the gradient of $W_1$ is $X^\top \Delta$, so inputs 255 times as large would make it 255 times as large. And they are **laid flat**, 28 rows one behind the other; `reshape(28, 28)` brings the picture back.
#
# Of the 10,000 digits that come with this course, 7,000 are for **training**. 1,000 are for **validation**: you may look at them as often as you like, to compare, to choose, to find mistakes. The last 2,000 are the **test**. They are asked *once*, at the end, when nothing is left to choose; whoever chooses by the test rows has learned from them.

# %% tags=["experiment"]
(images, y), (val_images, y_val) = mnist("train"), mnist("validation")

def flat(images):
    """Return pictures (n, 28, 28) as rows (n, 784) between 0 and 1, in single precision."""
    return (images.reshape(-1, 784) / 255).astype(np.float32)

X, X_val = flat(images), flat(val_images)
Y, Y_val = np.eye(10, dtype=np.float32)[y], np.eye(10, dtype=np.float32)[y_val]

# %% tags=["experiment"]
def gallery(pictures, titles):
    """Return a row of pictures (28, 28) of ink between 0 and 1."""
    fig, axes = panels(len(pictures), width=9, height=1.3)
    for ax, picture, title in zip(axes, pictures, titles):
        ax.imshow(1 - picture.reshape(28, 28), cmap="gray", vmin=0, vmax=1)
        ax.set_title(title, fontsize=10)
        ax.axis("off")
    return fig

show(gallery(X[:10], y[:10]),
     "The first ten digits, written by hand, with their labels: 3, 8, 1, 0, 4, 0, 9, 3, 4, 9.",
     caption="The first ten. One of the fours is open at the top, a nine leans like a flag: "
             "there is no single pixel that tells the two apart.")

# %%
def scores(X, params):
    """Two layers, ReLU between: 784 pixels, 128 hidden neurons, 10 scores."""
    W1, b1, W2, b2 = params
    return apply(relu, X @ W1 + b1) @ W2 + b2

def mean_loss(X, Y, params):
    """Return the mean cross-entropy as a Tensor."""
    return apply(total, apply(log_softmax, scores(X, params)) * Y) * (-1 / len(Y))

# %%
def new_layer(rng, d, k):
    """Return a fresh W and b in single precision."""
    W = rng.normal(size=(d, k)) * np.sqrt(2 / d)  # keeps the size of what passes: see "Depth"
    return [Tensor(W.astype(np.float32)), Tensor(np.zeros(k, np.float32))]

def new_params(rng):
    """Return 784 * 128 + 128 + 128 * 10 + 10 = 101,770 numbers to learn."""
    return [*new_layer(rng, 784, 128), *new_layer(rng, 128, 10)]

# %% [markdown]
# Training is a loop of four lines: take some 64 rows, run forward, run backward, step. Once through all rows is an **epoch**.

# %%
def batches(epochs=15):
    """Return 110 batches of 63 or 64 rows for each epoch, each time in a new order."""
    rng = np.random.default_rng(1)
    return [rows for _ in range(epochs) for rows in np.array_split(rng.permutation(7000), 110)]

def step(params, rows, eta=0.2):
    """Run forward, backward, and move the parameters."""
    backward(mean_loss(X[rows], Y[rows], params))
    for p in params:
        p.data -= eta * p.grad

def right(params, X, y):
    """Return the share of pictures with the largest score at the right digit."""
    return np.mean(scores(X, params).data.argmax(axis=1) == y)

# %% [markdown]
# Beside it runs PyTorch. To be fair, its network starts from the *same* weights, sees the same rows in the same order, and both run on one thread. (15 epochs of both take about six seconds.)

# %% tags=["experiment"]
def twin(params):
    """Return PyTorch's network with the same weights; torch stores (out, in)."""
    model = torch.nn.Sequential(
        torch.nn.Linear(784, 128), torch.nn.ReLU(), torch.nn.Linear(128, 10)
    )
    for theirs, ours in zip(model.parameters(), params):
        theirs.data = torch.tensor(ours.data.T.copy())
    return model

def step_torch(model, optimiser, inputs, classes):
    optimiser.zero_grad()
    torch.nn.functional.cross_entropy(model(inputs), classes).backward()
    optimiser.step()

def right_torch(model, X, y):
    return np.mean(model(torch.tensor(X)).argmax(dim=1).numpy() == y)

def race():
    """Return both networks, PyTorch's optimiser, the seconds of both, and their shares by epoch."""
    params = new_params(np.random.default_rng(0))
    model = twin(params)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.2)
    return params, model, optimiser, np.zeros(2), {}

# %% tags=["experiment"]
from time import perf_counter

# %% tags=["experiment"]
with needs("rules", "topological_order", "backward", "log_softmax"):
    work = Work("Digits", race, mul, matmul, relu, topological_order, backward, log_softmax)
    params, model, optimiser, seconds, curves = work.state
    for done, rows in work.over(list(enumerate(batches(), start=1))):
        inputs, classes = torch.tensor(X[rows]), torch.tensor(y[rows])
        times = [perf_counter()]
        step(params, rows)
        times += [perf_counter()]
        step_torch(model, optimiser, inputs, classes)
        seconds += np.diff([*times, perf_counter()])
        if done % 110 == 0:
            ours = [right(params, X, y), right(params, X_val, y_val)]
            curves[done // 110] = [*ours, right_torch(model, X_val, y_val)]
    print(f"your engine: {curves[15][1]:.1%} of the validation digits right, {seconds[0]:.1f} s")
    print(f"PyTorch:     {curves[15][2]:.1%} of the validation digits right, {seconds[1]:.1f} s")

# %% tags=["experiment"]
with needs("rules", "topological_order", "backward", "log_softmax"):
    fig, [ax] = panels(1, width=6, height=3)
    for curve, name, colour, style in zip(
        np.transpose([*curves.values()]),
        ["yours, training digits", "yours, validation", "PyTorch, validation"],
        [BLUE, ORANGE, BLACK], ["-", "-", ":"],
    ):
        ax.plot([*curves], curve, color=colour, linestyle=style, label=name)
    ax.set(xlabel="epoch", ylabel="share right", ylim=(0.88, 1))
    show(fig, "The share of digits read correctly after each of 15 epochs. On training digits it "
              "climbs to 99 percent, on validation digits to 95; your engine's curve and "
              "PyTorch's lie on each other.",
         caption="Two things to see. Your engine and PyTorch go the same way, epoch by epoch. "
                 "And the training digits go on getting better when the validation digits hardly "
                 "do: that gap is what the network knows only about the digits it has met.")

# %% [markdown]
# The same accuracy, and no slower. The large matrix products are done by the same kind of library in both. What differs is the work around each operation: PyTorch checks types, devices and shapes, your engine just calls a function. In matrices as small as these that shows; with a thousand hidden neurons it is gone, and both take the same time (try it). What PyTorch has beyond your fifty lines is hundreds of rules more, and GPUs.
#
# ### A look inside
#
# Before you ask for the blame, look at what was learned: the mistakes that the network is surest of, and what some hidden neurons look for.

# %% tags=["experiment"]
with needs("rules", "topological_order", "backward", "log_softmax"):
    P = softmax(scores(X_val, params).data)
    said = P.argmax(axis=1)
    wrong = np.flatnonzero(said != y_val)
    surest = wrong[np.argsort(-P[wrong, said[wrong]])][:10]
    show(gallery(X_val[surest], [f"{y_val[i]}, not {said[i]}" for i in surest]),
         "Ten validation digits that the network reads wrongly, each with its label and the "
         "answer.",
         caption=f"{len(wrong)} of 1,000 validation digits are misread. These are the mistakes "
                 "it is surest of; some you might misread, too, others not at all.")

# %% tags=["experiment"]
with needs("rules", "topological_order", "backward", "log_softmax"):
    W1, b1, W2, b2 = [p.data for p in params]
    loudest = np.argsort(-np.linalg.norm(W2, axis=1))[:8]
    fig, axes = panels(8, width=9, height=1.3)
    for ax, j in zip(axes, loudest):
        most = np.abs(W1[:, j]).max()
        ax.imshow(W1[:, j].reshape(28, 28), cmap="signed", vmin=-most, vmax=most)
        ax.axis("off")
    show(fig, "The weights of eight hidden neurons as pictures of 28 by 28. Most of it looks "
              "like noise; here and there a stroke of blue lies beside one of orange.",
         caption="The 784 weights of eight hidden neurons, each laid out as a picture: ink at a "
                 "blue pixel excites it, ink at an orange one silences it. One hopes for loops and "
                 "strokes. There are scraps of them, in a lot of noise: it reads digits without "
                 "knowing what a stroke is.")

# %% [markdown]
# ### Which of the weights is to blame?
#
# Now the question of the first page. The 4 of that page is one of the validation digits, number 575, and this network does take it for a 9. Run it forward, run `backward`, and there is a number for every weight.

# %%
ask("blame")

# %% tags=["experiment"]
with needs("rules", "topological_order", "backward", "log_softmax"):
    four, truth = X_val[[575]], Y_val[[575]]
    backward(mean_loss(four, truth, params))
    gradient = np.concatenate([p.grad.ravel() for p in params])
    squares = np.sort(gradient**2)[::-1]
    half = 1 + np.searchsorted(squares.cumsum(), squares.sum() / 2)
    print(f"not zero: {np.count_nonzero(gradient):,} of {gradient.size:,} gradients")
    print(f"half of the squared length of the gradient lies in {half} weights")

# %% tags=["experiment"]
with needs("rules", "topological_order", "backward", "log_softmax"):
    pulls = (truth - softmax(scores(four, params).data))[0]
    fig, [ax] = panels(1, width=4.6, height=2.4)
    ax.bar(range(10), pulls, color=[BLUE if pull > 0 else ORANGE for pull in pulls])
    ax.axhline(0, color=GREY, linewidth=0.8)
    ax.set(xticks=range(10), xlabel="digit", ylabel="Y − P", ylim=(-0.75, 0.75))
    show(fig, "Bars of Y minus P for the ten digits: a high one at the 4, a deep one at the 9, "
              "next to nothing elsewhere.",
         caption=f"What this digit asks of the ten scores: 4 up by {pulls[4]:.2f}, 9 down by "
                 f"{-pulls[9]:.2f}, and next to nothing of the others.")

# %% tags=["experiment"]
with needs("rules", "topological_order", "backward", "log_softmax"):
    blame = params[0].grad  # (784, 128): how the loss grows with each weight of the first layer
    most = np.argsort(-np.linalg.norm(blame, axis=0))[:8]
    fig, axes = panels(8, width=9, height=1.7)
    top = np.abs(blame).max()
    for ax, j in zip(axes, most):
        ax.imshow(-blame[:, j].reshape(28, 28), cmap="signed", vmin=-top, vmax=top)
        votes = f"4: {params[2].data[j, 4]:+.1f}\n9: {params[2].data[j, 9]:+.1f}"
        ax.set_title(votes.replace("-", "−"), fontsize=9)
        ax.axis("off")
    show(fig, "The step for the weights of the eight most blamed hidden neurons, as pictures: in "
              "each the same 4, blue for neurons that vote for the 4, orange for neurons that "
              "vote for the 9.",
         caption="Where the step goes for the weights of the eight most blamed hidden neurons; "
                 "above each, how it votes. Every picture is the 4 itself, as a weight's blame "
                 "is the ink it read times the error it fed. Neurons that vote 4 are told: more "
                 "of this (blue). Those that vote 9: less of this (orange).")

# %% [markdown]
# That is the answer, weight by weight, and it took one run there and one back. It also looks like a cure: take one step along it, for this digit alone.

# %%
ask("mend")

# %% tags=["experiment"]
with needs("rules", "topological_order", "backward", "log_softmax"):
    print("                 p(4)    validation right    read as a 4")
    for eta in (0, 0.005, 0.02, 0.2):
        mended = [Tensor(p.data - eta * p.grad) for p in params]
        p4 = softmax(scores(four, mended).data)[0, 4]
        fours = np.sum(scores(X_val, mended).data.argmax(axis=1) == 4)
        print(f"η = {eta:<5}       {p4:8.3f} {right(mended, X_val, y_val):14.1%} {fours:14}")

# %% [markdown]
# Read the table from above. A tiny step mends the 4 and harms nobody. A larger one makes the network surer of it, and pays with others. The last one is the step size of the training loop. There the wishes of 64 digits are averaged, and most of what one of them asks for at the cost of the rest cancels. **A gradient is right about one point and a small step; what to learn from is the mean.**
#
# ### Yours
#
# Draw a digit, as large as the square allows, or take one of the examples: the first is *the* 4, the next three are among its surest mistakes. Your network reads it while you draw; choose a digit, and your `backward` tells where more ink would help it (blue) and where it would harm (orange).

# %% tags=["experiment"]
from helpers.widgets.canvas import draw_digit

def read(picture):
    return softmax(scores(picture.reshape(1, 784), params).data)[0]

def helps(picture, digit):
    """Return how the score of a digit grows with each pixel."""
    pixels = Tensor(picture.reshape(1, 784))
    backward(apply(total, scores(pixels, params) * np.eye(10, dtype=np.float32)[digit]))
    return pixels.grad.reshape(28, 28)

with needs("rules", "topological_order", "backward", "log_softmax"):
    display(draw_digit(read, blame=helps, examples=val_images[[575, *surest[:3], 0, 1]]))

# %% [markdown]
# Then shift your digit a little, to the side or up, and look how soon the network loses it. Remember that for lesson 5.
#
# ### A loop that is ready
#
# All training loops are alike, and the course has one ready for when you have written yours. It computes on a GPU where there is one, shows how far it is, can stop when the validation digits get worse, and goes on where it was interrupted.

# %% tags=["experiment"]
from helpers.device import describe, device, loader
from helpers.training import train

def right_share(scores, classes):
    return (scores.argmax(dim=1) == classes).float().mean()

with needs("rules", "topological_order", "backward", "log_softmax"):
    model = twin(new_params(np.random.default_rng(0)))
    history = train(
        model, loader(X, y, batch=64), torch.nn.functional.cross_entropy, epochs=15,
        optimiser=torch.optim.SGD(model.parameters(), lr=0.2), metrics={"right": right_share},
        validation=loader(X_val, y_val, batch=1000, shuffle=False),
    )
    print(describe(device()))
    print(history)

# %% [markdown]
# ### The examination
#
# Everything is chosen: 128 neurons, 15 epochs, η = 0.2. So now, once, the digits that nobody has looked at:

# %% tags=["experiment"]
with needs("rules", "topological_order", "backward", "log_softmax"):
    test_images, y_test = mnist("test")
    share = right(params, flat(test_images), y_test)
    error = np.sqrt(share * (1 - share) / len(y_test))
    print(f"your engine reads {share:.1%} of 2,000 test digits, give or take {error:.1%}")

# %% [markdown]
# (The "give or take" is the standard error of a share, $\sqrt{p(1-p)/m}$: another 2,000 digits would say something a little different.)
#
# ### Turn it round
#
# Your engine gives the gradient with respect to *any* node. So far the weights were Tensors and the pixels constants. Now make the pixels a Tensor: the gradient of $X$ says how each pixel should change to make the loss *grow*. Go one small step in that direction, 0.1 up or 0.1 down for each pixel.

# %%
ask("attack")

# %% tags=["experiment"]
with needs("rules", "topological_order", "backward", "log_softmax"):
    pixels = Tensor(X_val)
    backward(mean_loss(pixels, Y_val, params))
    worst = np.sign(pixels.grad)
    random = np.random.default_rng(0).choice([-1, 1], size=worst.shape).astype(np.float32)
    sizes = np.array([0, 0.02, 0.04, 0.06, 0.08, 0.1], dtype=np.float32)
    fig, [ax] = panels(1, width=5.6, height=3)
    for direction, name, colour, at in [(random, "random signs", BLUE, (0.055, 0.86)),
                                        (worst, "signs of the gradient", ORANGE, (0.02, 0.35))]:
        changed = [np.clip(X_val + size * direction, 0, 1) for size in sizes]
        ax.plot(sizes, [right(params, X, y_val) for X in changed], "o-", color=colour)
        ax.annotate(name, at, color=colour)
    ax.set(xlabel="change of each pixel", ylabel="accuracy", ylim=(0, 1))
    show(fig, ask("attack").alt,
         caption="Both curves change every pixel by the same amount. Only the directions differ: "
                 "the blue ones were tossed, the orange ones your engine computed.")

# %% tags=["experiment"]
with needs("rules", "topological_order", "backward", "log_softmax"):
    changed = np.clip(X_val + np.float32(0.1) * worst, 0, 1)
    before, after = (scores(rows, params).data.argmax(axis=1) for rows in (X_val, changed))
    fooled = np.flatnonzero((before == y_val) & (after != y_val))[:8]
    show(gallery(changed[fooled], [f"a {y_val[i]}? “{after[i]}”" for i in fooled]),
         "Eight digits after the change, on a grey-speckled ground but easy to read for a "
         "person, each with its label and the network's wrong answer.",
         caption="You read these without effort. The network was right about each of them "
                 "before, and is wrong about all of them now.")

# %% [markdown]
# The tool that teaches a network also finds its weak side. Such pictures are called **adversarial examples**, and making networks that withstand them is still an open problem.

# %% [markdown]
# How far are you? (Whatever is missing, `hint("…")` helps, three times.)

# %%
progress()

# %% [markdown]
# ## In your own words
#
# A colleague writes in a report: "Backpropagation found a minimum of our network's loss. As it gets all gradients from a single backward pass, it is also the most memory-saving way to do it. The loss fell at every epoch, so our own implementation of it must be right."
#
# In six sentences or fewer: what does backpropagation compute, what is wrong with each of the three sentences, and how would you test the implementation?

# %% [markdown] essay="claims" points="2"
# Backpropagation computes the gradient of the loss with respect to all weights, at one point, and nothing else. The search is gradient descent's: it may stop anywhere flat or stuck (as with XOR and two hidden neurons), and nothing says it is a minimum. It saves *time*: two or three forward passes instead of two for each weight. It pays with *memory*, as the values of the forward pass must be kept until the backward pass has used them. A falling loss proves little, as a slightly wrong gradient (updating a layer before the error has passed it) still leads downhill. I would compare single entries with central differences, in double precision and on random inputs, or with another implementation.
#
# **Rubric.** ½ point: it computes a gradient, descent searches (no guarantee of a minimum). ½ point: cheap in time, costly in memory, since activations are kept. ½ point: a falling loss does not prove the gradient right. ½ point: names a test (finite differences, or comparison with autograd).

# %% [markdown]
# ## Where you are
#
# You have a machine that differentiates whatever you can write with its operations, and you have asked it the question of the first page. Every network in the rest of this course is trained by a machine of this kind: to add a convolution, a recurrent cell or attention, you write a forward pass, and the backward pass is there.
#
# Your network reads 95 % of unseen digits. But shift an image by two pixels, or shuffle all pixels of all images in the same way, and think what it would do: it has no idea that neighbouring pixels belong together. You saw that in its weights. **Lesson 5** gives it one.

# %% [markdown]
# ---
# # Deeper
#
# The rest is for those who want more. It has checks too, worth no points.
#
# ## What it costs
#
# Without backpropagation there are finite differences: two evaluations of the loss for each weight. Write them, as a test that no engine can fool.

# %% answer="numeric_gradient"
def numeric_gradient(
    f: Callable[[ndarray], float], w: Float[ndarray, "P"], eps: float = 1e-5
) -> Float[ndarray, "P"]:
    """Return the gradient of f at w by central differences."""
    ### BEGIN SOLUTION
    gradient = np.zeros_like(w)
    for i in range(len(w)):
        step = np.zeros_like(w)
        step[i] = eps
        gradient[i] = (f(w + step) - f(w - step)) / (2 * eps)
    return gradient
    ### END SOLUTION

# %% check="numeric_gradient"
check("numeric_gradient")

# %% [markdown]
# For the digits' 101,770 weights that is 203,540 runs. Backpropagation needs one run forward and one back. For each matrix product forward there are two in the back, one for either factor, so the way back costs about twice as much as the way there: three runs in all. In this network it is cheaper. Nearly all of its work is the first layer, whose pixels want no gradient, so one of the two products falls away. Measured on a batch of 64, the shortest of many times, as whatever disturbs a measurement makes it longer:

# %% tags=["experiment"]
with needs("rules", "topological_order", "backward", "log_softmax"):
    def seconds(run, times=300):
        took = []
        for _ in range(times):
            began = perf_counter()
            run()
            took.append(perf_counter() - began)
        return min(took)

    def loss():
        return mean_loss(X[:64], Y[:64], params)

    there, both = seconds(loss), seconds(lambda: backward(loss()))
    kept = sum(node.data.size for node in topological_order(loss()) if node.edges)
    print(f"there and back takes {both / there:.1f} times as long as there alone")
    print(f"by finite differences: {2 * 101_770 * there:.0f} s; by backpropagation: {both:.4f} s")
    print(f"kept for the way back: {kept:,} numbers for 64 rows, {kept // 64} for each")

# %% [markdown]
# The price is **memory**. The values of the way there must wait for the way back; a hundred layers keep a hundred layers' activations, times the size of the batch. In training they often take more room than the weights.
#
# There is a forward way too (*forward mode*): carry along with each value its derivative with respect to *one* input. It needs no memory of the past, but one run for each input: right for few inputs and many outputs. A loss is the opposite, many inputs and one output. In between, *checkpointing* keeps only some activations and computes the rest again.

# %% [markdown]
# ## Depth: vanishing and exploding
#
# On its way through $N$ layers an error is multiplied by $N$ slopes and $N$ matrices. If each factor is a little below 1, nothing arrives; a little above, and it explodes.
#
# Weights that are drawn at random should keep the size. A score is a sum of $d_\text{in}$ products; with weights of variance $v$ its variance is $d_\text{in} v$ times the mean square of the inputs. Forward that asks for $v = 1/d_\text{in}$. Backward the same argument asks for $1/d_\text{out}$.
#
# * **Glorot and Bengio**, for tanh, compromise: $v = 2 / (d_\text{in} + d_\text{out})$.
# * **He et al.**, for ReLU, which silences half of the neurons: $v = 2 / d_\text{in}$.
#
# Return the *standard deviation*.

# %% answer="weight_std"
def weight_std(d_in: int, d_out: int, activation: str) -> float:
    """Return the standard deviation of new weights (d_in, d_out) for "tanh" or "relu"."""
    ### BEGIN SOLUTION
    if activation == "tanh":
        return float(np.sqrt(2 / (d_in + d_out)))
    return float(np.sqrt(2 / d_in))
    ### END SOLUTION

# %% check="weight_std"
check("weight_std")

# %% [markdown]
# Thirty layers, 64 neurons each. We send an error in at the top and measure how much of it reaches each layer below. Your engine does the work; a new operation is two lines.
#
# A **residual connection** adds a layer's input to its output, $h + f(hW)$. You saw in the drawing what a sum does to a gradient: it hands it on unchanged. And if $W = 0$ the block is the identity, at least for $f(0) = 0$ (tanh, ReLU; the sigmoid would add ½).

# %%
ask("depth")

# %% tags=["experiment"]
def squash(A):
    S = sigmoid(A)
    return S, (lambda g: g * S * (1 - S),)

def tanh(A):
    T = np.tanh(A)
    return T, (lambda g: g * (1 - T**2),)

# %% tags=["experiment"]
def arriving(rule, std, skip=False, depth=30, width=64):
    """Return the norms of the gradients at each layer, relative to the one sent in at the top."""
    rng = np.random.default_rng(0)
    layers = [Tensor(rng.normal(size=(100, width)))]
    for _ in range(depth):
        new = apply(rule, layers[-1] @ (std * rng.normal(size=(width, width))))
        layers.append(layers[-1] + new if skip else new)
    backward(apply(total, layers[-1] * rng.normal(size=(100, width))))
    sizes = np.array([np.linalg.norm(layer.grad) for layer in layers])
    return sizes / sizes[-1]

# %% tags=["experiment"]
with needs("rules", "topological_order", "backward", "weight_std"):
    glorot, he = weight_std(64, 64, "tanh"), weight_std(64, 64, "relu")
    fig, axes = panels(2, width=9, height=3.4)
    for sizes, name, colour, style in [
        (arriving(relu, 0.3), "ReLU, weights too large", ORANGE, ":"),
        (arriving(tanh, glorot), "tanh, Glorot", GREEN, "-"),
        (arriving(squash, glorot, skip=True), "sigmoid with residuals", BLUE, "--"),
        (arriving(relu, he), "ReLU, He", ORANGE, "-"),
        (arriving(squash, glorot), "sigmoid, Glorot", BLUE, "-"),
    ]:
        for ax in axes:
            ax.plot(sizes, color=colour, linestyle=style, label=name)
    axes[0].set(yscale="log", ylabel="gradient, relative to the top", title="all five")
    axes[1].set(yscale="log", ylim=(0.1, 10), title="from a tenth to ten times")
    for ax in axes:
        ax.set(xlabel="layer (30 is the top)")
    show(fig, ask("depth").alt,
         caption="Read from right to left, as the error travels. The solid and the dashed blue "
                 "line are the same sigmoids, without residual connections and with them. For "
                 "ReLU it is the size of the weights alone that decides between steady and "
                 "exploding.")

# %% [markdown]
# ## Batch normalisation
#
# Instead of hoping that scores keep a good size, one can *make* them: subtract from each column of the batch its mean $\mu$, divide by its standard deviation, and let the network choose scale $\gamma$ and shift $\beta$ anew:
#
# $$\gamma \odot \frac{X - \mu}{\sqrt{v + \epsilon}} + \beta.$$
#
# That is only half of the story, and the half that everybody remembers. When the trained network meets a single row, there is no batch to take a mean of, and what it says about one patient must not depend on who else is in the batch. So in **training** it keeps *running* statistics, moved by a share $m$ (`momentum`) towards each batch's, and in **evaluation** it uses those.
#
# One detail, as in PyTorch: the batch is divided by its variance over $n$, but the running variance follows the unbiased one, over $n - 1$.

# %% answer="BatchNorm"
class BatchNorm:
    """gamma, beta: learnable, (d,). mean, var: running statistics, (d,)."""

    def __init__(self, d: int, momentum: float = 0.1, eps: float = 1e-5):
        self.gamma, self.beta = np.ones(d), np.zeros(d)
        self.mean, self.var = np.zeros(d), np.ones(d)
        self.momentum, self.eps = momentum, eps
        self.training = True

    def __call__(self, X: Float[ndarray, "n d"]) -> Float[ndarray, "n d"]:
        """Normalise: in training with the batch (moving the running statistics), else with those."""
        ### BEGIN SOLUTION
        mean, var = self.mean, self.var
        if self.training:
            mean, var = X.mean(axis=0), X.var(axis=0)
            unbiased = X.var(axis=0, ddof=1)
            self.mean = self.mean + self.momentum * (mean - self.mean)
            self.var = self.var + self.momentum * (unbiased - self.var)
        return self.gamma * (X - mean) / np.sqrt(var + self.eps) + self.beta
        ### END SOLUTION

# %% check="BatchNorm"
check("BatchNorm")

# %% tags=["experiment"]
with needs("BatchNorm"):
    rng = np.random.default_rng(0)
    ours, theirs = BatchNorm(3), torch.nn.BatchNorm1d(3, dtype=torch.float64)
    for _ in range(20):
        batch = rng.normal(size=(16, 3)) * [1, 5, 0.1] + [0, 10, -3]
        ours(batch), theirs(torch.tensor(batch))
    ours.training, theirs.training = False, False
    row = np.array([[1.0, 12.0, -3.0]])
    print("yours:", ours(row).round(6))
    print("torch:", theirs(torch.tensor(row)).detach().numpy().round(6))

# %% [markdown]
# ## What a hidden layer can do: anything, on paper
#
# A ReLU network's graph is made of straight pieces. So give it one hidden neuron for each piece of a zigzag: $\operatorname{relu}(t - x_i)$ is 0 up to $x_i$ and then rises. Its weight in the sum is the *change* of slope at $x_i$. With enough pieces the zigzag follows any continuous function on an interval as closely as you like.
#
# That is the **universal approximation theorem** for ReLU in one dimension, with a proof you can run. In general: for any continuous function on a *compact* set and any error, a wide enough hidden layer with any activation that is not a polynomial, and a linear output, comes that close.

# %% answer="interpolate"
def interpolate(
    x: Float[ndarray, "m"], y: Float[ndarray, "m"]
) -> tuple[Float[ndarray, "1 h"], Float[ndarray, "h"], Float[ndarray, "h"], float]:
    """Return (W1, b1, w2, b2): relu(t @ W1 + b1) @ w2 + b2 joins the points; x increases."""
    ### BEGIN SOLUTION
    slopes = np.diff(y) / np.diff(x)
    w2 = np.diff(slopes, prepend=0)
    return np.ones((1, len(w2))), -x[:-1], w2, float(y[0])
    ### END SOLUTION

# %% check="interpolate"
check("interpolate")

# %% tags=["experiment"]
with needs("interpolate"):
    t = np.linspace(-1, 2, 1201)
    fig, [ax] = panels(1, width=5.6, height=3.2)
    ax.plot(t, t**2, color=GREY, linewidth=5, alpha=0.4)
    for h, colour in [(2, ORANGE), (4, BLUE)]:
        x = np.linspace(-1, 1, h + 1)
        W1, b1, w2, b2 = interpolate(x, x**2)
        zigzag = np.maximum(t[:, None] @ W1 + b1, 0) @ w2 + b2
        ax.plot(t, zigzag, color=colour, label=f"{h} hidden neurons")
    ax.axvspan(-1, 1, color=GREY, alpha=0.1)
    ax.annotate("$t^2$", (1.62, 3.1), color=GREY)
    ax.set(xlabel="t")
    show(fig, "The parabola and zigzags of two and of four pieces. Between -1 and 1 they follow "
              "it ever more closely; to the right of 1 they go straight on while the parabola "
              "bends away.",
         caption="In the grey strip, where there were points to join, four pieces are hard to "
                 "tell from the parabola. To the right of it nothing bends any more: the network "
                 "goes straight on.")

# %% tags=["experiment"]
with needs("interpolate"):
    for h in (1, 2, 4, 8, 16, 32):
        x = np.linspace(-1, 1, h + 1)
        W1, b1, w2, b2 = interpolate(x, x**2)
        error = np.abs(np.maximum(t[t <= 1][:, None] @ W1 + b1, 0) @ w2 + b2 - t[t <= 1] ** 2).max()
        print(f"{h:2} hidden neurons: error at most {error:.5f}, and 1 / h² = {1 / h**2:.5f}")

# %% [markdown]
# Twice the neurons, a quarter of the error. But read the small print: the theorem says that good weights *exist*. It does not say how many neurons, nor that training finds them (think of XOR), and it promises nothing outside of the interval, where the zigzag runs straight on.
#
# ## Many networks, one function
#
# Swap two hidden neurons together with their weights: another point in the space of weights, the same function. With 128 hidden neurons there are $128! \approx 10^{215}$ such twins of every network. Write the swap, for any order.

# %% answer="permute_hidden"
def permute_hidden(
    order: ndarray, W1: Float[ndarray, "d h"], b1: Float[ndarray, "h"], W2: Float[ndarray, "h k"]
) -> tuple[Float[ndarray, "d h"], Float[ndarray, "h"], Float[ndarray, "h k"]]:
    """Return (W1, b1, W2) with hidden neuron order[j] at place j; the network computes the same."""
    ### BEGIN SOLUTION
    return W1[:, order], b1[order], W2[order]
    ### END SOLUTION

# %% check="permute_hidden"
check("permute_hidden")

# %% [markdown]
# If the loss were convex, like a bowl, the point half-way between two equally good ones would be at least as good. Try it with your trained digits network and one of its twins:

# %% tags=["experiment"]
with needs("permute_hidden", "rules", "topological_order", "backward", "log_softmax"):
    W1, b1, W2, b2 = [p.data for p in params]
    other = permute_hidden(np.random.default_rng(0).permutation(128), W1, b1, W2)
    middle = [(p + q) / 2 for p, q in zip((W1, b1, W2), other)]
    for name, weights in [
        ("trained", (W1, b1, W2)), ("its twin", other), ("half-way between", middle),
    ]:
        loss = mean_loss(X, Y, [*weights, b2]).data
        print(f"{name:17} L = {loss:.3f} on the training digits")

# %% [markdown]
# Two equally good places with a mountain between them. So the loss of a network with a hidden layer is not convex, and in which of its many valleys you end depends on where you start.

# %% [markdown]
# ## Go further
#
# * S. Linnainmaa, *The representation of the cumulative rounding error of an algorithm as a Taylor expansion of the local rounding errors* (1970, in Finnish; 1976 in BIT): reverse-mode differentiation, as an algorithm on graphs, long before networks used it.
# * D. Rumelhart, G. Hinton, R. Williams, *Learning representations by back-propagating errors* (1986): four pages that showed what hidden layers learn.
# * A. Baydin and others, *Automatic differentiation in machine learning: a survey* (2018): forward and reverse mode, and how the two differ from symbolic and numeric derivatives.
# * X. Glorot, Y. Bengio, *Understanding the difficulty of training deep feedforward neural networks* (2010), and K. He and others, *Delving deep into rectifiers* (2015): the two initialisations.
# * S. Ioffe, C. Szegedy, *Batch normalization* (2015), and K. He and others, *Deep residual learning for image recognition* (2016): the two tricks that made networks deep.
# * M. Leshno and others, *Multilayer feedforward networks with a nonpolynomial activation function can approximate any function* (1993): the exact condition.
# * I. Goodfellow, J. Shlens, C. Szegedy, *Explaining and harnessing adversarial examples* (2015): the sign of the gradient, and training against it.

# %% [markdown]
# ---
# *Text and figures CC BY 4.0, code MIT. The choice of topics follows five lecture courses: "Deep Learning" (IMT Atlantique), "An introduction to deep learning" (Claire Boyer), "Apprentissage profond" (Céline Hudelot), FIDLE "Transformers" and "Machine learning" (Mines Saint-Étienne). Digits: MNIST by Y. LeCun, C. Cortes and C. Burges, CC BY-SA 3.0; see `helpers/data/SOURCES.md`.*
