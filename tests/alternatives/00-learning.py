# ---
# jupyter:
#   jupytext:
#     comment_magics: false
#     cell_metadata_filter: answer,check,essay,points,tags,-all
# ---

# %% np.add.at answer="confusion"
def confusion(y, y_hat, K):
    C = np.zeros((K, K), dtype=int)
    np.add.at(C, (y, y_hat), 1)
    return C

# %% counted by pairs answer="confusion"
def confusion(y, y_hat, K):
    return np.array([[np.sum((y == i) & (y_hat == j)) for j in range(K)] for i in range(K)])

# %% a product of one-hot rows, with decimals answer="confusion"
def confusion(y, y_hat, K):
    return np.eye(K)[y].T @ np.eye(K)[y_hat]

# %% bincount answer="confusion"
def confusion(y, y_hat, K):
    return np.bincount(K * y + y_hat, minlength=K * K).reshape(K, K)

# %% by hits and mistakes answer="precision_recall"
def precision_recall(C, k):
    hit = C[k, k]
    false_alarm = sum(C[i, k] for i in range(len(C)) if i != k)
    missed = sum(C[k, j] for j in range(len(C)) if j != k)
    if hit == 0:
        return 0.0, 0.0
    return hit / (hit + false_alarm), hit / (hit + missed)

# %% max(…, 1) answer="precision_recall"
def precision_recall(C, k):
    return C[k, k] / max(1, C[:, k].sum()), C[k, k] / max(1, C[k, :].sum())

# %% torch answer="to_batch"
def to_batch(images):
    return torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255

# %% moveaxis, type first answer="to_batch"
def to_batch(images):
    return np.moveaxis(images.astype(np.float32), -1, 1) / np.float32(255)

# %% a loop over channels answer="to_batch"
def to_batch(images):
    return np.stack([images[..., c] / 255 for c in range(images.shape[-1])], axis=1).astype("float32")

# %% einsum answer="to_batch"
def to_batch(images):
    return np.einsum("nhwc->nchw", images).astype(np.float32) / 255

# %% rows of the identity answer="one_hot"
def one_hot(y, C):
    return np.eye(C)[y]

# %% a comparison answer="one_hot"
def one_hot(y, C):
    return (y[:, None] == np.arange(C)).astype(float)

# %% a loop, whole numbers answer="one_hot"
def one_hot(y, C):
    Y = np.zeros((len(y), C), dtype=int)
    for i, k in enumerate(y):
        Y[i, k] = 1
    return Y

# %% plain Python answer="errors"
def errors(y, y_hat):
    r = [a - b for a, b in zip(y, y_hat)]
    mse = sum(v * v for v in r) / len(r)
    return mse, sum(abs(v) for v in r) / len(r), mse ** 0.5

# %% norms answer="errors"
def errors(y, y_hat):
    n, r = len(y), y_hat - y
    return r @ r / n, np.linalg.norm(r, 1) / n, np.linalg.norm(r) / np.sqrt(n)

# %% tried out answer="best_constant"
def best_constant(y, loss):
    cost = {"squared": lambda r: r**2, "absolute": abs, "0-1": lambda r: r != 0}[loss]
    return min([*y, np.mean(y)], key=lambda c: np.mean(cost(y - c)))

# %% sorted and counted answer="best_constant"
def best_constant(y, loss):
    if loss == "squared":
        return sum(y) / len(y)
    if loss == "absolute":
        return sorted(y)[len(y) // 2]
    return max(set(y.tolist()), key=y.tolist().count)

# %% a loop answer="information"
def information(p, q):
    h = c = 0.0
    for a, b in zip(p, q):
        if a > 0:
            h -= a * np.log(a)
            c -= a * (np.log(b) if b > 0 else -np.inf)
    return h, c, c - h

# %% where, and the divergence by itself answer="information"
def information(p, q):
    with np.errstate(all="ignore"):
        H = -np.nansum(np.where(p > 0, p * np.log(p), 0))
        KL = np.sum(np.where(p > 0, p * np.log(p / q), 0))
    return H, H + KL, KL

# %% rows as tuples answer="clean"
def clean(X, y):
    seen = {}
    for i, row in enumerate(map(tuple, X)):
        seen.setdefault(row, []).append(i)
    kept = [rows[0] for row, rows in seen.items() if any(row) and len({y[i] for i in rows}) == 1]
    return np.array(sorted(kept), dtype=int)

# %% np.unique, put in order answer="clean"
def clean(X, y):
    _, first, which = np.unique(X, axis=0, return_index=True, return_inverse=True)
    which = np.ravel(which)
    keep = [i for g, i in enumerate(first) if np.ptp(y[which == g]) == 0 and X[i].sum() > 0]
    return np.sort(np.array(keep, dtype=int))

# %% every row compared with all answer="clean"
def clean(X, y):
    kept = []
    for i in range(len(X)):
        same = (X == X[i]).all(axis=1)
        if X[i].any() and not same[:i].any() and (y[same] == y[i]).all():
            kept.append(i)
    return np.array(kept, dtype=int)

# %% the largest remainders answer="split"
def split(y, shares, rng):
    parts = [[] for _ in shares]
    for k in sorted(set(y.tolist())):
        rows = np.where(y == k)[0]
        rng.shuffle(rows)
        exact = np.array(shares) * len(rows)
        sizes = np.floor(exact + 1e-9).astype(int)
        for i in np.argsort(sizes - exact, kind="stable")[: len(rows) - sizes.sum()]:
            sizes[i] += 1
        at = 0
        for part, size in zip(parts, sizes):
            part.extend(rows[at : at + size].tolist())
            at += size
    return parts

# %% borders rounded down, the parts mixed answer="split"
def split(y, shares, rng):
    borders = np.concatenate([[0], np.cumsum(shares)])
    parts = []
    order = rng.permutation(len(y))
    for low, high in zip(borders[:-1], borders[1:]):
        mine = []
        for k in np.unique(y):
            rows = order[y[order] == k]
            mine.append(rows[int(low * len(rows) + 1e-9) : int(high * len(rows) + 1e-9)])
        parts.append(np.concatenate(mine))
    return tuple(parts)

# %% sorted by a pair answer="vocabulary"
def vocabulary(X, train, k):
    having = [sum(X[i, j] > 0 for i in train) for j in range(X.shape[1])]
    return np.array(sorted(range(len(having)), key=lambda j: (-having[j], j))[:k])

# %% lexsort answer="vocabulary"
def vocabulary(X, train, k):
    having = np.count_nonzero(X[train], axis=0)
    return np.lexsort((np.arange(len(having)), -having))[:k]

# %% gradients cleared after the step answer="train_step"
def train_step(model, optimiser, X, y):
    optimiser.zero_grad()
    loss = nn.CrossEntropyLoss()(model(X), y)
    loss.backward()
    optimiser.step()
    optimiser.zero_grad()
    return float(loss.detach())

# %% the log-softmax by hand answer="train_step"
def train_step(model, optimiser, X, y):
    loss = -torch.log_softmax(model(X), dim=1)[torch.arange(len(y)), y].mean()
    model.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()

# %% gradients by autograd.grad answer="train_step"
def train_step(model, optimiser, X, y):
    params = list(model.parameters())
    loss = nn.functional.nll_loss(nn.functional.log_softmax(model(X), 1), y)
    for p, g in zip(params, torch.autograd.grad(loss, params)):
        p.grad = g
    optimiser.step()
    return loss.detach().numpy().item()

# %% the density first answer="log_likelihood"
def log_likelihood(y, y_hat, sigma):
    density = np.exp(-0.5 * ((y - y_hat) / sigma) ** 2) / (sigma * np.sqrt(2 * np.pi))
    return np.log(density).mean()

# %% torch's Gaussian loss answer="log_likelihood"
def log_likelihood(y, y_hat, sigma):
    y, y_hat = torch.from_numpy(y), torch.from_numpy(y_hat)
    return -nn.functional.gaussian_nll_loss(y_hat, y, torch.full_like(y, sigma**2), full=True).item()

# %% another order of the features answer="quadratic"
def quadratic(X):
    a, b = X.T
    s = 2**0.5
    return np.column_stack([a * a, b * b, s * a * b, s * a, s * b, np.ones_like(a)])

# %% all products of (1, x1, x2), equal ones joined answer="quadratic"
def quadratic(X):
    Z = np.column_stack([np.ones(len(X)), X])
    i, j = np.triu_indices(3)
    return Z[:, i] * Z[:, j] * np.where(i == j, 1, np.sqrt(2))
