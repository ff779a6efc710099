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
# # 13 · From 2017 to today
#
# **Two models know the same. You ask both where the whale lives. One answers with three more questions, the other with "the sea". What did the second learn, and from how many examples?**
#
# Lesson 8 stopped at the Transformer of 2017 and its first children. Since then the block has changed in four places, texts are cut differently, and models have become a million times larger. But what the public met came last, and was small: a model that continues texts was taught to answer, and then to answer as people like it.
#
# You will do all of it, on a model that is taught in seconds, in a world of which every true sentence is known. That makes it a toy, and lets you see what nobody sees in a large model: the moment when pleasing and being right part company.

# %% [markdown]
# | | |
# |---|---|
# | **You will be able to** | cut text into pieces as today's models do; write their block, and count what it saves; draw from a model by top-p; teach a model to answer, from answers alone; learn a reward from comparisons, and a model from preferences; recognise a reward that is pressed too hard |
# | **You need** | lessons 7 and 8 (attention, the block); lesson 9 (LoRA) helps |
# | **Time** | 180 minutes, in two sittings: parts 1 to 4, then parts 5 to 8; *deeper* after that is extra |
# | **At the end there is** | a model of today's pieces that answers questions, and a curve that shows what its teachers did to it |
# | **Points** | 20: ten checked exercises (18) and a written question (2) |

# %%
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from copy import deepcopy
from itertools import pairwise
from random import Random

os.environ["OMP_NUM_THREADS"] = "1"  # before NumPy comes: at these sizes more threads are slower

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, linear, logsigmoid, silu, softplus

from helpers import ask, check, hint, needs, progress, start
from helpers.data import animals, moby_dick, small_assistant
from helpers.data.pieces import WORD
from helpers.figures import BLUE, GREEN, GREY, ORANGE, block, panels, show, stages
from helpers.reference.transformers import next_tokens, spread
from helpers.work import Work

torch.set_num_threads(1)
start("13-assistants")

# %% tags=["experiment"]
show(*stages([
    ("base model", "3,000 lines about\nanimals, no answer", "goes on with\nany text"),
    ("assistant", "some questions\nwith their answers", "answers"),
    ("preferred", "comparisons of\ntwo answers", "answers as people\nseem to like it")]),
    caption="The three stages of this lesson, and of every assistant since 2022. The first costs "
            "nearly everything; the others decide what you meet.")

# %% [markdown]
# ## 1 · Pieces of words
#
# A model reads numbers. Number the letters, and texts become long; number the words, and there is none for a word that was never met. Today's models number **pieces of words**, and *learn* which pieces, by an idea from data compression (*byte-pair encoding*, BPE; Gage, 1994; Sennrich and others, 2016):
#
# 1. Every word is cut into its letters.
# 2. Count all pairs of neighbours, in all words. The most frequent pair becomes one piece, wherever it stands.
# 3. Do that again, $k$ times.
#
# The list of pairs, in order, *is* the tokenizer. Words are counted first: `words` says how often each occurs, so that a pair in *the* counts thousands of times at once. Every place where two pieces stand side by side counts; of equally frequent pairs, take the one that is met first.

# %%
def joined(cut: Sequence[str], pair: tuple[str, str]) -> list[str]:
    """Return pieces in which the two of a pair, where they are neighbours, have become one."""
    done, i = [], 0
    while i < len(cut):
        both = tuple(cut[i : i + 2]) == pair
        done.append(pair[0] + pair[1] if both else cut[i])
        i += 2 if both else 1
    return done

print(joined(list("banana"), ("a", "n")), joined(["b", "an", "an", "a"], ("an", "a")))

# %% answer="bpe_merges"
def bpe_merges(words: Mapping[str, int], k: int) -> list[tuple[str, str]]:
    """Return the first k pairs of neighbours that become one piece, the most frequent first."""
    ### BEGIN SOLUTION
    cuts = {word: list(word) for word in words}
    merges = []
    for _ in range(k):
        counts = Counter()
        for word, cut in cuts.items():
            for pair in pairwise(cut):
                counts[pair] += words[word]
        if not counts:
            break
        best = max(counts, key=lambda pair: counts[pair])
        merges.append(best)
        cuts = {word: joined(cut, best) for word, cut in cuts.items()}
    return merges
    ### END SOLUTION

# %% check="bpe_merges"
check("bpe_merges")

# %% [markdown]
# What does it find on 200,000 characters of *Moby-Dick*? A word keeps the space before it (`·`), and no piece crosses from one word to the next. It takes about 10 seconds.

# %% tags=["experiment"]
with needs("bpe_merges"):
    counted = Counter(WORD.findall(moby_dick()[:200_000]))
    whale = bpe_merges(counted, 400)
    found = ["".join(pair).replace(" ", "·") for pair in whale]
    print("the first: ", *found[:16])
    print("the last:  ", *found[-16:])
    sizes = np.bincount([len(a + b) for a, b in whale])
    print("pieces of 2, 3, 4, 5 and more letters:", *sizes[2:5], sizes[5:].sum())

# %% [markdown]
# First come frequent pairs of letters, soon endings such as *ing*, and whole words. What words are made of was never said; that *ing* is a piece of English follows from counting.
#
# To read a new word, replay history: of all pairs of neighbours that may join, join the one that was **learned first**, everywhere in the word; then look again. A letter that was never met stays a piece of its own. (Real tokenizers begin with the 256 bytes instead of letters, so that nothing is unknown: é is two bytes, and becomes two pieces at worst.)

# %% answer="bpe_encode"
def bpe_encode(word: str, merges: Sequence[tuple[str, str]]) -> list[str]:
    """Return the pieces of a word: of all pairs that may join, the earliest learned joins first."""
    ### BEGIN SOLUTION
    rank = {pair: i for i, pair in enumerate(merges)}
    cut = list(word)
    while pairs := set(pairwise(cut)) & rank.keys():
        cut = joined(cut, min(pairs, key=lambda pair: rank[pair]))
    return cut
    ### END SOLUTION

# %% check="bpe_encode"
check("bpe_encode")

# %%
ask("pieces")

# %% tags=["experiment"]
with needs("bpe_merges", "bpe_encode"):
    for word in (" the", " whale", " whaling", " unwhalelike", " Queequeg", " 1851", " baleine"):
        cut = bpe_encode(word, whale)
        print(f"{len(cut)}  {' | '.join(cut).replace(' ', '·', 1)}")

# %% [markdown]
# What is frequent is short, what is rare is long, and what is rare is often what is *foreign*: a tokenizer trained on English makes other languages dearer by the piece, and their users pay it. It also explains why a model that reads whole pieces finds it hard to say how many letters a word has: it has never seen them.

# %% [markdown]
# ## 2 · Today's block
#
# The block of lesson 8, *look, then think, each added to the road*, has stood for nine years. Four pieces of it have been exchanged since.
#
# ### A norm without a mean
#
# Layer norm shifts each row to mean 0, then scales it. The shift turned out to be of no use: **RMS norm** only divides by the root of the mean square (Zhang and Sennrich, 2019), and there is no bias.
#
# $$\operatorname{norm}(x) = \frac{x}{\sqrt{\frac1d \sum_j x_j^2 + \varepsilon}} \odot \text{gain}.$$

# %% tags=["experiment"]
show(*block(("grouped attention", "gated network")),
     caption="Lesson 8's block with the norm before. New are the norms, how attention knows places, "
             "what its heads share, and the network.")

# %% answer="rms_norm"
def rms_norm(
    X: Float[Tensor, "*B d"], gain: Float[Tensor, "d"], eps: float = 1e-6
) -> Float[Tensor, "*B d"]:
    """Return each row divided by the root of its mean square, times gain."""
    ### BEGIN SOLUTION
    return X / torch.sqrt((X**2).mean(dim=-1, keepdim=True) + eps) * gain
    ### END SOLUTION

# %% check="rms_norm"
check("rms_norm")

# %% [markdown]
# ### Turn, don't add
#
# Lesson 8 wrote places into the rows: it *added* the hands of many clocks. The product of two such marks depends on their distance alone, and that is what attention wants. But marks that are added mix with what the row says. **Rotary positions** (RoPE; Su and others, 2021) keep the clocks and add nothing: in every head, queries and keys themselves are *turned*. Take the columns of a row in pairs; pair $i$, columns $2i$ and $2i + 1$, is a point $(x, y)$ in the plane, and at place $p$ it is turned by
#
# $$a = p \,/\, \text{base}^{2i/d}: \qquad (x, y) \mapsto (x \cos a - y \sin a,\ \ x \sin a + y \cos a).$$
#
# Turn one by $p$, the other by $p'$, and the angle between them has changed by $p - p'$, whatever $p$ is. The values are not turned. (Much published code takes column $i$ with $i + d/2$ for a pair: the same model with its columns renumbered, and a trap for whoever loads weights.)

# %% answer="rope"
def rope(
    X: Float[Tensor, "*B n d"], places: Int[Tensor, "n"], base: float = 10000.0
) -> Float[Tensor, "*B n d"]:
    """Return X with pair i of each row turned by place / base^(2i/d)."""
    ### BEGIN SOLUTION
    i = torch.arange(X.shape[-1] // 2).to(X)
    angle = places[:, None] / base ** (2 * i / X.shape[-1])
    x, y = X[..., 0::2], X[..., 1::2]
    turned = [x * angle.cos() - y * angle.sin(), x * angle.sin() + y * angle.cos()]
    return torch.stack(turned, dim=-1).flatten(-2)
    ### END SOLUTION

# %% check="rope"
check("rope")

# %%
ask("turned")

# %% tags=["experiment"]
with needs("rope"):
    torch.manual_seed(0)
    q, k = torch.randn(2, 32, dtype=torch.float64)
    P, at = rope(q.repeat(60, 1), torch.arange(60)), torch.arange(60)
    print(f"spread of lesson 8: {spread(P):.0e}; length of a row before {q.norm():.3f}, "
          f"at place 59 {P[59].norm():.3f}")
    fig, axes = panels(2, width=8, height=3)
    axes[0].imshow(P @ rope(k.repeat(60, 1), at).T, cmap="signed")
    axes[0].set(title="one query, one key, all places", xlabel="place of the key", ylabel="of the query")
    for base, colour in [(100.0, ORANGE), (10000.0, BLUE)]:
        axes[1].plot(rope(q.repeat(60, 1), at, base) @ q, color=colour, label=f"base {base:g}")
    axes[1].set(title="a query and itself", xlabel="distance")
    show(fig, ask("turned").alt,
         caption="Along each diagonal one shade: only the distance counts. With a small base the "
                 "hands are faster, and the product of a query with itself falls further.")

# %% [markdown]
# ### A gate
#
# The network of lesson 8 went up, bent, and came down. Today there are two ways up, and one of them is a **gate** for the other, as in lesson 6's GRU: number by number, it says how much of the other passes. The bend is **silu** (or *swish*), $z \cdot \sigma(z)$, a close cousin of gelu:
#
# $$\operatorname{swiglu}(X) = \big(\operatorname{silu}(X W) \odot X V\big)\, W_2 .$$
#
# Three matrices for two: to cost the same, the width inside goes from $4d$ to $\tfrac83 d$. Why it is better, its author (Shazeer, 2020) does not claim to know: he thanks "divine benevolence".

# %% answer="swiglu"
def swiglu(
    X: Float[Tensor, "*B d"], W: Float[Tensor, "d m"], V: Float[Tensor, "d m"], W2: Float[Tensor, "m d"]
) -> Float[Tensor, "*B d"]:
    """Return (silu(X W) * X V) W2."""
    ### BEGIN SOLUTION
    return (silu(X @ W) * (X @ V)) @ W2
    ### END SOLUTION

# %% check="swiglu"
check("swiglu")

# %% [markdown]
# ### Shared keys
#
# A model that writes keeps the keys and values of all tokens so far (lesson 8, *deeper*), in every layer: that **cache**, not the arithmetic, limits how many people one card can serve. But must every head have keys and values of its own? In **grouped-query attention** (Ainslie and others, 2023) the $h$ heads are dealt into $g$ groups; neighbours share: with $h = 4$, $g = 2$ heads 0 and 1 use group 0, heads 2 and 3 group 1. With $g = h$ it is lesson 7's attention.
#
# Queries $Q$ are $(B, h, n, d)$, with $d$ the width of a head; $K$ and $V$ $(B, g, m, d)$. Where a cache is kept, $m > n$, and the $n$ queries stand at the *last* $n$ of $m$ places. Each may look at its own place and all before.

# %% answer="gqa"
def gqa(
    Q: Float[Tensor, "B h n d"], K: Float[Tensor, "B g m d"], V: Float[Tensor, "B g m d"]
) -> Float[Tensor, "B h n d"]:
    """Return causal attention in which each h / g neighbouring heads share keys and values."""
    ### BEGIN SOLUTION
    share = Q.shape[1] // K.shape[1]
    K, V = K.repeat_interleave(share, dim=1), V.repeat_interleave(share, dim=1)
    S = Q @ K.transpose(-1, -2) / Q.shape[-1] ** 0.5
    n, m = S.shape[-2:]
    seen = torch.ones_like(S[0, 0], dtype=torch.bool).tril(m - n)
    return torch.softmax(S.masked_fill(~seen, -torch.inf), dim=-1) @ V
    ### END SOLUTION

# %% check="gqa"
check("gqa")

# %% [markdown]
# Count it: keys and values, in each layer, for each group, of each token, `width` numbers of 2 bytes. Take a model of 32 layers with heads of width 128, as the 8-billion-number Llama 3 has them (32 heads, 8 groups); beside its weights a card of 80 GiB has 65 left for caches. How many chats fit?

# %%
ask("cache")

# %% tags=["experiment"]
def cache(layers, groups, width, tokens, size=2):
    """Return how many bytes the keys and values of so many tokens take."""
    return 2 * layers * groups * width * tokens * size

for groups, name in [(32, "each head its own"), (8, "groups of 4"), (1, "one for all")]:
    each = cache(32, groups, 128, 1)
    print(f"{name:18} {each / 1024:4.0f} KiB a token, {each * 128_000 / 2**30:5.1f} GiB for 128,000; "
          f"{65 * 2**30 // (each * 8000):4} chats of 8,000 tokens")

# %% [markdown]
# ### The rest is size
#
# | | model | what it is | numbers |
# |---|---|---|---|
# | 2012 | AlexNet | eight layers for pictures | 62 million |
# | 2018 | BERT-large | encoder | 340 million |
# | 2019 | T5 | encoder and decoder | up to 11 billion |
# | 2020 | GPT-3 | decoder, 96 layers, $d$ = 12,288 | 175 billion |
# | 2022 | BLOOM | decoder, open, 46 languages | 176 billion |
# | 2023 | LLaMA, Mixtral | decoders with this norm, turns and gates; Mixtral with experts (*deeper*) | 7 to 65, 47 billion |
# | 2024 | Gemma 2, Llama 3 | decoders with groups | 2 to 27, 8 to 405 billion |

# %% tags=["experiment"]
print(f"GPT-3 by lesson 8's 12 d² a layer: {12 * 12288**2 * 96 / 1e9:.0f} billion "
      f"(and {50257 * 12288 / 1e9:.1f} for its table of pieces)")

# %% [markdown]
# ## 3 · A model that goes on
#
# Put together what you have. One more saving: the table of pieces is used twice, to read a piece and, turned round, to score what follows (*weight tying*).

# %%
class Block(nn.Module):
    """Look, then think, each on normalised rows, and add."""

    def __init__(self, d: int, heads: int, groups: int, hidden: int):
        super().__init__()
        self.width = d // heads
        self.gain1, self.gain2 = nn.Parameter(torch.ones(d)), nn.Parameter(torch.ones(d))
        self.q, self.out = nn.Linear(d, d, bias=False), nn.Linear(d, d, bias=False)
        self.k, self.v = (nn.Linear(d, groups * self.width, bias=False) for _ in range(2))
        self.W, self.V = (nn.Parameter(torch.randn(d, hidden) / d**0.5) for _ in range(2))
        self.W2 = nn.Parameter(torch.randn(hidden, d) / hidden**0.5 / 4)

    def forward(self, X: Float[Tensor, "B n d"]) -> Float[Tensor, "B n d"]:
        places, Z = torch.arange(X.shape[1], device=X.device), rms_norm(X, self.gain1)
        Q, K, V = (layer(Z).unflatten(-1, (-1, self.width)).transpose(1, 2)
                   for layer in (self.q, self.k, self.v))
        A = gqa(rope(Q, places), rope(K, places), V)
        X = X + self.out(A.transpose(1, 2).flatten(2))
        return X + swiglu(rms_norm(X, self.gain2), self.W, self.V, self.W2)

# %%
class Assistant(nn.Module):
    """A causal stack of such blocks; the table of pieces also scores what follows."""

    def __init__(self, pieces: int, d: int = 64, heads: int = 4, groups: int = 2, layers: int = 2):
        super().__init__()
        self.piece, self.gain = nn.Embedding(pieces, d), nn.Parameter(torch.ones(d))
        nn.init.normal_(self.piece.weight, std=d**-0.5)
        hidden = 8 * round(d / 3)
        self.blocks = nn.ModuleList(Block(d, heads, groups, hidden) for _ in range(layers))

    def forward(self, tokens: Int[Tensor, "B n"]) -> Float[Tensor, "B n V"]:
        X = self.piece(tokens)
        for each in self.blocks:
            X = each(X)
        return linear(rms_norm(X, self.gain), self.piece.weight)

# %% [markdown]
# The model that comes with this lesson has less than a millionth of GPT-3's numbers, and has read 3,000 lines, written for this course: articles about 48 animals, and sheets of questions as for a quiz. **There is not one answer among them.** Its pieces are 300 joined pairs behind the letters. Are they yours?

# %%
weights, merges, text = small_assistant()
pieces = [*sorted(set(text)), *(a + b for a, b in merges)]
number = {piece: i for i, piece in enumerate(pieces)}
END = number["\n"]

# %%
def encode(text):
    """Return a text as numbers of pieces."""
    return [number[piece] for word in WORD.findall(text) for piece in bpe_encode(word, merges)]

def decode(tokens):
    """Return the text of numbers of pieces."""
    return "".join(pieces[i] for i in tokens)

def base():
    """Return the base model, as it comes."""
    model = Assistant(len(pieces))
    model.load_state_dict({name: torch.tensor(a) for name, a in weights.items()})
    return model

# %% tags=["experiment"]
with needs("bpe_merges", "bpe_encode", "rms_norm", "rope", "swiglu", "gqa"):
    print("\n".join(text.splitlines()[:7]), "\n")
    print("your merges of this text are the model's:",
          bpe_merges(Counter(WORD.findall(text)), 300) == merges)
    tokens = torch.tensor(encode(text)[:6000])
    inputs, targets = next_tokens(tokens, torch.arange(0, 5900, 48), 48)
    with torch.no_grad():
        loss = cross_entropy(base()(inputs).flatten(0, 1), targets.flatten())
    print(f"{sum(p.numel() for p in base().parameters()):,} numbers; "
          f"mean surprise at a piece {loss:.2f} nats")

# %% [markdown]
# ### Drawing from the best
#
# Lesson 8 drew among the $k$ best. But after *the whale lives in the* few pieces can follow, and at the start of a line hundreds. **Top-p** (or *nucleus*; Holtzman and others, 2020) lets the model say how many: keep the *fewest* best tokens whose probabilities together reach a threshold, and scale them to sum to 1. The best is always kept; of equally probable ones the first go first.

# %% answer="top_p"
def top_p(p: Float[Tensor, "*B K"], threshold: float) -> Float[Tensor, "*B K"]:
    """Return p with only the fewest best tokens that reach the threshold together, renewed."""
    ### BEGIN SOLUTION
    sorted_p, order = p.sort(dim=-1, descending=True, stable=True)
    before = sorted_p.cumsum(dim=-1) - sorted_p
    kept = torch.zeros_like(p).scatter(-1, order, torch.where(before < threshold, sorted_p, 0.0))
    return kept / kept.sum(dim=-1, keepdim=True)
    ### END SOLUTION

# %% check="top_p"
check("top_p")

# %%
def write(model, prompts, p=1.0, most=30, seed=0):
    """Return what a model writes behind each prompt, drawn by top-p, until its line ends."""
    rows, rng = [encode(prompt) for prompt in prompts], torch.Generator().manual_seed(seed)
    begins = [len(row) for row in rows]
    for _ in range(most):
        going = [row for row in rows if row[-1] != END]
        if not going:
            break
        n = torch.tensor([len(row) for row in going])
        tokens = nn.utils.rnn.pad_sequence([torch.tensor(row) for row in going], batch_first=True)
        with torch.no_grad():
            scores = model(tokens)[torch.arange(len(n)), n - 1]
        drawn = torch.multinomial(top_p(torch.softmax(scores, dim=-1), p), 1, generator=rng)
        for row, token in zip(going, drawn[:, 0].tolist()):
            row.append(token)
    return [row[b:] for row, b in zip(rows, begins)]

# %%
BEST = 1e-6  # a threshold for which the best token is enough: greedy

# %% tags=["experiment"]
BASE = ("rms_norm", "rope", "swiglu", "gqa", "bpe_encode", "top_p")

with needs(*BASE):
    model = base()
    for prompt in ("the whale lives in", "the owl eats", "where does the whale live?"):
        for seed in range(2):
            print(f"{prompt} →{decode(write(model, [prompt], p=0.9, seed=seed)[0]).rstrip()}")

# %% tags=["experiment"]
with needs(*BASE):
    facts = [*animals.pairs(animals.ANIMALS)]
    begun = [animals.statement(*fact).rpartition(" ")[0] for fact in facts]
    ends = [decode(end) for end in write(base(), begun, p=BEST, most=4)]
    knows = [end.strip().startswith(animals.FACTS[a][kind]) for end, (a, kind) in zip(ends, facts)]
    print(f"of {len(facts)} facts it completes {np.mean(knows):.0%}")
    said = [decode(end) for end in write(base(), [animals.question(*fact) for fact in facts], p=BEST)]
    answered = [animals.right(*fact, end) for fact, end in zip(facts, said)]
    print(f"of {len(facts)} questions it answers {np.mean(answered):.0%}")

# %% [markdown]
# It knows the animals, and answers nothing: after a question, more questions follow, as on its sheets. That is not stupidity. It was asked one thing only, *how do texts go on?*, and that is how they go on.
#
# ## 4 · How far does size carry?
#
# GPT-3 was a bet that nothing but size is needed. Try the bet at home: *Moby-Dick*, letter by letter, models of this lesson's pieces with two layers, from 2,000 to 211,000 numbers; 800 steps each, so that all have read about 800,000 letters. The last 40,000 letters are held out, half of them to say which moment of the training is kept, half for the figure.

# %%
book = moby_dick()
letters = "".join(sorted(set(book)))
whole = torch.tensor([letters.index(c) for c in book])
LAST, WINDOW = 20_000, 64

def surprise(model, tokens):
    """Return the mean surprise at a letter, read in windows."""
    inputs, targets = next_tokens(tokens, torch.arange(0, len(tokens) - WINDOW, WINDOW), WINDOW)
    with torch.no_grad():
        return cross_entropy(model(inputs).flatten(0, 1), targets.flatten()).item()

# %% tags=["experiment"]
def reader(size, d, seed, steps=800, eta=0.006):
    """Train on so many letters; return (numbers, surprise) where the validation rows liked it best."""
    torch.manual_seed(seed)
    read = whole[-2 * LAST - size : -2 * LAST]
    model = Assistant(len(letters), d, heads=max(2, d // 16), groups=max(1, d // 32))
    optimiser, found = torch.optim.Adam(model.parameters(), lr=eta), []
    work = Work(f"reader of width {d}", lambda: (model, optimiser, found), Assistant)
    model, optimiser, found = work.state
    for step in work.over(range(steps)):
        inputs, targets = next_tokens(read, torch.randint(size - WINDOW, (16,)), WINDOW)
        loss = cross_entropy(model(inputs).flatten(0, 1), targets.flatten())
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.param_groups[0]["lr"] = eta * min(1, (step + 1) / 50) * (1 - step / steps)
        optimiser.step()
        if step % 100 == 99:
            found.append([surprise(model, held) for held in (whole[-2 * LAST : -LAST], whole[-LAST:])])
    return sum(p.numel() for p in model.parameters()), min(found)[1]

# %%
ask("size")

# %% [markdown]
# Fifteen such readers, three seeds for each width, were measured beforehand by the cell above and stand in the next one; widths up to 96 take minutes. Your own, of width 16, takes about 8 seconds, and is the star. Two rivals: counting at its best (lesson 6's table that backs off, 5 letters back, on the very same text), and lesson 8's writer, of 1.6 million numbers, which read the book seventeen times.

# %% tags=["experiment"]
measured = {2_224: [2.439, 2.446, 2.388], 6_752: [2.039, 2.087, 2.062],
            25_792: [1.816, 1.852, 1.839], 94_592: [1.701, 1.710, 1.701],
            211_008: [1.663, 1.655, 1.667]}  # numbers: surprise, by seed
TEXTS = [(10_000, 2.007, [2.277, 2.257, 2.257]), (30_000, 1.762, [1.919, 1.920, 1.922]),
         (1_149_652, 1.413, measured[94_592])]  # letters, counting, readers of width 64
COUNTED, WRITER = 1.413, np.log(3.82)
sizes = np.array([*measured])
means, spreads = (np.array([f(losses) for losses in measured.values()]) for f in (np.mean, np.std))

# %% tags=["experiment"]
with needs(*BASE[:4]):
    N, own = reader(len(whole) - 2 * LAST, 16, seed=0)
    fig, [ax] = panels(1, width=6.5, height=3.4)
    ax.errorbar(sizes, means, spreads, fmt="o-", color=BLUE, capsize=3, label="readers")
    ax.plot(N, own, "*", color=ORANGE, markersize=14, label="yours")
    ax.plot(1_581_504, WRITER, "s", color=GREEN, label="the writer of lesson 8")
    ax.axhline(COUNTED, color=GREY, linestyle=":", label="counting")
    ax.set(xscale="log", xlabel="numbers", ylabel="surprise at a letter, nats", ylim=(1.2, 2.6))
    show(fig, ask("size").alt, caption="Means and deviations of three seeds (smaller than the dots, "
         "mostly). Dotted: a table that backs off.")

# %% tags=["experiment"]
print("slope of log surprise over log numbers, from width to width:",
      *(f"{slope:.3f}" for slope in np.diff(np.log(means)) / np.diff(np.log(sizes))))
for name, kept in [("all five", slice(None)), ("the last three", slice(2, None))]:
    a, b = np.polyfit(np.log(sizes[kept]), np.log(means[kept]), 1)
    told = [np.exp(a * np.log(n) + b) for n in (1.58e6, 175e9)]
    print(f"a straight line through {name}: slope {a:.3f}; "
          f"at 1.58 million {told[0]:.2f}, at GPT-3's size {told[1]:.2f} nats")
print("\nletters read       counting   readers of width 64")
for n, table, found in TEXTS:
    print(f"{n:12,} {table:12.2f} {np.mean(found):10.2f} ± {np.std(found):.2f}")

# %% [markdown]
# What can be concluded, from fifteen runs? At the same text and the same number of steps, more numbers are better, by far more than seeds differ. And counting beats every one of these readers, on every size of text: a table that backs off needs no training, and ours stopped early. (Lesson 6 saw the same with a GRU.) Only the writer, with seven times the numbers of our largest and seventeen readings of the book, is ahead of it.

# %% [markdown]
# What can't? There is no *law* here. In the papers (Kaplan and others, 2020) the logarithm of the loss falls along a straight line over seven decades; ours bends, as small readers are held back by their size and large ones by their 800 steps. Two fair straight lines disagree about a model seven times as large by 0.14 nats, where seeds differ by 0.02, and about GPT-3's size they say nothing. A line needs numbers, text and steps to grow *together*: the three **ingredients of scaling** (about 20 pieces of text for each number; Hoffmann and others, 2022), and machines that can pay for them.

# %% [markdown]
# ### Foundation models
#
# Models that are trained once, at great cost, on whatever text there is, and then adapted to a thousand uses, were named **foundation models** (Bommasani and others, 2021), for two properties. **Homogenisation**: thousands of uses stand on one base, and inherit its gaps and faults together. **Emergence**: abilities that nobody built in, and that are said to appear suddenly with size. Are they sudden? Ask the same readers two questions.

# %%
ask("emerge")

# %% tags=["experiment"]
for n, loss in zip(sizes, means):
    print(f"{n:8,} numbers: chance of a right letter {np.exp(-loss):.3f}, "
          f"of eight in a row {np.exp(-8 * loss):.7f}")

# %% [markdown]
# The chance of a letter doubles, smoothly. That of eight in a row, which is what it takes to spell a word, is nothing, nothing, nothing, and then not quite nothing: more than four hundred times what it was. Nothing sudden has happened in the model; the question is all-or-nothing. Some of the emergence that was reported is of this kind (Schaeffer and others, 2023). Before you believe in a jump, look at a measure that can be a little right.
#
# **A good place for a pause.** You have today's block and a model that goes on. The second sitting makes it answer, and then makes it please.

# %% [markdown]
# ## 5 · An answer
#
# To make it answer, show it answers: **supervised tuning** (instruction tuning, *SFT*). An example is a question and a good answer, one text. The loss is the old one, the surprise at the next token, but it asks for the **answer's tokens only**: nobody wants to be better at guessing questions. The line's end is a token of the answer, too, or the model would never learn to stop.
#
# Row $b$ of `tokens` (B, n) holds the question, from place `prompts[b]` on the answer, and from `lengths[b]` on padding. `scores` (B, n, V) at a place are of the token that **follows** it. Write the log-probability of each answer, a sum over its tokens, which parts 6 and 7 will use; and the loss, minus the mean over *all* tokens of answers in the batch.

# %% answer="answer_loss"
def answer_logp(
    scores: Float[Tensor, "B n V"], tokens: Int[Tensor, "B n"],
    prompts: Int[Tensor, "B"], lengths: Int[Tensor, "B"],
) -> Float[Tensor, "B"]:
    """Return for each text the log-probability of its answer."""
    ### BEGIN SOLUTION
    log_p = torch.log_softmax(scores[:, :-1], dim=-1)
    log_p = log_p.gather(-1, tokens[:, 1:, None])[..., 0]
    place = torch.arange(1, tokens.shape[1])
    answer = (place >= prompts[:, None]) & (place < lengths[:, None])
    return torch.where(answer, log_p, 0.0).sum(dim=-1)
    ### END SOLUTION

def answer_loss(
    scores: Float[Tensor, "B n V"], tokens: Int[Tensor, "B n"],
    prompts: Int[Tensor, "B"], lengths: Int[Tensor, "B"],
) -> Float[Tensor, ""]:
    """Return the mean surprise of all tokens of answers; prompts and padding don't count."""
    ### BEGIN SOLUTION
    return -answer_logp(scores, tokens, prompts, lengths).sum() / (lengths - prompts).sum()
    ### END SOLUTION

# %% check="answer_loss"
check("answer_loss")

# %%
def batch(pairs):
    """Return (tokens, prompts, lengths) of pairs of a question and an answer, in numbers of pieces."""
    rows = [torch.tensor([*question, *answer]) for question, answer in pairs]
    tokens = nn.utils.rnn.pad_sequence(rows, batch_first=True)
    prompts = torch.tensor([len(question) for question, _ in pairs])
    return tokens, prompts, torch.tensor([len(row) for row in rows])

def example(fact, random):
    """Return a question and a good answer; to some answers a further fact or two are added."""
    return encode(animals.question(*fact)), encode(f" {animals.answered(*fact, random)}\n")

def tuned(model, examples, steps=60, eta=0.002, seed=0):
    """Return the model after so many steps of Adam on answers alone."""
    random, learns = Random(seed), [p for p in model.parameters() if p.requires_grad]
    optimiser = torch.optim.Adam(learns, lr=eta)
    for step in range(steps):
        tokens, prompts, lengths = batch(random.sample(examples, min(16, len(examples))))
        optimiser.zero_grad()
        answer_loss(model(tokens), tokens, prompts, lengths).backward()
        optimiser.param_groups[0]["lr"] = eta * (1 - step / steps)
        optimiser.step()
    return model

# %% [markdown]
# Half of the animals are used for examples. All questions of the test are about the **other half**: the base model has read of them, but no answer about them was ever shown. How many examples does it take?

# %%
ask("examples")

# %% tags=["experiment"]
taught, later = [*animals.pairs(animals.TAUGHT)], [*animals.pairs(animals.ASKED_LATER)]

def some_examples(k, seed):
    random = Random(seed)
    return [example(fact, random) for fact in random.sample(taught, k)]

def right(model, facts):
    """Return the share of questions that a model answers, and truly."""
    said = write(model, [animals.question(*fact) for fact in facts], p=BEST)
    return np.mean([animals.right(*fact, decode(answer)) for fact, answer in zip(facts, said)])

# %% [markdown]
# Eighteen tunings and a control, about 10 seconds.

# %% tags=["experiment"]
ALL = (*BASE, "answer_loss")
COUNTS = [1, 4, 8, 16, 32, 96]

with needs(*ALL):
    work = Work("how many examples", dict, Assistant, answer_loss)
    for k, seed in work.over([(k, seed) for k in COUNTS for seed in range(3)]):
        model = tuned(base(), some_examples(k, seed), seed=seed)
        work.state[k, seed] = right(model, later)
    found = np.array([[work.state[k, seed] for seed in range(3)] for k in COUNTS])
    torch.manual_seed(0)
    blank = tuned(Assistant(len(pieces)), some_examples(96, 0), steps=300)
    for k, shares in zip(COUNTS, found):
        print(f"{k:2} example{'s' * (k > 1)}: right {shares.mean():.0%} ± {shares.std():.0%}")
    print(f"untaught, with all 96 examples: right on these {right(blank, taught):.0%}, "
          f"on the other animals {right(blank, later):.0%}")
    fig, [ax] = panels(1, width=6.5, height=3.2)
    ax.errorbar(COUNTS, found.mean(axis=1), found.std(axis=1), fmt="o-", color=BLUE, capsize=3)
    ax.plot(96, right(blank, later), "x", color=ORANGE, markersize=9)
    ax.text(88, 0.04, "the same model, without reading", color=ORANGE, ha="right", fontsize=9)
    ax.set(xscale="log", xlabel="examples", ylabel="right, on other animals", ylim=(-0.03, 1.03))
    ax.set_xticks(COUNTS, COUNTS)
    show(fig, ask("examples").alt, caption="Means and deviations of three draws of examples.")

# %% [markdown]
# With 16 examples it answers most questions about animals of which it was never taught an answer, with 96 five in six. So few? The control says why. Without its reading the same model learns all 96 examples by heart, and not one answer about another animal. What the animals eat came from 3,000 lines of text; what the examples taught is that a question is followed by an answer, of which kind, about the same animal. **Form comes from examples, knowledge from reading.** At full size a thousand good examples did it (Zhou and others, 2023).
#
# ### With a small detour
#
# LoRA of lesson 9 leaves all weights as they are and learns, beside each layer of attention, a detour of rank 4. It was checked there. Here it is trained:

# %% tags=["experiment"]
from helpers.reference.transfer import LoRA

class Detour(LoRA):
    """Lesson 9's LoRA for rows in batches."""

    def forward(self, X):
        return super().forward(X.flatten(0, -2)).unflatten(0, X.shape[:-1])

# %% tags=["experiment"]
with needs(*ALL):
    torch.manual_seed(0)
    small = base()
    for p in small.parameters():
        p.requires_grad = False
    for each in small.blocks:
        for name in ("q", "k", "v", "out"):
            setattr(each, name, Detour(getattr(each, name), r=4))
    small = tuned(small, some_examples(96, 0), eta=0.02)
    learned = sum(p.numel() for p in small.parameters() if p.requires_grad)
    print(f"{learned:,} of {sum(p.numel() for p in small.parameters()):,} numbers learn: "
          f"right on other animals {right(small, later):.0%}")

# %% [markdown]
# Three numbers in a hundred are enough to teach the form, with nothing lost.
#
# ### What it says of what it does not know

# %% tags=["experiment"]
with needs(*ALL):
    assistant = tuned(base(), some_examples(96, 0))
    for question in ("what does the shark eat?", "what does the unicorn eat?",
                     "where does the teapot live?", "what colour is the dragon?"):
        print(question, *(decode(a).rstrip() for a in write(assistant, [question] * 2, p=0.9)), sep=" |")

# %% [markdown]
# It has never met a unicorn, and answers at once, in the same tone. Every question that it was tuned on had an answer, so that is what it learned about questions. The name for it is **hallucination**, and examples are a part of the cause: nobody showed it "I don't know".
#
# ## 6 · Which answer is better?
#
# Good answers are dear to write, and there are many ways to be good. It is easier to say which of **two** answers one likes better. How does a number come out of comparisons? By the model with which tournaments are rated (Zermelo, 1929; Bradley and Terry, 1952): every answer has a **reward** $r$, and the chance that the first is chosen is $\sigma(r_1 - r_2)$. Only differences count, and the loss is the surprise at the choices that were made:
#
# $$-\log \sigma(r_{\text{chosen}} - r_{\text{rejected}}), \quad \text{the mean over all comparisons.}$$

# %% answer="bradley_terry"
def bradley_terry(chosen: Float[Tensor, "N"], rejected: Float[Tensor, "N"]) -> Float[Tensor, ""]:
    """Return the mean surprise at N choices, the chance of each a sigmoid of the difference."""
    ### BEGIN SOLUTION
    return softplus(rejected - chosen).mean()
    ### END SOLUTION

# %% check="bradley_terry"
check("bradley_terry")

# %% [markdown]
# Now 600 comparisons. The assistant answers each question twice. Somebody who knows the animals compares: an answer is worth 1 if its first sentence says truly what was asked, else −1; 0.3 more for each of at most two further facts that are true and new; 0.5 less for every other sentence. Where two answers are close in worth, the choice is often the other way: people are like that. This **judge** is `animals.judged`. The models never see it; they see choices.
#
# The reward model is as simple as can be: a weight for every piece, and an answer's reward is the sum over its pieces. Real ones are large networks. What they share with ours: they have seen choices between answers *of this assistant*, and no others.

# %% tags=["experiment"]
def comparisons(n, seed):
    """Return (chosen, rejected) answers of the assistant to questions that it was tuned on."""
    rng = np.random.default_rng(seed)
    facts = [taught[i] for i in rng.integers(len(taught), size=n)]
    asked, pairs = [animals.question(*fact) for fact in facts], []
    for fact, a, b in zip(facts, *(write(assistant, asked, seed=2 * seed + i) for i in (0, 1))):
        gap = animals.judged(*fact, decode(a)) - animals.judged(*fact, decode(b))
        if a != b:
            pairs.append((a, b) if rng.random() < 1 / (1 + np.exp(-3 * gap)) else (b, a))
    return pairs

# %% tags=["experiment"]
def bags(answers):
    """Return how often each piece stands in each answer."""
    counts = [torch.bincount(torch.tensor(a), minlength=len(pieces)) for a in answers]
    return torch.stack(counts).float()

def reward_model(pairs):
    """Return a weight for each piece, from comparisons."""
    chosen, rejected = (bags(answers) for answers in zip(*pairs))
    w = torch.zeros(len(pieces), requires_grad=True)
    optimiser = torch.optim.Adam([w], lr=0.05)
    for _ in range(300):
        optimiser.zero_grad()
        (bradley_terry(chosen @ w, rejected @ w) + 0.01 * (w**2).sum()).backward()
        optimiser.step()
    return w.detach()

# %% tags=["experiment"]
PREFER = (*ALL, "bradley_terry")

with needs(*PREFER):
    pairs, fresh = comparisons(600, 0), comparisons(300, 1)
    w = reward_model(pairs)
    for name, some in [("these", pairs), ("fresh", fresh)]:
        chosen, rejected = (bags(answers) @ w for answers in zip(*some))
        print(f"it agrees with {(chosen > rejected).float().mean():.0%} of {name} {len(some)} choices")
    order = w.argsort(descending=True)
    print("it likes:   ", *(f"{pieces[i].strip() or '⏎'} {w[i]:+.2f}" for i in order[:7]), sep="  ")
    print("it dislikes:", *(f"{pieces[i].strip() or '⏎'} {w[i]:+.2f}" for i in order[-5:]), sep="  ")

# %% [markdown]
# It agrees with seven choices in ten that it has not seen, and knows nothing of animals: it does not even see the question. What it likes best is the full stop, and *it*: one more sentence. On *these* answers that is a fair guess. The assistant says one to three sentences, and a further one is mostly true.
#
# ## 7 · To please
#
# Now let the assistant give answers of high reward. All at once it must not move too far from what it was, which is the only thing that keeps it speaking. So maximise, over distributions $\pi$ of answers,
#
# $$\mathbb{E}_\pi[r] - \beta\, \operatorname{KL}(\pi \,\|\, \pi_{\text{ref}}), \qquad \text{solved by} \qquad \pi(\text{answer}) \propto \pi_{\text{ref}}(\text{answer})\; e^{r / \beta}.$$
#
# (The sum is a constant minus $\beta$ times a KL to that $\pi$, and a KL is smallest at 0.) $\beta$ is the price of moving; a small one means pressing hard. Of one question's 600 answers the solution can be computed exactly: weigh them anew.

# %% tags=["experiment"]
from helpers.widgets.assistants import press

with needs(*PREFER):
    fact = later[0]
    answers = write(assistant, [animals.question(*fact)] * 600)
    rewards = (bags(answers) @ w).tolist()
    worth = [animals.judged(*fact, decode(a)) for a in answers]
    display(press(animals.question(*fact), [decode(a) for a in answers], rewards, worth))

# %% [markdown]
# As the pressure grows, the reward rises, and it must: that is what is pressed. The judge wavers, then rises as well, to a deviation above where it was. Among the answers that the assistant gives by itself, its reward is a guide worth following. Keep that in mind.
#
# ### A model that is its own reward
#
# There are more answers than can be weighed, so a model has to learn $\pi$. Until 2023 that took reinforcement learning on the learned reward: **RLHF**. **Direct preference optimisation** (Rafailov and others, 2023) turns the solution round: solve it for $r$,
#
# $$r = \beta \log \frac{\pi(\text{answer})}{\pi_{\text{ref}}(\text{answer})} + \text{the same for all answers to this question},$$

# %% [markdown]
# and put that into Bradley and Terry's loss. The constant drops out of the difference, and what is left asks for nothing but log-probabilities of the chosen and rejected answers, under the model that learns and under the one it began as, which stands still:
#
# $$-\log \sigma\big(\beta\,[(\pi_c - \text{ref}_c) - (\pi_r - \text{ref}_r)]\big),$$
#
# where the letters now stand for *log*-probabilities, sums over an answer's tokens. No gradient reaches the reference.

# %% answer="dpo_loss"
def dpo_loss(
    pi_c: Float[Tensor, "N"], pi_r: Float[Tensor, "N"],
    ref_c: Float[Tensor, "N"], ref_r: Float[Tensor, "N"], beta: float,
) -> Float[Tensor, ""]:
    """Return Bradley and Terry's loss where a reward is beta times the gain in log-probability."""
    ### BEGIN SOLUTION
    ref_c, ref_r = ref_c.detach(), ref_r.detach()
    return -logsigmoid(beta * ((pi_c - ref_c) - (pi_r - ref_r))).mean()
    ### END SOLUTION

# %% check="dpo_loss"
check("dpo_loss")

# %% [markdown]
# In each round the model answers 32 questions twice, the reward model says which answer is better, and DPO takes a step; every third round all is measured on the animals that neither tuning nor comparisons have met. (Choices by a model in place of people, on answers as they come: *online* DPO.)

# %%
ask("pleased")

# %% tags=["experiment"]
def logp(model, asked, answers):
    """Return the log-probability of each answer to its question."""
    tokens, prompts, lengths = batch([*zip(map(encode, asked), answers)])
    return answer_logp(model(tokens), tokens, prompts, lengths)

def seen(model, w, facts):
    """Return (reward, judge, KL to the assistant): means over a model's own answers."""
    asked = [animals.question(*fact) for fact in facts]
    answers = write(model, asked)
    with torch.no_grad():
        moved = logp(model, asked, answers) - logp(assistant, asked, answers)
    worth = [animals.judged(*fact, decode(answer)) for fact, answer in zip(facts, answers)]
    return (bags(answers) @ w).mean().item(), np.mean(worth), moved.mean().item()

# %% tags=["experiment"]
def pleasing(beta, w, seed=0, rounds=24, eta=3e-4):
    """Return a model that learned to please w, and what was seen on the way."""
    def begin():
        model = deepcopy(assistant)
        return model, torch.optim.Adam(model.parameters(), lr=eta), []

    work = Work(f"pleasing at beta = {beta:g}, seed {seed}", begin, assistant, dpo_loss)
    model, optimiser, found = work.state
    for step in work.over(range(rounds + 1)):
        if step % 3 == 0:
            found.append(seen(model, w, later))
        asked = [animals.question(*fact) for fact in Random(f"{seed} {step}").sample(taught, 32)]
        two = [write(model, asked, seed=100 * seed + 2 * step + i) for i in (0, 1)]
        better = (bags(two[0]) @ w > bags(two[1]) @ w).tolist()
        rows = [(q, a, b) if first else (q, b, a)
                for q, a, b, first in zip(asked, *two, better) if a != b]
        asked, chosen, rejected = zip(*rows)
        with torch.no_grad():
            before = logp(assistant, asked, chosen), logp(assistant, asked, rejected)
        optimiser.zero_grad()
        dpo_loss(logp(model, asked, chosen), logp(model, asked, rejected), *before, beta).backward()
        optimiser.step()
    return model, np.array(found)

# %% [markdown]
# Two pressures, about 25 seconds together.

# %% tags=["experiment"]
with needs(*PREFER, "dpo_loss"):
    pleasers = {beta: pleasing(beta, w) for beta in (1.0, 0.1)}
    fig, axes = panels(2, width=8.5, height=3.3)
    for ax, (beta, (_, found)) in zip(axes, pleasers.items()):
        ax.plot(found[:, 2], found[:, 0] - found[0, 0], "s--", color=BLUE, label="the reward")
        ax.plot(found[:, 2], found[:, 1] - found[0, 1], "o-", color=ORANGE, label="the judge")
        ax.axhline(0, color=GREY, linewidth=1)
        ax.set(title=f"β = {beta:g}", xlabel="KL to the assistant, nats", ylabel="gain")
        best = found[found[:, 1].argmax()]
        for name, row in [("before", found[0]), ("judge's best", best), ("end", found[-1])]:
            print(f"beta = {beta:g}, {name:12}: reward {row[0]:.2f}, judge {row[1]:+.2f}, KL {row[2]:.1f}")
    show(fig, ask("pleased").alt, caption="Each dot: 96 answers about animals that were never "
         "tuned on. The models saw the dashed line only.")

# %% tags=["experiment"]
with needs(*PREFER, "dpo_loss"):
    question = animals.question(*later[0])
    pleased = {f"β = {beta:g}": model for beta, (model, _) in pleasers.items()}
    for name, model in {"assistant": assistant, **pleased}.items():
        for answer in write(model, [question] * 2, seed=1):
            print(f"{name:10}|{decode(answer).rstrip()}")

# %% [markdown]
# There it is. At β = 0.1 the reward rises all the way, from 1.0 to 4.7. The judge rises with it for half a nat, from 0.31 to 0.39, and then falls, to −1.16: sentence after sentence, said again. Nobody lied, and the choices were honest. But "one more sentence" was learned where two were many, and asked for where six are few. **Over-optimisation**: when a measure becomes a target, it ceases to be a good measure (Goodhart's law).

# %% [markdown]
# Chance? With two other draws of comparisons, and other seeds, the judge is best at 0.44 and 0.46, before KL 3, and ends at −1.16 and −1.39. β = 1 goes the same way, more slowly. The KL shows how far a model has gone, and needs no judge; how far is too far, only a judge can tell. That is why the trade compares anew, on the answers of the *new* model, in round after round.

# %% [markdown]
# Back to the slider. Mix into the assistant's answers those that the two pleasers give, and press again:

# %% tags=["experiment"]
with needs(*PREFER, "dpo_loss"):
    wider = [a for each in (assistant, *pleased.values()) for a in write(each, [question] * 200)]
    rewards = (bags(wider) @ w).tolist()
    worth = [animals.judged(*later[0], decode(a)) for a in wider]
    display(press(question, [decode(a) for a in wider], rewards, worth))

# %% [markdown]
# The same slider, the same reward, the same judge. What has changed is which answers there are to choose from.

# %% [markdown]
# ## 8 · Your turn
#
# ### Written question

# %% [markdown]
# A city wants an assistant for its citizens' questions about housing benefits. The firm proposes: a base model, 2,000 good answers written by the office, then comparisons by 40 paid raters abroad, then preference tuning "until the reward no longer rises". In 120 to 200 words: who decides, at each of these steps, what the judge likes, and whom does that leave out; what would you expect to see if the reward is pressed too hard here; what would you measure, on which answers and by whom, to notice it; and when would you stop?

# %% [markdown] essay="judge" points="2"
# *Model answer.* Whoever wrote the base model's texts decides what it knows; the office, by its 2,000 answers, what an answer looks like (and in whose language); the firm, by its guidelines and its choice of raters, what is compared; the raters what is liked; and the reward model what of all that is kept, which is whatever is easy to see: length, politeness, certainty. Left out are those who ask: people with little language, rare cases, and anyone whom a wrong answer harms later, since raters can't check the law. Pressed too hard, answers would become long, friendly and sure, with rules that do not exist, and would less often say "ask the office", as that is liked less. So measure on a judge the training never sees: caseworkers who check a random sample of real questions against the law, blind to the stage the answer comes from, separately for rare cases and for other languages; plus cheap alarms, length, and the KL to the model before. Stop where the caseworkers' verdict no longer rises, not the reward; keep the earlier model; and repeat after each change.
#
# *Rubric.* ½ two different people or groups who decide, at named steps, and someone left out; ½ a concrete, plausible form that over-optimisation takes here; ½ a measure that does not come from the reward model or its raters, on fresh questions; ½ a rule for stopping that follows from it (also right: a largest KL, justified by that measure).

# %%
progress()

# %% [markdown]
# The second model learned hardly anything about whales. From a handful of examples it learned what *kind* of text follows a question. What it is liked for came from comparisons, and there it also learned, when pressed, to please in place of knowing. The block took you an evening; what to press for, and when to stop, no gradient decides.

# %% [markdown]
# # Deeper
#
# ## Many experts, few of them asked
#
# Most of a model's numbers stand in its networks. A **mixture of experts** has $E$ networks in place of one, and a small **router** that asks only $k$ of them for each token: many numbers, little arithmetic (Shazeer and others, 2017; Mixtral asks 2 of 8). With $S = X R$ the scores of the experts, a token's weights are a softmax over its $k$ best scores; all others get 0.
#
# Left alone, routers come to ask the same few, who learn the more for it. So one adds to the loss a **balance**: $E \sum_e f_e P_e$, with $f_e$ the share of all choices that fell on expert $e$, and $P_e$ the mean probability of $e$ under a softmax over all scores. It is 1 where all are asked evenly; its slope comes by $P$, since a choice has none.

# %% answer="route"
def route(
    X: Float[Tensor, "n d"], R: Float[Tensor, "d E"], k: int
) -> tuple[Float[Tensor, "n E"], Float[Tensor, ""]]:
    """Return (weights, balance): each token asks the k experts with the best scores X R."""
    ### BEGIN SOLUTION
    S = X @ R
    best = S.topk(k, dim=-1).indices
    chosen = torch.zeros_like(S).scatter(-1, best, 1.0)
    weights = torch.softmax(S.masked_fill(chosen == 0, -torch.inf), dim=-1)
    share = chosen.mean(dim=0) / k
    return weights, S.shape[-1] * (share * torch.softmax(S, dim=-1).mean(dim=0)).sum()
    ### END SOLUTION

# %% check="route"
check("route")

# %% [markdown]
# Four experts, each one matrix, for rows that come in four kinds; each kind is to be turned in a way of its own. With the balance in the loss and without:

# %% tags=["experiment"]
def experts(weight, seed, steps=300):
    """Train a router and four experts on rows of four kinds; return the loss and who is asked."""
    torch.manual_seed(seed)
    kinds, truth = 3 * torch.randn(4, 6), torch.randn(4, 6, 6)
    R, W = (0.1 * torch.randn(6, 4)).requires_grad_(), (0.3 * torch.randn(4, 6, 6)).requires_grad_()
    optimiser = torch.optim.Adam([R, W], lr=0.02)
    for _ in range(steps):
        of = torch.randint(4, (64,))
        X = kinds[of] + torch.randn(64, 6)
        asked, balance = route(X, R, 1)
        asked = asked * torch.softmax(X @ R, dim=-1)  # or with k = 1 the router would get no slope
        out = torch.einsum("ne,nd,edm->nm", asked, X, W)
        loss = ((out - torch.einsum("nd,ndm->nm", X, truth[of])) ** 2).mean()
        optimiser.zero_grad()
        (loss + weight * balance).backward()
        optimiser.step()
    return loss.item(), (asked > 0).float().mean(dim=0)

with needs("route"):
    for weight in (0.0, 3.0):
        for seed in range(3):
            loss, shares = experts(weight, seed)
            print(f"balance × {weight:g}: loss {loss:5.1f}, asked "
                  + " ".join(f"{share:4.0%}" for share in shares.sort(descending=True).values))

# %% [markdown]
# ## A recurrence that can be parallel
#
# Attention's price grows with the square of the length. Lesson 6's networks read in one pass, but a step must wait for the one before, because of the bend. Leave the bend out! A **state-space** layer (Gu and others, 2022) is a linear recurrence: each number of the state has its own memory $a$, its own ear $b$ and its own voice $c$,
#
# $$h_t = a \odot h_{t-1} + b\, x_t, \qquad y_t = \sum_s c_s\, h_{t,s}.$$
#
# Linear, so the whole is also a *convolution* with the kernel $\sum_s c_s\, b_s\, a_s^t$, which all places can compute at once. (Mamba, 2023, lets $a$ and $b$ depend on the input: what to keep is then a choice, as with the GRU's gates, and a parallel scan replaces the convolution.)

# %% answer="state_space"
def state_space(
    x: Float[Tensor, "n"], a: Float[Tensor, "s"], b: Float[Tensor, "s"], c: Float[Tensor, "s"]
) -> Float[Tensor, "n"]:
    """Return y[t] = c · h[t] of h[t] = a * h[t - 1] + b x[t], from h = 0."""
    ### BEGIN SOLUTION
    h, y = torch.zeros_like(a), []
    for t in range(len(x)):
        h = a * h + b * x[t]
        y.append((c * h).sum())
    return torch.stack(y)
    ### END SOLUTION

# %% check="state_space"
check("state_space")

# %% tags=["experiment"]
with needs("state_space"):
    torch.manual_seed(0)
    x = torch.randn(400, dtype=torch.float64)
    a = torch.tensor([0.5, 0.9, 0.99], dtype=torch.float64)
    b, c = torch.randn(2, 3, dtype=torch.float64)
    kernel = ((c * b) * a ** torch.arange(400)[:, None]).sum(dim=1)
    at_once = nn.functional.conv1d(x[None, None], kernel.flip(0)[None, None], padding=399)[0, 0, :400]
    print(f"largest difference to the convolution: {(state_space(x, a, b, c) - at_once).abs().max():.0e}")
    print("half forgotten after", *(f"{np.log(0.5) / np.log(each):.0f}" for each in a.tolist()), "steps")

# %% [markdown]
# ## Go further
#
# * Sennrich, Haddow and Birch, *Neural machine translation of rare words with subword units* (2016): part 1, with the listing that your merges are equal to.
# * Su and others, *RoFormer* (2021), Shazeer, *GLU variants improve Transformer* (2020), Ainslie and others, *GQA* (2023): three of the four pieces, each a few pages.
# * Touvron and others, *LLaMA* (2023): the block of this lesson, put together.
# * Kaplan and others, *Scaling laws for neural language models* (2020), and Hoffmann and others, *Training compute-optimal large language models* (2022): part 4 over seven decades, and how the second corrects the first.
# * Ouyang and others, *Training language models to follow instructions with human feedback* (2022): parts 5 to 7, as it was first sold.
# * Zhou and others, *LIMA: less is more for alignment* (2023): part 5 at full size, with 1,000 examples.
# * Rafailov and others, *Direct preference optimization* (2023): part 7's derivation, complete.
# * Gao, Schulman and Hilton, *Scaling laws for reward model over-optimization* (2022): the curve of part 7, measured at seven sizes.
# * Schaeffer, Miranda and Koyejo, *Are emergent abilities of large language models a mirage?* (2023): part 4's last warning.
