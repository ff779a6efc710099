# ---
# jupyter:
#   jupytext:
#     comment_magics: false
#     cell_metadata_filter: answer,check,essay,points,tags,-all
# ---

# %% a loop over keys answer="lookup"
def lookup(q, K, V, T=1.0):
    best = max(k @ q for k in K)
    shares = [np.exp((k @ q - best) / T) for k in K]
    return sum(share * v for share, v in zip(shares, V)) / sum(shares)

# %% einsum answer="lookup"
def lookup(q, K, V, T=1.0):
    w = softmax(np.einsum("jk,k->j", K, q) / T)
    return np.tensordot(w, V, 1)

# %% the colder the larger answer="lookup"
def lookup(q, K, V, T=1.0):
    return V.T @ softmax((q / T) @ K.T)

# %% a row at a time answer="self_attention"
def self_attention(X):
    A = np.array([softmax(X @ x) for x in X])
    return np.array([sum(a * x for a, x in zip(row, X)) for row in A]), A

# %% by exponentials answer="self_attention"
def self_attention(X):
    S = np.einsum("id,jd->ij", X, X)
    E = np.exp(S - S.max())
    A = E / E.sum(axis=1)[:, None]
    return [A.dot(X), A]

# %% scale the keys answer="scores"
def scores(X, Y, Wq, Wk):
    return X @ Wq @ (Y @ Wk / Wq.shape[-1] ** 0.5).T

# %% one matrix between answer="scores"
def scores(X, Y, Wq, Wk):
    return X @ (Wq @ Wk.T) @ Y.T / np.sqrt(len(Wk[0]))

# %% pair by pair answer="scores"
def scores(X, Y, Wq, Wk):
    return np.array([[(x @ Wq) @ (y @ Wk) for y in Y] for x in X]) / np.sqrt((X @ Wq).shape[1])

# %% comparisons answer="masks"
def causal_mask(n):
    i = np.arange(n)
    return i[None, :] <= i[:, None]

def padding_mask(lengths, n):
    return np.array([[j < length for j in range(n)] for length in lengths])

# %% zeros and ones, then truth values answer="masks"
def causal_mask(n):
    return np.tri(n).astype(bool)

def padding_mask(lengths, n):
    mask = np.zeros((len(lengths), n))
    for b, length in enumerate(lengths):
        mask[b, :length] = 1
    return mask == 1

# %% with where in the maximum answer="masked_softmax"
def masked_softmax(S, mask):
    mask = np.broadcast_to(mask, S.shape)
    top = np.max(S, axis=-1, keepdims=True, where=mask, initial=-1e300)
    E = np.exp(np.where(mask, S - top, -np.inf))
    total = E.sum(axis=-1, keepdims=True)
    return np.divide(E, total, out=np.zeros_like(E), where=total > 0)

# %% row by row answer="masked_softmax"
def masked_softmax(S, mask):
    mask = np.broadcast_to(mask, S.shape)
    A = np.zeros(S.shape)
    for index in np.ndindex(*S.shape[:-1]):
        if mask[index].any():
            A[index][mask[index]] = softmax(S[index][mask[index]])
    return A

# %% a low score, then zeros answer="masked_softmax"
def masked_softmax(S, mask):
    return softmax(np.where(mask, S, -1e9)) * mask

# %% einsum answer="attention"
def attention(Q, K, V, mask=None):
    S = np.einsum("...ik,...jk->...ij", Q, K) / K.shape[-1] ** 0.5
    A = softmax(S) if mask is None else masked_softmax(S, mask)
    return np.einsum("...ij,...jd->...id", A, V), A

# %% always a mask answer="attention"
def attention(Q, K, V, mask=None):
    S = Q / np.sqrt(Q.shape[-1]) @ np.moveaxis(K, -1, -2)
    A = masked_softmax(S, np.ones(S.shape, dtype=bool) if mask is None else mask)
    return [np.matmul(A, V), A]

# %% a step up, row by row answer="influence"
def influence(f, X):
    n, before = len(X), np.array(f(X))
    table = [[False] * n for _ in range(n)]
    for t in range(n):
        other = np.array(X)
        other[t] += np.linspace(0.4, 1.7, X.shape[1])
        after = f(other)
        for i in range(n):
            table[i][t] = bool(np.any(np.abs(after[i] - before[i]) > 1e-9))
    return np.array(table)

# %% several tries at once answer="influence"
def influence(f, X):
    def moved(t):
        rows = np.arange(len(X))[:, None] == t
        changes = [np.where(rows, np.random.default_rng(s).normal(size=X.shape), X) for s in (1, 2)]
        return sum(np.abs(f(c) - f(X)).sum(axis=1) for c in changes) > 1e-9
    return np.stack([moved(t) for t in range(len(X))], axis=1)

# %% a loop over heads answer="MultiHead"
class MultiHead(nn.Module):
    def __init__(self, d, heads):
        super().__init__()
        self.heads = heads
        self.q, self.k, self.v, self.out = (nn.Linear(d, d) for _ in range(4))

    def forward(self, X, mask=None):
        size, found = X.shape[-1] // self.heads, []
        Q, K, V = self.q(X), self.k(X), self.v(X)
        for h in range(self.heads):
            own = slice(h * size, (h + 1) * size)
            S = Q[..., own] @ K[..., own].mT / np.sqrt(size)
            if mask is not None:
                S = torch.where(mask, S, -torch.inf)
            found.append(S.softmax(-1) @ V[..., own])
        return self.out(torch.cat(found, dim=-1))

# %% einsum answer="MultiHead"
class MultiHead(nn.Module):
    def __init__(self, d, heads):
        super().__init__()
        self.heads = heads
        self.q, self.k, self.v, self.out = (nn.Linear(d, d) for _ in range(4))

    def forward(self, X, mask=None):
        Q, K, V = (layer(X).unflatten(-1, (self.heads, -1)) for layer in (self.q, self.k, self.v))
        S = torch.einsum("bihc,bjhc->bhij", Q, K) * Q.shape[-1] ** -0.5
        if mask is not None:
            S = S + torch.zeros(mask.shape, dtype=S.dtype).masked_fill(~mask, -1e30)
        return self.out(torch.einsum("bhij,bjhc->bihc", S.softmax(-1), V).flatten(2))

# %% look the places up answer="LanguageModel"
class LanguageModel(nn.Module):
    def __init__(self, letters, longest, d=32, heads=4):
        super().__init__()
        self.letter, self.place = nn.Embedding(letters, d), nn.Embedding(longest, d)
        self.attention, self.scores = MultiHead(d, heads), nn.Linear(d, letters)

    def forward(self, tokens):
        places = torch.arange(tokens.shape[1])
        X = self.letter(tokens) + self.place(places)
        return self.scores(self.attention(X, places[None, :] <= places[:, None]) + X)

# %% a mask from numpy answer="LanguageModel"
class LanguageModel(nn.Module):
    def __init__(self, letters, longest, d=32, heads=4):
        super().__init__()
        self.letter, self.place = nn.Embedding(letters, d), nn.Embedding(longest, d)
        self.attention, self.scores = MultiHead(d, heads), nn.Linear(d, letters)

    def forward(self, tokens):
        B, n = tokens.shape
        X = self.letter.weight[tokens] + self.place(torch.arange(n).expand(B, n))
        H = self.attention(X, torch.tensor(np.tri(n, dtype=bool)))
        return (X + H) @ self.scores.weight.T + self.scores.bias

# %% unit vectors by their angles answer="embed"
def embed():
    angle = {"dog": 10, "sleeps": 20, "on": 70, "couch": 80}
    return {"the": np.array([-1.0, -1.0])} | {w: np.array([np.cos(np.radians(a)), np.sin(np.radians(a))]) for w, a in angle.items()}

# %% lists, partners at right angles to the others answer="embed"
def embed():
    return dict(the=[-0.1, -0.1], dog=[1, 0], sleeps=[3, 0], on=[0, 1], couch=[0, 1])

# %% least squares on all products answer="recover"
def recover(X, A):
    n, d = X.shape
    C = X - X.mean(axis=0)
    products = np.einsum("ia,jb->ijab", X, C).reshape(n * n, d * d)
    return np.linalg.lstsq(products, np.sqrt(d) * np.log(A).ravel(), rcond=None)[0].reshape(d, d)

# %% against the first word answer="recover"
def recover(X, A):
    S = np.sqrt(X.shape[1]) * (np.log(A) - np.log(A[:, :1]))[:, 1:]
    D = (X - X[:1])[1:]
    half = np.linalg.lstsq(X, S, rcond=None)[0]
    return np.linalg.lstsq(D, half.T, rcond=None)[0].T

# %% pair by pair answer="additive_scores"
def additive_scores(Q, K, Wq, Wk, v):
    return np.array([[v @ np.tanh(q @ Wq + k @ Wk) for k in K] for q in Q])

# %% stacked answer="additive_scores"
def additive_scores(Q, K, Wq, Wk, v):
    both = np.concatenate([np.repeat(Q, len(K), axis=0), np.tile(K, (len(Q), 1))], axis=1)
    return (np.tanh(both @ np.concatenate([Wq, Wk])) @ v).reshape(len(Q), len(K))

# %% a query at a time answer="blockwise"
def blockwise(Q, K, V, block):
    return np.array([softmax(K @ q / len(q) ** 0.5) @ V for q in Q])

# %% logarithms answer="blockwise"
def blockwise(Q, K, V, block):
    log_total, out = None, None
    for j in range(0, len(K), block):
        part, S = V[j : j + block], Q @ K[j : j + block].T / Q.shape[1] ** 0.5
        top = S.max(axis=1)
        log_part = top + np.log(np.exp(S - top[:, None]).sum(axis=1))
        mean = np.exp(S - log_part[:, None]) @ part
        if out is None:
            log_total, out = log_part, mean
        else:
            both = np.logaddexp(log_total, log_part)
            out = np.exp(log_total - both)[:, None] * out + np.exp(log_part - both)[:, None] * mean
            log_total = both
    return out

# %% torch's softmax, and back answer="lookup"
def lookup(q, K, V, tau=1.0):
    w = torch.softmax(torch.tensor(K @ q / tau), dim=0).numpy()
    return (w[:, None] * V).sum(axis=0)

# %% with scipy answer="self_attention"
def self_attention(X):
    from scipy.special import softmax as theirs
    A = theirs(X @ X.T, axis=1)
    return A @ X, A

# %% NaN to zeros answer="masked_softmax"
def masked_softmax(S, mask):
    with np.errstate(invalid="ignore"):
        return np.nan_to_num(softmax(np.where(mask, S, -np.inf)))

# %% a masked array answer="masked_softmax"
def masked_softmax(S, mask):
    hidden = np.ma.array(S, mask=~np.broadcast_to(mask, S.shape))
    E = np.ma.exp(hidden - hidden.max(axis=-1, keepdims=True))
    return (E / E.sum(axis=-1, keepdims=True)).filled(0.0)

# %% compared with PyTorch in its own cell answer="attention"
def attention(Q, K, V, mask=None):
    S = np.einsum("...nk,...mk->...nm", Q, K) * Q.shape[-1] ** -0.5
    A = softmax(S) if mask is None else masked_softmax(S, mask)
    return A @ V, A

def ready_made(Q, K, V):
    return torch.nn.functional.scaled_dot_product_attention(*map(torch.tensor, (Q, K, V))).numpy()

tried = np.random.default_rng(0).normal(size=(3, 2, 3, 4))
assert np.allclose(attention(*tried)[0], ready_made(*tried))

# %% a mask of its own as a buffer answer="MultiHead"
class MultiHead(nn.Module):
    def __init__(self, d, heads):
        super().__init__()
        self.heads = heads
        self.q, self.k, self.v, self.out = (nn.Linear(d, d) for _ in range(4))
        self.register_buffer("all_seen", torch.ones(512, 512, dtype=torch.bool))

    def forward(self, X, mask=None):
        B, n, d = X.shape
        q, k, v = (f(X).view(B, n, self.heads, d // self.heads).permute(0, 2, 1, 3) for f in (self.q, self.k, self.v))
        seen = self.all_seen[:n, :n] if mask is None else mask
        w = (q @ k.mT / (d // self.heads) ** 0.5).masked_fill(seen.logical_not(), float("-inf")).softmax(dim=-1)
        return self.out((w @ v).permute(0, 2, 1, 3).contiguous().view(B, n, d))

# %% the mask as a buffer answer="LanguageModel"
class LanguageModel(nn.Module):
    def __init__(self, letters, longest, d=32, heads=4):
        super().__init__()
        self.letter, self.place = nn.Embedding(letters, d), nn.Embedding(longest, d)
        self.attention, self.scores = MultiHead(d, heads), nn.Linear(d, letters)
        self.register_buffer("mask", torch.tril(torch.ones(longest, longest)).bool())

    def forward(self, tokens):
        n = tokens.size(1)
        x = self.letter(tokens) + self.place(torch.arange(n, device=tokens.device))
        return self.scores(x + self.attention(x, self.mask[:n, :n]))

# %% by the Jacobian of each row answer="softmax_back"
def softmax_back(A, G):
    out = np.zeros_like(A)
    for at in np.ndindex(A.shape[:-1]):
        out[at] = (np.diag(A[at]) - np.outer(A[at], A[at])) @ G[at]
    return out

# %% einsum answer="softmax_back"
def softmax_back(A, G):
    return A * G - A * np.einsum("...m,...m->...", A, G)[..., None]

# %% by autograd answer="softmax_back"
def softmax_back(A, G):
    with np.errstate(divide="ignore"):
        S = torch.tensor(np.maximum(np.log(A), -1e9), requires_grad=True)
    (torch.softmax(S, dim=-1) * torch.tensor(G)).sum().backward()
    return S.grad.numpy()
