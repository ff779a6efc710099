"""Predict-then-run questions, kept out of the notebooks so that the answer is not read beside the question."""

import importlib

from helpers.widgets import Prediction

MODULES = {
    "00-learning": "helpers.questions.learning",
    "01-perceptron": "helpers.questions.perceptron",
    "02-gradient-descent": "helpers.questions.gradient_descent",
    "03-backprop": "helpers.questions.backprop",
    "04-generalisation": "helpers.questions.generalisation",
    "05-convolution": "helpers.questions.convolution",
    "06-rnn": "helpers.questions.rnn",
    "07-attention": "helpers.questions.attention",
    "08-transformers": "helpers.questions.transformers",
    "09-transfer-learning": "helpers.questions.transfer",
    "10-generative": "helpers.questions.generative",
    "11-classical": "helpers.questions.classical",
    "12-maze": "helpers.questions.maze",
    "13-assistants": "helpers.questions.assistants",
}


def questions(lesson: str) -> dict[str, Prediction]:
    """Return a lesson's questions by name."""
    return importlib.import_module(MODULES[lesson]).QUESTIONS
