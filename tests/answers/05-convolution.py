# ---
# jupyter:
#   jupytext:
#     comment_magics: false
#     cell_metadata_filter: answer,check,essay,points,tags,-all
# ---

# %% a kernel turned for both answer="correlate"
def correlate(X, K):
    K = np.rot90(K, 2)
    k = len(K)
    return np.array(
        [
            [(X[i : i + k, j : j + k] * K).sum() for j in range(X.shape[1] - k + 1)]
            for i in range(X.shape[0] - k + 1)
        ]
    )


def convolve(X, K):
    return correlate(X, np.rot90(K, 2))


# %% a window that grows answer="correlate"
def correlate(X, K):
    k = len(K)
    return np.array(
        [
            [np.sum(X[i : i + k, : j + k][:, -k:] * K.T) for j in range(X.shape[1] - k + 1)]
            for i in range(X.shape[0] - k + 1)
        ]
    )


def convolve(X, K):
    return correlate(X, np.flip(K))


# %% padding counted once answer="out_size"
def out_size(n, k, stride=1, pad=0):
    return (n + pad - k) // stride + 1


# %% a place that does not fit answer="out_size"
def out_size(n, k, stride=1, pad=0):
    return -(-(n + 2 * pad - k) // stride) + 1


# %% the first channel counts answer="conv_loops"
def conv_loops(X, K, b, stride=1, pad=0):
    X = np.pad(X, ((0, 0), (pad, pad), (pad, pad)))
    m, c, k, _ = K.shape
    p, q = (X.shape[1] - k) // stride + 1, (X.shape[2] - k) // stride + 1
    Z = np.zeros((m, p, q))
    for f, i, j in np.ndindex(m, p, q):
        y, x = i * stride, j * stride
        Z[f, i, j] = np.sum(X[0, y : y + k, x : x + k] * K[f, 0]) + b[f]
    return Z


# %% a bias for each channel answer="conv_loops"
def conv_loops(X, K, b, stride=1, pad=0):
    X = np.pad(X, ((0, 0), (pad, pad), (pad, pad)))
    m, c, k, _ = K.shape
    p, q = (X.shape[1] - k) // stride + 1, (X.shape[2] - k) // stride + 1
    Z = np.zeros((m, p, q))
    for f, d, i, j in np.ndindex(m, c, p, q):
        y, x = i * stride, j * stride
        Z[f, i, j] += np.sum(X[d, y : y + k, x : x + k] * K[f, d]) + b[f]
    return Z


# %% a bias for each weight answer="layers"
def conv_layer(shape, m, k, stride=1, pad=0):
    c, h, w = shape
    return (m, (h + 2 * pad - k) // stride + 1, (w + 2 * pad - k) // stride + 1), m * c * (k * k + 1)


def pool_layer(shape, k, stride):
    c, h, w = shape
    return (c, (h - k) // stride + 1, (w - k) // stride + 1), 0


def dense_layer(shape, d):
    return (d,), d * (int(np.prod(shape)) + 1)


# %% places before weights answer="conv"
def windows(X, k, stride=1, pad=0):
    X = np.pad(X, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    V = np.lib.stride_tricks.sliding_window_view(X, (k, k), axis=(2, 3))
    return V[:, :, ::stride, ::stride]


def conv(X, K, b, stride=1, pad=0):
    return np.einsum("ncpqij,mcij->nmpq", windows(X, K.shape[-1], stride, pad), K) + b[:, None, None]


# %% the bias of another map answer="conv"
def windows(X, k, stride=1, pad=0):
    X = np.pad(X, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    V = np.lib.stride_tricks.sliding_window_view(X, (k, k), axis=(2, 3))
    return V[:, :, ::stride, ::stride].transpose(0, 1, 4, 5, 2, 3)


def conv(X, K, b, stride=1, pad=0):
    Z = np.einsum("ncijpq,mcij->nmpq", windows(X, K.shape[-1], stride, pad), K)
    return Z + b[::-1, None, None]


# %% the mean of what overlaps answer="conv_rule"
def fold(V, shape, stride=1, pad=0):
    n, c, k, _, p, q = V.shape
    _, _, h, w = shape
    X, count = np.zeros((2, n, c, h + 2 * pad, w + 2 * pad))
    for i, j in np.ndindex(k, k):
        rows, columns = slice(i, i + stride * p, stride), slice(j, j + stride * q, stride)
        X[:, :, rows, columns] += V[:, :, i, j]
        count[:, :, rows, columns] += 1
    X /= np.maximum(count, 1)
    return X[:, :, pad : pad + h, pad : pad + w]


def conv_rule(X, K, b, stride=1, pad=0):
    V = windows(X, K.shape[-1], stride, pad)
    Z = np.einsum("ncijpq,mcij->nmpq", V, K) + b[:, None, None]
    return Z, (
        lambda G: fold(np.einsum("nmpq,mcij->ncijpq", G, K), X.shape, stride, pad),
        lambda G: np.einsum("nmpq,ncijpq->mcij", G, V),
        lambda G: G.sum(axis=(0, 2, 3)),
    )


# %% the mean of the window answer="max_pool"
def max_pool(X, k=2, stride=2):
    V = windows(X, k, stride)
    return V.mean(axis=(2, 3)), (
        lambda G: fold(np.broadcast_to(G[:, :, None, None] / k**2, V.shape), X.shape, stride),
    )


# %% no absolute value answer="gaps"
def equivariance_gap(f, X, d):
    return float((f(shift(X, d)) - shift(f(X), d)).max())


def invariance_gap(f, X, d):
    return float((f(shift(X, d)) - f(X)).max())


# %% a row too short answer="toeplitz"
def toeplitz(w, n, stride=1, pad=0):
    k = len(w)
    rows = [[w[j - i] if 0 <= j - i < k else 0.0 for j in range(n)] for i in range(0, n - k, stride)]
    return np.array(rows)


# %% zeros behind each weight answer="dilate"
def dilate(K, d):
    return np.kron(K, np.eye(d)[:1].T @ np.eye(d)[:1])


# %% strides added answer="receptive_field"
def receptive_field(layers):
    field, step = 1, 0
    for k, stride in layers:
        step += stride
        field += (k - 1) * step
    return field


# %% relative to each entry answer="apart"
def apart(ours, theirs):
    return float((np.abs(ours - theirs) / np.abs(theirs)).max())
