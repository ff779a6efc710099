"""The referee with players that need no sandbox: the rules, and who loses a move or a game by what."""

from collections.abc import Callable

import pytest

from helpers.grading.tournament.ours import OURS
from helpers.grading.tournament.referee import MANY, play
from helpers.grading.tournament.seats import Answer, Ours
from helpers.maze import Cell, Game, record
from helpers.maze import play as simply
from helpers.maze.players import resting
from helpers.reference.maze import greedy

THERE = Answer()


class Scripted:
    """A seat that answers what a function of the turn says, and keeps what it was shown."""

    def __init__(self, answer: Callable[[int], Answer], first: Answer = THERE):
        self._answer, self._next = answer, first
        self.shown: list[tuple[Cell, Cell, frozenset[Cell]]] = []
        self.left = False

    def sit(self) -> None:
        """Begin."""

    def ask(self, me: Cell, other: Cell, cheeses: frozenset[Cell]) -> None:
        self._next = self._answer(len(self.shown))
        self.shown.append((me, other, cheeses))

    def hear(self) -> Answer:
        return self._next

    def leave(self) -> None:
        self.left = True


GAME = Game.new(3)


@pytest.mark.parametrize("seed", range(5))
def test_a_game_goes_as_without_a_referee(seed: int) -> None:
    first = Game.new(seed)
    played = play(first, [Ours(greedy, first.maze), Ours(OURS["wandering"](7), first.maze)])
    assert played.moves == record(greedy, OURS["wandering"](7), seed).moves
    last = simply(greedy, OURS["wandering"](7), first)[-1]
    assert played.scores == last.scores
    assert played.result == {0: 1.0, 1: 0.0, None: 0.5}[last.winner]
    assert not any(played.forfeits)


def test_each_sees_its_own_side_and_is_shown_it_before_either_is_heard() -> None:
    a, b = Scripted(lambda n: Answer("up")), Scripted(lambda n: Answer("down"))
    play(GAME, [a, b])
    assert a.shown[0] == (*GAME.players, GAME.cheeses)
    assert b.shown[0] == (*GAME.players[::-1], GAME.cheeses)
    assert a.left
    assert b.left


def test_a_lost_move_is_a_move_less_and_many_are_the_game() -> None:
    slow = Answer(lost="too slow")
    few = play(GAME, [Scripted(lambda n: slow if n < MANY - 1 else Answer()), Ours(greedy, GAME.maze)])
    assert few.lost[0] == {"too slow": MANY - 1}
    assert not any(few.forfeits)
    many = play(GAME, [Scripted(lambda n: slow), Ours(resting, GAME.maze)])
    assert many.forfeits == (f"lost {MANY} moves, most often: too slow", "")
    assert len(many.moves) == MANY
    assert many.result == 0
    both = play(GAME, [Scripted(lambda n: slow), Scripted(lambda n: slow)])
    assert both.result == 0.5


def test_who_can_not_begin_or_go_on_has_lost() -> None:
    absent = play(GAME, [Ours(greedy, GAME.maze), Scripted(lambda n: Answer(), Answer(lost="no function"))])
    assert absent.forfeits == ("", "can't play: no function")
    assert absent.result == 1
    assert absent.moves == []
    out = play(
        GAME, [Scripted(lambda n: Answer(lost="slept", out="slept too long")), Ours(resting, GAME.maze)]
    )
    assert out.forfeits == ("slept too long", "")
    assert len(out.moves) == 1


def test_of_a_thousand_reasons_a_few_are_kept() -> None:
    moves = play(GAME, [Scripted(lambda n: Answer(lost=f"reason {n}")), Ours(resting, GAME.maze)]).lost[0]
    assert moves.total() == MANY
    assert len(moves) == 6
    assert moves["other reasons"] == MANY - 5


def test_seats_are_left_whatever_happens() -> None:
    class Fails(Scripted):
        def hear(self) -> Answer:
            raise RuntimeError

    a, b = Scripted(lambda n: Answer()), Fails(lambda n: Answer())
    with pytest.raises(RuntimeError):
        play(GAME, [a, b])
    assert a.left
    assert b.left
