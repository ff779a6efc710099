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
# # 5 · Convolution
#
# **Move every digit three pixels to the right, and a network that read 93 % of them reads 43 %. You did not even notice that they moved. What do you know that it doesn't?**
#
# You know that a picture is a picture: that neighbours belong together, and that a stroke is the same stroke wherever it stands. To the network of lesson 3 an image is a list of 784 numbers in no order at all.
#
# In this lesson you build an operation that has this knowledge in its bones. It has been the heart of nearly every machine that sees, it learns with a few thousand weights where a dense layer needs millions, and it is one matrix product.

# %% [markdown]
# | | |
# |---|---|
# | **You will be able to** | write a convolution layer, forward and backward, as fast as PyTorch's; say what every layer of a network makes and what it costs; tell equivariance from invariance, and measure both |
# | **You need** | lesson 3 (rules and pulls, `apply`, `backward`); slices of NumPy arrays |
# | **Time** | 90 minutes for parts 1 to 9; *deeper* after that is extra |
# | **At the end there is** | a LeNet, built from your own convolution and pooling, that reads 96 % of unseen digits after ten seconds of training |
# | **Points** | 20: nine checked exercises (18) and a written question (2) |

# %%
import os
from collections.abc import Callable, Sequence
from functools import partial
from math import prod

os.environ["OMP_NUM_THREADS"] = "1"  # before NumPy comes: at these sizes more threads are slower

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from helpers import ask, check, hint, needs, progress, start
from helpers.data import cat, mnist
from helpers.figures import BLUE, GREY, ORANGE, panels, show
from helpers.reference.backprop import Tensor, apply, backward, log_softmax, relu, total

start("05-convolution")

# %%
ask("shuffle")

# %% [markdown]
# ## 1 · Slide
#
# Take a small table of weights, the **kernel** $K$, of $k \times k$ numbers. Lay it on the upper left corner of the image $X$. Multiply each weight by the pixel below it, add everything up, and write the sum down. Move the kernel one pixel to the right and do it again; at the end of the row, go down.
#
# $$Z_{pq} = \sum_{i=0}^{k-1} \sum_{j=0}^{k-1} X_{p+i,\,q+j}\; K_{ij}$$
#
# That is a neuron without its bias: a weighted sum. What is new is that it looks at a small **window** only, and that the *same* neuron looks through every window. The table of its answers, $Z$, is again a picture: a **map** of where the image looks like the kernel.

# %% tags=["experiment"]
from helpers.widgets.convolution import slider

display(slider())

# %% [markdown]
# Slide the cross over *the worked example* and check a few cells by hand. Then take *a square* with the kernel *left edge*: what do positive and negative numbers say? Why is the inside of the square zero? Type a 9 into one weight and see which cells react. Stride and padding come in part 2.

# %% [markdown]
# ### Two operations, one name
#
# What you saw is called **cross-correlation**. In mathematics, **convolution** turns the kernel by 180 degrees first (that makes it commutative). In deep learning nobody turns: the weights are learned, and a network would learn the turned kernel just as well. Everybody says *convolution* all the same, PyTorch too, and so does this course from part 3 on.

# %%
ask("flip")

# %% answer="correlate"
def correlate(X: Float[ndarray, "h w"], K: Float[ndarray, "k k"]) -> Float[ndarray, "p q"]:
    """Slide the kernel over the image as it is."""
    ### BEGIN SOLUTION
    k = len(K)
    p, q = X.shape[0] - k + 1, X.shape[1] - k + 1
    Z = np.zeros((p, q))
    for i in range(p):
        for j in range(q):
            Z[i, j] = np.sum(X[i : i + k, j : j + k] * K)
    return Z
    ### END SOLUTION

def convolve(X: Float[ndarray, "h w"], K: Float[ndarray, "k k"]) -> Float[ndarray, "p q"]:
    """Slide the kernel turned by 180 degrees."""
    ### BEGIN SOLUTION
    return correlate(X, K[::-1, ::-1])
    ### END SOLUTION

# %% check="correlate"
check("correlate")

# %% [markdown]
# ### What kernels see
#
# Before anybody learned them, kernels were made by hand. Here are four, on a photograph of a cat called Chelsea. Guess first what each does.

# %%
identity = np.array([[0.0, 0, 0], [0, 1, 0], [0, 0, 0]])
blur = np.ones((9, 9)) / 81
left_edge = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
all_edges = np.array([[-1.0, -1, -1], [-1, 8, -1], [-1, -1, -1]])

# %%
ask("edges")

# %% tags=["experiment"]
with needs("correlate"):
    grey = cat().mean(axis=2) / 255
    fig, axes = panels(4, width=9, height=2.7)
    for ax, (name, K) in zip(axes, [("identity", identity), ("blur, 9 × 9", blur), ("left edges", left_edge),
                                    ("all edges", all_edges)]):
        ax.imshow(correlate(grey, K), cmap="gray", **({} if K.sum() else {"vmin": -0.7, "vmax": 0.7}))
        ax.set(xticks=[], yticks=[], title=name)
        ax.spines[:].set_visible(False)
    show(fig, "A cat's face four times: unchanged, blurred, with its vertical edges in black and white on grey, and "
              "with all fine lines, fur and whiskers, on grey.")

# %% [markdown]
# An even area has nothing for the edge kernels: it turns to the grey that stands for 0. The left-edge kernel is white where it gets brighter to the right, black where it gets darker; a horizontal line, such as a whisker lying flat, it hardly sees. One kernel, one question, asked everywhere.
#
# The kernel was the same everywhere, and that was a *choice*: 9 weights for the whole picture. For decades people chose the numbers. The idea of this lesson is to let gradient descent choose them.

# %% [markdown]
# ## 2 · How large?
#
# A kernel of length $k$ fits into a row of $n$ pixels at $n - k + 1$ places. Two dials change that:
#
# * **Padding** $P$ puts $P$ zeros before and after, so that the kernel can reach the border, and the map need not shrink.
# * **Stride** $s$ moves the kernel by $s$ pixels at a time. A stride of 2 makes a map half as wide, at a quarter of the work.

# %% [markdown]
# Think of the kernel at the left end. How far can its left edge still travel? How many strides is that? If the last stride would push it over the end, it doesn't take place: what is left over is dropped. Count the place where it began too.
#
# Try it in the figure above: a square of 8 × 8, stride 3 and no padding. How many columns of the image are never read?

# %%
ask("same")

# %% answer="out_size"
def out_size(n: int, k: int, stride: int = 1, pad: int = 0) -> int:
    """Return at how many places a kernel of length k stands on n pixels."""
    ### BEGIN SOLUTION
    return (n + 2 * pad - k) // stride + 1
    ### END SOLUTION

# %% check="out_size"
check("out_size")

# %% [markdown]
# ## 3 · Colours, filters, and the bias
#
# A real image has three **channels**, red, green and blue. A layer inside of a network reads a stack of maps, and they are called channels too. A kernel then is a block, with a table of weights for *each* channel; all products are added up into **one** number. So a block of whatever depth makes one map.
#
# To ask several questions, take several blocks, called **filters**. With $m$ filters the layer makes $m$ maps, which are the channels of the next layer.
#
# $$Z_{fpq} = b_f + \sum_{c,\,i,\,j} X_{c,\; sp + i - P,\; sq + j - P}\; K_{fcij} \qquad (0 \text{ outside of the image})$$

# %% [markdown]
# | | |
# |---|---|
# | `X` (c, h, w) | an image: channels, rows, columns; a batch is (n, c, h, w) |
# | `K` (m, c, k, k), `b` (m,) | $m$ filters and their biases |
# | `Z` (m, p, q) | what they make; sizes by `out_size` |

# %% [markdown]
# Write it with loops, for one image, as plainly as you can. It will be slow, and it is the *specification*: whatever clever version comes later has to give the same numbers.

# %% answer="conv_loops"
def conv_loops(
    X: Float[ndarray, "c h w"], K: Float[ndarray, "m c k k"], b: Float[ndarray, "m"], stride: int = 1, pad: int = 0
) -> Float[ndarray, "m p q"]:
    """Convolve one image with m filters."""
    ### BEGIN SOLUTION
    m, _, k, _ = K.shape
    X = np.pad(X, ((0, 0), (pad, pad), (pad, pad)))
    p, q = out_size(X.shape[1], k, stride), out_size(X.shape[2], k, stride)
    Z = np.zeros((m, p, q))
    for f in range(m):
        for i in range(p):
            for j in range(q):
                window = X[:, i * stride : i * stride + k, j * stride : j * stride + k]
                Z[f, i, j] = np.sum(window * K[f]) + b[f]
    return Z
    ### END SOLUTION

# %% check="conv_loops"
check("conv_loops")

# %% [markdown]
# ## 4 · What it costs
#
# Before you build a network, count it. Three kinds of layer are enough for most:
#
# * a **convolution**: $m$ filters, on $c$ channels;
# * a **pool**, which part 7 explains: it keeps one number of each window of each channel;
# * a **dense** layer with $d$ neurons, which reads every number of what comes in, laid flat.

# %%
ask("million")

# %% [markdown]
# ### Repair it
#
# A colleague hands you three rules, for a layer that reads maps of shape $(c, h, w)$:
#
# * $m$ filters of $k \times k$ with stride $s$ and padding $P$ make $(m,\; (h - k + P) / s + 1,\; \dots)$ and learn $m\,(k \cdot k + 1)$ numbers;
# * a pool of $k \times k$ with stride $s$ makes $(c,\; h / s,\; w / s)$ and learns $k \cdot k$ numbers;
# * a dense layer with $d$ neurons makes $(d,)$ and learns $d \cdot w$ numbers.

# %% [markdown]
# For a grey image, stride 1 and a lucky size some of these numbers even come out right. Every rule has two slips or more.
#
# How deep is a filter? On how many sides is the padding? What do 13 pixels and a pool of 2 make? What has a pool to learn? What does a dense neuron read, and has it a bias? Write the three rules as they should be.

# %% answer="layers"
def conv_layer(shape: tuple[int, int, int], m: int, k: int, stride: int = 1, pad: int = 0):
    """Return (the shape that comes out, how many numbers are learned) for m filters of k x k."""
    ### BEGIN SOLUTION
    c, h, w = shape
    return (m, out_size(h, k, stride, pad), out_size(w, k, stride, pad)), m * (c * k * k + 1)
    ### END SOLUTION

def pool_layer(shape: tuple[int, int, int], k: int, stride: int):
    """The same for a pool."""
    ### BEGIN SOLUTION
    c, h, w = shape
    return (c, out_size(h, k, stride), out_size(w, k, stride)), 0
    ### END SOLUTION

def dense_layer(shape: tuple[int, ...], d: int):
    """The same for a dense layer of d neurons on any shape; what comes out is (d,)."""
    ### BEGIN SOLUTION
    return (d,), d * (prod(shape) + 1)
    ### END SOLUTION

# %% check="layers"
check("layers")

# %% [markdown]
# Now any network can be counted before it exists. A small one for colour images of 32 × 32, and a dense one for images of 400 × 400:

# %%
def count(shape, *layers):
    """Print what each layer makes and learns, and the sum."""
    everything = 0
    for layer, *sizes in layers:
        shape, learned = layer(shape, *sizes)
        everything += learned
        print(f"{layer.__name__:11} {sizes!s:17} makes {shape!s:14} learns {learned:13,}")
    print(f"{'in all':51} {everything:20,}\n")

# %% tags=["experiment"]
with needs("layers"):
    count((3, 32, 32), (conv_layer, 32, 3), (pool_layer, 2, 2), (conv_layer, 64, 3), (pool_layer, 2, 2),
          (conv_layer, 64, 3), (dense_layer, 64), (dense_layer, 10))
    count((3, 400, 400), (dense_layer, 1000), (dense_layer, 10))
    count((3, 400, 400), (conv_layer, 64, 3))

# %% [markdown]
# 122,570 against 480,011,010. And look *where* the first network keeps its numbers: more than half of them are in its one large dense layer, which follows all the convolutions.
#
# Few weights are not only cheap. Each weight of a filter is tried at every place of every image, so it learns from all of them; a dense weight sees one pixel per image. Fewer numbers, and more evidence for each.

# %% [markdown]
# ## 5 · Fast: it is a matrix product
#
# Loops in Python are slow. But turn the loops round: fix a *weight* $(i, j)$ of the kernel, and ask what it meets while the kernel slides. It meets the image, moved by $(i, j)$, every $s$-th pixel of it. That is a slice, and there are only $k \cdot k$ of them:
#
# $$V_{ncij,\,pq} = X_{nc,\; sp + i,\; sq + j} \quad \text{($X$ padded)}, \qquad V \text{ has the shape } (n, c, k, k, p, q).$$
#
# Read along $c, i, j$: that's one window, laid flat. Read along $p, q$: what one weight sees.

# %% [markdown]
# Now the sum over $c, i, j$ is a matrix product. Lay the filters flat, $\tilde K$ of shape $(m, c k^2)$; lay each image's windows flat, $\tilde V$ of shape $(c k^2, p q)$:
#
# $$Z = \tilde K\, \tilde V + b.$$
#
# It is lesson 1's dense layer, with windows for samples. (Windows stand in columns here, and the weights on the left: then the maps come out in order.)

# %% answer="conv"
def windows(X: Float[ndarray, "n c h w"], k: int, stride: int = 1, pad: int = 0) -> Float[ndarray, "n c k k p q"]:
    """Return V, with V[:, :, i, j] the image as weight (i, j) sees it. Loop over i and j only."""
    ### BEGIN SOLUTION
    p, q = (out_size(side, k, stride, pad) for side in X.shape[2:])
    X = np.pad(X, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    V = np.empty((*X.shape[:2], k, k, p, q), X.dtype)
    for i in range(k):
        for j in range(k):
            V[:, :, i, j] = X[:, :, i : i + stride * p : stride, j : j + stride * q : stride]
    return V
    ### END SOLUTION

def conv(X: Float[ndarray, "n c h w"], K: Float[ndarray, "m c k k"], b: Float[ndarray, "m"], stride=1, pad=0):
    """Return Z (n, m, p, q). Use `windows` and one matrix product; `reshape` does the rest."""
    ### BEGIN SOLUTION
    m, _, k, _ = K.shape
    V = windows(X, k, stride, pad)
    n, p, q = len(X), *V.shape[4:]
    Z = K.reshape(m, -1) @ V.reshape(n, -1, p * q) + b[:, None]
    return Z.reshape(n, m, p, q)
    ### END SOLUTION

# %% check="conv"
check("conv")

# %% tags=["experiment"]
from time import perf_counter

with needs("conv_loops", "conv"):
    rng = np.random.default_rng(0)
    X, K, b = rng.normal(size=(32, 3, 32, 32)), rng.normal(size=(16, 3, 3, 3)), rng.normal(size=16)
    began = perf_counter()
    slow = conv_loops(X[0], K, b)
    loops, began = perf_counter() - began, perf_counter()
    fast = conv(X, K, b)
    product = perf_counter() - began
    print(f"loops:  {1000 * loops:.0f} ms for one image")
    print(f"matrix: {1000 * product / 32:.2f} ms for one image; they differ by {np.abs(fast[0] - slow).max():.0e}")

# %% [markdown]
# Hundreds of times as fast, and not one multiplication fewer. The price is memory: each pixel is copied nine times. PyTorch and graphics cards do a convolution in much the same way.

# %% [markdown]
# ## 6 · The way back
#
# To learn, the layer needs three pulls: by the biases, the kernels, and the image. Given is $G$, the gradient of the loss by $Z$, of the same shape.
#
# Most of it you know. For a product of matrices, lesson 3 found $G B^\top$ and $A^\top G$. Here, for each image $n$:
#
# $$\partial_b L = \sum_{n,p,q} G, \qquad \partial_{\tilde K} L = \sum_n \tilde G_n \tilde V_n^\top, \qquad \partial_{\tilde V_n} L = \tilde K^\top \tilde G_n .$$
#
# A weight was used at every place, so what arrives from all places is **added up**. And the last one is not yet the gradient by the image but by its *windows*.

# %% [markdown]
# `windows` copied each pixel into several windows. So each pixel collects what arrives at all its copies: **`fold`** adds every window back to where it was taken from. It is `windows` with the arrow turned round.
#
# So there are two functions to write. `fold` starts with zeros of the *padded* shape, adds the $k \cdot k$ slices one by one with `+=`, and cuts the padding off at the end. `conv_rule` is a rule as in lesson 3: it returns the value, and a tuple of pulls.

# %% answer="conv_rule"
def fold(V: Float[ndarray, "n c k k p q"], shape: tuple, stride: int = 1, pad: int = 0) -> Float[ndarray, "n c h w"]:
    """Add every window back to where `windows` took it from, in an image of this shape."""
    ### BEGIN SOLUTION
    _, _, k, _, p, q = V.shape
    n, c, h, w = shape
    X = np.zeros((n, c, h + 2 * pad, w + 2 * pad), V.dtype)
    for i in range(k):
        for j in range(k):
            X[:, :, i : i + stride * p : stride, j : j + stride * q : stride] += V[:, :, i, j]
    return X[:, :, pad : pad + h, pad : pad + w]
    ### END SOLUTION

def conv_rule(X: Float[ndarray, "n c h w"], K: Float[ndarray, "m c k k"], b: Float[ndarray, "m"], stride=1, pad=0):
    """Return (Z, (pull by X, pull by K, pull by b)); each pull takes G, of the shape of Z."""
    ### BEGIN SOLUTION
    m, _, k, _ = K.shape
    V = windows(X, k, stride, pad)
    n, p, q = len(X), *V.shape[4:]
    flat, weights = V.reshape(n, -1, p * q), K.reshape(m, -1)
    Z = (weights @ flat + b[:, None]).reshape(n, m, p, q)
    return Z, (
        lambda G: fold((weights.T @ G.reshape(n, m, -1)).reshape(V.shape), X.shape, stride, pad),
        lambda G: (G.reshape(n, m, -1) @ flat.transpose(0, 2, 1)).sum(axis=0).reshape(K.shape),
        lambda G: G.sum(axis=(0, 2, 3)),
    )
    ### END SOLUTION

# %% check="conv_rule"
check("conv_rule")

# %% [markdown]
# The same batch, forward and back, by you and by PyTorch, on one thread each:

# %% tags=["experiment"]
import torch

torch.set_num_threads(1)
with needs("conv_rule", "conv"):
    G = rng.normal(size=(32, 16, 30, 30))
    value, pulls = conv_rule(X, K, b)
    theirs = [torch.tensor(a, requires_grad=True) for a in (X, K, b)]
    torch.nn.functional.conv2d(*theirs).backward(torch.tensor(G))
    for name, pull, tensor in zip(("image", "kernels", "biases"), pulls, theirs):
        print(f"by the {name:8} largest difference {np.abs(pull(G) - tensor.grad.numpy()).max():.0e}")

# %% tags=["experiment"]
def seconds(run, times=20):
    run()
    began = perf_counter()
    for _ in range(times):
        run()
    return (perf_counter() - began) / times

def by_you():
    return [pull(G) for pull in conv_rule(X, K, b)[1]]

def by_torch():
    torch.nn.functional.conv2d(*theirs).backward(torch.tensor(G))

with needs("conv_rule", "conv"):
    print(f"you: {1000 * seconds(by_you):.1f} ms, PyTorch: {1000 * seconds(by_torch):.1f} ms")

# %% [markdown]
# ## 7 · Pooling
#
# An edge found *here* or one pixel further is often the same news. **Max pooling** cuts each map into windows, usually 2 × 2 with stride 2, and keeps the largest number of each. The map is then half as wide: later layers have less to do, and a kernel on it sees twice as far.
#
# $$\begin{pmatrix} 1 & 2 & 0 & 1 \\ 0 & 1 & 3 & 2 \\ 4 & 0 & 1 & 5 \\ 2 & 7 & 6 & 0 \end{pmatrix} \;\longrightarrow\; \begin{pmatrix} 2 & 3 \\ 7 & 6 \end{pmatrix}$$
#
# Each channel is pooled alone, and there is nothing to learn.

# %% [markdown]
# The way back: only the winner of a window acted on the result, so the whole gradient goes to it and the others get nothing. If several are largest (after a ReLU, four zeros are common), the *first* is the winner. If windows overlap, a pixel may win twice, and gets both gradients. You have the tools: `windows` and `fold`.

# %% answer="max_pool"
def max_pool(X: Float[ndarray, "n c h w"], k: int = 2, stride: int = 2):
    """Return (the largest of each window, (pull,))."""
    ### BEGIN SOLUTION
    V = windows(X, k, stride)
    n, c, _, _, p, q = V.shape
    flat = V.reshape(n, c, k * k, p, q)
    winner = flat.argmax(axis=2)[:, :, None]

    def pull(G):
        won = np.arange(k * k)[:, None, None] == winner
        return fold((won * G[:, :, None]).reshape(V.shape), X.shape, stride)

    return flat.max(axis=2), (pull,)
    ### END SOLUTION

# %% check="max_pool"
check("max_pool")

# %% [markdown]
# ## 8 · Two words that are mixed up
#
# Shift the image. What should happen to the output?
#
# * For "*where* are the edges?" it should shift along: $f(\text{shift } X) = \text{shift } f(X)$. Such an $f$ is **equivariant**.
# * For "*is* there a cat?" it should not change at all: $f(\text{shift } X) = f(X)$. Such an $f$ is **invariant**.
#
# One often reads that convolution makes networks invariant to shifts. Measure it. How far apart do the two sides end, at most? To leave borders aside, what leaves the image on the right comes back on the left.

# %%
def shift(X: Float[ndarray, "... h w"], d: int) -> Float[ndarray, "... h w"]:
    """Move images d pixels to the right, round the edge."""
    return np.roll(X, d, axis=-1)

# %% answer="gaps"
def equivariance_gap(f: Callable, X: Float[ndarray, "..."], d: int) -> float:
    """Return the largest difference between f of the shifted X and the shifted f of X."""
    ### BEGIN SOLUTION
    return float(np.abs(f(shift(X, d)) - shift(f(X), d)).max())
    ### END SOLUTION

def invariance_gap(f: Callable, X: Float[ndarray, "..."], d: int) -> float:
    """Return the largest difference between f of the shifted X and f of X."""
    ### BEGIN SOLUTION
    return float(np.abs(f(shift(X, d)) - f(X)).max())
    ### END SOLUTION

# %% check="gaps"
check("gaps")

# %%
ask("stride")

# %% tags=["experiment"]
images, labels = mnist()
X = (images[:, None] / 255).astype(np.float32)
edges = left_edge[None, None].astype(np.float32)

def wrapped(X, stride=1):
    """Convolve with the left-edge kernel, round the edge."""
    X = np.pad(X, ((0, 0), (0, 0), (1, 1), (1, 1)), mode="wrap")
    return conv(X, edges, np.zeros(1, np.float32), stride)

# %% tags=["experiment"]
with needs("conv", "max_pool", "gaps"):
    for name, f in [("convolution", wrapped), ("convolution, then pool", lambda X: max_pool(wrapped(X))[0]),
                    ("convolution, then largest of all", lambda X: wrapped(X).max(axis=(2, 3), keepdims=True))]:
        print(f"{name:33} equivariance gap {equivariance_gap(f, X[:100], 1):.2f}, "
              f"invariance gap {invariance_gap(f, X[:100], 1):.2f}")
    for d in (1, 2):
        gap = np.abs(wrapped(shift(X[:100], d), stride=2) - shift(wrapped(X[:100], stride=2), d // 2)).max()
        print(f"stride 2, input shifted by {d}, output by {d // 2}: gap {gap:.2f}")

# %% [markdown]
# A convolution with stride 1 is equivariant, exactly, and not at all invariant. A stride of 2 keeps that for even shifts only. A small pool gives neither. Only the largest number of the *whole* map is invariant: it says whether, and no longer where.
#
# Measured by its largest difference a pool seems to do nothing. Count instead how many of its numbers change:

# %% tags=["experiment"]
with needs("conv", "max_pool"):
    for k in (1, 2, 4):
        before, after = (max_pool(wrapped(some), k, k)[0] for some in (X[:100], shift(X[:100], 1)))
        seen = (before != 0) | (after != 0)
        print(f"pooled {k} × {k}: {np.mean(before[seen] != after[seen]):4.0%} of the numbers change")

# %% [markdown]
# So a little invariance is bought at each pool, by forgetting a little of where. It is local and approximate; part 9 shows how much that is.

# %% [markdown]
# ## 9 · LeNet
#
# In the 1990s networks of this form read millions of cheques a day in American banks. Yann LeCun's LeNet, with today's ReLU and max pooling:
#
# | | makes | learns |
# |---|---|---|
# | image | (1, 28, 28) | |
# | `K1`, `b1`: 6 filters 5 × 5, **padding 2**; ReLU | (6, 28, 28) | 156 |
# | max pool 2, stride 2 | (6, 14, 14) | |
# | `K2`, `b2`: 16 filters 5 × 5, no padding; ReLU | (16, 10, 10) | 2,416 |
# | max pool 2, stride 2, then laid flat | (400,) | |
# | `W3`, `b3`: dense, ReLU | (120,) | 48,120 |
# | `W4`, `b4`: dense, ReLU | (84,) | 10,164 |
# | `W5`, `b5`: dense, ten scores | (10,) | 850 |

# %% [markdown]
# 61,706 numbers in all. You need no backward pass: each step is an `apply` of a rule, and lesson 3's engine does the rest.

# %%
def flatten(A: Float[ndarray, "n ..."]):
    """The rule that lays each sample flat."""
    return A.reshape(len(A), -1), (lambda G: G.reshape(A.shape),)

# %% [markdown]
# `apply(relu, A)`, `apply(max_pool, A)`, `apply(flatten, A)` each return a new Tensor. A rule with a setting is `partial(conv_rule, pad=2)`. Tensors have `@` and `+`.

# %% answer="lenet"
def lenet(X, params: Sequence[Tensor]) -> Tensor:
    """Return the scores (n, 10) for images (n, 1, h, w)."""
    K1, b1, K2, b2, W3, b3, W4, b4, W5, b5 = params
    ### BEGIN SOLUTION
    A = apply(relu, apply(partial(conv_rule, pad=2), X, K1, b1))
    A = apply(max_pool, A)
    A = apply(relu, apply(conv_rule, A, K2, b2))
    A = apply(flatten, apply(max_pool, A))
    A = apply(relu, A @ W3 + b3)
    A = apply(relu, A @ W4 + b4)
    return A @ W5 + b5
    ### END SOLUTION

# %% check="lenet"
check("lenet")

# %% [markdown]
# Now train it: 8,000 digits to learn from, 2,000 kept aside, as in lesson 3. Beside it stands lesson 3's dense network with 101,770 weights.

# %%
Y = np.eye(10, dtype=np.float32)[mnist()[1]]

def new(rng, *shape, fan):
    """Return weights (He: variance 2 / fan, the number of inputs) and biases."""
    biases = np.zeros(shape[0] if len(shape) == 4 else shape[-1], np.float32)
    return [Tensor((rng.normal(size=shape) * np.sqrt(2 / fan)).astype(np.float32)), Tensor(biases)]

def new_lenet(rng):
    return [*new(rng, 6, 1, 5, 5, fan=25), *new(rng, 16, 6, 5, 5, fan=150), *new(rng, 400, 120, fan=400),
            *new(rng, 120, 84, fan=120), *new(rng, 84, 10, fan=84)]

# %%
def dense(X, params):
    """Lesson 3's network: 784 pixels, 128 hidden neurons, 10 scores."""
    W1, b1, W2, b2 = params
    return apply(relu, X.reshape(len(X), -1) @ W1 + b1) @ W2 + b2

def train(model, params, X, epochs, eta=0.1):
    """Learn from the first 8,000 images, 50 at a time."""
    rng = np.random.default_rng(1)
    for rows in (r for _ in range(epochs) for r in np.array_split(rng.permutation(8000), 160)):
        log_p = apply(log_softmax, model(X[rows], params))
        backward(apply(total, log_p * Y[rows]) * (-1 / len(rows)))
        for p in params:
            p.data -= eta * p.grad

# %%
def accuracy(model, params, X):
    """Return the share of the other 2,000 that is read right, looked at in portions."""
    said = [model(rows, params).data.argmax(axis=1) for rows in np.split(X[8000:], 20)]
    return np.mean(np.concatenate(said) == labels[8000:])

# %% tags=["experiment"]
with needs("lenet", "conv_rule", "max_pool"):
    rng = np.random.default_rng(0)
    digits, plain = new_lenet(rng), [*new(rng, 784, 128, fan=784), *new(rng, 128, 10, fan=128)]
    for name, model, params, epochs in [("LeNet", lenet, digits, 4), ("dense", dense, plain, 8)]:
        began = perf_counter()
        train(model, params, X, epochs)
        print(f"{name}: {sum(p.data.size for p in params):7,} numbers, {perf_counter() - began:.0f} s, "
              f"{accuracy(model, params, X):.1%} of unseen digits right")

# %% [markdown]
# Fewer weights, fewer epochs, and about half of the mistakes. It was told one thing more: that a picture is a picture.
#
# ### How much does it forgive?
#
# Neither network has seen a digit off its place. Now shift the unseen ones, little by little, up to four pixels: that is about all the room there is (one digit in seven then loses a little ink at the edge).

# %%
ask("invariant")

# %% tags=["experiment"]
with needs("lenet", "conv_rule", "max_pool"):
    moves = range(5)
    fig, [ax] = panels(1, width=5.6, height=3)
    for model, params, name, colour, at in [(lenet, digits, "LeNet", BLUE, (2.6, 0.82)),
                                            (dense, plain, "dense", ORANGE, (1.3, 0.5))]:
        ax.plot(moves, [accuracy(model, params, shift(X, d)) for d in moves], "o-", color=colour)
        ax.annotate(name, at, color=colour)
    ax.axhline(0.1, color=GREY, linestyle=":", linewidth=1)
    ax.set(xlabel="shift to the right, in pixels", ylabel="accuracy", ylim=(0, 1))
    show(fig, "Accuracy on unseen digits against their shift. The dense network falls from 93 % to 43 % at three "
              "pixels, LeNet from 96 % to about 70 %. The dotted line is chance.")

# %% [markdown]
# LeNet hardly minds one pixel, and it forgives a good pixel more than the dense network does. Then it falls just as steeply. Convolutions carry a shift through, two pools swallow a little of it, and after them come dense layers, for which every place is another number. *Invariant* is the wrong word.

# %% [markdown]
# How far are you? (Whatever is missing, `hint("…")` helps, three times.)

# %%
progress()

# %% [markdown]
# ## In your own words
#
# A colleague writes: "Our network is a CNN, so it is invariant to shifts and we need no shifted images in training. Its second layer has 32 channels coming in and 64 filters of 3 × 3, so it learns 64 · (3 · 3 + 1) = 640 numbers. As a test of our own convolution we used a symmetric kernel, and it agreed with PyTorch's."
#
# In six sentences or fewer: what is wrong with each of the three, what is right instead, and how would you test the first claim?

# %% [markdown] essay="claims" points="2"
# A convolution with stride 1 is equivariant: shifted input, shifted output; strides and pools keep that in part, and dense layers at the end not at all. So the trained network is at most roughly and locally invariant, and shifted images in training help. I would shift the test images by 0 to 6 pixels and plot the accuracy. Each filter reads all 32 channels: 64 · (32 · 9 + 1) = 18,496. A kernel that is its own turn (or transpose) gives the same result with and without the turn, so that test passes code that turns or transposes. Use a random kernel, with other sizes for rows and columns, a stride and padding.
#
# **Rubric.** ½ point: equivariant, not invariant, with a reason (stride, pooling or dense layers break or change it). ½ point: a test that measures it (accuracy or outputs under shifts). ½ point: 18,496, or the formula with the channels. ½ point: the symmetric kernel can't tell correlation from convolution, and an asymmetric or random one can.

# %% [markdown]
# ## Where you are
#
# You have a convolution that is as fast as PyTorch's on one thread, and a network that reads digits better than the one before with fewer numbers to learn. It does so because you built into it what you know of pictures: near things belong together, and a thing is the same wherever it stands.
#
# A text is not a picture. It has no fixed length, and what a word means may hang on one a hundred words earlier. Sharing weights along *time* is the idea of **lesson 6**.

# %% [markdown]
# ---
# # Deeper
#
# The rest is for those who want more. It has checks too, worth no points.

# %% [markdown]
# ## One dimension, as a matrix
#
# Sliding is linear, so there is a matrix that does it. For a row of $n = 6$ numbers and a kernel of 3:
#
# $$T = \begin{pmatrix} w_0 & w_1 & w_2 & 0 & 0 & 0 \\ 0 & w_0 & w_1 & w_2 & 0 & 0 \\ 0 & 0 & w_0 & w_1 & w_2 & 0 \\ 0 & 0 & 0 & w_0 & w_1 & w_2 \end{pmatrix}, \qquad z = T x.$$
#
# Such a matrix, constant along its diagonals, is called **Toeplitz**. Next to a dense layer's matrix you see at a glance what a convolution gave up: most entries are zero (it is *local*) and the others are equal (it *shares*). 24 entries, three numbers.

# %% [markdown]
# The pull of $z = Tx$ by $x$ is $g \mapsto T^\top g$. So the backward pass of a convolution is the transposed matrix, and `fold` is nothing else.

# %% answer="toeplitz"
def toeplitz(w: Float[ndarray, "k"], n: int, stride: int = 1, pad: int = 0) -> Float[ndarray, "p n"]:
    """Return T such that T @ x slides w over x, a row of n numbers."""
    ### BEGIN SOLUTION
    T = np.zeros((out_size(n, len(w), stride, pad), n + 2 * pad))
    for i in range(len(T)):
        T[i, i * stride : i * stride + len(w)] = w
    return T[:, pad : pad + n]
    ### END SOLUTION

# %% check="toeplitz"
check("toeplitz")

# %% tags=["experiment"]
with needs("toeplitz"):
    w, g = rng.normal(size=3), rng.normal(size=4)
    T = toeplitz(w, 8, stride=2, pad=1)
    x = torch.tensor(rng.normal(size=8), requires_grad=True)
    z = torch.nn.functional.conv1d(x[None, None], torch.tensor(w)[None, None], stride=2, padding=1)[0, 0]
    z.backward(torch.tensor(g))
    print("forward: ", np.abs(T @ x.detach().numpy() - z.detach().numpy()).max())
    print("backward:", np.abs(T.T @ g - x.grad.numpy()).max())

# %% [markdown]
# ## How far does a number see?
#
# A number in the third layer depends on a patch of the image only, its **receptive field**. Each layer adds $k - 1$ steps on both sides together; but a step on its input may be several pixels wide, if layers below had strides.

# %%
ask("field")

# %% answer="receptive_field"
def receptive_field(layers: Sequence[tuple[int, int]]) -> int:
    """Return how many pixels, side to side, one number at the top sees; layers are (k, stride), first one first."""
    ### BEGIN SOLUTION
    field, step = 1, 1
    for k, stride in layers:
        field += (k - 1) * step
        step *= stride
    return field
    ### END SOLUTION

# %% check="receptive_field"
check("receptive_field")

# %% tags=["experiment"]
with needs("receptive_field"):
    print("three of 3 x 3:", receptive_field([(3, 1)] * 3), "pixels")
    print("LeNet, after its second pool:", receptive_field([(5, 1), (2, 2), (5, 1), (2, 2)]), "of 28 pixels")

# %% [markdown]
# Hence the hierarchy that people find in trained networks: low layers see a few pixels and can only know edges and spots; those above combine them into corners and textures, and those above into parts and things.
#
# ### Dilation
#
# To see further without more weights, spread the kernel: put $d - 1$ zeros between neighbouring weights. A kernel of 3 with dilation 2 is 5 wide and still learns 9 numbers.

# %% answer="dilate"
def dilate(K: Float[ndarray, "m c k k"], d: int) -> Float[ndarray, "m c s s"]:
    """Return the kernels with d - 1 zeros between neighbours."""
    ### BEGIN SOLUTION
    m, c, k, _ = K.shape
    span = d * (k - 1) + 1
    spread = np.zeros((m, c, span, span), K.dtype)
    spread[:, :, ::d, ::d] = K
    return spread
    ### END SOLUTION

# %% check="dilate"
check("dilate")

# %% tags=["experiment"]
with needs("dilate", "conv"):
    A, K, b = rng.normal(size=(2, 3, 12, 12)), rng.normal(size=(4, 3, 3, 3)), np.zeros(4)
    theirs = torch.nn.functional.conv2d(*map(torch.tensor, (A, K, b)), dilation=2)
    print("like PyTorch's dilation:", np.allclose(conv(A, dilate(K, 2), b), theirs))

# %% [markdown]
# (That multiplies by many zeros. The course's own `windows`, in `helpers/reference/convolution.py`, takes wider steps instead.)
#
# ## Average pooling
#
# Keep the mean of a window instead of its largest. On the way back each entry gets its share. Over a *whole* map it is called global average pooling: today's networks end in it, instead of in a large dense layer.

# %% answer="average_pool"
def average_pool(X: Float[ndarray, "n c h w"], k: int = 2, stride: int = 2):
    """Return (the mean of each window, (pull,))."""
    ### BEGIN SOLUTION
    V = windows(X, k, stride)

    def pull(G):
        share = G[:, :, None, None] / (k * k)
        return fold(np.broadcast_to(share, V.shape), X.shape, stride)

    return V.mean(axis=(2, 3)), (pull,)
    ### END SOLUTION

# %% check="average_pool"
check("average_pool")

# %% [markdown]
# ## Blocks: 1 × 1, inception, residual
#
# **A kernel of 1 × 1** sees a single pixel, but all its channels: it is a dense layer, applied to each pixel alone. It mixes channels, and it makes many of them into few.
#
# **Inception** (GoogLeNet, 2014): which size of kernel is best? Take several beside each other, all padded to keep the size, and stack their maps as channels.
#
# **Residual** (ResNet, 2015): lesson 3's shortcut past a layer, with convolutions: $\operatorname{relu}(X + F(X))$, where $F$ is convolution, ReLU, convolution. With it networks of 152 layers could be trained.

# %% answer="blocks"
def inception(X: Float[ndarray, "n c h w"], branches: Sequence[tuple[ndarray, ndarray]]) -> Float[ndarray, "n m h w"]:
    """Run the convolutions (K, b), of odd sizes, beside each other and stack their maps as channels."""
    ### BEGIN SOLUTION
    return np.concatenate([conv(X, K, b, pad=K.shape[-1] // 2) for K, b in branches], axis=1)
    ### END SOLUTION

def residual(X: Float[ndarray, "n c h w"], K1, b1, K2, b2) -> Float[ndarray, "n c h w"]:
    """Return relu(X + F(X)); kernels are 3 x 3."""
    ### BEGIN SOLUTION
    H = np.maximum(conv(X, K1, b1, pad=1), 0)
    return np.maximum(X + conv(H, K2, b2, pad=1), 0)
    ### END SOLUTION

# %% check="blocks"
check("blocks")

# %% tags=["experiment"]
with needs("conv"):
    A, K, b = rng.normal(size=(2, 8, 5, 6)), rng.normal(size=(3, 8, 1, 1)), rng.normal(size=3)
    pixels = A.transpose(0, 2, 3, 1).reshape(-1, 8)  # one row for each pixel
    as_dense = (pixels @ K[:, :, 0, 0].T + b).reshape(2, 5, 6, 3).transpose(0, 3, 1, 2)
    print("1 x 1 is a dense layer on pixels:", np.allclose(conv(A, K, b), as_dense))

# %% [markdown]
# ## 2012
#
# On a contest with photographs of a thousand kinds of things the best programs had been wrong in 26 % of cases, with five guesses each. AlexNet was wrong in 15 %, and the field changed within a year. Count it (with each filter reading all channels):

# %% tags=["experiment"]
with needs("layers"):
    count((3, 227, 227), (conv_layer, 96, 11, 4), (pool_layer, 3, 2), (conv_layer, 256, 5, 1, 2), (pool_layer, 3, 2),
          (conv_layer, 384, 3, 1, 1), (conv_layer, 384, 3, 1, 1), (conv_layer, 256, 3, 1, 1), (pool_layer, 3, 2),
          (dense_layer, 4096), (dense_layer, 4096), (dense_layer, 1000))

# %% [markdown]
# 62,378,344 numbers, of which 94 % are in its three dense layers. The authors split it over two graphics cards, so that in some layers a filter reads half of the channels only; that makes 60,965,224, their "60 million".
#
# Convolutions trained by backpropagation were more than 20 years old. What was new in 2012: *data*, 1.2 million labelled photographs; *hardware*, graphics cards that did in six days what would have taken months; and *small things that add up*, such as ReLU, dropout, and images that were shifted and mirrored while training.
#
# After it: VGG (2014) used 3 × 3 only, in many layers; GoogLeNet has about a tenth of AlexNet's weights, thanks to 1 × 1 kernels and global averages; ResNet (2015) goes deep by shortcuts.

# %% [markdown]
# ## What it has learned
#
# Nobody told LeNet what to look for. Here are its six first filters, and what they make of a digit.

# %% tags=["experiment"]
with needs("lenet", "conv_rule", "max_pool"):
    K1, b1 = digits[0].data, digits[1].data
    made = np.maximum(conv(X[8000:8001], K1, b1, pad=2), 0)[0]
    fig, _ = panels(1, width=9, height=3)
    fig.clear()
    for (above, below), K, A in zip(fig.subplots(2, 6).T, K1[:, 0], made):
        above.imshow(K, cmap="RdBu_r", vmin=-np.abs(K).max(), vmax=np.abs(K).max())
        below.imshow(A, cmap="Greys")
        for ax in (above, below):
            ax.set(xticks=[], yticks=[])
    show(fig, "Above, six filters of five by five weights, red where positive and blue where negative, several of "
              "them with a positive and a negative side. Below, the maps they make of a digit: strokes of one "
              "direction are dark.")

# %% [markdown]
# Several have a positive and a negative side, and their maps look like the digit lit from one direction: they answer to edges, and descent alone found them. In networks for photographs, with larger kernels and more data, the first filters are edges of every direction, and colours.

# %% [markdown]
# ## Features by hand
#
# Between what a picture stores, the brightness of pixels, and what it shows there is a wide gap. For decades people bridged it by hand: they thought out numbers, **features**, in which like things lie close together, and left the rest to a linear classifier. The best of them (SIFT, HOG) count edges by their direction, in each part of the picture, so that a stroke may move a little and still count the same.
#
# That takes two kernels. The strength of an edge is $\sqrt{g_x^2 + g_y^2}$, its direction the angle of $(g_x, g_y)$. Eight directions in $4 \times 4$ fields make 128 features.

# %% tags=["experiment"]
def edge_counts(X, fields=4, directions=8):
    kernels = np.stack([left_edge, left_edge.T]).astype(np.float32)[:, None]
    gx, gy = conv(X, kernels, np.zeros(2, np.float32), pad=1).transpose(1, 0, 2, 3)
    strength, turns = np.hypot(gx, gy), np.arctan2(gy, gx) / (2 * np.pi) % 1
    which = (turns * directions).astype(int) % directions
    each = strength[:, None] * (which[:, None] == np.arange(directions)[:, None, None])
    size = 28 // fields
    return each.reshape(len(X), directions, fields, size, fields, size).sum(axis=(3, 5)).reshape(len(X), -1)

# %% tags=["experiment"]
def linear_accuracy(F):
    """Fit ten straight lines to the first 8,000 by least squares; return the share of the others read right."""
    F = np.column_stack([F / F.std(), np.ones(len(F))]).astype(float)
    W = np.linalg.solve(F[:8000].T @ F[:8000] + 10 * np.eye(F.shape[1]), F[:8000].T @ Y[:8000])
    return np.mean((F[8000:] @ W).argmax(axis=1) == labels[8000:])

# %% [markdown]
# LeNet makes features, too: the 84 numbers below its last layer. (Replace that layer by the identity, and they come out.) The same linear classifier on all three:

# %% tags=["experiment"]
with needs("conv", "lenet", "conv_rule", "max_pool"):
    identity_head = [Tensor(np.eye(84, dtype=np.float32)), Tensor(np.zeros(84, np.float32))]
    learned = np.concatenate([lenet(rows, [*digits[:8], *identity_head]).data for rows in np.split(X, 100)])
    for name, F in [("pixels", X.reshape(10_000, -1)), ("edges, by hand", edge_counts(X)), ("learned", learned)]:
        print(f"{F.shape[1]:4} {name:15} {linear_accuracy(F):.1%} of unseen digits right")

# %% [markdown]
# More than half of the mistakes are gone as soon as somebody thought of edges, with two kernels and no learning below the last layer. Learning still does better, with fewer numbers, and nobody had to think of anything; for cats and cars, where thinking is harder, the distance is far larger. Lesson 9 takes such features from a network that has learned them on *other* pictures.

# %% [markdown]
# ## Augmentation: more pictures for nothing
#
# If LeNet should read shifted digits, show it some. At each step, move every image by a random amount. The label stays the same, so it costs nothing, and tells the network what no formula of it says.

# %% tags=["experiment"]
def train_shifted(params, epochs, eta=0.1):
    rng = np.random.default_rng(1)
    for rows in (r for _ in range(epochs) for r in np.array_split(rng.permutation(8000), 160)):
        moved = shift(X[rows], int(rng.integers(-4, 5)))  # another shift for each batch
        log_p = apply(log_softmax, lenet(moved, params))
        backward(apply(total, log_p * Y[rows]) * (-1 / len(rows)))
        for p in params:
            p.data -= eta * p.grad

# %% tags=["experiment"]
with needs("lenet", "conv_rule", "max_pool"):
    moved = new_lenet(np.random.default_rng(0))
    train_shifted(moved, 4)
    for d in (0, 2, 4):
        print(f"shifted by {d}: {accuracy(lenet, digits, shift(X, d)):.1%} without, "
              f"{accuracy(lenet, moved, shift(X, d)):.1%} with augmentation")

# %% [markdown]
# ## Many digits in one picture
#
# A network that reads one digit can search a larger picture: let it look through every window. (That is how faces were found in photographs: one small classifier, asked everywhere.) Here are five digits in a strip, and LeNet's highest probability in windows four pixels apart.

# %% tags=["experiment"]
with needs("lenet", "conv_rule", "max_pool"):
    strip = np.concatenate([np.pad(image[0], ((0, 0), (0, gap))) for image, gap in
                            zip(X[8000:8005], (20, 8, 32, 0, 16))], axis=1)
    views = windows(strip[None, None], 28, 4)[0, 0, :, :, 0].transpose(2, 0, 1)[:, None]
    log_p = apply(log_softmax, lenet(views, moved)).data

# %% tags=["experiment"]
with needs("lenet", "conv_rule", "max_pool"):
    fig, _ = panels(1, width=9, height=2.9)
    fig.clear()
    picture, curve = fig.subplots(2, 1, sharex=True)
    picture.imshow(strip, cmap="Greys", aspect="auto")
    picture.set(yticks=[])
    middles = np.arange(len(views)) * 4 + 14
    curve.plot(middles, np.exp(log_p.max(axis=1)), "o-", color=BLUE, markersize=3)
    for x, row in zip(middles, log_p):
        curve.annotate(str(row.argmax()), (x, np.exp(row.max()) + 0.06), ha="center", fontsize=8)
    curve.set(xlabel="middle of the window", ylabel="probability", ylim=(0, 1.25))
    show(fig, "A strip with five digits, and below it the most probable class of each window with its probability. "
              "Near the digits' middles the right class is near one; on empty ground it is about a fifth, and between "
              "two digits up to seven tenths for a digit that is not there.")

# %% [markdown]
# Over a digit it reads the digit, and is sure of it. On empty ground it still names one, with a probability of about a fifth; over two halves it has seen digits that aren't there, with up to seven tenths. Softmax must spread its probability over ten classes, and "no digit" is none of them. Whoever wants to find things must also show the network what isn't one.

# %% [markdown]
# ## Shuffle the pixels
#
# You predicted it at the start. Now take all 784 pixels of all digits and put them in a new order, the same for every image. Nothing is lost: the order could be undone. A small convolutional network and a dense one learn from the pictures as they are, and from the shuffled ones; three times, with other starts and other orders.

# %% tags=["experiment"]
from helpers.device import loader
from helpers.training import train as train_anywhere  # lesson 3's loop, on a GPU where there is one

def torch_accuracy(images, seed, *layers):
    """Train with PyTorch for two epochs and return the accuracy on the last 2,000."""
    torch.manual_seed(seed)
    net = torch.nn.Sequential(*[layer() for layer in layers])
    history = train_anywhere(
        net, loader(images[:8000], labels[:8000], seed=seed), torch.nn.functional.cross_entropy, epochs=2, bar=False,
        optimiser=torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9),
        validation=loader(images[8000:], labels[8000:], batch=2000, shuffle=False),
        metrics={"right": lambda scores, classes: (scores.argmax(dim=1) == classes).double().mean()},
    )
    return history.validation[-1]["right"]

# %% tags=["experiment"]
nn = torch.nn
small_cnn = [lambda: nn.Conv2d(1, 8, 5, padding=2), nn.ReLU, lambda: nn.MaxPool2d(2), lambda: nn.Conv2d(8, 16, 5),
             nn.ReLU, lambda: nn.MaxPool2d(2), nn.Flatten, lambda: nn.Linear(400, 10)]
small_mlp = [nn.Flatten, lambda: nn.Linear(784, 64), nn.ReLU, lambda: nn.Linear(64, 10)]
for seed in range(3):
    order = np.random.default_rng(100 + seed).permutation(784)
    shuffled = X.reshape(10_000, 784)[:, order].reshape(X.shape)
    for name, layers in [("convolutional", small_cnn), ("dense", small_mlp)]:
        before, after = (torch_accuracy(pictures, seed, *layers) for pictures in (X, shuffled))
        print(f"{name:14} {before:.1%} as they are, {after:.1%} shuffled")

# %% [markdown]
# The dense network doesn't notice. The convolutional one loses everything that it was ahead, and more: what it "knows", that neighbours belong together, has become false. It is still right about nearly nine in ten, since its last layer can put much together again.
#
# So a convolution is no better way to learn *as such*. It is a bet on what the world is like, and for pictures the bet is right.

# %% [markdown]
# ## On another device
#
# A graphics card computes the same convolution, and not the same digits: it adds in another order, and single precision rounds each sum at its seventh digit. So *equal* must mean *near*. How near? A difference says little by itself, 0.001 is nothing among thousands. Measure the largest difference as a part of the largest entry.

# %% answer="apart"
def apart(ours: Float[ndarray, "..."], theirs: Float[ndarray, "..."]) -> float:
    """Return the largest difference between two arrays, as a part of the largest entry of theirs."""
    ### BEGIN SOLUTION
    return float(np.abs(ours - theirs).max() / np.abs(theirs).max())
    ### END SOLUTION

# %% check="apart"
check("apart")

# %% [markdown]
# Your layer with a filter's 1,152 products, in single and in double precision; and PyTorch's, on the CPU and on the GPU, if this machine has one.

# %% tags=["experiment"]
from helpers.device import describe, device

with needs("apart", "conv"):
    rng = np.random.default_rng(0)
    X, K = rng.normal(size=(4, 128, 16, 16)), rng.normal(size=(32, 128, 3, 3))
    single = conv(X.astype(np.float32), K.astype(np.float32), np.zeros(32, np.float32))
    print(f"single and double precision: {apart(single, conv(X, K, np.zeros(32))):.0e} apart")

    def by_torch(where):
        images, kernels = (torch.tensor(a, dtype=torch.float32, device=where) for a in (X, K))
        return torch.nn.functional.conv2d(images, kernels).cpu().numpy()

    if (where := device()).type == "cpu":
        print(f"There is no GPU here that PyTorch can use, so there is nothing to compare. ({describe(where)})")
    else:
        print(f"CPU and {describe(where)}: {apart(by_torch(where), by_torch('cpu')):.0e} apart")

# %% [markdown]
# Some $10^{-7}$ is what single precision allows here, a few units of its last digit. Below $10^{-4}$ two devices agree for all that training cares about; this course's own tests ask for that. (Cards of NVIDIA may round convolutions to *ten bits* by default, for speed. Then they are $10^{-3}$ apart, and it is no mistake of yours.)

# %% [markdown]
# ## Go further
#
# * D. Hubel, T. Wiesel, *Receptive fields, binocular interaction and functional architecture in the cat's visual cortex* (1962): cells that see edges of one direction in one place; where it began, with cats.
# * K. Fukushima, *Neocognitron* (1980): layers of local, shared detectors and pooling, before backpropagation.
# * Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, *Gradient-based learning applied to document recognition* (1998): LeNet-5, and the whole system around it.
# * A. Krizhevsky, I. Sutskever, G. Hinton, *ImageNet classification with deep convolutional neural networks* (2012): AlexNet, and an honest list of the tricks.
# * K. Simonyan, A. Zisserman (2014), C. Szegedy and others (2015), K. He and others (2016): VGG, inception, and residual networks.
# * V. Dumoulin, F. Visin, *A guide to convolution arithmetic for deep learning* (2016): every padding, stride and transpose, drawn.
# * R. Zhang, *Making convolutional networks shift-invariant again* (2019): what strides and pools do to equivariance, and a repair.

# %% [markdown]
# ---
# *Text and figures CC BY 4.0, code MIT. The choice of topics follows five lecture courses: "Deep Learning" (IMT Atlantique), "An introduction to deep learning" (Claire Boyer), "Apprentissage profond" (Céline Hudelot), FIDLE "Transformers" and "Machine learning" (Mines Saint-Étienne). Photograph: Chelsea by Stéfan van der Walt, CC0. Digits: MNIST by Y. LeCun, C. Cortes and C. Burges, CC BY-SA 3.0; see `helpers/data/SOURCES.md`.*
