"""The referee of one game: it knows the rules and the whole position, and each player sees its own part."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from helpers.grading.tournament.seats import Answer, Seat
from helpers.maze import Game

MANY = 10  # lost moves that lose the game
KINDS = 5  # reasons that are kept of one player in one game


@dataclass
class Played:
    """A game that was played; what is said of two is first of the player in the first corner.

    Attributes:
        moves: of each turn.
        scores: cheese.
        lost: how often each lost a move, by reason.
        forfeits: why each lost the game whatever its cheese; empty where it did not.
    """

    moves: list[tuple[str, str]] = field(default_factory=list)
    scores: tuple[float, float] = (0.0, 0.0)
    lost: tuple[Counter[str], Counter[str]] = field(default_factory=lambda: (Counter(), Counter()))
    forfeits: tuple[str, str] = ("", "")

    @property
    def result(self) -> float:
        """What the first player scores: 1, 1/2 or 0."""
        if any(self.forfeits):
            return 0.5 if all(self.forfeits) else float(not self.forfeits[0])
        return 0.5 + (self.scores[0] > self.scores[1]) / 2 - (self.scores[0] < self.scores[1]) / 2


def play(game: Game, seats: Sequence[Seat]) -> Played:
    """Play a game to its end: both players are shown a position before either is heard.

    Raises:
        Failed: where a sandbox fails through no fault of the player in it.
    """
    played = Played()
    try:
        for seat in seats:
            seat.sit()
        began = [seat.hear() for seat in seats]
        forfeits = [f"can't play: {answer.lost}" if answer.lost else "" for answer in began]
        while not game.over and not any(forfeits):
            answers = _answers(game, seats)
            for i, answer in enumerate(answers):
                forfeits[i] = _noted(played.lost[i], answer)
            moves = answers[0].move, answers[1].move
            played.moves.append(moves)
            game = game.step(moves)
        played.scores, played.forfeits = game.scores, (forfeits[0], forfeits[1])
    finally:
        for seat in seats:
            seat.leave()
    return played


def _answers(game: Game, seats: Sequence[Seat]) -> list[Answer]:
    """Ask both at once; who is stuck in mud is not asked."""
    asked = [i for i in (0, 1) if not game.waiting[i]]
    for i in asked:
        seats[i].ask(game.players[i], game.players[1 - i], game.cheeses)
    return [seats[i].hear() if i in asked else Answer() for i in (0, 1)]


def _noted(lost: Counter[str], answer: Answer) -> str:
    """Take note of a lost move; say why the game is lost with it, if it is."""
    if answer.lost:
        lost[answer.lost if answer.lost in lost or len(lost) < KINDS else "other reasons"] += 1
    if answer.out:
        return answer.out
    if (n := sum(lost.values())) >= MANY:
        return f"lost {n} moves, most often: {lost.most_common(1)[0][0]}"
    return ""
