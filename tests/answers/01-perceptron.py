# ---
# jupyter:
#   jupytext:
#     comment_magics: false
#     cell_metadata_filter: answer,check,essay,points,tags,-all
# ---

# %% halfway at zero answer="heaviside"
def heaviside(z):
    return 0.5 * (np.sign(z) + 1)


# %% a hard sigmoid answer="heaviside"
def heaviside(z):
    return np.clip(z + 0.5, 0, 1)


# %% the activation of each product answer="neuron"
def neuron(X, w, b, f):
    return np.array([sum(f(x_j * w_j) for x_j, w_j in zip(x, w)) + b for x in X])


# %% the bias for each input answer="neuron"
def neuron(X, w, b, f):
    return f(np.sum(w * X + b, axis=1))


# %% a row of ones answer="absorb_bias"
def absorb_bias(X, w, b):
    return np.vstack([np.ones((1, X.shape[1])), X]), np.append([b], w)


# %% NAND is AND's weights turned answer="gates"
def gates():
    return {"AND": ([2.0, 2.0], -3.0), "OR": ([2.0, 2.0], -1.0), "NAND": ([-2.0, -2.0], -3.0)}


# %% only the mistakes of one class answer="Perceptron"
class Perceptron:
    def __init__(self, d):
        self.w, self.mistakes = np.zeros(d), 0

    def predict(self, X):
        return np.array([1.0 if x @ self.w > 0 else 0.0 for x in X])

    def update(self, x, y):
        if y == 1 and self.predict([x])[0] == 0:
            self.w = self.w + x
            self.mistakes += 1

    def fit(self, X, y, epochs=100):
        for _ in range(epochs):
            before = self.mistakes
            for x, label in zip(X, y):
                self.update(x, label)
            if self.mistakes == before:
                return


# %% predict prints answer="Perceptron"
class Perceptron:
    def __init__(self, d):
        self.w, self.mistakes = np.zeros(d), 0

    def predict(self, X):
        y_hat = np.where(np.asarray(X) @ self.w > 0, 1.0, 0.0)
        print(y_hat)

    def update(self, x, y):
        y_hat = 1.0 * (x @ self.w > 0)
        self.w = self.w + (y - y_hat) * x
        self.mistakes += int(y_hat != y)

    def fit(self, X, y, epochs=100):
        for _ in range(epochs):
            before = self.mistakes
            for x, label in zip(X, y):
                self.update(x, label)
            if self.mistakes == before:
                return


# %% the mean distance answer="novikoff_bound"
def novikoff_bound(X, y, w):
    margins = (2 * y - 1) * (X @ w) / np.linalg.norm(w)
    if margins.min() <= 0:
        return float("inf")
    return float((np.linalg.norm(X, axis=1).max() / margins.mean()) ** 2)


# %% labels as they come answer="novikoff_bound"
def novikoff_bound(X, y, w):
    gamma = np.min(y * (X @ w)) / np.sqrt(w @ w)
    return float(np.max(np.sum(X**2, axis=1)) / gamma**2) if gamma > 0 else np.inf


# %% the loss of one row, and no mean answer="logistic"
def logistic(w, X, y):
    p = 1 / (1 + np.exp(-X @ w))
    losses = [-np.log(p_i) if y_i else -np.log(1 - p_i) for p_i, y_i in zip(p, y)]
    return losses[0], (p - y) @ X / len(y)


# %% rounded to look nice answer="softmax"
def softmax(Z):
    E = np.exp(Z - Z.max(axis=-1)[..., None])
    return np.round(E / E.sum(axis=-1)[..., None], 4)


# %% shares of the scores answer="softmax"
def softmax(Z):
    Z = Z - Z.min(axis=-1, keepdims=True)
    return Z / Z.sum(axis=-1, keepdims=True)


# %% labels as the scores' errors answer="softmax_gradient"
def softmax_gradient(W, X, Y):
    return X.T @ (X @ W - Y) / len(Y)


# %% never positive answer="hinge"
def hinge(w, X, s):
    return float(np.mean([min(0, 1 - s_i * (x @ w)) for x, s_i in zip(X, s)]))


# %% second layer first answer="collapse"
def collapse(W1, b1, W2, b2):
    return W1 @ W2, b2 + W2.T @ b1 + b1.sum()
