"""The predict-then-run questions of lesson 00-learning."""

from helpers.widgets import predict

QUESTIONS = {
    "mitchell": predict(
        "A spam filter learns. Which triple names its task, its experience and its performance?",
        (
            "T: sort mails; E: mails with labels; P: share of new mails that it sorts right",
            "T: learn; E: the filter's weights; P: how long the training takes",
            "T: sort mails; E: the share that it sorts right; P: mails with labels",
            "T: mails with labels; E: sort them; P: the share of the training mails that it sorts right",
        ),
        0,
        "The task is what is to be done, the experience what is learned from, the performance how well it goes, on new "
        "mails: those of the training can be known by heart. Samuel's player of draughts (1959): T is to play, E are "
        "games against itself, P is the share of games that it wins. The rule by hand has a task and a performance, "
        "and no experience makes it better.",
    ),
    "hundred": predict(
        "The rule by hand is right on 79 %. From how many examples on does the machine do better, on average?",
        ("10", "30", "1000", "3000"),
        1,
        "With ten mails it hardly beats “always ham”, and it depends on which ten. With thirty it is right on 88 %, "
        "with a hundred on 93, with three thousand on 98.",
        "Share of new mails that are sorted right, against the number of mails to learn from, from 10 to 3000. The "
        "learned rule rises from about 70 to 98 percent, its five draws lying far apart at first and close together "
        "in the end; dashed lines mark the rule by hand at 79 and always ham at 69 percent.",
    ),
    "kinds": predict(
        "Eight tasks: (1) tell the price of a flat from 5,000 sold ones, (2) group customers by what they buy, (3) walk "
        "upright, falling costs, (4) find the mail unlike all others, (5) read digits, each with its label, (6) win at "
        "go, told the winner only, (7) squeeze pictures into 32 numbers and back, (8) tell who will fall ill, from old "
        "cases. Which are supervised?",
        ("1, 5, 8", "1, 2, 5, 8", "1, 5, 6, 8", "1, 4, 5, 7, 8"),
        0,
        "Each example of 1, 5 and 8 comes with its answer. In 2, 4 and 7 there are none: unsupervised (7 is its own "
        "answer, which later lessons call self-supervised). In 3 and 6 there is a reward, and nobody says which move was "
        "the good one: reinforcement.",
    ),
    "threshold": predict(
        "You raise the threshold, step by step. Which of the two numbers moves in one direction only?",
        ("precision: it never falls", "recall: it never rises", "both", "neither"),
        1,
        "A higher threshold throws away fewer mails, so it can't find more of the spam: recall never rises. Precision "
        "mostly rises, as doubtful mails go first, but it falls each time that only spam is let go while some ham is "
        "still thrown away.",
        "Precision and recall of one filter against the threshold. Recall falls steadily from nearly one to about "
        "four tenths; precision rises from about two thirds to nearly one, with small steps down on the way.",
    ),
    "broadcast": predict(
        "`truth` has the shape (4,), `guess` holds the same four numbers in the shape (4, 1). What is `truth - guess`?",
        (
            "four zeros, of shape (4,)",
            "an error: the shapes differ",
            "a table (4, 4) with zeros on its diagonal",
        ),
        2,
        "From the last axis on: 4 meets 1, so the column is repeated four times; then nothing meets 4, so the row is "
        "repeated four times. Each number is compared with each, and no error is raised.",
    ),
    "view": predict(
        "`A` is 3 × 2, all zeros. `part = A[1:]`, `picked = A[[1, 2]]`; then `part[0, 0] = 7` and `picked[0, 1] = 9`. "
        "What is row 1 of `A`?",
        ("[0, 0]", "[7, 0]", "[0, 9]", "[7, 9]"),
        1,
        "A slice is a window onto the same memory, so the 7 shows up in `A`. A list of row numbers picks out a copy, so "
        "the 9 does not. And 200 + 100 = 44: `uint8` begins anew after 255, without a word.",
    ),
    "length": predict(
        "Most mails are short, a few are very long. How do the three best constants for the number of words lie?",
        (
            "all three close together",
            "squared below absolute below 0-1",
            "0-1 below absolute below squared",
        ),
        2,
        "The most frequent length, 69 words, lies where mails crowd; half of them are shorter than the median, 111; the "
        "mean, 211, is pulled up by the long ones, and three mails of four are shorter than it. Make the single longest "
        "mail ten times as long: the mean moves, the median does not.",
    ),
    "certain": predict(
        "The rule by hand is right on 79 %. It is asked for probabilities and says 0 or 1, being sure of itself. "
        "What is the mean surprise?",
        ("0.21", "about 0.6, as for who always says the share of spam", "infinite"),
        2,
        "One mail that is held for impossible and comes is enough. The same rule with 80 % for its word is better than "
        "knowing the share alone, with 99 % already worse: who is right four times in five should say so.",
    ),
    "heads": predict(
        "Six tasks: (1) the temperature tomorrow, (2) which of ten digits, (3) spam or not, (4) all things that a "
        "photograph shows, of 80, (5) how many visitors come, (6) the five coordinates of a robot's arm. Which of them "
        "take sigmoids?",
        ("3 only", "3 and 4", "2, 3 and 4", "3, 4 and 5"),
        1,
        "3 is one yes or no; 4 is eighty of them, as things don't exclude each other: eighty sigmoids and the sum of "
        "their cross-entropies. 2 takes a softmax over ten. 1 and 6 are numbers: no activation, squared error, one "
        "output and five. 5 is a count: the exponential of a score as the mean of a Poisson distribution, and its "
        "likelihood as loss; a plain number with squared error is what many take.",
    ),
    "order": predict(
        "Somebody cleans, chooses the 500 words with the clearest labels on all mails, scales all mails, and then parts "
        "them. What is wrong with the test?",
        (
            "nothing: no weight was fitted before the split",
            "the test mails' labels had a say in the choice of words",
            "the test mails should have been cleaned apart",
        ),
        1,
        "Choosing and scaling are fitted, too: what they learn from test mails helps on these test mails and on no "
        "others. Only cleaning comes before, as a copy must not stand on both sides. Words and scales are taken from "
        "training rows, and used on all.",
    ),
    "hard": predict(
        "The filter is right on 98 to 99 of 100 new ordinary mails. How many of the 250 newsletters does it leave in the "
        "inbox?",
        ("nearly all", "about nine in ten", "about half"),
        2,
        "Five filters, five draws, the same picture: about half of these wanted mails are thrown away. They are written "
        "like advertising, and nothing in the training said that somebody wants them.",
    ),
}
