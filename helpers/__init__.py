"""Checks, references, data and figures for a deep-learning course that people do.

A lesson needs seven names: `start` opens it, `check` judges an exercise, `counterexample` hands back a case
that it fails, `hint` helps, `ask` poses a question before its experiment, `needs` guards a figure until the
answers it uses work, and `progress` says how far one is. They load on first use, so that importing this is
cheap.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from helpers.checks.notebook import ask, check, counterexample, hint, needs, progress, start

__version__ = "0.1.0"
__all__ = ["ask", "check", "counterexample", "hint", "needs", "progress", "start"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from helpers.checks import notebook

        return getattr(notebook, name)
    raise AttributeError(f"module 'helpers' has no attribute {name!r}; it has: {', '.join(__all__)}")
