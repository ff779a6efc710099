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
# **Move every digit three pixels to the right, and a network that read 93 of 100 reads fewer than half. You would not even notice that they moved. What do you know that it doesn't?**
#
# You know that a picture is a picture: that neighbours belong together, and that a stroke is the same stroke wherever it stands. To the network of lesson 3 an image is a list of 784 numbers in no order at all.
#
# In this lesson you build an operation that has this knowledge in its bones. It has been the heart of nearly every machine that sees, it learns with a few thousand weights where a dense layer needs millions, and it is one matrix product.

# %% [markdown]
# | | |
# |---|---|
# | **You will be able to** | write a convolution layer, forward and backward, as fast as PyTorch's; say what every layer of a network makes and what it costs; tell equivariance from invariance, and measure both |
# | **You need** | lesson 3 (rules and pulls; part 6 reminds you of both); slices of NumPy arrays |
# | **Time** | 180 minutes, in two sittings: parts 1 to 5, then parts 6 to 9; *deeper* after that is extra |
# | **At the end there is** | a LeNet, built from your own convolution and pooling, that learns to read in ten seconds, and then reads what *you* write |
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

import helpers.figures as figures
from helpers import ask, check, hint, needs, progress, start
from helpers.data import cat, mnist
from helpers.figures import BLUE, GREY, ORANGE, one_filter, panels, show, sliding, volumes
from helpers.reference.backprop import Tensor, apply, backward, log_softmax, relu, total
from helpers.work import Work

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
# That is a neuron without its bias: a weighted sum. What is new is that it looks at a small **window** only, and that the *same* neuron looks through every window. The table of its answers, $Z$, is again a picture: a **map** of where the image looks like the kernel (in papers: a **feature map**).

# %% tags=["experiment"]
from helpers.widgets.convolution import slider

display(slider())

# %% [markdown]
# Slide the cross over *the worked example* and check a few cells by hand. Then take *a square* with the kernel *Sobel*: what do positive and negative numbers say? Why is the inside of the square zero? Type a 9 into one weight and see which cells react. Stride and padding come in part 2.

# %% [markdown]
# ### Two operations, one name
#
# What you saw is called **cross-correlation**. In mathematics, **convolution** turns the kernel by 180 degrees first (that makes it commutative). In deep learning nobody turns: the weights are learned, and a network would learn the turned kernel just as well. Everybody says *convolution* all the same, PyTorch too, and so does this course from part 3 on. (Mathematicians have complained, and turned back to their own pictures.)

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
# Before anybody learned them, kernels were made by hand. Here are four, for a photograph of a cat called Chelsea; the third is **Sobel's** (1968), which most programs for pictures still have. Guess first what each does.

# %%
identity = np.array([[0.0, 0, 0], [0, 1, 0], [0, 0, 0]])
blur = np.ones((9, 9)) / 81
sobel = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
all_edges = np.array([[-1.0, -1, -1], [-1, 8, -1], [-1, -1, -1]])

# %%
ask("edges")

# %% tags=["experiment"]
with needs("correlate"):
    grey = cat().mean(axis=2) / 255
    fig, axes = panels(4, width=9, height=2.7)
    kernels = {"identity": identity, "blur, 9 × 9": blur, "Sobel": sobel, "all edges": all_edges}
    for ax, (name, K) in zip(axes, kernels.items()):
        scale = {} if K.sum() else {"vmin": -0.7, "vmax": 0.7}
        ax.imshow(correlate(grey, K), cmap="gray", **scale)
        ax.set(xticks=[], yticks=[], title=name)
        ax.spines[:].set_visible(False)
    show(fig, ask("edges").alt)

# %% [markdown]
# Look at the rims of her eyes under Sobel's kernel: white where it gets brighter to the right, black where it gets darker. A whisker lying flat it hardly sees; the fourth kernel sees every hair. One kernel, one question, asked everywhere.
#
# The kernel was the same everywhere, and that was a *choice*: 9 weights for the whole picture. For decades people chose the numbers. The idea of this lesson is to let gradient descent choose them; in part 6 you watch it find Sobel's.

# %% [markdown]
# ### Why just this?
#
# What do you know that a dense layer doesn't? Two things, and they leave no choice. Take a row of $n$ pixels $x$, bent into a ring so that it has no ends, and *any* linear map $f$. Let $S$ shift by one pixel.
#
# **A stroke is the same stroke wherever it stands:** demand $f(Sx) = S f(x)$. Now $x$ is a sum of shifted points, $x = \sum_j x_j\, S^j e$, where $e$ is one bright pixel at place 0. So
#
# $$f(x) = \sum_j x_j\, f(S^j e) = \sum_j x_j\, S^j f(e), \qquad f(x)_p = \sum_j x_j\, v_{p-j} \quad \text{with } v = f(e).$$
#
# The first step is linearity, the second the demand. What $f$ makes of a single point decides everything: $n$ numbers are left of $n^2$, and the sum is one kernel, $K_i = v_{-i}$, that slides.
#
# **Neighbours belong together:** demand that a number depends on near pixels only. Then all but $k$ of them are zero.

# %% tags=["experiment"]
M = np.random.default_rng(0).normal(size=(9, 9))
shared = np.mean([np.roll(M, (d, d), axis=(0, 1)) for d in range(9)], axis=0)  # all shifts alike
offset = (np.arange(9) - np.arange(9)[:, None] + 4) % 9 - 4  # how far apart on the ring
maps = {"any linear map: 81 numbers": M, "shifts carry through: 9": shared,
        "and neighbours only: 3": shared * (np.abs(offset) <= 1)}
fig, axes = panels(3, width=9, height=3)
for ax, (title, A) in zip(axes, maps.items()):
    ax.imshow(A, cmap="signed", vmin=-np.abs(A).max(), vmax=np.abs(A).max())
    ax.set(xticks=[], yticks=[], title=title)
show(fig, "Three matrices of 9 by 9 as coloured squares. The first has 81 colours in no order. In "
          "the second each diagonal has one colour, going round at the edges. In the third all but "
          "three diagonals are white.")

# %% [markdown]
# Follow a diagonal in the second matrix: one number from end to end, since each row is the row above, shifted. The third is a convolution with a kernel of 3. Nobody put it there. It is what is left when a layer must treat all places alike and look at neighbours only.

# %% [markdown]
# ## 2 · How large?
#
# A kernel of length $k$ fits into a row of $n$ pixels at $n - k + 1$ places. Two dials change that:
#
# * **Padding** $P$ puts $P$ zeros before and after, so that the kernel can reach the border, and the map need not shrink.
# * **Stride** $s$ moves the kernel by $s$ pixels at a time. A stride of 2 makes a map half as wide, at a quarter of the work.

# %% tags=["experiment"]
show(*sliding([(5, 3, 1, 0), (5, 3, 1, 1), (5, 3, 2, 1)]))

# %% [markdown]
# Compare the three outputs: without padding two rows and columns are lost, a padding of 1 brings them back, and with a stride of 2 the windows share one column only.

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

# %% tags=["experiment"]
show(*one_filter(filters=2))

# %% [markdown]
# Count the arrows into one number: it has read the same window of *all* channels. The slider of part 1 shows it moving: choose *three channels*, a red square beside a white one, and the kernel *identity*. The weights on the three channels are 2, -1 and -1 times the kernel, so what is white gives 0, and only the red square is left.
#
# To ask several questions, take several blocks, called **filters**. With $m$ filters the layer makes $m$ maps, which are the channels of the next layer.
#
# $$Z_{fpq} = b_f + \sum_{c,\,i,\,j} X_{c,\; sp + i - P,\; sq + j - P}\; K_{fcij} \qquad (0 \text{ outside of the image})$$

# %% [markdown]
# | | |
# |---|---|
# | `X` (c, h, w) | an image: channels, rows, columns; a batch is (n, c, h, w). Files have (h, w, c): `transpose` turns one into the other |
# | `K` (m, c, k, k), `b` (m,) | $m$ filters and their biases |
# | `Z` (m, p, q) | what they make; sizes by `out_size` |

# %% [markdown]
# Write it with loops, for one image, as plainly as you can. It will be slow, and it is the *specification*: whatever clever version comes later has to give the same numbers.

# %% answer="conv_loops"
def conv_loops(
    X: Float[ndarray, "c h w"],
    K: Float[ndarray, "m c k k"],
    b: Float[ndarray, "m"],
    stride: int = 1,
    pad: int = 0,
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
# ### A filter for her eyes
#
# Chelsea's photograph is stored as (rows, columns, channels), the layer wants (channels, rows, columns). The commonest slip with pictures is to `reshape` here: it gives the right *shape*, and reads the numbers on in the order in which they lie. The filter below weighs green against red and blue, in windows of 5 × 5.

# %% tags=["experiment"]
with needs("conv_loops"):
    photo = cat() / 255
    K = np.array([-0.5, 1, -0.5])[None, :, None, None] * np.ones((1, 3, 5, 5)) / 25
    right, wrong = photo.transpose(2, 0, 1), photo.reshape(3, 224, 224)
    shown = {"as stored": photo, "transposed: red": right[0], "reshaped: red?": wrong[0],
             "the filter's map": conv_loops(right, K, np.zeros(1))[0]}
    fig, axes = panels(4, width=9, height=2.7)
    for ax, (title, picture) in zip(axes, shown.items()):
        ax.imshow(picture, cmap="gray")
        ax.set(xticks=[], yticks=[], title=title)
    show(fig, "A cat in colour; her red channel in grey; the first third of the same numbers, "
              "reshaped; and the map of the filter for green.")

# %% [markdown]
# The third picture has the right shape and no cat in it: a colour's numbers stand between the other two's. In the fourth her eyes shine: no single channel shows them like that, one filter through all three does. (Her nose is the darkest spot: it is the reddest.)

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
    """Print what each layer makes, learns and multiplies, and the sums."""
    numbers = work = 0
    for layer, *sizes in layers:
        shape, learned = layer(shape, *sizes)
        weights = learned - shape[0] if learned else 0  # without the biases
        products = weights * prod(shape[1:])  # each weight once for each place
        numbers, work = numbers + learned, work + products
        print(f"{layer.__name__:11} {sizes!s:15} makes {shape!s:14} learns {learned:11,}"
              f" multiplies {products:13,}")
    print(f"{'in all':56}{numbers:11,}{work:25,}\n")

# %% tags=["experiment"]
with needs("layers"):
    count((3, 32, 32), (conv_layer, 32, 3), (pool_layer, 2, 2), (conv_layer, 64, 3),
          (pool_layer, 2, 2), (conv_layer, 64, 3), (dense_layer, 64), (dense_layer, 10))
    count((3, 400, 400), (dense_layer, 1000), (dense_layer, 10))
    count((3, 400, 400), (conv_layer, 64, 3))

# %% [markdown]
# 122,570 numbers against 480,011,010. Now compare the two columns of the first network: its one large dense layer holds more than half of the numbers and does one multiplication in seventy. **Convolutions do the work, dense layers hold the numbers**, because a filter's weight is used again at every place. That is why a network with few weights can be slow.
#
# Few weights are not only cheap. Each weight of a filter is tried at every place of every image, so it learns from all of them; a dense weight sees one pixel per image. Fewer numbers, and more evidence for each.

# %% [markdown]
# ## 5 · Fast: it is a matrix product
#
# Loops in Python are slow. But look at what the kernel meets, window by window, and write each window down as a *column*:

# %% tags=["experiment"]
show(*figures.windows((4, 4), 2))

# %% [markdown]
# An image of 4 × 4 and a kernel of 2 × 2: nine windows, nine columns, four numbers in each. Follow one pixel by its colour. A pixel in the middle stands in four columns, one at a corner in a single one. Multiply the flat kernel, a row of four, by this matrix of 4 × 9, and the nine numbers of the map come out at once: a convolution is a **matrix product**.
#
# The matrix is known as **im2col** (image to columns; PyTorch has it as `unfold`). To build it without a loop over windows, look at its *rows*. The first one is what the kernel's weight (0, 0) meets while it slides: the image without its last row and column. The second, for weight (0, 1), is the image moved by one pixel. Each row is one slice of the image.

# %% [markdown]
# With channels, a batch and a stride it is the same, with more letters:
#
# $$V_{ncij,\,pq} = X_{nc,\; sp + i,\; sq + j} \quad \text{($X$ padded)}, \qquad V \text{ has the shape } (n, c, k, k, p, q).$$
#
# A column, $c, i, j$ laid flat, is one window; a row, $p, q$ laid flat, is what one weight meets. Lay the filters flat too, $\tilde K$ of shape $(m, c k^2)$, and each image's windows, $\tilde V$ of shape $(c k^2, p q)$:
#
# $$Z = \tilde K\, \tilde V + b.$$
#
# It is lesson 1's dense layer, with windows for samples. (Windows stand in columns here, and the weights on the left: then the maps come out in order.)

# %% answer="conv"
def windows(
    X: Float[ndarray, "n c h w"], k: int, stride: int = 1, pad: int = 0
) -> Float[ndarray, "n c k k p q"]:
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

def conv(
    X: Float[ndarray, "n c h w"],
    K: Float[ndarray, "m c k k"],
    b: Float[ndarray, "m"],
    stride: int = 1,
    pad: int = 0,
) -> Float[ndarray, "n m p q"]:
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
    X, K = rng.normal(size=(32, 3, 32, 32)), rng.normal(size=(16, 3, 3, 3))
    b = rng.normal(size=16)
    began = perf_counter()
    slow = conv_loops(X[0], K, b)
    loops, began = perf_counter() - began, perf_counter()
    fast = conv(X, K, b)
    product = perf_counter() - began
    print(f"loops:  {1000 * loops:.0f} ms for one image")
    print(f"matrix: {1000 * product / 32:.2f} ms for one image")
    print(f"they differ by {np.abs(fast[0] - slow).max():.0e}")

# %% [markdown]
# Hundreds of times as fast, and not one multiplication fewer. The price is memory: each pixel is copied nine times. PyTorch and graphics cards do a convolution in much the same way.

# %% [markdown]
# **A good place for a pause.** You have a layer that is as fast as anybody's, and know what it costs. The second sitting makes it learn: the way back, pooling, what shifts do, and a network that reads.

# %% [markdown]
# ---
# ## 6 · The way back
#
# A reminder from lesson 3. A **rule** computes something and returns, beside the value, one **pull** for each input: a function that takes $G$, the gradient of the loss with respect to the value, and returns the gradient with respect to that input (in papers: a *vector–Jacobian product*, VJP). `apply(rule, A, B)` does it with Tensors, and `backward` then calls all the pulls. Here is the rule that you need most:

# %%
def matmul(A, B):
    return A @ B, (lambda G: G @ B.T, lambda G: A.T @ G)

# %% [markdown]
# A convolution is $Z_n = \tilde K \tilde V_n + b$ for each image $n$, so $\tilde K$ is this rule's A and $\tilde V_n$ its B. With $G$ of the shape of $Z$, and $\tilde G_n$ of shape $(m, pq)$:
#
# $$\frac{\partial L}{\partial b} = \sum_{n,p,q} G, \qquad \frac{\partial L}{\partial \tilde K} = \sum_n \tilde G_n \tilde V_n^\top, \qquad \frac{\partial L}{\partial \tilde V_n} = \tilde K^\top \tilde G_n .$$
#
# A weight was used at every place of every image, so what arrives from all of them is **added up**. And the last one is not yet the gradient with respect to the image, but with respect to its *windows*.

# %% [markdown]
# `windows` copied each pixel into several columns. So each pixel collects what arrives at all its copies: **`fold`** adds every window back to where it was taken from (known as **col2im**). Take a row of four pixels and windows of two, and let a 1 arrive at every copy:
#
# $$\underbrace{(1, 1)}_{\text{pixels } 0,\,1} + \underbrace{(1, 1)}_{1,\,2} + \underbrace{(1, 1)}_{2,\,3} \;\longrightarrow\; (1, 2, 2, 1):$$
#
# how often each pixel was read. On the 4 × 4 image of the drawing in part 5 it is 1 at the corners, 2 on the rim and 4 inside: count the colours in the matrix.

# %% [markdown]
# So there are two functions to write. `fold` is `windows` with the arrow turned round: it starts with zeros of the *padded* shape, adds the $k \cdot k$ slices one by one with `+=`, and cuts the padding off at the end. `conv_rule` returns the value, and a tuple of three pulls.

# %% answer="conv_rule"
def fold(
    V: Float[ndarray, "n c k k p q"], shape: tuple, stride: int = 1, pad: int = 0
) -> Float[ndarray, "n c h w"]:
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

def conv_rule(
    X: Float[ndarray, "n c h w"],
    K: Float[ndarray, "m c k k"],
    b: Float[ndarray, "m"],
    stride: int = 1,
    pad: int = 0,
):
    """Return (Z, (pull of X, pull of K, pull of b)); each pull takes G, of the shape of Z."""
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
        print(f"{name:8} largest difference {np.abs(pull(G) - tensor.grad.numpy()).max():.0e}")

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
# ### Let it find the kernel
#
# Somebody made an edge picture of Chelsea with Sobel's kernel, and lost the kernel. You have the photograph, the edge picture, and a layer that can learn. Begin with nine zeros; the loss is the mean squared difference of the two edge pictures; momentum as in lesson 2.

# %%
ask("kernel")

# %% tags=["experiment"]
with needs("conv_rule"):
    photo = cat().mean(axis=2)[None, None] / 255
    wanted = conv_rule(photo, sobel[None, None], np.zeros(1))[0]
    K, velocity, kept = np.zeros((1, 1, 3, 3)), 0, {}
    for step in range(401):
        kept[step] = K[0, 0]
        Z, (_, pull_kernels, _) = conv_rule(photo, K, np.zeros(1))
        velocity = 0.9 * velocity - 0.5 * pull_kernels(2 * (Z - wanted) / Z.size)
        K = K + velocity

# %% tags=["experiment"]
with needs("conv_rule"):
    fig, axes = panels(5, width=9, height=2.4)
    tables = {f"step {step}": kept[step] for step in (0, 10, 50, 400)}
    for ax, (title, weights) in zip(axes, {**tables, "the lost one": sobel}.items()):
        ax.imshow(weights, cmap="signed", vmin=-2.5, vmax=2.5)
        for (i, j), weight in np.ndenumerate(weights):
            ax.annotate(f"{round(weight, 2) + 0.0:.2f}", (j, i), ha="center", va="center", fontsize=8,
                        color="white" if abs(weight) > 1.5 else "black")
        ax.set(xticks=[], yticks=[], title=title)
    show(fig, ask("kernel").alt)

# %% [markdown]
# Read the tables column by column, then row by row: what is there after ten steps, and what takes hundreds? (Neighbouring rows of a photograph are nearly alike, so the loss hardly tells one from the next: lesson 2's narrow valley.) A network learns its kernels in the same way, without even an edge picture to aim at: with labels, at the far end.

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
# Equivariance is what part 1 demanded. One often reads that convolution makes networks *invariant* to shifts. Measure it. How far apart can the two sides be? To leave borders aside, what leaves the image on the right comes back on the left.

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

# %% tags=["experiment"]
def pictures(part):
    """Return digits (n, 1, 28, 28) between 0 and 1, and their labels."""
    images, labels = mnist(part)
    return (images[:, None] / 255).astype(np.float32), labels

X, labels = pictures("train")
some, edges = X[:100], sobel[None, None].astype(np.float32)

def wrapped(X, stride=1):
    """Convolve with Sobel's kernel, round the edge."""
    X = np.pad(X, ((0, 0), (0, 0), (1, 1), (1, 1)), mode="wrap")
    return conv(X, edges, np.zeros(1, np.float32), stride)

# %% tags=["experiment"]
functions = {
    "convolution": lambda X: wrapped(X),
    "convolution, then pool": lambda X: max_pool(wrapped(X))[0],
    "convolution, then largest of all": lambda X: wrapped(X).max(axis=(2, 3), keepdims=True),
}
with needs("conv", "max_pool", "gaps"):
    for name, f in functions.items():
        print(f"{name:33} equivariance gap {equivariance_gap(f, some, 1):.2f}, "
              f"invariance gap {invariance_gap(f, some, 1):.2f}")

# %% [markdown]
# A convolution with stride 1 is equivariant, exactly, and not at all invariant. A small pool gives neither. Only the largest number of the *whole* map is invariant: it says whether, and no longer where.

# %%
ask("stride")

# %% tags=["experiment"]
with needs("conv", "gaps"):
    for d in (1, 2):
        for moved in (0, 1):
            one, other = wrapped(shift(some, d), stride=2), shift(wrapped(some, stride=2), moved)
            print(f"input shifted by {d}, output by {moved}: {np.abs(one - other).max():.2f} apart")

# %% [markdown]
# Measured by its largest difference a pool seems to do nothing for invariance. Count instead how many of its numbers change:

# %% tags=["experiment"]
with needs("conv", "max_pool"):
    for k in (1, 2, 4):
        before, after = (max_pool(wrapped(images), k, k)[0] for images in (some, shift(some, 1)))
        seen = (before != 0) | (after != 0)
        print(f"pooled {k} × {k}: {np.mean(before[seen] != after[seen]):4.0%} of them change")

# %% [markdown]
# So a little invariance is bought at each pool, by forgetting a little of where. It is local and approximate; part 9 shows how much that is.

# %% [markdown]
# ## 9 · LeNet
#
# In the 1990s networks of this form read millions of cheques a day in American banks. Yann LeCun's LeNet, with today's ReLU and max pooling:

# %% tags=["experiment"]
show(*volumes(
    [(1, 28, 28), (6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 5, 5), (120,), (84,), (10,)],
    kernels=[5, 2, 5, 2, None, None, None],
    steps=["conv 5 × 5", "pool", "conv 5 × 5", "pool", "dense", "dense", "dense"],
))

# %% [markdown]
# From left to right a picture becomes smaller and deeper: less *where*, more *what*. The numbers:
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
# | `W5`, `b5`: dense, ten scores (in PyTorch: *logits*) | (10,) | 850 |

# %% [markdown]
# 61,706 numbers in all. You need no backward pass: each step is an `apply` of a rule, and lesson 3's engine does the rest (if you skipped it: it calls your pulls in the right order).

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
# Now train it. Your digits come in three parts: 7,000 to learn from, 1,000 for **validation**, to be looked at as often as you like, and 2,000 for the **test**, to be asked once, at the end. Beside LeNet stands lesson 3's dense network with 101,770 weights. (About ten seconds; stop it if you like, and run the cell again: it goes on.)

# %%
Y = np.eye(10, dtype=np.float32)[mnist("train")[1]]

def new(rng, *shape, fan):
    """Return weights (He: variance 2 / fan, the number of inputs) and biases."""
    biases = np.zeros(shape[0] if len(shape) == 4 else shape[-1], np.float32)
    return [Tensor((rng.normal(size=shape) * np.sqrt(2 / fan)).astype(np.float32)), Tensor(biases)]

def new_lenet(rng):
    return [*new(rng, 6, 1, 5, 5, fan=25), *new(rng, 16, 6, 5, 5, fan=150),
            *new(rng, 400, 120, fan=400), *new(rng, 120, 84, fan=120), *new(rng, 84, 10, fan=84)]

# %%
def dense(X, params):
    """Lesson 3's network: 784 pixels, 128 hidden neurons, 10 scores."""
    W1, b1, W2, b2 = params
    return apply(relu, X.reshape(len(X), -1) @ W1 + b1) @ W2 + b2

def new_dense(rng):
    return [*new(rng, 784, 128, fan=784), *new(rng, 128, 10, fan=128)]

# %%
def train(title, new, model, X, Y, epochs, eta=0.1, change=lambda X, rng: X):
    """Learn in batches of 50, by steps that shrink to nothing (lesson 2); return the weights."""
    rng = np.random.default_rng(1)
    batches = [rows for _ in range(epochs)
               for rows in np.array_split(rng.permutation(len(X)), len(X) // 50)]
    work = Work(title, lambda: new(np.random.default_rng(0)), lenet, conv_rule, max_pool)
    for i, rows in work.over([*enumerate(batches)]):
        scores = model(change(X[rows], np.random.default_rng(i)), work.state)
        backward(apply(total, apply(log_softmax, scores) * Y[rows]) * (-1 / len(rows)))
        for p in work.state:
            p.data -= eta * (1 - i / len(batches)) * p.grad
    return work.state

# %%
def accuracy(model, params, X, labels):
    """Return the share of the images that is read right, a hundred at a time."""
    said = [model(rows, params).data.argmax(axis=1) for rows in np.split(X, len(X) // 100)]
    return np.mean(np.concatenate(said) == labels)

# %% tags=["experiment"]
X_val, labels_val = pictures("validation")
with needs("lenet", "conv_rule", "max_pool"):
    digits = train("LeNet", new_lenet, lenet, X, Y, 4)
    plain = train("dense", new_dense, dense, X, Y, 16)

# %% tags=["experiment"]
with needs("lenet", "conv_rule", "max_pool"):
    for name, model, params in [("LeNet", lenet, digits), ("dense", dense, plain)]:
        numbers = sum(p.data.size for p in params)
        right = accuracy(model, params, X_val, labels_val)
        print(f"{name}: {numbers:7,} numbers, {right:.1%} of the validation digits right")

# %% [markdown]
# Fewer weights, fewer epochs, and little more than half of the mistakes. It was told one thing more: that a picture is a picture.
#
# ### What it has learned
#
# Nobody told LeNet what to look for. Here are its six first filters, and what they make of a digit.

# %% tags=["experiment"]
with needs("lenet", "conv_rule", "max_pool"):
    K1, b1 = digits[0].data, digits[1].data
    made = np.maximum(conv(X_val[:1], K1, b1, pad=2), 0)[0]
    fig, _ = panels(1, width=9, height=3)
    fig.clear()
    for (above, below), K, A in zip(fig.subplots(2, 6).T, K1[:, 0], made):
        above.imshow(K, cmap="signed", vmin=-np.abs(K).max(), vmax=np.abs(K).max())
        below.imshow(A, cmap="Greys")
        for ax in (above, below):
            ax.set(xticks=[], yticks=[])
    show(fig, "Above, the six filters of five by five weights, blue where positive and orange where "
              "negative. Below each, the map that it makes of one digit, dark where it is large.")

# %% [markdown]
# Several filters have a blue and an orange side, and their maps look like the digit lit from one direction: they respond to edges, and descent alone found them, as it found Sobel's in part 6. In networks for photographs, with larger kernels and more data, the first filters are edges of every direction, and colours.

# %% [markdown]
# ### How much does it forgive?
#
# Neither network has seen a digit off its place. Now shift the validation digits, little by little, up to four pixels: that is about all the room there is (one digit in seven then loses a little ink at the edge).

# %%
ask("invariant")

# %% tags=["experiment"]
with needs("lenet", "conv_rule", "max_pool"):
    moves = range(5)
    fig, [ax] = panels(1, width=5.6, height=3)
    for model, params, name, colour, at in [(lenet, digits, "LeNet", BLUE, (2.6, 0.82)),
                                            (dense, plain, "dense", ORANGE, (1.3, 0.5))]:
        right = [accuracy(model, params, shift(X_val, d), labels_val) for d in moves]
        ax.plot(moves, right, "o-", color=colour)
        ax.annotate(name, at, color=colour)
    ax.axhline(0.1, color=GREY, linestyle=":", linewidth=1)
    ax.set(xlabel="shift to the right, in pixels", ylabel="accuracy", ylim=(0, 1))
    show(fig, ask("invariant").alt)

# %% [markdown]
# Read off how far each line is carried before it crosses one half: that distance is what convolution and two pools are worth. *Invariant* is the wrong word for it. (*Deeper* mends it, without a new formula.)

# %% [markdown]
# ### The test digits, once
#
# All this was looked at on the validation digits, some of it several times, and whoever looks chooses. The test digits have not been touched. Ask them now, and let it stand.

# %% tags=["experiment"]
with needs("lenet", "conv_rule", "max_pool"):
    X_test, labels_test = pictures("test")
    for name, model, params in [("LeNet", lenet, digits), ("dense", dense, plain)]:
        right = accuracy(model, params, X_test, labels_test)
        print(f"{name}: {right:.1%} of 2,000 test digits right")

# %% [markdown]
# ### And yours
#
# Draw a digit, with the mouse, a finger or the keys. Your LeNet reads it while you draw; choose a digit, and your pulls tell where more ink would speak for it (blue) and where against it (orange).

# %% tags=["experiment"]
from helpers.widgets.canvas import draw_digit

def read(picture):
    return np.exp(apply(log_softmax, lenet(picture[None, None], digits)).data[0])

def blame(picture, digit):
    """Return how the score of a digit grows with each pixel."""
    pixels = Tensor(picture[None, None])
    backward(apply(total, lenet(pixels, digits) * np.eye(10, dtype=np.float32)[digit]))
    return pixels.grad[0, 0]

with needs("lenet", "conv_rule", "max_pool"):
    display(draw_digit(read, blame=blame))

# %% [markdown]
# Now shift your digit with the sliders. How far does it get? You moved it, and did not even notice that for a network it became another picture.

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
# A convolution with stride 1 is equivariant: shifted input, shifted output; strides and pools keep that in part, and dense layers at the end not at all. So the trained network is at most roughly and locally invariant, and shifted images in training help. I would shift images that it has not seen by 0 to 6 pixels and plot the accuracy. Each filter reads all 32 channels: 64 · (32 · 9 + 1) = 18,496. A kernel that is its own turn (or transpose) gives the same result with and without the turn, so that test passes code that turns or transposes. Use a random kernel, with other sizes for rows and columns, a stride and padding.
#
# **Rubric.** ½ point: equivariant, not invariant, with a reason (stride, pooling or dense layers break or change it). ½ point: a test that measures it (accuracy or outputs under shifts). ½ point: 18,496, or the formula with the channels. ½ point: the symmetric kernel can't tell correlation from convolution, and an asymmetric or random one can.

# %% [markdown]
# ## Where you are
#
# You have a convolution that is as fast as PyTorch's on one thread, and a network that reads digits better than the one before with fewer numbers to learn. It does so because you built into it what you know of pictures: near things belong together, and a thing is the same wherever it stands.
#
# A text is not a picture. It has no fixed length, and what a word means may depend on one a hundred words earlier. Sharing weights along *time* is the idea of **lesson 6**.

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
# Such a matrix, constant along its diagonals, is called **Toeplitz**. It is the third matrix of part 1, on a row with ends: most entries are zero (it is *local*) and along a diagonal all are equal (it *shares*). 24 entries, three numbers.

# %% [markdown]
# The pull of $x$ in $z = Tx$ is $g \mapsto T^\top g$. So the backward pass of a convolution is the transposed matrix, and `fold` is nothing else.

# %% answer="toeplitz"
def toeplitz(
    w: Float[ndarray, "k"], n: int, stride: int = 1, pad: int = 0
) -> Float[ndarray, "p n"]:
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
    kernel = torch.tensor(w)[None, None]
    z = torch.nn.functional.conv1d(x[None, None], kernel, stride=2, padding=1)[0, 0]
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
    """Return how many pixels, side to side, one number at the top sees.

    Layers are (k, stride), first one first.
    """
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
    pooled_twice = receptive_field([(5, 1), (2, 2), (5, 1), (2, 2)])
    print("LeNet, after its second pool:", pooled_twice, "of 28 pixels")

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
# **Inception** (GoogLeNet, 2014): which size of kernel is best? Take several beside each other, all padded to keep the size, and stack their maps as channels. (Theirs has a max pool of 3 × 3 with stride 1 as a fourth branch, and 1 × 1 kernels before the large ones, which make them cheap: wider rather than deeper.)
#
# **Residual** (ResNet, 2015): lesson 3's shortcut past a layer, with convolutions: $\operatorname{relu}(X + F(X))$, where $F$ is convolution, ReLU, convolution. With it networks of 152 layers could be trained.

# %% answer="blocks"
def inception(
    X: Float[ndarray, "n c h w"], branches: Sequence[tuple[ndarray, ndarray]]
) -> Float[ndarray, "n m h w"]:
    """Run the convolutions (K, b), of odd sizes, and stack their maps as channels."""
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
    count((3, 227, 227), (conv_layer, 96, 11, 4), (pool_layer, 3, 2), (conv_layer, 256, 5, 1, 2),
          (pool_layer, 3, 2), (conv_layer, 384, 3, 1, 1), (conv_layer, 384, 3, 1, 1),
          (conv_layer, 256, 3, 1, 1), (pool_layer, 3, 2),
          (dense_layer, 4096), (dense_layer, 4096), (dense_layer, 1000))

# %% [markdown]
# 62,378,344 numbers, of which 94 % are in its three dense layers; of the 1,135 million multiplications these do 59 million, one in twenty. The authors split it over two graphics cards, so that in some layers a filter reads half of the channels only; that makes 60,965,224, their "60 million".
#
# Convolutions trained by backpropagation were more than 20 years old. What was new in 2012: *data*, 1.2 million labelled photographs; *hardware*, graphics cards that did in six days what would have taken months; and *small things that add up*, such as ReLU, dropout, and images that were shifted and mirrored while training.
#
# How much is each worth? Take one thing at a time away from your own LeNet, at 280 steps each. (About 15 seconds.)

# %% tags=["experiment"]
def sigmoid_rule(A):
    s = 1 / (1 + np.exp(-A))
    return s, (lambda G: G * s * (1 - s),)

def lenet_1998(X, params):
    """LeNet with sigmoids in place of ReLU."""
    K1, b1, K2, b2, W3, b3, W4, b4, W5, b5 = params
    A = apply(sigmoid_rule, apply(partial(conv_rule, pad=2), X, K1, b1))
    A = apply(sigmoid_rule, apply(conv_rule, apply(max_pool, A), K2, b2))
    A = apply(sigmoid_rule, apply(flatten, apply(max_pool, A)) @ W3 + b3)
    return apply(sigmoid_rule, A @ W4 + b4) @ W5 + b5

with needs("lenet", "conv_rule", "max_pool"):
    for name, model, n, epochs in [("as it is", lenet, 7000, 2), ("sigmoids", lenet_1998, 7000, 2),
                                   ("500 digits, each 28 times", lenet, 500, 28)]:
        params = train(name, new_lenet, model, X[:n], Y[:n], epochs)
        print(f"  {accuracy(model, params, X_val, labels_val):.1%} of the validation digits right")

# %% [markdown]
# With sigmoids it has not got off the ground: each layer divides the gradient by four or more on its way down (lesson 3). With a fourteenth of the data it makes more than half as many mistakes again. What shifted images do is measured below.
#
# After it: VGG (2014) used 3 × 3 only, in many layers; GoogLeNet has about a tenth of AlexNet's weights, thanks to 1 × 1 kernels and global averages; ResNet (2015) goes deep by shortcuts, and was wrong in 3.6 %. A person who had trained himself for it was wrong in 5.1 %: he had to learn 120 breeds of dogs in a few weeks, and tired. *Better than a person* is said of that list of kinds and of photographs like those it learned from, not of seeing.

# %% [markdown]
# ## Features by hand
#
# Between what a picture stores, the brightness of pixels, and what it shows there is a wide gap. For decades people bridged it by hand: they devised numbers, **features**, in which like things lie close together, and left the rest to a linear classifier. The best of them (SIFT, HOG) count edges by their direction, in each part of the picture, so that a stroke may move a little and still count the same.
#
# That takes two kernels. The strength of an edge is $\sqrt{g_x^2 + g_y^2}$, its direction the angle of $(g_x, g_y)$. Eight directions in $4 \times 4$ fields make 128 features.

# %% tags=["experiment"]
def edge_counts(X, fields=4, directions=8):
    kernels = np.stack([sobel, sobel.T]).astype(np.float32)[:, None]
    gx, gy = conv(X, kernels, np.zeros(2, np.float32), pad=1).transpose(1, 0, 2, 3)
    strength, turns = np.hypot(gx, gy), np.arctan2(gy, gx) / (2 * np.pi) % 1
    which = (turns * directions).astype(int) % directions
    each = strength[:, None] * (which[:, None] == np.arange(directions)[:, None, None])
    size = 28 // fields
    counts = each.reshape(len(X), directions, fields, size, fields, size).sum(axis=(3, 5))
    return counts.reshape(len(X), -1)

# %% tags=["experiment"]
def linear_accuracy(features):
    """Fit ten straight lines by least squares; return the share of validation digits read right."""
    scale = features(X).std()
    F, F_val = (np.column_stack([features(some) / scale, np.ones(len(some))]).astype(float)
                for some in (X, X_val))
    W = np.linalg.solve(F.T @ F + 10 * np.eye(F.shape[1]), F.T @ Y)
    return np.mean((F_val @ W).argmax(axis=1) == labels_val)

# %% [markdown]
# LeNet makes features, too: the 84 numbers below its last layer. (Replace that layer by the identity, and they come out.) The same linear classifier on all three:

# %% tags=["experiment"]
with needs("conv", "lenet", "conv_rule", "max_pool"):
    head = [Tensor(np.eye(84, dtype=np.float32)), Tensor(np.zeros(84, np.float32))]

    def learned(X):
        return np.concatenate([lenet(rows, [*digits[:8], *head]).data
                               for rows in np.split(X, len(X) // 100)])

    for name, features in [("pixels", lambda X: X.reshape(len(X), -1)),
                           ("edges, by hand", edge_counts), ("learned", learned)]:
        print(f"{features(X[:100]).shape[1]:4} {name:15} {linear_accuracy(features):.1%} right")

# %% [markdown]
# Four mistakes in ten are gone as soon as somebody thought of edges, with two kernels and no learning below the last layer. Learning still does better, with fewer numbers, and nobody had to think of anything; for cats and cars, where thinking is harder, the distance is far larger. Lesson 9 takes such features from a network that has learned them on *other* pictures.

# %% [markdown]
# ## Augmentation: more pictures for nothing
#
# If LeNet should read shifted digits, show it some. At each step, move the batch by a random amount. A shifted 4 is a 4, so the label stays, and it costs nothing. (About ten seconds.)

# %% tags=["experiment"]
with needs("lenet", "conv_rule", "max_pool"):
    moved = train("shifted digits", new_lenet, lenet, X, Y, 4,
                  change=lambda X, rng: shift(X, int(rng.integers(-4, 5))))

# %% tags=["experiment"]
with needs("lenet", "conv_rule", "max_pool"):
    for d in (0, 2, 4):
        before, after = (accuracy(lenet, params, shift(X_val, d), labels_val)
                         for params in (digits, moved))
        print(f"shifted by {d}: {before:.1%} without, {after:.1%} with augmentation")

# %% [markdown]
# That was the cure for part 9, and no formula of the network changed. What to change is knowledge about the *data*: a shifted 4 is a 4, a cat in the mirror is a cat. Is a digit in the mirror a digit?

# %%
ask("mirror")

# %% tags=["experiment"]
with needs("lenet", "conv_rule", "max_pool"):
    mirrored = train("mirrored digits", new_lenet, lenet, X, Y, 4,
                     change=lambda X, rng: X[..., ::-1] if rng.random() < 0.5 else X)
    before, after = (accuracy(lenet, params, X_val, labels_val) for params in (digits, mirrored))
    print(f"  {before:.1%} without, {after:.1%} with mirrored digits in training")

# %% [markdown]
# ## Many digits in one picture
#
# A network that reads one digit can search a larger picture: let it look through every window. (That is how faces were found in photographs: one small classifier, asked everywhere.) It can do so **in one go**. Its first dense layer reads 16 maps of 5 × 5; it *is* a convolution of 120 filters of 5 × 5 that happened to have one place to stand. On a wider picture it has more.

# %% tags=["experiment"]
def everywhere(X, params):
    """LeNet with its dense layers as convolutions: the scores (n, 10, p, q) of all windows."""
    K1, b1, K2, b2, *dense_layers = (p.data for p in params)
    A = max_pool(np.maximum(conv(X, K1, b1, pad=2), 0))[0]
    A = max_pool(np.maximum(conv(A, K2, b2), 0))[0]
    for W, b, k in zip(dense_layers[::2], dense_layers[1::2], (5, 1, 1)):
        A = conv(np.maximum(A, 0), W.T.reshape(len(b), -1, k, k), b)
    return A

with needs("conv", "max_pool", "lenet", "conv_rule"):
    gap = np.abs(everywhere(X_val[:100], moved)[..., 0, 0] - lenet(X_val[:100], moved).data).max()
    strip = np.concatenate([np.pad(image[0], ((0, 0), (0, room))) for image, room in
                            zip(X_val[:5], (20, 8, 32, 0, 16))], axis=1)
    scores = everywhere(strip[None, None], moved)[0, :, 0]
    print(f"one digit: {gap:.0e} apart from lenet; the strip {strip.shape} gives {scores.shape}")

# %% [markdown]
# Five digits in a strip, and LeNet's highest probability in windows four pixels apart (its two pools of stride 2):

# %% tags=["experiment"]
with needs("conv", "max_pool", "lenet", "conv_rule"):
    p = np.exp(apply(log_softmax, scores.T).data)
    fig, _ = panels(1, width=9, height=2.9)
    fig.clear()
    picture, curve = fig.subplots(2, 1, sharex=True)
    picture.imshow(strip, cmap="Greys", aspect="auto")
    picture.set(yticks=[])
    middles = np.arange(len(p)) * 4 + 14
    curve.plot(middles, p.max(axis=1), "o-", color=BLUE, markersize=3)
    for x, row in zip(middles, p):
        curve.annotate(str(row.argmax()), (x, row.max() + 0.06), ha="center", fontsize=8)
    curve.set(xlabel="middle of the window", ylabel="probability", ylim=(0, 1.25))
    show(fig, "A strip with five digits, and below it, for windows four pixels apart, the most "
              "probable class as a digit above a curve of its probability.")

# %% [markdown]
# Over a digit it reads the digit, and is sure of it. On empty ground it still names one, with a probability of about a fifth; over two halves it has seen digits that aren't there. Softmax must spread its probability over ten classes, and "no digit" is none of them. To find things, a network must also be shown what is not one.

# %% [markdown]
# ## Shuffle the pixels
#
# You predicted it at the start. Now take all 784 pixels of all digits and put them in a new order, the same for every image. Nothing is lost: the order could be undone. A small convolutional network and a dense one learn from the pictures as they are, and from the shuffled ones; three times, with other starts and other orders. (About ten seconds.)

# %% tags=["experiment"]
from helpers.device import loader
from helpers.training import train as train_anywhere  # lesson 3's loop, on a GPU where there is one

def torch_accuracy(images, images_val, seed, *layers):
    """Train with PyTorch for two epochs and return the accuracy on validation digits."""
    torch.manual_seed(seed)
    net = torch.nn.Sequential(*[layer() for layer in layers])
    history = train_anywhere(
        net, loader(images, labels, seed=seed), torch.nn.functional.cross_entropy,
        epochs=2, bar=False,
        optimiser=torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9),
        validation=loader(images_val, labels_val, batch=1000, shuffle=False),
        metrics={"right": lambda scores, y: (scores.argmax(dim=1) == y).double().mean()},
    )
    return history.validation[-1]["right"]

# %% tags=["experiment"]
nn = torch.nn
small_cnn = [lambda: nn.Conv2d(1, 8, 5, padding=2), nn.ReLU, lambda: nn.MaxPool2d(2),
             lambda: nn.Conv2d(8, 16, 5), nn.ReLU, lambda: nn.MaxPool2d(2),
             nn.Flatten, lambda: nn.Linear(400, 10)]
small_mlp = [nn.Flatten, lambda: nn.Linear(784, 64), nn.ReLU, lambda: nn.Linear(64, 10)]

def in_order(images, order):
    return images.reshape(len(images), 784)[:, order].reshape(images.shape)

# %% tags=["experiment"]
runs = [(seed, name, kind) for seed in range(3) for name in ("convolutional", "dense")
        for kind in ("as they are", "shuffled")]
with needs("conv"):
    work = Work("shuffled pixels", list)
    for seed, name, kind in work.over(runs):
        shuffle = np.random.default_rng(100 + seed).permutation(784)
        order = shuffle if kind == "shuffled" else np.arange(784)
        layers = small_cnn if name == "convolutional" else small_mlp
        right = torch_accuracy(in_order(X, order), in_order(X_val, order), seed, *layers)
        work.state.append(f"{name:14} {kind:12} {right:.1%} right")
    print("\n".join(work.state))

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
    """Return the largest difference, as a part of the largest entry of theirs."""
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
        print(f"PyTorch can use no GPU here: there is nothing to compare. ({describe(where)})")
    else:
        print(f"CPU and {describe(where)}: {apart(by_torch(where), by_torch('cpu')):.0e} apart")

# %% [markdown]
# Some $10^{-7}$ is what single precision allows here, a few units of its last digit. Below $10^{-4}$ two devices agree for all that training cares about; this course's own tests ask for that. (NVIDIA cards may round convolutions to *ten bits* by default, for speed. Then they are $10^{-3}$ apart, and it is no mistake of yours.)

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
