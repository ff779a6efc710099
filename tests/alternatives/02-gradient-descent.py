# ---
# jupyter:
#   jupytext:
#     comment_magics: false
#     cell_metadata_filter: answer,check,essay,points,tags,-all
# ---

# %% an array filled row by row answer="descend"
def descend(gradient, x, eta, steps):
    path = np.empty((steps + 1, *x.shape))
    path[0] = x
    for t in range(steps):
        path[t + 1] = path[t] - eta * gradient(path[t])
    return path

# %% recursion answer="descend"
def descend(gradient, x, eta, steps):
    if steps == 0:
        return np.stack([x])
    return np.concatenate([x[None], descend(gradient, x - eta * gradient(x), eta, steps - 1)])

# %% in place, with copies answer="descend"
def descend(gradient, x, eta, steps):
    x, path = x.copy(), []
    while len(path) <= steps:
        path.append(x.copy())
        x -= eta * gradient(x)
    return np.array(path)

# %% only the ends of the spectrum answer="rate"
def rate(H, eta):
    kappa = np.linalg.eigvalsh(H)
    return max(abs(1 - eta * kappa[0]), abs(1 - eta * kappa[-1]))

# %% the norm of the step's matrix answer="rate"
def rate(H, eta):
    return np.linalg.norm(np.eye(len(H)) - eta * H, ord=2)

# %% general eigenvalues answer="rate"
def rate(H, eta):
    return np.abs(np.linalg.eigvals(np.eye(len(H)) - eta * H)).max()

# %% torch answer="rate"
def rate(H, eta):
    import torch
    return (1 - eta * torch.linalg.eigvalsh(torch.tensor(H))).abs().max()

# %% the quotient rule as it stands answer="slope"
def slope(x):
    u, v = x**2, 1 + np.log(x)
    return (2 * x * v - u / x) / v**2

# %% a difference of two terms answer="slope"
def slope(x):
    L = 1 + np.log(x)
    return 2 * x / L - x / L**2

# %% torch and its autograd answer="slope"
def slope(x):
    import torch
    t = torch.tensor(x, requires_grad=True)
    (t**2 / (1 + torch.log(t))).sum().backward()
    return t.grad

# %% typed numbers answer="landmarks"
def landmarks():
    return {"pole": 0.3679, "minimum": 0.6065, "value": 0.7358, "limit": 0.25}

# %% computed from each other answer="landmarks"
def landmarks():
    x = np.sqrt(1 / np.e)
    return {"limit": 1 / 4, "pole": x**2, "minimum": x, "value": x**2 / (1 + np.log(x))}

# %% a generator, with shuffle answer="batches"
def batches(n, b, rng):
    order = np.arange(n)
    rng.shuffle(order)
    start = 0
    while start < n:
        yield order[start : start + b]
        start += b

# %% array_split at the multiples of b answer="batches"
def batches(n, b, rng):
    return np.split(rng.permutation(n), np.arange(b, n, b))

# %% sorted by random keys, as lists answer="batches"
def batches(n, b, rng):
    keys = rng.random(n)
    order = sorted(range(n), key=lambda i: keys[i])
    return [order[k * b : (k + 1) * b] for k in range(-(-n // b))]

# %% pairs of rows and labels answer="sgd"
def sgd(gradient, w, X, y, eta, b, epochs, rng):
    w = w.copy()
    for _ in range(epochs):
        pairs = [(X[rows], y[rows]) for rows in batches(len(X), b, rng)]
        for X_b, y_b in pairs:
            w -= eta * gradient(w, X_b, y_b)
    return w

# %% shuffled copies, without batches answer="sgd"
def sgd(gradient, w, X, y, eta, b, epochs, rng):
    for _ in range(epochs):
        order = rng.permutation(len(X))
        X_new, y_new = X[order], y[order]
        for i in range(0, len(X), b):
            w = w - eta * gradient(w, X_new[i : i + b], y_new[i : i + b])
    return w

# %% a geometric series answer="noise_ball"
def noise_ball(eta, sigma, b):
    return (eta * sigma) ** 2 / b / (1 - (1 - eta) ** 2)

# %% the sum of that series, term by term answer="noise_ball"
def noise_ball(eta, sigma, b):
    return sum(eta**2 * sigma**2 / b * (1 - eta) ** (2 * k) for k in range(2000))

# %% a conditional expression answer="schedule"
def schedule(t, T, eta, warmup):
    return eta * (t + 1) / warmup if t < warmup else eta * np.cos(np.pi / 2 * (t - warmup) / (T - warmup)) ** 2

# %% counted from the end, with math answer="schedule"
def schedule(t, T, eta, warmup):
    import math
    if t + 1 <= warmup:
        return (t + 1) * (eta / warmup)
    return eta / 2 - eta / 2 * math.cos(math.pi * (T - t) / (T - warmup))

# %% in place, on copies answer="momentum_step"
def momentum_step(w, v, g, eta, beta):
    w, v = w.copy(), v.copy()
    v *= beta
    v += g
    w -= eta * v
    return w, v

# %% single precision answer="momentum_step"
def momentum_step(w, v, g, eta, beta):
    w, v, g = (a.astype(np.float32) for a in (w, v, g))
    v = np.float32(beta) * v + g
    return w - np.float32(eta) * v, v

# %% as a list answer="momentum_step"
def momentum_step(w, v, g, eta, beta):
    return [w - eta * beta * v - eta * g, g + beta * v]

# %% the difference of two weights is the velocity answer="momentum_step"
def momentum_step(w, v, g, eta, beta):
    before = w + eta * v
    after = w - eta * g + beta * (w - before)
    return after, (w - after) / eta

# %% the correction in the learning rate answer="adam_step"
def adam_step(w, m, v, g, t, eta=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = m + (1 - beta1) * (g - m)
    v = v + (1 - beta2) * (g * g - v)
    size = eta / (1 - beta1**t)
    return w - size * m / (np.sqrt(v) / np.sqrt(1 - beta2**t) + eps), m, v

# %% in place, on copies answer="adam_step"
def adam_step(w, m, v, g, t, eta=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    w, m, v = (a.copy() for a in (w, m, v))
    m *= beta1
    m += (1 - beta1) * g
    v *= beta2
    v += (1 - beta2) * np.square(g)
    w -= eta * (m / (1 - beta1**t)) / ((v / (1 - beta2**t)) ** 0.5 + eps)
    return w, m, v

# %% entry by entry answer="adam_step"
def adam_step(w, m, v, g, t, eta=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    new = []
    for w_i, m_i, v_i, g_i in zip(w, m, v, g):
        m_i = beta1 * m_i + (1 - beta1) * g_i
        v_i = beta2 * v_i + (1 - beta2) * g_i**2
        step = m_i / (1 - beta1**t) / ((v_i / (1 - beta2**t)) ** 0.5 + eps)
        new.append((w_i - eta * step, m_i, v_i))
    return tuple(np.array(column) for column in zip(*new))

# %% from the condition number answer="best_step"
def best_step(H):
    kappa = np.linalg.eigvalsh(H)
    c = kappa.max() / kappa.min()
    return 2 / (kappa.min() + kappa.max()), (c - 1) / (c + 1)

# %% its rate asked of rate answer="best_step"
def best_step(H):
    values = np.linalg.eigvals(H)
    eta = 2 / (values.min() + values.max())
    return eta, rate(H, eta)

# %% written out answer="nesterov_step"
def nesterov_step(w, v, g, eta, beta):
    new = beta * v + g
    return w - eta * g - eta * beta * new, new

# %% by the heavy ball answer="nesterov_step"
def nesterov_step(w, v, g, eta, beta):
    _, v = momentum_step(w, v, g, eta, beta)
    return w - eta * (g + beta * v), v

# %% in place, on copies answer="adagrad_step"
def adagrad_step(w, s, g, eta, eps=1e-10):
    w, s = w.copy(), s.copy()
    s += g * g
    w -= eta / (s**0.5 + eps) * g
    return w, s

# %% as a list answer="adagrad_step"
def adagrad_step(w, s, g, eta, eps=1e-10):
    total = np.add(s, np.square(g))
    return [w - eta * g / (np.sqrt(total) + eps), total]

# %% a step towards the new square answer="rmsprop_step"
def rmsprop_step(w, s, g, eta, beta=0.99, eps=1e-8):
    s = s + (1 - beta) * (g * g - s)
    return w - eta * g / (s**0.5 + eps), s

# %% np.average answer="rmsprop_step"
def rmsprop_step(w, s, g, eta, beta=0.99, eps=1e-8):
    s = np.average([s, g**2], axis=0, weights=[beta, 1 - beta])
    return w - eta * g / (np.sqrt(s) + eps), s

# %% the decay after the step answer="adamw_step"
def adamw_step(w, m, v, g, t, eta, decay):
    new, m, v = adam_step(w, m, v, g, t, eta)
    return new - eta * decay * w, m, v

# %% written out answer="adamw_step"
def adamw_step(w, m, v, g, t, eta, decay):
    m, v = 0.9 * m + 0.1 * g, 0.999 * v + (1 - 0.999) * g**2
    step = m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return w - eta * (step + decay * w), m, v

# %% accumulated answer="descend"
def descend(gradient, x, eta, steps):
    from itertools import accumulate
    return np.stack(list(accumulate(range(steps), lambda p, _: p - eta * gradient(p), initial=x)))

# %% appended along a new axis answer="descend"
def descend(gradient, x, eta, steps):
    path = x[None]
    for _ in range(steps):
        path = np.append(path, (path[-1] - eta * gradient(path[-1]))[None], axis=0)
    return path

# %% the complex step answer="slope"
def slope(x):
    z = x + 1e-30j
    return (z**2 / (1 + np.log(z))).imag / 1e-30

# %% cut off a list answer="batches"
def batches(n, b, rng):
    left, out = list(rng.permutation(n)), []
    while left:
        out.append(np.array(left[:b]))
        left = left[b:]
    return out

# %% np.take answer="sgd"
def sgd(gradient, w, X, y, eta, b, epochs, rng):
    epoch = 0
    while epoch < epochs:
        for rows in list(batches(len(X), b, rng)):
            w = w - eta * gradient(w, np.take(X, rows, axis=0), np.take(y, rows, axis=0))
        epoch += 1
    return w

# %% np.where, with a guard answer="schedule"
def schedule(t, T, eta, warmup):
    warm = eta * (t + 1) / max(warmup, 1)
    cold = 0.5 * eta * (1 + np.cos(np.pi * (t - warmup) / (T - warmup)))
    return float(np.where(t < warmup, warm, cold))

# %% torch's tensors answer="momentum_step"
def momentum_step(w, v, g, eta, beta):
    import torch
    buf = torch.tensor(v).mul_(beta).add_(torch.tensor(g))
    return torch.tensor(w).add(buf, alpha=-eta).numpy(), buf.numpy()

# %% two heavy balls answer="nesterov_step"
def nesterov_step(w, v, g, eta, beta):
    _, v = momentum_step(w, v, g, eta, beta)
    ahead, _ = momentum_step(w, v, g, eta, beta)
    return ahead, v
