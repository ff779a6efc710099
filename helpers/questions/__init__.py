"""Predict-then-run questions, kept out of the notebooks so that the answer is not read beside the question."""

import importlib
from dataclasses import dataclass

MODULES = {"01-perceptron": "helpers.questions.perceptron"}


@dataclass(frozen=True)
class Question:
    """A question, its options, the index of the right one, and why it is right."""

    question: str
    options: tuple[str, ...]
    answer: int
    why: str


def questions(lesson: str) -> dict[str, Question]:
    """Return a lesson's questions by name."""
    return importlib.import_module(MODULES[lesson]).QUESTIONS
