"""The subcommands of `course`; each imports what it needs when it runs."""

from helpers.grading.commands import results, running  # noqa: F401 - importing a module registers its commands
from helpers.grading.commands.app import app

__all__ = ["app"]
