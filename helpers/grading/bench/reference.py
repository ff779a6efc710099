"""Measure references beside PyTorch: the same work on one thread each, in turns, in a fresh interpreter.

A lesson adds its figure as a module in `references`, with `WHAT`, `LIMIT` and `pair`, and its name below.
A module with `pairs` instead yields several pairs of works; its figure is the worst of them.
"""

import importlib
import json
import sys
from collections.abc import Iterable
from typing import Any

from helpers.grading.bench.pairs import ONE_THREAD, fresh, in_turns

MODULES = {  # by the reference's name
    "backprop": "helpers.grading.bench.references.backprop",
    "convolution": "helpers.grading.bench.references.convolution",
    "convolution, every setting": "helpers.grading.bench.references.convolution_settings",
    "transformers": "helpers.grading.bench.references.transformers",
    "assistants": "helpers.grading.bench.references.assistants",
}

PAIRS = 9


def measure(names: Iterable[str] = MODULES) -> dict[str, dict[str, Any]]:
    """Return for each `reference.NAME` the median ratio of its time to torch's, both times, and the limit."""
    figures = {}
    for name in names:
        figures[f"reference.{name}"] = fresh(__name__, name, **ONE_THREAD)
    return figures


def told(figures: dict[str, dict[str, Any]]) -> str:
    """Return the figures as lines of text."""
    return "\n".join(
        f"{name} ({row['what']}): {row['ratio']:.2f} times torch's time "
        f"({row['seconds']:.3f} s and {row['torch seconds']:.3f} s), at most {row['limit']:g} is asked: "
        f"{'kept' if row['ratio'] <= row['limit'] else 'NOT KEPT'}"
        for name, row in figures.items()
    )


def figure(name: str, pairs: int = PAIRS) -> dict[str, Any]:
    """Time a module's work in this process; where it has several pairs of works, the worst ratio counts."""
    import torch

    torch.set_num_threads(1)
    module = importlib.import_module(MODULES[name])
    works = module.pairs() if hasattr(module, "pairs") else [module.pair()]
    ratio, seconds, torch_seconds = max(in_turns(ours, theirs, pairs) for ours, theirs in works)
    return {
        "what": module.WHAT,
        "ratio": ratio,
        "seconds": seconds,
        "torch seconds": torch_seconds,
        "limit": module.LIMIT,
        "pairs": pairs,
    }


if __name__ == "__main__":  # the interpreter that `measure` starts
    print(json.dumps(figure(sys.argv[1])))
