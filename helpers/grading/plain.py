"""Text that a terminal or a page may show, whoever wrote it."""

SIGNS = str.maketrans(
    {
        "<": "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}",
        ">": "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}",
        '"': "\N{RIGHT DOUBLE QUOTATION MARK}",
        "\\": "\N{SET MINUS}",
    }
)


def plain(text: str) -> str:
    """Return a text without what steers a terminal or can't be printed: signs stand in for it."""
    return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)


def kept(text: str, most: int = 2000) -> str:
    """Return a text as a file can hold it and a person read it, whatever was in what a student handed in."""
    cut = text if len(text) <= most else f"{text[:most]} …"
    return cut.encode("utf-8", "replace").decode()


def harmless(name: str) -> str:
    """Return a student's name for what formgrader puts into its pages and scripts as it is: no markup."""
    return name.translate(SIGNS)
