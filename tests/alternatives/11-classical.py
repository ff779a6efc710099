# ---
# jupyter:
#   jupytext:
#     comment_magics: false
#     cell_metadata_filter: answer,check,essay,points,tags,-all
# ---

# %% one class after the other answer="naive_bayes"
def naive_bayes(X, y, alpha):
    prior, logs = [], []
    for k in (0, 1):
        rows = X[y == k]
        total = rows.sum() + alpha * X.shape[1]
        prior.append(np.log(len(rows) / len(X)))
        logs.append(np.log((rows.sum(axis=0) + alpha) / total))
    return np.array(prior), np.array(logs)

# %% one-hot labels answer="naive_bayes"
def naive_bayes(X, y, alpha):
    Y = np.eye(2)[y]
    counts = Y.T @ X + alpha
    return np.log(Y.mean(axis=0)), np.log(counts) - np.log(counts.sum(axis=1))[:, None]

# %% loops answer="kmeans_step"
def kmeans_step(X, C):
    labels, inertia = [], 0.0
    for x in X:
        squares = [sum((x - c) ** 2) for c in C]
        labels.append(int(np.argmin(squares)))
        inertia += min(squares) / len(X)
    labels = np.array(labels)
    moved = [X[labels == k].mean(axis=0) if k in labels else C[k] for k in range(len(C))]
    return np.array(moved), labels, inertia

# %% products answer="kmeans_step"
def kmeans_step(X, C):
    squares = (X**2).sum(1)[:, None] - 2 * X @ C.T + (C**2).sum(1)
    labels = np.argmin(squares, axis=1)
    member = np.eye(len(C))[labels]
    n = member.sum(axis=0)[:, None]
    moved = np.where(n > 0, member.T @ X / np.maximum(n, 1), C)
    return moved, labels, np.mean(squares[np.arange(len(X)), labels])

# %% a dart on a stick answer="kmeans_pp"
def kmeans_pp(X, K, rng):
    rows = [int(rng.random() * len(X))]
    for _ in range(K - 1):
        squares = np.min([((X - X[i]) ** 2).sum(axis=1) for i in rows], axis=0)
        stick = np.cumsum(squares)
        rows.append(int(np.searchsorted(stick, rng.random() * stick[-1], side="right")))
    return X[rows]

# %% distances kept answer="kmeans_pp"
def kmeans_pp(X, K, rng):
    C = [X[rng.choice(len(X))]]
    nearest = np.full(len(X), np.inf)
    for _ in range(1, K):
        nearest = np.minimum(nearest, np.sum((X - C[-1]) ** 2, axis=-1))
        C.append(rng.choice(X, p=nearest / nearest.sum()))
    return np.array(C)

# %% a weighted mean answer="online"
def online(c, n, x):
    return (n * c + x) / (n + 1), n + 1

# %% a step of descent answer="online"
def online(c, n, x):
    eta = 1 / (n + 1)
    return (1 - eta) * c + eta * x, n + 1

# %% an inverse and einsum answer="e_step"
def e_step(X, alpha, mu, cov):
    D = X[:, None] - mu
    distance = np.einsum("nki,kij,nkj->nk", D, np.linalg.inv(cov), D)
    logs = np.log(alpha) - distance / 2 - np.linalg.slogdet(cov)[1] / 2
    logs = logs - logs.max(axis=1, keepdims=True)
    return np.exp(logs) / np.exp(logs).sum(axis=1, keepdims=True)

# %% torch's own Gaussians answer="e_step"
def e_step(X, alpha, mu, cov):
    import torch
    gauss = torch.distributions.MultivariateNormal(torch.tensor(mu), torch.tensor(cov))
    logs = torch.log(torch.tensor(alpha)) + gauss.log_prob(torch.tensor(X)[:, None])
    return torch.softmax(logs, dim=1).numpy()

# %% group by group answer="m_step"
def m_step(X, R):
    alpha, mu, cov = [], [], []
    for r in R.T:
        mean = (r[:, None] * X).sum(axis=0) / r.sum()
        D = X - mean
        alpha.append(r.mean())
        mu.append(mean)
        cov.append((r[:, None] * D).T @ D / r.sum())
    return np.array(alpha), np.array(mu), np.array(cov)

# %% numpy's weights answer="m_step"
def m_step(X, R):
    mu = np.array([np.average(X, axis=0, weights=r) for r in R.T])
    cov = [np.atleast_2d(np.cov(X.T, aweights=r, ddof=0)) for r in R.T]
    return R.mean(axis=0), mu, np.array(cov)

# %% the covariance's own axes answer="principal"
def principal(X, k):
    Xc = X - X.mean(axis=0)
    values, vectors = np.linalg.eigh(Xc.T @ Xc)
    order = np.argsort(values)[::-1]
    return vectors[:, order].T[:k], values[order][:k] / values.sum()

# %% numpy's covariance answer="principal"
def principal(X, k):
    values, vectors = np.linalg.eigh(np.cov(X, rowvar=False))
    return -vectors.T[::-1][:k], values[::-1][:k] / np.trace(np.cov(X, rowvar=False))

# %% counted in a loop answer="best_split"
def entropy(y):
    total = 0.0
    for label in set(y.tolist()):
        p = np.mean(y == label)
        total -= p * np.log2(p)
    return total

def best_split(x, y):
    order = np.argsort(x, kind="stable")
    x, y = x[order], y[order]
    best, most = x[0], 0.0
    for i in range(1, len(x)):
        if x[i] == x[i - 1]:
            continue
        gain = entropy(y) - i / len(y) * entropy(y[:i]) - (1 - i / len(y)) * entropy(y[i:])
        if gain > most + 1e-9:
            best, most = (x[i - 1] + x[i]) / 2, gain
    return best, most

# %% a list of gains answer="best_split"
def entropy(y):
    if len(y) == 0:
        return 0.0
    p = np.unique(y, return_counts=True)[1] / len(y)
    return float(np.sum(p * np.log2(1 / p)))

def best_split(x, y):
    values = np.unique(x)
    if len(values) == 1:
        return float(values[0]), 0.0
    t = (values[:-1] + values[1:]) / 2
    left = [entropy(y) - np.mean(x <= c) * entropy(y[x <= c]) - np.mean(x > c) * entropy(y[x > c]) for c in t]
    gains = np.round(left, 10)
    if gains.max() <= 0:
        return float(values[0]), 0.0
    return float(t[gains.argmax()]), float(left[gains.argmax()])

# %% counts of every label answer="vote"
def vote(P):
    labels = np.unique(P)
    return labels[(P[..., None] == labels).sum(axis=0).argmax(axis=1)]

# %% the mode of Python answer="vote"
def vote(P):
    from collections import Counter
    said = []
    for column in P.T:
        counts = Counter(column.tolist())
        said.append(min(counts, key=lambda label: (-counts[label], label)))
    return np.array(said)

# %% row by row answer="svm_step"
def svm_step(w, b, X, s, C, eta):
    dw, db = w.copy(), 0.0
    for x, label in zip(X, s):
        if 1 - label * (x @ w + b) > 0:
            dw = dw - C * label * x / len(X)
            db = db - C * label / len(X)
    return w - eta * dw, b - eta * db

# %% the rows that are inside answer="svm_step"
def svm_step(w, b, X, s, C, eta):
    inside = np.where(s * (X @ w + b) < 1)[0]
    dw = w - C * (s[inside, None] * X[inside]).sum(axis=0) / len(X)
    db = -C * s[inside].sum() / len(X)
    return w - eta * dw, b - eta * db

# %% sums kept answer="kernel_perceptron"
def kernel_perceptron(K, s, epochs):
    a, score = np.zeros(len(s), dtype=int), np.zeros(len(s))
    for i in list(range(len(s))) * epochs:
        if s[i] * score[i] <= 0:
            a[i] += 1
            score = score + s[i] * K[:, i]
    return a

# %% the sign answer="kernel_perceptron"
def kernel_perceptron(K, s, epochs):
    a = [0] * len(s)
    for _ in range(epochs):
        for i in range(len(s)):
            z = sum(a[j] * s[j] * K[j, i] for j in range(len(s)))
            a[i] += int(np.sign(z) != s[i])
    return np.array(a)

# %% torch answer="log_density"
def log_density(X, mu, cov):
    import torch
    gauss = torch.distributions.MultivariateNormal(torch.tensor(mu), torch.tensor(cov))
    return gauss.log_prob(torch.tensor(X)).numpy()

# %% an inverse answer="log_density"
def log_density(X, mu, cov):
    D = X - mu
    d = len(mu)
    return -0.5 * np.einsum("ni,ij,nj->n", D, np.linalg.inv(cov), D) - 0.5 * np.log((2 * np.pi) ** d * np.linalg.det(cov))

# %% matrices answer="message_pass"
def message_pass(A, X, W):
    loops = A + np.identity(len(A))
    D = np.diag(loops.sum(axis=0) ** -0.5)
    H = D @ loops @ D @ X @ W
    return H * (H > 0)

# %% node by node answer="message_pass"
def message_pass(A, X, W):
    degree = A.sum(axis=1) + 1
    H = np.zeros_like(X)
    for i in range(len(A)):
        for j in range(len(A)):
            if A[i, j] or i == j:
                H[i] = H[i] + X[j] / np.sqrt(degree[i] * degree[j])
    return np.maximum(H @ W, 0)

# %% where answer="ista"
def ista(x, D, lam, steps):
    eta = 1 / np.linalg.norm(D, ord=2) ** 2
    c = np.zeros(D.shape[0])
    for _ in range(steps):
        v = c + eta * D @ (x - c @ D)
        c = np.where(v > eta * lam, v - eta * lam, np.where(v < -eta * lam, v + eta * lam, 0.0))
    return c

# %% clipped answer="ista"
def ista(x, D, lam, steps):
    G, q = D @ D.T, D @ x
    L = np.linalg.eigvalsh(G).max()
    c = np.zeros(len(D))
    for _ in range(steps):
        v = c - (G @ c - q) / L
        c = v - np.clip(v, -lam / L, lam / L)
    return c
