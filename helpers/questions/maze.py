"""The predict-then-run questions of lesson 12-maze."""

from helpers.widgets import predict

QUESTIONS = {
    "copy": predict(
        "A network copies `greedy` from a picture of the board, and makes three of four moves as `greedy` would. It plays "
        "against `greedy`, on mazes that neither has seen. It wins …",
        ("about half of the games", "about a third", "less than one game in six"),
        2,
        "A game is twenty moves or more, and one that is wrong leads where nobody has shown what to do next: the mistakes "
        "are not spread evenly, they pile up. And somebody who copies the average player can at best draw with him.",
    ),
    "praise": predict(
        "Twenty mazes, one cheese each, a table learned in each of them. Besides the cheese, every step that brings the player "
        "closer is praised, as the crow flies. Without praise it arrives in all 20. With praise it arrives in …",
        ("all 20, and sooner", "about 15", "fewer than 10"),
        2,
        "A step there and a step back earn praise once, a hundred of them fifty times; eating the cheese ends the game, and with "
        "it the praise. It does what it is paid for.",
    ),
    "teacher": predict(
        "Who will beat `greedy` more clearly: a network that copies a player who plans ahead, or one that has no teacher and "
        "learns from points alone, with the same inputs?",
        ("the one with a teacher, by far", "both, about alike", "neither beats it"),
        1,
        "The teacher is stronger than both of them. But a copy repeats its moves without its reasons; the other one has seen "
        "what its own mistakes cost.",
    ),
}
