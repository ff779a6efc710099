"""The predict-then-run questions of lesson 02-gradient-descent."""

from helpers.widgets import predict

QUESTIONS = {
    "valley": predict(
        "Curvatures 1 and 100, the best η there is. How many steps until the error is 1/1000 of what it was?",
        ("about 7", "about 35", "about 345", "about 34,500"),
        2,
        "The rate is 99/101, so each step removes about 2 % of what is left, and 0.98 to the power 345 is 1/1000. "
        "The number of steps grows in proportion to the condition number.",
    ),
    "border": predict(
        "With η = 0.3, just above the limit of 0.25, and a start at 0.7, the walk …",
        (
            "escapes to infinity, as on a parabola",
            "still converges, only more slowly",
            "jumps between two points for ever",
            "leaves the domain and ends in an error",
        ),
        2,
        "It settles on 0.5564 and 0.7248, in turn, with the minimum between them: a 2-cycle. The border says only that "
        "it can't come to rest at the minimum. Each step overshoots, but farther out the curve is flatter than the "
        "parabola and pulls back less, so the walk does not escape either.",
        alt="Three webs between a falling curve and the diagonal. At 0.24 the web winds inwards to the "
        "crossing; at 0.3 it settles on one rectangle around it; at 0.36 it fills a region.",
    ),
    "pole": predict(
        "Descent starts left of the pole, at x = 0.2, with η = 0.1. Where does it end?",
        (
            "it falls into the pole, J → −∞",
            "it creeps towards the pole and stops in front of it",
            "in the valley, on the other side",
            "at x = 0",
        ),
        2,
        "The second step starts at 0.319, where the slope is so steep that it lands at 2.378, far beyond the pole and "
        "the valley. From there it walks back. None of the 18 starts tried below finds the abyss, not even with "
        "η = 0.001: close to the pole the slope grows without limit, and with it the step.",
    ),
    "basin": predict(
        "With η = 0.03, in which of the four minima can descent settle?",
        ("in all four", "in the two deepest", "in the deepest only", "in the two shallowest"),
        3,
        "The limits 2/κ are 0.111, 0.036, 0.018 and 0.011. With 0.03 only 1.58 and 3.54 can hold it: the deeper "
        "valleys are too narrow for such steps.",
        alt="Colour says in which valley a start ends, strong where it comes to rest. For tiny learning "
        "rates there are four stripes. Each turns pale at its own two over the curvature, a little "
        "higher it is thrown out and takes the colour of its neighbour on the left, like a staircase; "
        "near the top all that is not lost ends in the widest valley, 1.58.",
    ),
    "swing": predict(
        "With the best η and β in this valley the ball starts at a height of 0.35 on the wall. How high does it ever get?",
        ("never above 0.35", "up to about 0.7, twice as high", "up to about 1.3, almost four times as high"),
        2,
        "Both directions stand exactly where ripple begins, the two roots are one, and then the error is (a + bt) zᵗ: it "
        "may grow before it shrinks. The best rate is a promise about the end, not about the beginning.",
        alt="Forty-five steps in a narrow valley. Plain descent zigzags and is little more than half way; "
        "the ball with β = 0.9 and half the rate swings gently and is nearly there; the ball with the "
        "best numbers first swings almost four times as wide, and has arrived.",
    ),
    "ball": predict(
        "η becomes four times smaller. The radius of the ball in which SGD wanders becomes …",
        ("sixteen times smaller", "four times smaller", "about two times smaller", "not smaller at all"),
        2,
        "The variance ησ²/(b(2 − η)) becomes about four times smaller, and the radius is its root: it goes only like "
        "√η. Twice the precision costs four times the steps.",
        alt="Three walks of 700 steps from the same start to a ball around the origin. The ball of "
        "learning rate 0.8 fills the panel, that of 0.2 is half as wide, that of 0.05 a quarter, but "
        "its walk in is slow.",
    ),
    "scale": predict(
        "All gradients become 100 times as large. Adam's first step becomes …",
        ("100 times as long", "10 times as long", "nearly as long as before", "100 times shorter"),
        2,
        "After one step m̂ is g and √v̂ is |g|: their quotient is the sign of g, whatever its size (but for the tiny ε). "
        "That is why the same η serves so many problems.",
    ),
    "sweep": predict(
        "Which has the lower loss: 100 sweeps with one step each, or one sweep, a flower at a time?",
        ("the hundred sweeps, clearly", "the single sweep", "the single sweep does not even get close"),
        1,
        "150 rough steps got farther than 100 exact ones, for a hundredth of the work. (Then ask whether it was fair.)",
        alt="Loss against epochs on a logarithmic axis. One flower at a time starts below where the full "
        "batch ends after a hundred epochs; batches of 16 lie in between.",
    ),
}
