"""The subcommands of `course`; each imports what it needs when it runs."""

from helpers.grading.commands import (
    authoring,
    bench,
    demo,
    grading,
    hub,
    machine,
    proving,
    returning,
    students,
    tournament,
)
from helpers.grading.commands.app import app

__all__ = [
    "app",
    "authoring",
    "bench",
    "demo",
    "grading",
    "hub",
    "machine",
    "proving",
    "returning",
    "students",
    "tournament",
]
