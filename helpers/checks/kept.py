"""What is worked out once and kept: of a task, a seed, and what else decides it."""

import __future__

from collections.abc import Callable
from functools import lru_cache
from types import CodeType
from typing import Any, TypeVar, cast

MOST = 4096  # results kept of each function: every part under every misconception of a lesson, for one seed

Of = TypeVar("Of", bound=Callable[..., Any])
_CACHES = list[Any]()


def kept(of: Of, most: int = MOST) -> Of:
    """Keep what a function returns, until `forget`."""
    _CACHES.append(cached := lru_cache(most)(of))
    return cast(Of, cached)


@kept
def compiled(source: str, name: str) -> CodeType:
    """Compile once what is run for each case; annotations stay text: to make shapes of them is most of a run."""
    return compile(source, name, "exec", __future__.annotations.compiler_flag)


def forget() -> None:
    """Empty the caches, as in a new kernel."""
    for cache in _CACHES:
        cache.cache_clear()
