"""Probes of lesson 03: they turn its answers into plain data."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy import ndarray

from helpers.probes.given import watch

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
    """Return a rule's value, and what its pulls make of a gradient; that of a plain number is not asked."""
    value, pulls = rule(*(x if isinstance(x, float) else watch(x, "an input") for x in inputs))
    wanted = [pull for x, pull in zip(inputs, pulls, strict=True) if not isinstance(x, float)]
    return {"value": value, "gradients": [pull(watch(g, "g")) for pull in wanted]}


class Node:
    """What the engine needs of a node: data, edges (parent, pull), grad."""

    def __init__(self, data: Any, edges: list[tuple["Node", Callable[[Any], Any]]]):
        self.data, self.edges, self.grad = data, edges, None


def through(jacobian: Any) -> Callable[[Any], Any]:
    """Return the pull of a Jacobian, g J; without one it hands on the gradient itself, as a sum does."""

    def pull(g: Any) -> Any:
        if g is None:
            raise TypeError("a pull was given None: the gradient of its node is not there yet")
        return g if jacobian is None else g @ jacobian if jacobian.ndim == 2 else g * jacobian

    return pull


def nodes_of(parents: Graph, sizes: Sequence[int], jacobians: Sequence[Sequence[Any]]) -> list[Node]:
    """Return nodes of these sizes, the last one a single number."""
    nodes: list[Node] = []
    for mine, by in zip(parents, jacobians, strict=True):
        data = np.arange(1.0, 1 + sizes[len(nodes)]) if len(nodes) < len(sizes) else np.array(3.0)
        nodes.append(Node(data, [(nodes[i], through(J)) for i, J in zip(mine, by, strict=True)]))
    return nodes


def order(topological_order: Callable[[Any], Any], parents: Graph) -> Any:
    """Return the numbers of the nodes in the answer's order: for a parent of the last one, then for it."""
    nodes = nodes_of(parents, [2] * (len(parents) - 1), [[None] * len(mine) for mine in parents])
    found: list[list[int]] = []
    for start in (nodes[parents[-1][0]], nodes[-1]):
        told = topological_order(start)
        if not isinstance(told, list | tuple):
            return f"a {type(told).__name__}"
        found.append([nodes.index(node) if node in nodes else -1 for node in told])
    return found


def gradients(
    backward: Callable[[Any], Any],
    parents: Graph,
    sizes: Sequence[int],
    jacobians: Sequence[Sequence[Any]],
    runs: Sequence[int],
    left: bool,
) -> Any:
    """Run backward from these nodes, one after the other, and return the gradient of each.

    Args:
        backward: the answer.
        parents: of each node.
        sizes: of each node but the last.
        jacobians: of each edge.
        runs: the nodes to start from.
        left: whether the nodes have gradients already, left by an earlier graph.
    """
    nodes = nodes_of(parents, sizes, jacobians)
    for node in nodes:
        node.grad = 7.0 * np.ones_like(node.data) if left else None
    for i in runs:
        backward(nodes[i])
    return ["None" if node.grad is None else node.grad for node in nodes]


def numeric(numeric_gradient: Callable[..., Any], A: ndarray, w: ndarray, eps: float) -> Any:
    """Ask for the gradient of a smooth function made of A."""
    return numeric_gradient(lambda v: float(np.sum(np.tanh(A @ v)) + np.sum(v**3)), w, eps)


def moved(numeric_gradient: Callable[..., Any], A: ndarray, w: ndarray, eps: float | None) -> Any:
    """Ask for the gradient, and tell how far w was moved; without eps, by default."""
    asked: list[ndarray] = []

    def f(v: ndarray) -> float:
        asked.append(np.array(v, dtype=float))
        return float(np.sum(np.tanh(A @ v)) + np.sum(v**3))

    start = w.copy()
    numeric_gradient(f, w, *([] if eps is None else [eps]))
    apart = np.array(asked) - start
    return {"least": apart.min(), "most": apart.max()}


def normalises(
    BatchNorm: Callable[..., Any],
    batches: list[ndarray],
    momentum: float | None,
    eps: float | None,
    X_new: ndarray | None,
) -> Any:
    """Show it batches in training; then its output on the last, or on new rows one by one, out of it."""
    layer, out = _batch_norm(BatchNorm, batches, momentum, eps)
    if X_new is None:
        return out
    layer.training = False
    return [layer(watch(X_new[i : i + 1].copy(), "X")) for i in range(len(X_new))]


def statistics(
    BatchNorm: Callable[..., Any], batches: list[ndarray], momentum: float | None, eps: float | None
) -> Any:
    """Show it batches in training and look at the running statistics."""
    layer, _ = _batch_norm(BatchNorm, batches, momentum, eps)
    return {"mean": layer.mean, "var": layer.var}


def new_layer(BatchNorm: Callable[..., Any], d: int, other: int) -> Any:
    """Make two layers, train the second, and look at the first; then at what it makes of two rows."""
    layer, second = BatchNorm(d), BatchNorm(other, 0.5, 1.0)
    second(np.arange(2.0 * other).reshape(2, other) ** 2)
    second.training = False
    told = {name: np.copy(getattr(layer, name)) for name in ("gamma", "beta", "mean", "var")}
    return told | {"training": layer.training, "out": layer(np.arange(2.0 * d).reshape(2, d))}


def _batch_norm(
    BatchNorm: Callable[..., Any], batches: list[ndarray], momentum: float | None, eps: float | None
) -> tuple[Any, Any]:
    d = batches[0].shape[1]
    layer = BatchNorm(d) if momentum is None else BatchNorm(d, momentum, eps)
    layer.gamma, layer.beta = np.linspace(0.5, 2, d), np.linspace(-1, 1, d)
    out = None
    for X in batches:
        out = layer(watch(X.copy(), "X"))
    return layer, out


def interpolated(interpolate: Callable[..., Any], x: ndarray, y: ndarray, at: ndarray) -> Any:
    """Return what the network makes of some places; or the shape of W1, where that is not (1, h)."""
    W1, b1, w2, b2 = interpolate(x, y)
    if np.ndim(W1) != 2 or len(W1) != 1:
        return f"W1 of shape {np.shape(W1)}"
    hidden = np.maximum(at[:, None] @ np.asarray(W1) + np.asarray(b1), 0)
    return hidden @ np.asarray(w2) + b2
