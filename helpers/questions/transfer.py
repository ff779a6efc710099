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
        "Digits, one label for each, last stage: with every column brought to deviation 1, worse than pixels. Now divide all "
        "columns by one and the same number. Compared with pixels that are treated alike, the 1280 features are …",
        (
            "still worse: what the last stage has thrown away stays away",
            "about as good",
            "better by about 15 points",
        ),
        1,
        "0.43 against 0.44, and on textures 0.98 where it was 0.71. A column that hardly moves in the pool holds little but "
        "noise; brought to deviation 1 it shouts as loudly as the best, and there are hundreds of such columns. The loss was "
        "made by the scaling, not by the network.",
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
        alt="Bars, with three seeds as dots: the head alone, or also the last stage, gives about eight tenths; the last three stages nearly nine; all eight slightly less. With norms that learn, too, it falls below six tenths, and from random weights far below.",
    ),
    "products": predict(
        "On new sentences about films the probe is right in 66 %. On sentences about products, of which it has never seen one, "
        "it is right in …",
        ("about 46 %", "about 56 %", "about 66 %: praise is praise"),
        0,
        "46 %, hardly more than to say neutral always (41 %). It is not the words: between praise and blame it chooses as "
        "well as before. What has moved is how often people are neither: in 16 % of the sentences on films, in 41 % here.",
    ),
    "seven": predict(
        "Trained without a single seven. How many of the sevens does it recognise, told by a sentence?",
        ("hardly any", "about 30 %", "about 90 %, as for the others"),
        0,
        "About two in a hundred. The sentence lands somewhere between those of other numbers, but nothing tells the picture "
        "tower to put sevens there: it puts them to nines and threes, which they look like.",
    ),
    "homogenisation": predict(
        "A thousand products are built on one pretrained model. Which risk does that add?",
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
