"""Play a tournament: who can play at all, then every pair; results are kept as they come."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from helpers.grading.course import Course
from helpers.grading.environment import digest
from helpers.grading.judging import jobs
from helpers.grading.judging.assignment import released
from helpers.grading.sandbox.pools import Infrastructure, Pool, pool
from helpers.grading.tournament import match, results
from helpers.grading.tournament.entrants import Entrant, able, courses
from helpers.grading.tournament.results import Result
from helpers.grading.tournament.schedule import Fixture, fixtures, pairs
from helpers.grading.tournament.standings import Pair, Row, standings
from helpers.probes.plain import Plain

AHEAD = 2  # pairs in hand for each slot
SIZE: Plain = {}  # of the boards: as the game has it
TRIAL: Plain = {"limit": 6}
TRIED = Fixture(seed=2, swapped=False, own=(0, 0))
INSIDE = "helpers.grading.worker.playing.player"
HEAVY, GAME = "torch", "helpers.maze."
Done = Callable[[int], None]


@dataclass(frozen=True)
class Tournament:
    """A tournament that was played.

    Attributes:
        rows: the table.
        results: all games, by pair.
        games: how many each pair was to play.
        missing: pairs that the sandboxes failed on, with why; the next run plays them.
    """

    rows: Sequence[Row]
    results: Mapping[Pair, Sequence[Result]]
    games: int
    missing: Mapping[Pair, str]


@dataclass(frozen=True)
class Meeting:
    """A pair that is to play.

    Attributes:
        pair: who.
        job: what `match.run` is handed.
        key: a hash of all that decides its games.
        games: how many.
    """

    pair: tuple[Entrant, Entrant]
    job: bytes
    key: str
    games: int

    @property
    def names(self) -> Pair:
        """Who plays."""
        return self.pair[0].name, self.pair[1].name


def meeting(pair: tuple[Entrant, Entrant], games: Sequence[Fixture], size: Plain) -> Meeting:
    """Return a pair with the games that it is to play."""
    told = [[f.seed, f.swapped, f.own] for f in games]
    key = digest([match.code(), [one.digest for one in pair], told, size])
    return Meeting(pair, match.job(pair, games, size), key, len(games))


def tournament(
    course: Course,
    lesson: str,
    everyone: Sequence[Entrant],
    games: int,
    seed: int,
    on_begin: Callable[[int], Done],
    cluster: str = "",
) -> Tournament:
    """Play what has not been played yet, and return the table of all.

    It may be interrupted at any moment: what was played is kept, and the next call goes on from there.

    Args:
        course: the class's folder; results are kept under .nbgrader/tournament.
        lesson: its name.
        everyone: the students' entries.
        games: that each pair plays, an even number.
        seed: of the boards, of who meets whom, and of the players' own randomness.
        on_begin: called with the number of games, before the first; what it returns, with each number
            of games that was played or known.
        cluster: the address of a dask.distributed scheduler; by default it is played here.
    """
    kept = course.work("tournament", f"{lesson}.jsonl")
    warm = modules(jobs.imported(released(course, lesson)), everyone)
    with pool(lesson, warm, len(everyone) ** 2, [course.root], cluster, each=2) as workers:
        return play(workers, kept, everyone, games, seed, on_begin)


def modules(usual: Sequence[str], everyone: Sequence[Entrant]) -> list[str]:
    """Return what the sandboxes import before the first game: of the lesson and the game, what players use.

    Loaded for all, torch would slow down every start of a player, of which a game has two.
    """
    used = {name for one in everyone for name in one.imports}
    game = sorted(name for name in used if name.startswith(GAME))
    return [INSIDE, *(name for name in [*usual, *game, HEAVY] if name in used)]


def play(
    workers: Pool,
    kept: Path,
    everyone: Sequence[Entrant],
    games: int,
    seed: int,
    on_begin: Callable[[int], Done],
) -> Tournament:
    """Play in sandboxes that are there; the arguments are those of `tournament`, and the file of results."""
    workers.ready()
    everyone = _tried(workers, kept, everyone)
    field = {one.name: one for one in [*courses(), *able(everyone)]}
    meetings = [
        meeting((field[a], field[b]), fixtures((a, b), games, seed), SIZE) for a, b in pairs(field, seed)
    ]
    on_done = on_begin(sum(one.games for one in meetings))
    found, missing = dict[Pair, list[Result]](), dict[Pair, str]()
    for one, told in _played(workers, kept, meetings):
        if isinstance(told, Infrastructure):
            missing[one.names] = str(told)
        else:
            found[one.names] = told
        on_done(one.games)
    rows = standings([*courses(), *everyone], {pair: found[pair] for pair in sorted(found)})
    return Tournament(rows, found, games, missing)


def _tried(workers: Pool, kept: Path, everyone: Sequence[Entrant]) -> list[Entrant]:
    """Let each student's player make a few moves; return all, those that can't play with the reason."""
    resting = courses()[0]
    trials = [meeting((one, resting), [TRIED], TRIAL) for one in able(everyone)]
    reasons = dict[str, str]()
    for one, told in _played(workers, kept, trials):
        if isinstance(told, Infrastructure):
            reasons[one.names[0]] = f"infrastructure error, run it again: {told}"
        elif why := _unable(told[0]):
            reasons[one.names[0]] = why
    return [replace(one, reason=one.reason or reasons.get(one.name, "")) for one in everyone]


def _unable(trial: Result) -> str:
    """Say why a player can't play: it never got to its first move, or lost each of them."""
    lost = sum(trial.lost[0].values())
    if trial.forfeits[0] and lost <= 1:
        return trial.forfeits[0]
    return (
        f"can't play: {max(trial.lost[0], key=trial.lost[0].__getitem__)}"
        if lost >= len(trial.moves[0])
        else ""
    )


def _played(
    workers: Pool, kept: Path, meetings: Sequence[Meeting]
) -> Iterator[tuple[Meeting, list[Result] | Infrastructure]]:
    """Yield each pair with its results: those that are kept first, the others as they are played."""
    known, todo = results.read(kept), list[Meeting]()
    for one in meetings:
        if one.key in known:
            yield one, known[one.key]
        else:
            todo.append(one)
    running: dict[Future[bytes], Meeting] = {}
    for one in todo:
        running[workers.work(partial(match.run, one.job))] = one
        if len(running) >= AHEAD * workers.slots:
            yield from _ended(running, kept)
    while running:
        yield from _ended(running, kept)


def _ended(
    running: dict[Future[bytes], Meeting], kept: Path
) -> Iterator[tuple[Meeting, list[Result] | Infrastructure]]:
    """Yield the pairs that are done, one at least."""
    for future in wait(running, return_when=FIRST_COMPLETED).done:
        one = running.pop(future)
        try:
            told = results.results(future.result(), match.code())
        except Exception as error:  # of the workers, or of a cluster: this pair's, not the end of all
            yield one, Infrastructure(str(error))
            continue
        results.keep(kept, one.key, one.names, told)
        yield one, told
