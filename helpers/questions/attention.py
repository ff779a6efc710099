"""The predict-then-run questions of lesson 07-attention."""

from helpers.widgets import predict

QUESTIONS = {
    "order": predict(
        "You shuffle the words of a sentence and run self-attention again. Compared with before, the output rows are …",
        (
            "exactly the same, in the same order",
            "the same rows, shuffled like the words",
            "different numbers",
        ),
        1,
        "Shuffling rows of X shuffles rows and columns of A in the same way, and so the rows of AX. That is called "
        "equivariant. Only a summary of all rows, such as their mean, does not notice at all: that is invariant.",
    ),
    "variance": predict(
        "`q` and `k` hold d independent numbers each, of mean 0 and variance 1. What grows with d?",
        ("the mean of q · k", "the variance of q · k, like d", "nothing: positive and negative terms cancel"),
        1,
        "The product is a sum of d independent terms of mean 0 and variance 1. Means add up to 0, variances to d. "
        "So a typical score has size √d, and dividing by √d brings it back to 1.",
    ),
    "it": predict(
        "In one head of layer 4, “it” gives 68 % of its attention to “animal”. Now the sentence ends in “too wide” "
        "instead of “too tired”. That head's weight on “animal” …",
        (
            "stays about the same",
            "falls below 30 %, and “street” gets most",
            "falls below 30 %, but “street” gets only a little more",
        ),
        2,
        "It falls to 28 %, and “street” rises from 5 % to 12 %; most goes to the mark at the beginning. In none of the 72 "
        "heads does “it” give “street” more than 24 %. Real heads are rarely as tidy as in drawings.",
    ),
    "late": predict(
        "Somebody takes the softmax of all scores and multiplies the weights of later tokens by 0 afterwards. Does "
        "the output at a place still depend on tokens that come later?",
        ("no, their weights are 0", "yes, at every place but the last", "only in the first row"),
        1,
        "The future stands in the denominator: it takes its share of the sum before it is erased. The table of weights "
        "looks perfectly causal. Only an experiment on the whole function shows the leak.",
        alt="Three tables of six by six. Weights that were hidden too late fill the lower triangle only, but all 36 fields of their influence are full. Hidden in time, the influence is the lower triangle.",
    ),
    "places": predict(
        "Counting pairs of letters gives a perplexity of 10.4. Your model without places can't tell in which order the "
        "earlier letters came. On new names, its perplexity will be …",
        (
            "about 10.4: it knows no more than pairs",
            "worse: a heap of letters confuses it",
            "well below 10.4, about 8",
        ),
        2,
        "It always knows the current letter (it is added at the end), so it can do what pairs can. Which letters "
        "came before, in any order, tells a lot beyond that: a name with an x in it, or with two vowels so far.",
    ),
    "padding": predict(
        "Two names in a batch, “ada” and “marianna”, so that the last places of “ada” are empty. Another letter is put "
        "into every empty place. Which of the model's scores for “ada” move?",
        (
            "all of them: attention mixes the whole row",
            "those at the empty places alone",
            "none at all",
        ),
        1,
        "The padding stands at the end, so for every real letter it is the future, and the causal mask hides it. The "
        "scores at the empty places do move, but nobody uses them: the loss counts real letters only. That is why this "
        "model gets by without a padding mask.",
    ),
    "leak": predict(
        "The same model, trained with the mask after the softmax: all weights on the future are 0, only the denominator "
        "knows of it. Its perplexity on held-out names, where 7.6 is honest, will be …",
        ("7.6, give or take: what is left of the future is one number", "about 5", "about 3", "close to 1"),
        3,
        "It is 1.06. The denominator is one number a head and a place, but the network chooses what goes into it: it "
        "learns scores so that their sum spells out the letter that comes next, and four heads have room enough for 27 "
        "letters. Gradient descent finds any leak that pays.",
    ),
    "cheat": predict(
        "You forget the causal mask and train. On the 1,000 held-out names the perplexity is …",
        ("about the same", "worse, since it overfits", "almost 1: nearly perfect"),
        2,
        "It is 1.00. With letters and places in view, it has learned to copy the letter on its right; when it writes, there "
        "is none. Held-out names don't expose that: they, too, are shown whole. A test on new data finds overfitting, not a leak.",
    ),
    "circle": predict(
        "Three words, and each shall look at the next more than at the one before, round in a circle. Are there points "
        "with such scores, the products of the points?",
        ("yes, in the plane", "yes, but not in the plane", "no, in no dimension"),
        2,
        "Call the scores of the three pairs a, b, c. The wishes say a > c, b > a and c > b: they can't all hold. Whoever "
        "wants that needs scores that differ by direction, from queries and keys.",
    ),
}
