"""Lesson 08: pieces of words by byte-pair encoding (R. Sennrich and others, 2016), on letters.

Text is first cut into words with the space before them, runs of marks, and other spaces; pieces never cross
these cuts. Then the pair of neighbours that is found most often becomes one piece, again and again.
"""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

WORD = re.compile(r" ?\w+| ?[^\w\s]+|\s")


def learn_pieces(text: str, n: int) -> list[str]:
    """Return n pieces: the letters of a text, then joined pairs, the most frequent first."""
    pieces = sorted(set(text))
    words = {word: (list(word), count) for word, count in Counter(WORD.findall(text)).items()}
    pairs: Counter[str] = Counter()
    for cut, count in words.values():
        _count(pairs, cut, count)
    while len(pieces) < n:
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        pieces.append(best)
        for word, (cut, count) in words.items():
            if best in word:
                joined = join(cut, best)
                words[word] = joined, count
                _count(pairs, cut, -count)
                _count(pairs, joined, count)
    return pieces


def _count(pairs: Counter[str], cut: Sequence[str], times: int) -> None:
    for pair in pairwise(cut):
        pairs["".join(pair)] += times


def join(cut: Sequence[str], pair: str) -> list[str]:
    """Return the pieces of a word in which neighbours that spell `pair` have become one, from the left."""
    joined: list[str] = []
    i = 0
    while i < len(cut):
        two = "".join(cut[i : i + 2])
        joined.append(two if two == pair else cut[i])
        i += 2 if two == pair and i + 1 < len(cut) else 1
    return joined


def cut_into(text: str, pieces: Sequence[str]) -> list[int]:
    """Return a text as numbers of pieces; neighbours are joined in the order in which pieces were learned.

    Raises:
        ValueError: the text has a letter that is no piece.
    """
    number = {piece: i for i, piece in enumerate(pieces)}
    if unknown := set(text) - number.keys():
        raise ValueError(
            f"the pieces cannot spell {''.join(sorted(unknown))!r}: none of them has these letters"
        )
    known: dict[str, list[int]] = {}
    tokens: list[int] = []
    for word in WORD.findall(text):
        if word not in known:
            known[word] = [number[piece] for piece in _spelled(word, number)]
        tokens += known[word]
    return tokens


def _spelled(word: str, number: dict[str, int]) -> list[str]:
    cut = list(word)
    while True:
        pairs = {a + b for a, b in pairwise(cut)} & number.keys()
        if not pairs:
            return cut
        cut = join(cut, min(pairs, key=number.__getitem__))
