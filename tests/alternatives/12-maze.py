# ---
# jupyter:
#   jupytext:
#     comment_magics: false
#     cell_metadata_filter: answer,check,essay,points,tags,-all
# ---

# %% a heap, as Dijkstra has it answer="distances"
from heapq import heappop, heappush

def distances(maze, start):
    found, waiting = {}, [(0, start)]
    while waiting:
        turns, cell = heappop(waiting)
        if cell in found:
            continue
        found[cell] = turns
        for there, more in maze.passages[cell].items():
            heappush(waiting, (turns + more, there))
    return found

# %% until nothing changes answer="distances"
def distances(maze, start):
    best = {cell: float("inf") for cell in maze.passages}
    best[start] = 0
    changed = True
    while changed:
        changed = False
        for cell, ways in maze.passages.items():
            for there, turns in ways.items():
                if best[cell] + turns < best[there]:
                    best[there] = best[cell] + turns
                    changed = True
    return best

# %% from all neighbours answer="greedy"
def greedy(maze, me, other, cheeses):
    away = distances(maze, me)
    target = sorted(cheeses, key=lambda cell: (away[cell], cell[0], cell[1]))[0]
    best, move = None, "stay"
    for name, there in maze.moves(me).items():
        turns = maze.passages[me][there] + distances(maze, there)[target]
        if best is None or turns < best:
            best, move = turns, name
    return move

# %% back along the way answer="greedy"
def greedy(maze, me, other, cheeses):
    away = distances(maze, me)
    least = min(away[cell] for cell in cheeses)
    target = min(cell for cell in cheeses if away[cell] == least)
    back = distances(maze, target)
    for name, (down, right) in MOVES.items():
        there = (me[0] + down, me[1] + right)
        turns = maze.passages[me].get(there)
        if turns is not None and turns + back[there] == back[me]:
            return name

# %% padded, then cut answer="encode"
def encode(maze, me, other, cheeses):
    R, C = maze.rows, maze.cols
    board = np.zeros((6, 3 * R, 3 * C))
    for cell in cheeses:
        board[0, R + cell[0], C + cell[1]] = 1
    board[1, R + other[0], C + other[1]] = 1
    for (r, c), ways in maze.passages.items():
        for k, (down, right) in enumerate([(-1, 0), (1, 0), (0, -1), (0, 1)]):
            turns = ways.get((r + down, c + right), float("inf"))
            board[2 + k, R + r, C + c] = 1 / turns
    top, left = me[0] + 1, me[1] + 1
    return board[:, top : top + 2 * R - 1, left : left + 2 * C - 1]

# %% place by place answer="encode"
def encode(maze, me, other, cheeses):
    planes = np.zeros((6, 2 * maze.rows - 1, 2 * maze.cols - 1))
    for y in range(planes.shape[1]):
        for x in range(planes.shape[2]):
            cell = (me[0] + y - (maze.rows - 1), me[1] + x - (maze.cols - 1))
            if cell not in maze.passages:
                continue
            planes[0, y, x] = float(cell in cheeses)
            planes[1, y, x] = float(cell == other)
            for name, there in maze.moves(cell).items():
                planes[2 + list(MOVES).index(name), y, x] = 1 / maze.passages[cell][there]
    return planes

# %% logarithms answer="clone_loss"
def clone_loss(scores, moves, legal):
    masked = torch.where(legal, scores, torch.tensor(-float("inf"), dtype=scores.dtype))
    logs = masked - torch.logsumexp(masked, dim=1, keepdim=True)
    return -logs.gather(1, moves[:, None]).mean()

# %% a large negative number answer="clone_loss"
def clone_loss(scores, moves, legal):
    logs = scores.masked_fill(~legal, -1e9).log_softmax(dim=1)
    return -logs[torch.arange(len(moves)), moves].mean()

# %% all pairs of turns answer="returns"
def returns(rewards, gamma):
    T = len(rewards)
    return np.array([sum(gamma ** (k - t) * rewards[k] for k in range(t, T)) for t in range(T)], dtype=float)

# %% from the back answer="returns"
def returns(rewards, gamma):
    G = np.array(rewards, dtype=float)
    for t in range(len(G) - 2, -1, -1):
        G[t] += gamma * G[t + 1]
    return G

# %% a list of probabilities answer="choose"
def choose(q, legal, eps, rng):
    masked = np.where(legal, q, -np.inf)
    best = masked == masked.max()
    p = eps * legal / legal.sum() + (1 - eps) * best / best.sum()
    return int(rng.choice(len(q), p=p))

# %% two branches answer="choose"
def choose(q, legal, eps, rng):
    allowed = [k for k in range(len(q)) if legal[k]]
    if rng.random() < eps:
        return allowed[rng.integers(len(allowed))]
    top = max(q[k] for k in allowed)
    best = [k for k in allowed if q[k] == top]
    return best[rng.integers(len(best))]

# %% a mean of old and new answer="q_step"
def q_step(Q, s, a, r, s2, done, eta, gamma):
    new = np.array(Q)
    after = 0.0 if done else max(Q[s2])
    new[s, a] = (1 - eta) * Q[s, a] + eta * (r + gamma * after)
    return new

# %% times not done answer="q_step"
def q_step(Q, s, a, r, s2, done, eta, gamma):
    change = np.zeros_like(Q)
    change[s, a] = eta * (r + gamma * np.max(Q[s2]) * (1 - done) - Q[s, a])
    return Q + change

# %% a potential answer="shaped"
def shaped(r, d, d2, c):
    before, after = -c * d, -c * d2
    return r + after - before

# %% turned round answer="shaped"
def shaped(r, d, d2, c):
    return r - (d2 - d) * c

# %% by torch.where answer="q_targets"
def q_targets(r, q2, legal2, done, gamma):
    with torch.no_grad():
        best = torch.where(legal2, q2, -torch.inf).amax(dim=1)
        return torch.where(done, r, r + gamma * best)

# %% row by row answer="q_targets"
def q_targets(r, q2, legal2, done, gamma):
    y = r.clone()
    for i in range(len(r)):
        if not done[i]:
            y[i] += gamma * q2[i][legal2[i]].max().item()
    return y

# %% a matrix of others answer="policy_loss"
def policy_loss(logp, G):
    n = len(G)
    others = (1 - torch.eye(n, dtype=G.dtype)) / (n - 1)
    advantage = (G - others @ G).detach()
    return -torch.dot(logp, advantage) / n

# %% a mean of all, scaled answer="policy_loss"
def policy_loss(logp, G):
    with torch.no_grad():
        advantage = (G - G.mean()) * len(G) / (len(G) - 1)
    return (-logp * advantage).mean()

# %% softplus answer="preference_loss"
def preference_loss(chosen, rejected):
    return torch.nn.functional.softplus(rejected - chosen).mean()

# %% a cross-entropy of two answer="preference_loss"
def preference_loss(chosen, rejected):
    both = torch.stack([chosen, rejected], dim=1)
    return torch.nn.functional.cross_entropy(both, torch.zeros(len(chosen), dtype=torch.long))

# %% by play answer="ahead"
from helpers.maze import play

def ahead(game, cheese):
    def plan(maze, me, other, cheeses):
        return greedy(maze, me, other, frozenset([cheese]) if cheese in cheeses else cheeses)

    end = play(plan, greedy, game)[-1]
    return end.scores[0] - end.scores[1]

# %% until it is gone answer="ahead"
def ahead(game, cheese):
    while not game.over:
        (a, b), left = game.players, game.cheeses
        mine = {cheese} if cheese in left else left
        game = game.step([greedy(game.maze, a, b, mine), greedy(game.maze, b, a, left)])
    mine, its = game.scores
    return mine - its

# %% one that rests answer="player"
def player(maze, me, other, cheeses):
    return "stay"

# %% one that goes anywhere answer="player"
def player(maze, me, other, cheeses):
    return list(maze.moves(me))[-1]
