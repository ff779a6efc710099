"""The predict-then-run questions of lesson 04-generalisation."""

from helpers.widgets import predict

QUESTIONS = {
    "shuffled": predict(
        "The labels of the 300 are shuffled. After 60 epochs, what is the error on these 300?",
        (
            "about 90 %, as there is nothing to learn",
            "about 50 %",
            "near 0: it learns them by heart",
        ),
        2,
        "The network stores all 300 arbitrary labels, and reads new digits no better than a guess, 90 % wrong. So a small "
        "training error does not even show that there was something to learn.",
        alt="Two panels. On the left the labels are true: the error on the 300 falls to 0, that on new digits to about "
        "15 per cent. On the right they are shuffled: the error on the 300 falls to 0 as well, that on new digits stays "
        "near 90 per cent.",
    ),
    "hundred": predict(
        "A model is right on 87 of 100 new rows. Between which accuracies is the truth, with about 95 % confidence?",
        ("86.5 % and 87.5 %", "85 % and 89 %", "80 % and 94 %"),
        2,
        "The root of 0.87 · 0.13 / 100 is 0.034, and two of those are nearly 7 points. Most differences that are told of "
        "after a hundred rows are smaller than that.",
    ),
    "genes": predict(
        "Twenty of 2,000 coins, chosen by all 200 patients, then cross-validated. What accuracy comes out for an illness "
        "that is a coin, too?",
        ("about 50 %", "about 60 %", "almost 80 %"),
        2,
        "Among 2,000 coins some go well with any 200 tosses, and they were chosen on the very rows that test them. "
        "Chosen inside each fold, they are right in about half of the cases: a coin.",
    ),
    "descent": predict(
        "With 100 random features the error on new digits is about a third, with 300 five sixths. With 4,000?",
        (
            "worse still, close to a guess (90 %)",
            "about five sixths, as all 300 are known by heart already",
            "about a third again",
            "less than a fifth",
        ),
        3,
        "It is the best of all. Where the number of features equals the number of digits there is a single fit, and it "
        "is a wild one. With more features many fit, and least squares takes the shortest of them.",
        alt="On a logarithmic axis of features the error on the 300 falls to 0 at about 200. The error on new digits "
        "falls to 0.32 at 100 features, climbs to a sharp peak of 0.85 at exactly 300, and falls again, to 0.15 at 4,000.",
    ),
    "turn": predict(
        "Each batch of digits is turned by half a turn, or not, by chance. What becomes of the error on new digits?",
        ("it falls, as with every augmentation", "it stays", "it rises"),
        2,
        "A 6 turned round is a 9, and gets the label 6. An augmentation is right only if the label survives it.",
    ),
    "best": predict(
        "Each of 100 models tosses a coin for each of 100 test rows. How often is the best of them right?",
        ("50 %", "about 55 %", "about 62 %", "about 75 %"),
        2,
        "One coin has a standard error of 5 points. The largest of a hundred draws lies about two and a half of those "
        "above the mean. On new rows that very model is back at 50 %.",
        alt="Two histograms. That of the best of a hundred, on the rows that chose it, is narrow and stands between 58 "
        "and 70 per cent; that of the same model on new rows is wide, around 50 per cent.",
    ),
}
