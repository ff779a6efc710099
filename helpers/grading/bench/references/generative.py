"""Lesson 10: what a variational autoencoder pays, there and back, by the lesson's sums and by torch's."""

from collections.abc import Callable
from typing import Any

WHAT = "forward and backward of the loss of a variational autoencoder on 256 digits, codes of 16"
LIMIT = 1.0
ROWS, PIXELS, CODE = 256, 784, 16


def pair() -> tuple[Callable[[], object], Callable[[], object]]:
    """Return the same loss twice, with the gradients of the copies and of both halves of the code."""
    import torch
    from torch.distributions import Normal, kl_divergence
    from torch.nn.functional import binary_cross_entropy_with_logits

    from helpers.reference.generative import vae_loss

    torch.manual_seed(0)
    X = torch.rand(ROWS, PIXELS)
    parts = [torch.randn(ROWS, n, requires_grad=True) for n in (PIXELS, CODE, CODE)]

    def torch_loss(logits: Any, mu: Any, logvar: Any) -> Any:
        copying = binary_cross_entropy_with_logits(logits, X, reduction="sum") / ROWS
        cloud = Normal(mu, torch.exp(logvar / 2), validate_args=False)
        away = kl_divergence(cloud, Normal(torch.zeros_like(mu), torch.ones_like(mu), validate_args=False))
        return copying + away.sum() / ROWS

    def there_and_back(loss: Callable[..., Any]) -> Callable[[], list[Any]]:
        def once() -> list[Any]:
            value = loss(*parts)
            return [value.detach(), *torch.autograd.grad(value, parts)]

        return once

    def lesson_loss(logits: Any, mu: Any, logvar: Any) -> Any:
        return vae_loss(logits, X, mu, logvar, beta=1.0)

    return there_and_back(lesson_loss), there_and_back(torch_loss)
