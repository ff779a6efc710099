"""What a look at the machine found."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        what: its name.
        state: "ok", "note" where one can do without, "missing" where one can't grade.
        says: what was found, or what its absence means.
        mend: the command that mends it; empty where nothing is to be mended.
    """

    what: str
    state: str
    says: str
    mend: str = ""
