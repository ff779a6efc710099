"""The predict-then-run questions of lesson 03-backprop."""

from helpers.widgets import predict

QUESTIONS = {
    "tanh": predict(
        "Somebody mixes up two signs and writes (e⁻ᶻ − eᶻ) / (eᶻ + e⁻ᶻ) for tanh. Which test finds it?",
        ("it is 0 at 0", "it lies between −1 and 1", "it is odd: f(−z) = −f(z)", "it increases"),
        3,
        "The slip gives −tanh, which passes the first three. A test is worth something only if the mistake fails it; "
        "the checks of this course are themselves tested that way.",
    ),
    "order": predict(
        "A gradient `g` of 1000 numbers, three Jacobians of 1000 × 1000. How many multiplications does `((g @ J3) @ J2) @ J1` "
        "save against `g @ (J3 @ (J2 @ J1))`?",
        (
            "none, the result is the same",
            "about two thirds of them",
            "almost all: 3 million instead of 2001 million",
        ),
        2,
        "A vector times a matrix costs 10⁶ multiplications, a matrix times a matrix 10⁹. The order does not change the "
        "result, but it decides whether deep learning is possible. That is why gradients are carried backward.",
    ),
    "update": predict(
        "A program updates the last layer first and then carries the error back through the new weights. What happens?",
        (
            "it stops with an error",
            "the loss does not fall",
            "the loss falls, the network learns, and nobody notices",
        ),
        2,
        "The gradients of the earlier layers are a little off: small enough to learn with, large enough to be wrong, as "
        "most of the time a slightly wrong direction still leads downhill. A falling loss proves nothing. Comparing one "
        "gradient with finite differences does.",
    ),
    "xor": predict(
        "Two hidden neurons are enough for XOR: in lesson 1 you built such a network. Gradient descent from 20 random "
        "starts finds one …",
        ("every time", "about half of the time", "almost never"),
        1,
        "One hidden neuron can't do it. Two can, and often don't: the weights exist, but from many starts every small step "
        "leads only into a dead end. With a few more than needed there is nearly always a way down. Backpropagation gives "
        "directions; it promises no arrival.",
    ),
    "blame": predict(
        "One picture of a 4, 101,770 weights. For how many of them is the gradient of this picture's loss not zero?",
        ("for all of them", "for about half", "for fewer than one in ten"),
        2,
        "What a weight did to the loss is the number it read times the error it fed. A pixel without ink read 0, and a ReLU "
        "that is silent passes no error on; so neither they nor their weights are to blame. About 100 pixels with ink times "
        "about 80 neurons that spoke remain, and all of the second layer that listened to them.",
    ),
    "mend": predict(
        "One step of descent for this digit alone, with η = 0.2 as in training. Of 1,000 validation digits, how many does "
        "the network then read right? (Before, it was 949.)",
        ("about 950: it has learned something", "about 900: a little is lost", "fewer than 400"),
        2,
        "It is sure of its 4 now, and takes more than 600 other digits for a 4 as well. In training each digit has one vote of 64, "
        "and what they agree on is left. One digit at full strength gets all it wants, from weights that others share. "
        "With a far smaller step it could have been mended for nothing.",
    ),
    "attack": predict(
        "Each pixel of a digit (0 is white, 1 is black) is changed by 0.1 at most. How low can the accuracy of your 95 % network fall?",
        ("to about 94 %", "to about 70 %", "below 20 %"),
        2,
        "Random changes of that size cost next to nothing. But backpropagation tells for each pixel in which direction "
        "it hurts. Nothing is broken: a score is a sum over 784 pixels, and 784 small changes that all push the same way "
        "are a big push.",
        alt="Accuracy on validation digits against the size of the change. With random signs it stays above nine tenths; "
        "with the signs of the gradient it falls below two tenths at 0.1.",
    ),
    "depth": predict(
        "Thirty layers of sigmoid neurons. The gradient that reaches the first layer is, compared with that at the last, …",
        ("about the same", "about a thousand times smaller", "more than a billion times smaller"),
        2,
        "Each sigmoid multiplies by at most 1/4, and ten of them by at most 0.25¹⁰, which is less than 10⁻⁶. Through thirty "
        "a 10⁻¹⁹th part arrives: whatever the first layers do, they are not told. The same sigmoids with residual "
        "connections lose nothing, as the error can go past each of them.",
        alt="The size of the gradient at each of thirty layers on a logarithmic axis. Through sigmoids it falls by nineteen "
        "orders of magnitude; with weights too large it grows by seven; with ReLU and He, tanh and Glorot, or sigmoids "
        "with residuals it keeps its size to within a factor of ten.",
    ),
}
