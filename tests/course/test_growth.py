"""Who wins as the text grows: what lesson 06 states of Moby-Dick was measured in this way."""

import re
from functools import cache
from pathlib import Path

import pytest
import torch

from helpers.data import moby_dick
from helpers.reference import language
from helpers.reference.rnn import LETTERS

LESSON = Path(__file__).parents[2] / "solutions/06-rnn/06-rnn.py"
KEPT = 20_000  # letters held out, and as many before them to choose by
ROW = 64  # letters in a row of a batch
BACK = {3_000: 4, 10_000: 4, 30_000: 5, 100_000: 5, 300_000: 5, 1_000_000: 6}  # letters: chosen from 2 to 7
STEPS = {
    3_000: (64, 90),
    10_000: (64, 219),
    30_000: (128, 219),
    100_000: (128, 732),
    300_000: (128, 878),
    1_000_000: (128, 2929),
}


@cache
def text() -> str:
    """Return the book in the alphabet of the lesson: a full stop for all that stands between words."""
    return re.sub("[^a-z]+", ".", moby_dick().lower())


def learned_from(n: int) -> str:
    """Return the n letters before those that are held out."""
    return text()[: -2 * KEPT][-n:]


def table(n: int) -> float:
    """Return the perplexity, held out, of a table that backs off."""
    return language.KneserNey([learned_from(n)], BACK[n]).perplexity([text()[-KEPT:]])


def network(n: int) -> float:
    """Return the perplexity, held out, of a GRU."""
    h, steps = STEPS[n]
    torch.manual_seed(0)
    model = language.Recurrent("GRU", 32, h)
    language.learn(model, rows(learned_from(n), ROW), steps, eta=0.005)
    return language.perplexity(model, *rows(text()[-KEPT:], KEPT))


def rows(letters: str, length: int) -> language.Batch:
    """Return (X, Y, mask) of rows of this length; what is left over at the end is not used."""
    ids = torch.tensor([LETTERS.index(letter) for letter in "." + letters])
    n = (len(ids) - 1) // length
    X, Y = ids[: n * length].view(n, length), ids[1 : n * length + 1].view(n, length)
    return X, Y, torch.ones_like(X, dtype=torch.bool)


def stated(name: str) -> list[float]:
    """Return the numbers that the lesson states."""
    (found,) = re.findall(rf"^{name} = \[(.*?)\]", LESSON.read_text("utf-8"), re.M)
    return [float(value) for value in found.split(",")]


def test_the_text_has_the_lessons_letters() -> None:
    assert set(text()) == set(LETTERS)
    assert len(text()) == 1_148_858
    assert [int(value) for value in stated("sizes")] == list(BACK)


def test_a_short_text_is_counted_as_the_lesson_says() -> None:
    assert round(table(3_000), 2) == stated("table")[0]


@pytest.mark.slow
@pytest.mark.parametrize("n", [*BACK][1:])
def test_tables_that_back_off(n: int) -> None:
    assert table(n) == pytest.approx(dict(zip(BACK, stated("table"), strict=True))[n], abs=0.006)


@pytest.mark.slow
@pytest.mark.parametrize("n", STEPS)
def test_networks(n: int) -> None:
    torch.set_num_threads(1)
    assert network(n) == pytest.approx(dict(zip(STEPS, stated("gru"), strict=True))[n], abs=0.05)
