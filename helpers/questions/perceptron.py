"""The predict-then-run questions of lesson 01-perceptron."""

from helpers.widgets import predict

QUESTIONS = {
    "gates": predict(
        "How many of the 16 truth tables of two inputs can a single neuron compute?",
        ("all 16", "14", "12", "8"),
        1,
        "Two are out of reach, and part 5 shows which. A line can cut off any corner, any edge, or nothing "
        "at all; what it can't do is put two opposite corners on one side and the other two on the other.",
    ),
    "rows": predict(
        "With the margin kept at 0.1, how does the number of mistakes change from 20 rows to 2500?",
        (
            "it grows until it comes near the bound of 100",
            "it grows about 125 times, as the rows do",
            "it grows a little, if at all",
        ),
        2,
        "There are a handful of mistakes each time. More rows of the same kind mostly confirm what the "
        "perceptron already knows, and it learns from mistakes only. A growth by 125 is excluded by the theorem; "
        "a growth up to the bound is not, but it would take rows chosen by somebody who wishes you ill.",
    ),
    "xor": predict(
        "What happens when the perceptron is trained on XOR and never stopped?",
        (
            "it settles on weights that get three of the four corners right",
            "its weights grow without end",
            "it comes back to the same weights and goes round in a circle",
        ),
        2,
        "All four corners are mistakes, one after the other, and the fourth leads back to where the first began. "
        "At the end of each sweep it is right on two corners, no better than a coin. For any data that no line "
        "separates the weights stay bounded and never settle.",
        "The four corners of XOR four times, each time with the corner that was shown ringed, the line before it dotted "
        "and the line after it drawn. The line that is drawn last is the one that was dotted first.",
    ),
    "count": predict(
        "The network in the drawing: two inputs, two neurons, one neuron. Which name would be wrong in every book?",
        (
            "a network with one hidden layer",
            "a two-layer network",
            "a three-layer network",
            "a network of five neurons",
            "a single neuron",
        ),
        4,
        "One hidden layer is what this course says. Those who count layers of weights say two, those who count the "
        "inputs as a layer say three, and those who draw inputs as neurons count five of them where we count three; "
        "some say “single-layer” for one hidden layer. “Perceptron” is no better: here it is a single Heaviside "
        "neuron, elsewhere a whole layer, or any network of this kind (“multi-layer perceptron”).",
    ),
    "separable": predict(
        "Gradient descent on the logistic loss, two separable clouds, as many steps as you like. The weights …",
        ("come to rest at the minimum", "grow without end", "swing to and fro around the minimum"),
        1,
        "Ever more slowly, but without end (like the logarithm of the number of steps), while the direction settles. "
        "Twice the weights means the same line but more certain probabilities, and on separable data that is always "
        "a lower loss. It falls towards 0 and never arrives: this loss has no minimum here, and descent stops only "
        "because we stop it.",
    ),
    "head": predict(
        "A photograph may show a cat, a dog, both, or neither. Which last layer says so?",
        (
            "a softmax over cat and dog",
            "a sigmoid for each of the two",
            "one sigmoid",
            "no activation at all",
        ),
        1,
        "Softmax shares out a probability of 1, so it can't say “both” or “neither”. Two questions that don't exclude "
        "each other (several labels, not several classes) are two logistic neurons side by side, and the loss is the "
        "sum of their cross-entropies. A softmax over the four cases would do as well, but has to learn “both” anew.",
    ),
    "circle": predict(
        "With 30 samples in raw coordinates, how does the neuron do against always guessing “outside” (61 %)?",
        ("clearly better", "about as well", "worse"),
        2,
        "It is right about half the time. No line is any good here, so what it finds in 30 samples is accident, and "
        "accident costs accuracy on new ones. Only with very many samples does it learn to guess “outside” nearly "
        "always.",
        "Accuracy on new samples against the number of training samples. The line on squares is on top, from 93 percent "
        "with ten samples to 99 with a thousand; learning by heart rises from 70 to 98 percent; the line on raw "
        "coordinates stays at or below the baseline of 61 percent, which is drawn dashed.",
    ),
}
