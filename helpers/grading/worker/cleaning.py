"""Between two submissions: nothing of the first may be there for the second."""

import contextlib
import os
import resource
import signal
import time

HOME = os.environ["HOME"]  # the only place that can be written, wiped after each submission
PLACES = (HOME, "/dev/shm")
PATIENCE = 120.0  # seconds for all processes to be gone


def standing() -> object:
    """What a process of the same user can change of this one, for all that come after it."""
    limits = [resource.getrlimit(what) for what in range(resource.RLIMIT_RTPRIO + 1)]
    return limits, os.getpriority(os.PRIO_PROCESS, 0), os.sched_getaffinity(0), os.sched_getscheduler(0)


def end_all_others() -> None:
    """End and forget every process but this one and pid 1, and wait until they are gone.

    Hundreds of them take their time to die, and count against the limit of processes until then.
    """
    until = time.monotonic() + PATIENCE
    while True:
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        others = {name for name in os.listdir("/proc") if name.isdigit()} - {"1", str(os.getpid())}
        if not others or time.monotonic() > until:
            return
        time.sleep(0.002)


def wipe() -> None:
    """Leave nothing behind; where that fails, end this worker, and its sandbox with it.

    System V memory and keys can't be made: the filter of system calls refuses both.
    """
    for folder in PLACES:
        _empty(folder)


def _empty(folder: str) -> None:
    """Remove all that is in a folder, however deep: what an inner one holds moves up before it goes."""
    name, count = os.urandom(8).hex(), 0  # which nothing in there is called
    while entries := list(os.scandir(folder)):
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                os.unlink(entry.path)
                continue
            os.chmod(entry.path, 0o700)
            for inner in list(os.scandir(entry.path)):
                if inner.is_dir(follow_symlinks=False):
                    os.chmod(inner.path, 0o700)
                os.rename(inner.path, os.path.join(folder, f"{name}-{count}"))
                count += 1
            os.rmdir(entry.path)
