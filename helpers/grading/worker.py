"""The first process of a sandbox: it forks for each submission, and the submission for each check.

It is handed jobs and returns what it saw; it knows no expected value and no score, and neither does
anything else in here. Only this process holds the pipes to the outside.
"""

import contextlib
import ctypes
import gc
import io
import json
import os
import resource
import select
import shutil
import signal
import struct
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np

from helpers.probes.limit import limit
from helpers.probes.observe import Head, load, observe
from helpers.probes.plain import NotPlain, Plain, decode, encode

HOME = os.environ["HOME"]  # the only place that can be written, wiped after each submission
SIZE = struct.Struct("<Q")
MEMORY = 4 << 30  # address space above what the worker itself has
FILES, PROCESSES = 256, 256
FILE_SIZE = 256 << 20
EVIDENCE = 64 << 20  # bytes that a submission may hand over in all
TEXT, RICH = 100_000, 1_000_000  # characters of a cell's output, of one of its pictures
RESTARTS = 3
PR_SET_DUMPABLE = 4
KEYCTL, KEYCTL_CLEAR, KEYRINGS = {"x86_64": 250, "aarch64": 219}.get(os.uname().machine), 7, (-4, -5)
NO_TIME, TOO_MUCH = "ran out of time", "handed over too much"
Event = dict[str, Plain]


def main() -> None:
    """Harden this process, attack it, say what that gave, then serve jobs until the pipe closes."""
    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    jobs, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    sys.stderr = os.fdopen(os.dup(2), "w")  # for this process's own last words
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    secrets = json.loads(_read(jobs) or b"[]")
    from helpers.grading.attack import attack

    won = attack(secrets)
    _kill_all_others()
    _write(replies, json.dumps(won).encode())
    _warm_up()
    private = [jobs.fileno(), replies.fileno(), sys.stderr.fileno()]
    hung_up, standing = select.poll(), _standing()
    hung_up.register(jobs, select.POLLIN)
    while hung_up.poll()[0][1] & select.POLLIN:
        if (warden := os.fork()) == 0:  # so that what it reads and collects is never in the next one's memory
            _guarded(lambda: _write(replies, _reply(_read(jobs) or b"", private)))
        if _outcome(warden) != 0:
            lost = {"events": [], "ended": "ended what watches over it", "left out": {}}
            _write(replies, encode(lost))
        _kill_all_others()
        _wipe()
        if _standing() != standing:
            sys.exit("a submission changed the limits of its worker: starting afresh")


def _warm_up() -> None:
    """Import what nearly every notebook imports, and stand in for what a notebook calls to be checked."""
    import IPython.core.interactiveshell  # noqa: F401
    import jaxtyping  # noqa: F401
    import torch  # noqa: F401

    import helpers.data
    import helpers.figures

    def nothing(*_: Any) -> None:
        pass

    for name in ("ask", "check", "hint", "start"):
        setattr(helpers, name, nothing)
    vars(helpers)["needs"] = _needs
    gc.collect()
    gc.freeze()


@contextlib.contextmanager
def _needs(*_: str) -> Iterator[None]:
    with contextlib.suppress(Exception):
        yield


# ---------------------------------------------------------------- one submission, seen from outside


def _standing() -> object:
    """What a process of the same user can change of this one, for all that come after it."""
    limits = [resource.getrlimit(what) for what in range(resource.RLIMIT_RTPRIO + 1)]
    return limits, os.getpriority(os.PRIO_PROCESS, 0), os.sched_getaffinity(0), os.sched_getscheduler(0)


def _outcome(child: int) -> int:
    """Wait for a process, and end it where it was stopped; whatever else ends is forgotten."""
    while True:
        gone, status = os.waitpid(-1, os.WUNTRACED)
        if gone == child and os.WIFSTOPPED(status):
            os.kill(child, signal.SIGKILL)
        elif gone == child:
            return status


def _reply(job: bytes, private: list[int]) -> bytes:
    reply = _serve(decode(job), private)
    try:
        return encode(reply)
    except NotPlain:
        return encode({**reply, "events": [], "ended": TOO_MUCH})


def _serve(job: Any, private: list[int]) -> Plain:
    """Run a job; a cell that takes the whole process with it is left out, and the rest run again."""
    deadline, left_out = time.monotonic() + job["seconds"], dict[str, str]()
    for _ in range(RESTARTS + 1):
        inside, outside = os.pipe()
        if (child := os.fork()) == 0:
            for fd in (*private, inside):
                os.close(fd)
            sys.stderr = sys.__stderr__
            _guarded(partial(_submission, job, left_out, outside))
        os.close(outside)
        data, ended = _collect(inside, child, deadline, _crowded)
        os.close(inside)
        _kill_all_others()
        events, at = _events(data)
        if at is None or at in left_out or time.monotonic() > deadline:
            break
        ended = "ended itself with exit code 0" if ended == "ended" else ended
        left_out[at] = ended
    return {"events": events, "ended": ended, "left out": left_out}


def _guarded(run: Callable[[], None]) -> None:
    """Run something in a forked process and end it there, whatever happens."""
    try:
        run()
        os._exit(0)
    except BaseException:
        with contextlib.suppress(BaseException):
            os.write(2, traceback.format_exc().encode())
    finally:
        os._exit(70)


def _collect(
    pipe: int, child: int, deadline: float, crowded: Callable[[], bool] = lambda: False
) -> tuple[bytes, str]:
    """Read what a process writes until it ends, is out of time, or has taken or written too much."""
    data = bytearray()
    while True:
        gone, status = os.waitpid(child, os.WNOHANG)
        while len(data) <= EVIDENCE and select.select([pipe], [], [], 0 if gone else 0.05)[0]:
            if not (chunk := os.read(pipe, 1 << 20)):
                if not gone:
                    time.sleep(0.001)
                break
            data += chunk
            if time.monotonic() > deadline:
                break
        if gone:
            return bytes(data), _told(status)
        ended = TOO_MUCH if len(data) > EVIDENCE else NO_TIME if time.monotonic() > deadline else ""
        if ended := ended or ("ran out of memory" if crowded() else ""):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return bytes(data), ended


def _told(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    if code in (-signal.SIGALRM, -signal.SIGXCPU):
        return NO_TIME
    names = {int(known): known.name for known in signal.Signals}
    if code < 0:
        return f"was ended by {names.get(-code, f'signal {-code}')}"
    return "ended" if code == 0 else f"ended itself with exit code {code}"


def _crowded() -> bool:
    """Whether the machine is short of memory because of what runs in this sandbox."""
    with open("/proc/meminfo") as table:
        size = {line.split(":")[0]: int(line.split()[1]) << 10 for line in table if " kB" in line}
    if size["MemAvailable"] > size["MemTotal"] // 8:
        return False
    own, taken = _private("self"), 0
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            taken += max(_private(name) - own, 0)  # what a fork shares with this process is no one's
    return taken + sum(shutil.disk_usage(path).used for path in (HOME, "/dev/shm")) > MEMORY // 2


def _private(process: str) -> int:
    with open(f"/proc/{process}/statm") as statm:
        _, resident, shared, *_ = map(int, statm.read().split())
    return (resident - shared) * resource.getpagesize()


def _events(data: bytes) -> tuple[list[Event], str | None]:
    """Split what a submission wrote into its events, up to where it is malformed; and the last cell begun."""
    events, at, view = list[Event](), None, io.BytesIO(data)
    with contextlib.suppress(ValueError):
        while (frame := _read(view)) is not None and isinstance(event := decode(frame), dict):
            at = event["begin"] if type(event.get("begin")) is str else None
            if "begin" not in event:
                events.append(event)
    return events, at


def _kill_all_others() -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)


def _wipe() -> None:
    """Leave nothing behind; where that fails, end this worker, and its sandbox with it."""
    for folder in (HOME, "/dev/shm"):
        for path, folders, _ in os.walk(folder):
            for name in folders:
                if not os.path.islink(inner := os.path.join(path, name)):
                    os.chmod(inner, 0o700)
        for entry in list(os.scandir(folder)):
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path)
            else:
                os.unlink(entry.path)
    for ring in KEYRINGS if KEYCTL else ():
        ctypes.CDLL(None).syscall(KEYCTL, KEYCTL_CLEAR, ring, 0, 0, 0)
    for kind in ("shm", "sem", "msg"):
        with open(f"/proc/sysvipc/{kind}") as table:
            if len(table.readlines()) > 1:
                sys.exit(f"a submission left System V {kind} behind: starting afresh")


# ---------------------------------------------------------------- one submission, from inside


def _submission(job: Any, left_out: dict[str, str], pipe: int) -> None:
    os.setsid()
    _limits(job["seconds"])
    gc.enable()
    os.chdir(HOME)
    shell = _shell()

    def tell(event: Event) -> None:
        os.write(pipe, SIZE.pack(len(data := encode(event))))
        view = memoryview(data)
        while view:
            view = view[os.write(pipe, view) :]

    for cell in job["cells"]:
        name = cell["id"]
        if name in left_out:
            said = {"output_type": "error", "ename": "Crashed", "evalue": left_out[name], "traceback": []}
            tell({"cell": name, "outputs": json.dumps([said])})
            continue
        tell({"begin": name})
        if task := cell["check"]:
            tell({"check": task, **_check(job, task, shell.user_ns, pipe)})
        else:
            signal.setitimer(signal.ITIMER_REAL, job["cell seconds"] + 2)  # ends what nothing else can
            outputs = _run(shell, cell["source"], job["cell seconds"])
            signal.setitimer(signal.ITIMER_REAL, 0)
            tell({"cell": name, "outputs": json.dumps(outputs)})


def _limits(seconds: float) -> None:
    with open("/proc/self/statm") as statm:
        used = int(statm.read().split()[0]) * resource.getpagesize()
    for what, most in [
        (resource.RLIMIT_AS, used + MEMORY),
        (resource.RLIMIT_NPROC, PROCESSES),
        (resource.RLIMIT_NOFILE, FILES),
        (resource.RLIMIT_FSIZE, FILE_SIZE),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MSGQUEUE, 0),  # a queue outlives who made it
        (resource.RLIMIT_CPU, int(2 * seconds) + 1),
    ]:
        resource.setrlimit(what, (most, most))


def _shell() -> Any:
    """A shell as a kernel has one, without its history file."""
    from IPython.core.displaypub import CapturingDisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    class Shell(InteractiveShell):
        def enable_gui(self, gui: str | None = None) -> None:
            """There is no window to open."""

        def showtraceback(self, *_: Any, **__: Any) -> None:
            """Errors are reported with the cell."""

        showsyntaxerror = showtraceback

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    shell = Shell.instance(config=config)
    shell.display_pub = CapturingDisplayPublisher(parent=shell)
    sys.modules["__main__"] = shell.user_module
    return shell


def _run(shell: Any, source: str, seconds: float) -> list[dict[str, Any]]:
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


def _check(job: Any, task: str, namespace: dict[str, Any], outer: int) -> Event:
    """Ask an answer in a process of its own, which may do what it likes."""
    asked = job["tasks"][task]
    inside, outside = os.pipe()
    if (child := os.fork()) == 0:
        os.close(inside)
        os.close(outer)
        _guarded(lambda: _ask(asked, namespace, outside))
    os.close(outside)
    began = time.monotonic()
    data, ended = _collect(inside, child, began + asked["most"])
    os.close(inside)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        for _ in range(100):  # until there is none left: a fork bomb would keep the next check from starting
            os.killpg(child, signal.SIGKILL)
            time.sleep(0.01)
    return {"evidence": np.frombuffer(data, np.uint8), "ended": ended, "seconds": time.monotonic() - began}


def _ask(asked: Any, namespace: dict[str, Any], pipe: int) -> None:
    os.setsid()
    exec(compile(asked["borrow"], "<the course's own>", "exec"), namespace)
    seen: dict[str, list[Plain]] = {}
    for part in asked["parts"]:
        rows = seen[part["name"]] = []
        for inputs in part["cases"]:
            probe = load(part["probe"])
            found = observe(probe, namespace, asked["answers"], inputs, asked["seconds"])
            rows.append(asdict(found))
            if found.failure and found.failure.kind == "TimeLimit":
                break
    view = memoryview(encode(seen))
    while view:
        view = view[os.write(pipe, view) :]


# ---------------------------------------------------------------- pipes


def _read(file: Any) -> bytes | None:
    """Read a frame: its size, then as many bytes; None at the end."""
    if len(head := file.read(SIZE.size)) < SIZE.size:
        return None
    (size,) = SIZE.unpack(head)
    if size > 2 * EVIDENCE:
        raise ValueError("a frame that is too large")
    data = file.read(size)
    return data if len(data) == size else None


def _write(file: Any, data: bytes) -> None:
    file.write(SIZE.pack(len(data)) + data)
    file.flush()
