"""A worker in its sandbox, as the grader holds it: started, handed jobs, ended."""

import json
import os
import select
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from helpers.grading.sandbox.cgroup import Group
from helpers.grading.sandbox.command import NoSandbox, command
from helpers.grading.sandbox.patience import LOOK, Patience, below
from helpers.grading.worker import seccomp
from helpers.grading.worker.budget import taken
from helpers.grading.worker.frames import ASKS, MOST, SIZE
from helpers.probes.plain import encode

START = 600.0  # seconds for a worker to come up, on the slowest machine: where it can't, it ends by itself
Lend = Callable[[bytes], bytes]  # what a worker gets for what it asks, both encoded
ALLOW = (
    ". A normal user needs user namespaces: `sysctl kernel.unprivileged_userns_clone=1`, and on Ubuntu "
    "`sysctl kernel.apparmor_restrict_unprivileged_userns=0`"
)


def nothing(asked: bytes) -> bytes:
    """Lend nothing."""
    return encode({})


class Failed(RuntimeError):
    """Raised where a worker, not a submission, has failed."""


@contextmanager
def _rules() -> Iterator[list[int]]:
    """A descriptor with the filter of system calls, none on a machine that there is none for."""
    if not seccomp.known():
        yield []
        return
    with os.fdopen(os.memfd_create("rules"), "wb") as file:
        file.write(seccomp.program(os.uname().machine))
        file.seek(0)
        yield [file.fileno()]


class Worker:
    """A sandboxed worker; it belongs to the thread that made it, and ends with it or with `close`."""

    def __init__(self, lesson: str, number: int, secrets: Sequence[Path], warm: Sequence[str] = ()):
        self._errors: list[bytes] = []
        self._group = Group()
        with _rules() as rules:
            inner = command(lesson, number, rules[0] if rules else None, self._group.counter)
            self._process = subprocess.Popen(
                self._group.around(inner),
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, pass_fds=rules,
            )  # fmt: skip
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        try:
            told = {"secrets": [str(path) for path in secrets], "warm": list(warm)}
            patience = Patience(self._process.pid, START)
            self._send(json.dumps(told).encode(), patience)
            won: dict[str, Any] = json.loads(self._receive(patience, MOST))
        except (Failed, ValueError):
            self.close()
            raise NoSandbox(f"the sandbox does not start: {self.says or 'no reason given'}{ALLOW}") from None
        if won:
            self.close()
            raise NoSandbox(f"the sandbox is not safe on this machine, it let us {'; '.join(won.values())}")

    def run(self, job: bytes, seconds: float, lend: Lend = nothing) -> bytes:
        """Hand a job to the worker and return its reply.

        Args:
            job: what `judging.jobs.job` says, encoded.
            seconds: how long to wait at most; less where nothing in the sandbox runs any more.
            lend: says what the worker gets that asks for more, once.

        Raises:
            Failed: if there is none within the time, or none that is a worker's.
            ValueError: if it asks as no worker does.
        """
        killed, patience = self.kills, Patience(self._process.pid, seconds)
        try:
            self._send(job, patience)
            reply = self._receive(patience, MOST)
            if reply.startswith(ASKS):
                self._send(lend(reply.removeprefix(ASKS)), patience)
                reply = self._receive(patience, MOST)
            return reply
        except Failed:
            if self.kills == killed:
                raise
            return encode({"events": [], "ended": "ran out of memory", "left out": {}})  # and took it along

    def say(self, data: bytes, seconds: float) -> None:
        """Send a frame of a conversation; raises Failed as `run` does."""
        self._send(data, Patience(self._process.pid, seconds))

    def hear(self, seconds: float, most: int) -> bytes:
        """Return the next frame of a conversation, of so many bytes at most; raises Failed as `run` does."""
        return self._receive(Patience(self._process.pid, seconds), most)

    @property
    def kills(self) -> int:
        """How many processes in it the kernel has ended for want of memory."""
        return self._group.kills

    @property
    def used(self) -> float:
        """The seconds of the processor that everything in it has taken so far."""
        return sum(taken(process)[0] for process in below(self._process.pid))

    @property
    def ended(self) -> bool:
        """Whether its first process has ended, and everything in its sandbox with it."""
        return self._process.poll() is not None

    @property
    def limited(self) -> bool:
        """Whether a control group bounds what is in the sandbox."""
        return self._group.counter is not None

    @property
    def says(self) -> str:
        """What the sandbox wrote to stderr last."""
        return b"".join(self._errors).decode(errors="replace").strip()[-500:]

    def kill(self) -> None:
        """Begin to end the worker and everything in its sandbox; `close` waits for it."""
        self._process.kill()

    def close(self) -> None:
        """End the worker and everything in its sandbox."""
        self.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with suppress(OSError):
                    pipe.close()
        self._listener.join(5)
        self._group.close()

    def _listen(self) -> None:
        assert self._process.stderr
        for line in self._process.stderr:
            self._errors[:] = [*self._errors[-20:], line[:500]]
        self._process.stderr.close()

    def _send(self, data: bytes, patience: Patience) -> None:
        assert self._process.stdin
        fd, left = self._process.stdin.fileno(), memoryview(SIZE.pack(len(data)) + data)
        os.set_blocking(fd, False)  # a worker that hangs reads nothing
        while left:
            if not select.select([], [fd], [], LOOK)[1]:
                self._wait(patience)
                continue
            try:
                left = left[os.write(fd, left) :]
            except BlockingIOError:
                continue
            except OSError as error:
                raise Failed(f"the worker is gone ({error.strerror}): {self.says}") from None

    def _receive(self, patience: Patience, most: int) -> bytes:
        """Return a frame; one that no worker sends is not even read."""
        (size,) = SIZE.unpack(self._exactly(SIZE.size, patience))
        if size > most:
            raise Failed(f"the worker announced {size} bytes, and none sends more than {most}")
        return self._exactly(size, patience)

    def _exactly(self, size: int, patience: Patience) -> bytes:
        assert self._process.stdout
        fd, data = self._process.stdout.fileno(), bytearray()
        while len(data) < size:
            if not select.select([fd], [], [], LOOK)[0]:
                self._wait(patience)
                continue
            if not (chunk := os.read(fd, min(size - len(data), 1 << 20))):
                raise Failed(f"the worker ended: {self.says}")
            data += chunk
        return bytes(data)

    def _wait(self, patience: Patience) -> None:
        if why := patience.over():
            raise Failed(f"no word from the worker: {why}")
