"""The predict-then-run questions of lesson 08-transformers."""

from helpers.widgets import predict

QUESTIONS = {
    "mixing": predict(
        "You change one token of six and run a block without a mask. After layer norm and the inner network alone "
        "(no attention), how many rows of the output have changed?",
        ("one", "those behind it", "all six"),
        0,
        "Layer norm and the network work on each row by itself. Attention is the only step of a Transformer that mixes "
        "tokens; everything else could as well be done to each token in a different room.",
    ),
    "depth": predict(
        "The letters' frequencies alone give a surprise of 2.8. Without the sums, six blocks get in 100 steps to …",
        ("about 2.1, as with the sums", "about 2.8: frequencies alone", "more than 3.3: worse than chance"),
        1,
        "Without the road past the blocks, the token is lost in six rounds of mixing, and so is the gradient on its "
        "way back. What is left to learn is what the last layer can do without seeing anything: how frequent letters are.",
        alt="The loss of three models of six blocks in 100 steps. With the norm before it falls fastest, with the norm after somewhat later; without the sums it stays near 2.8.",
    ),
    "waves": predict(
        "Two formulas mark places by waves. One gives each coordinate a sine; the other gives each pair a sine and a "
        "cosine. For which does the product of two places depend on their distance alone?",
        ("for sines only", "for pairs", "for both", "for neither"),
        1,
        "sin a sin b + cos a cos b = cos(a - b): in a pair, only the difference of the angles is left. Sines alone "
        "have no partner to cancel with.",
        alt="Products of 50 places with each other. With pairs every diagonal has one shade; with sines only the shades grow darker along the diagonal. The third picture shows the marks: fast waves in the left columns, slower and slower ones to the right.",
    ),
    "race": predict(
        "The same names, 600 steps, batches of 64. The plain recurrent network reached 7.2, the GRU and the LSTM 6.9. "
        "Your GPT of two blocks has more numbers than any of them. It will reach …",
        ("about 5: Transformers are better", "about 7: in the same range", "about 9: worse than all"),
        1,
        "Names are short, and little data teach little. A recurrent network is born with order: the last letter is "
        "always nearest. A Transformer has to learn from 4,163 names what a place is.",
    ),
    "greedy": predict(
        "At temperature 0 the model of Moby-Dick always takes the likeliest letter. What will it write?",
        ("its best text", "the same few words again and again", "gibberish"),
        1,
        "The likeliest next letter is a safe one, and after safe letters come the same safe letters. What people write "
        "is not the likeliest text; a little chance keeps it moving.",
    ),
    "twins": predict(
        "“The ending gave me goosebumps.” has a twin, “The ending made me groan.” For how many of 120 such "
        "sentences does the nearest one by meaning share its opinion?",
        ("about 90 %", "about half", "about 10 %"),
        2,
        "11 %. For MiniLM, the nearest is nearly always the twin: same topic, same words, opposite opinion. Near in "
        "meaning says about the same thing, not of the same mind.",
    ),
    "judges": predict(
        "Both learn from the same 7,603 rated sentences. On 2,000 new ones the encoder, which sees the order of the "
        "words, is better than the bag of words, which does not, by …",
        ("ten points or more", "next to nothing", "it is worse by ten points"),
        1,
        "Both are right on some 77 of 100. The encoder could use the order, but most reviews are decided by single "
        "words, and for the others 7,603 sentences are too few to learn from.",
    ),
    "decoder": predict(
        "People call GPT a “decoder”. Compared with the decoder of the first Transformer, which translated, what "
        "does GPT's block lack?",
        ("the causal mask", "the attention to the other text", "the layer norm"),
        1,
        "It keeps the causal mask, and there is no second text to look at. So a GPT block is an encoder block with a "
        "mask; the name only says what it is used for.",
    ),
    "memory": predict(
        "The rows of the memory, one for each word of the original, are put into another order. What does a token "
        "of the decoder find in it now?",
        ("what stands in other places: something else", "the same as before", "the same, in another order"),
        1,
        "Every query weighs all rows of the memory and adds them up, in whatever order. So the encoder has to write "
        "places into its rows.",
    ),
    "short date": predict(
        "02/03/04: a model knows that 40 % of people mean 2002-03-04, 30 % mean 2004-03-02 and 30 % mean 2004-02-03. "
        "It writes the ISO form from left to right, each time the likeliest digit. It writes …",
        ("2002-03-04, the likeliest", "one of the two others", "a date that nobody means"),
        1,
        "The year comes first, and 2004 has 60 %: both readings that end on the year share it. Then the 60 % split, and "
        "greedy is left with a date of 30 %. It can't go back to the one of 40 %.",
    ),
}
