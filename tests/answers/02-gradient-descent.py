# ---
# jupyter:
#   jupytext:
#     comment_magics: false
#     cell_metadata_filter: answer,check,essay,points,tags,-all
# ---

# %% always the first slope answer="descend"
def descend(gradient, x, eta, steps):
    g = gradient(x)
    return np.array([x - eta * i * g for i in range(steps + 1)])


# %% one point too many answer="descend"
def descend(gradient, x, eta, steps):
    path = [x]
    while len(path) <= steps + 1:
        path.append(path[-1] - eta * gradient(path[-1]))
    return np.array(path)


# %% the mean factor answer="rate"
def rate(H, eta):
    return float(np.mean(np.abs(1 - eta * np.linalg.eigvalsh(H))))


# %% the matrix's own largest entry answer="rate"
def rate(H, eta):
    return float(np.abs(np.eye(len(H)) - eta * H).max())


# %% quotient rule without a square answer="slope"
def slope(x):
    return (2 * x * (1 + np.log(x)) - x) / (1 + np.log(x))


# %% logarithm to base 2 answer="slope"
def slope(x):
    return x * (1 + 2 * np.log2(x)) / (1 + np.log2(x)) ** 2


# %% signs of the exponents answer="landmarks"
def landmarks():
    return {"pole": float(np.exp(1)), "minimum": float(np.exp(0.5)), "value": float(2 / np.e), "limit": 0.25}


# %% the rest is thrown away answer="batches"
def batches(n, b, rng):
    return list(rng.permutation(n)[: n - n % b].reshape(-1, b))


# %% each batch twice answer="sgd"
def sgd(gradient, w, X, y, eta, b, epochs, rng):
    for _ in range(epochs):
        for rows in batches(len(X), b, rng):
            w = w - eta * gradient(w, X[rows], y[rows])
            w = w - eta * gradient(w, X[rows], y[rows])
    return w


# %% the spread answer="noise_ball"
def noise_ball(eta, sigma, b):
    return (eta * sigma**2 / (b * (2 - eta))) ** 0.5


# %% a triangle answer="schedule"
def schedule(t, T, eta, warmup):
    if t < warmup:
        return eta * (t + 1) / warmup
    return eta * (T - t) / (T - warmup)


# %% rises from zero answer="schedule"
def schedule(t, T, eta, warmup):
    if t < warmup:
        return eta * t / warmup
    return eta / 2 * (1 + np.cos(np.pi * (t - warmup) / (T - warmup)))


# %% a moving average answer="momentum_step"
def momentum_step(w, v, g, eta, beta):
    v = beta * v + (1 - beta) * g
    return w - eta * v, v


# %% nothing comes back answer="momentum_step"
def momentum_step(w, v, g, eta, beta):
    v = beta * v + g
    w = w - eta * v


# %% root of the corrected average left out answer="adam_step"
def adam_step(w, m, v, g, t, eta=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    return w - eta * (m / (1 - beta1**t)) / (v / (1 - beta2**t) + eps), m, v


# %% the sum of the roots answer="adagrad_step"
def adagrad_step(w, s, g, eta, eps=1e-10):
    s = s + np.abs(g)
    return w - eta * g / (s + eps), s
