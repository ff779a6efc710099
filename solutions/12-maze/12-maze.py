# ---
# jupyter:
#   jupytext:
#     comment_magics: false
#     cell_metadata_filter: answer,check,essay,points,tags,-all
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 12 · A player for the maze
#
# **Praise a player for every step that brings it closer to the cheese. Will it get there sooner?**
#
# Nobody tells this lesson's learners what is right. There is a maze, there is cheese, somebody else wants it too, and all that is ever said is *you got it* or *you didn't*. That is **reinforcement learning**, the third kind of learning of lesson 0.
#
# At the end there is a player of your own, which wins against a strong rule on mazes that it never saw, and which can enter a tournament against those of your class.

# %% [markdown]
# | | |
# |---|---|
# | **You will be able to** | find shortest ways; show a board to a network; copy a player; explore; learn values by Q-learning, in a table and by a network; shape rewards, and say what goes wrong; follow the gradient of a policy |
# | **You need** | lessons 0 to 3: cross-entropy, gradient descent, PyTorch; lesson 4's splits |
# | **Time** | 180 minutes, in two sittings: parts 1 to 3, then parts 4 to 8; *deeper* after that is extra |
# | **At the end there is** | a player that beats `greedy` on 1,000 unseen mazes, saved in a file, ready for the tournament |
# | **Points** | 20: ten checked exercises (18) and a written question (2) |

# %%
import os

os.environ["OMP_NUM_THREADS"] = "1"  # before NumPy comes: at these sizes more threads are slower

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from numpy import ndarray
from numpy.random import Generator
from torch import Tensor, nn

from helpers import ask, check, hint, needs, progress, start
from helpers.figures import maze_board, panels, show
from helpers.maze import MOVES, Cell, Game, Maze, play
from helpers.maze.many import Many, all_distances, many_greedy, play_many
from helpers.work import Work

torch.set_num_threads(1)
start("12-maze")

# %% tags=["experiment"]
show(*maze_board(Game.new(3)),
     caption="Lines are walls, grey numbers are mud. Half a turn of the board changes nothing but "
             "the names, so that it is fair.")

# %% [markdown]
# ## 1 · The game
#
# Two players move at the same time: up, down, left, right, or stay. A passage takes one turn, or as many as the number in the mud says. Whoever stands on a cheese eats it: a point, or half a point each if both arrive in the same turn. With more than half of all points you have won.
#
# Play it. Click on the board and use the arrow keys.

# %% tags=["experiment"]
from helpers.widgets.maze import playground

display(playground())

# %% [markdown]
# * Can you beat *wandering*? It takes any open passage.
# * *greedy* goes to whatever cheese is nearest. It is quick, and it doesn't know that you exist. Beat it by letting it have the cheese that it will get anyway.
# * After a game, step through the replay: where was it decided?

# %% [markdown]
# In code a player is a function of what it may know. It gets the maze, its own cell, the other's cell, and the cheeses that are left; it returns a word.

# %%
game = Game.new(3)
maze, (me, other), cheeses = game.maze, game.players, game.cheeses
print("I am at", me, "and can go", maze.moves(me))
print("the passages from there, with the turns that they take:", maze.passages[me])

# %% [markdown]
# ## 2 · The nearest cheese
#
# A player that doesn't wander needs to know **how far** it is, in turns, around walls and through mud.
#
# Begin at the start, 0 turns away. Look at its neighbours, then at theirs, and so on. A cell that is reached is stored with its turns. If a later way is shorter, around the mud instead of through it, the new number replaces the old one, and the cell is looked at once more. When there is nothing left to look at, all numbers are right (Moore, 1959; *breadth-first search*, where there is no mud).

# %% answer="distances"
def distances(maze: Maze, start: Cell) -> dict[Cell, int]:
    """Return how many turns each cell is away from `start`, through passages and mud."""
    ### BEGIN SOLUTION
    found = {start: 0}
    waiting = [start]
    while waiting:
        cell = waiting.pop(0)
        for there, turns in maze.passages[cell].items():
            if there not in found or found[cell] + turns < found[there]:
                found[there] = found[cell] + turns
                waiting.append(there)
    return found
    ### END SOLUTION

# %% check="distances"
check("distances")

# %% tags=["experiment"]
with needs("distances"):
    away = np.array([[distances(maze, me)[r, c] for c in range(9)] for r in range(7)])
    fig, [ax] = panels(1, width=5, height=3.4)
    ax.imshow(away, cmap="Blues")
    for (r, c), turns in np.ndenumerate(away):
        ax.text(c, r, turns, ha="center", va="center", color="white" if turns > 13 else "black")
    ax.set(xticks=[], yticks=[])
    show(fig, "Seven rows of nine numbers: turns from the lower left corner, rising to more than "
              "twelve, and in places neighbours differ by more than one, where a wall is between.",
         caption="Turns from the lower left corner. Neighbours that differ by more than 1 have a "
                 "wall or mud between them.")

# %% [markdown]
# **`greedy`** is the rule to beat. It goes to the nearest cheese. So that all of us mean the same player: of several nearest cheeses it takes the first by row, then by column; of several first moves that are as good, the first in the order of `MOVES`, up, down, left, right.
#
# Distances are the same both ways, so one call from `me` finds the cheese, and one call from the cheese finds the move. `maze.moves(me)` has the legal moves and where each leads.

# %% answer="greedy"
def greedy(maze: Maze, me: Cell, other: Cell, cheeses: frozenset[Cell]) -> str:
    """Return the first move of a shortest way to the nearest cheese."""
    ### BEGIN SOLUTION
    away = distances(maze, me)
    cheese = min(cheeses, key=lambda cell: (away[cell], cell))
    back = distances(maze, cheese)
    moves = maze.moves(me)
    return min(moves, key=lambda move: maze.passages[me][moves[move]] + back[moves[move]])
    ### END SOLUTION

# %% check="greedy"
check("greedy")

# %% tags=["experiment"]
from helpers.maze.players import resting, wandering

def against(player, opponent, seeds):
    """Return the shares of games that the player wins, draws and loses."""
    ends = [play(player, opponent, Game.new(seed))[-1].winner for seed in seeds]
    return [np.mean([end == who for end in ends]) for who in (0, None, 1)]

with needs("distances", "greedy"):
    for name, opponent in [("resting", resting), ("wandering", wandering(0)), ("itself", greedy)]:
        won, drawn, lost = against(greedy, opponent, range(100))
        print(f"greedy against {name:9}: {won:.0%} won, {drawn:.0%} drawn, {lost:.0%} lost")

# %% [markdown]
# Against itself half of the games are drawn, as the board is fair; the rest is decided by ties. To beat `greedy` takes more than being quick.

# %% [markdown]
# ## 3 · Learning by watching
#
# The simplest way to a learned player: watch another one and do as it does. That is **imitation** (*behavioural cloning*), plain classification: a position goes in, one of four moves comes out, and the label is what the teacher did.
#
# How should the board be shown? If each cell had its own inputs, then what was learned in one corner would be unknown in the other. So put `me` in the middle, always. On 7 × 9 cells that takes (13, 17) places, as the board may lie to any side. A shift of everything then changes nothing.

# %% [markdown]
# Six planes, like the colours of lesson 5:
#
# | plane | is |
# |---|---|
# | 0 | 1 where a cheese is |
# | 1 | 1 where the other is |
# | 2 to 5 | for up, down, left, right: 1 over the turns of the passage that leads out of this cell; 0 for a wall |
#
# Everything outside is 0, so that it looks like walls all around.

# %% answer="encode"
def encode(
    maze: Maze, me: Cell, other: Cell, cheeses: frozenset[Cell]
) -> Float[ndarray, "6 h w"]:
    """Return the board around `me`, which is in the middle of (2 rows - 1, 2 cols - 1) places."""
    ### BEGIN SOLUTION
    planes = np.zeros((6, 2 * maze.rows - 1, 2 * maze.cols - 1))
    for (r, c), passages in maze.passages.items():
        y, x = r - me[0] + maze.rows - 1, c - me[1] + maze.cols - 1
        planes[0, y, x] = (r, c) in cheeses
        planes[1, y, x] = (r, c) == other
        for k, (down, right) in enumerate(MOVES.values()):
            if (r + down, c + right) in passages:
                planes[2 + k, y, x] = 1 / passages[r + down, c + right]
    return planes
    ### END SOLUTION

# %% check="encode"
check("encode")

# %% tags=["experiment"]
with needs("encode"):
    planes = encode(game.maze, *game.players, game.cheeses)
    fig, axes = panels(3, width=9, height=2.4)
    for ax, k, title in zip(axes, (0, 1, 2), ("cheeses", "the other", "up")):
        ax.imshow(planes[k], cmap="Blues")
        ax.plot(8, 6, "x", color="black")
        ax.set(title=title, xticks=[], yticks=[])
    show(fig, "Three planes of 13 by 17 places with a cross in the middle. The board fills the upper "
              "right quarter; below it and to the left all is 0.",
         caption="The board of the first screen as A sees it, from its corner (×). In the last plane "
                 "mud is paler, and a wall above is white.")

# %% [markdown]
# ### What can't be done
#
# A network has a score for each of four moves, in a corner, too. Two of those are walls. They need no training: an illegal move gets the score $-\infty$ before the softmax, hence the probability 0, and the cross-entropy looks at legal moves only.

# %% answer="clone_loss"
def clone_loss(
    scores: Float[Tensor, "n k"], moves: Int[Tensor, "n"], legal: Bool[Tensor, "n k"]
) -> Float[Tensor, ""]:
    """Return the mean cross-entropy of the moves that were made, among the legal ones."""
    ### BEGIN SOLUTION
    masked = scores.masked_fill(~legal, -torch.inf)
    return torch.nn.functional.cross_entropy(masked, moves)
    ### END SOLUTION

# %% check="clone_loss"
check("clone_loss")

# %% [markdown]
# Now watch. Positions of one game are nearly alike, so a split by *position* would ask about what was seen a turn before. Split by **maze**: the games of 300 mazes are for training, those of 60 others for asking.

# %%
def watched(seeds):
    """Return pictures, moves and legal moves of greedy, playing against itself."""
    X, y, legal = [], [], []
    for seed in seeds:
        for g in play(greedy, greedy, Game.new(seed))[:-1]:
            if not g.waiting[0]:
                seen = (g.maze, *g.players, g.cheeses)
                X.append(encode(*seen))
                y.append([*MOVES].index(greedy(*seen)))
                legal.append([move in g.maze.moves(g.players[0]) for move in MOVES])
    return torch.tensor(np.array(X)).float(), torch.tensor(y), torch.tensor(legal)

# %%
ask("copy")

# %% [markdown]
# The network has one hidden layer on the 1,326 numbers. It takes about 5 seconds.

# %% tags=["experiment"]
with needs("distances", "greedy", "encode", "clone_loss"):
    X, y, legal = watched(range(300))
    X_new, y_new, legal_new = watched(range(1000, 1060))
    torch.manual_seed(0)
    copy = nn.Sequential(nn.Flatten(), nn.Linear(1326, 128), nn.ReLU(), nn.Linear(128, 4))
    optimiser = torch.optim.Adam(copy.parameters(), 1e-3)
    batches = [rows for seed in range(6)
               for rows in torch.randperm(len(X), generator=torch.manual_seed(seed)).split(64)]
    for rows in Work("copying greedy", dict, encode, clone_loss).over(batches):
        optimiser.zero_grad()
        clone_loss(copy(X[rows]), y[rows], legal[rows]).backward()
        optimiser.step()

# %% tags=["experiment"]
with needs("distances", "greedy", "encode", "clone_loss"):
    def copycat(maze, me, other, cheeses):
        scores = copy(torch.tensor(encode(maze, me, other, cheeses)).float()[None])[0]
        return max(maze.moves(me), key=lambda move: scores[[*MOVES].index(move)])

    for name, A, b, c in [("mazes it knows", X, y, legal), ("new mazes", X_new, y_new, legal_new)]:
        said = copy(A).masked_fill(~c, -torch.inf).argmax(dim=1)
        print(f"{name:14}: {(said == b).float().mean():.0%} of the moves are greedy's")
    won, drawn, lost = against(copycat, greedy, range(1000, 1060))
    print(f"it plays against greedy: {won:.0%} won, {drawn:.0%} drawn, {lost:.0%} lost")

# %% [markdown]
# Three of four moves like the teacher's, and five of six games lost. Its teacher never stood where its mistakes lead, so it was never shown the way back from there (*distribution shift*, lesson 9; DAgger, Ross and others, 2011, asks the teacher exactly there). And a picture hides what matters: whether a cheese two columns away is two turns away, or twenty.

# %% [markdown]
# ### Show what you know
#
# We have `distances`. Why should a network have to discover them in pictures? Show it each cheese instead, and for each move three numbers: how many turns until *I* am there if I make this move first, how many until *the other* is, and the difference. A small network looks at each cheese by itself; what it saw is summed, and the sum is weighed to a score of the move. The order of the cheeses changes nothing (*deep sets*, Zaheer and others, 2017), nor where in the maze we are, nor which way the move points.

# %%
from helpers.maze.learning import Field, Scorer, by_network, views

torch.manual_seed(0)
features, there, legal_moves = views(Many.new(range(5)), all_distances(Many.new(range(5))), 0)
print("features", tuple(features.shape), "-> scores",
      tuple(Scorer()(features, there, legal_moves).shape))
print(sum(p.numel() for p in Scorer().parameters()), "numbers to learn, against 170,372")

# %% [markdown]
# And watch somebody better. The **planner** has time to think: for each cheese it plays the game to the end in its head, going there first and being greedy afterwards, against a greedy opponent; then it takes the plan that ends best. (You write it in *deeper*.) `Many` plays hundreds of games at once on arrays, by the same rules.

# %% [markdown]
# Watching 600 games of the planner and copying it takes about 10 seconds.

# %% tags=["experiment"]
from helpers.maze.planning import planner

UNSEEN = Many.new(range(100_000, 101_000))  # 1,000 mazes that no player is trained on
FAR_APART = all_distances(UNSEEN)

def won_drawn_lost(player):
    """Play the 1,000 unseen mazes against greedy, and print how it went."""
    lead = play_many(player, many_greedy(FAR_APART), UNSEEN).lead
    return f"{np.mean(lead > 0):.0%} won, {np.mean(lead == 0):.0%} drawn, {np.mean(lead < 0):.0%} lost"

# %% tags=["experiment"]
def show_me(seeds):
    """Return what the planner sees and does, turn by turn, in games against greedy."""
    games, turns = Many.new(seeds), []
    ways = all_distances(games)
    teacher, opponent = planner(ways), many_greedy(ways)
    while not games.over.all():
        moves = teacher(games, 0)
        asked = torch.tensor(~games.over & (games.waiting[:, 0] == 0))
        turns.append((*(v[asked] for v in views(games, ways, 0)), torch.tensor(moves)[asked]))
        games = games.step(np.stack([moves, opponent(games, 1)], axis=1))
    return turns

# %% tags=["experiment"]
with needs("clone_loss"):
    torch.manual_seed(0)
    pupil = Scorer()
    optimiser = torch.optim.Adam(pupil.parameters(), 3e-3)
    lessons = [show_me(range(first, first + 100)) for first in range(0, 600, 100)]
    turns = [turn for turns in lessons for turn in turns if len(turn[3])]
    order = [int(i) for seed in range(15)
             for i in np.random.default_rng(seed).permutation(len(turns))]
    for i in Work("copying the planner", dict, clone_loss).over(order):
        features, there, legal_moves, moves = turns[i]
        optimiser.zero_grad()
        clone_loss(pupil(features, there, legal_moves), moves, legal_moves).backward()
        optimiser.step()
    print("the planner:", won_drawn_lost(planner(FAR_APART)))
    print("its pupil  :", won_drawn_lost(by_network(pupil, FAR_APART)))

# %% [markdown]
# A seventieth of the numbers, and it wins about twice as many games as it loses, on mazes that it never saw. What you show a network matters more than how large it is. But it is far behind its teacher: it copies moves, and has no idea of the reasons.
#
# **Here is a good place for a pause.**

# %% [markdown]
# ## 4 · Learning from rewards
#
# Now without a teacher. At each turn $t$ the player is in a **state** $s_t$, makes a move (an **action**) $a_t$, gets a **reward** $r_t$ and finds itself in $s_{t+1}$. The rule by which it chooses is its **policy**. What it wants is not the next reward but the **return**: all rewards from now on, later ones discounted by $\gamma < 1$ for each turn that they are late.
#
# $$G_t = r_t + \gamma\, r_{t+1} + \gamma^2 r_{t+2} + \dots = r_t + \gamma\, G_{t+1}.$$

# %% answer="returns"
def returns(rewards: Float[ndarray, "T"], gamma: float) -> Float[ndarray, "T"]:
    """Return G for each turn; after the last one nothing comes."""
    ### BEGIN SOLUTION
    G, after = np.zeros(len(rewards)), 0.0
    for t in reversed(range(len(rewards))):
        after = rewards[t] + gamma * after
        G[t] = after
    return G
    ### END SOLUTION

# %% check="returns"
check("returns")

# %% [markdown]
# ### Try something
#
# Let $Q(s, a)$ be what we believe: the return of move $a$ in state $s$, if we go on as well as we can. Who always takes the best move by $Q$ never finds out where $Q$ is wrong. Who never does learns a lot and wins nothing. The usual truce is **ε-greedy**: with probability ε any legal move, each with the same chance, else a best one. Of several best ones take any: at the start all are 0, and whoever always takes the first walks up into a wall of habit.

# %% answer="choose"
def choose(q: Float[ndarray, "k"], legal: Bool[ndarray, "k"], eps: float, rng: Generator) -> int:
    """Return the number of a legal move: with probability eps any, else one with the largest q."""
    ### BEGIN SOLUTION
    moves = np.flatnonzero(legal)
    if rng.random() >= eps:
        moves = moves[q[moves] == q[moves].max()]
    return int(rng.choice(moves))
    ### END SOLUTION

# %% check="choose"
check("choose")

# %% [markdown]
# ### One step of Q-learning
#
# A move led from $s$ to $s'$ and earned $r$. What should $Q(s, a)$ have said? The reward, and then what the best move in $s'$ is worth, as far as we know. Go a share η of the way there (Watkins, 1989):
#
# $$Q(s, a) \leftarrow Q(s, a) + \eta\, \big(\underbrace{r + \gamma \max_{a'} Q(s', a')}_{\text{target}} - Q(s, a)\big).$$
#
# A guess learns from a later guess; that is called **bootstrapping**. It stands on firm ground only at the end of the game, where nothing comes after: there the target is $r$ alone.

# %% answer="q_step"
def q_step(
    Q: Float[ndarray, "m k"], s: int, a: int, r: float, s2: int, done: bool,
    eta: float, gamma: float,
) -> Float[ndarray, "m k"]:
    """Return a new table after move a led from s to s2; `done` where the game is over there."""
    ### BEGIN SOLUTION
    Q = Q.copy()
    target = r if done else r + gamma * Q[s2].max()
    Q[s, a] += eta * (target - Q[s, a])
    return Q
    ### END SOLUTION

# %% check="q_step"
check("q_step")

# %% [markdown]
# Try it where there is nobody else: a maze of 6 × 6 cells, one cheese in the far corner, a table with a row for each cell. Walls begin at $-\infty$. A game of at most 100 turns, then back to the start, 150 times.

# %%
def learn_table(maze, reward, rng, games=150):
    """Return Q, learned by walking from the lower left corner to the upper right one."""
    cells, goal = [*maze.passages], (0, maze.cols - 1)
    to = [[maze.moves(cell).get(move) for move in MOVES] for cell in cells]
    legal = np.array([[there is not None for there in row] for row in to])
    Q = np.where(legal, 0.0, -np.inf)
    for _ in range(games):
        s = cells.index((maze.rows - 1, 0))
        for _ in range(100):
            a = choose(Q[s], legal[s], 0.1, rng)
            s2, done = cells.index(to[s][a]), to[s][a] == goal
            Q = q_step(Q, s, a, reward(float(done), cells[s], cells[s2]), s2, done, 0.2, 0.95)
            s = s2
            if done:
                break
    return Q

# %%
def arrives(maze, Q):
    """Return how many turns the best moves by Q take to the cheese, or None."""
    cells, cell = [*maze.passages], (maze.rows - 1, 0)
    for turn in range(1, 61):
        cell = maze.moves(cell)[[*MOVES][int(Q[cells.index(cell)].argmax())]]
        if cell == (0, maze.cols - 1):
            return turn

with needs("distances", "choose", "q_step"):
    maze = Maze.draw(0, 6, 6, walls=0.9, mud=0)
    Q = learn_table(maze, lambda r, a, b: r, np.random.default_rng(0))
    print("turns by the table:", arrives(maze, Q), "and by the shortest way:",
          distances(maze, (5, 0))[0, 5])

# %% [markdown]
# ## 5 · What you pay for
#
# The first games are long: nothing tells the way until the cheese is met by chance. So let us help, and pay a little for progress. Let $d$ be the distance to the cheese before the move and $d'$ after it:
#
# $$r + c\,(d - d').$$
#
# Praise for coming nearer, blame for as much of going back: a lap earns exactly nothing, because the sum of all $d - d'$ only depends on where it began and where it ended. This is called **reward shaping**.

# %% answer="shaped"
def shaped(r: float, d: int, d2: int, c: float) -> float:
    """Return the reward with praise c for each turn that the cheese came nearer, blame for less."""
    ### BEGIN SOLUTION
    return r + c * (d - d2)
    ### END SOLUTION

# %% check="shaped"
check("shaped")

# %% [markdown]
# And if one is in a hurry? Praise alone is easier to say, and the way a crow would fly is easier to measure. Here are the lesson's question and three ways to pay, each on twenty mazes.

# %%
ask("praise")

# %% [markdown]
# It takes about 5 seconds.

# %% tags=["experiment"]
def crow(a, goal=(0, 5)):
    return abs(a[0] - goal[0]) + abs(a[1] - goal[1])

def payments(maze):
    """Return the ways to pay: functions of the reward, the cell before and the cell after."""
    turns = distances(maze, (0, 5))
    return {
        "the cheese alone": lambda r, a, b: r,
        "praise by the crow": lambda r, a, b: r + 0.1 * max(0, crow(a) - crow(b)),
        "praise and blame by the crow": lambda r, a, b: shaped(r, crow(a), crow(b), 0.1),
        "praise and blame by the true way": lambda r, a, b: shaped(r, turns[a], turns[b], 0.1),
    }

# %% tags=["experiment"]
with needs("distances", "choose", "q_step", "shaped"):
    mazes = [Maze.draw(seed, 6, 6, walls=0.9, mud=0) for seed in range(20)]
    work = Work("ways to pay", dict, distances, choose, q_step, shaped)
    for name, k in work.over([(name, k) for name in payments(mazes[0]) for k in range(20)]):
        Q = learn_table(mazes[k], payments(mazes[k])[name], np.random.default_rng(0))
        best = distances(mazes[k], (5, 0))[0, 5]
        work.state.setdefault(name, []).append((arrives(mazes[k], Q), best))
    for name, found in work.state.items():
        print(f"{name:32}: arrives in {sum(turns is not None for turns, _ in found):2} of 20, by a "
              f"shortest way in {sum(turns == best for turns, best in found)}")

# %% [markdown]
# Praise makes it dance to and fro; blame stops the dance, and leaves it in dead ends that look close. Only the measure that knows the walls helps. **One gets what one pays for**, not what one meant. In large systems that is called *reward hacking*, and asking for what one means is a good part of what *alignment* is about.
#
# (Ng, Harada and Russell, 1999, proved which payments are safe: differences of a potential, $\gamma\,\Phi(s') - \Phi(s)$, never change which policy is best. They can still make learning slower, as the crow did.)

# %% [markdown]
# ## 6 · Q by a network
#
# A table has a row for each state, and knows nothing of the state beside it. With eleven cheeses and another player there are more states than atoms to write them on, and each new maze has others. So let a network say $Q(s, a)$: the `Scorer`, untrained. Three things change.
#
# 1. Learning is regression: the squared difference between $Q(s, a)$ and its target (flattened where it is large) goes downhill. The **target is fixed**: it carries no gradient, and it is made by an older copy of the network, renewed now and then, so that the guess doesn't chase itself.
# 2. Turns that follow each other are alike. They are kept in a memory, and learned from in any order: **experience replay** (Lin, 1992; Mnih and others, 2015).
# 3. Many at once: the targets of n moves are

# %% [markdown]
# $$y_i = r_i + \gamma \max_{a' \text{ legal}} q'_{i a'}, \qquad y_i = r_i \text{ where the game is over.}$$
#
# Two masks, then: what can't be done, and what is over. Where a game is over there may be no legal move at all, and $0 \cdot \infty$ is no number.

# %% answer="q_targets"
def q_targets(
    r: Float[Tensor, "n"], q2: Float[Tensor, "n k"], legal2: Bool[Tensor, "n k"],
    done: Bool[Tensor, "n"], gamma: float,
) -> Float[Tensor, "n"]:
    """Return what Q should have said of n moves; q2 is what it says of the states after them."""
    ### BEGIN SOLUTION
    best = q2.detach().masked_fill(~legal2, -torch.inf).max(dim=1).values
    return r + gamma * best.masked_fill(done, 0.0)
    ### END SOLUTION

# %% check="q_targets"
check("q_targets")

# %% [markdown]
# The reward of a turn is by how much the lead grew: +1 for a cheese of ours, −1 for one of the other's. `Field` plays 250 games at once against `greedy`, on 2,000 mazes; a game that is over makes room for another one.

# %%
def q_learn(net, old, optimiser, turn, gamma=0.95):
    """Take a step toward the targets of one turn of all games."""
    seen, moves, r, done, after = turn
    with torch.no_grad():
        y = q_targets(r, old(*after), after[2], done, gamma)
    q = net(*seen)[torch.arange(len(moves)), moves]
    optimiser.zero_grad()
    nn.functional.smooth_l1_loss(q, y).backward()
    optimiser.step()

def explore(net, seen, eps, rng):
    """Return a move for each game: any legal one with probability eps, else the best."""
    with torch.no_grad():
        best = net(*seen).argmax(dim=1).numpy()
    legal = seen[2].numpy()
    any_ = np.where(legal, rng.random(legal.shape), -1).argmax(axis=1)
    return np.where(rng.random(len(best)) < eps, any_, best)

# %%
ask("teacher")

# %% [markdown]
# 1,000 turns of 250 games take about 20 seconds. ε falls from 1 to 0.05 on the first 400.

# %% tags=["experiment"]
with needs("q_targets"):
    rng = np.random.default_rng(0)
    torch.manual_seed(0)
    valuer, old = Scorer(), Scorer()
    optimiser = torch.optim.Adam(valuer.parameters(), 1e-3)
    field, memory = Field(range(2000), 250, rng), []
    for t in Work("Q-learning", dict, q_targets).over(range(1000)):
        if t % 100 == 0:
            old.load_state_dict(valuer.state_dict())
        seen = field.views()
        moves = explore(valuer, seen, max(0.05, 1 - t / 400), rng)
        memory = [*memory[-159:], (seen, torch.tensor(moves), *field.step(moves))]
        for _ in range(3):
            q_learn(valuer, old, optimiser, memory[rng.integers(len(memory))])
    print("by Q-learning:", won_drawn_lost(by_network(valuer, FAR_APART)))

# %% [markdown]
# No teacher, no labels, not one of these mazes: points alone, and it plays about as well as the pupil of a planner who sees every way. It has found out by itself what you found out in part 1: leave what the other will get anyway. But it was paid for points, and not for winning.

# %% [markdown]
# ## 7 · Follow the gradient
#
# Q-learning learns what moves are worth, and the policy follows from it. Why not turn the policy's own knobs? Let the network's scores be logits: it *draws* its moves, $\pi(a \mid s)$. How likely a game is, is a product of such probabilities; let $\ell_i$ be the sum of their logarithms over game $i$. Then the mean return rises along
#
# $$\nabla\, \mathbb E[G] = \mathbb E\big[G_i\, \nabla \ell_i\big],$$
#
# since $\nabla p = p\, \nabla \log p$. In words: make games that went well more likely. Nothing is asked of the game itself, neither a derivative nor its rules (REINFORCE, Williams, 1992).

# %% [markdown]
# The estimate is noisy. If all returns are between 5 and 6, then all games become likelier, a bit more or less. Taking off a **baseline** $b$ that doesn't depend on the game's own moves changes no expectation, as $\mathbb E[\nabla \ell] = 0$, but much of the noise. The mean return of the *other* games is such a $b_i$; the mean of all of them is not, as $G_i$ is in it.
#
# $$L = -\frac1n \sum_i \ell_i\, (G_i - b_i), \qquad b_i = \frac{1}{n - 1} \sum_{j \neq i} G_j.$$
#
# $G$ is a number that the game paid: no gradient runs through it.

# %% answer="policy_loss"
def policy_loss(logp: Float[Tensor, "n"], G: Float[Tensor, "n"]) -> Float[Tensor, ""]:
    """Return the loss of n games; logp is each game's sum of logarithms, G its return."""
    ### BEGIN SOLUTION
    G = G.detach()
    baseline = (G.sum() - G) / (len(G) - 1)
    return -(logp * (G - baseline)).mean()
    ### END SOLUTION

# %% check="policy_loss"
check("policy_loss")

# %%
def one_round(net, games, away):
    """Play all games, drawing moves, and return (logp, lead at the end)."""
    logp, opponent = torch.zeros(len(games.turn)), many_greedy(away)
    while not games.over.all():
        logs = net(*views(games, away, 0)).log_softmax(dim=1)
        moves = torch.distributions.Categorical(logits=logs.detach()).sample()
        asked = torch.tensor(~games.over & (games.waiting[:, 0] == 0))
        logp = logp + torch.where(asked, logs[torch.arange(len(moves)), moves], 0.0)
        games = games.step(np.stack([moves.numpy(), opponent(games, 1)], axis=1))
    return logp, games.lead

# %% [markdown]
# Begin with the pupil of part 3, and pay for winning: the sign of the lead, and a tenth of the lead itself. 60 rounds of 200 games take about 10 seconds.

# %% tags=["experiment"]
from copy import deepcopy

from helpers.maze.planning import picked

with needs("clone_loss", "policy_loss"):
    torch.manual_seed(0)
    rng, actor = np.random.default_rng(0), deepcopy(pupil)
    optimiser = torch.optim.Adam(actor.parameters(), 2e-3)
    for _ in Work("policy gradient", dict, policy_loss).over(range(60)):
        rows = rng.choice(2000, 200, replace=False)
        logp, lead = one_round(actor, picked(field.boards, rows), field.ways[rows])
        G = torch.tensor(np.sign(lead) + 0.1 * lead).float()
        optimiser.zero_grad()
        (policy_loss(logp, G) / 20).backward()  # about 20 moves a game
        optimiser.step()
    print("the pupil                      :", won_drawn_lost(by_network(pupil, FAR_APART)))
    print("after learning from its results:", won_drawn_lost(by_network(actor, FAR_APART)))

# %% [markdown]
# More games won than by any learner before. First watch somebody, then practise: that is how the first Go programs that beat masters were made (Silver and others, 2016), and it is how a language model becomes an assistant.

# %% [markdown]
# ## 8 · Your turn
#
# ### A player for the tournament
#
# Any function `player(maze, me, other, cheeses)` that answers with a move can play against those of your class. It may use what you have defined above, and load **`player.npz`**, a file beside this notebook of at most 1 MB, handed in with it. Save the numbers of the network that you trust most; choose it on mazes that are neither those it learned from nor the 1,000 above.

# %% tags=["experiment"]
with needs("clone_loss", "policy_loss"):
    np.savez("player.npz", **{name: p.numpy() for name, p in actor.state_dict().items()})
    print(os.path.getsize("player.npz"), "bytes")

# %% [markdown]
# The cell below is worth no points: its reward is a place in the table. It begins as `greedy`. With a file it may look like this:
#
# ```python
# from helpers.maze.learning import Scorer, alone
#
# net = Scorer()
# net.load_state_dict({name: torch.tensor(a) for name, a in np.load("player.npz").items()})
# mine = alone(net)
#
# def player(maze, me, other, cheeses):
#     return mine(maze, me, other, cheeses)
# ```

# %% answer="player"
def player(maze: Maze, me: Cell, other: Cell, cheeses: frozenset[Cell]) -> str:
    """Return the next move."""
    ### BEGIN SOLUTION
    return greedy(maze, me, other, cheeses)
    ### END SOLUTION

# %% check="player"
check("player")

# %% [markdown]
# ### Written question

# %% [markdown]
# A firm that delivers parcels wants to learn, from rewards, how its drivers should plan their rounds. It proposes to pay the planner one point for each parcel delivered, and a tenth for each kilometre driven toward the next address. In 120 to 200 words: name two ways in which this planner could earn much while doing badly, one from this lesson and one that is new; propose a reward that is harder to cheat, and say what it still leaves out; say from what the planner could learn before it is let loose on a street; and how you would measure honestly whether it is better than today's rule.

# %% [markdown] essay="parcels" points="2"
# *Model answer.* By this lesson's praise, kilometres "toward" an address as the crow flies pay for driving to and fro, or into streets that look close and lead nowhere; nothing is taken off on the way back. New: parcels are counted alike, so it delivers the easy ones of the city and leaves the village for ever; or it drives unsafely, since speed costs nothing. Better: minus the hours worked and minus lateness per parcel, late ones growing dearer, and a potential of true travel times if progress is to be paid at all. It still leaves out safety, drivers' breaks and fuel, unless they are priced, and who set the prices. Before the street: imitation of good drivers' rounds (logged data), then a simulator built from past days. Measure on days and districts that nothing was learned from (split by day, not by parcel), against today's rule at its best, in pairs of the same days, with an interval, and count complaints and accidents, which the reward doesn't see.
#
# *Rubric.* ½ two ways to cheat, one of them this lesson's; ½ a reward that closes them, with what is left out; ½ learning without the street (imitation, simulator); ½ an honest comparison: unseen days, today's rule, uncertainty.

# %%
progress()

# %% [markdown]
# Praise for every step closer: it arrived in fewer than half of the mazes in which the cheese alone had been enough. What is paid is what is learned. And a player that was paid for cheese alone, with the distances to look at, beats the rule that anybody would have written.

# %% [markdown]
# # Deeper
#
# ## Rewards from comparisons
#
# Who can say what a good answer is worth, in points? Hardly anybody. But of two answers most people can say which is better. Let $R$ be a score that is to be learned, and let the first of two be preferred with the probability $\sigma(R_1 - R_2)$ (Bradley and Terry, 1952). Its loss is the mean surprise at what people chose,
#
# $$-\frac1n \sum_i \log \sigma\big(R_i^{\text{chosen}} - R_i^{\text{rejected}}\big),$$
#
# and the score that comes of it is the reward for a policy gradient: **reinforcement learning from human feedback** (Christiano and others, 2017).

# %% answer="preference_loss"
def preference_loss(
    chosen: Float[Tensor, "n"], rejected: Float[Tensor, "n"]
) -> Float[Tensor, ""]:
    """Return the mean surprise that the chosen one of each pair was chosen."""
    ### BEGIN SOLUTION
    return -torch.nn.functional.logsigmoid(chosen - rejected).mean()
    ### END SOLUTION

# %% check="preference_loss"
check("preference_loss")

# %% tags=["experiment"]
with needs("preference_loss"):
    ends = Many.new(range(3000, 4000))
    gaps = all_distances(ends)[:, 0, -1].astype(float)  # how far apart two corners are
    pairs = np.random.default_rng(0).integers(0, 1000, (400, 2))
    better = np.where(gaps[pairs[:, :1]] < gaps[pairs[:, 1:]], pairs, pairs[:, ::-1])
    w = torch.zeros(1, requires_grad=True)
    z = torch.tensor((gaps - gaps.mean()) / gaps.std())
    for _ in range(100):
        loss = preference_loss(w * z[better[:, 0]], w * z[better[:, 1]])
        w = (w - torch.autograd.grad(loss, w)[0]).detach().requires_grad_()
    print(f"400 comparisons of mazes, 'rather the shorter one': "
          f"each turn of distance is worth {float(w.detach()) / gaps.std():+.2f}")

# %% [markdown]
# ## Looking ahead
#
# The planner of part 3 asks of each cheese: how far ahead am I at the end if I go there first, and am greedy from the moment when it is gone, whoever took it? It needs the rules and a model of the opponent, `greedy` all the time. Learning needs neither; on the other hand this needs no training at all.

# %% answer="ahead"
def ahead(game: Game, cheese: Cell) -> float:
    """Return how many points player 0 is ahead at the end if it goes to `cheese` first."""
    ### BEGIN SOLUTION
    while not game.over:
        (me, other), cheeses = game.players, game.cheeses
        goals = frozenset([cheese]) & cheeses or cheeses
        game = game.step((greedy(game.maze, me, other, goals),
                          greedy(game.maze, other, me, cheeses)))
    return game.scores[0] - game.scores[1]
    ### END SOLUTION

# %% check="ahead"
check("ahead")

# %% tags=["experiment"]
with needs("distances", "greedy", "ahead"):
    game = Game.new(3)
    for cheese in sorted(game.cheeses):
        print(f"first to {cheese}: {ahead(game, cheese):+.1f}")

# %% [markdown]
# Search and learning help each other: search finds moves better than the network's, the network copies them, and then search starts from a better network. AlphaZero (Silver and others, 2018) is that loop, with a search that plays against itself.

# %% [markdown]
# ## Against itself
#
# All our learners were trained against `greedy`, and may know its weaknesses rather than the game. Let the networks meet.

# %% tags=["experiment"]
with needs("clone_loss", "q_targets", "policy_loss"):
    nets = {"pupil": pupil, "Q-learning": valuer, "policy gradient": actor}
    for a, b in [("Q-learning", "pupil"), ("policy gradient", "pupil"),
                 ("policy gradient", "Q-learning")]:
        lead = play_many(by_network(nets[a], FAR_APART), by_network(nets[b], FAR_APART),
                         UNSEEN).lead
        print(f"{a} against {b}: {np.mean(lead > 0):.0%} won, {np.mean(lead < 0):.0%} lost")

# %% [markdown]
# **Self-play** replaces the opponent by a copy of the learner: as it gets better, so does what it learns from. What it takes is a population of older copies, since two that only know each other can run in circles, as in rock, paper, scissors.

# %% [markdown]
# ## Go further
#
# * Sutton and Barto, *Reinforcement learning: an introduction*, 2nd edition (2018): the book; chapters 6 and 13 are this lesson's parts 4 to 7.
# * Mnih and others, *Human-level control through deep reinforcement learning* (2015): replay and fixed targets, on 49 video games.
# * Ng, Harada and Russell, *Policy invariance under reward transformations* (1999): which praise is safe.
# * Zaheer and others, *Deep sets* (2017): networks that don't mind the order.
# * Ross, Gordon and Bagnell, *A reduction of imitation learning to no-regret online learning* (2011): why copies drift, and what to do.
# * Christiano and others, *Deep reinforcement learning from human preferences* (2017): rewards from comparisons.
# * Silver and others, *A general reinforcement learning algorithm that masters chess, shogi and Go through self-play* (2018).
