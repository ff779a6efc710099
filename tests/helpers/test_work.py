"""Work that is stopped and goes on."""

import pytest

from helpers.work import Work


def run(title: str, steps: int, *uses: object, stop: int | None = None) -> list[int]:
    """Add up steps in a list; stop after so many, as Ctrl-C does."""
    work = Work(title, list, *uses)
    for step in work.over(range(steps)):
        if step == stop:
            raise KeyboardInterrupt
        work.state.append(step)
    return work.state


def test_it_runs_to_its_end_and_then_anew() -> None:
    assert run("plain", 3) == [0, 1, 2]
    assert run("plain", 3) == [0, 1, 2]


@pytest.mark.parametrize("stop", [0, 1, 4])
def test_it_goes_on_where_it_was_stopped(stop: int, capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(f"stopped at {stop}", 5, run, stop=stop)
    assert run(f"stopped at {stop}", 5, run) == [0, 1, 2, 3, 4]
    told = capsys.readouterr().out
    assert told == f"stopped at {stop} goes on at step {stop + 1} of 5, where it was stopped.\n" * (stop > 0)


def test_with_another_answer_it_begins_anew() -> None:
    with pytest.raises(KeyboardInterrupt):
        run("other", 5, run, stop=3)
    assert run("other", 2, print) == [0, 1]
