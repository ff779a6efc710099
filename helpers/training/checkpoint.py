"""Checkpoints: written whole or not at all, and read without running what is in them."""

import os
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from helpers.training.history import History
from helpers.training.run import Run


def write(path: Path, state: dict[str, Any]) -> None:
    """Write beside the file, then replace it: a crash leaves the old checkpoint or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            torch.save(state, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read(path: Path) -> dict[str, Any]:
    """Return what `write` wrote, on the CPU.

    Raises:
        ValueError: for a file that is no checkpoint of `train`, or a damaged one.
    """
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch's reader raises many kinds
        raise ValueError(
            f"{path} can't be read as a checkpoint ({type(error).__name__}): delete or move it"
        ) from error
    if not isinstance(state, dict) or state.get("format") != 1:
        raise ValueError(f"{path} is no checkpoint of this version of train(): delete or move it")
    return state


def save(run: Run) -> None:
    """Write all that a run needs to go on; one process writes, with the random numbers of all."""
    run.drain()
    if run.path is None:
        return
    ranks = run.ranks
    now, began = ranks.gather(run.chance()), ranks.gather(run.began)
    if ranks.first:
        parts = {name: part.state_dict() for name, part in _parts(run).items()}
        best = {"loss": run.best.loss, "waited": run.best.waited, "weights": run.best.weights}
        rest = {"history": asdict(run.history), "done": run.done, "best": best, "now": now, "began": began}
        write(run.path, {"format": 1, **parts, **rest})
    ranks.wait()


def load(run: Run, path: Path) -> None:
    """Put a run where it was when the checkpoint was written.

    With another number of processes than then, random numbers go on differently.

    Raises:
        ValueError: for a checkpoint that can't be read or is of another model, optimiser or schedule.
    """
    state = read(path)
    for name, part in _parts(run).items():
        try:
            part.load_state_dict(state[name])
        except (KeyError, RuntimeError, ValueError, TypeError) as error:
            raise ValueError(
                f"{path} is of a run with another {name} ({error}). Make the same one to go on; to begin "
                "anew, give resume=False or another file"
            ) from error
    run.history = History(**state["history"])
    run.best.loss, run.best.waited = state["best"]["loss"], state["best"]["waited"]
    run.best.weights = state["best"]["weights"]
    rank = min(run.ranks.rank, len(state["now"]) - 1)
    run.done, run.began = state["done"], state["began"][rank]
    if run.began is None:
        run.restore(state["now"][rank])
    else:
        run.resumed = state["now"][rank]


def _parts(run: Run) -> dict[str, Any]:
    parts = {"model": run.model, "optimiser": run.optimiser, "schedule": run.schedule}
    return {**{k: v for k, v in parts.items() if v is not None}, "scaler": run.precision.scaler}
