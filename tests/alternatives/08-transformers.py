# ---
# jupyter:
#   jupytext:
#     comment_magics: false
#     cell_metadata_filter: answer,check,essay,points,tags,-all
# ---

# %% by torch's own moments answer="layer_norm"
def layer_norm(X, gain, bias, eps=1e-5):
    variance, mean = torch.var_mean(X, dim=-1, correction=0, keepdim=True)
    return (X - mean) * torch.rsqrt(variance + eps) * gain + bias

# %% the mean of squares answer="layer_norm"
def layer_norm(X, gain, bias, eps=1e-5):
    centred = X - X.sum(-1)[..., None] / X.shape[-1]
    return gain * (centred / (torch.einsum("...i,...i->...", centred, centred)[..., None] / len(gain) + eps) ** 0.5) + bias

# %% two lines for both answer="Block"
class Block(nn.Module):
    def __init__(self, d, heads, hidden, pre=True, eps=1e-5):
        super().__init__()
        self.pre, self.attention = pre, MultiHead(d, heads)
        self.norm1, self.norm2 = nn.LayerNorm(d, eps), nn.LayerNorm(d, eps)
        self.up, self.down = nn.Linear(d, hidden), nn.Linear(hidden, d)

    def forward(self, X, mask=None):
        def network(X):
            return self.down(nn.functional.gelu(self.up(X)))

        for norm, step in [(self.norm1, lambda X: self.attention(X, mask)), (self.norm2, network)]:
            X = X + step(norm(X)) if self.pre else norm(X + step(X))
        return X

# %% names for everything answer="Block"
class Block(nn.Module):
    def __init__(self, d, heads, hidden, pre=True, eps=1e-5):
        super().__init__()
        self.pre = pre
        self.attention = MultiHead(d, heads)
        self.norm1 = nn.LayerNorm(d, eps=eps)
        self.norm2 = nn.LayerNorm(d, eps=eps)
        self.up = nn.Linear(d, hidden)
        self.down = nn.Linear(hidden, d)

    def forward(self, X, mask=None):
        looked = self.attention(self.norm1(X) if self.pre else X, mask)
        middle = X + looked
        if not self.pre:
            middle = self.norm1(middle)
        wide = nn.GELU()(self.up(self.norm2(middle) if self.pre else middle))
        out = middle + self.down(wide)
        return out if self.pre else self.norm2(out)

# %% filled column by column answer="positions"
def positions(n, d):
    P = torch.zeros(n, d)
    p = torch.arange(n, dtype=torch.float32)
    for j in range(0, d, 2):
        P[:, j] = torch.sin(p / 10000 ** (j / d))
        P[:, j + 1] = torch.cos(p / 10000 ** (j / d))
    return P

# %% with exponentials answer="positions"
def positions(n, d):
    speed = torch.exp(-np.log(10000) * torch.arange(0, d, 2) / d)
    angle = torch.outer(torch.arange(n).float(), speed)
    P = torch.empty(n, d)
    P[:, 0::2], P[:, 1::2] = angle.sin(), angle.cos()
    return P

# %% pair by pair answer="spread"
def spread(P):
    n = len(P)
    ranges = []
    for k in range(n):
        products = [float(P[p] @ P[p + k]) for p in range(n - k)]
        ranges.append(max(products) - min(products))
    return max(ranges)

# %% numpy's diagonals answer="spread"
def spread(P):
    G = np.asarray(P @ P.T)
    return np.max([np.ptp(np.diagonal(G, -k)) for k in range(len(G))])

# %% loops and boolean indexing answer="guesses"
def next_tokens(text, starts, n):
    return torch.stack([text[s : s + n] for s in starts]), torch.stack([text[s + 1 : s + n + 1] for s in starts])

def hide_tokens(tokens, real, darts, others, mask_token):
    inputs, targets = tokens.clone(), torch.full_like(tokens, -100)
    chosen = (darts < 0.15) & real
    targets[chosen] = tokens[chosen]
    inputs[chosen & (darts < 0.12)] = mask_token
    some = chosen & (darts >= 0.12) & (darts < 0.135)
    inputs[some] = others[some]
    return inputs, targets

# %% unfold and masked_fill answer="guesses"
def next_tokens(text, starts, n):
    windows = text.unfold(0, n + 1, 1)[starts]
    return windows[:, :-1], windows[:, 1:]

def hide_tokens(tokens, real, darts, others, mask_token):
    darts = darts.masked_fill(~real, 1.0)
    swapped = torch.where(darts < 0.135, others, tokens).masked_fill(darts < 0.12, mask_token)
    return swapped, tokens.masked_fill(darts >= 0.15, -100)

# %% places looked up answer="GPT"
class GPT(nn.Module):
    def __init__(self, letters, longest, d=64, heads=4, layers=2):
        super().__init__()
        self.letter, self.place = nn.Embedding(letters, d), nn.Embedding(longest, d)
        self.blocks = nn.ModuleList([Block(d, heads, 4 * d) for _ in range(layers)])
        self.norm, self.scores = nn.LayerNorm(d), nn.Linear(d, letters)

    def forward(self, tokens):
        places = torch.arange(tokens.shape[1], device=tokens.device)
        H = self.letter(tokens) + self.place(places)
        for i in range(len(self.blocks)):
            H = self.blocks[i](H, places[None, :] <= places[:, None])
        return self.scores(self.norm(H))

# %% a mask that the module keeps answer="GPT"
class GPT(nn.Module):
    def __init__(self, letters, longest, d=64, heads=4, layers=2):
        super().__init__()
        self.letter, self.place = nn.Embedding(letters, d), nn.Embedding(longest, d)
        self.blocks = nn.ModuleList([Block(d, heads, 4 * d) for _ in range(layers)])
        self.norm, self.scores = nn.LayerNorm(d), nn.Linear(d, letters)
        self.register_buffer("mask", torch.tril(torch.ones(longest, longest)))
        self.register_buffer("places", torch.arange(longest)[None])

    def forward(self, tokens):
        n = tokens.size(1)
        x = self.letter(tokens) + self.place(self.places[:, :n])
        for block in self.blocks:
            x = block(x, self.mask[:n, :n] == 1)
        return self.scores(self.norm(x))

# %% a mask from numpy, weights by hand answer="GPT"
class GPT(nn.Module):
    def __init__(self, letters, longest, d=64, heads=4, layers=2):
        super().__init__()
        self.letter, self.place = nn.Embedding(letters, d), nn.Embedding(longest, d)
        self.blocks = nn.ModuleList(Block(d, heads, 4 * d) for _ in range(layers))
        self.norm, self.scores = nn.LayerNorm(d), nn.Linear(d, letters)

    def forward(self, tokens):
        B, n = tokens.shape
        X, mask = self.letter.weight[tokens] + self.place.weight[None, :n], torch.tensor(np.tri(n, dtype=bool))
        for block in self.blocks:
            X = block(X, mask)
        return self.norm(X) @ self.scores.weight.T + self.scores.bias

# %% by sorting answer="next_probabilities"
def next_probabilities(z, T=1.0, k=None):
    if T == 0:
        best = torch.zeros_like(z)
        return best.scatter_(-1, z.argmax(dim=-1, keepdim=True), 1.0)
    if k is not None:
        bound = z.sort(dim=-1, descending=True).values[..., k - 1 : k]
        z = torch.where(z >= bound, z, -torch.inf)
    return (z / T).softmax(-1)

# %% normalised by hand answer="next_probabilities"
def next_probabilities(z, T=1.0, k=None):
    if T == 0:
        T, k = 1.0, 1
    E = torch.exp((z - z.max(dim=-1, keepdim=True).values) / T)
    if k is not None:
        keep = torch.zeros_like(z).scatter(-1, z.topk(k, dim=-1).indices, 1.0)
        E = E * keep
    return E / E.sum(dim=-1, keepdim=True)

# %% one text at a time answer="pool"
def pool(H, real):
    return torch.stack([rows[here].mean(dim=0) for rows, here in zip(H, real)])

# %% torch.where and einsum answer="pool"
def pool(H, real):
    clean = torch.where(real.unsqueeze(-1), H, 0.0)
    return torch.einsum("bnd,bn->bd", clean, real.to(H.dtype)) / real.sum(1)[:, None]

# %% lookups answer="Encoder"
class Encoder(nn.Module):
    def __init__(self, words, longest, d, heads, hidden, layers):
        super().__init__()
        self.word, self.place, self.kind = nn.Embedding(words, d), nn.Embedding(longest, d), nn.Embedding(2, d)
        self.norm = nn.LayerNorm(d, eps=1e-12)
        self.blocks = nn.ModuleList(Block(d, heads, hidden, False, 1e-12) for _ in range(layers))

    def forward(self, tokens, real):
        H = self.norm(self.kind(torch.zeros_like(tokens)) + self.place(torch.arange(tokens.shape[1])) + self.word(tokens))
        for block in self.blocks:
            H = block(H, real.unsqueeze(1).unsqueeze(1))
        return H

# %% numbers of places that the module keeps answer="Encoder"
class Encoder(nn.Module):
    def __init__(self, words, longest, d, heads, hidden, layers):
        super().__init__()
        self.word, self.place, self.kind = nn.Embedding(words, d), nn.Embedding(longest, d), nn.Embedding(2, d)
        self.norm = nn.LayerNorm(d, eps=1e-12)
        self.blocks = nn.ModuleList(Block(d, heads, hidden, False, 1e-12) for _ in range(layers))
        self.register_buffer("position_ids", torch.arange(longest))

    def forward(self, tokens, real):
        places = self.place(self.position_ids[: tokens.shape[1]])
        X = self.norm(self.word(tokens) + places + self.kind(torch.zeros_like(tokens)))
        for block in self.blocks:
            X = block(X, real[:, None, None])
        return X

# %% a mask of full size answer="Encoder"
class Encoder(nn.Module):
    def __init__(self, words, longest, d, heads, hidden, layers):
        super().__init__()
        self.word, self.place, self.kind = (nn.Embedding(m, d) for m in (words, longest, 2))
        self.norm = nn.LayerNorm(d, eps=1e-12)
        self.blocks = nn.ModuleList(Block(d, heads, hidden, False, 1e-12) for _ in range(layers))

    def forward(self, tokens, real):
        B, n = tokens.shape
        X = self.norm(self.word(tokens) + (self.place.weight[:n] + self.kind.weight[:1]))
        mask = real[:, None, None, :].expand(B, 1, n, n)
        for layer in self.blocks:
            X = layer(X, mask)
        return X

# %% a regular expression answer="rename"
def rename(name, table):
    import re
    pieces = "|".join(re.escape(piece) for piece in sorted(table, key=lambda piece: -len(piece)))
    return re.sub(pieces, lambda found: table[found.group()], name)

# %% longest first, by repeated search answer="rename"
def rename(name, table):
    left = dict(table)
    while left:
        longest = max(left, key=len)
        new = left.pop(longest)
        if longest in name:
            name = new.join(name.split(longest))
    return name

# %% piece by piece answer="parameters"
def parameters(words, longest, d, layers):
    attention = 4 * (d * d + d)
    network = d * 4 * d + 4 * d + 4 * d * d + d
    return d * words + d * longest + d * 2 + 2 * d + layers * (attention + network + 2 * 2 * d)

# %% by building a block answer="parameters"
def parameters(words, longest, d, layers):
    block = sum(p.numel() for p in nn.TransformerEncoderLayer(d, 1, 4 * d).parameters())
    return (words + longest + 2 + 2) * d + layers * block

# %% head by head answer="cross_attention"
def cross_attention(attention, X, Y):
    Q, K, V = attention.q(X), attention.k(Y), attention.v(Y)
    found = []
    for q, k, v in zip(*(Z.chunk(attention.heads, dim=-1) for Z in (Q, K, V))):
        found.append(torch.softmax(q @ k.mT / q.shape[-1] ** 0.5, dim=-1) @ v)
    return attention.out(torch.cat(found, dim=-1))

# %% fused answer="cross_attention"
def cross_attention(attention, X, Y):
    B, n, d = X.shape
    cut = [Z.reshape(B, -1, attention.heads, d // attention.heads).transpose(1, 2)
           for Z in (attention.q(X), attention.k(Y), attention.v(Y))]
    return attention.out(nn.functional.scaled_dot_product_attention(*cut).transpose(1, 2).reshape(B, n, d))

# %% head by head answer="cached"
def cached(attention, x, K, V):
    K, V = torch.cat((K, attention.k(x)), 1), torch.cat((V, attention.v(x)), 1)
    found = []
    for q, k, v in zip(*(Z.chunk(attention.heads, dim=-1) for Z in (attention.q(x), K, V))):
        found.append(torch.softmax(q @ k.mT / q.shape[-1] ** 0.5, dim=-1) @ v)
    return attention.out(torch.cat(found, dim=-1)), K, V

# %% einsum answer="cached"
def cached(attention, x, K, V):
    K, V = torch.hstack([K, attention.k(x)]), torch.hstack([V, attention.v(x)])
    q, k, v = (Z.unflatten(-1, (attention.heads, -1)) for Z in (attention.q(x), K, V))
    A = (torch.einsum("bihc,bjhc->bhij", q, k) / q.shape[-1] ** 0.5).softmax(-1)
    return attention.out(torch.einsum("bhij,bjhc->bihc", A, v).flatten(2)), K, V

# %% unfold answer="patchify"
def patchify(images, p):
    return nn.functional.unfold(images, p, stride=p).transpose(1, 2)

# %% slices answer="patchify"
def patchify(images, p):
    B, c, h, w = images.shape
    rows = [images[:, :, i : i + p, j : j + p].reshape(B, -1) for i in range(0, h, p) for j in range(0, w, p)]
    return torch.stack(rows, dim=1)

# %% row by row answer="verbalise"
def verbalise(p, words):
    return [max(words, key=lambda label: sum(row[i].item() for i in words[label]) / len(words[label])) for row in p]

# %% with numpy answer="verbalise"
def verbalise(p, words):
    labels, table = list(words), np.asarray(p)
    means = np.array([table[:, words[label]].mean(axis=1) for label in labels])
    return [labels[k] for k in means.argmax(axis=0)]

# %% steps by name answer="DecoderBlock"
class DecoderBlock(nn.Module):
    def __init__(self, d, heads, hidden):
        super().__init__()
        self.attention, self.across = MultiHead(d, heads), MultiHead(d, heads)
        self.norm1, self.norm2, self.norm3 = nn.LayerNorm(d), nn.LayerNorm(d), nn.LayerNorm(d)
        self.up, self.down = nn.Linear(d, hidden), nn.Linear(hidden, d)

    def forward(self, X, Y):
        places = torch.arange(X.shape[1])
        back = self.attention(self.norm1(X), places[:, None] >= places)
        looked = X + back
        found = looked + cross_attention(self.across, self.norm2(looked), Y)
        return found + self.down(nn.GELU()(self.up(self.norm3(found))))

# %% a loop over steps answer="DecoderBlock"
class DecoderBlock(nn.Module):
    def __init__(self, d, heads, hidden):
        super().__init__()
        self.attention = MultiHead(d, heads)
        self.across = MultiHead(d, heads)
        self.norm1, self.norm2, self.norm3 = (nn.LayerNorm(d) for _ in range(3))
        self.up = nn.Linear(d, hidden)
        self.down = nn.Linear(hidden, d)

    def forward(self, X, Y):
        mask = torch.tril(torch.ones(X.shape[1], X.shape[1])).bool()
        steps = [
            (self.norm1, lambda Z: self.attention(Z, mask)),
            (self.norm2, lambda Z: cross_attention(self.across, Z, Y)),
            (self.norm3, lambda Z: self.down(gelu(self.up(Z)))),
        ]
        for norm, step in steps:
            X = X + step(norm(X))
        return X

# %% a tensor that grows answer="greedy"
def greedy(scores, longest):
    tokens = torch.zeros(1, 1, dtype=torch.long)
    for _ in range(longest):
        best = scores(tokens).argmax(dim=1, keepdim=True)
        if best.item() == 0:
            break
        tokens = torch.cat([tokens, best], dim=1)
    return tokens[0, 1:].tolist()

# %% while it goes on answer="greedy"
def greedy(scores, longest):
    text = []
    while len(text) < longest:
        z = scores(torch.tensor([[0] + text])).flatten()
        token = z.topk(1).indices.item()
        if token == 0:
            return text
        text.append(token)
    return text

# %% the ended ones apart answer="beam_search"
def beam_search(scores, longest, beams):
    kept, ended = [([], 0.0)], []
    for _ in range(longest):
        rows = scores(torch.tensor([[0, *tokens] for tokens, _ in kept]))
        grown = [(tokens + [i], total + p.item()) for (tokens, total), row in zip(kept, rows) for i, p in enumerate(row)]
        best = sorted(grown + ended, key=lambda pair: -pair[1])[:beams]
        ended = [pair for pair in best if pair[0][-1] == 0]
        kept = [pair for pair in best if pair[0][-1] != 0]
        if not kept:
            break
    tokens, total = max(kept + ended, key=lambda pair: pair[1])
    return ([*tokens[:-1]] if tokens[-1] == 0 else tokens), total

# %% all beams in one tensor, the ended with nothing but an end answer="beam_search"
def beam_search(scores, longest, beams):
    tokens, totals = torch.zeros(1, 1, dtype=torch.long), torch.zeros(1, dtype=torch.float64)
    for step in range(longest):
        logs = scores(tokens).double()
        over = (tokens[:, 1:] == 0).any(dim=1)
        logs[over] = -torch.inf
        logs[over, 0] = 0.0
        both = (totals[:, None] + logs).flatten()
        totals, at = both.topk(min(beams, len(both)))
        letters = logs.shape[1]
        tokens = torch.cat([tokens[at // letters], (at % letters)[:, None]], dim=1)
    best = int(totals.argmax())
    return [t for t in tokens[best].tolist() if t], float(totals[best])
