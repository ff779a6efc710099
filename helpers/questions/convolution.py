"""The predict-then-run questions of lesson 05-convolution."""

from helpers.widgets import predict

QUESTIONS = {
    "shuffle": predict(
        "All pixels of all digits, for learning and for the test, are shuffled in one and the same way. Lesson 3's "
        "network is trained anew on the shuffled digits. What becomes of its accuracy?",
        ("it falls to chance", "it falls by some per cent", "nothing: it stays the same, up to chance"),
        2,
        "A dense layer has a weight for each pixel and does not know which pixels are neighbours. Shuffle the rows of its "
        "weights in the same way and it computes the same. It sees 784 numbers, not a picture. The end of this lesson "
        "measures it.",
    ),
    "flip": predict(
        "The kernel of the worked example is `[[1, 0, 1], [0, 1, 0], [1, 0, 1]]`. By how much do correlation and "
        "convolution differ on it?",
        ("not at all", "in the corners only", "everywhere"),
        0,
        "Turned by 180 degrees this kernel is itself. A test that uses only this example passes code that turns the kernel, "
        "or transposes it. That is why the check goes on with other kernels.",
    ),
    "edges": predict(
        "Which of these does a kernel whose nine weights add up to 0 make of an evenly grey area?",
        ("the same grey", "black: zero everywhere", "white"),
        1,
        "All nine pixels are the same number g, so the result is g times the sum of the weights. Edge kernels add up to 0, "
        "blurs to 1. A kernel meant to find edges that makes something of a plain wall has a slip in it.",
    ),
    "same": predict(
        "An image of 32 × 32 and a kernel of 5 × 5, stride 1. With how much padding does the result have 32 × 32 again?",
        ("1", "2", "4", "5"),
        1,
        "Without padding it loses k − 1 = 4 pixels; (k − 1) / 2 = 2 on each side make up for them. That works for odd k "
        "only, which is one reason why kernels are 3, 5 or 7 wide.",
    ),
    "million": predict(
        "A colour image of 400 × 400 and 1000 hidden neurons. About how many numbers does this one dense layer learn?",
        ("half a million", "5 million", "50 million", "500 million"),
        3,
        "400 · 400 · 3 = 480,000 inputs for each of 1000 neurons. A convolution with 64 filters of 3 × 3 learns 1,792 "
        "numbers, however large the image is.",
    ),
    "stride": predict(
        "The input of a convolution with stride 2 is shifted by one pixel. What happens to its output?",
        ("it is shifted by half a pixel", "it is shifted by one", "it changes into other numbers"),
        2,
        "The windows now fall on places that were skipped before. Only a shift by a multiple of the stride shifts the "
        "output. What is called equivariance holds for stride 1.",
    ),
    "invariant": predict(
        "LeNet and the dense network have never seen a digit that is off its place. Digits are shifted by 3 of 28 pixels. "
        "How many of 100 does each still read?",
        (
            "LeNet about 95, the dense network about 90",
            "LeNet about 70, the dense network about 45",
            "both about 10, as by chance",
        ),
        1,
        "Convolutions carry a shift through unchanged, pooling swallows a little of it, and then the dense layers come, "
        "for which each place is something else. More robust, but not invariant.",
    ),
    "field": predict(
        "Three layers of 3 × 3 one upon the other. How wide is the patch of the image that one number at the top sees?",
        ("3 pixels", "7 pixels", "9 pixels", "27 pixels"),
        1,
        "Each layer adds k − 1 = 2: 3, 5, 7. Three such layers have 3 · 9 c² weights for c channels, one of 7 × 7 has 49 c², "
        "and between the three there are two more ReLUs.",
    ),
}
