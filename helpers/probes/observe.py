"""Run a probe on an answer and report everything that happened, as plain data."""

import contextlib
import copy
import importlib
import io
import time
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from helpers.probes.given import changed, same, watching
from helpers.probes.limit import TimeLimit, limit
from helpers.probes.plain import MAX_TEXT, NotPlain, Plain, check_size, decode, encode, plain, tensors
from helpers.probes.surroundings import surroundings

OUTPUT_KEPT = 2000  # characters of what an answer prints
WARNINGS_KEPT = 50


@dataclass(frozen=True)
class Failure:
    """An exception, and the line of the student's own code that it came from."""

    kind: str  # "ValueError"; "TimeLimit"; "NotPlain" for a value that can't be judged
    message: str = ""
    line: int | None = None  # in the student's cell
    inside: str | None = None  # the function or method of theirs that raised: "Perceptron.fit"
    missing: str | None = None  # the name of an answer that is still a stub, or not there at all


@dataclass(frozen=True)
class Observation:
    """What one probe on one case saw. Exceptions are evidence."""

    value: Plain = None
    failure: Failure | None = None
    changed: list[str] = field(default_factory=list)  # names of inputs that were changed in place
    tensors: dict[str, str] = field(default_factory=dict)  # which leaves of the value were, and their dtype
    printed: str = ""
    warned: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)  # what it changed for all code of its process
    seconds: float = 0.0

    @property
    def timed_out(self) -> bool:
        """Whether it ran out of time."""
        return self.failure is not None and self.failure.kind == "TimeLimit"

    def to_plain(self) -> dict[str, Plain]:
        """Return this observation as plain data that `from_plain` reads."""
        return {**vars(self), "failure": self.failure and dict(vars(self.failure))}

    def to_bytes(self) -> bytes:
        """Return this observation as bytes that `from_bytes` reads."""
        return encode(self.to_plain())

    @classmethod
    def from_bytes(cls, data: bytes) -> "Observation":
        """Read what `to_bytes` wrote; raises ValueError where it is malformed."""
        return cls.from_plain(decode(data))

    @classmethod
    def from_plain(cls, tree: Plain) -> "Observation":
        """Make one of plain data that nobody vouches for; raises ValueError where it is malformed."""
        try:
            failure = tree["failure"] and Failure(**tree["failure"])
            seen = cls(**{**tree, "failure": failure})
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError(f"malformed evidence: {error}") from None
        if type(seen.tensors) is not dict:
            raise ValueError("malformed evidence: not a table of tensors")
        if any(type(told) is not list for told in (seen.changed, seen.warned, seen.left)):
            raise ValueError("malformed evidence: not a list where there should be one")
        texts = [seen.printed, *seen.changed, *seen.warned, *seen.left, *seen.tensors, *seen.tensors.values()]
        line = None
        if failure:
            may_lack = [text for text in (failure.inside, failure.missing) if text is not None]
            texts, line = [*texts, failure.kind, failure.message, *may_lack], failure.line
        if not all(type(text) is str for text in texts) or type(line) not in (int, type(None)):
            raise ValueError("malformed evidence: not a text where there should be one")
        if type(seen.seconds) is not float:
            raise ValueError("malformed evidence: not a time")
        return seen


def load(path: str) -> Any:
    """Return the object at a dotted path such as `helpers.probes.common.call`."""
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)


def observe(
    probe: Callable[..., object],
    namespace: Mapping[str, Any],
    answers: Iterable[str],
    inputs: Mapping[str, Plain],
    seconds: float = 10.0,
    interruptible: bool = True,
) -> Observation:
    """Return what `watched` does of the same arguments, read from bytes as the grader reads it."""
    seen = watched(probe, namespace, answers, inputs, seconds, interruptible)
    return Observation.from_bytes(seen.to_bytes())


def watched(
    probe: Callable[..., object],
    namespace: Mapping[str, Any],
    answers: Iterable[str],
    inputs: Mapping[str, Plain],
    seconds: float = 10.0,
    interruptible: bool = True,
) -> Observation:
    """Call `probe(*answers, *inputs)` with answers looked up by name, and watch it.

    Args:
        probe: turns the answers and one case's inputs into plain data.
        namespace: where the student's code lives (its globals).
        answers: the names in it that the probe is given.
        inputs: by name, in the probe's order; the answer works on a copy.
        seconds: the soft limit, in time of the processor; infinite for none.
        interruptible: whether a person may be interrupting; else KeyboardInterrupt is the answer's own.
    """
    answers = list(answers)
    if gone := [name for name in answers if name not in namespace]:
        return Observation(failure=Failure("NameError", f"name '{gone[0]}' is not defined", missing=gone[0]))
    given = copy.deepcopy(dict(inputs))
    printed, began = Head(OUTPUT_KEPT), time.perf_counter()
    value, failure, were = None, None, dict[str, str]()
    with (
        watching() as handed,
        warnings.catch_warnings(record=True) as caught,
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
        surroundings() as left,
    ):
        warnings.simplefilter("always")
        try:
            with limit(seconds):
                raw = probe(*(namespace[name] for name in answers), *given.values())
                found = plain(raw)
                check_size(found, MAX_TEXT // 2)
            value, were = found, tensors(raw)
        except NotPlain as error:
            failure = Failure("NotPlain", str(error))
        except BaseException as error:  # SystemExit and the time limit too: each is evidence
            if interruptible and isinstance(error, KeyboardInterrupt):
                raise
            failure = _failure(error, namespace)
    return Observation(
        value=value,
        failure=failure,
        changed=[
            *dict.fromkeys([name for name in given if not same(given[name], inputs[name])] + changed(handed))
        ],
        tensors=were,
        printed=printed.getvalue(),
        warned=list(dict.fromkeys(f"{w.category.__name__}: {w.message}"[:300] for w in caught))[
            :WARNINGS_KEPT
        ],
        left=left,
        seconds=time.perf_counter() - began,
    )


def _failure(error: BaseException, namespace: Mapping[str, Any]) -> Failure:
    line, inside, last = None, None, False
    trace: TracebackType | None = error.__traceback__
    while trace is not None:
        if last := trace.tb_frame.f_globals is namespace:
            line, inside = trace.tb_lineno, trace.tb_frame.f_code.co_qualname
        trace = trace.tb_next
    if isinstance(error, TimeLimit):
        return Failure("TimeLimit", _text(error), line, inside)
    missing = None
    if isinstance(error, NotImplementedError) and last:  # only a stub of theirs means "not attempted"
        missing = (inside or "").split(".")[0]
    elif isinstance(error, NameError):
        missing = error.name
    return Failure(type(error).__name__, _text(error), line, inside, missing)


def _text(error: BaseException) -> str:
    try:
        return str(error)[:500]
    except Exception:
        return "(its message can't be shown)"


class Head(io.TextIOBase):
    """A text stream that keeps its first characters and lets the rest go."""

    def __init__(self, keep: int):
        self.keep, self.kept = keep, ""

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, text: str) -> int:
        """Keep what there is room for, and say that all was written."""
        if len(self.kept) < self.keep:
            self.kept += text[: self.keep - len(self.kept)]
        return len(text)

    def getvalue(self) -> str:
        """Return what was kept."""
        return self.kept
