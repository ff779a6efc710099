"""The predict-then-run questions of lesson 10-generative."""

from helpers.widgets import predict

QUESTIONS = {
    "seven": predict(
        "The copier never saw a seven. How will its copies of sevens be?",
        (
            "of another digit, perhaps a 1 or a 9",
            "mostly sevens, with a larger error than those of a copier that saw them",
            "so bad that sevens are easily told by their error",
        ),
        1,
        "What it learned are strokes, and sevens are made of strokes. Their error is higher than it would be with sevens in the "
        "training set, but not higher than that of twos and eights, so that by the error alone few sevens stand out.",
        alt="Three squares of sixteen digits: sevens; copies by the network that never saw one, softer, most of them still sevens, some "
        "of them broken; and sharper copies by the one that saw all digits.",
    ),
    "write": predict(
        "Which codes make the decoder of a plain autoencoder write digits?",
        (
            "standard normal ones, as well as those from the fitted Gaussian",
            "those from the fitted Gaussian more often, and more kinds of digits",
            "neither: a plain autoencoder can't write",
        ),
        1,
        "It can write where its codes are. Nothing in its loss says where that is, so standard normal codes often fall beside it.",
        alt="Three squares of 25 digits: real ones; scribbles, hardly one of them a digit; and drawings of "
        "which a good part are digits.",
    ),
    "collapse": predict(
        "Eight equally frequent spots. The judge learns as quickly as the forger, or ten times more slowly. When does the "
        "forger serve all of them, or nearly all, after 1,500 rounds?",
        (
            "in all games",
            "where the judge is quick",
            "where the judge is slow, as the forger has more time",
            "never: it ends in one spot",
        ),
        1,
        "The forger is paid for rows that the judge takes for real, not for different ones. Only a judge that keeps up drives it "
        "from a spot that it has overcrowded.",
        alt="Four panels with eight grey spots on a circle. At round 375 the orange points are a cloud around the spot at the "
        "left, at 750 they still leave much of the circle empty, at 1,500 they are an outline through nearly all spots. In the "
        "last panel, with a slow judge, they are a drop at one spot.",
    ),
    "memory": predict(
        "One diffusion model learned from 7,000 codes, another from 30. Which of them hands out what it was shown?",
        ("both", "the one with 30", "neither: they only learn to predict noise"),
        1,
        "To predict noise well on thirty examples one only has to know the thirty. With thousands that is harder than to know "
        "what digits look like.",
        alt="Four squares of nine digits. Those drawn from 7,000 are alike to their nearest, but differ in strokes; those drawn "
        "from 30 and their nearest are mostly the same pictures.",
    ),
}
