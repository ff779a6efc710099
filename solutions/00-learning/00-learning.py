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
# # 0 · Learning from examples
#
# **A rule that a person wrote sorts spam with 79 % right. A machine that has seen a hundred mails: 93 %. Which of your mails would it throw away?**
#
# In 2002 a few volunteers collected their mail, wanted and unwanted, so that filters could be tried on something real. You get what is left of 6,046 of these letters: how often each of 2,000 words occurs.
#
# First you sort them by a rule of your own. Then a machine finds one in the examples alone, and beats you. That is all that deep learning does, with more layers. So this lesson asks what it takes: how to count mistakes, what an array is, what an error asks for, how much a surprise weighs, which rows one may look at. At the end you train the filter yourself, in PyTorch, and find out whom it harms.

# %% [markdown]
# | | |
# |---|---|
# | **You will be able to** | say what is learned, from what, and how well; handle shapes, axes and types; choose an error and know what it asks for; prepare data without fooling yourself; take a training step in PyTorch |
# | **You need** | Python, a little NumPy, derivatives; PyTorch is introduced here |
# | **Time** | 170 minutes, best in two sittings: the pause is marked, after part 4. *Deeper* is extra |
# | **At the end there is** | a spam filter that is right on 98 of 100 new mails, and a list of the mails that you would not trust it with |
# | **Points** | 20: ten checked exercises (18) and a written question (2); an eleventh, `one_hot`, is for practice |

# %%
import numpy as np
import torch
from jaxtyping import Float, Int, UInt8
from numpy import ndarray
from numpy.random import Generator
from torch import Tensor, nn

from helpers import ask, check, counterexample, figures, hint, needs, progress, start
from helpers.data import FOLDERS, cat, mails
from helpers.figures import BLUE, GREEN, GREY, ORANGE, panels, show
from helpers.work import Work

start("00-learning")

# %% tags=["experiment"]
show(
    *figures.neuron([2, 1, -3], -1, ["free", "click", "wrote"], out="spam?"),
    caption="A filter: each word that occurs adds its number, and the sum decides. In a rule written "
            "by hand a person chooses the numbers; in a learned one the mails do.",
)

# %% [markdown]
# ## How an exercise works
#
# Write your code where the cell says `YOUR CODE HERE`, delete the `raise` line, run the cell, then the `check` below it. It tells for each part whether it is right, and if not, what is wrong. Run it as often as you like.
#
# At the start every check says *not attempted*. Stuck? In a new cell, `hint("confusion")` gives a nudge, then a formula, then almost the code; `counterexample("confusion")` hands you the smallest case that your answer fails.

# %% [markdown]
# ## 1 · A rule, and a rule that is learned
#
# `X` is a table with a row for each mail and a column for each word, the most frequent first. `y` says 1 for spam and 0 for *ham*, as wanted mail is called. For now it only matters whether a word occurs.

# %%
X, y, folder, words = mails()
column = {word: j for j, word in enumerate(words)}
has = X > 0

print(f"X {X.shape}, y {y.shape}; {y.mean():.1%} are spam")
often = np.argsort(-X[1].astype(int))[:10]
print("mail 1 has", ", ".join(f"{words[j]} {X[1, j]}×" for j in often), "and so on")

# %% [markdown]
# ### Write a rule
#
# A mail is thrown away if at least $k$ words of your list occur in it. Start with *free*, *click* and *money*, then do better. A word that is pressed twice counts *against* spam.
#
# Watch the table as you go. Four things can happen to a mail, and two of them are mistakes that don't hurt alike: spam in the inbox costs a second, a lost letter may cost a friend.

# %% tags=["experiment"]
from helpers.widgets.learning import rules

display(rules())

# %% [markdown]
# Two numbers sum up what can go wrong. **Precision** is the share of spam among what is thrown away; **recall** is the share of all spam that is thrown away. A longer list finds more spam and loses more letters. And some mails, the newsletters, suffer from nearly every rule: remember them.

# %%
def by_hand(has, rule=("free", "click", "money"), k=1):
    """Return 1 for each mail that has at least k words of the rule."""
    return (has[:, [column[word] for word in rule]].sum(axis=1) >= k).astype(int)

print(f"the rule: {np.mean(by_hand(has) == y):.1%} right; always ham: {np.mean(y == 0):.1%}")

# %% [markdown]
# The second number is the **baseline**: what one gets without looking. A result that is told without its baseline says nothing.
#
# ### Let the mails decide
#
# A program that contains what a person knows is an *expert rule*: artificial intelligence without learning. **Machine learning** writes the rule itself. Tom Mitchell's definition (1997) asks for three things: a machine learns from **experience** E, with respect to a **task** T and a measure of **performance** P, if its P at T improves with E. Where the machine also finds what to look at (its *representation*), and finds it in several layers, one speaks of **deep learning**.

# %%
ask("mitchell")

# %% [markdown]
# Here is a machine. It has a number for each word, as in the drawing, and finds them by making the labels of the examples likely. Don't mind how: in part 7 you write its heart. It sees a number of mails that are drawn anew each time, and is asked about mails that it has not seen.

# %%
def learn(has, y, steps=60):
    """Return a number for each word, and a bias, that were learned from these mails."""
    rows, labels = torch.tensor(has).float(), torch.tensor(y).float()
    w, b = torch.zeros(rows.shape[1], requires_grad=True), torch.zeros(1, requires_grad=True)
    optimiser = torch.optim.Adam([w, b], lr=0.05)
    for _ in range(steps):
        z = rows @ w + b
        loss = nn.functional.binary_cross_entropy_with_logits(z, labels) + 0.0005 * (w @ w)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return w.detach().numpy(), b.item()

ask("hundred")

# %% tags=["experiment"]
def right(has, y, model):
    """Return the share of mails that a learned rule gets right."""
    w, b = model
    return np.mean((has @ w + b > 0) == y)

sizes = [10, 30, 100, 300, 1000, 3000]
work = Work("learning from n mails", lambda: {n: [] for n in sizes})  # about 10 s
for n, seed in work.over([(n, seed) for n in sizes for seed in range(5)]):
    order = np.random.default_rng(seed).permutation(len(y))
    seen, new = order[:n], order[4500:]
    work.state[n].append(right(has[new], y[new], learn(has[seen], y[seen])))
draws = work.state
curve = {n: np.mean(shares) for n, shares in draws.items()}
print("  ".join(f"{n} mails: {share:.1%}" for n, share in curve.items()))

# %% tags=["experiment"]
fig, [ax] = panels(1, width=6, height=3.3)
for n, shares in draws.items():
    ax.plot([n] * len(shares), shares, "o", color=BLUE, alpha=0.4)
ax.plot(list(curve), list(curve.values()), color=BLUE)
for share, text, colour in [(np.mean(by_hand(has) == y), "rule by hand", ORANGE),
                            (np.mean(y == 0), "always ham", GREY)]:
    ax.axhline(share, color=colour, linestyle="--")
    ax.annotate(text, (600, share + 0.008), color=colour)
ax.annotate("learned, 5 draws", (120, 0.9), color=BLUE)
ax.set(xscale="log", xlabel="mails to learn from", ylabel="right on new mails", ylim=(0.4, 1.01))
show(fig, ask("hundred").alt,
     caption="Ten mails are luck: the dots lie far apart. Thirty beat the rule that a person wrote, "
             "and each tenfold of mails makes fewer mistakes than the last.")

# %% [markdown]
# ### Three ways of learning
#
# What you saw is **supervised**: every example comes with its answer, and what is sought is $P(y \mid x)$. Without answers, **unsupervised** learning looks for structure in $P(x)$ alone: groups, directions, what is unusual. In **reinforcement** learning nobody shows the answer, but what one does is rewarded, sometimes much later.

# %%
ask("kinds")

# %% [markdown]
# ## 2 · Count your mistakes
#
# With $K$ classes there are $K^2$ things that can happen to a sample. The **confusion matrix** counts them: cell $C_{ij}$ holds how many samples *are* of class $i$ and were *taken for* class $j$. A row is the truth, a column the prediction, and what is right stands on the diagonal.

# %% answer="confusion"
def confusion(y: Int[ndarray, "n"], y_hat: Int[ndarray, "n"], K: int) -> Int[ndarray, "K K"]:
    """Count the samples of class i (row) that were taken for class j (column)."""
    ### BEGIN SOLUTION
    C = np.zeros((K, K), dtype=int)
    for i, j in zip(y, y_hat):
        C[i, j] += 1
    return C
    ### END SOLUTION

# %% check="confusion"
check("confusion")

# %% [markdown]
# Precision and recall are read off the matrix, one from a column and one from a row:
#
# $$\text{precision}_k = \frac{C_{kk}}{\sum_i C_{ik}}, \qquad \text{recall}_k = \frac{C_{kk}}{\sum_j C_{kj}}.$$
#
# Where nothing was taken for class $k$, or nothing is of class $k$, there is nothing to take a share of; say 0 then.

# %% answer="precision_recall"
def precision_recall(C: Int[ndarray, "K K"], k: int) -> tuple[float, float]:
    """Return precision and recall of class k; 0.0 where there is nothing to take a share of."""
    ### BEGIN SOLUTION
    taken, there = C[:, k].sum(), C[k].sum()
    precision = C[k, k] / taken if taken > 0 else 0.0
    recall = C[k, k] / there if there > 0 else 0.0
    return float(precision), float(recall)
    ### END SOLUTION

# %% check="precision_recall"
check("precision_recall")

# %% [markdown]
# ### Where to draw the line
#
# The machine's sum is a score; above 0 it says spam. Nobody forces us to cut at 0: with another **threshold** the same machine becomes careful or strict.

# %%
ask("threshold")

# %% tags=["experiment"]
with needs("confusion", "precision_recall"):
    order = np.random.default_rng(0).permutation(len(y))
    seen, new = order[:3000], order[3000:]
    w, b = learn(has[seen], y[seen])
    z = has[new] @ w + b
    cuts = np.linspace(-4, 6, 41)
    both = np.array([precision_recall(confusion(y[new], (z > t).astype(int), 2), 1) for t in cuts])
    print("cut at 0:", confusion(y[new], (z > 0).astype(int), 2).tolist())
    for t in (0, 20, 30):
        print(f"cut at {cuts[t]:+.1f}: precision {both[t, 0]:.3f}, recall {both[t, 1]:.3f}")
    print("recall rises", np.sum(np.diff(both[:, 1]) > 0), "times,",
          "precision falls", np.sum(np.diff(both[:, 0]) < 0), "times")

# %% tags=["experiment"]
with needs("confusion", "precision_recall"):
    fig, [ax] = panels(1, width=5.6, height=3.2)
    ax.plot(cuts, both[:, 0], color=BLUE)
    ax.plot(cuts, both[:, 1], color=ORANGE, linestyle="--")
    ax.axvline(0, color=GREY, linewidth=1)
    ax.annotate("precision", (-1.7, 0.8), color=BLUE)
    ax.annotate("recall", (1.7, 0.6), color=ORANGE)
    ax.set(xlabel="threshold", ylabel="share", ylim=(0, 1.05))
    show(fig, ask("threshold").alt,
         caption="One machine, any compromise: to the left it misses nothing and throws away "
                 "letters, to the right it is sure of what it throws away, and lets spam in.")

# %% [markdown]
# Such a number as precision is a **metric**: what we care about. It is counted, it jumps, and it can't be followed downhill. What a machine is trained on is a **loss**, smooth and close to what we care about (part 5). Where one class is rare, watch out for the accuracy: of a thousand mails with one in a hundred spam, *always ham* is right on 99 %, with a recall of 0.

# %% [markdown]
# ## 3 · Arrays
#
# All data of this course are arrays of numbers (**tensors**): a mail is a row of 2,000, a grey picture a table, a coloured one a block. An array has a **shape**, the lengths of its axes, and a **type**, the same for all its entries. Most mistakes in practice are mistakes of shape, and the worst are those that raise no error.

# %% tags=["experiment"]
print("shape", X.shape, " axes", X.ndim, " type", X.dtype, " bytes", X.nbytes)
print("axis 0 away, a number for each word:", X.sum(axis=0).shape)
print("axis 1 away, a number for each mail:", X.sum(axis=1).shape)
print(f"mails with 'free': {has[:, column['free']].mean():.1%};",
      f"of spam: {has[y == 1, column['free']].mean():.1%}")

# %% [markdown]
# ### Shapes that fit by themselves
#
# Two arrays of different shapes can be added if their axes, *compared from the last*, are equal or one of them is 1 or missing; what has length 1 is repeated. This **broadcasting** spares loops, as in `X - X.mean(axis=0)`, which takes (n, d) and (d,). It also turns a slip into nonsense.

# %%
ask("broadcast")

# %% tags=["experiment"]
truth = np.array([1.0, 2.0, 3.0, 4.0])
guess = truth[:, None]  # the same four numbers, as a column
print("truth", truth.shape, " guess", guess.shape, " difference", (truth - guess).shape)
print("mean squared error of a perfect guess:", np.mean((truth - guess) ** 2))

# %% [markdown]
# A model with one output returns a column (n, 1), labels are (n,), and the loss of a perfect guess is 2.5. It even trains, towards the mean of all labels. Print shapes.
#
# ### Views and copies
#
# A slice does not copy: it is a **view** of the same memory. A list of row numbers or a mask makes a copy. And `uint8`, the type of grey levels and of our counts, holds 0 to 255 and begins anew after that.

# %%
ask("view")

# %% tags=["experiment"]
A = np.zeros((3, 2))
part, picked = A[1:], A[[1, 2]]
part[0, 0], picked[0, 1] = 7, 9
print("A", A.tolist())
print("200 + 100 in uint8:", np.array([200], np.uint8) + np.array([100], np.uint8))

# %% [markdown]
# ### A batch of pictures
#
# A picture in colours is an array (height, width, channel) of whole numbers, 0 to 255. PyTorch wants float32 from 0 to 1, and for a batch the axes (n, channel, height, width): **channels first**. Three things to do: scale, move an axis, change the type. One trap: an axis is *moved* by `transpose`; `reshape` keeps the numbers in their order and only counts them off anew.

# %% answer="to_batch"
def to_batch(images: UInt8[ndarray, "n h w c"]) -> Float[ndarray, "n c h w"]:
    """Return the pictures as float32 from 0 to 1, channels first."""
    ### BEGIN SOLUTION
    return (images / 255).transpose(0, 3, 1, 2).astype(np.float32)
    ### END SOLUTION

# %% check="to_batch"
check("to_batch")

# %% tags=["experiment"]
with needs("to_batch"):
    photo = cat()[None]
    batch = to_batch(photo)
    print(photo.shape, photo.dtype, "->", batch.shape, batch.dtype, f"max {batch.max():.2f}")
    fig, axes = panels(4, width=9, height=2.5)
    dealt = (photo / 255).reshape(1, 3, 224, 224)
    for ax, picture, title in zip(axes, [photo[0], *batch[0, :2], dealt[0, 0]],
                                  ["(h, w, c)", "channel 0, red", "channel 1, green", "reshape"]):
        ax.imshow(picture, cmap="gray")
        ax.set(xticks=[], yticks=[], title=title)
    show(fig, "A photograph of a cat, its red and its green channel as grey pictures, and what a "
              "reshape makes of it: a grey weave in which no cat can be seen.",
         caption="Transposed, each channel is a picture. Reshaped, the same numbers are dealt out "
                 "wrongly, and no error is raised.")

# %% [markdown]
# ### A label as a row
#
# A class is a name, not an amount: class 2 is not twice class 1. So for $C$ classes a label becomes a row of $C$ numbers with a single 1, in the column of its class: **one-hot**. (Beware of one letter for three things, common in books: here $C$ is how many classes there are, $k$ one of them, and the row is $Y_i$.)

# %% answer="one_hot"
def one_hot(y: Int[ndarray, "n"], C: int) -> Float[ndarray, "n C"]:
    """Return a row for each label: 1.0 in the column of its class, 0.0 in the others."""
    ### BEGIN SOLUTION
    Y = np.zeros((len(y), C))
    Y[np.arange(len(y)), y] = 1.0
    return Y
    ### END SOLUTION

# %% check="one_hot"
check("one_hot")

# %% [markdown]
# One-hot rows turn bookkeeping into products: `one_hot(y, K).T @ one_hot(y_hat, K)` is the confusion matrix.

# %% tags=["experiment"]
with needs("one_hot", "confusion"):
    y_hat = by_hand(has)
    print("by product", (one_hot(y, 2).T @ one_hot(y_hat, 2)).astype(int).tolist())
    print("by counting", confusion(y, y_hat, 2).tolist())

# %% [markdown]
# ## 4 · What an error asks for
#
# Now predict a number: how many of our words does a mail have? Three ways to say how far $\hat y$ is off, over $n$ samples:
#
# $$\text{MSE} = \frac1n \sum_i (y_i - \hat y_i)^2, \qquad \text{MAE} = \frac1n \sum_i |y_i - \hat y_i|, \qquad \text{RMSE} = \sqrt{\text{MSE}}.$$
#
# The root gives back the unit: words, not squared words. Here is a slip that is easy to make: $\frac1n \sum \sqrt{(y_i - \hat y_i)^2}$. With the root *inside* the mean it undoes the square, and what is left is the MAE under another name.

# %% answer="errors"
def errors(y: Float[ndarray, "n"], y_hat: Float[ndarray, "n"]) -> tuple[float, float, float]:
    """Return MSE, MAE and RMSE."""
    ### BEGIN SOLUTION
    r = y - y_hat
    mse = np.mean(r**2)
    return float(mse), float(np.mean(np.abs(r))), float(np.sqrt(mse))
    ### END SOLUTION

# %% check="errors"
check("errors")

# %% [markdown]
# ### The best number, if there is only one
#
# Say the same number $c$ for every mail. Which is best depends on the error alone:
#
# * *squared*, $(y - c)^2$: set the derivative $-\frac2n \sum (y_i - c)$ to zero.
# * *absolute*, $|y - c|$: a small step of $c$ to the right gains on every value above and loses on every value below.
# * *0-1*, which costs 1 unless $c$ is hit exactly.
#
# Write what these three arguments lead to. Where several numbers are equally good, any of them will do.

# %% answer="best_constant"
def best_constant(y: Float[ndarray, "n"], loss: str) -> float:
    """Return a number with the least mean loss to y; loss is "squared", "absolute" or "0-1"."""
    ### BEGIN SOLUTION
    if loss == "squared":
        return float(np.mean(y))
    if loss == "absolute":
        return float(np.median(y))
    values, counts = np.unique(y, return_counts=True)
    return float(values[counts.argmax()])
    ### END SOLUTION

# %% check="best_constant"
check("best_constant")

# %%
ask("length")

# %% tags=["experiment"]
with needs("errors", "best_constant"):
    length = X.sum(axis=1).astype(float)
    for loss in ("squared", "absolute", "0-1"):
        c = best_constant(length, loss)
        mse, mae, rmse = errors(length, np.full(len(length), c))
        print(f"{loss:8}: {c:5.1f} words; RMSE {rmse:.0f}, MAE {mae:.0f}, "
              f"hit {np.mean(length == c):.2%}, shorter are {np.mean(length < c):.0%}")
    longer = length * np.where(length == length.max(), 10, 1)
    print(f"the longest mail ten times as long: mean {longer.mean():.1f}, median {np.median(longer):.1f}")

# %% tags=["experiment"]
with needs("errors", "best_constant"):
    fig, (left, middle) = panels(2, width=8, height=3)
    left.hist(length[length < 800], bins=60, color=GREY)
    for loss, colour, style in [("squared", BLUE, "-"), ("absolute", ORANGE, "--"), ("0-1", GREEN, ":")]:
        left.axvline(best_constant(length, loss), color=colour, linestyle=style, label=loss)
    guesses = np.linspace(0, 400, 81)
    mean_loss = np.array([[np.mean(np.abs(length - c)), np.mean((length - c) ** 2)] for c in guesses])
    middle.plot(guesses, mean_loss[:, 0] / mean_loss[:, 0].min(), color=ORANGE, linestyle="--")
    middle.plot(guesses, mean_loss[:, 1] / mean_loss[:, 1].min(), color=BLUE)
    left.set(xlabel="words in a mail", ylabel="mails")
    middle.set(xlabel="constant c", ylabel="mean loss / its minimum")
    show(fig, "Left, a histogram of mails by their length with a long tail, and three lines: the "
              "mode far left, then the median, then the mean. Right, two curves of mean loss, each "
              "with its minimum at its line.",
         caption="The long tail pulls the mean to the right of the median. Each error has its "
                 "minimum somewhere else: choosing an error is choosing an answer.")

# %% [markdown]
# ### The risk, and what we know of it
#
# What we want is a small error on mails *to come*: the **risk** $R(f) = \mathbb E\,[\ell(y, f(x))]$, the mean loss over everything that can happen. The best that any $f$ can do is the *Bayes* predictor: with squared error the mean of $y$ given $x$, with 0-1 loss the likeliest class. Nobody knows the risk; we have the mean over some mails, the **empirical risk** $\frac1n \sum_i \ell(y_i, f(x_i))$.
#
# That is a fair estimate for mails that had no say in $f$, and a flattering one for those that it was fitted to. And it is an estimate: other mails, another number.

# %% tags=["experiment"]
with needs("confusion", "precision_recall"):
    hits = (z > 0) == y[new]
    rng = np.random.default_rng(1)
    seen_right = right(has[seen], y[seen], (w, b))
    print(f"right on mails that it learned from: {seen_right:.1%}, on others: {hits.mean():.1%}")
    for m in (20, 100, 1000):
        low, high = np.quantile([rng.choice(hits, m).mean() for _ in range(1000)], [0.05, 0.95])
        print(f"asked about {m:4} mails, nine times in ten it is right on {low:.1%} to {high:.1%}")

# %% [markdown]
# With twenty mails the estimate is hardly worth anything; with a thousand it is good to a percent. How this error bar is computed, and what overfitting does to the first of these numbers, is lesson 4.
#
# **A good place for a pause.** You can count mistakes, read shapes, and know what an error asks for. When you come back, let *Run > Run All Above Selected Cell* bring your answers to life again.

# %% [markdown]
# ## 5 · How much does a surprise weigh?
#
# A forecast says rain with probability $p$. If it rains, how surprised are you? Not at all for $p = 1$, without end for $p = 0$; and two independent surprises should add up, while their probabilities multiply. Only a logarithm does that: the **surprise** of an event is $-\log p$. With the natural logarithm its unit is the *nat*; to base 2, the *bit*. A fair coin is one bit, 0.693 nat.
#
# Now two experts. Events happen with probabilities $p_k$; somebody believes $q_k$.

# %% [markdown]
# $$H(p) = -\sum_k p_k \log p_k, \qquad H(p, q) = -\sum_k p_k \log q_k, \qquad \mathrm{KL}(p, q) = H(p, q) - H(p).$$
#
# The **entropy** $H(p)$ is the mean surprise of who knows $p$: what can't be avoided. The **cross-entropy** $H(p, q)$ is that of who believes $q$. Their difference, the **divergence** of Kullback and Leibler, is what the wrong belief costs. It is never negative, and 0 only for $q = p$.
#
# Two cases to mind. What never happens ($p_k = 0$) surprises nobody, whatever $q_k$ is: the term is 0. What happens though it was held for impossible ($q_k = 0 < p_k$) costs infinity.

# %% answer="information"
def information(p: Float[ndarray, "K"], q: Float[ndarray, "K"]) -> tuple[float, float, float]:
    """Return H(p), H(p, q) and KL(p, q), in nats."""
    ### BEGIN SOLUTION
    some = p > 0
    with np.errstate(divide="ignore"):
        entropy = -np.sum(p[some] * np.log(p[some]))
        cross = -np.sum(p[some] * np.log(q[some]))
    return float(entropy), float(cross), float(cross - entropy)
    ### END SOLUTION

# %% check="information"
check("information")

# %% tags=["experiment"]
with needs("information"):
    coin, loaded = np.array([0.5, 0.5]), np.array([0.9, 0.1])
    nats = information(coin, coin)[0]
    print(f"a fair coin: {nats:.3f} nat, {nats / np.log(2):.0f} bit")
    rng = np.random.default_rng(0)
    costs = [information(*rng.dirichlet(np.ones(5), size=2))[2] for _ in range(1000)]
    print(f"1000 random pairs: divergence from {min(costs):.4f} to {max(costs):.2f}")
    there, back = information(loaded, coin)[2], information(coin, loaded)[2]
    print(f"it is no distance: KL(p, q) = {there:.3f}, KL(q, p) = {back:.3f}")

# %% [markdown]
# ### From surprise to loss
#
# A label is certain once it is seen: $p$ is its one-hot row. Then of the cross-entropy a single term is left, $-\log q_y$: the surprise at the class that came. Its mean over the samples is *the* loss of classification. It can be read in three ways that are one:
#
# * mean surprise of a model that says $q$;
# * $-\frac1n \log \prod_i q_{y_i}$: the **likelihood** of all labels, if rows are independent, made large (*maximum likelihood*);
# * the divergence from what is true, up to what can't be avoided.

# %%
ask("certain")

# %% tags=["experiment"]
with needs("information", "confusion", "precision_recall"):
    def surprise(q):
        """Return the mean of -log of the probability of what came; q is that of spam."""
        with np.errstate(divide="ignore"):
            return -np.mean(np.log(np.where(y[new] == 1, q, 1 - q)))

    share = y[seen].mean()
    print(f"says {share:.2f} for every mail: {surprise(share):.3f} nat")
    print(f"the learned filter: {surprise(1 / (1 + np.exp(-z))):.3f} nat")
    for sure in (0.8, 0.9, 0.99, 1.0):
        q = np.where(by_hand(has[new]) == 1, sure, 1 - sure)
        print(f"the rule by hand, {sure:.0%} sure: {surprise(q):.3f} nat")

# %% [markdown]
# The same rule is better than nothing if it admits its doubts, and infinitely bad if it has none: one mistake is enough. Accuracy does not see the difference; the likelihood does.
#
# The principle reaches further. Say that $y$ is the prediction plus normal noise: then $-\log$ of the likelihood is, up to constants, the **squared error** (*deeper* does the sum). So both losses of this course follow from one sentence: *make what happened likely*. What is predicted decides the rest:
#
# | to predict | last layer (head) | loss |
# |---|---|---|
# | a number | none | squared error |
# | yes or no | one sigmoid | cross-entropy |
# | one of $K$ | softmax over $K$ | cross-entropy |

# %%
ask("heads")

# %% [markdown]
# Mind one word: a **score** (*logit*) is any number, before sigmoid or softmax; a **probability** lies in [0, 1]. A loss wants one or the other. PyTorch's `cross_entropy` wants scores, and accepts probabilities without a word: then it learns badly.

# %% [markdown]
# ## 6 · Which rows may you look at?
#
# Most of the work of machine learning is not learning. Mails arrive twice, empty, and with labels that contradict each other. So before anything else: **clean**. Keep the *first* of equal rows; where equal rows have different labels, keep none of them, as nobody knows which is right; and drop a row without a single word. Return the numbers of the rows that are kept, in their order, so that `X` and `y` can both be cut.

# %% answer="clean"
def clean(X: Int[ndarray, "n d"], y: Int[ndarray, "n"]) -> Int[ndarray, "m"]:
    """Return the numbers of the rows to keep, in their order."""
    ### BEGIN SOLUTION
    labels, first = {}, {}
    for i in range(len(X)):
        row = X[i].tobytes()
        labels.setdefault(row, set()).add(int(y[i]))
        first.setdefault(row, i)
    kept = [i for row, i in first.items() if len(labels[row]) == 1 and X[i].any()]
    return np.array(kept, dtype=int)
    ### END SOLUTION

# %% check="clean"
check("clean")

# %% tags=["experiment"]
with needs("clean"):
    kept = clean(X, y)
    print(f"of {len(X)} mails {len(kept)} are kept, {len(X) - len(kept)} are not")
    print("by folder:", {name: int(np.sum(folder == k) - np.sum(folder[kept] == k))
                         for k, name in enumerate(FOLDERS)})

# %% [markdown]
# Every twentieth mail goes, nearly all of them copies. Why does it matter?
#
# ### Learning by heart
#
# Nobody needs copies to learn from, but think of the exam. If a mail stands on both sides, a machine that has learned it *by heart* is right without having understood anything. Here is one: it answers with the label of the most similar mail that it has seen.

# %% tags=["experiment"]
def by_heart(old, fresh):
    """Return for each fresh mail the most similar old one, and how many words differ."""
    A, B = has[fresh].astype(np.float32), has[old].astype(np.float32)
    differ = A.sum(axis=1)[:, None] + B.sum(axis=1) - 2 * A @ B.T
    return old[differ.argmin(axis=1)], differ.min(axis=1)

order = np.random.default_rng(0).permutation(len(y))
nearest, differ = by_heart(order[:3000], order[3000:4500])
twin, named = differ == 0, y[nearest] == y[order[3000:4500]]
print(f"{twin.mean():.1%} of the new mails have a twin among those seen, word for word")
print(f"by heart: right on {named.mean():.1%}; {named[twin].mean():.1%} with a twin, "
      f"{named[~twin].mean():.1%} without")

# %% [markdown]
# The twins flatter it, here by less than a point; were half of the mails copies, the exam would test memory alone. So copies go *before* rows are parted. What is parted, and into what?
#
# * **training** rows, to fit weights;
# * **validation** rows, to choose: how long to train, how many words, which threshold;
# * **test** rows, asked *once*, at the end.
#
# A row that had a say in anything is no witness any more. And each class is to have its share in each part (*stratified*), or a rare one may be missing in the test.

# %% [markdown]
# ### Part them
#
# Do it class by class: mix its rows with `rng`, then cut them at borders. Two traps: rounding each size down loses rows, so round the *borders*; and a generator of your own, with a seed of your own, takes the choice from whoever calls. Return a list with an array of row numbers for each share.

# %% answer="split"
def split(y: Int[ndarray, "n"], shares: list[float], rng: Generator) -> list[Int[ndarray, "m"]]:
    """Return the numbers of the rows of each part; each class is in each part with its share."""
    ### BEGIN SOLUTION
    parts = [[] for _ in shares]
    for k in np.unique(y):
        rows = rng.permutation(np.flatnonzero(y == k))
        cuts = np.rint(np.cumsum(shares)[:-1] * len(rows)).astype(int)
        for part, piece in zip(parts, np.split(rows, cuts)):
            part.append(piece)
    return [np.concatenate(part) for part in parts]
    ### END SOLUTION

# %% check="split"
check("split")

# %% tags=["experiment"]
with needs("clean", "split"):
    train, validation, test = (kept[rows] for rows in
                               split(y[kept], [0.6, 0.2, 0.2], np.random.default_rng(0)))
    for name, rows in [("train", train), ("validation", validation), ("test", test)]:
        print(f"{name:10} {len(rows):4} mails, {y[rows].mean():.1%} spam")

# %% [markdown]
# ### In which order?
#
# A project has seven steps: say what is wanted and how it is measured; collect; clean; **part**; prepare (scale, choose features); fit and choose; test and report. Look at the place of the fourth.

# %%
ask("order")

# %% [markdown]
# Choosing words is preparing. It looks at mails, so it may look at training rows only. Take the $k$ words that *most training mails* have (its *document frequency*; a mail that says "free" nine times counts once), the most frequent first, and of two equally frequent ones the lower column.

# %% answer="vocabulary"
def vocabulary(X: Int[ndarray, "n d"], train: Int[ndarray, "m"], k: int) -> Int[ndarray, "k"]:
    """Return the k columns that most training rows have, the most frequent first."""
    ### BEGIN SOLUTION
    having = (X[train] > 0).sum(axis=0)
    return np.argsort(-having, kind="stable")[:k]
    ### END SOLUTION

# %% check="vocabulary"
check("vocabulary")

# %% tags=["experiment"]
with needs("clean", "split", "vocabulary"):
    chosen, cheated = vocabulary(X, train, 500), vocabulary(X, np.arange(len(X)), 500)
    print("first ten:", *(words[j] for j in chosen[:10]))
    print(f"chosen on all rows, {len(set(cheated) - set(chosen))} of 500 words would be others")

# %% [markdown]
# Here peeking would hardly matter: frequencies are nearly the same everywhere. It matters where a choice looks at *labels*: lesson 4 shows words that "predict" the toss of a coin. The order costs nothing, so keep it always.

# %% [markdown]
# ## 7 · PyTorch in five pieces
#
# From here on the arrays are PyTorch's. A **tensor** is an array that can live on a GPU (its *device*) and that remembers how it was made. Ask for a slope, and it goes back along that memory: **autograd**. How that works you build yourself in lesson 3.

# %% tags=["experiment"]
numbers = np.ones(3, dtype=np.float32)
t = torch.from_numpy(numbers)  # shares memory; torch.tensor(numbers) copies
numbers[0] = 5
print("the tensor sees it:", t, t.dtype, t.device)

a = torch.tensor(3.0, requires_grad=True)
loss = (a - 1) ** 2
loss.backward()
print("slope of (a - 1)² at 3:", a.grad)
loss = (a - 1) ** 2
loss.backward()
print("asked again:", a.grad, "- it was added")

# %% [markdown]
# Two more pieces. A **module** keeps its parameters together and is called like a function: `nn.Linear(d, K)` is `X @ W + b` (it stores $W$ as (K, d)). An **optimiser** holds the parameters and moves each against its slope: `torch.optim.SGD` does $w \leftarrow w - \eta\, \partial J / \partial w$; others come in lesson 2.

# %% tags=["experiment"]
torch.manual_seed(0)
model = nn.Linear(4, 2)
print({name: tuple(p.shape) for name, p in model.named_parameters()})
rows = torch.ones(3, 4)
scores = model(rows)
print("scores", tuple(scores.shape), "equal to X @ W.T + b:",
      torch.allclose(scores, rows @ model.weight.T + model.bias))

# %% [markdown]
# ### One step
#
# Put the pieces together. `train_step` gets a model, its optimiser and a batch. It computes the scores and their mean cross-entropy, clears the old slopes (they *add up* otherwise, as you saw), asks for new ones, and lets the optimiser step. It returns the loss of the batch before the step as a number: `loss.item()`, so that the graph behind it can go.
#
# `nn.functional.cross_entropy` takes scores and class numbers; the softmax is inside.

# %% answer="train_step"
def train_step(
    model: nn.Module, optimiser: torch.optim.Optimizer,
    X: Float[Tensor, "n d"], y: Int[Tensor, "n"],
) -> float:
    """Take one step on the mean cross-entropy of a batch; return the loss before it."""
    ### BEGIN SOLUTION
    loss = nn.functional.cross_entropy(model(X), y)
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()
    ### END SOLUTION

# %% check="train_step"
check("train_step")

# %% [markdown]
# ### The filter
#
# Two scores, one for ham and one for spam. Mails come in batches of 64, in a new order each time round (each **epoch**). `torch.no_grad()` says that nothing need be remembered where we only look.
#
# How many words shall it read? That is a choice, so the *validation* rows decide it: four filters are trained, on the training rows, and the one that is best on the validation rows is kept.

# %% tags=["experiment"]
with needs("clean", "split", "vocabulary", "train_step"):
    labels = torch.tensor(y)

    def scores(model, columns, rows):
        """Return the scores (rows, 2) of a filter that reads these columns."""
        with torch.no_grad():
            return model(torch.tensor(has[rows][:, columns]).float())

    def fit(columns, epochs=10):
        """Return a filter that was trained on these columns of the training rows."""
        torch.manual_seed(0)
        inputs, model = torch.tensor(has[:, columns]).float(), nn.Linear(len(columns), 2)
        optimiser = torch.optim.SGD(model.parameters(), lr=0.5)
        for _ in range(epochs):
            for batch in torch.randperm(len(train)).split(64):
                rows = train[batch]
                train_step(model, optimiser, inputs[rows], labels[rows])
        return model

# %% tags=["experiment"]
with needs("clean", "split", "vocabulary", "train_step"):
    work = Work("four filters", dict, train_step)  # about 10 s
    for k in work.over([20, 100, 500, 2000]):
        columns = vocabulary(X, train, k)
        model = fit(columns)
        shares = [(scores(model, columns, rows).argmax(dim=1) == labels[rows]).float().mean().item()
                  for rows in (train, validation)]
        work.state[k] = (columns, model, *shares)
    filters = work.state
    for k, (_, _, known, unknown) in filters.items():
        print(f"{k:4} words: right on {known:.1%} of the training, {unknown:.1%} of the validation rows")
    best = max(filters, key=lambda k: filters[k][3])
    print(f"kept: {best} words")

# %% [markdown]
# More words help on both, and more on the rows that it learned from: with all of them it knows its own mails nearly by heart. That gap is what lesson 4 is about.
#
# All choices are made. Now the test rows, for the first and only time.

# %% tags=["experiment"]
with needs("confusion", "precision_recall", "clean", "split", "vocabulary", "train_step"):
    columns, model = filters[best][:2]
    y_hat = scores(model, columns, test).argmax(dim=1).numpy()
    C = confusion(y[test], y_hat, 2)
    precision, recall = precision_recall(C, 1)
    print(f"test: right on {np.trace(C) / C.sum():.1%}, precision {precision:.3f}, "
          f"recall {recall:.3f}, C = {C.tolist()}")
    print(f"the rule by hand, same mails: {np.mean(by_hand(has[test]) == y[test]):.1%}")

# %% [markdown]
# One more word on **devices**. A model and its data must be on the same one: `model.to(device)`, `X.to(device)`. On a GPU all of this runs as it stands, only faster; the results agree up to rounding. And two switches: `model.train()` and `model.eval()` matter as soon as layers behave differently while they learn.

# %% tags=["experiment"]
with needs("confusion", "precision_recall", "clean", "split", "vocabulary", "train_step"):
    device = "cuda" if torch.cuda.is_available() else "cpu"
    moved = nn.Linear(len(columns), 2).to(device)
    moved.load_state_dict(model.state_dict())
    there = moved.eval()(torch.tensor(has[test][:, columns]).float().to(device))
    print("computed on", there.device.type, "- the same decisions:",
          bool((there.argmax(dim=1).cpu().numpy() == y_hat).all()))

# %% [markdown]
# ## 8 · Which of your mails would it throw away?
#
# The collectors put 250 mails apart and called them *hard ham*: newsletters, order confirmations, announcements, all of them wanted. Until now they were among the rest, in training too. Suppose your filter was trained before you had ordered your first newsletter: on ordinary ham and spam alone.

# %%
ask("hard")

# %% tags=["experiment"]
work = Work("five filters", list)  # about 8 s
for seed in work.over(range(5)):
    order = np.random.default_rng(seed).permutation(np.flatnonzero(folder != 2))
    learned = learn(has[order[:3000]], y[order[:3000]])
    work.state.append([right(has[rows], y[rows], learned) for rows in (order[4500:], folder == 2)])
for seed, (ordinary, hard) in enumerate(work.state):
    print(f"draw {seed}: right on {ordinary:.1%} of new ordinary mails, on {hard:.1%} of hard ham")
print(f"the rule by hand: on {np.mean(by_hand(has[folder == 2]) == 0):.1%}; always ham: on 100%")

# %% [markdown]
# Better than 98 of 100 on mails *like those it learned from*, and no better than a coin on newsletters. Nothing was wrong with the training or the test: both asked about another kind of mail. An estimate of the risk holds for what was drawn, and for nothing else.
#
# What did it learn? Look at its largest numbers.

# %% tags=["experiment"]
w, b = learned  # by the last of the five
rank = np.argsort(w)
print("for ham: ", *(words[j] for j in rank[:18]))
print("for spam:", *(words[j] for j in rank[::-1][:18]))

# %% [markdown]
# Much of it is not what makes mail wanted: names of mailing lists, the words with which a reply quotes ("wrote"), the lines of a news feed ("url", "supplied"); on the other side *please*, *your*, *here*, the courtesy of anybody who writes to many. *Sightings* is a list to which the collectors sent spam that they had seen. The filter learned what **told the two piles apart**, and that is what it was asked for.
#
# What helps is not a better machine but other examples: some newsletters to learn from.

# %% tags=["experiment"]
work = Work("with newsletters", lambda: {n: [] for n in (0, 25, 150)})  # about 8 s
hard = np.flatnonzero(folder == 2)
for n, seed in work.over([(n, seed) for n in (0, 25, 150) for seed in range(3)]):
    rng = np.random.default_rng(seed)
    order, mixed = rng.permutation(np.flatnonzero(folder != 2)), rng.permutation(hard)
    rows = np.concatenate([order[:2500], mixed[:n]])
    learned = learn(has[rows], y[rows])
    work.state[n].append([right(has[r], y[r], learned) for r in (order[4500:], mixed[150:])])
for n, shares in work.state.items():
    ordinary, others = np.mean(shares, axis=0)
    print(f"{n:3} newsletters among 2500 mails: right on {ordinary:.1%} of ordinary mails, "
          f"on {others:.1%} of other newsletters")

# %% [markdown]
# (Means of three draws.) Twenty-five newsletters, one mail in a hundred, already help a lot, and they cost nothing on ordinary mails.
#
# How far are you? (Whatever is missing, `hint("…")` helps, three times.)

# %%
progress()

# %% [markdown]
# ## In your own words
#
# A company filters the applications that it receives. It trained a model on the decisions of its staff in the last ten years and reports: "97 % right on 1,000 applications that were held out at random." From next year on it wants to use it in a new branch, abroad.
#
# In five sentences or fewer: what does the 97 % say, what does it not say, and what would you measure before the model decides about anybody?

# %% [markdown] essay="abroad" points="2"
# The 97 % estimates how often the model agrees with the staff's decisions on applications drawn like the old ones, give or take a percent. It says nothing about applications of another kind: the new branch's may look like our newsletters, and there it may be no better than a coin. It does not say that the decisions were right or fair: the labels are what people decided, with their habits. It does not say which mistakes are made, nor what the baseline is: if 97 % are rejected anyway, always rejecting does as well. I would collect labelled applications from the new branch, look at precision and recall for each group of people, compare with the baseline and with a second person's decisions, and make sure that no applicant stands on both sides of the split.
#
# **Rubric.** 1 point: the estimate holds for applications drawn like the test rows, and not for the new branch (another distribution). ½ point: a second limit (labels are past decisions, baseline or imbalance, kinds of mistakes, duplicates: one is enough). ½ point: a measurement that fits (labelled data from the new branch, precision and recall by group, the baseline).

# %% [markdown]
# ## Where you are
#
# You can say what is learned, from what and how well; you know that an error is a choice, that a loss is a surprise, that rows are parted before anybody looks; and you have trained a filter whose weak spot you know.
#
# The machine in the middle was a single **neuron**: a number for each input, a sum, a decision. **Lesson 1** opens it: what it can decide, how it learns from its mistakes, and what no single neuron can.

# %% [markdown]
# ---
# # Deeper
#
# The rest is for those who want more. It has checks too, worth no points.
#
# ## Squared error is a likelihood, too
#
# Suppose that $y$ is the prediction plus noise, $y = \hat y + \varepsilon$, with $\varepsilon$ normal of standard deviation $\sigma$. Its density is
#
# $$p(y \mid \hat y) = \frac{1}{\sigma \sqrt{2\pi}} \exp\left(-\frac{(y - \hat y)^2}{2 \sigma^2}\right).$$
#
# Write the mean of its logarithm over the samples.

# %% answer="log_likelihood"
def log_likelihood(y: Float[ndarray, "n"], y_hat: Float[ndarray, "n"], sigma: float) -> float:
    """Return the mean log density of y, where y is y_hat plus normal noise of deviation sigma."""
    ### BEGIN SOLUTION
    return float(np.mean(-((y - y_hat) ** 2) / (2 * sigma**2) - np.log(sigma * np.sqrt(2 * np.pi))))
    ### END SOLUTION

# %% check="log_likelihood"
check("log_likelihood")

# %% [markdown]
# Try constants for the lengths of the mails: which $c$ makes what was seen most likely, and does $\sigma$ have a say in it? And with $c$ at its best, which $\sigma$ is most likely?

# %% tags=["experiment"]
with needs("log_likelihood", "errors", "best_constant"):
    guesses = np.arange(100, 301)
    for sigma in (50.0, 200.0, 1000.0):
        likely = [log_likelihood(length, np.full(len(length), c), sigma) for c in guesses]
        print(f"σ = {sigma:6.1f}: most likely is c = {guesses[np.argmax(likely)]}")
    print(f"the mean is {length.mean():.1f}, the deviation {length.std():.1f}")
    mean, sigmas = np.full(len(length), length.mean()), np.arange(20, 1001)
    likely = [log_likelihood(length, mean, sigma) for sigma in sigmas]
    print(f"most likely with that c is σ = {sigmas[np.argmax(likely)]}")

# %% [markdown]
# Whatever $\sigma$ is, the most likely constant is the mean: with normal noise, maximum likelihood *is* least squares. With noise of the density $\propto e^{-|\varepsilon| / s}$ (Laplace's) it would be the least absolute error, and the median. An error is a guess about noise.
#
# ## Features that nobody writes down
#
# A sum of numbers for single words can't say "free, but only with click". Give it products of inputs, too. For two inputs, take the six features
#
# $$\varphi(x) = (1,\; \sqrt2\,x_1,\; \sqrt2\,x_2,\; x_1^2,\; \sqrt2\,x_1 x_2,\; x_2^2).$$
#
# The odd factors pay off: $\varphi(x) \cdot \varphi(x') = (1 + x \cdot x')^2$, which needs no features at all.

# %% answer="quadratic"
def quadratic(X: Float[ndarray, "n 2"]) -> Float[ndarray, "n 6"]:
    """Return the six features of each row."""
    ### BEGIN SOLUTION
    x1, x2, root = X[:, 0], X[:, 1], np.sqrt(2)
    return np.stack([np.ones(len(X)), root * x1, root * x2, x1**2, root * x1 * x2, x2**2], axis=1)
    ### END SOLUTION

# %% check="quadratic"
check("quadratic")

# %% tags=["experiment"]
with needs("quadratic"):
    points = np.random.default_rng(0).normal(size=(4, 2))
    features = quadratic(points)
    print("the same:", np.allclose(features @ features.T, (1 + points @ points.T) ** 2))
    pairs = 1 + 2 * 2000 + 2000 * 1999 // 2
    print(f"for 2000 words: {pairs:,} features, or one product of 2000 numbers, squared")

# %% [markdown]
# A learner that needs inner products alone can work with two million features and never write one down: the **kernel trick**. It is an *inductive bias* in the open: by choosing the kernel we say which rules we hold for likely before we see any data. A network makes the other choice. It *learns* its features, layer upon layer, many more than seem needed: deep learning is a learned, composed, over-parametrised representation.
#
# ## When data don't fit
#
# All our mails fit into memory. Where they don't, they are read in batches: a **loader** hands them out, in a new order each epoch. One thing is worth knowing: the mean of batch means is the mean of all rows only if the batches are equally large.

# %% tags=["experiment"]
from helpers.device import loader

torch.manual_seed(0)
sums, means = [], []
for _, spam in loader(has.astype(np.float32), y, batch=1000):
    sums.append(spam.float().sum().item())
    means.append(spam.float().mean().item())
print(f"{len(sums)} batches, spam {sum(sums) / len(y):.4%}, mean of means {np.mean(means):.4%}")

# %% [markdown]
# ## How we got here
#
# | | |
# |---|---|
# | 1943 | McCulloch and Pitts describe a neuron as logic; nothing is learned |
# | 1948 | Shannon's entropy; Turing sketches networks that could be trained |
# | 1957 | Rosenblatt's perceptron learns its weights from examples |
# | 1959 | Samuel's program learns to play draughts better than he does, and "machine learning" has its name |
# | 1969 | Minsky and Papert: what a single layer can't see |
# | 1986 | backpropagation trains hidden layers (Rumelhart, Hinton, Williams) |
# | 1990s | convolutional networks read cheques; kernels win most other prizes |
# | 2012 | a deep network on two GPUs makes two fifths fewer errors on photographs than all others |
#
# With each step something that people had written by hand came out of the data instead: first the rule, then the features, then, with large models, the task itself.

# %% [markdown]
# ## Go further
#
# * A. Samuel, *Some studies in machine learning using the game of checkers* (1959): a program that beats its author, and how.
# * C. Shannon, *A mathematical theory of communication* (1948): entropy, from three demands on a measure of surprise.
# * M. Sahami, S. Dumais, D. Heckerman, E. Horvitz, *A Bayesian approach to filtering junk e-mail* (1998): the filter that yours descends from.
# * T. Mitchell, *Machine learning* (1997), chapter 1: T, E and P, with a player of draughts.
# * S. Kaufman, S. Rosset, C. Perlich, *Leakage in data mining* (2011): how test rows get into training, in competitions won by it.
# * T. Gebru and others, *Datasheets for datasets* (2018): what to ask of a pile of examples before learning from it.

# %% [markdown]
# ---
# *Text and figures CC BY 4.0, code MIT. The choice of topics follows five lecture courses: "Deep Learning" (IMT Atlantique), "An introduction to deep learning" (Claire Boyer), "Apprentissage profond" (Céline Hudelot), FIDLE "Transformers" and "Machine learning" (Mines Saint-Étienne). Mails: the public corpus of Apache SpamAssassin (2002), as counts of words, by way of stdlib; database PDDL 1.0, contents CC0 1.0. Photograph: Stéfan van der Walt, CC0.*
