"""Text that a terminal may show, whoever wrote it."""


def plain(text: str) -> str:
    """Return a text without what steers a terminal or can't be printed: signs stand in for it."""
    return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)
