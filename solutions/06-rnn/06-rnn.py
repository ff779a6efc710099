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
# # 6 · Memory
#
# **Invent a first name that nobody has, and that everybody would take for one.**
#
# *Xqtl* won't do; *Marelina* might. Somehow you know. You have heard thousands of names, and without ever learning a rule you know what may follow *Mare*, and what may not.
#
# Guessing what comes next is the whole task of a language model, whether its symbols are letters or words, whether it has 729 numbers or a trillion. In this lesson you build three kinds for the same 4,163 names: one that counts, one that remembers, and one that decides what to remember. One number compares them all, and lessons 7 and 8 go on with the same names and the same number. Which kind wins depends on how much there is to read, and you will see by how much.

# %% [markdown]
# | | |
# |---|---|
# | **You will be able to** | build and sample a language model; measure it in perplexity; write a recurrent network, its gradients through time, a GRU and an LSTM; say when and why gradients vanish or explode |
# | **You need** | lessons 1 to 3: softmax, cross-entropy, Adam, backpropagation by hand |
# | **Time** | 165 minutes, in two sittings: parts 1 to 4, then parts 5 to 8; *deeper* after that is extra |
# | **At the end there is** | a table of counts that knows when to look less far back; a recurrent network in NumPy, trained by your own gradients, that invents names; two gated cells, equal to PyTorch's; and an honest race between them |
# | **Points** | 20: ten checked exercises (18) and a written question (2) |

# %%
import os
from collections.abc import Sequence

os.environ["OMP_NUM_THREADS"] = "1"  # before NumPy comes: at these sizes more threads are slower

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy import ndarray

from helpers import ask, check, hint, needs, progress, start
from helpers.data import names
from helpers.figures import BLACK, BLUE, GREEN, GREY, ORANGE, cell, panels, show, unrolled
from helpers.reference.gradient_descent import adam_step
from helpers.reference.perceptron import sigmoid, softmax

start("06-rnn")

# %% tags=["experiment"]
show(*unrolled([".", "a", "n", "n", "a"], ["a", "n", "n", "a", "."]),
     caption="What you will build: a network that reads a name letter by letter, keeps a state "
             "h, and says at each step what comes next. The full stop is where a name begins, "
             "and where it ends.")

# %% [markdown]
# ## 1 · A guessing game
#
# Below, a name grows letter by letter. The bars say how likely each letter is to come next, according to a model that has counted what followed in 4,163 real names. Laid end to end, the bars make a stick of length 1, and a dart that lands on it decides. Then the bars change, and the next dart flies.

# %% tags=["experiment"]
from helpers.widgets.rnn import grower

display(grower())

# %% [markdown]
# Three things to try:
#
# * Grow names at temperature 1, then at 0.3 and at 3. What does the temperature do to the bars?
# * Type *q*. Then choose *0 letters*, and type *q* again.
# * Choose *4 letters*: half a name is perfect, then it falls off a cliff. Watch for the step at which *it has never met* appears. Then type *xyzz*. Why are all the bars equal?
#
# You have seen the whole problem: a model that looks at too little knows nothing of what it wrote; one that looks at much soon comes to a place where it has never been, and is lost there.

# %% [markdown]
# ### Names as numbers
#
# Letters are numbered, $a = 1, \dots, z = 26$. Number 0 is the full stop, which stands at both ends: as START, so that the first letter has something to follow, and as STOP, so that a name can end. The 27 symbols, the *alphabet* or *vocabulary* of the model, are in `LETTERS`.
#
# From one name come a row of inputs and a row of targets, **shifted by one**:
#
# | | | | | | |
# |---|---|---|---|---|---|
# | `X` read | `.` | a | n | n | a |
# | `Y` comes next | a | n | n | a | `.` |
#
# A batch is an array of $n$ rows and $T$ columns, $T$ being one more than the longest name has letters. Shorter names are **padded** with 0, and a **mask** says what is real. So *bo* beside *anna* has the mask `True True True False False`.

# %%
LETTERS = ".abcdefghijklmnopqrstuvwxyz"

# %%
ask("shift")

# %% answer="encode"
def encode(
    names: Sequence[str],
) -> tuple[Int[ndarray, "n T"], Int[ndarray, "n T"], Bool[ndarray, "n T"]]:
    """Return (X, Y, mask): what is read, what comes next, and where there is a name at all."""
    ### BEGIN SOLUTION
    T = max(len(name) for name in names) + 1
    X = np.zeros((len(names), T), dtype=int)
    Y, mask = np.zeros_like(X), np.zeros(X.shape, dtype=bool)
    for i, name in enumerate(names):
        ids = [LETTERS.index(letter) for letter in name]
        X[i, 1 : len(ids) + 1] = ids
        Y[i, : len(ids)] = ids
        mask[i, : len(ids) + 1] = True
    return X, Y, mask
    ### END SOLUTION

# %% check="encode"
check("encode")

# %% [markdown]
# The names are first names from the US census of 1990, each once: 4,163 to learn from, and 1,000 **held out**, on which every model of this and the next two lessons is measured.

# %%
train_names, held_out_names = names()
print("to learn from:", ", ".join(train_names[:8]), "…")
print("held out:     ", ", ".join(held_out_names[:8]), "…")

with needs("encode"):
    train, held_out = encode(train_names), encode(held_out_names)
    print("arrays of shape", train[0].shape, "with", train[2].sum(), "letters and stops to guess")

# %% [markdown]
# ## 2 · Counting
#
# The simplest model looks at one letter. How often did *b* follow *a*? Count every pair, and divide each row by its sum:
#
# $$P_{ij} = \frac{\alpha + \#(i \to j)}{\sum_k \big(\alpha + \#(i \to k)\big)}.$$
#
# The small $\alpha$ with which every count begins says: what was never seen is rare, not impossible. A single probability of 0 on a held-out name would cost infinitely much, as you will see.
#
# This is called a **bigram** model. It has $27 \cdot 27 = 729$ numbers, and no training other than counting: these *are* the probabilities that fit the data best (for $\alpha \to 0$).

# %% answer="bigram"
def bigram(
    X: Int[ndarray, "n T"], Y: Int[ndarray, "n T"], mask: Bool[ndarray, "n T"], alpha: float
) -> Float[ndarray, "letters letters"]:
    """Return P: row i holds the probabilities of what follows letter i."""
    ### BEGIN SOLUTION
    counts = np.full((len(LETTERS), len(LETTERS)), alpha, dtype=float)
    np.add.at(counts, (X[mask], Y[mask]), 1)
    return counts / counts.sum(axis=1, keepdims=True)
    ### END SOLUTION

# %% check="bigram"
check("bigram")

# %% tags=["experiment"]
with needs("encode", "bigram"):
    order = [LETTERS.index(letter) for letter in ".aeiouybcdfghjklmnpqrstvwxz"]  # vowels first
    P = bigram(*train, alpha=0.1)[np.ix_(order, order)]
    fig, [ax] = panels(1, width=7.6, height=6.6)
    ax.imshow(P, cmap="Blues", vmax=0.6)
    named = ["stop", *(LETTERS[i] for i in order[1:])]
    ax.set_xticks(range(27), named, fontsize=9)
    ax.set_yticks(range(27), named, fontsize=9)
    ax.set(xlabel="comes next", ylabel="was read (stop: the name begins)")
    for at in (0.5, 6.5):
        ax.axhline(at, color=GREY, linewidth=0.8)
        ax.axvline(at, color=GREY, linewidth=0.8)
    for i, j in np.argwhere(P > 0.225):
        ax.text(j, i, f"{100 * P[i, j]:.0f}", ha="center", va="center", fontsize=8,
                color="white" if P[i, j] > 0.35 else BLACK)
    show(fig, "The table of pairs as shades of blue, vowels before consonants. After q comes u "
              "in 91 of 100 cases; after a the end in 38. After most consonants the dark cells "
              "are those of vowels.",
         caption="Row: the letter that was read; column: the one that follows; numbers in per "
                 "cent. Most of what is dark stands left of the second line: vowels follow "
                 "consonants, and names end on them.")

# %% [markdown]
# Read a row: *q* is nearly always followed by *u*, and what follows *a* most often is the end: 38 %. Read a column: what comes before an *h*?
#
# ### Sampling
#
# To grow a name, take the probabilities of what comes next, cut a stick of length 1 into 27 pieces of those lengths, in the order of the letters, and throw a **dart** $u$ at it, with $0 \le u < 1$. The letter it hits is the smallest $i$ with
#
# $$p_0 + p_1 + \dots + p_i > u.$$
#
# Stop at STOP, or when no dart is left. The **temperature** $\tau$ changes the probabilities first, $p_i \propto p_i^{1/\tau}$: towards the likeliest letter for small $\tau$, towards chance for large.
#
# Your function will serve models with a longer memory too. So it is handed a function `predict(ids)`, which takes *all* letters so far and returns the 27 probabilities of the next.

# %% answer="sample"
def sample(predict, darts: Float[ndarray, "m"], tau: float = 1.0) -> list[int]:
    """Return the letters (numbers, no STOP) that the darts hit one after the other."""
    ### BEGIN SOLUTION
    ids = []
    for u in darts:
        p = predict(ids) ** (1 / tau)
        p = p / p.sum()
        i = int(np.searchsorted(np.cumsum(p), u, side="right"))
        if i == 0:
            break
        ids.append(i)
    return ids
    ### END SOLUTION

# %% check="sample"
check("sample")

# %%
def invent(predict, n=10, tau=1.0, seed=0):
    """Return n names grown from fresh darts."""
    rng = np.random.default_rng(seed)
    return ["".join(LETTERS[i] for i in sample(predict, rng.random(12), tau)) for _ in range(n)]

with needs("encode", "bigram", "sample"):
    P = bigram(*train, alpha=0.1)
    print("pairs:  ", ", ".join(invent(lambda ids: P[ids[-1] if ids else 0])))
    print("chance: ", ", ".join(invent(lambda ids: np.full(27, 1 / 27))))

# %% [markdown]
# Every pair of neighbours is plausible, and the whole is gibberish: the model has forgotten everything but its last letter. Still, it beats chance. By how much?

# %% [markdown]
# ## 3 · One number for all
#
# The **surprise** at a letter is $-\log p$, with $p$ the probability that the model gave it *before* it came. It is 0 for what was certain, and infinite for what was ruled out. The mean surprise over all letters is the cross-entropy of lesson 1. Its exponential is easier to picture:
#
# $$\text{perplexity} = \exp\Big(-\frac{1}{N} \sum_{\text{letters}} \log p\Big).$$
#
# A model that always chooses evenly among $k$ letters has perplexity $k$. So perplexity says **among how many equally likely letters the model was undecided**, on average. Pure chance has 27.
#
# Two traps. The product of thousands of probabilities is smaller than any number a computer has, so stay with logarithms. And padding is no text: what stands there, be it `-inf`, must not count.

# %% answer="perplexity"
def perplexity(log_p: Float[ndarray, "n T"], mask: Bool[ndarray, "n T"]) -> float:
    """Return the perplexity, given the log-probability of each letter that came."""
    ### BEGIN SOLUTION
    return float(np.exp(-log_p[mask].mean()))
    ### END SOLUTION

# %% check="perplexity"
check("perplexity")

# %%
with needs("encode", "bigram", "perplexity"):
    P = bigram(*train, alpha=0.1)
    for which, (X, Y, mask) in [("to learn from", train), ("held out", held_out)]:
        print(f"pairs, names {which}: perplexity {perplexity(np.log(P[X, Y]), mask):.2f}")

# %% [markdown]
# **10.37** is the first bar in the race of the next three lessons. Both numbers are nearly the same: 729 numbers cannot learn 4,163 names by heart.
#
# Why stop at one letter? Count what follows the last two, three, …, $k$ letters. (The figure at the top did.) On the names it has counted, a longer look back can only help. And on others?

# %%
ask("context")

# %% tags=["experiment"]
from helpers.widgets.rnn import Counted  # what follows the last k letters; counts begin at 0.1

def perplexity_of(model, word_list):
    """Return the perplexity of a function from the letters so far to probabilities."""
    X, Y, mask = encode(word_list)
    log_p = np.zeros(X.shape)
    for i, t in np.argwhere(mask):
        log_p[i, t] = np.log(model(list(X[i, 1 : t + 1]))[Y[i, t]])
    return perplexity(log_p, mask)

# %% tags=["experiment"]
with needs("encode", "perplexity"):
    tables = [Counted(train_names, k) for k in range(6)]
    table_old = [perplexity_of(model, train_names) for model in tables]
    table_new = [perplexity_of(model, held_out_names) for model in tables]
    fig, [ax] = panels(1, width=6.2, height=3.4)
    ax.plot(table_old, "s--", color=BLUE, label="the names that were counted")
    ax.plot(table_new, "o-", color=ORANGE, label="held out")
    for k, value in enumerate(table_new):
        ax.annotate(f"{value:.1f}", (k, value), (0, 7), textcoords="offset points",
                    ha="center", color=ORANGE)
    ax.set(xlabel="letters that the table looks back", ylabel="perplexity", ylim=(3, 19))
    show(fig, ask("context").alt,
         caption=f"Three letters are best: {min(table_new):.1f}. The longest table knows the "
                 f"old names nearly by heart, and has met {len(tables[5].counts):,} of its 27⁵ "
                 f"= 14 million rows.")

# %% [markdown]
# With five letters the table is worse than with one. The trouble is that to such a table *mari* and *mary* are as different as *mari* and *xyzz*: what it learns of one context is of no use in any other.
#
# ### Knowing when to look less far back
#
# After *xyzz* a table of four letters knows nothing. A table of one letter knows what follows a *z*. Why not ask that one? A table that **backs off** takes a **discount** $d$ off every count that is not 0, and gives what that frees to the next shorter context:
#
# $$p_k(i) = \frac{\max(\#(c \to i) - d,\ 0)}{n} + \frac{d \cdot m}{n}\; p_{k-1}(i).$$
#
# Here $c$ are the last $k$ letters, $n$ is how often they were met, and $m$ by how many *different* letters they were followed. $p_{k-1}$ does the same with a letter less; below the empty context all letters are equally likely. A context never met hands everything on.

# %% [markdown]
# **What should a shorter table count?** It is asked where the longer one is at a loss. There *u* is no good guess, however frequent it is: nearly always it comes after a *q*, and that was met. So each letter gets one vote from every *different* longer context that it followed, however often. This is Kneser and Ney's table (1995), for many years the best that counting could do.

# %% answer="backoff"
def shorter(
    table: dict[str, Float[ndarray, "letters"]],
) -> dict[str, Float[ndarray, "letters"]]:
    """Return the votes: after each context without its first letter, how many longer ones
    were followed by each letter? A table leads from a context, such as "mar", to a row of counts.
    """
    ### BEGIN SOLUTION
    short = {}
    for context, row in table.items():
        short[context[1:]] = short.get(context[1:], 0.0) + (row > 0)
    return short
    ### END SOLUTION

def backoff(
    rows: Sequence[Float[ndarray, "letters"]], discount: float
) -> Float[ndarray, "letters"]:
    """Return the probabilities of what comes next, from the counts after longer and longer
    contexts, the empty one first; a row of zeros was never met.
    """
    ### BEGIN SOLUTION
    p = np.full(len(rows[0]), 1 / len(rows[0]))
    for row in rows:
        n = row.sum()
        if n > 0:
            p = np.maximum(row - discount, 0) / n + discount * (row > 0).sum() / n * p
    return p
    ### END SOLUTION

# %% check="backoff"
check("backoff")

# %% [markdown]
# (This one is worth no points, and much: nothing else in this lesson gets as far with as little.) Counts of four letters, votes for three, two, one and none, and the discount of 0.75 that textbooks recommend; nothing is tuned.

# %%
def backing_off(k, word_list, discount=0.75):
    """Return a function from the letters so far to the probabilities of the next."""
    contexts = [Counted(word_list, k).counts]
    for _ in range(k):
        contexts.insert(0, shorter(contexts[0]))  # from the empty context to k letters
    def predict(ids):
        past = "." * k + "".join(LETTERS[i] for i in ids)
        ends = [past[len(past) - j :] for j in range(k + 1)]
        return backoff([rows.get(end, np.zeros(27)) for rows, end in zip(contexts, ends)], discount)
    return predict

# %%
ask("backoff")

# %% tags=["experiment"]
with needs("encode", "perplexity", "backoff"):
    backed = [perplexity_of(backing_off(k, train_names), held_out_names) for k in range(6)]
    fig, [ax] = panels(1, width=6.2, height=3.4)
    ax.plot(table_new, "o--", color=ORANGE, label="a plain table")
    ax.plot(backed, "s-", color=BLUE, label="one that backs off")
    for k in (2, 3, 4, 5):
        ax.annotate(f"{backed[k]:.2f}", (k, backed[k]), (0, -15), textcoords="offset points",
                    ha="center", color=BLUE)
    ax.set(xlabel="letters that the table looks back", ylabel="perplexity, held out", ylim=(4, 19))
    show(fig, ask("backoff").alt,
         caption=f"The same names, the same counts: {min(backed):.2f} in place of "
                 f"{min(table_new):.2f}, and looking too far back costs hardly anything.")

# %% tags=["experiment"]
with needs("sample", "backoff"):
    print("backing off:", ", ".join(invent(backing_off(4, train_names))))
    display(grower({"4, backing off": backing_off(4, train_names)}))

# %% [markdown]
# Type *xyzz* once more. **6.61** is the bar for everything that follows, in this lesson and the next two.
#
# Still, the table has to be told what is near what: it knows that *ar* is the end of *mar*, and not that *mari* and *mary* sound alike. Two other ideas let a model find that out by itself, and they carry the rest of the course:
#
# * similar letters, and similar pasts, should be **close together** in some space, so that what is learned for one holds for its neighbours;
# * the past should not be a window but a **state**: a summary that is updated with every letter.
#
# Whether they beat counting on 4,163 names is another matter. Part 8 measures it, and then gives both more to read.

# %% [markdown]
# ## 4 · Letters as points
#
# Give each symbol a row of $d$ numbers in a table $E$ of shape (27, d), its **embedding**, and let training move the rows. A letter enters the network as its row:
#
# $$a_t = E_{x_t}.$$
#
# Written as mathematics it is a matrix product: if $o$ is the one-hot row of letter $x$, then $oE$ is row $x$ of $E$. As a program it is a lookup, without the 26 products with 0. It is the first layer of every *neural* language model.
#
# The gradient goes back the same way. A row that was looked up at several places acts on the loss through each, and what arrives is **added up**; a row that was not used gets 0. With the one-hot rows of all letters below each other in a matrix $O$, and what arrives at them in $G$, the gradient of $E$ is $O^\top G$.

# %% answer="embedding"
def lookup(E: Float[ndarray, "letters d"], X: Int[ndarray, "n T"]) -> Float[ndarray, "n T d"]:
    """Return the row of E for each number in X."""
    ### BEGIN SOLUTION
    return E[X]
    ### END SOLUTION

def lookup_gradient(
    G: Float[ndarray, "n T d"], X: Int[ndarray, "n T"], letters: int
) -> Float[ndarray, "letters d"]:
    """Return the gradient with respect to E, given that of what was looked up."""
    ### BEGIN SOLUTION
    dE = np.zeros((letters, G.shape[-1]))
    np.add.at(dE, X, G)
    return dE
    ### END SOLUTION

# %% check="embedding"
check("embedding")

# %% [markdown]
# **A good place for a pause.** You can measure any language model, and have one that will be hard to beat. In the second sitting comes a memory, and with it the question what becomes of blame on a long way back.

# %% [markdown]
# ## 5 · A state that remembers
#
# A **recurrent network** reads one letter after the other and keeps a state $h$ of a fixed size, whatever the length of the name:
#
# $$h_t = \tanh\big(a_t W_x + h_{t-1} W_h + b\big), \qquad P_t = \operatorname{softmax}(h_t W_y + c).$$
#
# The same arrays serve at every step. Unrolled over time it is a deep network, as deep as the name is long, whose layers share their weights.

# %% tags=["experiment"]
show(*unrolled([".", "m", "a", "r"], ["m", "a", "r", "i"]),
     caption="Unrolled in time: the state h goes to the right, and takes with it what was read. "
             "The three arrows of each step stand for the same three matrices.")

# %% [markdown]
# | | |
# |---|---|
# | `A` (n, T, d) | the embedded letters, `A[:, t]` are those of step $t$ |
# | `h0` (n, h) | the state before the first letter, usually 0 |
# | `Wx` (d, h), `Wh` (h, h), `b` (h,) | the cell |
# | `H` (n, T, h) | the states, `H[:, t]` after letter $t$ |
#
# Names differ in length. Where the mask is False, be it at the end or elsewhere, a state **waits**: it stays what it was. So the last column holds the last state of every name.

# %% answer="rnn"
def rnn(
    A: Float[ndarray, "n T d"], mask: Bool[ndarray, "n T"], h0: Float[ndarray, "n h"],
    Wx: Float[ndarray, "d h"], Wh: Float[ndarray, "h h"], b: Float[ndarray, "h"],
) -> Float[ndarray, "n T h"]:
    """Return the state after each step; where the mask is False it stays as it was."""
    ### BEGIN SOLUTION
    h, H = h0, []
    for t in range(A.shape[1]):
        new = np.tanh(A[:, t] @ Wx + h @ Wh + b)
        h = np.where(mask[:, t, None], new, h)
        H.append(h)
    return np.stack(H, axis=1)
    ### END SOLUTION

# %% check="rnn"
check("rnn")

# %% [markdown]
# What can a state do that a window can't? Here is a network of a *single* neuron with weights set by hand, $W_x = W_h = 10$. It reads zeros and ones. What does it say?

# %%
with needs("rnn"):
    bits = np.array([[0, 0, 1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0]], dtype=float)
    ten = np.full((1, 1), 10.0)
    H = rnn(bits[:, :, None], np.ones(bits.shape, bool), np.zeros((2, 1)), ten, ten, np.zeros(1))
    print(H[:, :, 0].round(2))

# %% [markdown]
# "Have I seen a 1 yet?", for as long as you like. No window can answer that.
#
# By what is read and what is written, one cell does many jobs: many to many (a prediction at every letter, as here), many to one (the last state alone: is this review friendly?), one to many (a picture in, a sentence out), and many to many by way of one state (read a sentence, then write its translation).
#
# PyTorch's `nn.RNN` computes the same. It stores its weights as (out, in), has two biases that it adds, and takes names of different lengths as a *packed* sequence.

# %% tags=["experiment"]
import torch

torch.set_num_threads(1)

with needs("rnn"):
    torch.manual_seed(0)
    theirs = torch.nn.RNN(4, 5, batch_first=True, dtype=torch.float64)
    Wx, Wh, b_in, b_h = [w.detach().numpy() for w in theirs.parameters()]
    A, lengths = np.random.default_rng(0).normal(size=(3, 6, 4)), np.array([6, 2, 4])
    H = rnn(A, np.arange(6) < lengths[:, None], np.zeros((3, 5)), Wx.T, Wh.T, b_in + b_h)
    packed = torch.nn.utils.rnn.pack_padded_sequence(
        torch.tensor(A), lengths, batch_first=True, enforce_sorted=False)
    last = theirs(packed)[1][0].detach().numpy()
    print(f"the last states differ by at most {np.abs(H[:, -1] - last).max():.1e}")

# %% [markdown]
# ## 6 · Blame through time
#
# The loss depends on every prediction, each prediction on its state, and each state on all letters before it. Suppose $G_t$ is what the loss says to state $h_t$ *directly*, through its own prediction. Then two errors meet in $h_t$: $G_t$, and one that comes back from the future, through $h_{t+1}$. As in lesson 3, **what arrives is added up**.
#
# Walk from the last step to the first with an error $D$ (n, h) that begins at 0:
#
# 1. add what the prediction says: $D \leftarrow D + G_t$;
# 2. go back through tanh: $S = D \odot (1 - h_t \odot h_t)$;
# 3. note the blame: $S W_x^\top$ for $a_t$; and for the weights, which all steps share, *add* $a_t^\top S$ to $\partial W_x$, $h_{t-1}^\top S$ to $\partial W_h$, the column sums of $S$ to $\partial b$;
# 4. hand on to the past: $D \leftarrow S W_h^\top$.
#
# In the padding nothing was computed: there $S = 0$, and $D$ passes unchanged.

# %% answer="bptt"
def bptt(
    A: Float[ndarray, "n T d"], mask: Bool[ndarray, "n T"], h0: Float[ndarray, "n h"],
    Wx: Float[ndarray, "d h"], Wh: Float[ndarray, "h h"], b: Float[ndarray, "h"],
    G: Float[ndarray, "n T h"],
) -> tuple[
    Float[ndarray, "n T d"], Float[ndarray, "d h"], Float[ndarray, "h h"], Float[ndarray, "h"]
]:
    """Return (dA, dWx, dWh, db), backpropagation through time. Use `rnn`."""
    ### BEGIN SOLUTION
    H = rnn(A, mask, h0, Wx, Wh, b)
    dA, dWx, dWh, db = np.zeros_like(A), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    D = np.zeros_like(h0)
    for t in reversed(range(A.shape[1])):
        D = D + G[:, t]
        S = D * (1 - H[:, t] ** 2) * mask[:, t, None]
        before = H[:, t - 1] if t > 0 else h0
        dA[:, t] = S @ Wx.T
        dWx += A[:, t].T @ S
        dWh += before.T @ S
        db += S.sum(axis=0)
        D = np.where(mask[:, t, None], S @ Wh.T, D)
    return dA, dWx, dWh, db
    ### END SOLUTION

# %% check="bptt"
check("bptt")

# %% [markdown]
# Against autograd, which knows nothing of our derivation:

# %% tags=["experiment"]
with needs("rnn", "bptt"):
    rng = np.random.default_rng(1)
    A, mask, h0 = rng.normal(size=(3, 6, 4)), np.arange(6) < lengths[:, None], np.zeros((3, 5))
    G, Wx, Wh, b = (rng.normal(size=s) for s in [(3, 6, 5), (4, 5), (5, 5), (5,)])
    leaves = [torch.tensor(w, requires_grad=True) for w in (A, Wx, Wh, b)]
    h, total = torch.tensor(h0), 0.0
    for t in range(6):
        new = torch.tanh(leaves[0][:, t] @ leaves[1] + h @ leaves[2] + leaves[3])
        h = torch.where(torch.tensor(mask[:, t, None]), new, h)
        total = total + (h * torch.tensor(G[:, t])).sum()
    total.backward()
    found = bptt(A, mask, h0, Wx, Wh, b, G)
    for name, ours, leaf in zip(["dA", "dWx", "dWh", "db"], found, leaves):
        print(f"{name:3} differs by at most {np.abs(ours - leaf.grad.numpy()).max():.1e}")

# %% [markdown]
# ### How far back does blame reach?
#
# Step 4 multiplies the error once more by $W_h^\top$ and a slope, at every step. Over $k$ steps
#
# $$\frac{\partial h_t}{\partial h_{t-k}} = \text{a product of } k \text{ Jacobians } \operatorname{diag}\big(1 - h^2\big)\, W_h^\top, \qquad \text{its norm} \le \lVert W_h \rVert^k,$$
#
# as no slope of tanh is above 1. (The norm of a matrix is here the largest factor by which it makes a vector longer, its largest singular value.) If the norm of $W_h$ is below 1, the product **vanishes** exponentially. If it is above 1, it *may* **explode**. May:

# %%
ask("explode")

# %% [markdown]
# An **orthogonal** matrix $Q$ turns vectors and keeps their length. So with $W_h = sQ$ every step multiplies by exactly $s$, as long as tanh is nearly straight. Watch an error that starts at the last of 60 steps travel to the first. Your `bptt` measures it: with `Wx` the identity, `dA[:, t]` *is* the error at step $t$.

# %% tags=["experiment"]
def arriving(s, size, T=60, h=32):
    """Return how much of an error of length 1 at the last step arrives at each step before."""
    rng = np.random.default_rng(0)
    Q = np.linalg.qr(rng.normal(size=(h, h)))[0]
    A, G = size * rng.normal(size=(1, T, h)), np.zeros((1, T, h))
    G[0, -1] = np.ones(h) / np.sqrt(h)
    dA, *_ = bptt(A, np.ones((1, T), bool), np.zeros((1, h)), np.eye(h), s * Q, np.zeros(h), G)
    return np.linalg.norm(dA[0], axis=1)[::-1]

# %% tags=["experiment"]
with needs("rnn", "bptt"):
    fig, axes = panels(2, width=9, height=3.4)
    titles = "tiny inputs: tanh is straight", "real inputs: tanh bends"
    for ax, size, title in zip(axes, (1e-6, 0.5), titles):
        for s, colour, style in [(1.1, ORANGE, "-"), (1.0, GREEN, "--"), (0.9, BLUE, "-")]:
            ax.plot(arriving(s, size), color=colour, linestyle=style, label=f"s = {s}")
        ax.set(title=title, yscale="log", ylim=(1e-10, 1e3), xlabel="steps back")
    axes[0].set_ylabel("what arrives of the error")
    show(fig, "An error on its way back through 60 steps, on a logarithmic axis. With tiny "
              "inputs it grows to nearly 280 for s = 1.1, stays at 1 for s = 1 and falls to a "
              "five-hundredth for s = 0.9. With larger inputs it falls for all three, to "
              "between a ten-thousandth and a billionth.",
         caption="Left: the law sᵏ, to the letter. Right: with states of ordinary size the "
                 "slopes 1 − h² are well below 1, and the error vanishes for all three matrices.")

# %% [markdown]
# So what a letter did long ago cannot be learned: no error arrives there that would say what was wrong.
#
# Exploding is rarer, and easier to treat: if the gradient is too long, shorten it and keep its direction. All arrays share **one** factor:
#
# $$g \leftarrow g \cdot \min\Big(1, \frac{\text{limit}}{\lVert g \rVert}\Big), \qquad \lVert g \rVert^2 = \text{the sum over all entries of all arrays.}$$
#
# Against vanishing there is no such trick; part 7 changes the cell.

# %% answer="clip"
def clip(gradients: Sequence[Float[ndarray, "..."]], limit: float) -> list[Float[ndarray, "..."]]:
    """Return the gradients, scaled together so that their common norm is at most the limit."""
    ### BEGIN SOLUTION
    norm = np.sqrt(sum((g**2).sum() for g in gradients))
    factor = limit / max(norm, limit)
    return [factor * g for g in gradients]
    ### END SOLUTION

# %% check="clip"
check("clip")

# %% [markdown]
# ### The whole model
#
# Letters in, embeddings, states, probabilities: 7,371 numbers to learn. The gradient at the top is the one you know, *prediction minus truth*, over the number of real letters. Everything below it you have written.

# %%
def new_params(rng, d=16, h=64):
    """Return [E, Wx, Wh, b, Wy, c]; Wh begins orthogonal."""
    n = len(LETTERS)
    E, Wx = rng.normal(size=(n, d)), rng.normal(size=(d, h)) / np.sqrt(d)
    Wh = np.linalg.qr(rng.normal(size=(h, h)))[0]
    return [E, Wx, Wh, np.zeros(h), rng.normal(size=(h, n)) / np.sqrt(h), np.zeros(n)]

def probabilities(params, X, mask):
    """Return (A, H, P): embedded letters, states, and the probabilities of what comes next."""
    E, Wx, Wh, b, Wy, c = params
    A = lookup(E, X)
    H = rnn(A, mask, np.zeros((len(X), len(b))), Wx, Wh, b)
    return A, H, softmax(H @ Wy + c)

# %%
def gradients(params, X, Y, mask):
    """Return the gradient of the mean surprise with respect to each array."""
    _, Wx, Wh, b, Wy, _ = params
    A, H, P = probabilities(params, X, mask)
    D = (P - np.eye(len(LETTERS))[Y]) * mask[:, :, None] / mask.sum()
    dA, *cell = bptt(A, mask, np.zeros((len(X), len(b))), Wx, Wh, b, D @ Wy.T)
    return [lookup_gradient(dA, X, len(LETTERS)), *cell, np.einsum("nth,ntl->hl", H, D),
            D.sum(axis=(0, 1))]

def measure(params, X, Y, mask):
    """Return the perplexity of the model on a batch."""
    P = probabilities(params, X, mask)[2]
    return perplexity(np.log(np.take_along_axis(P, Y[:, :, None], axis=2)[:, :, 0]), mask)

# %%
def predictor(params):
    """Return the function from the letters so far to the probabilities of the next."""
    def predict(ids):
        X = np.array([[0, *ids]])
        return probabilities(params, X, np.ones(X.shape, bool))[2][0, -1]
    return predict

# %%
from helpers.work import Work

def start_of(params):
    """Return the parameters, and the two moments of Adam for each."""
    return params, [(np.zeros_like(w), np.zeros_like(w)) for w in params]

def learn(seed, steps=600, eta=0.01, limit=1.0):
    """Train with Adam on batches of 64 names, eta falling to 0. Return the parameters and a log."""
    rng = np.random.default_rng(seed)
    log = {"batch": {}, "names": {}, "clipped": set()}
    work = Work(f"seed {seed}", lambda: (rng, *start_of(new_params(rng)), log), rnn, bptt, clip)
    rng, params, moments, log = work.state
    for t in work.over(range(steps)):
        rows = rng.integers(0, len(train_names), 64)
        batch = [a[rows] for a in train]
        if t % 10 == 0:
            log["batch"][t] = measure(params, *batch)
        if t in (0, 10, 30, 100, 300):
            log["names"][t] = invent(predictor(params), n=6)
        found = gradients(params, *batch)
        log["clipped"] |= {t} if sum((g**2).sum() for g in found) > limit**2 else set()
        for i, g in enumerate(clip(found, limit)):
            rate = eta * (1 - t / steps)
            params[i], *moments[i] = adam_step(params[i], *moments[i], g, t + 1, rate)
    return params, log

# %%
ask("memory")

# %% [markdown]
# Six names at a time will show how far it is, always from the same darts. It takes about 5 seconds.

# %% tags=["experiment"]
with needs("encode", "sample", "perplexity", "embedding", "rnn", "bptt", "clip"):
    params, log = learn(seed=0)
    for t, some in log["names"].items():
        print(f"after {t:3} steps:", ", ".join(some))
    for which, some in [("to learn from", train), ("held out", held_out)]:
        print(f"memory, names {which}: perplexity {measure(params, *some):.2f}")

# %% tags=["experiment"]
with needs("encode", "sample", "perplexity", "embedding", "rnn", "bptt", "clip", "backoff"):
    fig, [ax] = panels(1, width=6.6, height=3.2)
    ax.plot(list(log["batch"]), list(log["batch"].values()), color=BLUE, label="your network")
    bars = [(table_new[1], ":", "pairs"), (min(backed), "--", "backing off, 4 letters")]
    for value, style, told in bars:
        ax.axhline(value, color=ORANGE, linestyle=style, label=told)
    ax.set(xlabel="step", ylabel="perplexity of the batch", ylim=(4, 28))
    show(fig, "A learning curve. The perplexity falls below that of pairs within some 30 steps, "
              "then ever more slowly, and ends just above the bar of the table that backs off.",
         caption="Each point is measured on a batch before the step that learns from it. All of "
                 "the gain over pairs takes twenty times as long as the way there.")

# %% [markdown]
# From noise to names: and on names that it has never seen from 10.4 to 7.2, three letters fewer to choose from than by pairs. It is ahead of every *plain* table, the best of which has $27^4 = 531{,}441$ entries to our 7,371 numbers, and it worked out by itself what to keep in its 64 numbers of memory. The table that backs off, with its 6.61, is ahead of it.
#
# ### What clipping does
#
# Adam's steps are as long as eta says, whatever the gradient. Plain descent, $w \leftarrow w - \eta \nabla L$, goes as far as the gradient is long, and there clipping shows. (About 5 seconds.)

# %% tags=["experiment"]
def descended(title, eta, limit, steps=200):
    """Return the perplexity on 300 held-out names while plain descent runs."""
    rng, seen = np.random.default_rng(0), []
    params, few = new_params(rng), [a[:300] for a in held_out]
    work = Work(title, lambda: (rng, params, seen), rnn, bptt, clip)
    rng, params, seen = work.state
    for t in work.over(range(steps)):
        rows = rng.integers(0, len(train_names), 64)
        for w, g in zip(params, clip(gradients(params, *(a[rows] for a in train)), limit)):
            w -= eta * g
        if t % 10 == 9:
            seen.append((t + 1, measure(params, *few)))
    return np.array(seen).T

# %% tags=["experiment"]
with needs("encode", "perplexity", "embedding", "rnn", "bptt", "clip"):
    fig, [ax] = panels(1, width=6.6, height=3.4)
    runs = [(8, 1e9, ORANGE, "-"), (8, 0.25, BLUE, "-"), (2, 1e9, GREEN, "--")]
    for eta, limit, colour, style in runs:
        told = f"η = {eta}, " + ("not clipped" if limit > 1 else f"clipped to {limit}")
        ax.plot(*descended(told, eta, limit), color=colour, linestyle=style, label=told)
    ax.set(yscale="log", xlabel="step", ylabel="perplexity, held out")
    show(fig, "Perplexity on a logarithmic axis over 200 steps of plain descent. With eta 8 and "
              "no clipping it jumps up and down between ten thousand and more than ten billion. "
              "With eta 8, clipped to 0.25, it falls to about 9, and so it does with eta 2 and no "
              "clipping.",
         caption="The bold rate alone ruins everything. Clipped, it takes no step longer than 8 "
                 "· 0.25 = 2, and learns as well as with a rate of 2.")

# %% tags=["experiment"]
with needs("encode", "sample", "perplexity", "embedding", "rnn", "bptt", "clip"):
    print(f"While your network learned, {len(log['clipped'])} of 600 gradients were clipped.")

# %% [markdown]
# A rate that is too bold at every step should be smaller; clipping is for the rare step that is too long. Here there was none: an insurance, cheap enough to have it always.
#
# ### Are its inventions new?

# %% tags=["experiment"]
with needs("encode", "sample", "perplexity", "embedding", "rnn", "bptt", "clip"):
    for tau in (0.3, 1.0, 2.0):
        print(f"temperature {tau}:", ", ".join(invent(predictor(params), tau=tau)))
    many = invent(predictor(params), n=500)
    known = set(train_names) | set(held_out_names)
    print(f"of 500 names {np.mean([name not in known for name in many]):.0%} are in neither list")

# %% tags=["experiment"]
with needs("sample", "backoff"):
    many = invent(backing_off(4, train_names), n=500)
    known = set(train_names) | set(held_out_names)
    print(f"backing off: {np.mean([name not in known for name in many]):.0%} are in neither list")

# %% tags=["experiment"]
with needs("encode", "sample", "perplexity", "embedding", "rnn", "bptt", "clip"):
    display(grower({"your network": predictor(params)}))

# %% [markdown]
# Names with a star are in neither list. Type *xyzz* once more, and compare with the table of four letters: the network has never met that either, and still has an opinion.
#
# ### What the letters became
#
# It was never said which letters are vowels. Look at what each letter says to the state, $E W_x$: 26 points in 64 dimensions, seen from the two directions in which they differ most.

# %% tags=["experiment"]
with needs("encode", "sample", "perplexity", "embedding", "rnn", "bptt", "clip"):
    says = params[0][1:] @ params[1]
    says = says - says.mean(axis=0)
    flat = says @ np.linalg.svd(says)[2][:2].T
    vowel = np.array([letter in "aeiou" for letter in LETTERS[1:]])
    fig, [ax] = panels(1, width=6.4, height=4.6)
    ax.scatter(*flat.T, s=330, color=[ORANGE if v else BLUE for v in vowel], alpha=0.18)
    for letter, (x, y), v in zip(LETTERS[1:], flat, vowel):
        ax.text(x, y, letter, fontsize=13, ha="center", va="center", fontweight="bold",
                color=ORANGE if v else BLUE)
    ax.set(xlabel="first direction", ylabel="second direction")
    ax.margins(0.08)
    show(fig, "The 26 letters as points in the plane, placed by the trained network. The vowels "
              "a, e, o and u lie together on one side, most consonants on the other, i and y in "
              "between.",
         caption="Orange: vowels. Letters that stand side by side say nearly the same to the "
                 "state.")

# %% tags=["experiment"]
with needs("encode", "sample", "perplexity", "embedding", "rnn", "bptt", "clip"):
    apart = np.linalg.norm(says[:, None] - says, axis=2)
    within = apart[np.ix_(vowel, vowel)].sum() / 20
    print(f"mean distance in all 64 dimensions: {within:.1f} between two vowels, "
          f"{apart[np.ix_(vowel, ~vowel)].mean():.1f} between a vowel and a consonant")
    unit = says / np.linalg.norm(says, axis=1, keepdims=True)
    nearest = (unit @ unit.T - 2 * np.eye(26)).argmax(axis=1)
    pairs = [f"{LETTERS[1 + i]} → {LETTERS[1 + nearest[i]]}" for i in np.flatnonzero(vowel)]
    print("nearest by direction:", ", ".join(pairs))

# %% [markdown]
# In the plane *a, e, o* and *u* share a side; *i* stands by *g*. In all 64 dimensions vowels are only a little nearer to each other than to consonants, but they point the same way, all but *i*. So a good part of what the network learns about what may follow an *a* holds after an *o*, too. That is what the table could not do.

# %% [markdown]
# ## 7 · Gates
#
# The plain cell rewrites its whole memory at every letter. To keep something it must compute it anew each time, through tanh and a matrix, and the error on its way back fades a little more each time.
#
# A **gate** is a row of numbers between 0 and 1 that says, entry by entry, how much to let through. Let an **update gate** $z$ decide how much of the old state to *keep*:
#
# $$h_t = (1 - z) \odot n + z \odot h_{t-1}.$$
#
# Where $z = 1$ the state is copied, and so is the error on its way back: no tanh, no matrix. This is the residual connection of lesson 3, with a tap on it that the network turns itself. A **reset gate** $r$ decides how much of the past the candidate $n$ may see. That is the **GRU**.

# %% [markdown]
# ### Two forms
#
# The gates are $r = \sigma(x_r + h_r)$ and $z = \sigma(x_z + h_z)$; here $x_r, x_z, x_n$ are the three blocks of $a W_x + b_x$, and $h_r, h_z, h_n$ those of $h_{t-1} W_h + b_h$. The candidate was published in two forms:
#
# $$\begin{aligned}
# \text{reset before the matrix:} \quad n &= \tanh\big(x_n + (r \odot h_{t-1})\, W_n + b_n\big) \\
# \text{reset after the matrix:} \quad n &= \tanh\big(x_n + r \odot (h_{t-1} W_n + b_n)\big)
# \end{aligned}$$
#
# $W_n$ and $b_n$ are the third blocks of $W_h$ and $b_h$. In both forms $n$ goes through tanh: with a sigmoid it would be positive, and a state that starts at 0 could never become negative. Write both.

# %% answer="gru_cell"
def gru_cell(
    a: Float[ndarray, "n d"], h: Float[ndarray, "n h"],
    Wx: Float[ndarray, "d h3"], Wh: Float[ndarray, "h h3"],
    bx: Float[ndarray, "h3"], bh: Float[ndarray, "h3"], reset: str,
) -> Float[ndarray, "n h"]:
    """Return the next state; blocks r, z, n; `reset` is "before" or "after" (the matrix)."""
    ### BEGIN SOLUTION
    xr, xz, xn = np.split(a @ Wx + bx, 3, axis=1)
    hr, hz, hn = np.split(h @ Wh + bh, 3, axis=1)
    r, z = sigmoid(xr + hr), sigmoid(xz + hz)
    if reset == "before":
        Wn, bn = np.split(Wh, 3, axis=1)[2], np.split(bh, 3)[2]
        n = np.tanh(xn + (r * h) @ Wn + bn)
    else:
        n = np.tanh(xn + r * hn)
    return (1 - z) * n + z * h
    ### END SOLUTION

# %% check="gru_cell"
check("gru_cell")

# %%
ask("gru")

# %% tags=["experiment"]
with needs("gru_cell"):
    theirs = torch.nn.GRUCell(4, 5, dtype=torch.float64)
    Wx, Wh, bx, bh = [w.detach().numpy().T for w in theirs.parameters()]
    rng = np.random.default_rng(0)
    a, h = rng.normal(size=(3, 4)), rng.normal(size=(3, 5))
    right = theirs(torch.tensor(a), torch.tensor(h)).detach().numpy()
    for reset in ("before", "after"):
        gap = np.abs(gru_cell(a, h, Wx, Wh, bx, bh, reset) - right)
        print(f"reset {reset:6} the matrix: differs from torch by at most {gap.max():.1e}")

# %% [markdown]
# ### Repair it: the LSTM
#
# The older gated cell keeps two things: a **cell** $c$, the memory itself, and a state $h$, what it shows of it. It was built up gate by gate:
#
# * $g = \tanh(\dots)$, a candidate;
# * $f = \sigma(\dots)$, the **forget gate**: how much of the old cell stays;
# * $i = \sigma(\dots)$, the **input gate**: how much of the candidate enters;
# * $o = \sigma(\dots)$, the **output gate**: how much of the cell shows.
#
# Such a build-up invites slips. Here is the end of one that went wrong, in *three* places:
#
# $$\begin{aligned}
# f &= \sigma(a W_{xf} + h W_{hi} + b_f) & i &= \sigma(a W_{xi} + h W_{hi} + b_i) \\
# g &= \tanh(a W_{xg} + h W_{hg} + b_g) & o &= \sigma(a W_{xo} + h W_{ho} + b_o) \\
# c' &= f \odot c + g & h' &= o \odot c' \qquad \text{(wrong!)}
# \end{aligned}$$

# %% [markdown]
# Ask of each gate where it acts, and of each matrix whose it is. The third slip is subtle: without its last tanh the state can grow as large as the cell. (There are published cells that leave it out; PyTorch and most others have it.)
#
# The four blocks of `Wx`, `Wh` and `b` stand in PyTorch's order: **i, f, g, o**.

# %% answer="lstm_cell"
def lstm_cell(
    a: Float[ndarray, "n d"], h: Float[ndarray, "n h"], c: Float[ndarray, "n h"],
    Wx: Float[ndarray, "d h4"], Wh: Float[ndarray, "h h4"], b: Float[ndarray, "h4"],
) -> tuple[Float[ndarray, "n h"], Float[ndarray, "n h"]]:
    """Return the next (h, c)."""
    ### BEGIN SOLUTION
    i, f, g, o = np.split(a @ Wx + h @ Wh + b, 4, axis=1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    h = sigmoid(o) * np.tanh(c)
    return h, c
    ### END SOLUTION

# %% check="lstm_cell"
check("lstm_cell")

# %% [markdown]
# Here is the whole cell with real numbers on its wires. **Turn the gates**: shut the forget gate, open the input gate to 1, and run the cell again. Which settings keep a number unchanged for ever, and which forget all at once?

# %% tags=["experiment"]
show(*cell(forget=0.95, let_in=0.10, out=0.50, before=1.0, candidate=-0.8),
     caption="The upper road is the memory c. On it there is a product with f and a sum, and "
             "nothing else: no matrix, no tanh. An error that comes back along it is multiplied "
             "by f at each step.")

# %% tags=["experiment"]
with needs("lstm_cell"):
    theirs = torch.nn.LSTMCell(4, 5, dtype=torch.float64)
    Wx, Wh, bx, bh = [w.detach().numpy().T for w in theirs.parameters()]
    c = rng.normal(size=(3, 5))
    ours = lstm_cell(a, h, c, Wx, Wh, bx + bh)
    right = theirs(torch.tensor(a), (torch.tensor(h), torch.tensor(c)))
    for name, mine, other in zip("hc", ours, right):
        gap = np.abs(mine - other.detach().numpy()).max()
        print(f"{name} differs from torch by at most {gap:.1e}")

# %% [markdown]
# ## 8 · The race
#
# Three cells, the same names, 600 steps each. Now by PyTorch, whose cells you know to be yours: `Recurrent` is an embedding, a recurrent layer of the kind you name, and scores. `learn` is the loop that you have just seen (as `helpers.training` has it: on a GPU where there is one), and autograd does what your `bptt` did. Both are in `helpers/reference/language.py`, a screen that is worth a look: lessons 7 and 8 train their models in the same way. The three take about 25 seconds.

# %% tags=["experiment"]
from helpers.reference import language

with needs("gru_cell", "lstm_cell"):
    results, old, new = {}, language.batch(train_names), language.batch(held_out_names)
    for kind in ("RNN", "GRU", "LSTM"):
        torch.manual_seed(0)
        model = language.learn(language.Recurrent(kind), old)
        results[kind] = language.perplexity(model, *new)
        size = sum(p.numel() for p in model.parameters())
        print(f"{kind:4} {size:6,} numbers, perplexity {results[kind]:.2f} held out, "
              f"{language.perplexity(model, *old):.2f} on the names it learned from")

# %% tags=["experiment"]
with needs("encode", "perplexity", "backoff", "gru_cell", "lstm_cell"):
    rows = {"chance": 27.0, "letters alone": table_new[0], "pairs": table_new[1],
            "the best plain table": min(table_new), **results, "backing off": min(backed)}
    fig, [ax] = panels(1, width=6.8, height=3.2)
    ax.barh(list(rows), rows.values(), color=[GREY] * 4 + [BLUE] * 3 + [ORANGE])
    for i, value in enumerate(rows.values()):
        ax.annotate(f"{value:.2f}", (value, i), (4, 0), textcoords="offset points", va="center")
    ax.invert_yaxis()
    ax.set(xlabel="perplexity on the held-out names", xlim=(0, 30))
    show(fig, "Bars of perplexity: chance 27, single letters 16.6, pairs 10.4, the best plain "
              "table 7.8, the recurrent cells around 7, the gated ones below the plain one, and "
              "the table that backs off lowest, at 6.6.",
         caption="Blue: what remembers. Orange: a table of counts that knows when to look less "
                 "far back.")

# %% [markdown]
# Gates beat plain memory, memory beats plain counting, and **counting done well beats them all**. Look at the sizes of the steps, too: from chance to pairs nearly 17, from the best plain table to a gated cell less than one. Names are short, and 4,163 of them are few. Ten letters back is hardly where vanishing gradients hurt; *deeper* measures a task where they do.

# %% [markdown]
# ### Who wins as the text grows?
#
# A book has more to meet than a list of names. Here is *Moby-Dick*, its letters and a full stop for all that stands between words: the last 20,000 symbols held out, 20,000 before them to choose by, and more and more of the rest to learn from. The table may choose how far it looks back, from 2 to 7 letters, the GRU (64 or 128 units) how often it reads the text.
#
# These numbers were measured beforehand, in half an hour on two cores.

# %% tags=["experiment"]
sizes = [3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000]
table = [8.30, 6.27, 5.10, 4.30, 4.02, 3.73]  # letters that it looks back: 4, 4, 5, 5, 5, 6
gru = [8.88, 6.90, 5.58, 4.51, 4.30, 3.90]
fig, [ax] = panels(1, width=6.6, height=3.6)
ax.plot(sizes, gru, "o-", color=BLUE, label="GRU")
ax.plot(sizes, table, "s--", color=ORANGE, label="backing off")
for size, one, other in zip(sizes, gru, table):
    for value, below, colour in [(one, 8, BLUE), (other, -16, ORANGE)]:
        ax.annotate(f"{value:.2f}", (size, value), (0, below), textcoords="offset points",
                    ha="center", color=colour)
ax.set(xscale="log", xlabel="letters to learn from", ylabel="perplexity, held out", ylim=(3, 10))
show(fig, "Perplexity on held-out letters of Moby-Dick against the letters to learn from, from "
          "3,000 to a million. Both curves fall side by side, the table's from 8.30 to 3.73, "
          "the GRU's from 8.88 to 3.90, a little above.",
     caption="Ten times the text is worth more than any change of the model that you have seen. "
             "And counting stays ahead of a small network, by 5 to 10 per cent, up to a million "
             "letters.")

# %% [markdown]
# So nobody overtakes on this road: up to a whole book counting well stays ahead of a small network. What, then, are networks for? Look at what is *not* in the figure.
#
# * **The table grows with the text.** At a million letters it keeps 611,931 counts. The GRU has 66,555 numbers, at every size from 30,000 letters on.
# * **The table stops at six letters.** Looking back seven, it gets worse again (3.78), whatever the text says ten letters earlier. A network has no such wall. It can be made larger, and it goes on falling where there is more to read.
# * **The table shares nothing.** It must meet each context itself. Whatever learns that two pasts are alike needs fewer of them.
#
# With billions of words to read, and computers that can, this has decided the race. Lessons 7 and 8 build what won it.

# %% [markdown]
# How far are you? (Whatever is missing, `hint("…")` helps, three times.)

# %%
progress()

# %% [markdown]
# ## In your own words
#
# A colleague writes: "Our new model has perplexity 5 on the names we trained it on, and the old one 7.1 on the held-out names, so ours is better. We clipped the gradients, which also cures vanishing. As it is an LSTM, gradients can't vanish anyway."
#
# In six sentences or fewer: what does perplexity 5 mean, why does the comparison fail, and what is right or wrong about clipping and about the LSTM?

# %% [markdown] essay="claims" points="2"
# Perplexity 5 means that the model was on average as undecided as among five equally likely letters. The two numbers belong to different names: on those it was trained on a model can reach a low perplexity by learning them by heart (a plain table of five letters back has about 5 there and 11 on held-out names), so both must be measured on the same held-out names. Clipping shortens gradients that are too long and cannot lengthen those that have vanished. In an LSTM the error goes back along the cell, multiplied by the forget gate at each step. Where the gate is near 1 it survives, but with gates half open it fades like $0.5^k$, so it can still vanish.
#
# **Rubric.** ½ point: the meaning of perplexity 5. ½ point: training against held-out data, and that memorising explains it. ½ point: clipping treats explosion, not vanishing. ½ point: the forget gate decides, so the LSTM helps and guarantees nothing.

# %% [markdown]
# ## Where you are
#
# You have language models of three kinds and a number that compares them: chance 27, pairs 10.4, the best plain table 7.8, memory 7.2, gates 6.9, and a table that backs off 6.6, which nobody has beaten yet. And you have the law that limits memory: what must travel through every step on its way fades at every step.
#
# All of the past goes through one state of 64 numbers, one letter at a time. Why should it? When you guess the end of *mariann*, you can simply *look* at the beginning. **Lesson 7** lets the network look: attention connects any two places in a single step. It starts from the same names, and the same bars.

# %% [markdown]
# ---
# # Deeper
#
# The rest is for those who want more. It has checks too, worth no points.
#
# ## How long does it remember?
#
# *I grew up in France … I speak fluent …* What matters may be far back. Here is that problem, bare: the first of `lag + 1` random symbols must be named at the end; the others are there to distract. There are eight symbols, so chance is right in 12.5 % of cases.
#
# Gates are made for this. Watch.

# %% tags=["experiment"]
def recall(kind, lag, keep=0.0, steps=400, seed=0):
    """Return how often a trained cell names the first symbol; `keep` is added to the bias of z."""
    torch.manual_seed(seed)
    cell = getattr(torch.nn, kind)(8, 32, batch_first=True)
    read, generator = torch.nn.Linear(32, 8), torch.Generator().manual_seed(seed)
    if kind == "GRU":
        cell.bias_ih_l0.data[32:64] += keep  # the block of z
    weights = [*cell.parameters(), *read.parameters()]
    optimiser = torch.optim.Adam(weights, lr=0.005)
    for step in range(steps + 1):
        X = torch.randint(0, 8, (32 if step < steps else 1000, lag + 1), generator=generator)
        scores = read(cell(torch.nn.functional.one_hot(X, 8).float())[0][:, -1])
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(scores, X[:, 0]).backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimiser.step()
    return (scores.argmax(dim=1) == X[:, 0]).float().mean().item()

# %% tags=["experiment"]
cells = [("plain RNN", "RNN", 0.0), ("GRU", "GRU", 0.0), ("GRU that begins by keeping", "GRU", 4.0)]
with needs("gru_cell"):
    for name, kind, keep in cells:
        told = [f"lag {lag}: {recall(kind, lag, keep):4.0%}" for lag in (5, 20, 50)]
        print(f"{name:27}", "  ".join(told))

# %% [markdown]
# At lag 20 the GRU is as lost as the plain cell! Its gates start half open, $z \approx \frac12$, so of an error $0.5^{20} \approx 10^{-6}$ arrives, and the gates are never told to open. A gate *can* keep; it must be brought to the point where it learns to.
#
# The third row differs in one number: 4 is added to the bias of $z$ at the start, so that $z \approx \sigma(4) = 0.98$. Even that leaves only $0.98^{50} \approx 0.4$ of a state over 50 steps: there it has begun to learn, and needs more time. With LSTMs the same trick is known as a forget-gate bias of 1 or more. What decides is not which formula you use but what the error meets on its first way back.

# %% [markdown]
# ## What it said, or what it knew
#
# A chain may also hear its own last **output** in place of its state:
#
# $$h_t = \tanh(a_t W_x + y_{t-1} W_y + b), \qquad y_t = h_t W_o + c, \qquad y_0 = 0.$$
#
# Both kinds are old, and named after their authors: with the state it is **Elman's**, with the output **Jordan's** network. Here are inputs `A` $(n, T, d)$, all of one length.

# %% answer="jordan"
def jordan(
    A: Float[ndarray, "n T d"],
    Wx: Float[ndarray, "d h"], Wy: Float[ndarray, "k h"], b: Float[ndarray, "h"],
    Wo: Float[ndarray, "h k"], c: Float[ndarray, "k"],
) -> Float[ndarray, "n T k"]:
    """Return each step's output of a chain that hears its last output in place of its state."""
    ### BEGIN SOLUTION
    y, Y = np.zeros((len(A), len(c))), []
    for t in range(A.shape[1]):
        h = np.tanh(A[:, t] @ Wx + y @ Wy + b)
        y = h @ Wo + c
        Y.append(y)
    return np.stack(Y, axis=1)
    ### END SOLUTION

# %% check="jordan"
check("jordan")

# %% [markdown]
# Put the second formula into the first: what comes from the past is $h_{t-1} W_o W_y$ (and $c\,W_y$, which joins the bias). So Jordan's network *is* Elman's, with $W_h = W_o W_y$, a product that goes through the $k$ numbers of the output. If $k = 1$, all memory has to pass through one number, and that number has another job: to be the answer.

# %%
ask("delay")

# %% tags=["experiment"]
def learned(hears, wanted, steps=300):
    """Return how often a trained chain gives the wanted sign; it hears its state or its output."""
    torch.manual_seed(0)
    read, out = torch.nn.Linear(1, 16), torch.nn.Linear(16, 1)
    back = torch.nn.Linear(16 if hears == "state" else 1, 16)
    weights = [*read.parameters(), *out.parameters(), *back.parameters()]
    optimiser = torch.optim.Adam(weights, lr=0.01)
    for _ in range(steps + 1):
        X = torch.randint(2, (64, 12)) * 2.0 - 1
        h, y, Y = torch.zeros(64, 16), torch.zeros(64, 1), []
        for t in range(12):
            h = torch.tanh(read(X[:, t : t + 1]) + back(h if hears == "state" else y))
            y = out(h)
            Y.append(y)
        guess, target = torch.cat(Y, dim=1)[:, 1:], wanted(X)[:, 1:]
        optimiser.zero_grad()
        ((guess - target) ** 2).mean().backward()
        optimiser.step()
    return ((guess > 0) == (target > 0)).float().mean().item()

# %% tags=["experiment"]
jobs = {
    "was there a + so far?": lambda X: X.cummax(dim=1).values,
    "the sign before": lambda X: X.roll(1, dims=1),
}
with needs("rnn"):
    for job, wanted in jobs.items():
        row = [f"hears its {by}: {learned(by, wanted):4.0%}" for by in ("state", "output")]
        print(f"{job:22}", "   ".join(row))

# %% [markdown]
# *Was there a + so far?* is no trouble for either: there the answer is exactly what must be remembered. To name the sign before, one has to keep what one does not say yet, and for that a state of one's own is needed.
#
# Jordan's form has its use all the same. While it learns, the *true* output can be put in the place of $y_{t-1}$. Then no step waits for the one before, and all are computed at once. You will meet that again in lesson 8, as *teacher forcing*.

# %% [markdown]
# ## In both directions
#
# To guess the next letter only the past is known. To *label* each letter of a finished name, the future is of use too. It is tempting to write one recurrence with both, $h_t = g(a_t, h_{t-1}, h_{t+1})$; but $h_t$ then needs $h_{t+1}$, which needs $h_t$, and nothing can be computed first.
#
# A **bidirectional** network has two chains that know nothing of each other. One reads from the left, one from the right, each with its own weights, and their states stand side by side. A **deep** one reads the states of the layer below in place of letters: `rnn(rnn(A, …), …)`.

# %% answer="birnn"
def birnn(
    A: Float[ndarray, "n T d"], mask: Bool[ndarray, "n T"],
    forward: tuple[ndarray, ...], backward: tuple[ndarray, ...],
) -> Float[ndarray, "n T h2"]:
    """Return both chains side by side, from zero states; each has (Wx, Wh, b). Use `rnn`."""
    ### BEGIN SOLUTION
    h0 = np.zeros((len(A), len(forward[2])))
    there = rnn(A, mask, h0, *forward)
    back = rnn(A[:, ::-1], mask[:, ::-1], h0, *backward)
    return np.concatenate([there, back[:, ::-1]], axis=2)
    ### END SOLUTION

# %% check="birnn"
check("birnn")

# %% [markdown]
# Turned round, the padding comes first. There the state waits at 0, and so it is as if it were not there.
#
# ## Arithmetic with names
#
# Points that were learned for words are famous for their analogies: the step from *man* to *king*, taken from *woman*, ends near *queen*. We have no text here that is large enough to learn meanings. But names have their own grammar. Give each name the vector of its counts of pairs, full stops included, 729 numbers. Is *george* to *georgette* as *bernard* to …?
#
# Near means the largest **cosine**. And a detail that is easy to hide: the nearest name is very often one of the three you put in. Those are left out, by convention, which makes analogies look better than they are.

# %% answer="analogy"
def analogy(a: str, b: str, c: str, names: Sequence[str], vectors: Float[ndarray, "m d"]) -> str:
    """Return the name nearest by cosine to b - a + c, none of the three (row i: names[i])."""
    ### BEGIN SOLUTION
    of = dict(zip(names, vectors))
    goal = of[b] - of[a] + of[c]
    cosines = vectors @ goal / np.linalg.norm(vectors, axis=1)
    order = np.argsort(-cosines)
    return next(names[i] for i in order if names[i] not in (a, b, c))
    ### END SOLUTION

# %% check="analogy"
check("analogy")

# %% tags=["experiment"]
with needs("encode", "analogy"):
    every = [*train_names, *held_out_names]
    X, Y, mask = encode(every)
    vectors = np.zeros((len(every), 27 * 27))
    np.add.at(vectors, (np.nonzero(mask)[0], (X * 27 + Y)[mask]), 1)
    for a, b, c in [("gabriel", "gabrielle", "daniel"), ("mario", "maria", "antonio"),
                    ("john", "johnny", "bill"), ("george", "georgette", "bernard"),
                    ("roberto", "roberta", "julio")]:
        of = dict(zip(every, vectors))
        goal = of[b] - of[a] + of[c]
        nearest = every[int((vectors @ goal / np.linalg.norm(vectors, axis=1)).argmax())]
        found = analogy(a, b, c, every, vectors)
        print(f"{a} : {b} = {c} : {found:11} (nearest of all: {nearest})")

# %% [markdown]
# It finds *bernadette*, though the nearest of all was *bernard* himself, and for *julio* it finds *julieta* and misses *julia*: these vectors know spelling, nothing else.

# %% [markdown]
# ## Words from their neighbours
#
# "You shall know a word by the company it keeps" (J. R. Firth, 1957). **word2vec** slides a window of $w$ words to each side over a text, and learns to guess, from the word in the middle, those around it. In a text of $n$ words that makes $2wn - w(w + 1)$ pairs, called **skip-grams**. It has two tables, $E$ and the output weights, and no hidden layer between; you have met all its parts.

# %% answer="skipgrams"
def skipgrams(ids: Int[ndarray, "n"], w: int) -> Int[ndarray, "pairs 2"]:
    """Return all pairs (a word, another that stands at most w places from it), in any order."""
    ### BEGIN SOLUTION
    pairs = []
    for k in range(1, w + 1):
        pairs += [(ids[k:], ids[:-k]), (ids[:-k], ids[k:])]
    return np.hstack(pairs).T
    ### END SOLUTION

# %% check="skipgrams"
check("skipgrams")

# %% [markdown]
# What word2vec ends at can also be had without descent (O. Levy and Y. Goldberg, 2014): count the pairs, take the logarithm of how much more often each occurs than chance would have it, and keep the 100 directions in which that table varies most. Here for *Moby-Dick*, its 1,000 most frequent words.

# %% tags=["experiment"]
import re
from collections import Counter

from helpers.data import moby_dick

with needs("skipgrams"):
    text = re.findall("[a-z]+", moby_dick().lower())
    vocabulary = [word for word, _ in Counter(text).most_common(1000)]
    number = {word: i for i, word in enumerate(vocabulary)}
    pairs = skipgrams(np.array([number[word] for word in text if word in number]), 2)
    some = [f"{vocabulary[i]} {vocabulary[j]}" for i, j in pairs[:3]]
    print(f"{len(pairs):,} pairs, such as", ", ".join(some))

# %% tags=["experiment"]
with needs("skipgrams"):
    together = np.zeros((1000, 1000))
    np.add.at(together, tuple(pairs.T), 1)
    together /= together.sum()
    by_chance = np.outer(together.sum(axis=1), together.sum(axis=0))
    more = np.log(np.maximum(together / by_chance, 1))  # 0 where they meet no more often
    U, strength, _ = np.linalg.svd(more)
    words = U[:, :100] * np.sqrt(strength[:100])
    words /= np.linalg.norm(words, axis=1, keepdims=True)
    for word in ("three", "ship", "captain", "night", "boat", "whale"):
        near = np.argsort(-(words @ words[number[word]]))[1:6]
        print(f"{word:8}", ", ".join(vocabulary[i] for i in near))

# %% [markdown]
# *Three* stands by *two* and *four*, *ship* by *pequod* and *vessel*, *night* by *day* and *midnight*: it was never said what these words mean. And *whale* stands by *sperm* and *fishery*, which come beside it, not in its place. A book is little: word2vec's vectors, and those at the bottom of every large language model, were learned from billions of words.

# %% [markdown]
# ## Time, and the leak of shuffling
#
# Sequences need not be letters. To predict a series from its own past with any model, cut it into **windows**: $w$ values in a row are an input, the next value is the target.

# %% answer="windows"
def windows(
    series: Float[ndarray, "m"], w: int
) -> tuple[Float[ndarray, "n w"], Float[ndarray, "n"]]:
    """Return (X, y): all windows of w values that have a next value, and those next values."""
    ### BEGIN SOLUTION
    n = len(series) - w
    X = np.stack([series[i : i + w] for i in range(n)])
    return X, series[w:]
    ### END SOLUTION

# %% check="windows"
check("windows")

# %% [markdown]
# How well it predicts must be measured on the *future*. Cut the time into $k + 1$ blocks; for each block but the first, learn from everything before it and test on the block. (Whatever you compute from the data, such as a mean for scaling, comes from the learning part alone.)

# %% answer="time_folds"
def time_folds(n: int, k: int) -> list[tuple[Int[ndarray, "_"], Int[ndarray, "_"]]]:
    """Return k pairs (train, test) of numbers below n; blocks as np.array_split makes them."""
    ### BEGIN SOLUTION
    blocks = np.array_split(np.arange(n), k + 1)
    return [(np.concatenate(blocks[: i + 1]), blocks[i + 1]) for i in range(k)]
    ### END SOLUTION

# %% check="time_folds"
check("time_folds")

# %% [markdown]
# Four years of real weather: the highest temperature of each day in Seattle. Two models: a straight line through the last seven days, and a silly one that looks only at the *date* and answers with the temperature of the nearest day it learned from.

# %%
ask("shuffle")

# %% tags=["experiment"]
from helpers.data import seattle

def line(learn, test):
    B = np.column_stack([np.ones(len(X)), X])
    return B[test] @ np.linalg.lstsq(B[learn], y[learn], rcond=None)[0]

def nearest_date(learn, test):
    return y[learn[np.abs(learn[None, :] - test[:, None]).argmin(axis=1)]]

# %% tags=["experiment"]
with needs("windows", "time_folds"):
    X, y = windows(seattle(), 7)
    parts = np.array_split(np.random.default_rng(0).permutation(len(y)), 6)
    shuffled = [(np.concatenate(parts[:i] + parts[i + 1 :]), parts[i]) for i in range(6)]
    for name, model in [("seven days", line), ("nearest date", nearest_date)]:
        errors = [np.mean([np.abs(model(*fold) - y[fold[1]]).mean() for fold in folds])
                  for folds in (shuffled, time_folds(len(y), 5))]
        print(f"{name:13} mean error {errors[0]:.2f} °C shuffled, {errors[1]:.2f} °C in order")

# %% [markdown]
# Shuffled, the silly model looks as good as the sensible one; on the future it is four times worse. The sensible model is the same either way. So shuffling does not spoil every result, only those of models that can use the leak, and a network with a hundred thousand weights always can.

# %% [markdown]
# ## Go further
#
# * C. Shannon, *Prediction and entropy of printed English* (1951): the guessing game, played with people, and what it says about the entropy of a language.
# * J. Elman, *Finding structure in time* (1990): the plain recurrent network (its state is fed back; in M. Jordan's of 1986 it is the output), and what it finds out about words.
# * S. Hochreiter, J. Schmidhuber, *Long short-term memory* (1997): the cell, and why errors vanish. F. Gers and others, *Learning to forget* (2000), added the forget gate.
# * S. Chen, J. Goodman, *An empirical study of smoothing techniques for language modeling* (1999): tables that back off, compared with all care; Kneser's and Ney's wins.
# * Y. Bengio and others, *A neural probabilistic language model* (2003): embeddings, and a network on a fixed window, against tables of counts.
# * R. Pascanu, T. Mikolov, Y. Bengio, *On the difficulty of training recurrent neural networks* (2013): necessary and sufficient conditions, and clipping.
# * K. Cho and others, *Learning phrase representations using RNN encoder-decoder* (2014): the GRU, reset before the matrix.
# * R. Jozefowicz, W. Zaremba, I. Sutskever, *An empirical exploration of recurrent network architectures* (2015): ten thousand cells, and the bias of the forget gate.

# %% [markdown]
# ---
# *Text and figures CC BY 4.0, code MIT. The choice of topics follows five lecture courses: "Deep Learning" (IMT Atlantique), "An introduction to deep learning" (Claire Boyer), "Apprentissage profond" (Céline Hudelot), FIDLE "Transformers" and "Machine learning" (Mines Saint-Étienne). Names: US Census Bureau, 1990; temperatures: NOAA; both in the public domain, see `helpers/data/SOURCES.md`.*
