"""The predict-then-run questions of lesson 09-transfer-learning."""

from helpers.widgets import predict

QUESTIONS = {
    "coins": predict(
        "Rows are drawn at random, so that exposures of one picture land on both sides. How many of the held-out coins "
        "does the probe predict? And if whole pictures are drawn?",
        ("about 50 %, and about 50 %", "about 60 %, and about 50 %", "more than 90 %, and about 50 %"),
        2,
        "It has learned the pictures by heart, and most of the held-out rows show a picture that it knows. A test that "
        "rewards memory can be passed by memory.",
    ),
    "digits": predict(
        "Handwritten digits, one label for each. Compared with a probe on raw pixels, the 1280 numbers after the network's "
        "last stage are …",
        ("better by about 15 points", "about as good", "worse"),
        2,
        "Over ten splits 0.34 on average against 0.40. Nothing among ImageNet's classes is a handwritten digit, and the last "
        "stage keeps what tells *those* classes apart. Keep the middle stage in view, though.",
    ),
    "rotation": predict(
        "Most zeros look the same upside down. Of new zeros, in how many does the network tell the right one of four "
        "positions?",
        ("about 25 %: a circle has no upside", "about 50 %", "more than 90 %"),
        2,
        "Handwritten zeros are slanted and their ends meet near the top, and so hardly any looks the same "
        "in another position. The pretext forces the network to see such traces of the hand.",
    ),
    "norms": predict(
        "All eight stages learn, from ImageNet's weights. Batch norms keep their stored statistics (frozen), or they learn "
        "as well, on batches of 20. Which is better on new digits, after 100 steps?",
        (
            "frozen, by about 2 points",
            "frozen, by more than 20 points",
            "learning, as digits are no photographs",
        ),
        1,
        "0.86 against 0.56. In training each batch is normalised by itself; at test time by running statistics that have "
        "come only part of the way (1 % a step). The two no longer fit.",
    ),
    "seven": predict(
        "Trained without a single seven. How many of the sevens does it recognise, told by a sentence?",
        ("hardly any", "about 30 %", "about 90 %, as for the others"),
        0,
        "About two in a hundred. The sentence lands somewhere between those of other numbers, but nothing tells the picture "
        "tower to put sevens there: it puts them to nines and threes, which they look like.",
    ),
    "homogenisation": predict(
        "A thousand products are built on one pretrained model. Which risk does that *add*?",
        (
            "each product needs more labels",
            "one flaw of the model is in all of them at once",
            "the products can no longer be fine-tuned",
        ),
        1,
        "A bias, a hole or an error in the common part comes back everywhere, and no product's own tests stand for "
        "the others. The merit is the same sentence: what is mended there is mended everywhere.",
    ),
    "order": predict(
        "How is a large language model made into an assistant?",
        (
            "fine-tuning on dialogues, then pretraining on text, then learning from people's preferences",
            "pretraining on text, then fine-tuning on dialogues, then learning from people's preferences",
            "learning from people's preferences, then pretraining on text, then fine-tuning on dialogues",
        ),
        1,
        "First the broad and self-supervised, by predicting the next token; then examples of good answers (SFT); last, "
        "comparisons of answers by people, from which a reward is learned (RLHF). Labels get fewer and dearer from step to step.",
    ),
}
