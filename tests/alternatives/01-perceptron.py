# ---
# jupyter:
#   jupytext:
#     comment_magics: false
#     cell_metadata_filter: answer,check,essay,points,tags,-all
# ---

# %% a comparison made a number answer="heaviside"
def heaviside(z):
    return (z > 0).astype(float)

# %% a loop over the flat array answer="heaviside"
def heaviside(z):
    out = np.empty_like(z)
    for i, value in enumerate(z.flat):
        out.flat[i] = 1 if value > 0 else 0
    return out

# %% numpy's own, with the value at zero answer="heaviside"
def heaviside(z):
    return np.heaviside(z, 0)

# %% booleans answer="heaviside"
def heaviside(z):
    return z > 0

# %% a loop over rows answer="neuron"
def neuron(X, w, b, f):
    return np.array([f(sum(x_j * w_j for x_j, w_j in zip(x, w)) + b) for x in X])

# %% einsum answer="neuron"
def neuron(X, w, b, f):
    return f(np.einsum("ij,j->i", X, w) + b)

# %% torch in double precision answer="neuron"
def neuron(X, w, b, f):
    import torch
    z = torch.from_numpy(X) @ torch.from_numpy(w) + b
    return f(z.numpy())

# %% single precision answer="neuron"
def neuron(X, w, b, f):
    return f(X.astype(np.float32) @ w.astype(np.float32) + np.float32(b))

# %% column_stack and append answer="absorb_bias"
def absorb_bias(X, w, b):
    return np.column_stack([np.ones(X.shape[0]), X]), np.append(b, w)

# %% np.insert answer="absorb_bias"
def absorb_bias(X, w, b):
    return np.insert(X, 0, 1, axis=1), np.insert(w, 0, b)

# %% other weights, as arrays answer="gates"
def gates():
    return {
        "NAND": (np.array([-2.0, -3.0]), 4),
        "AND": (np.array([1.0, 1.0]), -1),
        "OR": (np.array([3.0, 3.0]), np.float64(-2.0)),
    }

# %% as tuples answer="gates"
def gates():
    return {"AND": ((2, 2), -3), "OR": ((2, 2), 0), "NAND": ((-2, -2), 3)}

# %% an if for each label, predictions by a loop answer="Perceptron"
class Perceptron:
    def __init__(self, d):
        self.w = np.zeros(d)
        self.mistakes = 0

    def predict(self, X):
        return np.array([1.0 if x @ self.w > 0 else 0.0 for x in X])

    def update(self, x, y):
        fires = x @ self.w > 0
        if fires and y == 0:
            self.w = self.w - x
            self.mistakes += 1
        elif not fires and y == 1:
            self.w = self.w + x
            self.mistakes += 1

    def fit(self, X, y, epochs=100):
        for _ in range(epochs):
            old = self.mistakes
            for x_i, y_i in zip(X, y):
                self.update(x_i, y_i)
            if old == self.mistakes:
                return self

# %% in place, and a while loop answer="Perceptron"
class Perceptron:
    def __init__(self, d):
        self.w = np.zeros(d)
        self.mistakes = 0

    def predict(self, X):
        return heaviside(X @ self.w)

    def update(self, x, y):
        error = y - float(heaviside(np.array([x @ self.w]))[0])
        self.w += error * x
        self.mistakes += abs(error)
        return error != 0

    def fit(self, X, y, epochs=100):
        done = 0
        while done < epochs and sum([self.update(x, t) for x, t in zip(X, y)]) > 0:
            done += 1

# %% a loop over the rows answer="novikoff_bound"
def novikoff_bound(X, y, w):
    length = np.sqrt((w ** 2).sum())
    R, gamma = 0.0, np.inf
    for x_i, y_i in zip(X, y):
        R = max(R, np.sqrt((x_i ** 2).sum()))
        gamma = min(gamma, (x_i @ w if y_i == 1 else -(x_i @ w)) / length)
    return (R / gamma) ** 2 if gamma > 0 else float("inf")

# %% squares all the way answer="novikoff_bound"
def novikoff_bound(X, y, w):
    s = np.where(y > 0, 1, -1)
    z = s * (X @ w)
    if not np.all(z > 0):
        return np.inf
    return (X ** 2).sum(axis=1).max() * (w @ w) / z.min() ** 2

# %% NAND and OR, then AND answer="xor_network"
def xor_network():
    W1 = np.array([[-1.0, 1.0], [-1.0, 1.0]])
    return W1, np.array([1.5, -0.5]), np.array([1.0, 1.0]), -1.5

# %% one input without the other answer="xor_network"
def xor_network():
    return [[1, -1], [-1, 1]], [0, 0], [1, 1], 0

# %% from the probabilities, the loss from the scores answer="logistic"
def logistic(w, X, y):
    z = X @ w
    p = np.where(z >= 0, 1 / (1 + np.exp(-np.abs(z))), 1 - 1 / (1 + np.exp(-np.abs(z))))
    loss = (np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z)))).mean()
    return loss, ((p - y)[:, None] * X).mean(axis=0)

# %% with signs in place of labels answer="logistic"
def logistic(w, X, y):
    s = 2 * y - 1
    z = X @ w
    return np.logaddexp(0, -s * z).mean(), -X.T @ (s * sigmoid(-s * z)) / y.size

# %% torch and its autograd answer="logistic"
def logistic(w, X, y):
    import torch
    w = torch.tensor(w, requires_grad=True)
    loss = torch.nn.functional.binary_cross_entropy_with_logits(torch.tensor(X) @ w, torch.tensor(y))
    loss.backward()
    return loss, w.grad

# %% a loop over the rows answer="softmax"
def softmax(Z):
    if Z.ndim == 1:
        E = np.exp(Z - max(Z))
        return E / sum(E)
    return np.array([softmax(row) for row in Z])

# %% logsumexp by hand answer="softmax"
def softmax(Z):
    m = np.max(Z, axis=-1, keepdims=True)
    return np.exp(Z - m - np.log(np.exp(Z - m).sum(axis=-1, keepdims=True)))

# %% transposed, so that rows broadcast answer="softmax"
def softmax(Z):
    E = np.exp(Z.T - Z.max(axis=-1))
    return (E / E.sum(axis=0)).T

# %% one class at a time answer="softmax_gradient"
def softmax_gradient(W, X, Y):
    P = softmax(X @ W)
    return np.stack([X.T @ (P[:, k] - Y[:, k]) for k in range(Y.shape[1])], axis=1) / X.shape[0]

# %% a sum of outer products answer="softmax_gradient"
def softmax_gradient(W, X, Y):
    n = len(X)
    return sum(np.outer(X[i], softmax(X[i] @ W) - Y[i]) for i in range(n)) / n

# %% the pseudo-inverse of X answer="normal_equations"
def normal_equations(X, y):
    return np.linalg.pinv(X) @ y

# %% singular value decomposition answer="normal_equations"
def normal_equations(X, y):
    U, s, Vt = np.linalg.svd(X, full_matrices=False)
    keep = s > 1e-9 * s[0]
    return Vt[keep].T @ (U[:, keep].T @ y / s[keep])

# %% np.where in place of maximum answer="hinge"
def hinge(w, X, s):
    z = s * (X @ w)
    return np.where(z < 1, 1 - z, 0).mean()

# %% a loop over the rows answer="hinge"
def hinge(w, X, s):
    return sum(max(0, 1 - s_i * (x_i @ w)) for x_i, s_i in zip(X, s)) / len(X)

# %% by einsum answer="collapse"
def collapse(W1, b1, W2, b2):
    return np.einsum("dh,hk->dk", W1, W2), np.einsum("h,hk->k", b1, W2) + b2

# %% by asking the two layers answer="collapse"
def collapse(W1, b1, W2, b2):
    layers = lambda X: (X @ W1 + b1) @ W2 + b2
    b = layers(np.zeros((1, len(W1))))[0]
    return layers(np.eye(len(W1))) - b, b

# %% OR and AND of NANDs answer="half_adder"
def half_adder(nand, a, b):
    flip = lambda p: nand(p, p)
    carry = flip(nand(a, b))
    either = nand(flip(a), flip(b))
    return flip(nand(either, flip(carry))), carry

# %% a list, and the inputs the other way round answer="half_adder"
def half_adder(nand, a, b):
    both = nand(b, a)
    return [nand(nand(both, b), nand(both, a)), nand(both, both)]

# %% whole numbers answer="heaviside"
def heaviside(z):
    out = np.zeros(z.shape, dtype=int)
    out[z > 0] = 1
    return out

# %% rounded up and cut off answer="heaviside"
def heaviside(z):
    return np.clip(np.ceil(z), 0, 1)

# %% an empty array, filled answer="absorb_bias"
def absorb_bias(X, w, b):
    n, d = X.shape
    out = np.empty((n, d + 1))
    out[:, 0], out[:, 1:] = 1, X
    return out, np.r_[b, w]

# %% update is called at mistakes only answer="Perceptron"
class Perceptron:
    def __init__(self, d):
        self.w = np.zeros(d)
        self.mistakes = 0

    def predict(self, X):
        return heaviside(X @ self.w)

    def update(self, x, y):
        if heaviside(np.array([x @ self.w]))[0] != y:
            self.w = self.w + x if y == 1 else self.w - x
            self.mistakes += 1

    def fit(self, X, y, epochs=100):
        for _ in range(epochs):
            clean = True
            for x, t in zip(X, y):
                if self.predict(x[None])[0] != t:
                    clean = False
                    self.update(x, t)
            if clean:
                return self

# %% fit learns without update, predictions are truth values answer="Perceptron"
class Perceptron:
    def __init__(self, d):
        self.w = np.zeros(d)
        self.mistakes = 0

    def predict(self, X):
        return X @ self.w > 0

    def update(self, x, y):
        error = y - (x @ self.w > 0)
        self.w = self.w + error * x
        self.mistakes += int(error != 0)

    def fit(self, X, y, epochs=100):
        sweep = 0
        while sweep < epochs:
            wrong = 0
            for x, t in zip(X, y):
                if (error := t - float(x @ self.w > 0)):
                    self.w = self.w + error * x
                    wrong += 1
            self.mistakes += wrong
            sweep += 1
            if not wrong:
                break

# %% the two labels apart answer="novikoff_bound"
def novikoff_bound(X, y, w):
    z = X @ w / np.linalg.norm(w)
    gamma = min(np.min(z[y == 1], initial=np.inf), np.min(-z[y == 0], initial=np.inf))
    R = max(np.linalg.norm(x) for x in X)
    return float((R / gamma) ** 2) if gamma > 0 else float("inf")

# %% a sum, and a sum that is too large answer="xor_network"
def xor_network():
    return np.ones((2, 2)), np.array([0.0, -1.0]), np.array([1.0, -2.0]), 0.0

# %% each label's own term answer="logistic"
def logistic(w, X, y):
    z = X @ w
    loss = np.where(y == 1, np.logaddexp(0, -z), np.logaddexp(0, z)).mean()
    return loss, sum((sigmoid(z[i]) - y[i]) * X[i] for i in range(len(X))) / len(X)

# %% torch's sum of exponentials answer="softmax"
def softmax(Z):
    import torch
    scores = torch.from_numpy(Z)
    return torch.exp(scores - torch.logsumexp(scores, -1, keepdim=True)).numpy()

# %% torch and its autograd answer="softmax_gradient"
def softmax_gradient(W, X, Y):
    import torch
    t = torch.tensor(W, requires_grad=True)
    loss = -(torch.tensor(Y) * torch.log_softmax(torch.tensor(X) @ t, -1)).sum(1).mean()
    loss.backward()
    return t.grad.numpy()

# %% P changed where it stands answer="softmax_gradient"
def softmax_gradient(W, X, Y):
    P = softmax(X @ W)
    P -= Y
    return np.einsum("ni,nk->ik", X, P) / X.shape[0]

# %% eigenvectors answer="normal_equations"
def normal_equations(X, y):
    k, V = np.linalg.eigh(X.T @ X)
    large = k > 1e-10 * k.max()
    return V[:, large] @ (V[:, large].T @ (X.T @ y) / k[large])
