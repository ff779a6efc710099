# ---
# jupyter:
#   jupytext:
#     comment_magics: false
#     cell_metadata_filter: answer,check,essay,points,tags,-all
# ---

# %% one expression answer="diagnose"
def diagnose(train, val, goal, slack):
    over = val[-1] - train[-1] > slack or val[-1] > np.min(val) + slack
    return "under" if train[-1] > goal else ("over" if over else "right")

# %% lists and max answer="diagnose"
def diagnose(train, val, goal, slack):
    train, val = list(train), list(val)
    if goal < train[-1]:
        return "under"
    return ["right", "over"][int(max(val[-1] - slack - train[-1], val[-1] - slack - min(val)) > 0)]

# %% numpy answer="interval"
def interval(right, m):
    p = np.divide(right, m)
    reach = 2 * np.sqrt(p * (1 - p) / m)
    return tuple(np.clip([p - reach, p + reach], 0, 1))

# %% the deviation of the rows answer="interval"
def interval(right, m):
    rows = np.array([1.0] * right + [0.0] * (m - right))
    reach = 2 * rows.std() / np.sqrt(m)
    return max(0, rows.mean() - reach), min(1, rows.mean() + reach)

# %% every K-th of a shuffled list answer="kfold"
def kfold(n, K, rng):
    order = rng.permutation(n)
    return [(np.setdiff1d(np.arange(n), order[k::K]), order[k::K]) for k in range(K)]

# %% labels dealt out answer="kfold"
def kfold(n, K, rng):
    fold = np.arange(n) % K
    rng.shuffle(fold)
    return [(np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(K)]

# %% lists answer="kfold"
def kfold(n, K, rng):
    order = list(range(n))
    rng.shuffle(order)
    sizes = [n // K + (k < n % K) for k in range(K)]
    folds, start = [], 0
    for size in sizes:
        test = order[start : start + size]
        folds.append(([i for i in order if i not in test], test))
        start += size
    return folds

# %% a comprehension answer="cross_validate"
def cross_validate(fit, score, X, y, folds):
    scores = np.array([score(fit(X[a], y[a]), X[b], y[b]) for a, b in folds])
    return scores.mean(), scores.std()

# %% the formula answer="cross_validate"
def cross_validate(fit, score, X, y, folds):
    K, scores = len(folds), []
    models = [fit(X[train], y[train]) for train, _ in folds]
    for model, (_, test) in zip(models, folds):
        scores.append(score(model, X[test], y[test]))
    mean = sum(scores) / K
    return mean, (sum((s - mean) ** 2 for s in scores) / K) ** 0.5

# %% the variance of numpy answer="bias_variance"
def bias_variance(P, truth):
    return ((P.mean(0) - truth) ** 2).mean(), P.var(axis=0).mean()

# %% place by place answer="bias_variance"
def bias_variance(P, truth):
    bias, variance = 0.0, 0.0
    draws, n = P.shape
    for j in range(n):
        mean = sum(P[:, j]) / draws
        bias += (mean - truth[j]) ** 2 / n
        variance += sum((p - mean) ** 2 for p in P[:, j]) / draws / n
    return bias, variance

# %% a row for each weight answer="ridge"
def ridge(X, y, lam):
    n, d = X.shape
    A = np.vstack([X - X.mean(axis=0), np.sqrt(n * lam) * np.eye(d)])
    w = np.linalg.lstsq(A, np.concatenate([y - y.mean(), np.zeros(d)]), rcond=None)[0]
    return w, y.mean() - X.mean(axis=0) @ w

# %% a column of ones without a charge answer="ridge"
def ridge(X, y, lam):
    n, d = X.shape
    Z = np.column_stack([np.ones(n), X])
    charge = n * lam * np.eye(d + 1)
    charge[0, 0] = 0
    v = np.linalg.solve(Z.T @ Z + charge, Z.T @ y)
    return v[1:], v[0]

# %% means, and an inverse answer="ridge"
def ridge(X, y, lam):
    n = len(X)
    Xc = X - X.mean(axis=0)
    w = np.linalg.inv(Xc.T @ Xc / n + lam * np.eye(X.shape[1])) @ (Xc.T @ y / n)
    return w, np.mean(y - X @ w)

# %% torch answer="ridge"
def ridge(X, y, lam):
    X, y = torch.tensor(X), torch.tensor(y)
    Xc = X - X.mean(0)
    w = torch.linalg.solve(Xc.T @ Xc + len(X) * lam * torch.eye(X.shape[1], dtype=X.dtype), Xc.T @ (y - y.mean()))
    return w.numpy(), float(y.mean() - X.mean(0) @ w)

# %% three cases answer="soft_threshold"
def soft_threshold(w, t):
    return np.where(w > t, w - t, np.where(w < -t, w + t, 0.0))

# %% what is clipped is taken off answer="soft_threshold"
def soft_threshold(w, t):
    return w - np.clip(w, -t, t)

# %% torch answer="soft_threshold"
def soft_threshold(w, t):
    return torch.nn.functional.softshrink(torch.tensor(w), t).numpy()

# %% a counter answer="early_stop"
def early_stop(val, patience):
    best, lowest, bad = 0, float("inf"), 0
    for epoch, error in enumerate(val):
        if error < lowest:
            best, lowest, bad = epoch, error, 0
        else:
            bad += 1
            if bad >= patience:
                return epoch, best
    return len(val) - 1, best

# %% argmin of what was seen answer="early_stop"
def early_stop(val, patience):
    for epoch in range(len(val)):
        best = int(np.argmin(val[: epoch + 1]))
        if epoch - best >= patience:
            break
    return epoch, best

# %% where answer="dropout"
def dropout(H, p, rng, training):
    if not training or p == 0:
        return H.copy()
    kept = rng.uniform(size=H.shape) > p
    return np.where(kept, H / (1 - p) if p < 1 else 0.0, 0.0)

# %% binomial answer="dropout"
def dropout(H, p, rng, training):
    if training:
        return H * rng.binomial(1, 1 - p, size=H.shape) / max(1 - p, 1e-12)
    return H

# %% choice answer="dropout"
def dropout(H, p, rng, training):
    mask = rng.choice([0.0, 1.0], size=H.shape, p=[p, 1 - p])
    scale = 1 / (1 - p) if p < 1 else 0.0
    return H * mask * scale if training else H

# %% a loop answer="random_search"
def random_search(trial, low, high, budget, rng):
    best, lowest = None, float("inf")
    for _ in range(budget):
        value = low * (high / low) ** rng.random()
        error = trial(value)
        if error < lowest:
            best, lowest = value, error
    return best

# %% base ten answer="random_search"
def random_search(trial, low, high, budget, rng):
    values = 10 ** rng.uniform(np.log10(low), np.log10(high), budget)
    return min((trial(value), value) for value in values)[1]

# %% the pseudo-inverse answer="smallest"
def smallest(X, y):
    return np.linalg.pinv(X) @ y

# %% least squares answer="smallest"
def smallest(X, y):
    return np.linalg.lstsq(X, y, rcond=None)[0]

# %% through the weights answer="dual_ridge"
def dual_ridge(X, y, lam, X_new):
    w = np.linalg.solve(X.T @ X + len(X) * lam * np.eye(X.shape[1]), X.T @ y)
    return X_new @ w

# %% an inverse answer="dual_ridge"
def dual_ridge(X, y, lam, X_new):
    K = X @ X.T
    return X_new @ X.T @ np.linalg.inv(K + len(X) * lam * np.eye(len(K))) @ y

# %% binary numbers answer="all_masks"
def all_masks(h, p):
    n = len(h)
    masks = (np.arange(2**n)[:, None] >> np.arange(n)) & 1 == 1
    return masks, np.where(masks, 1 - p, p).prod(axis=1)

# %% recursion answer="all_masks"
def all_masks(h, p):
    rows = [([], 1.0)]
    for _ in h:
        rows = [(row + [keep], q * (1 - p if keep else p)) for row, q in rows for keep in (True, False)]
    return np.array([row for row, _ in rows]), np.array([q for _, q in rows])

# %% a loop answer="membership"
def membership(known, new):
    best = 0
    for t in [*known, *new]:
        best = max(best, (np.mean(known <= t) + np.mean(new > t)) / 2)
    return best

# %% sorted answer="membership"
def membership(known, new):
    both = np.unique(np.concatenate([known, new]))
    below = [np.searchsorted(np.sort(group), both, side="right") / len(group) for group in (known, new)]
    return (1 + (below[0] - below[1]).max()) / 2
