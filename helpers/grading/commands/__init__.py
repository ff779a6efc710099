"""The subcommands of `course`; each imports what it needs when it runs."""

from helpers.grading.commands import grading, machine, proving, results, writing  # noqa: F401 - each registers its own
from helpers.grading.commands.app import app

__all__ = ["app"]
