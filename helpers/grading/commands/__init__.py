"""The subcommands of `course`; each imports what it needs when it runs."""

from helpers.grading.commands import authoring, grading, machine, proving, returning
from helpers.grading.commands.app import app

__all__ = ["app", "authoring", "grading", "machine", "proving", "returning"]
