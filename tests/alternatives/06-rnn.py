# ---
# jupyter:
#   jupytext:
#     comment_magics: false
#     cell_metadata_filter: answer,check,essay,points,tags,-all
# ---

# %% by slicing one array answer="encode"
def encode(names):
    T = 1 + max(map(len, names))
    text = np.zeros((len(names), T + 1), int)
    for row, name in zip(text, names):
        row[1 : len(name) + 1] = [ord(letter) - 96 for letter in name]
    lengths = np.array([len(name) for name in names])
    return text[:, :-1], text[:, 1:], np.arange(T) <= lengths[:, None]

# %% lists of numbers and of truth values answer="encode"
def encode(names):
    T = max(len(name) for name in names) + 1
    X, Y, mask = [], [], []
    for name in names:
        ids = [LETTERS.find(c) for c in name]
        rest = [0] * (T - len(ids) - 1)
        X.append([0] + ids + rest)
        Y.append(ids + [0] + rest)
        mask.append([True] * (len(ids) + 1) + [False] * len(rest))
    return np.array(X), np.array(Y), np.array(mask)

# %% a loop over the places answer="bigram"
def bigram(X, Y, mask, alpha):
    counts = np.zeros((27, 27))
    for i, t in zip(*np.nonzero(mask)):
        counts[X[i, t], Y[i, t]] += 1
    counts += alpha
    return np.array([row / sum(row) for row in counts])

# %% bincount, and the mask as weights answer="bigram"
def bigram(X, Y, mask, alpha):
    counts = np.bincount((27 * X + Y).ravel(), weights=mask.ravel(), minlength=27 * 27).reshape(27, 27)
    return (counts + alpha) / (counts.sum(axis=1, keepdims=True) + 27 * alpha)

# %% one-hot rows answer="bigram"
def bigram(X, Y, mask, alpha):
    eye = np.eye(len(LETTERS))
    counts = alpha + eye[X[mask]].T @ eye[Y[mask]]
    return (counts.T / counts.sum(axis=1)).T

# %% subtracting the pieces answer="sample"
def sample(predict, darts, tau=1.0):
    name = []
    for dart in darts:
        with np.errstate(divide="ignore"):
            p = softmax(np.log(predict(name)) / tau)
        letter = 0
        while dart >= p[letter]:
            dart -= p[letter]
            letter += 1
        if not letter:
            return name
        name = name + [letter]
    return name

# %% counting the pieces before the dart, as an array answer="sample"
def sample(predict, darts, tau=1.0):
    ids = []
    for u in darts:
        p = np.asarray(predict(list(ids))) ** (1.0 / tau)
        i = (np.cumsum(p) <= u * p.sum()).sum()
        if i == 0:
            return ids
        ids.append(i)
    return ids

# %% sums in place of a mean answer="perplexity"
def perplexity(log_p, mask):
    return np.exp(-np.where(mask, log_p, 0).sum() / mask.sum())

# %% powers of two answer="perplexity"
def perplexity(log_p, mask):
    bits = [-value / np.log(2) for value, keep in zip(log_p.ravel(), mask.ravel()) if keep]
    return 2 ** np.mean(bits)

# %% with defaultdict, and weights of each table answer="backoff"
def shorter(table):
    from collections import defaultdict

    short = defaultdict(lambda: np.zeros(len(next(iter(table.values())))))
    for context in table:
        short[context[1:]][table[context] > 0] += 1
    return short

def backoff(rows, discount):
    met = [row for row in rows if row.any()]
    p, left = np.zeros(len(rows[0])), 1.0
    for row in met[::-1]:
        n = row.sum()
        p = p + left * np.clip(row - discount, 0, None) / n
        left = left * np.count_nonzero(row) * discount / n
    return p + left / len(p)

# %% recursion, and a loop over the suffixes answer="backoff"
def shorter(table):
    ends = {context[1:] for context in table}
    return {end: sum((row > 0) + 0.0 for context, row in table.items() if context[1:] == end) for end in ends}

def backoff(rows, discount):
    if len(rows) == 0:
        return np.array([])
    *rest, last = rows
    lower = backoff(rest, discount) if rest else np.ones(len(last)) / len(last)
    if sum(last) == 0:
        return lower
    kept = np.array([max(c - discount, 0) for c in last])
    return (kept + discount * sum(c > 0 for c in last) * lower) / sum(last)

# %% PyTorch's own step by step, in an own cell's manner answer="rnn"
def rnn(A, mask, h0, Wx, Wh, b):
    import torch

    h, H = torch.tensor(h0), []
    for t in range(A.shape[1]):
        new = torch.tanh(torch.tensor(A[:, t]) @ torch.tensor(Wx) + h @ torch.tensor(Wh) + torch.tensor(b))
        h = torch.where(torch.tensor(mask[:, t, None]), new, h)
        H.append(h)
    return torch.stack(H, dim=1).numpy()

# %% one-hot rows answer="embedding"
def lookup(E, X):
    return np.eye(len(E))[X] @ E

def lookup_gradient(G, X, V):
    return np.einsum("ntv,ntd->vd", np.eye(V)[X], G)

# %% letter by letter answer="embedding"
def lookup(E, X):
    return np.array([[E[i] for i in row] for row in X])

def lookup_gradient(G, X, V):
    return np.stack([G[X == v].sum(axis=0) for v in range(V)])

# %% one matrix for both, states put into an array answer="rnn"
def rnn(A, mask, h0, Wx, Wh, b):
    W = np.vstack([Wx, Wh])
    H = np.empty((*mask.shape, len(b)))
    h = h0.copy()
    for t in range(mask.shape[1]):
        on = mask[:, t]
        h[on] = np.tanh(np.hstack([A[on, t], h[on]]) @ W + b)
        H[:, t] = h
    return H

# %% name by name answer="rnn"
def rnn(A, mask, h0, Wx, Wh, b):
    out = []
    for rows, keep, h in zip(A, mask, h0):
        states = []
        for a, k in zip(rows, keep):
            h = np.tanh(a @ Wx + h @ Wh + b) if k else h
            states.append(h)
        out.append(states)
    return np.array(out)

# %% the mask as a factor answer="rnn"
def rnn(A, mask, h0, Wx, Wh, b):
    M, H = mask[:, :, None].astype(float), [h0]
    for t in range(A.shape[1]):
        H.append(M[:, t] * np.tanh(A[:, t] @ Wx + H[-1] @ Wh + b) + (1 - M[:, t]) * H[-1])
    return np.stack(H[1:]).transpose(1, 0, 2)

# %% recursion over time answer="bptt"
def bptt(A, mask, h0, Wx, Wh, b, G):
    H = np.concatenate([h0[:, None], rnn(A, mask, h0, Wx, Wh, b)], axis=1)
    T = A.shape[1]
    errors = np.zeros_like(G)
    later = np.zeros_like(h0)
    for t in range(T - 1, -1, -1):
        here = later + G[:, t]
        on = mask[:, t : t + 1].astype(float)
        errors[:, t] = on * here * (1 - H[:, t + 1] ** 2)
        later = errors[:, t] @ Wh.T + (1 - on) * here
    return (errors @ Wx.T, np.einsum("ntd,nth->dh", A, errors), np.einsum("ntg,nth->gh", H[:, :-1], errors),
            errors.sum(axis=(0, 1)))

# %% name by name, as a list answer="bptt"
def bptt(A, mask, h0, Wx, Wh, b, G):
    H = rnn(A, mask, h0, Wx, Wh, b)
    dA, dWx, dWh, db = np.zeros(A.shape), np.zeros(Wx.shape), np.zeros(Wh.shape), np.zeros(b.shape)
    for i in range(len(A)):
        D = np.zeros(len(b))
        for t in range(A.shape[1] - 1, -1, -1):
            D = D + G[i, t]
            if mask[i, t]:
                S = D * (1 - H[i, t] ** 2)
                h = H[i, t - 1] if t else h0[i]
                dA[i, t] = Wx @ S
                dWx += np.outer(A[i, t], S)
                dWh += np.outer(h, S)
                db += S
                D = Wh @ S
    return [dA, dWx, dWh, db]

# %% as torch does it, a millionth added to the norm answer="clip"
def clip(gradients, limit):
    norm = np.sqrt(sum(np.sum(g * g) for g in gradients))
    return [g * min(1.0, limit / (norm + 1e-6)) for g in gradients]

# %% one long vector answer="clip"
def clip(gradients, limit):
    length = np.linalg.norm(np.concatenate([g.ravel() for g in gradients]))
    return [g * limit / length for g in gradients] if length > limit else list(gradients)

# %% a tuple answer="clip"
def clip(gradients, limit):
    square = 0.0
    for g in gradients:
        square += np.sum(g * g)
    return tuple(g * min(1.0, limit / (square**0.5 + 1e-300)) for g in gradients)

# %% block by block answer="gru_cell"
def gru_cell(a, h, Wx, Wh, bx, bh, reset):
    k = h.shape[1]
    R, Z, N = (slice(i * k, (i + 1) * k) for i in range(3))
    r = sigmoid(a @ Wx[:, R] + bx[R] + h @ Wh[:, R] + bh[R])
    z = sigmoid(a @ Wx[:, Z] + bx[Z] + h @ Wh[:, Z] + bh[Z])
    past = r * (h @ Wh[:, N] + bh[N]) if reset == "after" else (r * h) @ Wh[:, N] + bh[N]
    n = np.tanh(a @ Wx[:, N] + bx[N] + past)
    return n + z * (h - n)

# %% einsum answer="gru_cell"
def gru_cell(a, h, Wx, Wh, bx, bh, reset):
    k = h.shape[1]
    x, g = np.hsplit(a @ Wx + bx, 3), np.hsplit(h @ Wh + bh, 3)
    gates = [1 / (1 + np.exp(-x[i] - g[i])) for i in (0, 1)]
    if reset == "after":
        candidate = x[2] + gates[0] * g[2]
    else:
        candidate = x[2] + np.einsum("nh,nh,hk->nk", gates[0], h, Wh[:, 2 * k :]) + bh[2 * k :]
    return gates[1] * h + np.tanh(candidate) * (1 - gates[1])

# %% block by block answer="lstm_cell"
def lstm_cell(a, h, c, Wx, Wh, b):
    k = h.shape[1]
    z = [a @ Wx[:, j * k : (j + 1) * k] + h @ Wh[:, j * k : (j + 1) * k] + b[j * k : (j + 1) * k] for j in range(4)]
    kept = sigmoid(z[1]) * c
    entered = sigmoid(z[0]) * np.tanh(z[2])
    return np.tanh(kept + entered) * sigmoid(z[3]), kept + entered

# %% one product for both, tanh from sigmoid answer="lstm_cell"
def lstm_cell(a, h, c, Wx, Wh, b):
    z = np.concatenate([a, h], axis=1) @ np.concatenate([Wx, Wh]) + b
    i, f, g, o = np.hsplit(z, 4)
    c = c / (1 + np.exp(-f)) + (2 * sigmoid(2 * g) - 1) / (1 + np.exp(-i))
    return [np.tanh(c) * sigmoid(o), c]

# %% as a chain of states whose matrix is a product answer="jordan"
def jordan(A, Wx, Wy, b, Wo, c):
    H = [np.tanh(A[:, 0] @ Wx + b)]
    for a in np.moveaxis(A, 1, 0)[1:]:
        H.append(np.tanh(a @ Wx + H[-1] @ (Wo @ Wy) + (c @ Wy + b)))
    return np.moveaxis(np.array(H) @ Wo + c, 0, 1)

# %% into an array made before answer="jordan"
def jordan(A, Wx, Wy, b, Wo, c):
    n, T, _ = A.shape
    Y = np.zeros((n, T + 1, Wo.shape[1]))
    for t in range(T):
        Y[:, t + 1] = c + np.tanh(np.hstack([A[:, t], Y[:, t]]) @ np.vstack([Wx, Wy]) + b) @ Wo
    return Y[:, 1:]

# %% with np.flip answer="birnn"
def birnn(A, mask, forward, backward):
    n, T, _ = A.shape
    zero = np.zeros((n, forward[1].shape[0]))
    there = rnn(A, mask, zero, *forward)
    back = np.flip(rnn(np.flip(A, 1), np.flip(mask, 1), zero, *backward), 1)
    return np.dstack([there, back])

# %% name by name, without the padding answer="birnn"
def birnn(A, mask, forward, backward):
    h = len(forward[2])
    out = np.zeros((*mask.shape, 2 * h))
    for i, L in enumerate(mask.sum(axis=1)):
        a, on, zero = A[i : i + 1, :L], np.ones((1, L), bool), np.zeros((1, h))
        out[i, :L, :h] = rnn(a, on, zero, *forward)
        out[i, :L, h:] = rnn(a[:, ::-1], on, zero, *backward)[0, ::-1]
    return out

# %% minus infinity for the inputs answer="analogy"
def analogy(a, b, c, names, vectors):
    i, j, k = (list(names).index(name) for name in (a, b, c))
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    score = unit @ (vectors[j] - vectors[i] + vectors[k])
    score[[i, j, k]] = -np.inf
    return names[score.argmax()]

# %% a loop over the others answer="analogy"
def analogy(a, b, c, names, vectors):
    of = {name: v for name, v in zip(names, vectors)}
    goal = of[c] + of[b] - of[a]
    cos = lambda v: v @ goal / np.sqrt((v @ v) * (goal @ goal))
    return max((name for name in names if name not in {a, b, c}), key=lambda name: cos(of[name]))

# %% word by word answer="skipgrams"
def skipgrams(ids, w):
    pairs = []
    for i in range(len(ids)):
        for j in range(max(0, i - w), min(len(ids), i + w + 1)):
            if i != j:
                pairs.append((ids[i], ids[j]))
    return np.array(pairs)

# %% a matrix of distances answer="skipgrams"
def skipgrams(ids, w):
    place = np.arange(len(ids))
    apart = np.abs(place[:, None] - place)
    return ids[np.argwhere((apart > 0) & (apart <= w))]

# %% NumPy's view answer="windows"
def windows(series, w):
    return np.lib.stride_tricks.sliding_window_view(series, w)[:-1], series[w:]

# %% a loop answer="windows"
def windows(series, w):
    X, y = [], []
    for end in range(w, len(series)):
        X.append(series[end - w : end])
        y.append(series[end])
    return np.array(X), np.array(y)

# %% by the blocks' ends answer="time_folds"
def time_folds(n, k):
    sizes = [n // (k + 1) + (i < n % (k + 1)) for i in range(k + 1)]
    ends = np.cumsum(sizes)
    return [(np.arange(ends[i]), np.arange(ends[i], ends[i + 1])) for i in range(k)]

# %% a growing list answer="time_folds"
def time_folds(n, k):
    past, folds = np.array([], dtype=int), []
    for block in np.array_split(range(n), k + 1):
        folds.append([past, block])
        past = np.append(past, block)
    return folds[1:]
