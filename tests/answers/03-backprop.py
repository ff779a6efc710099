# ---
# jupyter:
#   jupytext:
#     comment_magics: false
#     cell_metadata_filter: answer,check,essay,points,tags,-all
# ---

# %% tanh on both answer="forward"
def forward(X, W1, b1, W2, b2):
    H = np.tanh(X @ W1 + b1)
    return H, np.tanh(H @ W2 + b2)


# %% the bias before the product answer="forward"
def forward(X, W1, b1, W2, b2):
    H = np.tanh((X @ W1) + b1)
    return H, (H + b1) @ W2 + b2


# %% the functions themselves answer="slopes"
def sigmoid_slope(z):
    return 1 / (1 + np.exp(-z))


def tanh_slope(z):
    return np.tanh(z)


def relu_slope(z):
    return np.maximum(z, 0)


# %% a slope of tanh by the sigmoid answer="slopes"
def sigmoid_slope(z):
    return np.exp(-z) / (1 + np.exp(-z)) ** 2


def tanh_slope(z):
    return 2 * sigmoid_slope(2 * z)


def relu_slope(z):
    return (z > 0) * 1.0


# %% the whole product, from the wrong end answer="pull_back"
def pull_back(g, jacobians):
    total = np.eye(len(g))
    for J in jacobians:
        total = J @ total if J.shape[1] == len(total) else total
    return g @ total


# %% slope of the scores answer="backprop"
def backprop(X, Y, W1, b1, W2, b2):
    H, Z = forward(X, W1, b1, W2, b2)
    P = np.exp(Z - Z.max(1, keepdims=True))
    P /= P.sum(1, keepdims=True)
    D = (P - Y) * P * (1 - P) / len(X)
    E = (D @ W2.T) * (1 - H * H)
    return X.T @ E, E.sum(0), H.T @ D, D.sum(0)


# %% the mean twice answer="backprop"
def backprop(X, Y, W1, b1, W2, b2):
    H, Z = forward(X, W1, b1, W2, b2)
    P = np.exp(Z - Z.max(1, keepdims=True))
    D = (P / P.sum(1, keepdims=True) - Y) / len(X)
    E = (D @ W2.T) * (1 - H * H) / len(X)
    return X.T @ E, E.sum(0), H.T @ D, D.sum(0)


# %% uphill answer="train_step"
def train_step(X, Y, layers, eta):
    A = [X]
    for W, b in layers[:-1]:
        A.append(np.tanh(A[-1] @ W + b))
    W, b = layers[-1]
    Z = A[-1] @ W + b
    P = np.exp(Z - Z.max(1, keepdims=True))
    D = (Y - P / P.sum(1, keepdims=True)) / len(X)
    new = []
    for (W, b), a in zip(layers[::-1], A[::-1]):
        new = [(W - eta * a.T @ D, b - eta * D.sum(0)), *new]
        D = (D @ W.T) * (1 - a * a)
    return new


# %% means where sums are due answer="unbroadcast"
def unbroadcast(g, shape):
    while np.ndim(g) > len(shape):
        g = g.mean(axis=0)
    for i, n in enumerate(shape):
        if n == 1:
            g = g.mean(axis=i, keepdims=True)
    return g


# %% pulls for equal shapes only answer="rules"
def mul(A, B):
    return A * B, (lambda g: g * B, lambda g: g * A)


def matmul(A, B):
    return A @ B, (lambda g: g @ B.T, lambda g: A.T @ g)


def relu(A):
    return np.maximum(A, 0), (lambda g: g * (A > 0),)


def total(A):
    return A.sum(), (lambda g: np.full(A.shape, 1.0),)


# %% children first answer="topological_order"
def topological_order(node):
    order, stack = [], [node]
    while stack:
        one = stack.pop()
        if one not in order:
            order.append(one)
            stack += [parent for parent, _ in one.edges]
    return order


# %% the last pull wins answer="backward"
def backward(loss):
    order = topological_order(loss)
    loss.grad = np.ones_like(loss.data)
    for node in order[::-1]:
        for parent, pull in node.edges:
            parent.grad = pull(node.grad)


# %% softmax's own logarithm answer="log_softmax"
def log_softmax(Z):
    P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    return np.log(P), (lambda g: g - P * g.sum(axis=1, keepdims=True),)


# %% one-sided answer="numeric_gradient"
def numeric_gradient(f, w, eps=1e-5):
    gradient = []
    for i in range(len(w)):
        moved = w.copy()
        moved[i] += eps
        gradient.append((f(moved) - f(w)) / eps)
    return np.array(gradient)


# %% in single precision answer="numeric_gradient"
def numeric_gradient(f, w, eps=1e-5):
    w = w.astype(np.float32)
    rows = np.eye(len(w), dtype=np.float32) * np.float32(1e-2)
    return np.array([(f(w + r) - f(w - r)) / 2e-2 for r in rows], dtype=np.float32)


# %% a variance answer="weight_std"
def weight_std(d_in, d_out, activation):
    return 2 / (d_in + d_out) if activation == "tanh" else 2 / d_in
