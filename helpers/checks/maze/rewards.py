"""Lesson 12: what a game is worth, how to explore, a table that learns, and rewards by hand."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.maze.ways import PROBES, REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task
from helpers.probes.plain import Plain

DRAWS = 1000

# ---------------------------------------------------------------- cases


def rewarded(rng: Generator) -> Iterator[Case]:
    """A reward at the end, at the start, blame in between, one turn, none; gamma of 1 and of 0."""
    yield Case({"rewards": np.array([0.0, 0.0, 1.0]), "gamma": 0.5})
    yield Case({"rewards": np.array([4.0, 0.0, -2.0, 8.0]), "gamma": 0.5})
    yield Case({"rewards": np.array([1.0, 2.0, 3.0]), "gamma": 1.0})
    yield Case({"rewards": np.array([1.0, 2.0]), "gamma": 0.0})
    yield Case({"rewards": np.array([5.0]), "gamma": 0.9})
    yield Case({"rewards": np.array([]), "gamma": 0.9})
    yield Case({"rewards": rng.normal(size=6), "gamma": 0.8})


def legal_best(rng: Generator) -> Iterator[Case]:
    """No exploring: a clear best, a better one behind a wall, all below 0, one way out."""
    for q, legal in (
        ([0.0, 1.0, 0.5, 0.2], [1, 1, 1, 1]),
        ([0.0, 1.0, 0.5, 0.2], [1, 0, 0, 1]),
        ([-3.0, -1.0, -2.0, 0.0], [1, 1, 1, 0]),
        ([0.0, 0.0, 0.0, 0.0], [0, 0, 1, 0]),
    ):
        yield chosen(q, legal, 0.0, 50, 1)
    yield chosen(rng.normal(size=4).tolist(), [1, 0, 1, 1], 0.0, 50, int(rng.integers(2**31)))


def shares(rng: Generator) -> Iterator[Case]:
    """Some exploring in few draws, by which most wrong answers are told apart already.

    Then in many: ties, ties behind walls, all exploring, some of it, more moves than four.
    """
    yield chosen([1.0, 1.0, 0.0, 1.0], [1, 0, 1, 1], 0.5, 60, 2)
    for q, legal, eps in (
        ([1.0, 1.0, 0.0, 1.0], [1, 1, 1, 1], 0.0),
        ([1.0, 1.0, 0.0, 1.0], [1, 0, 1, 1], 0.0),
        ([9.0, 1.0, 0.0, 5.0], [0, 1, 1, 1], 1.0),
        ([0.0, 1.0, 0.0, 0.5], [1, 1, 0, 1], 0.3),
        ([2.0, 2.0, 0.0, 0.5, 7.0], [1, 1, 1, 1, 0], 0.6),
    ):
        yield chosen(q, legal, eps, DRAWS, 1)
    yield chosen(rng.normal(size=3).tolist(), [1, 1, 1], 0.5, DRAWS, int(rng.integers(2**31)))


def chosen(q: list[float], legal: list[int], eps: float, draws: int, seed: int) -> Case:
    """Return a case in which a move is chosen often."""
    mask = np.array(legal, dtype=bool)
    return Case({"q": np.array(q), "legal": mask, "eps": eps, "draws": draws, "seed": seed})


def table_steps(rng: Generator, done: bool) -> Iterator[Case]:
    """Steps in small tables: with and without a reward, values below 0, a step that stays."""
    small = np.array([[0.0, 1.0], [4.0, 2.0], [-3.0, -1.0]])
    for s, a, r, s2, eta, gamma in (
        (0, 0, 1.0, 1, 0.5, 0.5),
        (1, 1, 0.0, 2, 0.25, 0.9),
        (2, 0, -1.0, 0, 1.0, 1.0),
        (1, 0, 2.0, 1, 0.5, 0.5),
    ):
        yield stepped(small, s, a, r, s2, done, eta, gamma)
    Q = rng.normal(size=(4, 3))
    yield stepped(Q, 3, 2, float(rng.normal()), 1, done, 0.3, 0.7)


def stepped(Q: np.ndarray, s: int, a: int, r: float, s2: int, done: bool, eta: float, gamma: float) -> Case:
    """Return a case of these inputs."""
    return Case({"Q": Q, "s": s, "a": a, "r": r, "s2": s2, "done": done, "eta": eta, "gamma": gamma})


def going_on(rng: Generator) -> Iterator[Case]:
    """Steps after which the game goes on."""
    return table_steps(rng, False)


def last_steps(rng: Generator) -> Iterator[Case]:
    """Steps that end the game."""
    return table_steps(rng, True)


def nearer(rng: Generator) -> Iterator[Case]:
    """Nearer, farther, as far; through mud; a cheese on the way."""
    for r, d, d2, c in (
        (0.0, 5, 4, 0.5),
        (0.0, 4, 5, 0.5),
        (1.0, 1, 0, 0.25),
        (0.0, 3, 3, 0.5),
        (0.0, 7, 4, 0.5),
        (2.0, 2, 6, 0.5),
    ):
        yield Case({"r": r, "d": d, "d2": d2, "c": c})
    yield Case(
        {"r": float(rng.normal()), "d": int(rng.integers(1, 9)), "d2": int(rng.integers(9, 20)), "c": 0.1}
    )


# ---------------------------------------------------------------- judges


def as_often(case: Case, want: Plain, got: Plain) -> str | None:
    """Ask for the shares that eps and the best moves give, from the generator alone."""
    q, legal = np.asarray(case.inputs["q"]), np.asarray(case.inputs["legal"])
    eps, draws = float(case.inputs["eps"]), int(case.inputs["draws"])
    counts, begun, again = (np.asarray(found) for found in got)
    if counts[~legal].sum():
        k = int(np.flatnonzero(~legal & (counts > 0))[0])
        return f"move {k} leads into a wall: it must never be chosen."
    best = legal & (q == q[legal].max())
    chance = eps * legal / legal.sum() + (1 - eps) * best / best.sum()
    apart = np.abs(counts / draws - chance) > 4.5 * np.sqrt(chance * (1 - chance) / draws) + 1e-9
    if apart.any():
        k = int(apart.argmax())
        return f"in {draws} draws move {k} should have a share of about {chance[k]:.2f}; it has {counts[k] / draws:.2f}."
    if not np.array_equal(begun, again):
        return "a generator with the same seed brings other moves: draw from `rng` alone."
    return None


# ---------------------------------------------------------------- tasks

RETURNS = Task(
    "returns",
    points=1,
    answers=["returns"],
    reference=REFERENCE + "returns",
    parts=[Part("the returns", rewarded)],
    misconceptions=[
        Misconception(
            "You sum what came *before*. A return is what is still to come: begin at the end.",
            {"the returns"},
            ("reversed(range(len(rewards)))", "range(len(rewards))"),
        ),
        Misconception(
            "The reward of the turn itself is discounted already: one gamma too many.",
            {"the returns"},
            ("rewards[t] + gamma * after", "gamma * (rewards[t] + after)"),
        ),
        Misconception(
            "You forget to discount: a reward that is k turns later counts gamma^k.",
            {"the returns"},
            ("gamma * after", "after"),
        ),
        Misconception(
            "gamma discounts the reward at hand, not the later ones.",
            {"the returns"},
            ("rewards[t] + gamma * after", "gamma * rewards[t] + after"),
        ),
        Misconception(
            "Your returns count only the next reward. Those after it count, too, gamma^k each.",
            {"the returns"},
            wrong="def returns(rewards, gamma):\n    return rewards + gamma * np.append(rewards[1:], 0.0)[: len(rewards)]\n",
        ),
        Misconception(
            "You discount by the turn, counted from the start of the game. Each return counts from its own turn.",
            {"the returns"},
            wrong="def returns(rewards, gamma):\n"
            "    d = gamma ** np.arange(len(rewards)) * rewards\n"
            "    return np.cumsum(d[::-1])[::-1]\n",
        ),
        Misconception(
            "Each turn gets the return of the whole game. It is asked for what comes from each turn on.",
            {"the returns"},
            ("return G", "return np.full(len(G), after)"),
        ),
        Misconception(
            "Your returns are in the order from the end. Turn them round.",
            {"the returns"},
            ("return G", "return G[::-1]"),
        ),
    ],
    hints=[
        "Which return do you know at once, without knowing another?",
        "G_t = r_t + gamma G_{t+1}, and after the end comes 0.",
        "`for t in reversed(range(len(rewards))): after = rewards[t] + gamma * after; G[t] = after`",
    ],
)

BEST = "q[moves] == q[moves].max()"

CHOOSE = Task(
    "choose",
    points=2,
    answers=["choose"],
    reference=REFERENCE + "choose",
    probe=PROBES + "often",
    parts=[
        Part("the best", legal_best, judge=as_often),
        Part("how often", shares, judge=as_often),
    ],
    misconceptions=[
        Misconception(
            "You explore walls, too: draw among legal moves.",
            {"how often"},
            (
                "    moves = np.flatnonzero(legal)\n    if rng.random() >= eps:",
                "    moves = np.arange(len(q))\n    if rng.random() >= eps:\n        moves = np.flatnonzero(legal)",
            ),
        ),
        Misconception(
            "The largest q of all may belong to a wall. Look among legal moves.",
            {"the best", "how often"},
            ("moves = np.flatnonzero(legal)", "moves = np.arange(len(q))"),
        ),
        Misconception(
            "Of several best moves you always take the first. Each should have its chance.",
            {"how often"},
            (f"moves[{BEST}]", "moves[[q[moves].argmax()]]"),
        ),
        Misconception(
            "eps is turned round: it is the chance of *exploring*.",
            {"the best", "how often"},
            ("rng.random() >= eps", "rng.random() < eps"),
        ),
        Misconception(
            "Exploring never takes the best move with you. *Any* legal move has the same chance.",
            {"how often"},
            (
                f"moves = moves[{BEST}]\n",
                f"moves = moves[{BEST}]\n    elif not ({BEST}).all():\n        moves = moves[q[moves] < q[moves].max()]\n",
            ),
        ),
        Misconception(
            "You never explore.",
            {"how often"},
            ("rng.random() >= eps", "True"),
        ),
        Misconception(
            "You take the *smallest* q.",
            {"the best", "how often"},
            (BEST, "q[moves] == q[moves].min()"),
        ),
        Misconception(
            "Illegal moves get the value 0 with you. Where all legal ones are below 0, a wall is the best.",
            {"the best"},
            wrong="def choose(q, legal, eps, rng):\n"
            "    if rng.random() < eps:\n"
            "        return int(rng.choice(np.flatnonzero(legal)))\n"
            "    masked = q * legal\n"
            "    return int(rng.choice(np.flatnonzero(masked == masked.max())))\n",
        ),
    ],
    hints=[
        "Two cases, by one draw. In both only legal moves come into question.",
        "With probability eps any of `np.flatnonzero(legal)`; else one of those whose q is the largest *among them*.",
        "`if rng.random() >= eps: moves = moves[q[moves] == q[moves].max()]`, then `int(rng.choice(moves))`.",
    ],
)

TARGET = "r if done else r + gamma * Q[s2].max()"

Q_STEP = Task(
    "q_step",
    points=2,
    answers=["q_step"],
    reference=REFERENCE + "q_step",
    parts=[
        Part("while the game goes on", going_on),
        Part("at the end", last_steps),
    ],
    misconceptions=[
        Misconception(
            "After the end nothing comes: where `done`, the target is r alone.",
            {"at the end"},
            (TARGET, "r + gamma * Q[s2].max()"),
        ),
        Misconception(
            "`done` is turned round: the next values count while the game goes on.",
            {"while the game goes on", "at the end"},
            (TARGET, "r + gamma * Q[s2].max() if done else r"),
        ),
        Misconception(
            "You look at the best move from s. What counts is where the move has led: s2.",
            {"while the game goes on"},
            ("Q[s2].max()", "Q[s].max()"),
        ),
        Misconception(
            "You take the same move again in s2. Q-learning takes the *best* one there.",
            {"while the game goes on"},
            ("Q[s2].max()", "Q[s2, a]"),
        ),
        Misconception(
            "You take the mean over the moves in s2. Q-learning takes the best one.",
            {"while the game goes on"},
            ("Q[s2].max()", "Q[s2].mean()"),
        ),
        Misconception(
            "You go all the way to the target. Go the share eta of it.",
            {"while the game goes on", "at the end"},
            ("eta * (target - Q[s, a])", "target - Q[s, a]"),
        ),
        Misconception(
            "You add eta times the target, but never take the old value off: eta (target - Q[s, a]).",
            {"while the game goes on", "at the end"},
            ("eta * (target - Q[s, a])", "eta * target"),
        ),
        Misconception(
            "You move away from the target.",
            {"while the game goes on", "at the end"},
            ("Q[s, a] += eta", "Q[s, a] -= eta"),
        ),
        Misconception(
            "The next value is not discounted: gamma is missing.",
            {"while the game goes on"},
            ("gamma * Q[s2].max()", "Q[s2].max()"),
        ),
        Misconception(
            "You change the value of s2. What is learned is the value of the move that was made, in s.",
            {"while the game goes on", "at the end"},
            ("Q[s, a] += eta * (target - Q[s, a])", "Q[s2, a] += eta * (target - Q[s2, a])"),
        ),
        Misconception(
            "All moves of s change. Only a was made.",
            {"while the game goes on", "at the end"},
            ("Q[s, a] += eta * (target - Q[s, a])", "Q[s] += eta * (target - Q[s])"),
        ),
    ],
    hints=[
        "One entry changes: a step from what it says toward what it should have said.",
        "Target: r + gamma max Q[s2], or r alone at the end. Q[s, a] moves the share eta of the way.",
        "`Q = Q.copy()`, `target = r if done else r + gamma * ...`, `Q[s, a] += eta * (target - Q[s, a])`",
    ],
)

SHAPED = Task(
    "shaped",
    points=1,
    answers=["shaped"],
    reference=REFERENCE + "shaped",
    parts=[Part("the reward", nearer)],
    misconceptions=[
        Misconception(
            "You praise, but never blame. Then to and fro earns praise without end.",
            {"the reward"},
            ("(d - d2)", "max(d - d2, 0)"),
        ),
        Misconception(
            "You praise for going away: nearer means that d2 is *smaller* than d.",
            {"the reward"},
            ("(d - d2)", "(d2 - d)"),
        ),
        Misconception(
            "You pay the same for any step. Each *turn* that it is nearer earns c: through mud it is more than one.",
            {"the reward"},
            ("(d - d2)", "((d > d2) - (d < d2))"),
        ),
        Misconception(
            "The reward of the game itself is lost: add to r.",
            {"the reward"},
            ("r + c", "c"),
        ),
        Misconception(
            "You pay for how near it *is*, not for how much nearer it came. Then standing near the cheese earns more than eating it.",
            {"the reward"},
            ("(d - d2)", "-d2"),
            forms=(("r + c * (d - d2)", "r - c * d2"),),
        ),
        Misconception(
            "c is missing.",
            {"the reward"},
            ("c * (d - d2)", "(d - d2)"),
        ),
    ],
    hints=[
        "A lap that ends where it began must earn nothing. Which quantity sums to 0 over a lap?",
        "r plus c times (before minus after).",
        "`return r + c * (... - ...)`",
    ],
)
