# ---
# jupyter:
#   jupytext:
#     comment_magics: false
#     cell_metadata_filter: answer,check,essay,points,tags,-all
# ---

# %% a small gap is right, whatever the errors answer="diagnose"
def diagnose(train, val, goal, slack):
    return "right" if abs(val[-1] - train[-1]) <= slack else ("over" if val[-1] > train[-1] else "under")


# %% the mean of the curves answer="diagnose"
def diagnose(train, val, goal, slack):
    if np.mean(train) > goal:
        return "under"
    return "over" if np.mean(val) > np.mean(train) + slack else "right"


# %% a number of standard errors that statisticians know answer="interval"
def interval(right, m):
    p = right / m
    reach = 1.96 * np.sqrt(p * (1 - p) / m)
    return max(0.0, p - reach), min(1.0, p + reach)


# %% one error bar on a count of right answers answer="interval"
def interval(right, m):
    p = right / m
    reach = 2 * np.sqrt(right) / m
    return max(0.0, p - reach), min(1.0, p + reach)


# %% the widest bar there is answer="interval"
def interval(right, m):
    p = right / m
    reach = 2 * np.sqrt(0.25 / m)
    return max(0.0, p - reach), min(1.0, p + reach)


# %% divided by m - 1 answer="interval"
def interval(right, m):
    p = right / m
    reach = 2 * np.sqrt(p * (1 - p) / (m - 1)) if m > 1 else 0.0
    return max(0.0, p - reach), min(1.0, p + reach)


# %% blocks in order, of equal size answer="kfold"
def kfold(n, K, rng):
    size = n // K
    folds = []
    for k in range(K):
        test = np.arange(k * size, (k + 1) * size)
        folds.append((np.setdiff1d(np.arange(n), test), test))
    return folds


# %% masks of truth values answer="kfold"
def kfold(n, K, rng):
    fold = rng.permutation(n) % K
    return [(fold != k, fold == k) for k in range(K)]


# %% drawn with repetition answer="kfold"
def kfold(n, K, rng):
    fold = rng.integers(0, K, n)
    return [(np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(K)]


# %% a model that goes on learning answer="cross_validate"
def cross_validate(fit, score, X, y, folds):
    scores, rows = [], np.zeros(0, dtype=int)
    for train, test in folds:
        rows = np.unique(np.concatenate([rows, train]))
        scores.append(score(fit(X[rows], y[rows]), X[test], y[test]))
    return float(np.mean(scores)), float(np.std(scores))


# %% the mean weighted by rows, and the range answer="cross_validate"
def cross_validate(fit, score, X, y, folds):
    scores = [score(fit(X[a], y[a]), X[b], y[b]) for a, b in folds]
    return float(np.mean(scores)), float(max(scores) - min(scores))


# %% the median answer="cross_validate"
def cross_validate(fit, score, X, y, folds):
    scores = [score(fit(X[a], y[a]), X[b], y[b]) for a, b in folds]
    return float(np.median(scores)), float(np.std(scores))


# %% squares of the truth taken off answer="bias_variance"
def bias_variance(P, truth):
    return float(np.mean(P.mean(axis=0) ** 2 - truth**2)), float(P.var(axis=0).mean())


# %% the first model for the mean answer="bias_variance"
def bias_variance(P, truth):
    return float(np.mean((P[0] - truth) ** 2)), float(np.mean((P - P[0]) ** 2))


# %% the noise counted in answer="bias_variance"
def bias_variance(P, truth):
    bias = np.mean((P.mean(axis=0) - truth) ** 2)
    return float(bias), float(np.mean((P - truth) ** 2))


# %% a mean of labels only answer="ridge"
def ridge(X, y, lam):
    n, d = X.shape
    yc = y - y.mean()
    w = np.linalg.solve(X.T @ X + n * lam * np.eye(d), X.T @ yc)
    return w, float(y.mean())


# %% a penalty on the root answer="ridge"
def ridge(X, y, lam):
    n, d = X.shape
    Xc, yc = X - X.mean(axis=0), y - y.mean()
    w = np.linalg.solve(Xc.T @ Xc + np.sqrt(n * lam) * np.eye(d), Xc.T @ yc)
    return w, float(y.mean() - X.mean(axis=0) @ w)


# %% least squares, then shrunk answer="ridge"
def ridge(X, y, lam):
    Xc, yc = X - X.mean(axis=0), y - y.mean()
    w = np.linalg.lstsq(Xc, yc, rcond=None)[0] / (1 + lam)
    return w, float(y.mean() - X.mean(axis=0) @ w)


# %% half of the threshold answer="soft_threshold"
def soft_threshold(w, t):
    return np.sign(w) * np.maximum(np.abs(w) - t / 2, 0.0)


# %% what is small is kept answer="soft_threshold"
def soft_threshold(w, t):
    return np.where(np.abs(w) > t, w - t * np.sign(w), w)


# %% a window of the last errors answer="early_stop"
def early_stop(val, patience):
    for epoch in range(patience, len(val)):
        if val[epoch] > val[epoch - patience]:
            return epoch, int(np.argmin(val[: epoch + 1]))
    return len(val) - 1, int(np.argmin(val))


# %% the last of the best answer="early_stop"
def early_stop(val, patience):
    best, bad = 0, 0
    for epoch in range(1, len(val)):
        if val[epoch] <= val[best]:
            best, bad = epoch, 0
        else:
            bad += 1
        if bad == patience:
            return epoch, best
    return len(val) - 1, best


# %% exactly so many in each row answer="dropout"
def dropout(H, p, rng, training):
    if not training or p == 0:
        return H
    out = H.copy()
    for row in out:
        row[rng.permutation(len(row))[: round(p * len(row))]] = 0
    return out


# %% scaled by what was really dropped answer="dropout"
def dropout(H, p, rng, training):
    if not training or p == 0:
        return H
    mask = rng.random(H.shape) >= p
    return H * mask / max(mask.mean(), 1e-9)


# %% at most half of the range answer="random_search"
def random_search(trial, low, high, budget, rng):
    values = low + (high - low) * rng.random(budget) ** 2
    return float(min(values, key=trial))


# %% powers of ten only answer="random_search"
def random_search(trial, low, high, budget, rng):
    values = 10.0 ** rng.integers(np.floor(np.log10(low)), np.ceil(np.log10(high)), budget)
    errors = [trial(v) for v in values]
    return float(values[np.argmin(errors)])


# %% an inverse of the wrong side answer="smallest"
def smallest(X, y):
    return X.T @ y / np.sum(X * X)


# %% divided by the new rows answer="dual_ridge"
def dual_ridge(X, y, lam, X_new):
    a = np.linalg.solve(X @ X.T + len(X_new) * lam * np.eye(len(X)), y)
    return X_new @ X.T @ a


# %% the masks of one entry each answer="all_masks"
def all_masks(h, p):
    masks = np.eye(len(h)) > 0
    return masks, np.full(len(h), p)


# %% the means of both groups answer="membership"
def membership(known, new):
    return float(known.mean() < new.mean())
