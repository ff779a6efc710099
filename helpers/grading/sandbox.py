"""A sandbox for student code: bubblewrap around a worker that sees Python and the lesson's data only."""

import json
import os
import select
import shutil
import struct
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import helpers
from helpers.checks import lessons
from helpers.grading import CourseError, seccomp
from helpers.grading.cgroup import Group
from helpers.probes.plain import encode

HOME = "/private"  # the only place that can be written
UID, GRADERS, WORKERS = 70_000, 100_000, 64  # users above what a system gives to people
DISK = 256 << 20  # bytes of that place, and of shared memory
START = 60.0  # seconds for a worker to come up
OOM = "/course/oom"
SIZE = struct.Struct("<Q")
NO_PIECES = encode({})
SYSTEM = ("/usr/bin", "/usr/lib", "/usr/lib64", "/usr/share/fonts", "/usr/share/zoneinfo")
LINKS = ("/bin", "/lib", "/lib64")
ETC = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts", "/etc/localtime")
SHIPPED = (
    "__init__.py",
    "data",
    "device",
    "efficientnet.py",
    "figures",
    "minilm.py",
    "probes",
    "training",
    "widgets",
    "reference/__init__.py",
)
SHIPPED_GRADING = ("grading/__init__.py", "grading/worker", "grading/attack.py", "grading/seccomp.py")
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "HOME": HOME,
    "TMPDIR": HOME,
    "USER": "student",
    "LOGNAME": "student",
    "LANG": "C.UTF-8",
    "MPLBACKEND": "agg",
    "MPLCONFIGDIR": HOME,
    "PYTHONDONTWRITEBYTECODE": "1",
    "OMP_THREAD_LIMIT": "1",  # a fork after torch.set_num_threads(2) hangs otherwise
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "CUDA_VISIBLE_DEVICES": "",
}


ALLOW = (
    ". A normal user needs user namespaces: `sysctl kernel.unprivileged_userns_clone=1`, and on Ubuntu "
    "`sysctl kernel.apparmor_restrict_unprivileged_userns=0`"
)


class NoSandbox(CourseError):
    """Raised where student code can't be run safely on this machine."""


class Failed(RuntimeError):
    """Raised where a worker, not a submission, has failed."""


def program() -> str:
    """Return where bubblewrap is.

    Raises:
        NoSandbox: where it is not, with what to do.
    """
    if found := shutil.which("bwrap"):
        return found
    raise NoSandbox(
        "bubblewrap is not installed, so student code can't be run safely: install it "
        "(`apt-get install bubblewrap`), or say `--sandbox none` for a class that you trust"
    )


def install() -> None:
    """Install bubblewrap where that is ours to do: as root, on Debian or Ubuntu. Elsewhere do nothing."""
    if shutil.which("bwrap") or os.geteuid() != 0 or not (apt := shutil.which("apt-get")):
        return
    for words in (["update", "-q"], ["install", "-y", "-q", "bubblewrap"]):
        subprocess.run([apt, *words], stdin=subprocess.DEVNULL, capture_output=True, check=False)


def command(lesson: str, number: int, rules: int | None = None, counter: Path | None = None) -> list[str]:
    """Return the command that runs a worker for a lesson in a sandbox of its own.

    Args:
        lesson: its name.
        number: of the worker, which gives it a user of its own.
        rules: a descriptor that the filter of system calls can be read from.
        counter: where the kernel counts what it ended for want of memory.

    Raises:
        NoSandbox: where bubblewrap is missing.
    """
    root = os.geteuid() == 0
    isolated = [f"--unshare-{what}" for what in ("pid", "ipc", "uts", "net", "cgroup-try")]
    allowed = ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"] if root else []
    user = [] if root else ["--unshare-user", "--disable-userns"]
    uid = str(UID + os.getpid() % GRADERS * WORKERS + number)  # its own: the kernel counts processes by user
    drop = ["--reuid", uid, "--regid", uid, "--clear-groups", "--no-new-privs", "--inh-caps=-all"]
    start = "import sys; sys.path[:0] = ['/course']; from helpers.grading.worker import main; main()"
    return [
        *(program(), "--as-pid-1", "--new-session", "--die-with-parent", *isolated, *user),
        *("--hostname", "sandbox", "--cap-drop", "ALL", *allowed, "--clearenv"),
        *(arg for name, value in ENVIRONMENT.items() for arg in ("--setenv", name, value)),
        *_mounts(lesson),
        *(["--ro-bind", str(counter), OOM] if counter else []),
        *("--proc", "/proc", "--dev", "/dev"),
        *("--perms", "1777", "--size", str(DISK), "--tmpfs", "/dev/shm"),
        *("--perms", "1777", "--size", str(DISK), "--tmpfs", HOME),
        *("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", HOME),
        *(["--seccomp", str(rules)] if rules is not None else []),
        *(["setpriv", *drop] if root else []),
        *(sys.executable, "-s", "-P", "-c", start),
    ]


def _mounts(lesson: str) -> Iterator[str]:
    """Yield the arguments that show the Python environment and the lesson's part of this package."""
    shown: list[tuple[str, str]] = [(path, path) for path in (*SYSTEM, *ETC) if os.path.exists(path)]
    for path in LINKS:
        if os.path.islink(path):
            yield from ("--symlink", os.readlink(path), path)
        elif os.path.isdir(path):
            shown.append((path, path))
    python = dict.fromkeys([sys.base_prefix, sys.prefix, sysconfig.get_path("purelib")])
    shown += [(path, path) for path in python if not path.startswith(("/usr/lib", "/usr/bin"))]
    package = Path(helpers.__file__).parent
    earlier = list(lessons.MODULES)[: list(lessons.MODULES).index(lesson)]
    references = [f"reference/{module}.py" for name in earlier for module in lessons.references(name)]
    shown += [(str(package / n), f"/course/helpers/{n}") for n in (*SHIPPED, *SHIPPED_GRADING, *references)]
    made = {"/"}
    for source, target in shown:
        for parent in reversed(Path(target).parents):
            if str(parent) not in made:
                made.add(str(parent))
                yield from ("--perms", "0755", "--dir", str(parent))
        made.add(target)
        yield from ("--ro-bind", source, target)
    if "/tmp" not in made:
        yield from ("--symlink", HOME[1:], "/tmp")
    if any(package.is_relative_to(target) for _, target in shown):
        yield from ("--tmpfs", str(package))  # installed into the environment: hide it, with its checks


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
            job: what `scoring.job` says, encoded.
            seconds: how long to wait.
            pieces: what `scoring.pieces` says, encoded.

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
