"""What a player may take of the processor, in a move and in a game, and how long it may sleep."""

import time

from helpers.grading.worker.budget import LATE, others, taken
from helpers.probes.limit import pace

LOOK = 0.05  # seconds between two looks at a player's processes
HARD, SPARE = 2.0, 0.5  # a move that goes on is cut inside; what holds out is ended after so much more


class Clock:
    """The time of one game: of all processes that a player has, and of those that it had.

    What counts is the processor's time, and more of it where the processor is slow; and the time in which
    a player that was asked neither ran nor waited for its turn.

    Args:
        setup: seconds of the processor until the first position.
        game: seconds of the processor from then on.
        idle: seconds that it may sleep while it is asked.
    """

    def __init__(self, setup: float, game: float, idle: float):
        self._game, self._idle = game * pace(), idle
        self._left = self._game + setup * pace()
        self._used, self._before, self._most, self._slept = 0.0, 0.0, 0.0, 0.0
        self._looked = time.monotonic()

    def ready(self) -> None:
        """Let the game begin: what was taken until now does not count any more."""
        self._look()
        self._left = self._game + self._used

    def begin(self, seconds: float) -> None:
        """Let a move begin, which may take so many seconds of the processor."""
        if time.monotonic() - self._looked > LOOK:
            self._look()
        self._before, self._most = self._used, HARD * seconds * pace() + SPARE
        self._looked = time.monotonic()

    def over(self) -> str:
        """Say what there is no more of; empty where it may go on."""
        before, used = self._looked, self._used
        if not self._look() and self._used <= used:
            self._slept += min(self._looked - before, LATE)
        if self._used - self._before > self._most:
            return "took too long"
        return self.out

    @property
    def out(self) -> str:
        """Say what it has used up of a game's time; empty where some is left."""
        if self._used >= self._left:
            return "used up its time of the processor"
        return "slept too long" if self._slept > self._idle else ""

    def ended(self, took: float) -> None:
        """Take note that its processes have ended, the first of them after so many seconds."""
        self._left -= max(took, self._used)
        self._used = 0.0

    def _look(self) -> bool:
        """Add up what all processes have taken; return whether one of them runs or waits to."""
        used, awake = 0.0, False
        for process in others():
            took, runs = taken(process)
            used, awake = used + took, awake or runs
        self._used, self._looked = max(used, self._used), time.monotonic()
        return awake
