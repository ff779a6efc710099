"""Probes of lesson 01: they turn its answers into plain data."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import ndarray

ACTIVATIONS: dict[str, Callable[[ndarray], ndarray]] = {
    "identity": lambda z: z,
    "tanh": np.tanh,
    "step": lambda z: (np.asarray(z) > 0) * 1.0,
}


def with_activation(neuron: Callable[..., Any], X: ndarray, w: ndarray, b: float, f: str) -> Any:
    """Call a neuron with the activation of that name."""
    return neuron(X, w, b, ACTIVATIONS[f])


def gate(gates: Callable[[], Any], name: str) -> Any:
    """Return a gate's weights and bias, or what came; what they compute is found where they are judged."""
    found = gates()
    if isinstance(found, dict) and name not in found:
        return f"there is no {name!r} in what comes, only {', '.join(map(repr, found)) or 'nothing'}"
    return found[name] if isinstance(found, dict) else found


def network(xor_network: Callable[[], Any]) -> Any:
    """Return a two-layer network's weights and biases."""
    return xor_network()


class Wire:
    """A binary digit that only a gate can read."""

    __slots__ = ("_on",)

    def __init__(self, on: int):
        self._on = on


def wired(half_adder: Callable[..., Any], a: int, b: int) -> Any:
    """Let a half adder add two wires by NAND gates, and read the two wires that it returns."""

    def nand(p: Wire, q: Wire) -> Wire:
        return Wire(1 - p._on * q._on)

    return [wire._on if isinstance(wire, Wire) else wire for wire in half_adder(nand, Wire(a), Wire(b))]


def predicts(Perceptron: Callable[[int], Any], X: ndarray, w: ndarray) -> Any:
    """Give a perceptron these weights and ask for its predictions."""
    model = Perceptron(len(w))
    model.w = w.copy()
    return model.predict(X)


def one_step(Perceptron: Callable[[int], Any], x: ndarray, y: float, w: ndarray) -> Any:
    """Give a perceptron these weights, show it one sample, and look at the weights and the count."""
    model = Perceptron(len(w))
    model.w = w.copy()
    model.update(x, y)
    return {"w": model.w, "mistakes": model.mistakes}


def sweeps(Perceptron: Callable[[int], Any], X: ndarray, y: ndarray, epochs: int | None) -> Any:
    """Train from zero; return weights and number of mistakes, and what another perceptron noticed of it."""
    model, other = Perceptron(X.shape[1]), Perceptron(X.shape[1])
    model.fit(X, y) if epochs is None else model.fit(X, y, epochs)
    return {"w": model.w, "mistakes": model.mistakes, "w of another": other.w}


def idle_sweeps(Perceptron: Any, X: ndarray, y: ndarray, epochs: int) -> Any:
    """Return how long `fit` goes on after its last mistake, in sweeps of `update`, and the weights."""
    counts: list[int] = []

    class Watched(Perceptron):
        def update(self, x: ndarray, y: float) -> Any:
            done = super().update(x, y)
            counts.append(self.mistakes)
            return done

    model = Watched(X.shape[1])
    model.fit(X, y, epochs)
    changes = [i for i in range(len(counts)) if counts[i] != ([0, *counts])[i]]
    return {"idle": (len(counts) - 1 - max(changes, default=-1)) // len(X), "w": model.w}


def learns(Perceptron: Callable[[int], Any], X: ndarray, y: ndarray, X_new: ndarray) -> Any:
    """Train on labelled rows, 30 sweeps at most, and predict rows that were not seen."""
    model = Perceptron(X.shape[1])
    model.fit(X, y, 30)
    return model.predict(X_new)
