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
        ("it grows about 125 times, as the rows do", "it grows about 10 times", "it hardly changes"),
        2,
        "There are a handful of mistakes each time. The bound (R / γ)² does not contain n. More rows of "
        "the same kind mostly confirm what the perceptron already knows, and it learns from mistakes only.",
    ),
    "xor": predict(
        "What happens when the perceptron is trained on XOR and never stopped?",
        (
            "it settles on weights that get three of the four corners right",
            "its weights grow without end",
            "it comes back to the same weights and goes round in a circle",
        ),
        2,
        "Each mistake undoes an earlier correction, and after a few sweeps the weights "
        "are where they were. For any data that no line separates the weights stay bounded and never settle.",
    ),
    "separable": predict(
        "Gradient descent on the logistic loss, two separable clouds, as many steps as you like. The weights …",
        ("come to rest at the minimum", "grow without end", "swing to and fro around the minimum"),
        1,
        "Ever more slowly, but for ever (like the logarithm of the number of steps). Twice the weights "
        "means the same line but more certain probabilities, and on separable data that is always a lower loss.",
    ),
    "circle": predict(
        "With 30 training samples in raw coordinates, how does the neuron do against always guessing “outside” (61 %)?",
        ("clearly better", "about as well", "worse"),
        2,
        "It is right about half the time. No line is any good here, so what it finds in 30 samples is accident, and accident "
        "costs accuracy on new ones. Only with very many samples does it learn to guess “outside” nearly always.",
    ),
}
