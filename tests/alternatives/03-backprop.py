# ---
# jupyter:
#   jupytext:
#     comment_magics: false
#     cell_metadata_filter: answer,check,essay,points,tags,-all
# ---

# %% a row at a time answer="forward"
def forward(X, W1, b1, W2, b2):
    H = np.array([[np.tanh(x @ w + b) for w, b in zip(W1.T, b1)] for x in X])
    return H, np.array([h @ W2 + b2 for h in H])

# %% torch in double precision answer="forward"
def forward(X, W1, b1, W2, b2):
    import torch
    X, W1, b1, W2, b2 = (torch.tensor(a) for a in (X, W1, b1, W2, b2))
    H = torch.tanh(torch.addmm(b1, X, W1))
    return H, torch.addmm(b2, H, W2)

# %% tanh from sigmoid, einsum answer="forward"
def forward(X, W1, b1, W2, b2):
    H = 2 * sigmoid(2 * (np.einsum("nd,dh->nh", X, W1) + b1)) - 1
    return [H, np.einsum("nh,hk->nk", H, W2) + b2]

# %% from the other side answer="slopes"
def sigmoid_slope(z):
    return sigmoid(z) * sigmoid(-z)

def tanh_slope(z):
    t = np.tanh(z)
    return (1 - t) * (1 + t)

def relu_slope(z):
    return (z > 0).astype(float)

# %% booleans, and tanh through the sigmoid answer="slopes"
def sigmoid_slope(z):
    return (1 - np.tanh(z / 2) ** 2) / 4

def tanh_slope(z):
    return 4 * sigmoid_slope(2 * z)

def relu_slope(z):
    return z > 0

# %% recursion answer="pull_back"
def pull_back(g, jacobians):
    if not jacobians:
        return g
    return pull_back(jacobians[-1].T @ g, jacobians[:-1])

# %% the matrices first answer="pull_back"
def pull_back(g, jacobians):
    product = np.eye(len(g))
    for J in jacobians[::-1]:
        product = product @ J
    return g @ product

# %% by index, from the end answer="pull_back"
def pull_back(g, jacobians):
    for i in range(len(jacobians) - 1, -1, -1):
        g = np.array([sum(g * column) for column in jacobians[i].T])
    return g

# %% a sum over the rows of outer products answer="backprop"
def backprop(X, Y, W1, b1, W2, b2):
    n = len(X)
    dW1, db1, dW2, db2 = (np.zeros_like(a) for a in (W1, b1, W2, b2))
    H, Z2 = forward(X, W1, b1, W2, b2)
    for x, y, h, z in zip(X, Y, H, Z2):
        d2 = (softmax(z) - y) / n
        d1 = (W2 @ d2) * (1 - h * h)
        dW2 += np.outer(h, d2)
        db2 += d2
        dW1 += np.outer(x, d1)
        db1 += d1
    return dW1, db1, dW2, db2

# %% einsum, and the mean at the end answer="backprop"
def backprop(X, Y, W1, b1, W2, b2):
    A = X @ W1 + b1
    H = np.tanh(A)
    D2 = softmax(H @ W2 + b2) - Y
    D1 = np.einsum("nk,hk->nh", D2, W2) * tanh_slope(A)
    return [np.einsum("nd,nh->dh", X, D1) / len(X), D1.mean(axis=0),
            np.einsum("nh,nk->hk", H, D2) / len(X), D2.mean(axis=0)]

# %% gradients first, then the step answer="train_step"
def train_step(X, Y, layers, eta):
    inputs = [X]
    for W, b in layers[:-1]:
        inputs.append(np.tanh(inputs[-1] @ W + b))
    error = (softmax(inputs[-1] @ layers[-1][0] + layers[-1][1]) - Y) / X.shape[0]
    gradients = []
    for i in range(len(layers) - 1, -1, -1):
        gradients.insert(0, (inputs[i].T @ error, error.sum(axis=0)))
        if i > 0:
            error = error @ layers[i][0].T * (1 - inputs[i] ** 2)
    return [(W - eta * dW, b - eta * db) for (W, b), (dW, db) in zip(layers, gradients)]

# %% recursion, as lists answer="train_step"
def train_step(X, Y, layers, eta):
    def descend(A, rest):
        (W, b), rest = rest[0], rest[1:]
        Z = A @ W + b
        if rest:
            below, D = descend(np.tanh(Z), rest)
            D = D * tanh_slope(Z)
        else:
            below, D = [], (softmax(Z) - Y) / len(Y)
        return [[W - eta * A.T @ D, b - eta * D.sum(0)], *below], D @ W.T
    return descend(X, layers)[0]

# %% in place, in the right order answer="train_step"
def train_step(X, Y, layers, eta):
    layers = [[W.copy(), b.copy()] for W, b in layers]
    A = [X]
    for W, b in layers[:-1]:
        A += [np.tanh(A[-1] @ W + b)]
    D = (softmax(A[-1] @ layers[-1][0] + layers[-1][1]) - Y) / len(X)
    for layer in layers[::-1]:
        a = A.pop()
        before = D
        D = D @ layer[0].T * (1 - a * a)
        layer[0] -= eta * a.T @ before
        layer[1] -= eta * before.sum(axis=0)
    return layers

# %% one axis at a time answer="unbroadcast"
def unbroadcast(g, shape):
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for axis, size in enumerate(shape):
        if size == 1:
            g = g.sum(axis=axis, keepdims=True)
    return g

# %% counting every copy answer="unbroadcast"
def unbroadcast(g, shape):
    out = np.zeros(shape)
    places = np.broadcast_to(np.arange(out.size).reshape(shape), g.shape)
    np.add.at(out.reshape(-1), places, g)
    return out

# %% as lists, and the sum spread out by broadcasting answer="rules"
def mul(A, B):
    return A * B, [lambda g: unbroadcast(B * g, A.shape), lambda g: unbroadcast(A * g, B.shape)]

def matmul(A, B):
    return A.dot(B), [lambda g: g.dot(B.T), lambda g: (g.T @ A).T]

def relu(A):
    on = A > 0
    return np.where(on, A, 0), [lambda g: np.where(on, g, 0)]

def total(A):
    return np.sum(A), [lambda g: np.broadcast_to(g, A.shape)]

# %% named pulls, einsum, np.full answer="rules"
def mul(A, B):
    def pull_A(g):
        return unbroadcast(g * B, np.shape(A))
    def pull_B(g):
        return unbroadcast(g * A, np.shape(B))
    return np.multiply(A, B), (pull_A, pull_B)

def matmul(A, B):
    return np.einsum("ij,jk->ik", A, B), (lambda g: np.einsum("ik,jk->ij", g, B), lambda g: np.einsum("ij,ik->jk", A, g))

def relu(A):
    return A * (A > 0), (lambda g: (A > 0) * g,)

def total(A):
    return A.sum(), (lambda g: np.full(A.shape, g),)

# %% counting consumers (Kahn) answer="topological_order"
def topological_order(node):
    nodes, waiting = {}, {}
    stack = [node]
    while stack:
        here = stack.pop()
        if id(here) in nodes:
            continue
        nodes[id(here)] = here
        waiting.setdefault(id(here), 0)
        for parent, _ in here.edges:
            waiting[id(parent)] = waiting.get(id(parent), 0) + 1
            stack.append(parent)
    ready, order = [node], []
    while ready:
        here = ready.pop()
        order.append(here)
        for parent, _ in here.edges:
            waiting[id(parent)] -= 1
            if waiting[id(parent)] == 0:
                ready.append(parent)
    return order[::-1]

# %% a stack in place of recursion answer="topological_order"
def topological_order(node):
    order, seen, stack = [], set(), [(node, False)]
    while stack:
        here, done = stack.pop()
        if done:
            order.append(here)
        elif here not in seen:
            seen.add(here)
            stack.append((here, True))
            stack.extend((parent, False) for parent, _ in here.edges)
    return order

# %% a list in place of a set, the other parents first answer="topological_order"
def topological_order(node, order=None):
    order = [] if order is None else order
    for parent, _ in reversed(node.edges):
        if parent not in order:
            topological_order(parent, order)
    if node not in order:
        order.append(node)
    return order

# %% zeros first, then in place answer="backward"
def backward(loss):
    order = topological_order(loss)
    for node in order:
        node.grad = np.zeros(np.shape(node.data))
    loss.grad += 1.0
    while order:
        node = order.pop()
        for parent, pull in node.edges:
            parent.grad += pull(node.grad)

# %% collected in a dictionary answer="backward"
def backward(loss):
    grads = {loss: 1.0}
    for node in reversed(topological_order(loss)):
        node.grad = grads[node]
        for parent, pull in node.edges:
            g = pull(node.grad)
            grads[parent] = grads[parent] + g if parent in grads else g

# %% asking all consumers at once answer="backward"
def backward(loss):
    order = topological_order(loss)
    arriving = {node: [] for node in order}
    arriving[loss].append(np.array(1.0))
    for node in order[::-1]:
        node.grad = sum(arriving[node])
        for parent, pull in node.edges:
            arriving[parent].append(pull(node.grad))

# %% logaddexp, and the Jacobian row by row answer="log_softmax"
def log_softmax(Z):
    value = Z - np.logaddexp.reduce(Z, axis=1)[:, None]
    def pull(g):
        P = softmax(Z)
        return np.array([row @ (np.eye(len(row)) - np.outer(np.ones(len(row)), p)) for row, p in zip(g, P)])
    return value, (pull,)

# %% softmax of lesson 1 for the pull answer="log_softmax"
def log_softmax(Z):
    Z0 = (Z.T - Z.max(axis=1)).T
    value = (Z0.T - np.log(np.sum(np.exp(Z0), axis=1))).T
    return value, [lambda g: g - softmax(Z) * np.sum(g, axis=-1)[:, None]]

# %% the identity's rows as steps answer="numeric_gradient"
def numeric_gradient(f, w, eps=1e-5):
    return np.array([(f(w + eps * e) - f(w - eps * e)) / (2 * eps) for e in np.eye(len(w))])

# %% each entry moved and put back answer="numeric_gradient"
def numeric_gradient(f, w, eps=1e-5):
    w, out = w.copy(), []
    for i in range(w.size):
        kept = w[i]
        w[i] = kept + eps
        up = f(w)
        w[i] = kept - eps
        out.append((up - f(w)) / eps / 2)
        w[i] = kept
    return np.array(out)

# %% a table of variances answer="weight_std"
def weight_std(d_in, d_out, activation):
    variance = {"tanh": 2 / (d_in + d_out), "relu": 2 / d_in}
    return variance[activation] ** 0.5

# %% Glorot through the mean answer="weight_std"
def weight_std(d_in, d_out, activation):
    fan = (d_in + d_out) / 2 if activation == "tanh" else d_in / 2
    return 1 / np.sqrt(fan)

# %% the variance by hand, the momentum as an average answer="BatchNorm"
class BatchNorm:
    def __init__(self, d, momentum=0.1, eps=1e-5):
        self.gamma, self.beta = np.ones(d), np.zeros(d)
        self.mean, self.var = np.zeros(d), np.ones(d)
        self.momentum, self.eps = momentum, eps
        self.training = True

    def __call__(self, X):
        if not self.training:
            return self.gamma * ((X - self.mean) / np.sqrt(self.var + self.eps)) + self.beta
        n, m = len(X), self.momentum
        mu = X.sum(axis=0) / n
        v = ((X - mu) ** 2).sum(axis=0) / n
        self.mean = (1 - m) * self.mean + m * mu
        self.var = (1 - m) * self.var + m * v * n / (n - 1)
        return self.gamma * ((X - mu) / np.sqrt(v + self.eps)) + self.beta

# %% torch's own answer="BatchNorm"
class BatchNorm:
    def __init__(self, d, momentum=0.1, eps=1e-5):
        import torch
        self.F, self.t = torch.nn.functional, torch.tensor
        self.gamma, self.beta = np.ones(d), np.zeros(d)
        self.mean, self.var = np.zeros(d), np.ones(d)
        self.momentum, self.eps = momentum, eps
        self.training = True

    def __call__(self, X):
        mean, var = self.t(self.mean), self.t(self.var)
        out = self.F.batch_norm(self.t(X), mean, var, self.t(self.gamma), self.t(self.beta), self.training,
                                self.momentum, self.eps)
        self.mean, self.var = mean.numpy(), var.numpy()
        return out

# %% neurons that bend the other way as well answer="interpolate"
def interpolate(x, y):
    slopes = np.diff(y) / np.diff(x)
    bends = np.diff(slopes)
    W1 = np.concatenate([[1.0, -1.0], np.ones(len(bends))])[None]
    b1 = np.concatenate([[-x[0], x[0]], -x[1:-1]])
    return W1, b1, np.concatenate([[slopes[0], -slopes[0]], bends]), y[0]

# %% a loop over the pieces answer="interpolate"
def interpolate(x, y):
    w2, before = [], 0.0
    for i in range(len(x) - 1):
        slope = (y[i + 1] - y[i]) / (x[i + 1] - x[i])
        w2.append(slope - before)
        before = slope
    return [[1.0] * len(w2)], [-v for v in x[:-1]], w2, y[0]

# %% a permutation matrix answer="permute_hidden"
def permute_hidden(order, W1, b1, W2):
    M = np.eye(len(order))[order]
    return W1 @ M.T, M @ b1, M @ W2

# %% neuron by neuron answer="permute_hidden"
def permute_hidden(order, W1, b1, W2):
    return np.stack([W1[:, j] for j in order], axis=1), np.array([b1[j] for j in order]), np.take(W2, order, axis=0)

# %% running statistics moved in place answer="BatchNorm"
class BatchNorm:
    def __init__(self, d, momentum=0.1, eps=1e-5):
        self.gamma, self.beta = np.ones(d), np.zeros(d)
        self.mean, self.var = np.zeros(d), np.ones(d)
        self.momentum, self.eps = momentum, eps
        self.training = True

    def __call__(self, X):
        if self.training:
            mean, var = X.mean(axis=0), X.var(axis=0)
            self.mean += self.momentum * (mean - self.mean)
            self.var *= 1 - self.momentum
            self.var += self.momentum * X.var(axis=0, ddof=1)
        else:
            mean, var = self.mean, self.var
        return (X - mean) / (var + self.eps) ** 0.5 * self.gamma + self.beta

# %% backward along every path, without an order answer="backward"
def backward(loss):
    seen = set()

    def clear(node):
        if node not in seen:
            seen.add(node)
            node.grad = np.zeros_like(node.data, dtype=float)
            for parent, _ in node.edges:
                clear(parent)

    def send(node, g):
        node.grad = node.grad + g
        for parent, pull in node.edges:
            send(parent, pull(g))

    clear(loss)
    send(loss, np.ones_like(loss.data))

# %% a tuple of nodes answer="topological_order"
def topological_order(node):
    order = ()
    for parent, _ in node.edges:
        order += tuple(n for n in topological_order(parent) if n not in order)
    return (*order, node)
