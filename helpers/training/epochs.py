"""The epochs of a run: train, validate, save, and decide whether to go on."""

import time
from collections.abc import Iterator
from itertools import islice

from helpers.device import synchronise
from helpers.device.chance import restore, states
from helpers.training.checkpoint import save
from helpers.training.history import History
from helpers.training.parallel import Share
from helpers.training.run import Run
from helpers.training.steps import step
from helpers.training.validation import evaluate


def fit(run: Run) -> History:
    """Run the epochs that are left; leave a checkpoint, and the model in eval mode."""
    history = run.history
    if history.ended == "stopped early" or history.epochs >= run.epochs or run.full:
        run.say(f"{run.path} holds a run that has ended ({history}). To begin anew, give resume=False.")
    else:
        history.ended = ""
        try:
            with run.interrupt:
                while not history.ended:
                    _epoch(run)
                save(run)
        finally:
            run.bar.end()
        if history.ended == "interrupted":
            run.say(f"Interrupted after step {history.steps}: {_kept(run)}.")
    if run.best.weights and history.ended != "interrupted":
        run.model.load_state_dict(run.best.weights)
    run.model.eval()
    return history


def _epoch(run: Run) -> None:
    """Train on what is left of an epoch, then validate."""
    history = run.history
    groups = _opened(run)
    for module, mode in run.modes:
        module.training = mode
    before, clock = history.seconds[-1], time.perf_counter()
    for group in groups:
        step(run, group)
        if run.bar.seen and run.bar.due:  # what comes first, here and below, is most often the answer
            run.show()
        if run.stop or (run.steps and run.full):
            break
        if run.every and run.done % run.every == 0:
            history.seconds[-1] = before + time.perf_counter() - clock
            save(run)
    if not run.done:
        raise ValueError("nothing to train on: the data gave no batch (can it be run through only once?)")
    run.drain()
    synchronise(run.device)
    history.seconds[-1] = before + time.perf_counter() - clock
    if run.stop or not _validated(run):
        history.ended = "interrupted"
    else:
        _closed(run)


def _opened(run: Run) -> Iterator[list[Share]]:
    """Begin an epoch, or go on with one; yield the batches of each of its steps."""
    if run.began is None:
        run.began = run.chance() if run.path else {}  # nobody goes on without a checkpoint
        run.history.seconds.append(0.0)
    else:
        run.restore(run.began)  # its order once more
    shares = run.ranks.shares(run.data, run.history.epochs)
    groups = iter(lambda: list(islice(shares, run.accumulate)), [])
    next(islice(groups, run.done, run.done), None)  # skip what is done
    if run.resumed:
        run.restore(run.resumed)
        run.resumed = None
    return groups


def _validated(run: Run) -> bool:
    """Validate where that was asked for; False where it was interrupted, to be done after resuming."""
    if run.validation is None:
        return True
    here = states(run.device)  # so that training does not depend on validation
    row = evaluate(run)
    restore(here, run.device)
    if row is None:
        return False
    run.history.validation.append(row)
    if run.best.see(row["loss"], run.model):
        run.history.best = len(run.history.validation) - 1
    return True


def _closed(run: Run) -> None:
    """Count the epoch, unless `steps` broke it off, and decide whether it was the last."""
    history = run.history
    if not run.full or run.done == run.length:
        history.epochs += 1
        run.began, run.done = None, 0
    if run.best.tired:
        history.ended = "stopped early"
    elif run.full or history.epochs >= run.epochs:
        history.ended = "finished"
    run.show()
    if not history.ended:
        save(run)


def _kept(run: Run) -> str:
    if run.path:
        return f"{run.path} holds all of it, and the same call goes on from there"
    return (
        "the model keeps its weights, but the optimiser's state is gone if you did not make it yourself. "
        "With checkpoint=FILE, the same call would go on from here"
    )
