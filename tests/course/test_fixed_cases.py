"""What is spared over twenty seeds hides nothing: what is drawn is run with each, and so is what may change."""

from collections.abc import Callable

import pytest

from helpers.checks import lessons
from helpers.checks.assess import assess
from helpers.checks.verdict import State

pytestmark = pytest.mark.usefixtures("fixed_cases_twice")

TASK = lessons.task("12-maze", "returns")
FIXED = sum(len(TASK.fixed(part)) for part in TASK.parts)
ALL = sum(len(TASK.cases_of(part, 0)) for part in TASK.parts)


def runs(answer: Callable[..., object], seeds: int) -> list[int]:
    """Return how many cases were run with each seed."""
    count, ran = [0], list[int]()

    def counted(*args: object) -> object:
        count[0] += 1
        return answer(*args)

    namespace = dict(TASK.right) | {"returns": counted}
    for seed in range(seeds):
        before = count[0]
        assess(TASK, namespace, [], seed)
        ran.append(count[0] - before)
    return ran


def test_a_case_of_all_seeds_is_run_with_two() -> None:
    assert runs(TASK.right["returns"], 4) == [ALL, ALL, ALL - FIXED, ALL - FIXED]


def test_an_answer_that_does_something_else_each_time_is_run_each_time() -> None:
    times = [0]

    def drifting(rewards: object, gamma: float) -> object:
        times[0] += 1
        return TASK.right["returns"](rewards, gamma) + times[0]

    empty = 1  # of the cases has no turn, and nothing that could drift
    assert runs(drifting, 4) == [ALL, ALL, ALL - empty, ALL - empty]


def test_what_goes_wrong_with_one_seed_alone_is_seen() -> None:
    seeds, now = 10, [0]

    def slipping(rewards: object, gamma: float) -> object:
        return TASK.right["returns"](rewards, gamma) + (now[0] == 7)

    namespace, found = dict(TASK.right) | {"returns": slipping}, []
    for seed in range(seeds):
        now[0] = seed
        found.append(assess(TASK, namespace, [], seed).state == State.FAILED)
    assert found == [seed == 7 for seed in range(seeds)]
