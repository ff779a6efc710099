"""The predict-then-run questions of lesson 05-convolution."""

from helpers.widgets import predict

QUESTIONS = {
    "shuffle": predict(
        "All pixels of all digits, for learning and for the test, are shuffled in one and the same way. Lesson 3's "
        "network is trained anew on the shuffled digits. What becomes of its accuracy?",
        (
            "it falls to one in ten",
            "it falls by a few per cent",
            "nothing: it stays the same, give or take luck",
        ),
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
        ("the same grey", "zero everywhere", "the largest number of all: an even area is one big pattern"),
        1,
        "All nine pixels are the same number g, so the result is g times the sum of the weights. Edge kernels add up to 0, "
        "blurs to 1. (In the pictures below, 0 is the grey in the middle, as edges may be positive or negative.) A kernel "
        "meant to find edges that makes something of a plain wall has a slip in it.",
        alt="A cat's face four times, under the kernels identity, blur, Sobel and all edges, in shades of grey; for the last "
        "two kernels zero is the grey in the middle.",
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
        "Neither network has seen a digit that is off its place. The dense one reads fewer than half of them when they are "
        "shifted by 3 of 28 pixels. And LeNet, which reads 96 of 100 where they stand?",
        (
            "still about 95: convolutions do not mind",
            "about 70",
            "fewer than half, like the dense one",
        ),
        1,
        "Convolutions carry a shift through unchanged, the two pools swallow a little of it, and then the dense layers come, "
        "for which each place is another number: they have never seen a 3 at that place. It hardly minds one pixel and tolerates a good "
        "pixel more than the dense network; then it falls just as steeply. More robust, and not invariant.",
        alt="Accuracy on validation digits against their shift. LeNet falls from 96 % to about 70 % at three pixels and about "
        "50 % at four, the dense network from 94 % to fewer than half and about a quarter. A dotted line marks chance, 10 %.",
    ),
    "kernel": predict(
        "Nine weights that begin at zero, one photograph, one edge picture, 400 steps of descent. What does it find?",
        (
            "nothing: from zeros no gradient leads away",
            "some other kernel that makes nearly the same edge picture",
            "the lost kernel, to a few per cent",
        ),
        2,
        "The picture has 49,284 windows, so there are 49,284 equations for nine unknowns: only one kernel fits them all, and "
        "the squared error is a bowl (lesson 2). Zeros are no trap with a single layer: the gradient with respect to a "
        "weight is what that weight saw, times the error. After ten steps it is an edge kernel already, negative on the left, "
        "positive on the right; how much of it belongs to the middle row takes hundreds.",
        alt="Five tables of three by three numbers, orange where negative and blue where positive. After 0 steps all are zero; "
        "after 10 the left column is near -0.3, the right one near 0.3; after 50 they are between 1.2 and 1.7; after 400 "
        "they are within a tenth of the last table, which is Sobel's.",
    ),
    "mirror": predict(
        "In training, half of all batches are shown in the mirror, with their labels. How well does LeNet then read unseen "
        "digits, which nobody mirrored?",
        (
            "better: more pictures are better",
            "as well as before",
            "worse: it makes more than half as many mistakes again",
        ),
        2,
        "A cat in the mirror is a cat; a 2 in the mirror is nothing that anybody writes, and looks a little like a 5 or a 6. "
        "The network spends its weights on telling such things apart. (And who turns pictures upside down teaches it that a 6 "
        "is a 9.) A change is worth something only if it keeps the label, and leads to pictures that may come.",
    ),
    "field": predict(
        "Three layers of 3 × 3, stacked. How wide is the patch of the image that one number at the top sees?",
        ("3 pixels", "7 pixels", "9 pixels", "27 pixels"),
        1,
        "Each layer adds k − 1 = 2: 3, 5, 7. Three such layers have 3 · 9 c² weights for c channels, one of 7 × 7 has 49 c², "
        "and between the three there are two more ReLUs.",
    ),
}
