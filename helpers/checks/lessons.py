"""The lessons that exist, and where each declares its tasks."""

import importlib
from functools import cache
from hashlib import sha256

from helpers.checks.task import Task

MODULES = {
    "00-learning": "helpers.checks.learning",
    "01-perceptron": "helpers.checks.perceptron",
    "02-gradient-descent": "helpers.checks.gradient_descent",
    "03-backprop": "helpers.checks.backprop",
    "04-generalisation": "helpers.checks.generalisation",
    "05-convolution": "helpers.checks.convolution",
    "06-rnn": "helpers.checks.rnn",
    "07-attention": "helpers.checks.attention",
    "08-transformers": "helpers.checks.transformers",
    "09-transfer-learning": "helpers.checks.transfer",
    "10-generative": "helpers.checks.generative",
    "11-classical": "helpers.checks.classical",
    "12-maze": "helpers.checks.maze",
    "13-assistants": "helpers.checks.assistants",
}

REFERENCES = {
    "06-rnn": ("rnn", "language"),
    "08-transformers": ("transformers", "translation"),
}  # where a lesson has more modules than the one of its name


class UnknownLesson(LookupError):
    """Raised for a lesson that does not exist."""


class UnknownTask(LookupError):
    """Raised for a task that a lesson does not have."""


@cache
def tasks(lesson: str) -> dict[str, Task]:
    """Return a lesson's tasks by id, in the order in which they are met.

    Raises:
        UnknownLesson: naming the lessons that exist.
    """
    if lesson not in MODULES:
        raise UnknownLesson(f"there is no lesson {lesson!r}; there are: {', '.join(MODULES)}")
    return {task.id: task for task in importlib.import_module(MODULES[lesson]).TASKS}


def task(lesson: str, name: str) -> Task:
    """Return one task of a lesson; raises UnknownTask, naming those that exist."""
    known = tasks(lesson)
    if name not in known:
        raise UnknownTask(f"lesson {lesson} has no task {name!r}; it has: {', '.join(known)}")
    return known[name]


def references(lesson: str) -> tuple[str, ...]:
    """Return the modules of `helpers.reference` that belong to a lesson, and that later ones may import."""
    return REFERENCES.get(lesson, (MODULES[lesson].rpartition(".")[2],))


def lazily(lesson: str) -> tuple[str, ...]:
    """Return the modules that a lesson's answers make torch import when they are first called.

    An optimiser's first call imports torch's compiler, which takes a second, or many on a slow machine.
    """
    optimise = any("torch.optim" in task.source for task in tasks(lesson).values())
    return ("torch._dynamo",) if optimise else ()


def release(lesson: str) -> str:
    """Return a hash of all of a lesson's task definitions, to tell two versions of it apart."""
    return sha256("".join(t.digest for t in tasks(lesson).values()).encode()).hexdigest()[:12]
