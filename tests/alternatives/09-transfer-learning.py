# ---
# jupyter:
#   jupytext:
#     comment_magics: false
#     cell_metadata_filter: answer,check,essay,points,tags,-all
# ---

# %% requires_grad_ answer="new_head"
def new_head(body, d, K):
    return nn.Sequential(body.requires_grad_(False), nn.Linear(d, K))


def count(model):
    learns = there = 0
    for p in model.parameters():
        there += p.numel()
        learns += p.numel() * p.requires_grad
    return learns, there


# %% a list of two answer="new_head"
def new_head(body, d, K):
    model = nn.Sequential(body, nn.Linear(d, K))
    for name, p in model.named_parameters():
        p.requires_grad_(name.startswith("1."))
    return model


def count(model):
    sizes = np.array([[np.prod(p.shape), p.requires_grad] for p in model.parameters()], dtype=int)
    return [sizes.prod(axis=1).sum(), sizes[:, 0].sum()]


# %% split answer="features"
@torch.no_grad()
def features(body, X, b):
    mode = body.training
    out = [body.eval()(part) for part in X.split(b)]
    body.train(mode)
    return torch.vstack(out)


# %% filled in, detached answer="features"
def features(body, X, b):
    before = body.training
    body.train(False)
    found = []
    while len(X):
        found += list(body(X[:b]).detach())
        X = X[b:]
    if before:
        body.train()
    return torch.stack(found)


# %% by logsumexp answer="probe_loss"
def probe_loss(W, b, F, y, lam):
    Z = F @ W + b
    return (Z.logsumexp(dim=1) - Z[torch.arange(len(y)), y]).mean() + 0.5 * lam * W.square().sum()


# %% by log_softmax answer="probe_loss"
def probe_loss(W, b, F, y, lam):
    log_p = torch.log_softmax(torch.addmm(b, F, W), dim=1)
    return -log_p.gather(1, y[:, None]).mean() + lam * torch.norm(W) ** 2 / 2


# %% gradient descent with momentum answer="fit_probe"
def fit_probe(F, y, lam):
    X, t = torch.tensor(F, dtype=torch.float64), torch.tensor(y)
    W = torch.zeros(X.shape[1], int(t.max()) + 1, dtype=torch.float64, requires_grad=True)
    b = torch.zeros(W.shape[1], dtype=torch.float64, requires_grad=True)
    steepest = torch.linalg.matrix_norm(X, 2).item() ** 2 / len(X) + 1
    optimiser = torch.optim.SGD([W, b], lr=1.5 / steepest, momentum=0.95, nesterov=True)
    for _ in range(800):
        optimiser.zero_grad()
        probe_loss(W, b, X, t, lam).backward()
        optimiser.step()
    return W.detach().numpy(), b.detach().numpy()


# %% LBFGS in several calls answer="fit_probe"
def fit_probe(F, y, lam):
    X, t = torch.from_numpy(np.asarray(F, dtype=float)), torch.from_numpy(np.asarray(y))
    theta = torch.zeros(X.shape[1] + 1, 1 + max(y.tolist()), dtype=torch.float64).requires_grad_()
    optimiser = torch.optim.LBFGS([theta], max_iter=40, tolerance_grad=1e-8, line_search_fn="strong_wolfe")

    def closure():
        theta.grad = None
        loss = probe_loss(theta[1:], theta[0], X, t, lam)
        loss.backward()
        return loss

    for _ in range(10):
        optimiser.step(closure)
    W = theta.detach().numpy()
    return W[1:], W[0]


# %% Adam answer="fit_probe"
def fit_probe(F, y, lam):
    X, t = torch.as_tensor(F).double(), torch.as_tensor(y)
    layer = nn.Linear(X.shape[1], 1 + int(t.max())).double()
    optimiser = torch.optim.Adam(layer.parameters(), lr=0.05)
    for _ in range(1500):
        optimiser.zero_grad()
        probe_loss(layer.weight.T, layer.bias, X, t, lam).backward()
        optimiser.step()
    return layer.weight.detach().numpy().T, layer.bias.detach().numpy()


# %% column by column answer="standardise"
def standardise(train, test):
    a, b = train.astype(float).copy(), test.astype(float).copy()
    for j in range(a.shape[1]):
        mean, std = a[:, j].mean(), a[:, j].std() or 1.0
        a[:, j] = (a[:, j] - mean) / std
        b[:, j] = (b[:, j] - mean) / std
    return a, b


# %% with divide answer="standardise"
def standardise(train, test):
    mean = np.mean(train, axis=0, keepdims=True)
    std = np.sqrt(np.mean((train - mean) ** 2, axis=0, keepdims=True))
    std[std == 0] = 1
    return [(rows - mean) / std for rows in (train, test)]


# %% choice answer="split_by_group"
def split_by_group(groups, share, rng):
    names = sorted(set(groups.tolist()))
    chosen = set(rng.choice(names, size=round(share * len(names)), replace=False).tolist())
    rows = range(len(groups))
    return (
        np.array([i for i in rows if groups[i] not in chosen]),
        np.array([i for i in rows if groups[i] in chosen]),
    )


# %% random keys answer="split_by_group"
def split_by_group(groups, share, rng):
    names, own = np.unique(groups, return_inverse=True)
    rank = np.argsort(np.argsort(rng.random(len(names))))
    held_out = rank[own] < round(share * len(names))
    return np.where(~held_out)[0], np.where(held_out)[0]


# %% a loop over stages answer="FineTuned"
class FineTuned(nn.Module):
    def __init__(self, stages, head, k):
        super().__init__()
        self.stages, self.head, self.n = nn.ModuleList(stages), head, len(stages) - k
        self.stages[: self.n].requires_grad_(False)

    def train(self, mode=True):
        super().train(mode)
        for stage in self.stages[: self.n]:
            stage.eval()
        return self

    def forward(self, X):
        for stage in self.stages:
            X = stage(X)
        return self.head(X)


# %% children answer="FineTuned"
class FineTuned(nn.Module):
    def __init__(self, stages, head, k):
        super().__init__()
        self.body, self.k = nn.Sequential(*stages), k
        self.head = head
        for i, stage in enumerate(self.body):
            for p in stage.parameters():
                p.requires_grad = i >= len(stages) - k

    def train(self, mode=True):
        self.training = mode
        self.head.train(mode)
        for i, stage in enumerate(self.body):
            stage.train(mode and i >= len(self.body) - self.k)
        return self

    def forward(self, X):
        return self.head(self.body(X))


# %% modules in a list, checks against PyTorch beside it answer="FineTuned"
class FineTuned(nn.Module):
    def __init__(self, stages, head, k):
        super().__init__()
        self.register_buffer("cut", torch.tensor(len(stages) - k))
        self.parts = nn.ModuleList([*stages, head])
        self.asleep = self.parts[: len(stages) - k].requires_grad_(False)

    def train(self, mode=True):
        self.parts.train(mode)
        self.training = mode
        self.asleep.train(False)
        return self

    def forward(self, X):
        for i, part in enumerate(self.parts):
            with torch.set_grad_enabled(torch.is_grad_enabled() and i >= int(self.cut)):
                X = part(X)
        return X


# %% by hand answer="contrastive_loss"
def contrastive_loss(A, B, tau):
    S = (A / A.norm(dim=1, keepdim=True)) @ (B / B.norm(dim=1, keepdim=True)).T / tau
    return (S.logsumexp(0) / 2 + S.logsumexp(1) / 2 - S.diagonal()).mean()


# %% cosine_similarity answer="contrastive_loss"
def contrastive_loss(A, B, tau):
    S = torch.cosine_similarity(A[:, None], B[None], dim=2) / tau
    return -(S.log_softmax(0).diagonal().mean() + S.log_softmax(1).diagonal().mean()) / 2


# %% einsum answer="zero_shot"
def zero_shot(Z, prompts):
    T = np.einsum("kpd,kp->kd", prompts, 1 / np.sqrt((prompts**2).sum(-1)))
    lengths = np.linalg.norm(Z, axis=1)[:, None] * np.linalg.norm(T, axis=1)[None]
    return np.einsum("nd,kd->nk", Z, T) / lengths


# %% class by class answer="zero_shot"
def zero_shot(Z, prompts):
    columns = []
    for own in prompts:
        t = sum(p / np.linalg.norm(p) for p in own)
        columns.append([z @ t / (np.linalg.norm(z) * np.linalg.norm(t)) for z in Z])
    return np.array(columns).T


# %% a copy of the layer answer="LoRA"
from copy import deepcopy


class LoRA(nn.Module):
    def __init__(self, layer, r, scale=1.0):
        super().__init__()
        self.layer, self.scale = layer.requires_grad_(False), scale
        self.A = nn.Parameter(0.1 * torch.randn(layer.in_features, r))
        self.B = nn.Parameter(torch.zeros(r, layer.out_features))

    def forward(self, X):
        return self.layer(X) + (X @ self.A @ self.B) * self.scale

    def merged(self):
        one = deepcopy(self.layer)
        one.weight.data += self.scale * (self.B.T @ self.A.T).data
        return one


# %% merged each time answer="LoRA"
class LoRA(nn.Module):
    def __init__(self, layer, r, scale=1.0):
        super().__init__()
        for p in layer.parameters():
            p.requires_grad = False
        self.layer, self.scale = layer, scale
        self.A = nn.Parameter(torch.rand(layer.in_features, r) - 0.5)
        self.B = nn.Parameter(torch.zeros(r, layer.out_features))

    def forward(self, X):
        W = self.layer.weight.T + self.scale * self.A @ self.B
        return X @ W + self.layer.bias

    def merged(self):
        one = nn.Linear(len(self.A), self.B.shape[1]).to(self.A.dtype)
        one.load_state_dict(
            {"weight": self.layer.weight + self.scale * (self.A @ self.B).T, "bias": self.layer.bias}
        )
        return one


# %% factorials answer="puzzle_number"
def puzzle_number(order):
    weight, number, left = 1, 0, sorted(order)
    for k in range(2, len(order)):
        weight *= k
    for i, piece in enumerate(order[:-1]):
        number += left.index(piece) * weight
        left.remove(piece)
        weight //= max(1, len(order) - 1 - i)
    return number


# %% from behind answer="puzzle_number"
def puzzle_number(order):
    if len(order) < 2:
        return 0
    size = 1
    for k in range(1, len(order)):
        size *= k
    return sum(p < order[0] for p in order) * size + puzzle_number(order[1:])


# %% energy first answer="training_cost"
def training_cost(N, D, speed, watts):
    joules = 6 * N * D / speed * watts
    return joules / watts / 3600, joules / 3.6e6


# %% forward and backward answer="training_cost"
def training_cost(N, D, speed, watts):
    seconds = (2 * N + 4 * N) * D / speed
    return seconds / 60 / 60, seconds * watts / 3_600_000
