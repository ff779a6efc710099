# ---
# jupyter:
#   jupytext:
#     comment_magics: false
#     cell_metadata_filter: answer,check,essay,points,tags,-all
# ---

# %% row by row answer="autoencode"
def autoencode(X, We, be, Wd, bd):
    codes, copies = [], []
    for x in X:
        code = x @ We + be
        codes.append(code)
        copies.append(np.tanh((code @ Wd + bd) / 2) / 2 + 0.5)
    return np.array(codes), np.array(copies)

# %% by torch answer="autoencode"
def autoencode(X, We, be, Wd, bd):
    X, We, be, Wd, bd = map(torch.tensor, (X, We, be, Wd, bd))
    code = torch.addmm(be, X, We)
    return code.numpy(), torch.sigmoid(torch.addmm(bd, code, Wd)).numpy()

# %% a choice between two answer="corrupt"
def corrupt(X, share, rng):
    return np.where(rng.uniform(size=X.shape) < share, 0.0, X)

# %% entry by entry answer="corrupt"
def corrupt(X, share, rng):
    out = X.copy()
    for i in range(X.shape[0]):
        for j in range(X.shape[1]):
            if rng.random() < share:
                out[i, j] = 0
    return out

# %% coins answer="corrupt"
def corrupt(X, share, rng):
    return X * rng.binomial(1, 1 - share, size=X.shape)

# %% the root of the variance answer="reparameterise"
def reparameterise(mu, logvar, eps):
    sigma = torch.sqrt(torch.exp(logvar))
    return torch.addcmul(mu, sigma, eps)

# %% a power answer="reparameterise"
def reparameterise(mu, logvar, eps):
    return eps * logvar.exp() ** 0.5 + mu

# %% torch's own answer="kl"
def kl(mu, logvar):
    cloud = torch.distributions.Normal(mu, torch.exp(0.5 * logvar))
    standard = torch.distributions.Normal(torch.zeros_like(mu), torch.ones_like(mu))
    return torch.distributions.kl_divergence(cloud, standard).sum(-1)

# %% as in the paper answer="kl"
def kl(mu, logvar):
    return -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp(), dim=-1)

# %% expm1 answer="kl"
def kl(mu, logvar):
    return 0.5 * (mu.square() + torch.expm1(logvar) - logvar).sum(1)

# %% sums over all, divided by the rows answer="vae_loss"
def vae_loss(logits, X, mu, logvar, beta):
    pixels = binary_cross_entropy_with_logits(logits, X, reduction="sum") / len(X)
    return pixels + beta * kl(mu, logvar).mean()

# %% softplus answer="vae_loss"
def vae_loss(logits, X, mu, logvar, beta):
    pixels = (softplus(logits) - X * logits).sum(-1)
    clouds = 0.5 * (mu.pow(2) + logvar.exp() - 1 - logvar).sum(-1)
    return torch.mean(pixels + beta * clouds)

# %% torch's cross-entropy answer="gan_losses"
def gan_losses(real, fake):
    ones, zeros = torch.ones_like, torch.zeros_like
    judge = binary_cross_entropy_with_logits(real, ones(real)) + binary_cross_entropy_with_logits(fake, zeros(fake))
    return judge, binary_cross_entropy_with_logits(fake, ones(fake))

# %% logsigmoid answer="gan_losses"
def gan_losses(real, fake):
    log = torch.nn.functional.logsigmoid
    return -(log(real).mean() + log(-fake).mean()), -log(fake).mean()

# %% logaddexp answer="gan_losses"
def gan_losses(real, fake):
    cost = lambda s: torch.logaddexp(s, torch.zeros_like(s)).mean()
    return cost(-real) + cost(fake), cost(-fake)

# %% where both are silent, afterwards answer="best_judge"
def best_judge(p, q):
    D = np.full(np.shape(p), 0.5)
    there = (p + q) > 0
    D[there] = p[there] / (p[there] + q[there])
    return D

# %% divided where there is something answer="best_judge"
def best_judge(p, q):
    total = p + q
    return np.divide(p, total, out=np.full_like(total, 0.5), where=total != 0)

# %% row by row answer="noised"
def noised(X, t, eps, a):
    return torch.stack([a[s] ** 0.5 * x + (1 - a[s]) ** 0.5 * e for x, s, e in zip(X, t, eps)])

# %% index_select and view answer="noised"
def noised(X, t, eps, a):
    share = a.index_select(0, t).view(-1, 1)
    return torch.sqrt(share) * X + torch.sqrt(1.0 - share) * eps

# %% torch's loss answer="noise_loss"
def noise_loss(model, X, t, eps, a):
    return torch.nn.functional.mse_loss(model(noised(X, t, eps, a), t), eps)

# %% without the earlier answer answer="noise_loss"
def noise_loss(model, X, t, eps, a):
    share = a[t].unsqueeze(1)
    said = model(share.sqrt() * X + (1 - share).sqrt() * eps, t)
    return (eps - said).pow(2).sum() / eps.numel()

# %% by way of the clean rows answer="denoise_step"
def denoise_step(X, eps_hat, t, a, z):
    alpha = a[t] / a[t - 1]
    clean = (X - (1 - a[t]).sqrt() * eps_hat) / a[t].sqrt()
    mean = (a[t - 1].sqrt() * (1 - alpha) * clean + alpha.sqrt() * (1 - a[t - 1]) * X) / (1 - a[t])
    if t == 1:
        return mean
    return mean + ((1 - a[t - 1]) / (1 - a[t]) * (1 - alpha)) ** 0.5 * z

# %% with the names of the paper answer="denoise_step"
def denoise_step(X, eps_hat, t, a, z):
    alpha_bar, before = a[t], a[t - 1]
    beta = 1 - alpha_bar / before
    mu = 1 / torch.sqrt(1 - beta) * (X - beta / torch.sqrt(1 - alpha_bar) * eps_hat)
    return mu + torch.sqrt((1 - before) / (1 - alpha_bar) * beta) * z

# %% einsum answer="draw"
def draw(mean, cov, eps):
    return mean + np.einsum("ij,nj->ni", np.linalg.cholesky(cov), eps)

# %% one row at a time answer="draw"
def draw(mean, cov, eps):
    L = np.linalg.cholesky(cov)
    return np.array([mean + (L * e).sum(axis=1) for e in eps])

# %% numbers of the entries answer="impute"
def impute(x, known, mean, cov):
    k, u = np.flatnonzero(known), np.flatnonzero(~known)
    out = x.astype(float)
    gain = cov[u][:, k] @ np.linalg.inv(cov[k][:, k])
    out[u] = mean[u] + gain @ (x[k] - mean[k])
    return out

# %% by the precision answer="impute"
def impute(x, known, mean, cov):
    if known.all():
        return x.copy()
    precision = np.linalg.inv(cov)
    out, u = x.copy(), ~known
    right = precision[u][:, known] @ (x[known] - mean[known])
    out[u] = mean[u] - np.linalg.solve(precision[u][:, u], right)
    return out

# %% a mixture of both answer="guided"
def guided(with_class, without, w):
    return w * with_class + (1 - w) * without

# %% lerp answer="guided"
def guided(with_class, without, w):
    return torch.lerp(without, with_class, w)
