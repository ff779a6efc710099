"""Probes that any lesson can use."""

from collections.abc import Callable
from typing import Any


def call(answer: Callable[..., Any], *inputs: Any) -> Any:
    """Call a function with the inputs as they are and return what it returns."""
    return answer(*inputs)


def first(answer: Callable[..., Any], *inputs: Any) -> Any:
    """Call a function and return the first of what it returns."""
    return answer(*inputs)[0]


def second(answer: Callable[..., Any], *inputs: Any) -> Any:
    """Call a function and return the second of what it returns."""
    return answer(*inputs)[1]
