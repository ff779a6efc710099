"""The predict-then-run questions of lesson 13-assistants."""

from helpers.widgets import predict

QUESTIONS = {
    "pieces": predict(
        "With 400 pieces learned from the beginning of Moby-Dick: which of these needs most pieces?",
        ("` whaling`", "` unwhalelike`", "` Queequeg`", "` baleine`"),
        1,
        "Frequent words are one piece, rare ones are cut finely. Even `whale` falls apart inside it: the piece that was "
        "learned has a space in front.",
    ),
    "turned": predict(
        "A query and a key are turned by their places. Both move 20 places on. Their product …",
        ("stays the same", "shrinks", "changes its sign now and then"),
        0,
        "Both have been turned by the same further angle in each pair, so the angle between them is what it was.",
        alt="Left, a table of products of one query and one key at 60 places each: every diagonal has one shade. Right, the "
        "product of a query with itself falls from its largest value at distance 0, in waves; with base 100 it falls "
        "further than with base 10000.",
    ),
    "cache": predict(
        "32 layers, heads of width 128, numbers of 2 bytes, a chat of 128,000 tokens. If each of the 32 heads keeps keys and "
        "values of its own, they take about …",
        ("0.5 GiB", "6 GiB", "62 GiB"),
        2,
        "Half a mebibyte for each token. Four heads to a group make it a quarter of that.",
    ),
    "size": predict(
        "Readers of 2,224 to 211,008 numbers, all with the same text and the same number of steps. On a logarithmic axis of "
        "numbers, the surprise at a new letter …",
        ("falls along a straight line", "falls, and less and less steeply", "rises again for the largest"),
        1,
        "The small ones are held back by their size, the large ones by their 800 steps: what they could hold they had no time "
        "to learn.",
        alt="Surprise at a letter against the numbers of a model, on a logarithmic axis. Five readers fall from 2.4 to below "
        "1.7 nats, less and less steeply; counting stands lower, at 1.41, and lesson 8's writer, far to the right, below it at 1.34.",
    ),
    "emerge": predict(
        "From the smallest reader to the largest the chance of a right letter grows from 0.09 to 0.19. And the chance that "
        "eight letters in a row are right?",
        ("it doubles, too", "it grows about eightfold", "it grows more than four hundredfold"),
        2,
        "A product of eight chances: what doubles in each grows by 2 to the 8th power or more. All-or-nothing questions turn "
        "a smooth road into a cliff.",
    ),
    "examples": predict(
        "The base model knows the animals. From how many examples, each a question with its answer, will it answer at least "
        "half of the questions about other animals?",
        ("1", "about 16", "about 100", "never: their answers were not shown"),
        1,
        "It does not learn what the answers are, it knows that. It learns that an answer follows, which one the question asks "
        "for, and to name the animal again.",
        alt="The share of right answers about other animals against the number of examples, on a logarithmic axis: it rises "
        "from a tenth with one example, past a half with 16, to more than eight tenths with 96. The same model without its reading stays at 0.",
    ),
    "pleased": predict(
        "The reward model agrees with most choices of people. As the assistant learns to please it, at β = 0.1, what the judge "
        "says of its answers …",
        (
            "rises with the reward",
            "rises a little at first, then falls far below where it began",
            "stays where it was",
        ),
        1,
        "The reward was learned on answers of one to three sentences, in which one more sentence was mostly a good thing. Where "
        "the model goes to please it, nobody ever compared.",
        alt="Two panels, gains of the reward and of the judge against the KL to the assistant. At beta = 1 both end near where "
        "they began. At beta = 0.1 the reward rises all the way; the judge rises a little, turns, and falls far below zero.",
    ),
}
