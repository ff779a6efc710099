"""Work that is stopped and goes on."""

import signal
from collections.abc import Iterator

import pytest
import torch

from helpers.work import Work, learn


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


class Stops:
    """Batches that a person interrupts after so many."""

    def __init__(self, batches: list, after: int):
        self.batches, self.after = batches, after

    def __len__(self) -> int:
        return len(self.batches)

    def __iter__(self) -> Iterator[object]:
        for i, batch in enumerate(self.batches):
            if i == self.after:
                signal.raise_signal(signal.SIGINT)
            yield batch


def trained(stop: int | None, *uses: object) -> torch.Tensor:
    torch.manual_seed(0)
    model = torch.nn.Linear(3, 1)
    batches = [(X := torch.randn(8, 3), X.sum(dim=1, keepdim=True)) for _ in range(6)]
    data = batches if stop is None else Stops(batches, stop)
    learn("a line", model, data, torch.nn.functional.mse_loss, *uses, epochs=2)
    return model.weight.detach()


def test_a_training_that_is_interrupted_ends_its_cell_and_goes_on_to_the_same_bit() -> None:
    whole = trained(None)
    with pytest.raises(KeyboardInterrupt, match="a line was stopped"):
        trained(3)
    assert torch.equal(trained(None), whole)
    assert torch.equal(trained(None), whole)  # and then anew
    with pytest.raises(KeyboardInterrupt):
        trained(3)
    assert torch.equal(trained(None, run), whole)  # of another answer: from the beginning
