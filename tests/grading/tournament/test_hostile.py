"""Players that are broken, runaway or hostile, each in a real sandbox against a quiet one of the course."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers.grading.sandbox.process import Worker
from helpers.grading.tournament import match, seats
from helpers.grading.tournament.entrants import Entrant, courses
from helpers.grading.tournament.results import Result, results
from helpers.grading.tournament.run import INSIDE
from helpers.grading.tournament.schedule import Fixture

pytestmark = pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed")
LESSON = "01-perceptron"
RESTING, _, GREEDY = courses()
QUIET = "def player(maze, me, other, cheeses):\n    return 'stay'"
HOLDS = "import signal; signal.signal(signal.SIGALRM, signal.SIG_IGN)\n    while True: pass"  # limits inside
Workers = list[Worker]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    """Two sandboxes; one that a player has brought down is replaced."""
    running = [_worker(i) for i in range(2)]
    yield running
    for worker in running:
        worker.close()


def _worker(number: int) -> Worker:
    return Worker(LESSON, 20 + number, [Path(__file__).parent], [INSIDE])


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave ten times the usual to a player that comes to an end: how fast this machine is must not be told."""
    for name in ("SETUP", "CELL", "MOVE", "GAME", "IDLE"):
        monkeypatch.setattr(seats, name, 10 * getattr(seats, name))


@pytest.fixture
def short(patient: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait no longer than needed for a player that never comes to one."""
    for name, seconds in {"SETUP": 1.0, "CELL": 0.5, "MOVE": 0.05, "GAME": 1.0, "IDLE": 1.0}.items():
        monkeypatch.setattr(seats, name, seconds)


def play(workers: Workers, *sources: str, limit: int = 14, games: int = 1, data: bytes = b"") -> list[Result]:
    """Let a player, whose cells these are, play against the course's that rests."""
    for i, worker in enumerate(workers):
        if worker.ended:
            worker.close()
            workers[i] = _worker(i)
    fixtures = [Fixture(11 + i, False, (5, 6)) for i in range(games)]
    job = match.job((Entrant("eve", sources, data), RESTING), fixtures, {"limit": limit})
    return results(match.run(job, workers), match.code())


def says(workers: Workers, body: str) -> str:
    """Return what a player found out: it raises that, and a lost move tells it."""
    lines = "\n    ".join(["def player(maze, me, other, cheeses):", *body.splitlines()])
    [game] = play(workers, f"import os, sys, gc\n{lines}", limit=1)
    [told] = game.lost[0]
    return told


def test_a_player_that_moves_is_heard_each_turn(pair: Workers) -> None:
    source = "import numpy as np\nmoves = iter(['up', 'left', np.str_('right'), 'down'])\ndef player(*position):\n    return next(moves, 'stay')"
    [game] = play(pair, source)
    assert game.moves == ("ulrd" + 10 * "s", 14 * "s")
    assert game.lost == ({}, {})


def test_it_sees_the_position_from_its_own_side_and_its_file(pair: Workers) -> None:
    source = "data = open('player.npz').read()\n" + QUIET.replace(
        "return 'stay'",
        "raise ValueError(f'{data} {me} {other} {type(cheeses).__name__} {maze.rows} {min(maze.passages[me].values())}')",
    )
    [game] = play(pair, source, limit=1, data=b"weights")
    assert game.lost[0] == {"ValueError: weights (6, 0) (0, 8) frozenset 7 1": 1}


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("raise KeyError('no')", "KeyError: 'no'"),
        ("return 'north'", "returned no move, but str 'north'"),
        ("return", "returned no move, but NoneType"),
        ("return 'up' * 10**7", "returned no move, but str 'upup"),
        ("return [[[0] * 10**6] * 10**6]", "returned no move, but list"),
        ("raise ValueError('x' * 10**7)", "ValueError: xxx"),
        ("raise SystemExit", "SystemExit"),
        ("return bytearray(1 << 40)", "MemoryError"),
    ],
)
def test_a_slip_costs_a_move_each_and_ten_the_game(pair: Workers, body: str, why: str) -> None:
    _loses_ten(pair, body, why)


@pytest.mark.usefixtures("short")
def test_so_does_a_move_that_takes_too_long(pair: Workers) -> None:
    _loses_ten(pair, "while True: pass", "it took more than 0.05 s of the processor")


def _loses_ten(pair: Workers, body: str, why: str) -> None:
    [game] = play(pair, f"def player(maze, me, other, cheeses):\n    {body}")
    assert sum(game.lost[0].values()) == 10
    assert all(told.startswith(why) for told in game.lost[0])
    assert game.forfeits[0].startswith("lost 10 moves")
    assert game.result == 0
    assert game.lost[1] == {}


ODD = """
class Odd(str):
    __class__ = property(lambda self: 1 / 0)
    def __eq__(self, other): raise RuntimeError
    __hash__ = str.__hash__
    def __str__(self): return "left"
def player(maze, me, other, cheeses):
    return Odd("up")
"""


def test_an_odd_object_is_what_it_holds_or_costs_a_move(pair: Workers) -> None:
    [game] = play(pair, ODD, limit=2)
    assert game.result == 0.5
    assert sum(game.lost[0].values()) in (0, 2)


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize(
    ("cells", "why"),
    [
        (["x = 3"], "there is no function `player`"),
        (["1 / 0\n" + QUIET], "there is no function `player`; ZeroDivisionError"),
        (["def player(:"], "there is no function `player`; "),
        (["player = 3"], "there is no function `player`"),
        ([f"if True:\n    {HOLDS}", QUIET], "took too long|used up"),
        (["import os; os._exit(3)", QUIET], "its process ended itself with exit code 3"),
    ],
)
def test_who_is_not_there_has_lost_at_once(pair: Workers, cells: list[str], why: str) -> None:
    [game] = play(pair, *cells)
    assert re.match(f"can't play: (?:{why})", game.forfeits[0]), game.forfeits
    assert game.moves == ("", "")


ADVANCE = """
import os, json, struct
frame = json.dumps({"move": "up", "lost": ""}).encode()
frame = struct.pack("<Q", len(frame)) + frame
def player(*position):
    for fd in range(3, 60):
        try: os.write(fd, frame * 9)
        except OSError: pass
    return "up"
"""
PONDERS = """
import os, time
if (child := os.fork()) == 0:
    while True: pass
def player(*position):
    while True:
        try: time.sleep(9)
        except BaseException: pass
"""
RUNAWAY = {
    "sleeps": ("import time\ndef player(*p): time.sleep(99)", "slept too long"),
    "holds out": (f"def player(*p):\n    {HOLDS}", "used up its time|ended 4 times"),
    "forks": (
        "import os\ndef player(*p):\n    while True:\n        try: os.fork()\n        except OSError: pass",
        "used up|took too long|ended",
    ),
    "ponders": (PONDERS, "used up its time|ended 4 times"),
    "exits": ("import os\ndef player(*p): os._exit(0)", "its process has ended 4 times"),
    "crashes": ("import ctypes\ndef player(*p): ctypes.string_at(0)", "its process has ended 4 times"),
    "floods": (
        "import os\ndef player(*p):\n    for fd in range(3, 60):\n        try:\n            os.set_blocking(fd, False)\n            os.write(fd, b'x' * 10**6)\n        except OSError: pass\n    return 'up'",
        "its process has ended 4 times",
    ),
    "answers in advance": (ADVANCE, "'said more than one move': 4"),
    "closes its pipes": ("import os\ndef player(*p): os.closerange(3, 99)", "its process has ended 4 times"),
    "kills its watch": ("import os\ndef player(*p): os.kill(os.getppid(), 9)", "ended what watches over it"),
    "stops its watch": ("import os\ndef player(*p): os.kill(os.getppid(), 19)", "ended what watches over it"),
    "kills everything": ("import os\ndef player(*p): os.kill(-1, 9)", "ended what watches over it"),
}


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("name", RUNAWAY)
def test_a_runaway_loses_its_game_and_the_next_is_played(pair: Workers, name: str) -> None:
    source, why = RUNAWAY[name]
    [game] = play(pair, source)
    assert game.forfeits[0]
    assert re.search(why, f"{game.forfeits[0]}: {game.lost[0]}"), (game.forfeits, game.lost)
    assert game.result == 0
    assert sum(game.lost[0].values()) >= 1
    [after] = play(pair, QUIET, limit=3)
    assert after.moves == ("sss", "sss")
    assert after.lost == ({}, {})


def test_it_finds_no_other_process_and_no_file_of_another_game(pair: Workers) -> None:
    litter = (
        "import os\nfor place in ('/private', '/dev/shm'):\n    open(place + '/note', 'w').write('up')\nif os.fork() == 0:\n    import time; time.sleep(60)\n    os._exit(0)\n"
        + QUIET
    )
    assert [game.lost for game in play(pair, litter, limit=2, games=2)] == [({}, {})] * 2
    looks = "return [p for p in os.listdir('/proc') if p.isdigit() and int(p) not in (1, os.getpid(), os.getppid())], os.listdir('/dev/shm'), [f for f in os.listdir('/private') if f != '.ipython']"
    assert (
        says(pair, looks.replace("return ", "raise ValueError(str((") + ")))") == "ValueError: ([], [], [])"
    )


def test_it_can_not_read_its_watch_or_trace_it(pair: Workers) -> None:
    tries = "try:\n    open(f'/proc/{os.getppid()}/mem', 'rb').read(1)\nexcept OSError as error:\n    raise ValueError(error.errno)"
    assert says(pair, tries) == "ValueError: 13"
    trace = "import ctypes\nraise ValueError(ctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0))"
    assert says(pair, trace) == "ValueError: -1"


def test_in_its_own_memory_there_is_no_board_s_seed_no_name_and_no_referee(pair: Workers) -> None:
    looks = """frame = sys._getframe()
jobs = set()
while frame:
    jobs |= {k for v in frame.f_locals.values() if type(v) is dict and 'cells' in v for k in v}
    frame = frame.f_back
raise ValueError(','.join(sorted(jobs)), [m for m in sys.modules if 'tournament' in m or 'checks' in m])"""
    told = says(pair, looks)
    assert told == "ValueError: ('answer,cell,cells,files,game,idle,maze,memory,move,seed,setup', [])"


@pytest.mark.parametrize(
    "source",
    [
        "import random\ndef player(m, *p): return random.choice([*m.passages]) and random.choice(['up', 'down', 'left', 'right'])",
        "import numpy as np\ndef player(*p): return np.random.choice(['up', 'down', 'left', 'right'])",
    ],
)
def test_who_draws_from_a_global_generator_plays_the_same_again(pair: Workers, source: str) -> None:
    first, second = play(pair, source), play(pair, source)
    assert first == second
    assert len(set(first[0].moves[0])) > 1


def test_two_hostile_ones_have_drawn(pair: Workers) -> None:
    eve, mallory = (Entrant(name, (RUNAWAY["exits"][0],)) for name in ("eve", "mallory"))
    job = match.job((eve, mallory), [Fixture(1, False, (1, 2))], {})
    [game] = results(match.run(job, pair), match.code())
    assert game.result == 0.5
    assert all(game.forfeits)
