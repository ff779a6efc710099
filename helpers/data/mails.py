"""Mails, as counts of words."""

import numpy as np
from numpy import ndarray

from helpers.data.stored import arrays

FOLDERS = ("easy-ham-1", "easy-ham-2", "hard-ham-1", "spam-1", "spam-2")  # as their collectors sorted them


def mails() -> tuple[ndarray, ndarray, ndarray, list[str]]:
    """Return 6,046 mails of 2002: counts (6046, 2000) uint8, spam (6046,) int, folder (6046,) int, words.

    A row holds how often each of the 2,000 words occurs that most mails have, the most frequent word
    first, 255 times at most. Spam is 1, ham (mail that is wanted) is 0; a folder is an index into `FOLDERS`,
    where `hard-ham-1` holds newsletters and the like, which are wanted and look like spam. The mails are in
    a random order, otherwise as they came: twins, and a few without any of the words, are among them.
    """
    kept = arrays("mails.npz")
    folder, words = kept["folder"].astype(int), [str(word) for word in kept["words"]]
    counts = np.zeros((len(words), len(folder)), dtype=np.uint8)
    counts[np.unpackbits(kept["present"], axis=1, count=len(folder)).astype(bool)] = kept["counts"]
    return np.ascontiguousarray(counts.T), (folder >= FOLDERS.index("spam-1")).astype(int), folder, words
