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
# # 10 · What could it be?
#
# **A network learned to copy digits, and never saw a seven. Show it one. Will you notice?**
#
# So far a network was asked *what is this?* In this lesson the question is turned round: *what could it be?* A network that can answer can draw a digit that nobody wrote, fill in what is torn off, and tell the usual from the strange.
#
# You will build four of them, each the answer to what went wrong with the one before: a copier, a copier whose codes are clouds, two players who fool each other, and the one behind today's picture generators, which does nothing but take a little noise away, again and again.

# %% [markdown]
# | | |
# |---|---|
# | **You will be able to** | build and train an autoencoder, a variational one, a GAN and a diffusion model; say what each of their losses asks for; draw from all of them, measure how good the drawings are, and find out whether they were learned or remembered |
# | **You need** | lessons 1 to 4: cross-entropy, gradients, a network in PyTorch, overfitting; a Gaussian's mean and covariance |
# | **Time** | 170 minutes, in two sittings: parts 1 to 3, then parts 4 to 7; *deeper* after that is extra |
# | **At the end there is** | digits that nobody wrote, drawn by a diffusion model of your own inside the code of an autoencoder of your own |
# | **Points** | 20: ten checked exercises (18) and a written question (2) |

# %%
import os
from collections.abc import Callable
from itertools import pairwise

os.environ["OMP_NUM_THREADS"] = "1"  # before NumPy comes: at these sizes more threads are slower

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy import ndarray
from numpy.random import Generator
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, softplus

from helpers import ask, check, hint, needs, progress, start
from helpers.data import mnist
from helpers.figures import BLACK, BLUE, GREY, ORANGE, network, panels, show
from helpers.work import Work

torch.set_num_threads(1)
start("10-generative")

# %% tags=["experiment"]
show(*network((6, 4, 2, 4, 6), titles=["pixels", "hidden", "code", "hidden", "copy"]),
     caption="An autoencoder: everything that the copy knows has to pass through the code.")

# %% [markdown]
# ## 1 · A narrow place
#
# An **autoencoder** is a network that is asked for its own input. That would be silly, if there were not a narrow place in the middle: 196 pixels go in, 16 numbers come through, 196 pixels come out. The first half is the **encoder**, the second the **decoder**, the 16 numbers are the **code** (latent code, or bottleneck). No labels are needed: the picture is its own target.
#
# $$\text{code} = X W_e + b_e, \qquad \text{copy} = \sigma(\text{code}\; W_d + b_d).$$
#
# The copy is only ever close to $X$. A perfect one would be easy without the narrow place, and worth nothing: it is *because* the code is too small for all pictures that it has to be about digits.
#
# Write the smallest one, a layer on each side. The code is linear; pixels are between 0 and 1, so the copy has a sigmoid.

# %% answer="autoencode"
def autoencode(
    X: Float[ndarray, "n d"],
    We: Float[ndarray, "d k"], be: Float[ndarray, "k"],
    Wd: Float[ndarray, "k d"], bd: Float[ndarray, "d"],
) -> tuple[Float[ndarray, "n k"], Float[ndarray, "n d"]]:
    """Return (code, copy)."""
    ### BEGIN SOLUTION
    code = X @ We + be
    return code, 1 / (1 + np.exp(-(code @ Wd + bd)))
    ### END SOLUTION

# %% check="autoencode"
check("autoencode")

# %% [markdown]
# For real digits take a hidden layer on each side, and PyTorch. To keep everything fast, four pixels are averaged into one: 14 × 14. The last layer returns logits (lesson 1), and the loss is the cross-entropy of each pixel with its own brightness, summed over the pixels.

# %%
def halved(part: str) -> tuple[Tensor, Tensor]:
    """Return digits of 14 x 14 pixels from 0 to 1, a row each, and which digits they are."""
    images, digits = mnist(part)
    small = images.reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4)).reshape(-1, 196) / 255
    return torch.tensor(small, dtype=torch.float32), torch.tensor(digits)

X, y = halved("train")
X_new, y_new = halved("test")

# %% tags=["experiment"]
def mlp(*sizes):
    """Return layers with ReLU between them."""
    layers = [part for a, b in pairwise(sizes) for part in (nn.Linear(a, b), nn.ReLU())]
    return nn.Sequential(*layers[:-1])

class Autoencoder(nn.Module):
    def __init__(self, k=16):
        super().__init__()
        self.encode, self.decode = mlp(196, 128, k), mlp(k, 128, 196)

    def loss(self, X):
        logits = self.decode(self.encode(X))
        return binary_cross_entropy_with_logits(logits, X, reduction="none").sum(dim=1).mean()

    def copies(self, X):
        with torch.no_grad():
            return torch.sigmoid(self.decode(self.encode(X)))

# %% tags=["experiment"]
def learn(make, loss, X, seed=0, steps=1000, eta=2e-3, b=100):
    """Train what make() returns by Adam on batches of X, and return it."""
    torch.manual_seed(seed)
    model = make()
    optimiser = torch.optim.Adam(model.parameters(), lr=eta)
    for _ in range(steps):
        optimiser.zero_grad()
        loss(model, X[torch.randint(len(X), (b,))]).backward()
        optimiser.step()
    return model

def copying(model, X):
    return model.loss(X)

def squares(copies, X):
    """Return the squared error of each row."""
    return ((copies - X) ** 2).sum(dim=1)

# %% tags=["experiment"]
def gallery(rows, titles):
    """Return a figure with a square of pictures for each title."""
    fig, axes = panels(len(titles), width=9, height=0.4 + 8 / len(titles))
    for ax, title, pictures in zip(axes, titles, rows):
        n = int(len(pictures) ** 0.5)
        tiled = pictures[: n * n].reshape(n, n, 14, 14).swapaxes(1, 2).reshape(14 * n, 14 * n)
        ax.imshow(1 - tiled, cmap="gray", vmin=0, vmax=1)
        ax.set(title=title)
        ax.axis("off")
    return fig

# %%
ask("seven")

# %% tags=["experiment"]
with needs("autoencode"):
    work = Work("copiers", list, autoencode)
    for seed in work.over(range(3)):
        work.state.append([learn(Autoencoder, copying, X[y != 7], seed),
                           learn(Autoencoder, copying, X, seed)])
    blind = [pair[0] for pair in work.state]
    plain = [pair[1] for pair in work.state]
    for name, models in [("never saw a seven", blind), ("saw all digits", plain)]:
        errors = torch.stack([squares(model.copies(X_new), X_new) for model in models])
        means = [errors[:, y_new == k].mean().item() for k in range(10)]
        print(f"{name:17}:", "  ".join(f"{k}: {e:.2f}" for k, e in enumerate(means)))

# %% tags=["experiment"]
def auc(odd, others):
    """Return how often an odd row has the larger number, of all pairs."""
    return (odd[:, None] > others).double().mean().item()

with needs("autoencode"):
    errors = [squares(model.copies(X_new), X_new) for model in blind]
    print("a seven has the larger error than another digit in",
          ", ".join(f"{auc(e[y_new == 7], e[y_new != 7]):.0%}" for e in errors), "of all pairs")
    sevens = X_new[y_new == 7][:16]
    fig = gallery([sevens, blind[0].copies(sevens), plain[0].copies(sevens)],
                  ["sevens", "never saw a seven", "saw all digits"])
    show(fig, ask("seven").alt, caption="Sixteen sevens, and two copies of each.")

# %% [markdown]
# Most are sevens; a few unusual ones fall apart. The error is larger than that of a copier which saw sevens, 2.7 against 1.5, but not larger than this copier's own error on twos and eights; told by its error alone, a seven stands out in about two of three pairs, where a coin has one of two. The copier did not learn digits. It learned *strokes*, and sevens are made of strokes. **Copying well is not knowing**: whoever hopes to find what is strange by what is copied badly has to look at more than this.

# %% [markdown]
# ### Without bends it is PCA
#
# Leave out every ReLU and the sigmoid, and measure squared errors: then the copy is a linear function of the picture that passes through 16 numbers. The best one is known: it projects onto the first 16 **principal components**, the right singular vectors of the centred rows (Baldi and Hornik, 1989; lesson 11 has more on PCA). Does a trained one find them?

# %% tags=["experiment"]
with needs("autoencode"):
    mean = X.mean(dim=0)
    V = torch.linalg.svd(X - mean, full_matrices=False)[2][:16]
    line = learn(lambda: nn.Sequential(nn.Linear(196, 16), nn.Linear(16, 196)),
                 lambda model, X: squares(model(X), X).mean(), X, steps=5000, eta=1e-3)
    spanned = torch.linalg.qr(line[1].weight.detach())[0]  # the decoder's columns span its copies
    cosines = torch.linalg.svdvals(V @ spanned)
    with torch.no_grad():
        found = {"PCA, 16 axes": mean + (X_new - mean) @ V.T @ V,
                 "without bends": line(X_new), "with bends": plain[0].copies(X_new)}
    print("squared error:",
          ", ".join(f"{name} {squares(C, X_new).mean():.2f}" for name, C in found.items()))
    print(f"cosines of the two spaces: median {cosines.median():.3f}, least {cosines.min():.3f}")

# %% [markdown]
# The two spaces nearly agree; the trained one is still a little off in its last directions, where two axes matter almost equally and descent is slow. What a linear autoencoder does *not* find are the axes themselves: any turned or stretched code does as well, as the decoder can undo it. And the bends are worth having: with as many numbers, the error is smaller by a third and more.

# %% [markdown]
# ### Copying what is not there
#
# A copier that is shown a *damaged* picture and asked for the whole one can't get away with copying. It has to know what digits look like (**denoising autoencoder**; Vincent and others, 2008). Damage: each pixel is put out with a certain probability, by fresh draws each time. The target is the clean picture.

# %% answer="corrupt"
def corrupt(X: Float[ndarray, "n d"], share: float, rng: Generator) -> Float[ndarray, "n d"]:
    """Return X with each entry put out, set to 0, with the probability share."""
    ### BEGIN SOLUTION
    return X * (rng.random(X.shape) >= share)
    ### END SOLUTION

# %% check="corrupt"
check("corrupt")

# %% tags=["experiment"]
def mending(model, X):
    """Damage half of the pixels, ask for all of them."""
    broken = torch.tensor(corrupt(X.numpy(), 0.5, rng))
    logits = model.decode(model.encode(broken))
    return binary_cross_entropy_with_logits(logits, X, reduction="none").sum(dim=1).mean()

with needs("corrupt"):
    rng = np.random.default_rng(0)
    mender = learn(lambda: Autoencoder(64), mending, X, steps=2000)
    broken, training = (torch.tensor(corrupt(Z.numpy(), 0.5, rng)) for Z in (X_new, X))
    A = torch.column_stack([training, torch.ones(len(X))])
    W = torch.linalg.solve(A.T @ A + 30 * torch.eye(197), A.T @ X)  # ridge, as in lesson 4
    linear = torch.column_stack([broken, torch.ones(len(broken))]) @ W
    mended = {"left as it is": broken, "the copier": plain[0].copies(broken),
              "least squares": linear, "the mender": mender.copies(broken)}
    for name, pictures in mended.items():
        print(f"{name:13}: squared error {squares(pictures, X_new).mean():.2f}")

# %% tags=["experiment"]
with needs("corrupt"):
    fig = gallery([pictures[:9] for pictures in [X_new, *mended.values()]], ["clean", *mended])
    show(fig, "Nine digits five times: clean; with half of the pixels put out; copied, grey and "
              "hard to read; by least squares, readable but noisy; mended, nearly as clean as "
              "at first.",
         caption="Half of the pixels put out, and four ways to deal with it.")

# %% [markdown]
# The copier copies the damage. The fair rival is least squares from the 196 damaged pixels to the clean ones, the best that a *linear* mender can do: 4.4. The mender, which has to guess what was drawn, leaves 3.3.
#
# Remember this one. It knows how to take damage away, and part 5 needs nothing more.

# %% [markdown]
# ## 2 · Can it write?
#
# The decoder turns any 16 numbers into a picture. So draw 16 numbers and look. It is often said that a plain autoencoder *can't generate*. Measure it: a **reader**, a classifier that was trained on real digits, looks at a thousand drawings, and we count those of which it is 95 % sure. Of real digits that it never saw it is so sure in most cases.
#
# A forger who draws one beautiful 1 again and again would pass this test. So print a second number: how many different digits there are, as $e^{H}$ with the entropy $H$ of what the reader says (lesson 0): 10 if all are equally frequent.

# %% tags=["experiment"]
def reading(model, rows):
    return cross_entropy(model(X[rows]), y[rows])

reader = learn(lambda: mlp(196, 128, 10), reading, torch.arange(len(X)), steps=1500)

def judged(pictures):
    """Return the share of which the reader is 95 % sure, and how many kinds of digits there are."""
    with torch.no_grad():
        p = torch.softmax(reader(pictures), dim=1)
    says = torch.bincount(p.argmax(dim=1), minlength=10) / len(p)
    kinds = torch.exp(torch.special.entr(says).sum())
    return (p.amax(dim=1) > 0.95).double().mean().item(), kinds.item()

def told(name, drawings):
    """Print what the reader says, one number for each seed."""
    sure, kinds = zip(*map(judged, drawings))
    print(f"{name:28}: sure of {', '.join(f'{s:.2f}' for s in sure)}; "
          f"different digits {', '.join(f'{k:.1f}' for k in kinds)}")

# %% [markdown]
# First the sevens of part 1, copied by a network that never saw one. Will a reader notice?

# %% tags=["experiment"]
with needs("autoencode"):
    sevens = X_new[y_new == 7]
    with torch.no_grad():
        read = [(reader(P).argmax(dim=1) == 7).double().mean().item()
                for P in [sevens, *(model.copies(sevens) for model in blind)]]
    print(f"read as sevens: real ones {read[0]:.0%}, their copies",
          ", ".join(f"{r:.0%}" for r in read[1:]))

# %% [markdown]
# Hardly: nine of ten copies pass, where of the real ones it is 96 in a hundred.
#
# Now two ways to ask the *same* decoder. First with 16 independent standard normal numbers, as everybody does. Then look where the codes of real digits are, fit a Gaussian to them, mean and covariance, and draw from that.

# %%
ask("write")

# %% tags=["experiment"]
def decoded(model, codes):
    with torch.no_grad():
        return torch.sigmoid(model.decode(codes))

def fitted(codes, n):
    """Draw n rows from a Gaussian that has the codes' mean and covariance."""
    L = torch.linalg.cholesky(torch.cov(codes.T))
    return codes.mean(dim=0) + torch.randn(n, codes.shape[1]) @ L.T

with needs("autoencode"):
    torch.manual_seed(0)
    with torch.no_grad():
        codes = [model.encode(X) for model in plain]
    anywhere = [decoded(model, torch.randn(1000, 16)) for model in plain]
    there = [decoded(model, fitted(C, 1000)) for model, C in zip(plain, codes)]
    told("real digits", [X_new])
    told("copies of real digits", [model.copies(X_new) for model in plain])
    told("standard normal codes", anywhere)
    told("codes from a fitted Gaussian", there)

# %% tags=["experiment"]
with needs("autoencode"):
    spread = codes[0].std(dim=0)
    print(f"deviations of the codes: {spread.min():.1f} to {spread.max():.1f}")
    fig = gallery([X_new[:25], anywhere[0][:25], there[0][:25]], ["real", "standard normal", "fitted"])
    show(fig, ask("write").alt, caption="One decoder, asked in two places.")

# %% [markdown]
# Asked with standard normal codes, the decoder writes something readable in a quarter of the cases, and not even seven kinds of it. Asked where its own codes lie, in a third, and all kinds. *It can write*: it was asked in the wrong place. The codes of real digits have deviations of 1.4 to 2.3 and go together, and nothing in the loss said otherwise: multiply all codes by ten, divide the decoder's first weights by ten, and no copy changes. **Where the codes are is an accident.**
#
# But a third is not three quarters, as with copies. A Gaussian is a rough map of a place that has bends and holes. Two cures: train the codes to lie as a Gaussian (part 3), or draw a better map (part 5).

# %% [markdown]
# ## 3 · Codes that are clouds
#
# Nothing in the copier's loss says where codes should be, or what should be between them. The **variational autoencoder** (VAE; Kingma and Welling, 2014; Rezende and others, 2014) says both. The encoder answers with a *cloud*, a Gaussian with mean $\mu$ and a variance for each number of the code; the decoder gets a point drawn from it. So everything in the cloud has to be decoded well: no holes. And a second loss keeps all clouds near the same one, $\mathcal N(0, 1)$: there we ask.
#
# ### A draw that can be differentiated
#
# How does a gradient pass through a draw? Take the chance out of the network: draw $\epsilon \sim \mathcal N(0, 1)$ first, and *compute*
#
# $$z = \mu + \sigma\, \epsilon .$$
#
# Now $z$ is a function like any other: $\partial z / \partial \mu = 1$ and $\partial z / \partial \sigma = \epsilon$ (the **reparameterisation trick**). A network may say any number, a variance may not be negative: so it says `logvar`, $\log \sigma^2$.

# %% answer="reparameterise"
def reparameterise(
    mu: Float[Tensor, "n k"], logvar: Float[Tensor, "n k"], eps: Float[Tensor, "n k"]
) -> Float[Tensor, "n k"]:
    """Return codes drawn from N(mu, exp(logvar)), made of the standard noise eps."""
    ### BEGIN SOLUTION
    return mu + torch.exp(logvar / 2) * eps
    ### END SOLUTION

# %% check="reparameterise"
check("reparameterise")

# %% [markdown]
# ### Near the same cloud
#
# How far is $\mathcal N(\mu, \sigma^2)$ from $\mathcal N(0, 1)$? By the divergence of lesson 0, the extra surprise for one who expects the second and gets the first. For Gaussians the integral can be done:
#
# $$\text{KL} = \tfrac12 \sum_j \big(\mu_j^2 + \sigma_j^2 - 1 - \log \sigma_j^2\big).$$
#
# It is 0 for the standard cloud only. Moving away costs, growing costs, and so does shrinking to a point, which would be a plain code again.

# %% answer="kl"
def kl(mu: Float[Tensor, "n k"], logvar: Float[Tensor, "n k"]) -> Float[Tensor, "n"]:
    """Return each row's divergence of N(mu, exp(logvar)) from N(0, 1), summed over the code."""
    ### BEGIN SOLUTION
    return (mu**2 + torch.exp(logvar) - 1 - logvar).sum(dim=1) / 2
    ### END SOLUTION

# %% check="kl"
check("kl")

# %% [markdown]
# ### Both losses
#
# For each row: the pixels' cross-entropies, *summed* over the pixels, plus $\beta$ times the divergence; then the mean over rows. With $\beta = 1$ this is minus the **evidence lower bound** (ELBO): on average it is at least the surprise $-\log p(x)$ of the picture itself under the model, so pushing it down makes real pictures less surprising. If you *averaged* over the pixels, the divergence would count 196 times too much: the commonest slip.

# %% answer="vae_loss"
def vae_loss(
    logits: Float[Tensor, "n d"], X: Float[Tensor, "n d"],
    mu: Float[Tensor, "n k"], logvar: Float[Tensor, "n k"], beta: float,
) -> Float[Tensor, ""]:
    """Return the mean over rows of the pixels' cross-entropies, summed, plus beta times kl."""
    ### BEGIN SOLUTION
    copying = binary_cross_entropy_with_logits(logits, X, reduction="none").sum(dim=1)
    return (copying + beta * kl(mu, logvar)).mean()
    ### END SOLUTION

# %% check="vae_loss"
check("vae_loss")

# %% tags=["experiment"]
class VAE(nn.Module):
    def __init__(self, k=16):
        super().__init__()
        self.encode, self.decode = mlp(196, 128, 2 * k), mlp(k, 128, 196)

    def loss(self, X):
        mu, logvar = self.encode(X).chunk(2, dim=1)
        z = reparameterise(mu, logvar, torch.randn_like(mu))
        return vae_loss(self.decode(z), X, mu, logvar, 1.0)

    def copies(self, X):
        with torch.no_grad():
            return torch.sigmoid(self.decode(self.encode(X).chunk(2, dim=1)[0]))

# %% tags=["experiment"]
with needs("reparameterise", "kl", "vae_loss"):
    work = Work("clouds", list, reparameterise, kl, vae_loss)
    for seed in work.over(range(3)):
        work.state.append(learn(VAE, copying, X, seed))
    clouds = work.state
    torch.manual_seed(0)
    from_clouds = [decoded(model, torch.randn(1000, 16)) for model in clouds]
    told("plain, standard normal", anywhere)
    told("plain, fitted Gaussian", there)
    told("VAE, standard normal", from_clouds)
    for name, models in [("plain", plain), ("VAE", clouds)]:
        errors = [f"{squares(model.copies(X_new), X_new).mean():.2f}" for model in models]
        print(f"squared error of copies, {name}: {', '.join(errors)}")

# %% [markdown]
# Asked in the standard place, the VAE writes all kinds of digits, where the plain one wrote seven. But it is not ahead of the plain one that was asked in *its* place: 0.27 against 0.33. Trained four times as long it is, by a little (0.35 against 0.31, one seed). What it paid is the copies: their error is nearly twice as large. What it bought is order. The place is known beforehand, without a look at any code, there are fewer holes in it, and the loss bounds a probability. That, not better pictures, is why a VAE is built.

# %% tags=["experiment"]
from helpers.widgets.generative import plane

display(plane())

# %% [markdown]
# A VAE with a code of two numbers, drawn as a map. Each small digit stands at the mean of a real one's cloud.
#
# * Drag the point from the 0s to the 1s. Is there a place where nothing is written?
# * Find a place between three digits, and one far outside. What does the decoder do where no code ever was?
# * Which digits are neighbours, and why these?

# %% [markdown]
# ### Arithmetic
#
# If codes are about digits, directions in the space of codes may mean something. Take the tenth of all training digits that lean most to the right, and the tenth that lean most to the left. The difference of their mean codes is a direction; add it to the code of any other digit. Its rival does the same with pixels.

# %% tags=["experiment"]
def lean(pictures):
    """Return how far each digit leans: the horizontal shift for each pixel upwards."""
    M = pictures.reshape(-1, 14, 14) + 1e-6
    M = M / M.sum(dim=(1, 2), keepdim=True)
    up, right = -torch.arange(14.0)[:, None].expand(14, 14), torch.arange(14.0).expand(14, 14)
    du, dr = (A - (M * A).sum(dim=(1, 2), keepdim=True) for A in (up, right))
    return (M * du * dr).sum(dim=(1, 2)) / (M * du**2).sum(dim=(1, 2))

with needs("autoencode"):
    order = lean(X).argsort()
    left, right = order[:700], order[-700:]
    step = codes[0][right].mean(dim=0) - codes[0][left].mean(dim=0)
    pixels = X[right].mean(dim=0) - X[left].mean(dim=0)
    with torch.no_grad():
        new = plain[0].encode(X_new)
        says = reader(X_new).argmax(dim=1)

# %% tags=["experiment"]
with needs("autoencode"):
    for s in (-1.0, -0.5, 0.0, 0.5, 1.0):
        by_code, by_pixel = decoded(plain[0], new + s * step), (X_new + s * pixels).clamp(0, 1)
        with torch.no_grad():
            same = [(reader(P).argmax(dim=1) == says).double().mean() for P in (by_code, by_pixel)]
        print(f"{s:+.1f} times: code leans {lean(by_code).mean():+.2f}, still the same digit "
              f"{same[0]:.0%}; pixels lean {lean(by_pixel).mean():+.2f}, the same {same[1]:.0%}")
    fig = gallery([decoded(plain[0], new[:9] - step), decoded(plain[0], new[:9] + step), X_new[:9],
                   (X_new[:9] - pixels).clamp(0, 1), (X_new[:9] + pixels).clamp(0, 1)],
                  ["code, -1", "code, +1", "real", "pixels, -1", "pixels, +1"])
    show(fig, "The same nine digits five times: leaning to the left and to the right by their "
              "codes, as they are, and with a blurred shadow on the left or right by their pixels.",
         caption="Codes bend the strokes; pixels lay a shadow over them.")

# %% [markdown]
# For the same lean about as many stay the same digit: by *this* measure the pixels do as well as the codes, and the copies have lost some digits before anything is added. The difference is seen, not counted: a code bends a stroke, pixels add a shadow of the mean digit. A rival that is never measured is easily beaten.
#
# ---
# **Time for a pause.** Parts 4 to 7 are the second sitting.

# %% [markdown]
# ## 4 · Two players
#
# A pixelwise loss asks for the *mean* of what could be, and a mean of sharp pictures is a blurred one. What would a loss look like that asks only "could this be real?" Learn it: a **generative adversarial network** (GAN; Goodfellow and others, 2014). Two networks play: the **forger** (generator) makes rows out of noise, the **judge** (discriminator) says how likely a row is to be real, $D = \sigma(\text{score})$. The judge pays $-\log D$ for real rows and $-\log(1 - D)$ for forged ones; the forger wants its rows to be taken for real, and pays $-\log D$ for them.
#
# (In the minimax form, the forger *maximises* the judge's loss, that is it minimises $\log (1 - D)$. At the start the judge is sure, $D \approx 0$, and that loss is flat there. $-\log D$ is steep, so everybody uses it.)
#
# Write both on scores: $-\log \sigma(s) = \log(1 + e^{-s})$, which PyTorch has as `softplus(-s)`.

# %% answer="gan_losses"
def gan_losses(
    real: Float[Tensor, "n"], fake: Float[Tensor, "m"]
) -> tuple[Float[Tensor, ""], Float[Tensor, ""]]:
    """Return (loss of the judge, loss of the forger) from the judge's scores; each is of means."""
    ### BEGIN SOLUTION
    return softplus(-real).mean() + softplus(fake).mean(), softplus(-fake).mean()
    ### END SOLUTION

# %% check="gan_losses"
check("gan_losses")

# %% [markdown]
# ### The best judge
#
# Let real rows have the density $p$, forged ones $q$, as many of each. Among the rows that come to a certain place, which share is real? That is all that a judge can know, so it is what the best one says. Where neither ever comes, nobody can tell: ½.

# %% answer="best_judge"
def best_judge(
    p: Float[ndarray, "*shape"], q: Float[ndarray, "*shape"]
) -> Float[ndarray, "*shape"]:
    """Return the best judge's probability of "real" at each place."""
    ### BEGIN SOLUTION
    total = p + q
    return np.where(total > 0, p / np.where(total > 0, total, 1), 0.5)
    ### END SOLUTION

# %% check="best_judge"
check("best_judge")

# %% tags=["experiment"]
with needs("gan_losses", "best_judge"):
    def playing(judge, rows):  # real: N(1, 1); forged: N(-1, 0.5)
        real, forged = 1 + torch.randn(100, 1), -1 + 0.5 * torch.randn(100, 1)
        return gan_losses(judge(real)[:, 0], judge(forged)[:, 0])[0]

    judge = learn(lambda: mlp(1, 64, 64, 1), playing, torch.zeros(1, 1), steps=3000, b=1)
    at = torch.linspace(-4, 4, 161)
    p, q = (torch.distributions.Normal(mean, sd).log_prob(at).exp().numpy()
            for mean, sd in [(1, 1), (-1, 0.5)])
    best, said = best_judge(p, q), torch.sigmoid(judge(at[:, None])[:, 0]).detach().numpy()
    off = np.average(np.abs(best - said), weights=p + q)
    print(f"the trained judge is off by {off:.3f} on average, where rows come")

# %% tags=["experiment"]
with needs("gan_losses", "best_judge"):
    fig, axes = panels(2, height=2.6)
    axes[0].plot(at, p, color=BLUE, label="real, p")
    axes[0].plot(at, q, color=ORANGE, linestyle="--", label="forged, q")
    axes[1].plot(at, best, color=BLACK, label="p / (p + q)")
    axes[1].plot(at, said, color=BLUE, linestyle=":", label="the judge that learned")
    axes[1].set(ylim=(-0.05, 1.05), xlabel="place")
    show(fig, "Left, two bell curves: real rows around 1, forged ones around -1 and narrower. "
              "Right, the share p/(p+q), which falls to 0 between and rises to 1 on both sides, "
              "and the trained judge, which lies on it where rows come.",
         caption="p / (p + q) rises again at the far left, where real rows, being wider, are "
                 "likelier. The judge that learned has met no row there, and does not know.")

# %% [markdown]
# So when forger and data agree, $p = q$, the best judge says ½ everywhere and pays $2 \log 2 = 1.39$. Against the best judge, the forger's game is to make $p$ and $q$ equal. Against a real judge, one step at a time, it may find another way out. Here are eight spots on a circle; nothing could be simpler.

# %% tags=["experiment"]
def ring(n):
    """Return n points of eight round spots on a circle."""
    angle = torch.randint(8, (n,)) * torch.pi / 4
    return 1.4 * torch.stack([angle.cos(), angle.sin()], dim=1) + 0.07 * torch.randn(n, 2)

def spots(points):
    """Return how many spots get 2 % of the points or more, and the share of points in a spot."""
    angle = torch.arange(8) * torch.pi / 4
    middle = 1.4 * torch.stack([angle.cos(), angle.sin()], dim=1)
    distance, nearest = torch.cdist(points, middle).min(dim=1)
    counts = torch.bincount(nearest[distance < 0.21], minlength=8) / len(points)
    return int((counts >= 0.02).sum()), counts.sum().item()

# %% tags=["experiment"]
ROUNDS = (375, 750, 1500)

def play(seed, slower, b=128, eta=1e-3):
    """Let both step in turn, the judge at eta / slower; return the forger's points in time."""
    torch.manual_seed(seed)
    forger, judge, seen = mlp(2, 64, 64, 2), mlp(2, 64, 64, 1), []
    steppers = [torch.optim.Adam(player.parameters(), lr=rate, betas=(0.5, 0.999))
                for player, rate in [(judge, eta / slower), (forger, eta)]]
    for step in range(1, ROUNDS[-1] + 1):
        for turn, stepper in enumerate(steppers):
            forged = forger(torch.randn(b, 2))
            if turn == 0:
                forged = forged.detach()  # the judge's step is not the forger's
            loss = gan_losses(judge(ring(b))[:, 0], judge(forged)[:, 0])[turn]
            stepper.zero_grad()
            loss.backward()
            stepper.step()
        if step in ROUNDS:
            seen.append(forger(torch.randn(1000, 2)).detach())
    return seen

# %%
ask("collapse")

# %% [markdown]
# Six games of 1,500 rounds: three with a judge that learns as quickly as the forger, and three with one that learns ten times more slowly. They take about 25 seconds. (Game 1 is left out: move one of its weights by a ten-millionth, and it ends with three spots, with five or with eight.)

# %% tags=["experiment"]
with needs("gan_losses"):
    work = Work("two players", dict, gan_losses)
    for slower, seed in work.over([(slower, seed) for slower in (1, 10) for seed in (0, 2, 3)]):
        work.state[slower, seed] = play(seed, slower)
    games = work.state
    for (slower, seed), seen in games.items():
        served = [spots(points)[0] for points in seen]
        print(f"judge {'quick' if slower == 1 else 'slow'}, game {seed}: spots served at "
              f"rounds 375, 750, 1500: {served}; in a spot at the end: {spots(seen[-1])[1]:.0%}")

# %% tags=["experiment"]
with needs("gan_losses"):
    fig, axes = panels(4, height=2.4)
    torch.manual_seed(0)
    pictures = [(f"round {n}", points) for n, points in zip(ROUNDS, games[1, 3])]
    for ax, (title, points) in zip(axes, [*pictures, ("slow judge, 750", games[10, 2][1])]):
        ax.scatter(*ring(400).T, s=4, color=GREY, marker="o")
        ax.scatter(*points[:400].T, s=4, color=ORANGE, marker="^")
        ax.set(title=title, xlim=(-2.2, 2.2), ylim=(-2.2, 2.2), aspect="equal",
               xticks=[], yticks=[])
    show(fig, ask("collapse").alt,
         caption="Game 3. Grey: real points. Orange: what the forger makes of 400 draws of noise.")

# %% [markdown]
# In two of three quick games there is a time when the forger serves one spot or two, whatever the noise: **mode collapse**. Its loss asks to be taken for real, never to be varied, and the judge looks at one row at a time. When the judge has seen through that spot, the forger leaves it for others. By round 1,500 it serves seven or eight.
#
# Make the judge slow, and nothing else, and the forger never serves more than one spot: it runs from one to the next, always faster than the judge. So collapse is no property of the data. It is a race, and nothing in the losses says who is ahead. (The forger's loss does not fall while things get better, either: it depends on the judge of the day. Arjovsky and others, 2017, changed the game for that reason.)

# %% [markdown]
# ## 5 · A little less noise
#
# To make a digit out of noise in one go is hard. To take a *little* noise away is easy: part 1's mender did. So go in small steps (Sohl-Dickstein and others, 2015; Ho, Jain and Abbeel, 2020: **diffusion models**).
#
# ### The way in
#
# At each of $T$ times shrink the row a little and add a little noise, so that the variance stays 1. Two such steps are one larger step, since sums of Gaussians are Gaussian; so the row at *any* time can be had in one go:
#
# $$x_t = \sqrt{a_t}\; x + \sqrt{1 - a_t}\; \epsilon, \qquad \epsilon \sim \mathcal N(0, 1),$$
#
# where $a_t$ is the share of the variance that is left: $a_0 = 1$, and $a_T$ is almost 0. (The papers write $\bar\alpha_t$.) Each row has a time of its own.

# %% answer="noised"
def noised(
    X: Float[Tensor, "n d"], t: Int[Tensor, "n"], eps: Float[Tensor, "n d"], a: Float[Tensor, "T1"]
) -> Float[Tensor, "n d"]:
    """Return each row at its own time; a holds the shares at the times 0 to T."""
    ### BEGIN SOLUTION
    left = a[t][:, None]
    return left.sqrt() * X + (1 - left).sqrt() * eps
    ### END SOLUTION

# %% check="noised"
check("noised")

# %% [markdown]
# ### What is learned
#
# A network is shown a noisy row and its time, and asked: *which noise is in it?* The loss is the mean squared error of the answer, and nothing else: no judge, no bound, no clouds. `model(rows, t)` predicts the noise.

# %% answer="noise_loss"
def noise_loss(
    model: Callable[[Tensor, Tensor], Tensor], X: Float[Tensor, "n d"], t: Int[Tensor, "n"],
    eps: Float[Tensor, "n d"], a: Float[Tensor, "T1"],
) -> Float[Tensor, ""]:
    """Return the mean squared error of the noise that the model predicts in noised rows."""
    ### BEGIN SOLUTION
    return ((model(noised(X, t, eps, a), t) - eps) ** 2).mean()
    ### END SOLUTION

# %% check="noise_loss"
check("noise_loss")

# %% [markdown]
# ### The way out
#
# Begin with noise alone, at time $T$. If $\hat\epsilon$ is the noise predicted in $x_t$, then $x_{t-1}$ given $x_t$ is again a Gaussian (Bayes' rule for two Gaussians). With one step's own share $\alpha = a_t / a_{t-1}$,
#
# $$x_{t-1} = \frac{1}{\sqrt{\alpha}} \Big( x_t - \frac{1 - \alpha}{\sqrt{1 - a_t}}\; \hat\epsilon \Big) + \sqrt{(1 - \alpha)\, \frac{1 - a_{t-1}}{1 - a_t}}\; z, \qquad z \sim \mathcal N(0, 1).$$
#
# Take away a little of the predicted noise, grow back, and add a little fresh noise, less than was taken away. The fresh noise keeps the ways of many rows apart. At the last step its deviation is 0, as $a_0 = 1$.

# %% answer="denoise_step"
def denoise_step(
    X: Float[Tensor, "n d"], eps_hat: Float[Tensor, "n d"], t: int,
    a: Float[Tensor, "T1"], z: Float[Tensor, "n d"],
) -> Float[Tensor, "n d"]:
    """Return the rows at time t - 1, given those at time t, the noise predicted in them, and z."""
    ### BEGIN SOLUTION
    keep = a[t] / a[t - 1]
    mean = (X - (1 - keep) / (1 - a[t]).sqrt() * eps_hat) / keep.sqrt()
    variance = (1 - keep) * (1 - a[t - 1]) / (1 - a[t])
    return mean + variance.sqrt() * z
    ### END SOLUTION

# %% check="denoise_step"
check("denoise_step")

# %% [markdown]
# All that is missing is a network that hears the time: as a few waves of it, lesson 8's positions. And the shares: a quarter of a cosine (Nichol and Dhariwal, 2021).

# %% tags=["experiment"]
T = 50
a = torch.cos(torch.linspace(0, 1, T + 1) * 0.99 * torch.pi / 2) ** 2

class Denoiser(nn.Module):
    def __init__(self, d, width=128):
        super().__init__()
        self.body = mlp(d + 8, width, width, d)

    def forward(self, X, t):
        angle = t[:, None] / T * torch.pi * torch.tensor([0.5, 1.0, 2.0, 4.0])
        return self.body(torch.cat([X, angle.sin(), angle.cos()], dim=1))

def noising(model, X):
    return noise_loss(model, X, torch.randint(1, T + 1, (len(X),)), torch.randn_like(X), a)

def drawn(model, n, d):
    """Return the rows at the times T, ..., 1, 0."""
    path = [torch.randn(n, d)]
    with torch.no_grad():
        for t in range(T, 0, -1):
            eps_hat = model(path[-1], torch.full((n,), t))
            path.append(denoise_step(path[-1], eps_hat, t, a, torch.randn(n, d)))
    return path

# %% [markdown]
# The same eight spots, and three seeds again; about ten seconds.

# %% tags=["experiment"]
with needs("noised", "noise_loss", "denoise_step"):
    work = Work("noise on a ring", list, noised, noise_loss, denoise_step)
    for seed in work.over(range(3)):
        torch.manual_seed(seed)
        model = learn(lambda: Denoiser(2), noising, ring(20_000), seed, steps=3000, b=256)
        work.state.append(drawn(model, 1000, 2))
    for seed, path in enumerate(work.state):
        many, share = spots(path[-1])
        print(f"seed {seed}: {many} of 8 spots; in a spot: {share:.0%}")

# %% [markdown]
# All eight each time, and more of the points in a spot than in any game of the two players. Nobody has to be fooled, so nobody can be ahead: the loss is an ordinary one, and falls.

# %% tags=["experiment"]
from helpers.widgets.generative import scrub

display(scrub())

# %% [markdown]
# On the left your eight spots, on the right digits, by a model of pixels that comes with the course (`helpers/data/make_drawing.py` trained it, with your three functions).
#
# * Scrub slowly. At which time can *you* tell which digit it will be? And at which time do most points know their spot?
# * Most digits can be guessed halfway. Of the 240 points 109 are then nearest to their spot, and at time 15 no more than 169. Why so late? (How many pixels tell a 0 from a 1, how many numbers one spot from its neighbour?)

# %% [markdown]
# ### Digits, where codes are
#
# In 196 dimensions the noise takes a larger network and more steps. But you have a copier that says a digit in 16 numbers, and part 2 says: ask where the codes are. A Gaussian was a rough map of that place. Diffusion draws a better one: let it learn the *codes*, and decode what it draws. That is **latent diffusion** (Rombach and others, 2022), the plan of Stable Diffusion. About 15 seconds.

# %% tags=["experiment"]
def standard(codes):
    """Return the codes with mean 0 and deviation 1, and what undoes it."""
    m, s = codes.mean(dim=0), codes.std(dim=0)
    return (codes - m) / s, lambda Z: Z * s + m

with needs("noised", "noise_loss", "denoise_step"):
    work = Work("noise on codes", list, noised, noise_loss, denoise_step)
    for seed in work.over(range(3)):
        C, back = standard(codes[seed])
        model = learn(lambda: Denoiser(16, 256), noising, C, seed, steps=2000, b=128)
        work.state.append((model, decoded(plain[seed], back(drawn(model, 1000, 16)[-1]))))
    denoisers, diffused = zip(*work.state)
    told("plain, standard normal", anywhere)
    told("plain, fitted Gaussian", there)
    told("VAE, standard normal", from_clouds)
    told("plain, diffusion of codes", diffused)
    told("copies of real digits", [model.copies(X_new) for model in plain])

# %% tags=["experiment"]
with needs("noised", "noise_loss", "denoise_step"):
    fig = gallery([there[0][:36], from_clouds[0][:36], diffused[0][:36], X_new[:36]],
                  ["fitted Gaussian", "VAE", "diffusion", "real"])
    show(fig, "Four squares of 36 digits: from a fitted Gaussian, many broken or blurred; from the "
              "VAE, likewise; from diffusion, mostly well formed; and real ones.",
         caption="The first 36 of each, none chosen.")

# %% [markdown]
# From a quarter to a third to a half, with one and the same decoder: only *where* it is asked has changed. The ceiling is set by its copies, three quarters. What is missing above that is the copier's fault; what is missing below it, the map's.

# %% [markdown]
# ## 6 · Learned, or remembered?
#
# A network that hands out its training pictures would pass every test so far. Lay beside each drawing the most similar of the 7,000 digits that the model learned from. How similar is too similar? Real digits that it never saw are the measure: they, too, have a nearest neighbour among the 7,000.

# %%
ask("memory")

# %% tags=["experiment"]
def nearest(pictures, known):
    """Return for each picture its distance to the nearest known one, and which that is."""
    return torch.cdist(pictures, known).min(dim=1)

with needs("noised", "noise_loss", "denoise_step"):
    few = torch.randperm(7000, generator=torch.Generator().manual_seed(0))[:30]
    C, back = standard(codes[0])
    small = learn(lambda: Denoiser(16, 256), noising, C[few], steps=2000, b=128)
    from_few = decoded(plain[0], back(drawn(small, 1000, 16)[-1]))
    copies, fresh = plain[0].copies(X), plain[0].copies(X_new)
    for name, pictures, known in [("drawn, from 7,000", diffused[0], copies),
                                  ("fresh digits", fresh, copies),
                                  ("drawn, from 30", from_few, copies[few]),
                                  ("fresh digits", fresh, copies[few])]:
        away = nearest(pictures, known)[0]
        print(f"{name:17}: to the nearest of {len(known):4} the median is {away.median():.2f}; "
              f"nearer than 0.5 are {(away < 0.5).double().mean():.1%}")

# %% tags=["experiment"]
with needs("noised", "noise_loss", "denoise_step"):
    held = (new - codes[0].mean(dim=0)) / codes[0].std(dim=0)  # fresh digits' codes
    with torch.no_grad():
        for name, model, own in [("7,000", denoisers[0], C), ("30", small, C[few].repeat(60, 1))]:
            print(f"learned from {name:5}: loss on its own codes {noising(model, own).item():.2f}, "
                  f"on fresh ones {noising(model, held).item():.2f}")
    rows, titles = [], []
    for name, pictures, known in [("7,000", diffused[0], copies), ("30", from_few, copies[few])]:
        rows += [pictures[:9], known[nearest(pictures[:9], known)[1]]]
        titles += [f"drawn, from {name}", "the nearest"]
    show(gallery(rows, titles), ask("memory").alt,
         caption="Beside each square, tile by tile, the digits that are most similar among those "
                 "that the model learned from.")

# %% [markdown]
# The drawings of the first model are *farther* from the digits that it learned from than fresh digits are: whatever it does, it does not hand out its examples. Of the second's, two in five are one of the thirty, almost to the pixel. Same network, same loss, same steps: **how many examples there are decides whether it learns or remembers**, as in lesson 4. Its training loss did not say so, by that number the second model is the better one; only the loss on *fresh* codes does.
#
# Large models are no exception. From a public one some photographs of its training set were drawn again, nearly to the pixel, mostly those that occurred there many times (Carlini and others, 2023).

# %% [markdown]
# ## 7 · Your turn
#
# ### Written question

# %% [markdown]
# A hospital may not share its 3,000 X-ray pictures. A firm offers to train a diffusion model on them and to share *drawn* pictures instead: "they show nobody". In 120 to 200 words: which measurement of this lesson would you ask for before anything is shared, with which comparison, and what result would make you say no? Which pictures would you worry about most? And why are drawings that a reader finds convincing, and a low loss, no answer to this question?

# %% [markdown] essay="hospital" points="2"
# *Model answer.* For each drawn picture, the distance to its nearest training picture (in pixels, or in the features of a network that knows X-rays), and beside it the same for real pictures of *other* patients that the model never saw: those, too, have a nearest neighbour. If drawn pictures are nearer to the training set than fresh real ones are, in the median, or if even a few stand out at almost no distance, the answer is no: one recognised patient is enough, so the smallest distances count, not the mean. Most at risk are pictures that occur several times and rare ones, an implant or a malformation: the model has few neighbours to blend them with; and everybody, if 3,000 pictures are few for so large a model and training is long. A convincing drawing is what a copied picture would be, too; the loss is low when the training pictures are known by heart (lesson 4), so only its value on held-out pictures says something, and even that does not find a single copied one. Better: train with guarantees (differential privacy), remove duplicates, test whether membership can be told.
#
# *Rubric.* ½ nearest training pictures of drawn ones; ½ with held-out real pictures as the measure, and the smallest distances looked at; ½ which pictures are at risk, and why; ½ why neither realism nor loss can answer it.

# %%
progress()

# %% [markdown]
# Would you have noticed the seven? Nine of ten copies pass for one. A copier knows strokes; what it could be, it does not know. (A density does: see *Draw by name*.) To draw, one has to know where the drawings are: the VAE puts them in a known place, the forger learns it from a judge, and diffusion walks there step by step. Each is asked *what could it be?*, and each time the honest checks were the same: compare with real ones, count the kinds, look for the nearest thing that it was shown.

# %% [markdown]
# # Deeper
#
# ## What one Gaussian can do
#
# A generative model is a *probability for pictures*, and such a thing can be asked for four services: a density (how usual is this one?), drawing, filling in, and arithmetic (part 3). The simplest of all, one Gaussian, does the first three by formula. Drawing: in one dimension it is mean plus deviation times noise; in many, the deviation is a matrix $L$ with $L L^\top$ = covariance, the lower triangular one of Cholesky.

# %% answer="draw"
def draw(
    mean: Float[ndarray, "d"], cov: Float[ndarray, "d d"], eps: Float[ndarray, "n d"]
) -> Float[ndarray, "n d"]:
    """Return n rows drawn from a Gaussian, made of the standard noise eps."""
    ### BEGIN SOLUTION
    return mean + eps @ np.linalg.cholesky(cov).T
    ### END SOLUTION

# %% check="draw"
check("draw")

# %% [markdown]
# Filling in (**imputation**): if some entries $k$ of a row are known and others $u$ are not, the unknown ones have the mean
#
# $$\mu_u + \Sigma_{uk}\, \Sigma_{kk}^{-1}\, (x_k - \mu_k),$$
#
# which is linear regression of the unknown on the known, for any pattern of gaps, by one fitted Gaussian.

# %% answer="impute"
def impute(
    x: Float[ndarray, "d"], known: ndarray, mean: Float[ndarray, "d"], cov: Float[ndarray, "d d"]
) -> Float[ndarray, "d"]:
    """Return x with the entries that are not known replaced by their mean given those that are."""
    ### BEGIN SOLUTION
    filled = x.copy()
    between = cov[np.ix_(~known, known)]
    pull = np.linalg.solve(cov[np.ix_(known, known)], x[known] - mean[known])
    filled[~known] = mean[~known] + between @ pull
    return filled
    ### END SOLUTION

# %% check="impute"
check("impute")

# %% tags=["experiment"]
with needs("impute"):
    P, P_new = X.numpy().astype(float), X_new[:300].numpy().astype(float)
    centre, cov = P.mean(axis=0), np.cov(P.T) + 0.01 * np.eye(196)
    known = np.arange(196) < 98  # the upper half
    filled = np.array([impute(x, known, centre, cov).clip(0, 1) for x in P_new])
    twin = P[((P_new[:, None, known] - P[:, known]) ** 2).sum(axis=2).argmin(axis=1)]
    for name, guess in [("the mean", centre + 0 * P_new), ("nearest digit's lower half", twin),
                        ("one Gaussian", filled)]:
        wrong = ((guess - P_new)[:, ~known] ** 2).sum(axis=1).mean()
        print(f"{name:26}: squared error of the lower half {wrong:.2f}")

# %% tags=["experiment"]
with needs("impute"):
    torn = np.where(known, P_new, 0.5)
    joined = twin * ~known + P_new * known
    fig = gallery([torch.tensor(Z[:9]) for Z in (P_new, torn, joined, filled)],
                  ["whole", "torn", "nearest", "Gaussian"])
    show(fig, "Nine digits four times: whole; with the lower half grey; the lower half of the most "
              "similar digit; and filled in by the Gaussian, blurred but joined to the upper half.",
         caption="Regression by a covariance is ahead of the best of 7,000 neighbours, and "
                 "blurred: it gives the mean of what could be.")

# %% [markdown]
# ## Draw by name, read by Bayes
#
# A Gaussian for each digit, $p(x \mid c)$, on the copier's codes: ten maps in place of one. It can draw by name; and with Bayes' rule and the priors $p(c)$ the same ten numbers *read*: $p(c \mid x) \propto p(x \mid c)\, p(c)$. A **predictive** (discriminative) model learns $p(c \mid x)$ alone and can't draw. Which reads better?

# %% tags=["experiment"]
def gaussian(C):
    return torch.distributions.MultivariateNormal(C.mean(dim=0), torch.cov(C.T))

with needs("autoencode"):
    torch.manual_seed(0)
    groups = [codes[0][y == k] for k in range(10)]
    maps = [gaussian(G) for G in groups]
    prior = torch.tensor([len(G) / len(X) for G in groups]).log()
    bayes = (torch.stack([m.log_prob(new) for m in maps], dim=1) + prior).argmax(dim=1)
    straight = learn(lambda: nn.Linear(16, 10), lambda f, i: cross_entropy(f(codes[0][i]), y[i]),
                     torch.arange(len(X)), steps=3000, eta=1e-2)
    named = [decoded(plain[0], m.sample((100,))) for m in maps]
    with torch.no_grad():
        read = [(reader(P).argmax(dim=1) == k).double().mean().item() for k, P in enumerate(named)]
        linear_right = (straight(new).argmax(dim=1) == y_new).double().mean().item()
    print(f"ten Gaussians read {(bayes == y_new).double().mean():.1%} right, a softmax on the same "
          f"codes {linear_right:.1%}")
    print(f"drawn by name, read as asked for: {np.mean(read):.0%}")
    told("one Gaussian", [there[0]])
    told("ten Gaussians", [torch.cat(named)])

# %% [markdown]
# Here the generative model reads better: a Gaussian of its own for each digit makes bent borders, the softmax straight ones. And told the digit, the drawings are convincing in seven of ten cases, ahead of the diffusion of part 5, which was told nothing. A label is worth more than a clever map.
#
# And the seven of the first screen? A density says how usual a code is. Take the copier that never saw a seven, and one Gaussian for all its codes, or nine, one for each digit that it did see, and compare with the error of the copy:

# %% tags=["experiment"]
with needs("autoencode"):
    seven = y_new == 7
    for seed, model in enumerate(blind):
        with torch.no_grad():
            C, held, known_as = model.encode(X[y != 7]), model.encode(X_new), y[y != 7]
        nine = [gaussian(C[known_as == k]).log_prob(held) for k in range(10) if k != 7]
        odd = {"error": squares(model.copies(X_new), X_new), "one": -gaussian(C).log_prob(held),
               "nine": -torch.logsumexp(torch.stack(nine), dim=0)}
        print(f"copier {seed}: a seven stands out in",
              ", ".join(f"{auc(v[seven], v[~seven]):.0%} by {name}" for name, v in odd.items()))

# %% [markdown]
# By a good map of the codes a seven is noticed in five pairs of six, where its copy gave it away in two of three. That is what a probability for pictures is for.
#
# ## A wish, listened to more closely
#
# A diffusion model is given a wish, "a 7", as one more input. Often it half ignores it. **Guidance** (Ho and Salimans, 2021): teach one network both, with the class and, in a tenth of the cases, without; then predict twice and go further in the direction that the class makes:
#
# $$\hat\epsilon = \hat\epsilon_{\text{without}} + w\, (\hat\epsilon_{\text{with}} - \hat\epsilon_{\text{without}}).$$

# %% answer="guided"
def guided(
    with_class: Float[Tensor, "n d"], without: Float[Tensor, "n d"], w: float
) -> Float[Tensor, "n d"]:
    """Return the noise predicted with a class, w times as far from the one without."""
    ### BEGIN SOLUTION
    return without + w * (with_class - without)
    ### END SOLUTION

# %% check="guided"
check("guided")

# %% tags=["experiment"]
class Wishing(Denoiser):
    """A denoiser that hears a class, or 10 for none."""

    def __init__(self):
        super().__init__(16 + 11, 256)
        self.body[-1] = nn.Linear(256, 16)

    def forward(self, X, t, c):
        return super().forward(torch.cat([X, nn.functional.one_hot(c, 11)], dim=1), t)

def wishing(model, rows):
    c = torch.where(torch.rand(len(rows)) < 0.1, 10, y[rows])
    t, eps = torch.randint(1, T + 1, (len(rows),)), torch.randn(len(rows), 16)
    return noise_loss(lambda Z, t: model(Z, t, c), standard(codes[0])[0][rows], t, eps, a)

# %% tags=["experiment"]
with needs("noise_loss", "denoise_step", "guided"):
    model = learn(Wishing, wishing, torch.arange(len(X)), steps=2000, b=128)
    c, back = torch.arange(10).repeat(100), standard(codes[0])[1]
    for w in (0.0, 1.0, 3.0, 6.0):
        torch.manual_seed(0)
        Z = torch.randn(1000, 16)
        with torch.no_grad():
            for t in range(T, 0, -1):
                s = torch.full((1000,), t)
                eps_hat = guided(model(Z, s, c), model(Z, s, torch.full((1000,), 10)), w)
                Z = denoise_step(Z, eps_hat, t, a, torch.randn(1000, 16))
            pictures = decoded(plain[0], back(Z))
            right = (reader(pictures).argmax(dim=1) == c).double().mean()
        away = nearest(pictures, copies)[0].median()
        print(f"w = {w:.0f}: read as wished {right:.0%}, sure of {judged(pictures)[0]:.2f}, "
              f"distance to the nearest real digit {away:.2f}")

# %% [markdown]
# With $w = 1$ nine of ten wishes are heard, and the drawings are about as convincing as those of ten Gaussians. With $w = 3$ all are heard, and the reader is sure of all of them, of more than of *real* digits (0.81). That should make you suspicious. With $w = 6$ it is as sure, and the drawings are farther from every real digit than those that nobody wished for: caricatures. Whoever turns a knob until the judge is content has fooled the judge, not drawn a digit; part 4's lesson once more.
#
# ## Go further
#
# * Vincent and others, *Extracting and composing robust features with denoising autoencoders* (2008): damage as a teacher.
# * Kingma and Welling, *Auto-encoding variational Bayes* (2014): the bound, and the draw that can be differentiated.
# * Goodfellow and others, *Generative adversarial nets* (2014): two pages of theory that part 4 follows.
# * Ho, Jain and Abbeel, *Denoising diffusion probabilistic models* (2020): the closed form, the loss and the step of part 5.
# * Song and others, *Score-based generative modeling through stochastic differential equations* (2021): the same seen as one flow; the predicted noise points to where data are denser.
# * Rombach and others, *High-resolution image synthesis with latent diffusion models* (2022): part 5's digits, with photographs.
# * Carlini and others, *Extracting training data from diffusion models* (2023): part 6, on models that the whole world uses.
