"""A control group around a worker, where one can be made: a bound on memory that nothing escapes.

It counts what no look at processes finds: files in memory, pipes, sockets, page tables. Where there
is none (a normal user without a delegated hierarchy), the worker's own watch must do.
"""

import itertools
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

MEMORY = 5 << 30  # bytes: the 4 GiB that a submission may take, and the worker itself
PROCESSES = 512
NAME = "course-worker-"  # and the process that made it, and a number
ENTER = 'while [ "$1" != -- ]; do { echo $$ > "$1"; } 2> /dev/null; shift; done; shift; exec "$@"'
LIMITS = {  # by controller: what is written to the files that there are, in version 1 and in version 2
    "memory": {
        "memory.limit_in_bytes": "{}", "memory.memsw.limit_in_bytes": "{}",
        "memory.max": "{}", "memory.swap.max": "0",
    },
    "pids": {"pids.max": "{}"},
}  # fmt: skip
COUNTERS = ("memory.oom_control", "memory.events")  # each has a line "oom_kill N"
_numbers = itertools.count()


class Group:
    """A group of the two controllers; without effect where the kernel or the rights lack."""

    def __init__(self, memory: int = MEMORY, processes: int = PROCESSES) -> None:
        self._folders: list[Path] = []
        name = f"{NAME}{os.getpid()}-{next(_numbers)}"
        for controller, most in (("memory", memory), ("pids", processes)):
            if folder := _make(controller, name):
                self._folders.append(folder)
                for file, value in LIMITS[controller].items():
                    with suppress(OSError):
                        if (folder / file).exists():
                            (folder / file).write_text(value.format(most))

    def around(self, command: Sequence[str]) -> list[str]:
        """Return a command that enters this group and then becomes the one given."""
        if not self._folders:
            return list(command)
        return ["/bin/sh", "-c", ENTER, "sh", *(f"{f}/cgroup.procs" for f in self._folders), "--", *command]

    @property
    def counter(self) -> Path | None:
        """The file in which the kernel counts what it ended for want of memory."""
        files = (folder / name for folder in self._folders for name in COUNTERS)
        return next((file for file in files if file.exists()), None)

    @property
    def kills(self) -> int:
        """How many processes the kernel has ended in it, for want of memory."""
        lines = self.counter.read_text().splitlines() if self.counter else []
        return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)

    def close(self) -> None:
        """Remove the group, once all that was in it is gone."""
        until = time.monotonic() + 5
        while self._folders and time.monotonic() < until:
            self._folders = [folder for folder in self._folders if not _removed(folder)]
            time.sleep(0.01 if self._folders else 0)


def _make(controller: str, name: str) -> Path | None:
    """Make a folder below the first group that lets us, and remove those of runs that were killed."""
    for parent in _parents(controller):
        with suppress(OSError):
            for old in parent.glob(f"{NAME}*"):
                if not os.path.exists(f"/proc/{old.name.removeprefix(NAME).split('-')[0]}"):
                    _removed(old)
            (parent / name).mkdir(exist_ok=True)
            return parent / name
    return None


def _removed(folder: Path) -> bool:
    with suppress(FileNotFoundError):
        try:
            folder.rmdir()
        except OSError:
            return False
    return True


def _parents(controller: str) -> Iterator[Path]:
    """Yield groups that a group with this controller can stand in: our own first, then what is above it."""
    try:
        mounts = [line.split()[1:4] for line in Path("/proc/self/mounts").read_text().splitlines()]
        own = [line.split(":", 2)[1:] for line in Path("/proc/self/cgroup").read_text().splitlines()]
    except OSError:
        return
    for path, kind, options in mounts:
        if kind == "cgroup" and controller in options.split(","):
            inside = next((group for names, group in own if controller in names.split(",")), "/")
            yield from _upwards(Path(path), inside)
        elif kind == "cgroup2":
            inside = next((group for names, group in own if not names), "/")
            for parent in _upwards(Path(path), inside):
                with suppress(OSError):
                    if controller in (parent / "cgroup.subtree_control").read_text().split():
                        yield parent


def _upwards(root: Path, inside: str) -> Iterator[Path]:
    own = root / inside.strip("/")
    yield from (path for path in (own, *own.parents) if path.is_relative_to(root) and path.is_dir())
