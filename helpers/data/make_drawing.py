"""Make `drawing.npz`: a plane of digits, and noise that becomes points and digits.

    python -m helpers.data.make_drawing FILE      # a minute on one thread

A variational autoencoder with a code of two numbers gives the plane, a diffusion model of eight spots the
points, and one of digits of 14 x 14 pixels the digits.
"""

import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from helpers.data import mnist
from helpers.reference.generative import denoise_step, noise_loss, reparameterise, vae_loss

T, POINTS, DIGITS, PLACES = 50, 240, 12, 700
AXES, SCALE = 60, 3.0  # principal axes of the digits, and what their deviations are multiplied by
SHARES = torch.cos(torch.linspace(0, 1, T + 1) * 0.99 * torch.pi / 2) ** 2


def mlp(*sizes: int) -> nn.Sequential:
    """Return layers with ReLU between them."""
    layers = [part for a, b in pairwise(sizes) for part in (nn.Linear(a, b), nn.ReLU())]
    return nn.Sequential(*layers[:-1])


class Plane(nn.Module):
    """A variational autoencoder whose code is a place in the plane."""

    def __init__(self) -> None:
        super().__init__()
        self.encode, self.decode = mlp(196, 128, 4), mlp(2, 64, 64, 196)

    def loss(self, X: Tensor) -> Tensor:
        """Return both losses, added."""
        mu, logvar = self.encode(X).chunk(2, dim=1)
        return vae_loss(self.decode(reparameterise(mu, logvar, torch.randn_like(mu))), X, mu, logvar, 1.0)


class Denoiser(nn.Module):
    """Predicts noise from noisy rows and their time; each layer adds to the one before."""

    def __init__(self, d: int, width: int):
        super().__init__()
        self.into, self.out, self.time = nn.Linear(d, width), nn.Linear(width, d), nn.Linear(12, width)
        self.layers = nn.ModuleList([mlp(width, width, width) for _ in range(2)])

    def forward(self, X: Tensor, t: Tensor) -> Tensor:
        """Return the noise."""
        angle = t[:, None] / T * torch.pi * 2.0 ** torch.arange(-1, 5)
        H = self.into(X) + self.time(torch.cat([angle.sin(), angle.cos()], dim=1))
        for layer in self.layers:
            H = H + layer(torch.relu(H))
        return self.out(H)

    def loss(self, X: Tensor) -> Tensor:
        """Return the loss at times by chance."""
        return noise_loss(self, X, torch.randint(1, T + 1, (len(X),)), torch.randn_like(X), SHARES)


class Digits(nn.Module):
    """Predicts the noise in digits: along their first principal axes by a network, else all that there is."""

    def __init__(self, inside: Denoiser, axes: Tensor):
        super().__init__()
        self.inside, self.axes = inside, axes

    def forward(self, X: Tensor, t: Tensor) -> Tensor:
        """Return the noise; no digit has a part off the axes, so what is there is noise."""
        Z = X @ self.axes.T
        off = (X - Z @ self.axes) / (1 - SHARES[t][:, None]).sqrt()
        return self.inside(Z, t) @ self.axes + off


Model = TypeVar("Model", Plane, Denoiser)


def train(make: Callable[[], Model], rows: Callable[[int], Tensor], steps: int) -> Model:
    """Return a model after so many steps of Adam, whose rate falls to 0."""
    torch.manual_seed(0)
    model = make()
    optimiser = torch.optim.Adam(model.parameters(), lr=2e-3)
    schedule = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.01, steps)
    for _ in range(steps):
        optimiser.zero_grad()
        model.loss(rows(128)).backward()
        optimiser.step()
        schedule.step()
    return model


def drawn(model: nn.Module, n: int, d: int) -> list[Tensor]:
    """Return the rows at the times T to 0, from noise of one seed."""
    torch.manual_seed(1)
    path = [torch.randn(n, d)]
    with torch.no_grad():
        for t in range(T, 0, -1):
            eps_hat = model(path[-1], torch.full((n,), t))
            path.append(denoise_step(path[-1], eps_hat, t, SHARES, torch.randn(n, d)))
    return path


def ring(n: int) -> Tensor:
    """Return n points of eight round spots on a circle."""
    angle = torch.randint(8, (n,)) * torch.pi / 4
    return torch.stack([angle.cos(), angle.sin()], dim=1) * 1.4 + 0.07 * torch.randn(n, 2)


if __name__ == "__main__":
    torch.set_num_threads(1)
    file = Path(sys.argv[1])
    images, labels = mnist("train")
    X = torch.tensor(
        images.reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4)).reshape(-1, 196) / 255, dtype=torch.float32
    )

    def some(n: int) -> Tensor:
        """Return n digits by chance."""
        return X[torch.randint(len(X), (n,))]

    mean = X.mean(dim=0)
    axes = torch.linalg.svd(X - mean, full_matrices=False)[2][:AXES]
    plane = train(Plane, some, 3000)
    print("the plane", flush=True)
    spots = train(lambda: Denoiser(2, 64), ring, 2500)
    print("points", flush=True)
    digits = Digits(
        train(lambda: Denoiser(AXES, 256), lambda n: SCALE * (some(n) - mean) @ axes.T, 5000), axes
    )
    with torch.no_grad():
        places = plane.encode(X[:PLACES])[:, :2]
    paths = (mean + torch.stack(drawn(digits, 200, 196)) / SCALE).clamp(0, 1)
    decoder = {
        f"decode{i}": a.numpy().astype(np.float16) for i, a in enumerate(plane.decode.state_dict().values())
    }
    np.savez_compressed(
        file,
        **decoder,
        places=places.numpy().astype(np.float16),
        labels=labels[:PLACES].astype(np.uint8),
        points=torch.stack(drawn(spots, POINTS, 2)).numpy().astype(np.float16),
        digits=(paths[:, :DIGITS] * 255).round().numpy().astype(np.uint8),
        drawn=(paths[-1] * 255).round().numpy().astype(np.uint8),
    )
