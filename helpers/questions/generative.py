"""The predict-then-run questions of lesson 10-generative."""

from helpers.widgets import predict

QUESTIONS = {
    "seven": predict(
        "The copier never saw a seven. How will its copies of sevens be?",
        (
            "of another digit, perhaps a 1 or a 9",
            "sevens, a little worse than those of a copier that saw them",
            "so bad that sevens are easily told by their error",
        ),
        1,
        "SEVEN-WHY",
        alt="Eight sevens and eight copies of them: a little softer, and still sevens.",
    ),
    "write": predict(
        "Which codes make the decoder of a plain autoencoder write digits?",
        (
            "standard normal ones, nearly as well as a fitted Gaussian",
            "those from the fitted Gaussian, several times as often",
            "neither: a plain autoencoder can't write",
        ),
        1,
        "WRITE-WHY",
        alt="Three squares of 25 digits: real ones; scribbles, hardly one of them a digit; and drawings of "
        "which a good part are digits.",
    ),
    "collapse": predict(
        "Of eight equally frequent spots, how many will the forger serve after 3,000 rounds?",
        ("all eight, in each of five games", "eight in some games, fewer in others", "one"),
        1,
        "COLLAPSE-WHY",
        alt="COLLAPSE-ALT",
    ),
    "memory": predict(
        "One diffusion model learned from 7,000 codes, another from 100. Which of them hands out what it was shown?",
        ("both", "the one with 100", "neither: they only learn to predict noise"),
        1,
        "MEMORY-WHY",
        alt="MEMORY-ALT",
    ),
}
