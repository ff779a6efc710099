"""One submission from inside: its limits, a shell as a kernel has one, and its cells."""

import ast
import contextlib
import ctypes
import gc
import json
import os
import re
import resource
import signal
import sys
import time
import traceback
import warnings
from itertools import zip_longest
from typing import Any

import numpy as np

from helpers.grading.worker.asking import check, check_again, check_here
from helpers.grading.worker.cleaning import HOME
from helpers.grading.worker.frames import SIZE, read, send
from helpers.grading.worker.memory import MEMORY, offer
from helpers.probes.limit import limit, pace
from helpers.probes.observe import Head
from helpers.probes.plain import Plain, encode

PR_SET_DUMPABLE = 4
FILES, PROCESSES = 256, 256
FILE_SIZE = 256 << 20
TEXT, RICH, OUTPUTS = 100_000, 1_000_000, 3_000_000  # characters of a stream, of a picture, of a cell in all
REHEARSED = 'def f(x: int) -> int:\n    """Return it,\n    as it is."""\n    return x\n\n\nprint(f(1))'
PROMPT = re.compile(r"^\s*In ?\[", re.MULTILINE)  # pasted from elsewhere: IPython takes it away
WAITS = re.compile(r"await|async")
Event = dict[str, Plain]


def submission(job: Any, left_out: dict[str, str], pipe: int, more: int | None, shell: Any) -> None:
    """Run a job's cells in this process, and tell of each, and of each check, in a pipe.

    Args:
        job: what to run.
        left_out: cells that took a process with them, and how that ended.
        pipe: where to tell.
        more: where the course's own earlier answers come from, one task at a time, after everything
            else was told, none for a task that does not need them; None where each check gets a process
            of its own, and this is not done.
        shell: to run the cells in.
    """
    settle(job["seconds"], job.get("memory", MEMORY), shell)

    def tell(event: Event) -> None:
        send(pipe, SIZE.pack(len(data := encode(event))))
        send(pipe, data)

    asked, namespace = job["tasks"], shell.user_ns
    again: dict[str, dict[str, Any]] = {}
    if job["cells"]:
        tell({"begin": job["cells"][0]["id"]})
    for cell, after in zip_longest(job["cells"], job["cells"][1:]):
        name, then = cell["id"], {"begin": after["id"]} if after else {}
        if name in left_out:
            said = {"output_type": "error", "ename": "Crashed", "evalue": left_out[name], "traceback": []}
            tell({"cell": name, "outputs": json.dumps([said]), **then})
        elif (task := cell["check"]) and more is None:
            tell({"check": task, **check(asked[task], namespace, pipe), **then})
        elif task:
            tell({"check": task, **check_here(asked[task], namespace), **then})
            if asked[task]["uses"]:
                again[task] = dict(namespace)
        else:
            if more is None:  # with care: this ends what nothing else can
                signal.setitimer(signal.ITIMER_PROF, job["cell seconds"] * pace() + 2)
            began = time.monotonic()
            outputs = run(shell, cell["source"], job["cell seconds"])
            signal.setitimer(signal.ITIMER_PROF, 0)
            seconds = time.monotonic() - began
            tell({"cell": name, "outputs": _fitting(outputs), "seconds": seconds, **then})
    for task, scope in again.items():
        tell({"ready": task})
        with os.fdopen(os.dup(more or 0), "rb", buffering=0) as file:
            pieces = (read(file) or b"").decode()
        if pieces:
            tell({"again": task, **check_again(asked[task], namespace, scope, pieces)})


def settle(seconds: float, memory: int, shell: Any, processes: int = PROCESSES) -> None:
    """Make this process a student's: a session of its own, its limits, its folder, its main module.

    Args:
        seconds: of the processor.
        memory: bytes above what it has now.
        shell: that its cells are run in.
        processes: that it may have, threads among them.
    """
    os.setsid()
    # so that its warden sees what it shares with its forks
    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)
    offer(500)
    _limits(seconds, memory, processes)
    gc.enable()
    os.chdir(HOME)
    sys.modules["__main__"] = shell.user_module


def _fitting(outputs: list[dict[str, Any]]) -> str:
    """Return the outputs of a cell as JSON, without those that are too large together."""
    kept = list[str]()
    for output in outputs:
        if sum(map(len, kept)) + len(text := json.dumps(output)) <= OUTPUTS:
            kept.append(text)
    return f"[{', '.join(kept)}]"


def _limits(seconds: float, memory: int, processes: int) -> None:
    with open("/proc/self/statm") as statm:
        used = int(statm.read().split()[0]) * resource.getpagesize()
    for what, most in [
        (resource.RLIMIT_AS, used + memory),
        (resource.RLIMIT_NPROC, processes),
        (resource.RLIMIT_NOFILE, FILES),
        (resource.RLIMIT_FSIZE, FILE_SIZE),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MSGQUEUE, 0),  # a queue outlives who made it
        (resource.RLIMIT_CPU, int(2 * seconds * pace()) + 1),
    ]:
        resource.setrlimit(what, (most, most))


def new_shell() -> Any:
    """Return a shell as a kernel has one, without its history file."""
    from IPython.core.displaypub import CapturingDisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    class Shell(InteractiveShell):
        def enable_gui(self, gui: str | None = None) -> None:
            """There is no window to open."""

        def showtraceback(self, *_: Any, **__: Any) -> None:
            """Errors are reported with the cell."""

        showsyntaxerror = showtraceback

        def _format_exception_for_storage(self, *_: Any, **__: Any) -> dict[str, Any]:
            """Nor are they kept, in colours, in a history that nobody reads."""
            return {}

        def should_run_async(self, raw_cell: str, **told: Any) -> bool:
            """Whether it waits for something; compiled to find out only where there is such a word."""
            return WAITS.search(raw_cell) is not None and super().should_run_async(raw_cell, **told)

        def transform_cell(self, raw_cell: str) -> str:
            """Leave plain Python of several lines as it is, which IPython finds out ten times as slowly."""
            lines = raw_cell.strip("\n").splitlines()
            if len(lines) > 1 and not lines[0][:1].isspace() and not PROMPT.search(raw_cell):
                quiet = warnings.catch_warnings(action="ignore")
                with contextlib.suppress(Exception), quiet:  # what is wrong with it IPython tells
                    ast.parse(raw_cell)
                    return f"{raw_cell}\n"
            return super().transform_cell(raw_cell)

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    shell = Shell.instance(config=config)
    shell.display_pub = CapturingDisplayPublisher(parent=shell)
    return shell


def rehearse(shell: Any) -> None:
    """Run a cell and ask an answer: what is made at the first use is there for all that are forked then.

    The shell's namespace, history and count of cells are as they were.
    """
    before = dict(shell.user_ns)
    with contextlib.redirect_stdout(Head(0)):
        shell.run_cell(REHEARSED, store_history=False)
    part = {"name": "", "probe": "helpers.probes.common.call", "cases": [{"x": np.ones(1)}]}
    check_here({"answers": ["f"], "seconds": 1.0, "parts": [part]}, shell.user_ns)
    shell.user_ns.clear()
    shell.user_ns.update(before)


def run(shell: Any, source: str, seconds: float) -> list[dict[str, Any]]:
    """Run a cell and return its outputs as a notebook holds them, cut to size."""
    from IPython.core.displayhook import CapturingDisplayHook

    out, err, results = Head(TEXT), Head(TEXT), list[Any]()
    shell.display_pub.outputs.clear()
    shell.display_trap.hook = CapturingDisplayHook(shell=shell, outputs=results)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), limit(seconds):
        done = shell.run_cell(source, store_history=True)
    outputs: list[dict[str, Any]] = [
        {"output_type": "stream", "name": name, "text": text.getvalue()}
        for name, text in (("stdout", out), ("stderr", err))
        if text.getvalue()
    ]
    for kind, shown in [("display_data", shell.display_pub.outputs), ("execute_result", results)]:
        for rich in shown[:50]:
            data = {k: v for k, v in rich["data"].items() if isinstance(v, str) and len(v) <= RICH}
            outputs.append({"output_type": kind, "data": data, "metadata": {}})
    if error := done.error_before_exec or done.error_in_exec:
        lines = [line[:1000] for line in traceback.format_exception_only(type(error), error)[:9]]
        name = type(error).__name__[:100]
        outputs.append(
            {"output_type": "error", "ename": name, "evalue": "".join(lines)[:1000], "traceback": lines}
        )
    return outputs
