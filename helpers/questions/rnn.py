"""The predict-then-run questions of lesson 06-rnn."""

from helpers.widgets import predict

QUESTIONS = {
    "shift": predict(
        "Somebody forgets the shift, so that the target under each letter is that letter itself. What does training show?",
        (
            "it stops with an error",
            "the perplexity hardly falls",
            "the perplexity falls to almost 1, a triumph",
        ),
        2,
        "To copy what it reads is all that such a model learns, and it does so perfectly. A result too good to be true is "
        "the usual sign that the answer leaked into the input.",
    ),
    "context": predict(
        "A model that counts what follows the last `k` letters. For which `k` is the perplexity on names it has not seen "
        "the lowest?",
        ("k = 1", "k = 3", "k = 5", "the larger, the better"),
        1,
        "On the names that were counted, more letters always help. On new ones the table is soon full of holes: most "
        "contexts of five letters were never seen.",
        "Perplexity against the number of letters a table looks back. On the counted names it falls from "
        "16.6 to about 5. On held-out names it falls to 7.8 at three letters and rises to 11.1 at five.",
    ),
    "backoff": predict(
        "With five letters the plain table has a perplexity of 11.1. And the one that backs off?",
        ("about 11", "about 9", "below 7"),
        2,
        "It loses nothing by looking far: where five letters were never met, four may have been, and three nearly always. "
        "The plain table guesses blindly there.",
        "Perplexity on held-out names against the number of letters looked back. The plain table falls to 7.8 at three "
        "letters and rises to 11.1 at five. The one that backs off falls to 6.6 at four and stays below 7.",
    ),
    "explode": predict(
        "The matrix `Wh = [[0, 5], [0, 0]]` makes some vectors five times as long. What becomes of an error that it "
        "multiplies 50 times?",
        ("it grows to 5⁵⁰", "it is 0 from the second step on", "it depends on the error"),
        1,
        "`Wh @ Wh` is zero. A norm above 1 is necessary for an explosion, not sufficient: the product of norms is only a "
        "bound. A norm below 1 is enough for vanishing.",
    ),
    "gru": predict(
        "The same weights in both forms of the GRU. Which one does `torch.nn.GRUCell` compute?",
        ("reset before the matrix", "reset after the matrix", "both give the same numbers"),
        1,
        "The paper of 2014 resets the state before the matrix; PyTorch (like cuDNN) after it, since then all three products "
        "with the state are one. Weights trained in one form are wrong in the other.",
    ),
    "memory": predict(
        "Pairs have a perplexity of 10.4 on the held-out names, the best plain table 7.8, the one that backs off 6.6. Where "
        "will your recurrent network end after 600 steps?",
        ("about 9", "about 7", "about 3"),
        1,
        "A name is not a puzzle with one solution. However good a model is, it cannot know whether “mari” goes on to "
        "“maria”, “marie” or “marilyn”, so perplexity has a floor that nobody knows.",
    ),
    "delay": predict(
        "A chain of 16 neurons hears random signs, + or −, and must name the sign before the present one, by one "
        "number. How often is it right after training, if all that it hears of the past is its own last output?",
        ("nearly always", "a little more often than chance", "never"),
        1,
        "When it hears a sign it must say the one before, and what it says is all that it keeps. Of the new sign nothing is "
        "left, but for what it smuggles into the size of its number.",
    ),
    "shuffle": predict(
        "A model that knows nothing but the date guesses a wandering value by that of the nearest date it was trained on. "
        "Days are split at random into training and test. How good does it look?",
        (
            "useless: a date says nothing",
            "excellent, and it would be useless tomorrow",
            "excellent, and it deserves to be",
        ),
        1,
        "Yesterday and tomorrow are in the training set, so today is easy. In use, tomorrow is not known. Split by time.",
    ),
}
