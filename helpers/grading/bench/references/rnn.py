"""Lesson 06: a recurrent layer there and back through time."""

from collections.abc import Callable
from typing import Any

import numpy as np

from helpers.grading.bench.references.recurrent import HIDDEN, LETTERS, NAMES, layer, repeated
from helpers.reference.rnn import bptt

WHAT = "forward and backward of a recurrent layer of width 64 on 64 names of 12 letters"
LIMIT = 1.0


def pair() -> tuple[Callable[[], object], Callable[[], object]]:
    """Return the gradients of the same layer twice; torch has two biases, whose gradients are the same."""
    import torch

    theirs, A, (Wx, Wh, bx, bh) = layer("RNN", batch_first=True)
    G = np.random.default_rng(1).normal(size=(NAMES, LETTERS, HIDDEN)).astype(np.float32)
    mask, h0 = np.ones((NAMES, LETTERS), dtype=bool), np.zeros((NAMES, HIDDEN), np.float32)
    inputs, gradient = torch.tensor(A, requires_grad=True), torch.tensor(G)
    wanted = [inputs, theirs.weight_ih_l0, theirs.weight_hh_l0, theirs.bias_ih_l0]

    def torch_once() -> list[Any]:
        dA, dWx, dWh, db = torch.autograd.grad(theirs(inputs)[0], wanted, gradient)
        return [dA, dWx.T, dWh.T, db]

    return repeated(lambda: bptt(A, mask, h0, Wx, Wh, bx + bh, G)), repeated(torch_once)
