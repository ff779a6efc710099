"""What an answer shares with all other code of its process: given as a fresh process has it, then put back.

One answer that leaves gradients off, or NumPy's warnings, would make right answers after it fail.
"""

import errno
import os
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np

GRAD, DTYPE, DEVICE, ERRSTATE = (
    "gradients switched on or off (`torch.set_grad_enabled`)",
    "torch's default dtype changed",
    "torch's default device changed",
    "NumPy's error state changed (`np.seterr`)",
)
INSTEAD = {  # what an answer should do: these changes spoil the work of other code
    GRAD: "use `with torch.no_grad():`, which puts it back",
    DTYPE: "name the dtype where a tensor is made",
    DEVICE: "name the device where a tensor is made",
    ERRSTATE: "use `with np.errstate(...):`, which puts it back",
}
KEEP = object()
ERRORS = {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}  # as NumPy begins


@dataclass(frozen=True)
class Setting:
    """One thing of a process that code can change for all other code.

    Attributes:
        name: what a sentence calls it.
        read: returns it.
        write: sets it.
        usual: what a fresh process has; KEEP where the answer gets what is there.
        imported: whether a module may set it for good when it is first imported.
    """

    name: str
    read: Callable[[], Any]
    write: Callable[[Any], object]
    usual: Any = KEEP
    imported: bool = False


@contextmanager
def surroundings() -> Iterator[list[str]]:
    """Run the body as in a fresh process, then put everything back; yields what to fill with what it changed.

    What is put back: gradients on or off, default dtype, default device and determinism of torch; error
    state and print options of NumPy; Python's recursion limit, environment variables, module path and
    folder; Matplotlib's backend.
    """
    changed: list[str] = []
    settings = [*_PLAIN, *_torch()] if "torch" in sys.modules else _PLAIN
    before = [setting.read() for setting in settings]
    for setting, value in zip(settings, before, strict=True):
        if setting.usual is not KEEP and value != setting.usual:
            setting.write(setting.usual)
    modules = len(sys.modules)
    given = [v if s.usual is KEEP else s.usual for s, v in zip(settings, before, strict=True)]
    try:
        yield changed
    finally:
        for setting, value, had in zip(settings, given, before, strict=True):
            now = setting.read()
            if setting.imported and len(sys.modules) != modules:
                continue
            if now != value:
                changed.append(setting.name)
            if now != had:
                with suppress(Exception):  # a folder that is gone, say
                    setting.write(had)


def harm(changed: Sequence[str]) -> str | None:
    """Return a sentence for the first of these changes that spoils the work of other code; None without."""
    return next(
        (
            f"It leaves {what} for all code that runs after it: {INSTEAD[what]}."
            for what in changed
            if what in INSTEAD
        ),
        None,
    )


def unusual() -> list[str]:
    """Name what is not as in a fresh process, of what an answer is given as there."""
    settings = [*_PLAIN, *_torch()] if "torch" in sys.modules else _PLAIN
    return [s.name for s in settings if s.usual is not KEEP and s.read() != s.usual]


@contextmanager
def random_numbers() -> Iterator[None]:
    """Put the global generators of Python, NumPy and torch back to where they were before the body."""
    torch = sys.modules.get("torch")
    states = random.getstate(), np.random.get_state(), torch and torch.get_rng_state()
    try:
        yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])
        if torch:
            torch.set_rng_state(states[2])


def _backend() -> str | None:
    pyplot = sys.modules.get("matplotlib.pyplot")  # without it nothing has been chosen yet
    return pyplot.get_backend() if pyplot else None


def _set_backend(name: str | None) -> None:
    if name is not None:
        sys.modules["matplotlib.pyplot"].switch_backend(name)


def _environment() -> dict:
    return dict(vars(os.environ)["_data"])  # as bytes: to decode them all takes longer than most answers


def _set_environment(variables: dict) -> None:
    for name in {*_environment(), *variables}:
        decoded = os.environ.decodekey(name)
        if name in variables:
            os.environ[decoded] = os.environ.decodevalue(variables[name])
        else:
            del os.environ[decoded]


def _folder() -> str:
    try:
        here = os.stat(".")
        if not _leads(_path(here.st_dev, here.st_ino), here):  # it was moved
            _path.cache_clear()
        return _path(here.st_dev, here.st_ino)
    except OSError:  # it was removed
        return ""


@lru_cache(maxsize=1)
def _path(device: int, inode: int) -> str:
    """Return the path of the current folder; a thousand folders deep that takes longer than most answers."""
    return os.getcwd()


def _leads(path: str, here: os.stat_result) -> bool:
    """Whether a path leads here, or is longer than the system can say."""
    try:
        return os.path.samestat(os.stat(path), here)
    except OSError as error:
        return error.errno == errno.ENAMETOOLONG


def _set_folder(path: str) -> None:
    if path:
        os.chdir(path)


def _set_path(path: list[str]) -> None:
    sys.path[:] = path


_PLAIN = (
    Setting(ERRSTATE, np.geterr, lambda s: np.seterr(**s), ERRORS),
    Setting(
        "NumPy's print options changed", np.get_printoptions, lambda options: np.set_printoptions(**options)
    ),
    Setting("the recursion limit changed", sys.getrecursionlimit, sys.setrecursionlimit),
    Setting("the environment variables changed", _environment, _set_environment, imported=True),
    Setting("the module path changed (`sys.path`)", lambda: list(sys.path), _set_path, imported=True),
    Setting("the current folder changed", _folder, _set_folder),
    Setting("Matplotlib's backend changed", _backend, _set_backend),
)


@cache
def _torch() -> tuple[Setting, ...]:
    import torch

    def set_device(device: torch.device) -> None:
        torch.set_default_device(None if device.type == "cpu" else device)

    return (
        Setting(GRAD, torch.is_grad_enabled, torch.set_grad_enabled, True),
        Setting(DTYPE, torch.get_default_dtype, torch.set_default_dtype, torch.float32),
        Setting(DEVICE, torch.get_default_device, set_device, torch.device("cpu")),
        Setting(
            "torch's determinism changed",
            torch.are_deterministic_algorithms_enabled,
            torch.use_deterministic_algorithms,
        ),
    )
