# ---
# jupyter:
#   jupytext:
#     comment_magics: false
#     cell_metadata_filter: answer,check,essay,points,tags,-all
# ---

# %% a sum of moved images answer="correlate"
def correlate(X, K):
    k = len(K)
    p, q = X.shape[0] - k + 1, X.shape[1] - k + 1
    return sum(K[i, j] * X[i : i + p, j : j + q] for i in range(k) for j in range(k))

def convolve(X, K):
    return correlate(X, np.rot90(K, 2))

# %% einsum over views answer="correlate"
def correlate(X, K):
    V = np.lib.stride_tricks.sliding_window_view(X, K.shape)
    return np.einsum("pqij,ij->pq", V, K)

def convolve(X, K):
    V = np.lib.stride_tricks.sliding_window_view(X, K.shape)
    return np.einsum("pqij,ij->pq", V, np.flip(K))

# %% four loops, as lists of numbers answer="correlate"
def correlate(X, K):
    k = len(K)
    return np.array([[sum(X[p + i, q + j] * K[i, j] for i in range(k) for j in range(k))
                      for q in range(X.shape[1] - k + 1)] for p in range(X.shape[0] - k + 1)])

def convolve(X, K):
    return correlate(X[::-1, ::-1], K)[::-1, ::-1]

# %% counting places answer="out_size"
def out_size(n, k, stride=1, pad=0):
    return len(range(0, n + 2 * pad - k + 1, stride))

# %% floor of a quotient answer="out_size"
def out_size(n, k, stride=1, pad=0):
    return int(np.floor((n - k + 2 * pad + stride) / stride))

# %% six loops answer="conv_loops"
def conv_loops(X, K, b, stride=1, pad=0):
    m, c, k, _ = K.shape
    _, h, w = X.shape
    p, q = out_size(h, k, stride, pad), out_size(w, k, stride, pad)
    Z = np.zeros((m, p, q)) + b[:, None, None]
    for f, y, x in np.ndindex(m, p, q):
        for channel, i, j in np.ndindex(c, k, k):
            row, column = y * stride + i - pad, x * stride + j - pad
            if 0 <= row < h and 0 <= column < w:
                Z[f, y, x] += X[channel, row, column] * K[f, channel, i, j]
    return Z

# %% channel by channel, every stride-th of all answer="conv_loops"
def conv_loops(X, K, b, stride=1, pad=0):
    X = [np.pad(channel, pad) for channel in X]
    return np.array([sum(correlate(x, table) for x, table in zip(X, K[f]))[::stride, ::stride] + b[f]
                     for f in range(len(K))])

# %% lists, and sizes worked out answer="layers"
def conv_layer(shape, m, k, stride=1, pad=0):
    c, h, w = shape
    size = [m, (h + 2 * pad - k) // stride + 1, (w + 2 * pad - k) // stride + 1]
    return size, m * c * k**2 + m

def pool_layer(shape, k, stride):
    return [shape[0], *(out_size(side, k, stride) for side in shape[1:])], 0

def dense_layer(shape, d):
    return [d], d + d * int(np.prod(shape))

# %% by making the arrays answer="layers"
def conv_layer(shape, m, k, stride=1, pad=0):
    K, b = np.zeros((m, shape[0], k, k)), np.zeros(m)
    return (m, *(out_size(n, k, stride, pad) for n in shape[1:])), K.size + b.size

def pool_layer(shape, k, stride):
    made, _ = conv_layer(shape, shape[0], k, stride)
    return made, 0

def dense_layer(shape, d):
    inputs = 1
    for n in shape:
        inputs *= n
    return (d,), (inputs + 1) * d

# %% views and tensordot answer="conv"
def windows(X, k, stride=1, pad=0):
    X = np.pad(X, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    V = np.lib.stride_tricks.sliding_window_view(X, (k, k), axis=(2, 3))[:, :, ::stride, ::stride]
    return V.transpose(0, 1, 4, 5, 2, 3)

def conv(X, K, b, stride=1, pad=0):
    V = windows(X, K.shape[-1], stride, pad)
    Z = np.tensordot(V, K, axes=[(1, 2, 3), (1, 2, 3)]) + b
    return Z.transpose(0, 3, 1, 2)

# %% einsum, and a loop over places answer="conv"
def windows(X, k, stride=1, pad=0):
    n, c, h, w = X.shape
    padded = np.zeros((n, c, h + 2 * pad, w + 2 * pad))
    padded[:, :, pad : pad + h, pad : pad + w] = X
    rows = [padded[:, :, y : y + k] for y in range(0, h + 2 * pad - k + 1, stride)]
    return np.stack([np.stack([row[..., x : x + k] for x in range(0, w + 2 * pad - k + 1, stride)], axis=-1)
                     for row in rows], axis=-2)

def conv(X, K, b, stride=1, pad=0):
    return np.einsum("ncijpq,mcij->nmpq", windows(X, K.shape[-1], stride, pad), K) + b[None, :, None, None]

# %% einsum in the pulls answer="conv_rule"
def fold(V, shape, stride=1, pad=0):
    n, c, h, w = shape
    X = np.zeros((n, c, h + 2 * pad, w + 2 * pad))
    k, p, q = V.shape[2], V.shape[4], V.shape[5]
    for y in range(p):
        for x in range(q):
            X[:, :, y * stride : y * stride + k, x * stride : x * stride + k] += V[..., y, x]
    return X[:, :, pad : pad + h, pad : pad + w]

def conv_rule(X, K, b, stride=1, pad=0):
    V = windows(X, K.shape[-1], stride, pad)
    Z = np.einsum("ncijpq,mcij->nmpq", V, K) + b[:, None, None]
    return Z, [lambda G: fold(np.einsum("nmpq,mcij->ncijpq", G, K), X.shape, stride, pad),
               lambda G: np.einsum("nmpq,ncijpq->mcij", G, V), lambda G: np.einsum("nmpq->m", G)]

# %% a scatter of indices answer="conv_rule"
def fold(V, shape, stride=1, pad=0):
    places = windows(np.arange(1, np.prod(shape) + 1).reshape(shape), V.shape[2], stride, pad)
    flat = np.bincount(places.ravel().astype(int), V.ravel(), minlength=np.prod(shape) + 1)
    return flat[1:].reshape(shape)  # number 0 is the padding

def conv_rule(X, K, b, stride=1, pad=0):
    def by_kernels(G):
        return np.tensordot(G, windows(X, K.shape[-1], stride, pad), axes=[(0, 2, 3), (0, 4, 5)])
    def by_image(G):
        D = np.tensordot(G, K, axes=[(1,), (0,)])  # n p q c i j
        return fold(D.transpose(0, 3, 4, 5, 1, 2), X.shape, stride, pad)
    return conv(X, K, b, stride, pad), (by_image, by_kernels, lambda G: G.sum((2, 3)).sum(0))

# %% place by place answer="max_pool"
def max_pool(X, k=2, stride=2):
    n, c, h, w = X.shape
    p, q = out_size(h, k, stride), out_size(w, k, stride)
    Z, where = np.empty((n, c, p, q)), {}
    for at in np.ndindex(n, c, p, q):
        a, channel, y, x = at
        window = X[a, channel, y * stride : y * stride + k, x * stride : x * stride + k]
        Z[at] = window.max()
        i, j = np.unravel_index(window.argmax(), window.shape)
        where[at] = (a, channel, y * stride + i, x * stride + j)
    def pull(G):
        D = np.zeros(X.shape)
        for at, home in where.items():
            D[home] += G[at]
        return D
    return Z, [pull]

# %% take_along_axis and put_along_axis answer="max_pool"
def max_pool(X, k=2, stride=2):
    V = windows(X, k, stride)
    flat = V.reshape(*V.shape[:2], k * k, *V.shape[4:])
    winner = np.argmax(flat, axis=2, keepdims=True)
    def pull(G):
        D = np.zeros(flat.shape)
        np.put_along_axis(D, winner, G[:, :, None], axis=2)
        return fold(D.reshape(V.shape), X.shape, stride)
    return np.take_along_axis(flat, winner, axis=2)[:, :, 0], (pull,)

# %% the largest of a list answer="gaps"
def equivariance_gap(f, X, d):
    one, other = f(np.roll(X, d, -1)), np.roll(f(X), d, -1)
    return max(abs(a - b) for a, b in zip(one.ravel(), other.ravel()))

def invariance_gap(f, X, d):
    return np.linalg.norm((f(shift(X, d)) - f(X)).ravel(), np.inf)

# %% shifted back instead answer="gaps"
def equivariance_gap(f, X, d):
    return np.ptp(np.append(np.abs(shift(f(shift(X, d)), -d) - f(X)), 0))

def invariance_gap(f, X, d):
    return np.abs(f(X) - f(shift(X, d))).max()

# %% a list of layers answer="lenet"
def lenet(X, params):
    A = X
    for i, rule in ((0, partial(conv_rule, pad=2)), (2, conv_rule)):
        A = apply(max_pool, apply(relu, apply(rule, A, params[i], params[i + 1])))
    A = apply(flatten, A)
    for i in (4, 6):
        A = apply(relu, A @ params[i] + params[i + 1])
    return A @ params[8] + params[9]

# %% pool first, then ReLU answer="lenet"
def lenet(X, params):
    K1, b1, K2, b2, W3, b3, W4, b4, W5, b5 = params
    first = lambda X, K, b: conv_rule(X, K, b, 1, 2)
    A = apply(relu, apply(max_pool, apply(first, X, K1, b1)))
    A = apply(relu, apply(max_pool, apply(conv_rule, A, K2, b2)))
    A = apply(relu, apply(flatten, A) @ W3 + b3)
    return apply(relu, A @ W4 + b4) @ W5 + b5

# %% entry by entry answer="toeplitz"
def toeplitz(w, n, stride=1, pad=0):
    T = np.zeros((out_size(n, len(w), stride, pad), n))
    for i in range(T.shape[0]):
        for j in range(n):
            if 0 <= j - i * stride + pad < len(w):
                T[i, j] = w[j - i * stride + pad]
    return T

# %% what it does to unit vectors answer="toeplitz"
def toeplitz(w, n, stride=1, pad=0):
    columns = [np.correlate(np.pad(e, pad), w)[::stride] for e in np.eye(n)]
    return np.array(columns).T

# %% Kronecker product, cut answer="dilate"
def dilate(K, d):
    corner = np.zeros((d, d))
    corner[0, 0] = 1
    span = d * (K.shape[-1] - 1) + 1
    return np.kron(K, corner[None, None])[..., :span, :span]

# %% weight by weight answer="dilate"
def dilate(K, d):
    m, c, k, _ = K.shape
    out = np.zeros((m, c, d * k - d + 1, d * k - d + 1))
    for i in range(k):
        for j in range(k):
            out[:, :, d * i, d * j] = K[:, :, i, j]
    return out

# %% as a convolution answer="average_pool"
def average_pool(X, k=2, stride=2):
    n, c, h, w = X.shape
    Z, (pull, _, _) = conv_rule(X.reshape(n * c, 1, h, w), np.full((1, 1, k, k), 1 / k**2), np.zeros(1), stride)
    p, q = Z.shape[2:]
    return Z.reshape(n, c, p, q), (lambda G: pull(G.reshape(n * c, 1, p, q)).reshape(X.shape),)

# %% a sum, divided answer="average_pool"
def average_pool(X, k=2, stride=2):
    V = windows(X, k, stride)
    ones = np.ones(V.shape)
    return V.sum(axis=2).sum(axis=2) / k**2, [lambda G: fold(ones * G[:, :, None, None], X.shape, stride) / k**2]

# %% from the top down answer="receptive_field"
def receptive_field(layers):
    field = 1
    for k, stride in reversed(layers):
        field = (field - 1) * stride + k
    return field

# %% products of strides answer="receptive_field"
def receptive_field(layers):
    strides = [s for _, s in layers]
    return 1 + sum((k - 1) * prod(strides[:i]) for i, (k, _) in enumerate(layers))

# %% a list of maps answer="blocks"
def inception(X, branches):
    maps = []
    for K, b in branches:
        Z = conv(X, K, b, 1, (K.shape[2] - 1) // 2)
        maps += [Z[:, f] for f in range(Z.shape[1])]
    return np.stack(maps, axis=1)

def residual(X, K1, b1, K2, b2):
    H = conv(X, K1, b1, 1, 1)
    F = conv(H * (H > 0), K2, b2, 1, 1)
    return (X + F).clip(min=0)

# %% written into one array answer="blocks"
def inception(X, branches):
    n, _, h, w = X.shape
    Z, at = np.empty((n, sum(len(b) for _, b in branches), h, w)), 0
    for K, b in branches:
        Z[:, at : at + len(b)] = conv_rule(X, K, b, pad=len(K[0, 0]) // 2)[0]
        at += len(b)
    return Z

def residual(X, K1, b1, K2, b2):
    inner = [(K1, b1), (K2, b2)]
    A = X
    for i, (K, b) in enumerate(inner):
        A = np.maximum(conv(A, K, b, pad=1) + (X if i else 0), 0)
    return A

# %% two norms answer="apart"
def apart(ours, theirs):
    return np.linalg.norm((ours - theirs).ravel(), np.inf) / np.linalg.norm(theirs.ravel(), np.inf)

# %% one number after the other answer="apart"
def apart(ours, theirs):
    pairs = list(zip(ours.ravel(), theirs.ravel()))
    return max(abs(a - b) for a, b in pairs) / max(abs(b) for _, b in pairs)

# %% rows of a stride trick, in single precision answer="conv"
def windows(X, k, stride=1, pad=0):
    X = np.ascontiguousarray(np.pad(X, [(0, 0), (0, 0), (pad, pad), (pad, pad)]))
    n, c, h, w = X.shape
    p, q = (h - k) // stride + 1, (w - k) // stride + 1
    a, b, y, x = X.strides
    return np.lib.stride_tricks.as_strided(X, (n, c, k, k, p, q), (a, b, y, x, y * stride, x * stride)).copy()

def conv(X, K, b, stride=1, pad=0):
    m, c, k, _ = K.shape
    V = windows(np.asarray(X, np.float32), k, stride, pad)
    Z = np.stack([K.reshape(m, -1) @ v.reshape(c * k * k, -1) for v in V]) + b.reshape(1, m, 1)
    return Z.reshape(len(X), m, *V.shape[4:])

# %% with a comparison in the same cell answer="conv_loops"
def conv_loops(X, K, b, stride=1, pad=0):
    import itertools
    big = np.pad(X, ((0, 0), (pad, pad), (pad, pad)))
    m, _, k, _ = K.shape
    p, q = (out_size(n, k, stride, pad) for n in X.shape[1:])
    Z = np.tile(b[:, None, None].astype(float), (1, p, q))
    for f, i, j in itertools.product(range(m), range(p), range(q)):
        Z[f, i, j] += np.vdot(big[:, i * stride : i * stride + k, j * stride : j * stride + k], K[f])
    return Z

import torch
X_, K_ = np.random.rand(2, 5, 6), np.random.rand(3, 2, 3, 3)
assert np.allclose(conv_loops(X_, K_, np.zeros(3)), torch.nn.functional.conv2d(torch.tensor(X_), torch.tensor(K_)))

# %% by the gradient of each image, and a convolution of the gradient answer="conv_rule"
def fold(V, shape, stride=1, pad=0):
    n, c, h, w = shape
    _, _, k, _, p, q = V.shape
    X = np.zeros((n, c, h + 2 * pad + stride, w + 2 * pad + stride))  # room at the end, cut off below
    for i, j in np.ndindex(k, k):
        rows, columns = i + stride * np.arange(p), j + stride * np.arange(q)
        np.add.at(X, np.ix_(range(n), range(c), rows, columns), V[:, :, i, j])
    return X[:, :, pad:, pad:][:, :, :h, :w]

def conv_rule(X, K, b, stride=1, pad=0):
    V = windows(X, K.shape[-1], stride, pad)
    def by_image(G):
        D = sum(G[:, f, None, None, None] * K[f][None, :, :, :, None, None] for f in range(len(K)))
        return fold(D, X.shape, stride, pad)
    def by_kernels(G):
        return sum(np.tensordot(g, v, axes=((1, 2), (3, 4))) for g, v in zip(G, V))
    return conv(X, K, b, stride, pad), (by_image, by_kernels, lambda G: np.array([G[:, f].sum() for f in range(len(K))]))

# %% a running largest answer="max_pool"
def max_pool(X, k=2, stride=2):
    V = windows(X, k, stride)
    Z, who = V[:, :, 0, 0].copy(), np.zeros(V[:, :, 0, 0].shape, int)
    for at, (i, j) in enumerate(np.ndindex(k, k)):
        better = V[:, :, i, j] > Z
        Z[better], who[better] = V[:, :, i, j][better], at
    def pull(G):
        D = np.stack([np.stack([(who == k * i + j) * G for j in range(k)], axis=2) for i in range(k)], axis=2)
        return fold(D, X.shape, stride)
    return Z, (pull,)
