"""Lesson 13, part 1: which neighbours become one piece, and how a word is cut by that."""

from collections.abc import Iterator

from numpy.random import Generator

from helpers.checks.task import Case, Misconception, Part, Task
from helpers.reference.assistants import bpe_merges

REFERENCE = "helpers.reference.assistants."
PROBES = "helpers.probes.assistants."
TORCH = "helpers.probes.transformers."  # tensors in, tensors or gradients out

# ---------------------------------------------------------------- cases


def some_words(rng: Generator, n: int) -> dict[str, int]:
    """Draw words of a few letters, and how often each occurs."""
    words = ["".join(rng.choice(list("abc"), size=int(rng.integers(2, 6)))) for _ in range(n)]
    return {word: int(rng.integers(1, 9)) for word in words}


def texts(rng: Generator) -> Iterator[Case]:
    """The words of the paper, counts that decide, pairs that overlap, a piece that grows."""
    yield Case({"words": {"low": 5, "lower": 2, "newest": 6, "widest": 3}, "k": 4})
    yield Case({"words": {"ab": 2, "abc": 1, "cd": 5}, "k": 2})
    yield Case({"words": {"aaaa": 2, "ab": 5}, "k": 1})  # six places in aaaa
    yield Case({"words": {"abab": 2, "cd": 3}, "k": 2})  # four places, in two words
    yield Case({"words": {"banana": 3, "bandana": 2, "can": 4}, "k": 5})
    yield Case({"words": {"ab": 3, "cab": 1}, "k": 0})
    yield Case({"words": {"abcabc": 1, "bc": 1, "abd": 3}, "k": 3})
    for n in (5, 8):
        yield Case({"words": some_words(rng, n), "k": 4})


def even(rng: Generator) -> Iterator[Case]:
    """Pairs that are equally frequent, met in one order or the other."""
    yield Case({"words": {"ba": 1, "ab": 1}, "k": 1})
    yield Case({"words": {"ab": 2, "zy": 2, "cd": 2}, "k": 2})
    yield Case({"words": {"xa": 1, "cb": 3, "dy": 3, "ac": 3}, "k": 2})


def short(rng: Generator) -> Iterator[Case]:
    """Texts that have no more pairs, or none at all."""
    yield Case({"words": {"ab": 3}, "k": 4})
    yield Case({"words": {"a": 3, "b": 1}, "k": 2})
    yield Case({"words": {}, "k": 1})


PAPER = [["e", "s"], ["es", "t"], ["l", "o"], ["lo", "w"]]


def spelled(rng: Generator) -> Iterator[Case]:
    """Words by pairs in order: known and unknown letters, pairs that compete, several at once."""
    yield Case({"word": "lowest", "merges": PAPER})
    yield Case({"word": "abc", "merges": [["b", "c"], ["a", "b"]]})
    yield Case({"word": "abc", "merges": [["a", "b"], ["b", "c"]]})
    yield Case({"word": "abc", "merges": [["b", "c"], ["a", "bc"], ["a", "b"]]})
    yield Case({"word": "abab", "merges": [["a", "b"], ["ab", "ab"]]})
    yield Case({"word": "aaaaa", "merges": [["a", "a"]]})
    yield Case({"word": "caféteria", "merges": [["c", "a"], ["e", "r"], ["t", "er"], ["i", "a"]]})
    yield Case({"word": "abcdbcd", "merges": [["c", "d"], ["b", "cd"], ["a", "b"]]})
    for _ in range(2):
        words = some_words(rng, 8)
        merges = [list(pair) for pair in bpe_merges(words, 6)]
        yield Case({"word": "".join(rng.choice(list("abcd"), size=9)), "merges": merges})


def edges(rng: Generator) -> Iterator[Case]:
    """Nothing to join: no pair, one letter, no letter, letters that are unknown."""
    yield Case({"word": "low", "merges": []})
    yield Case({"word": "l", "merges": PAPER})
    yield Case({"word": "", "merges": PAPER})
    yield Case({"word": "žø", "merges": PAPER})


# ---------------------------------------------------------------- tasks

MERGES, TIES, NO_MORE = "merges", "ties", "no pair left"
BEST = "best = max(counts, key=lambda pair: counts[pair])"
COUNT = "counts[pair] += words[word]"
AGAIN = "cuts = {word: joined(cut, best) for word, cut in cuts.items()}"
PAIRS = "for pair in pairwise(cut):"

BPE_MERGES = Task(
    "bpe_merges",
    points=2,
    answers=["bpe_merges"],
    reference=REFERENCE + "bpe_merges",
    parts=[Part(MERGES, texts), Part(TIES, even, weight=0.5), Part(NO_MORE, short, weight=0.5)],
    misconceptions=[
        Misconception(
            "Every word counts once with you. A pair counts as often as its word occurs.",
            {MERGES, TIES},
            (COUNT, "counts[pair] += 1"),
        ),
        Misconception(
            "A pair that stands twice in a word counts once with you. Every place counts.",
            {MERGES},
            (PAIRS, "for pair in dict.fromkeys(pairwise(cut)):"),
        ),
        Misconception(
            "You don't count pairs that overlap. Every place where two pieces stand side by side counts: aaaa has three.",
            {MERGES},
            (
                COUNT,
                "counts[pair] += words[word]\n"
                "            if all(letter == cut[0] for letter in cut) and len(cut) > 2:\n"
                "                counts[cut[0], cut[0]] = len(cut) // 2 * words[word]",
            ),
        ),
        Misconception(
            "The words stay cut into letters: after each merge the pieces have to be joined in them, and counted anew.",
            {MERGES, TIES, NO_MORE},
            (AGAIN, "pass"),
        ),
        Misconception(
            "The k most frequent pairs of letters are taken at once. Join the first, then count anew: new pairs come up, "
            "others are gone.",
            {MERGES},
            wrong="def bpe_merges(words, k):\n"
            "    counts = Counter()\n"
            "    for word in words:\n"
            "        for pair in pairwise(word):\n"
            "            counts[pair] += words[word]\n"
            "    return sorted(counts, key=lambda pair: -counts[pair])[:k]\n",
        ),
        Misconception(
            "You join the *least* frequent pair.", {MERGES, TIES}, (BEST, BEST.replace("max", "min"))
        ),
        Misconception(
            "Of equally frequent pairs you take the last. The one that is met first goes first.",
            {MERGES, TIES},
            (BEST, "best = max(reversed(list(counts)), key=lambda pair: counts[pair])"),
            forms=((BEST, "best = sorted(counts, key=lambda pair: counts[pair])[-1]"),),
        ),
        Misconception(
            "Of equally frequent pairs you take one by the alphabet. The one that is met first goes first.",
            {MERGES, TIES},
            (BEST, "best = min(counts, key=lambda pair: (-counts[pair], pair))"),
            forms=((BEST, "best = max(counts, key=lambda pair: (counts[pair], pair))"),),
        ),
        Misconception(
            "Where no pair is left, stop: there may be fewer than k.",
            {NO_MORE},
            ("        if not counts:\n            break\n", ""),
        ),
        Misconception(
            "You return the new pieces. Which *two* became one is asked for, as pairs.",
            {MERGES, TIES, NO_MORE},
            ("merges.append(best)", "merges.append(''.join(best))"),
        ),
        Misconception(
            "There is one merge too many.", {MERGES, TIES}, ("for _ in range(k):", "for _ in range(k + 1):")
        ),
        Misconception(
            "There is one merge too few.",
            {MERGES, TIES},
            ("for _ in range(k):", "for _ in range(max(0, k - 1)):"),
        ),
    ],
    hints=[
        "Count neighbours over all words, join the most frequent pair in all of them, begin again.",
        "count of a pair = sum over words of (how often the word occurs) × (at how many places the pair stands in it)",
        "`for pair in pairwise(cut): counts[pair] += words[word]`; `best = max(counts, key=counts.get)`; then `joined(cut, best)`.",
    ],
)

PIECES, NOTHING = "pieces", "nothing to join"
FIRST_LEARNED = "joined(cut, min(pairs, key=lambda pair: rank[pair]))"

BPE_ENCODE = Task(
    "bpe_encode",
    points=2,
    answers=["bpe_encode"],
    reference=REFERENCE + "bpe_encode",
    probe=PROBES + "cut",
    parts=[Part(PIECES, spelled), Part(NOTHING, edges, weight=0.5)],
    misconceptions=[
        Misconception(
            "You join what you meet first in the word. The pair that was *learned* first joins first.",
            {PIECES},
            wrong="def bpe_encode(word, merges):\n"
            "    cut = list(word)\n"
            "    i = 0\n"
            "    while i + 1 < len(cut):\n"
            "        if (cut[i], cut[i + 1]) in merges:\n"
            "            cut[i : i + 2] = [cut[i] + cut[i + 1]]\n"
            "            i = 0\n"
            "        else:\n"
            "            i += 1\n"
            "    return cut\n",
        ),
        Misconception(
            "You cut off the longest known piece from the left. Pieces join in the order in which the pairs were learned.",
            {PIECES},
            wrong="def bpe_encode(word, merges):\n"
            "    known = {a + b for a, b in merges}\n"
            "    cut = []\n"
            "    while word:\n"
            "        n = next((n for n in range(len(word), 1, -1) if word[:n] in known), 1)\n"
            "        cut.append(word[:n])\n"
            "        word = word[n:]\n"
            "    return cut\n",
        ),
        Misconception(
            "The pair that was learned *last* joins first with you.",
            {PIECES},
            (FIRST_LEARNED, FIRST_LEARNED.replace("min(", "max(")),
        ),
        Misconception(
            "You join once and stop. Go on as long as any pair of neighbours may join.",
            {PIECES},
            (
                "while pairs := set(pairwise(cut)) & rank.keys():",
                "if pairs := set(pairwise(cut)) & rank.keys():",
            ),
        ),
        Misconception(
            "Letters that are in no pair are lost. A letter that was never met stays a piece of its own.",
            {PIECES, NOTHING},
            ("cut = list(word)", "cut = [c for c in word if any(c in a + b for a, b in merges)]"),
        ),
        Misconception(
            "A pair joins at its first place only. It joins wherever it stands.",
            {PIECES},
            wrong="def bpe_encode(word, merges):\n"
            "    cut = list(word)\n"
            "    for a, b in merges:\n"
            "        for i in range(len(cut) - 1):\n"
            "            if cut[i] == a and cut[i + 1] == b:\n"
            "                cut[i : i + 2] = [a + b]\n"
            "                break\n"
            "    return cut\n",
        ),
        Misconception(
            "You return letters: nothing is joined.",
            {PIECES},
            ("cut = joined(cut, min(pairs, key=lambda pair: rank[pair]))", "return cut"),
        ),
        Misconception(
            "You return the new pieces alone; letters that did not join belong to the word, too.",
            {PIECES, NOTHING},
            ("    return cut\n", "    return [piece for piece in cut if len(piece) > 1]\n"),
        ),
    ],
    hints=[
        "Begin with letters. Of the pairs that stand side by side now, which was learned first?",
        "While any pair of neighbours is in `merges`: join, everywhere, the one with the smallest place in that list.",
        "`rank = {pair: i for i, pair in enumerate(merges)}`, `set(pairwise(cut)) & rank.keys()`, `joined(cut, min(..., key=rank.get))`",
    ],
)
