"""Probes of lesson 03: they turn its answers into plain data."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy import ndarray

Graph = Sequence[Sequence[int]]  # for each node the numbers of its parents, all of them smaller


def slope(
    sigmoid_slope: Callable[..., Any],
    tanh_slope: Callable[..., Any],
    relu_slope: Callable[..., Any],
    of: str,
    z: ndarray,
) -> Any:
    """Call the slope of that activation."""
    return {"sigmoid": sigmoid_slope, "tanh": tanh_slope, "relu": relu_slope}[of](z)


def hidden_layer(backprop: Callable[..., Any], *inputs: Any) -> Any:
    """Return the gradients of the first layer."""
    dW1, db1, _, _ = backprop(*inputs)
    return {"dW1": dW1, "db1": db1}


def output_layer(backprop: Callable[..., Any], *inputs: Any) -> Any:
    """Return the gradients of the second layer."""
    _, _, dW2, db2 = backprop(*inputs)
    return {"dW2": dW2, "db2": db2}


def stepped(train_step: Callable[..., Any], X: ndarray, Y: ndarray, layers: Any, eta: float) -> Any:
    """Take one step; layers are pairs."""
    return train_step(X, Y, [(W, b) for W, b in layers], eta)


def learns(
    train_step: Callable[..., Any],
    X: ndarray,
    Y: ndarray,
    layers: Any,
    eta: float,
    steps: int,
    X_new: ndarray,
) -> Any:
    """Train for some steps and predict the classes of rows that were not seen."""
    layers = [(W, b) for W, b in layers]
    for _ in range(steps):
        layers = train_step(X, Y, layers, eta)
    for W, b in layers[:-1]:
        X_new = np.tanh(X_new @ W + b)
    W, b = layers[-1]
    return (X_new @ W + b).argmax(axis=1)


def summed(unbroadcast: Callable[..., Any], g: ndarray, shape: list[int]) -> Any:
    """Give the shape as a tuple."""
    return unbroadcast(g, tuple(shape))


def rules(
    mul: Callable[..., Any],
    matmul: Callable[..., Any],
    relu: Callable[..., Any],
    total: Callable[..., Any],
    rule: str,
    inputs: list[Any],
    g: Any,
) -> Any:
    """Apply the rule of that name, and pull a gradient back to each input."""
    return pulled({"mul": mul, "matmul": matmul, "relu": relu, "total": total}[rule], inputs, g)


def value(rule: Callable[..., Any], Z: ndarray) -> Any:
    """Return a rule's value."""
    return rule(Z)[0]


def gradient(rule: Callable[..., Any], Z: ndarray, g: ndarray) -> Any:
    """Pull a gradient back through a rule with one input."""
    return pulled(rule, [Z], g)["gradients"][0]


def value_and_gradient(rule: Callable[..., Any], Z: ndarray, g: ndarray) -> Any:
    """Do both."""
    return pulled(rule, [Z], g)


def pulled(rule: Callable[..., Any], inputs: list[Any], g: Any) -> dict[str, Any]:
    """Return a rule's value, and what each of its pulls makes of a gradient."""
    value, pulls = rule(*inputs)
    return {"value": value, "gradients": [pull(g) for pull in pulls]}


class Node:
    """What the engine needs of a node: data, edges (parent, pull), grad."""

    def __init__(self, data: Any, edges: list[tuple["Node", Callable[[Any], Any]]]):
        self.data, self.edges, self.grad = data, edges, None


def scaled(factor: Any) -> Callable[[Any], Any]:
    """Return a pull that multiplies; without a factor it hands on the gradient itself, as a sum does."""
    return (lambda g: g) if factor is None else (lambda g: g * factor)


def graph(parents: Graph, factors: Sequence[Sequence[Any]]) -> list[Node]:
    """Return nodes of three entries, the last one a scalar."""
    nodes: list[Node] = []
    for mine, by in zip(parents, factors, strict=True):
        data = np.zeros(3) if len(nodes) + 1 < len(parents) else np.zeros(())
        nodes.append(Node(data, [(nodes[i], scaled(f)) for i, f in zip(mine, by, strict=True)]))
    return nodes


def order(topological_order: Callable[[Any], Any], parents: Graph) -> Any:
    """Return the numbers of the nodes in the order that the answer gives for the last one."""
    nodes = graph(parents, [[None] * len(mine) for mine in parents])
    return [nodes.index(node) if node in nodes else -1 for node in topological_order(nodes[-1])]


def gradients(
    backward: Callable[[Any], Any], parents: Graph, factors: Sequence[Sequence[Any]], times: int
) -> Any:
    """Run backward from the last node and return the gradient of each."""
    nodes = graph(parents, factors)
    for _ in range(times):
        backward(nodes[-1])
    return [node.grad for node in nodes]


def numeric(numeric_gradient: Callable[..., Any], A: ndarray, w: ndarray) -> Any:
    """Ask for the gradient of a smooth function made of A."""
    return numeric_gradient(lambda v: float(np.sum(np.tanh(A @ v)) + np.sum(v**3)), w, 1e-4)


def normalises(BatchNorm: Callable[[int], Any], batches: list[ndarray], X_new: ndarray | None) -> Any:
    """Show it batches in training; then its output on the last, or on new rows out of training."""
    layer, out = _batch_norm(BatchNorm, batches)
    if X_new is None:
        return out
    layer.training = False
    return layer(X_new)


def statistics(BatchNorm: Callable[[int], Any], batches: list[ndarray]) -> Any:
    """Show it batches in training and look at the running statistics."""
    layer, _ = _batch_norm(BatchNorm, batches)
    return {"mean": layer.mean, "var": layer.var}


def _batch_norm(BatchNorm: Callable[[int], Any], batches: list[ndarray]) -> tuple[Any, Any]:
    d = batches[0].shape[1]
    layer = BatchNorm(d)
    layer.gamma, layer.beta = np.linspace(0.5, 2, d), np.linspace(-1, 1, d)
    out = None
    for X in batches:
        out = layer(X.copy())
    return layer, out


def interpolated(interpolate: Callable[..., Any], x: ndarray, y: ndarray, at: ndarray) -> Any:
    """Return what the network makes of some places."""
    W1, b1, w2, b2 = interpolate(x, y)
    hidden = np.maximum(at[:, None] @ np.asarray(W1) + np.asarray(b1), 0)
    return hidden @ np.asarray(w2) + b2
