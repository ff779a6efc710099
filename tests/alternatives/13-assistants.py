# ---
# jupyter:
#   jupytext:
#     comment_magics: false
#     cell_metadata_filter: answer,check,essay,points,tags,-all
# ---

# %% a dictionary of counts answer="bpe_merges"
def bpe_merges(words, k):
    words = {tuple(word): n for word, n in words.items()}
    merges = []
    while len(merges) < k:
        counts = {}
        for cut, n in words.items():
            for i in range(len(cut) - 1):
                pair = cut[i], cut[i + 1]
                counts[pair] = counts.get(pair, 0) + n
        if not counts:
            return merges
        best = max(counts, key=counts.get)
        merges.append(best)
        words = {tuple(joined(list(cut), best)): n for cut, n in words.items()}
    return merges

# %% most_common answer="bpe_merges"
def bpe_merges(words, k):
    cuts, merges = [(list(word), words[word]) for word in words], []
    for _ in range(k):
        counts = Counter()
        for cut, n in cuts:
            for pair in zip(cut, cut[1:]):
                counts[pair] += n
        if counts:
            merges.append(counts.most_common(1)[0][0])
            cuts = [(joined(cut, merges[-1]), n) for cut, n in cuts]
    return merges

# %% pair by pair as learned answer="bpe_encode"
def bpe_encode(word, merges):
    cut = list(word)
    for pair in merges:
        cut = joined(cut, pair)
    return cut

# %% the best rank, as GPT-2's code has it answer="bpe_encode"
def bpe_encode(word, merges):
    ranks = dict(zip(merges, range(len(merges))))
    cut = list(word)
    while len(cut) > 1:
        pair = min(zip(cut[:-1], cut[1:]), key=lambda two: ranks.get(two, float("inf")))
        if pair not in ranks:
            break
        new, i = [], 0
        while i < len(cut):
            if i < len(cut) - 1 and (cut[i], cut[i + 1]) == pair:
                new.append(cut[i] + cut[i + 1])
                i += 2
            else:
                new.append(cut[i])
                i += 1
        cut = new
    return cut

# %% rsqrt answer="rms_norm"
def rms_norm(X, gain, eps=1e-6):
    return gain * (X * torch.rsqrt(X.pow(2).mean(-1, keepdim=True) + eps))

# %% a product over the row answer="rms_norm"
def rms_norm(X, gain, eps=1e-6):
    d = X.shape[-1]
    size = (torch.einsum("...d,...d->...", X, X) / d + eps) ** 0.5
    return X / size[..., None] * gain

# %% complex numbers answer="rope"
def rope(X, places, base=10000.0):
    d = X.shape[-1]
    angle = places.to(X.dtype)[:, None] * base ** (-torch.arange(0, d, 2, dtype=X.dtype) / d)
    pairs = torch.view_as_complex(X.reshape(*X.shape[:-1], d // 2, 2).contiguous())
    return torch.view_as_real(pairs * torch.polar(torch.ones_like(angle), angle)).flatten(-2)

# %% pair by pair answer="rope"
def rope(X, places, base=10000.0):
    d = X.shape[-1]
    out = torch.zeros_like(X)
    for i in range(d // 2):
        a = places * base ** (-2 * i / d)
        cos, sin = torch.cos(a).to(X.dtype), torch.sin(a).to(X.dtype)
        out[..., 2 * i] = X[..., 2 * i] * cos - X[..., 2 * i + 1] * sin
        out[..., 2 * i + 1] = X[..., 2 * i] * sin + X[..., 2 * i + 1] * cos
    return out

# %% silu written out answer="swiglu"
def swiglu(X, W, V, W2):
    gate = X @ W
    return gate * torch.sigmoid(gate) * (X @ V) @ W2

# %% einsum answer="swiglu"
def swiglu(X, W, V, W2):
    up = nn.functional.silu(torch.einsum("...d,dm->...m", X, W))
    return torch.einsum("...m,...m,md->...d", up, X @ V, W2)

# %% an axis for the groups answer="gqa"
def gqa(Q, K, V):
    (B, h, n, d), (_, g, m, _) = Q.shape, K.shape
    S = torch.einsum("bgsnd,bgmd->bgsnm", Q.reshape(B, g, h // g, n, d), K) / d**0.5
    hidden = torch.arange(m) > torch.arange(m - n, m)[:, None]
    A = torch.softmax(S.masked_fill(hidden, float("-inf")), dim=-1)
    return torch.einsum("bgsnm,bgmd->bgsnd", A, V).reshape(B, h, n, d)

# %% head by head answer="gqa"
def gqa(Q, K, V):
    h, g, n, m = Q.shape[1], K.shape[1], Q.shape[2], K.shape[2]
    out = []
    for j in range(h):
        q, k, v = Q[:, j], K[:, j * g // h], V[:, j * g // h]
        S = q @ k.mT / q.shape[-1] ** 0.5
        S = S + torch.full((n, m), -torch.inf, dtype=S.dtype).triu(m - n + 1)
        out.append(torch.softmax(S, dim=-1) @ v)
    return torch.stack(out, dim=1)

# %% sorted, and sorted back answer="top_p"
def top_p(p, threshold):
    order = torch.argsort(p, dim=-1, descending=True, stable=True)
    best = torch.gather(p, -1, order)
    cut = torch.cumsum(best, dim=-1) - best >= threshold
    best = best.masked_fill(cut, 0)
    q = torch.gather(best, -1, torch.argsort(order, dim=-1))
    return q / q.sum(-1, keepdim=True)

# %% row by row answer="top_p"
def top_p(p, threshold):
    rows = []
    for row in p.reshape(-1, p.shape[-1]):
        q, total = torch.zeros_like(row), 0.0
        for i in sorted(range(len(row)), key=lambda i: -float(row[i])):
            if total >= threshold:
                break
            q[i] = row[i]
            total += float(row[i])
        rows.append(q / q.sum())
    return torch.stack(rows).reshape(p.shape)

# %% cross_entropy with targets left out answer="answer_loss"
def answer_logp(scores, tokens, prompts, lengths):
    place = torch.arange(tokens.shape[1])
    targets = torch.where((place >= prompts[:, None]) & (place < lengths[:, None]), tokens, -100)
    lost = nn.functional.cross_entropy(scores[:, :-1].transpose(1, 2), targets[:, 1:], reduction="none")
    return -lost.sum(dim=1)

def answer_loss(scores, tokens, prompts, lengths):
    place = torch.arange(tokens.shape[1])
    targets = torch.where((place >= prompts[:, None]) & (place < lengths[:, None]), tokens, -100)
    return nn.functional.cross_entropy(scores[:, :-1].flatten(0, 1), targets[:, 1:].flatten())

# %% text by text answer="answer_loss"
def answer_logp(scores, tokens, prompts, lengths):
    sums = []
    for z, w, a, b in zip(scores, tokens, prompts.tolist(), lengths.tolist()):
        log_p = torch.log_softmax(z[a - 1 : b - 1], dim=-1)
        sums.append(log_p[torch.arange(b - a), w[a:b]].sum())
    return torch.stack(sums)

def answer_loss(scores, tokens, prompts, lengths):
    return -answer_logp(scores, tokens, prompts, lengths).sum() / (lengths.sum() - prompts.sum())

# %% logsigmoid answer="bradley_terry"
def bradley_terry(chosen, rejected):
    return -nn.functional.logsigmoid(chosen - rejected).mean()

# %% a cross-entropy of two answer="bradley_terry"
def bradley_terry(chosen, rejected):
    both = torch.stack([chosen, rejected], dim=1)
    return nn.functional.cross_entropy(both, torch.zeros(len(both), dtype=torch.long))

# %% differences of ratios answer="dpo_loss"
def dpo_loss(pi_c, pi_r, ref_c, ref_r, beta):
    moved = (pi_c - pi_r) - (ref_c - ref_r).detach()
    return nn.functional.softplus(-beta * moved).mean()

# %% two rewards answer="dpo_loss"
def dpo_loss(pi_c, pi_r, ref_c, ref_r, beta):
    with torch.no_grad():
        ref_c, ref_r = 1 * ref_c, 1 * ref_r
    return bradley_terry(beta * (pi_c - ref_c), beta * (pi_r - ref_r))

# %% a table of zeros answer="route"
def route(X, R, k):
    S = X @ R
    values, best = S.topk(k, dim=-1)
    weights = torch.zeros_like(S).scatter(-1, best, torch.softmax(values, dim=-1))
    E = S.shape[1]
    f = torch.bincount(best.flatten(), minlength=E) / best.numel()
    return weights, E * (f * torch.softmax(S, dim=-1).mean(dim=0)).sum()

# %% token by token answer="route"
def route(X, R, k):
    S = X @ R
    weights, asked = torch.zeros_like(S), torch.zeros_like(S[0])
    for t in range(len(S)):
        best = torch.argsort(-S[t])[:k]
        e = torch.exp(S[t, best] - S[t].max())
        weights[t, best] = e / e.sum()
        asked[best] += 1 / (k * len(S))
    return weights, S.shape[1] * (asked @ torch.softmax(S, dim=1).mean(dim=0))

# %% a convolution answer="state_space"
def state_space(x, a, b, c):
    n = len(x)
    kernel = (c * b * a ** torch.arange(n)[:, None]).sum(dim=1)
    return torch.stack([(kernel[: t + 1].flip(0) * x[: t + 1]).sum() for t in range(n)])

# %% a matrix answer="state_space"
def state_space(x, a, b, c):
    t = torch.arange(len(x))
    lag = (t[:, None] - t).clamp(min=0)
    M = ((c * b) * a ** lag[..., None]).sum(dim=-1).tril()
    return M @ x
