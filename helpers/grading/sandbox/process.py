"""A worker in its sandbox, as the grader holds it: started, handed jobs, ended."""

import json
import os
import select
import struct
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from helpers.grading.sandbox.cgroup import Group
from helpers.grading.sandbox.command import NoSandbox, command
from helpers.grading.worker import seccomp
from helpers.probes.plain import encode

START = 600.0  # seconds for a worker to come up, on the slowest machine: where it can't, it ends by itself
SIZE = struct.Struct("<Q")
NO_PIECES = encode({})
ALLOW = (
    ". A normal user needs user namespaces: `sysctl kernel.unprivileged_userns_clone=1`, and on Ubuntu "
    "`sysctl kernel.apparmor_restrict_unprivileged_userns=0`"
)


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
            self._send(json.dumps(told).encode())
            won: dict[str, Any] = json.loads(self._receive(START))
        except (Failed, ValueError):
            self.close()
            raise NoSandbox(f"the sandbox does not start: {self.says or 'no reason given'}{ALLOW}") from None
        if won:
            self.close()
            raise NoSandbox(f"the sandbox is not safe on this machine, it let us {'; '.join(won.values())}")

    def run(self, job: bytes, seconds: float, pieces: bytes = NO_PIECES) -> bytes:
        """Hand a job to the worker and return its reply.

        Args:
            job: what `judging.jobs.job` says, encoded.
            seconds: how long to wait.
            pieces: what `judging.jobs.pieces` says, encoded.

        Raises:
            Failed: if there is none within the time.
        """
        killed = self._group.kills
        try:
            self._send(job)
            self._send(pieces)
            return self._receive(seconds)
        except Failed:
            if self._group.kills == killed:
                raise
            return encode({"events": [], "ended": "ran out of memory", "left out": {}})  # and took it along

    @property
    def limited(self) -> bool:
        """Whether a control group bounds what is in the sandbox."""
        return self._group.counter is not None

    @property
    def says(self) -> str:
        """What the sandbox wrote to stderr last."""
        return b"".join(self._errors).decode(errors="replace").strip()[-500:]

    def close(self) -> None:
        """End the worker and everything in its sandbox."""
        self._process.kill()
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

    def _send(self, data: bytes) -> None:
        assert self._process.stdin
        try:
            self._process.stdin.write(SIZE.pack(len(data)) + data)
            self._process.stdin.flush()
        except OSError as error:
            raise Failed(f"the worker is gone ({error.strerror}): {self.says}") from None

    def _receive(self, seconds: float) -> bytes:
        head = self._exactly(SIZE.size, seconds)
        return self._exactly(SIZE.unpack(head)[0], seconds)

    def _exactly(self, size: int, seconds: float) -> bytes:
        assert self._process.stdout
        fd, chunks, missing = self._process.stdout.fileno(), list[bytes](), size
        while missing:
            if not select.select([fd], [], [], seconds)[0]:
                raise Failed(f"no word from the worker for {seconds:g} s")
            if not (chunk := os.read(fd, min(missing, 1 << 20))):
                raise Failed(f"the worker ended: {self.says}")
            chunks.append(chunk)
            missing -= len(chunk)
        return b"".join(chunks)
