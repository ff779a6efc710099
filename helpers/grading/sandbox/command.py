"""A sandbox for student code: bubblewrap around a worker that sees Python and the lesson's data only."""

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import helpers
from helpers.checks import lessons
from helpers.grading import CourseError

HOME = "/private"  # the only place that can be written
UID, GRADERS, WORKERS = 70_000, 100_000, 64  # users above what a system gives to people
DISK = 256 << 20  # bytes of that place, and of shared memory
OOM = "/course/oom"
SYSTEM = ("/usr/bin", "/usr/lib", "/usr/lib64", "/usr/share/fonts", "/usr/share/zoneinfo")
LINKS = ("/bin", "/lib", "/lib64")
ETC = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts", "/etc/localtime")
SHIPPED = (
    "__init__.py",
    "data",
    "device",
    "efficientnet.py",
    "figures",
    "maze",
    "minilm.py",
    "probes",
    "training",
    "widgets",
    "work.py",
    "reference/__init__.py",
)
SHIPPED_GRADING = ("grading/__init__.py", "grading/worker")
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
    "PYTHONHASHSEED": "0",  # or a set of texts would be in another order in each worker
    "OMP_THREAD_LIMIT": "1",  # a fork after torch.set_num_threads(2) hangs otherwise
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "CUDA_VISIBLE_DEVICES": "",
}


class NoSandbox(CourseError):
    """Raised where student code can't be run safely on this machine."""


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
    own = os.getpid() % GRADERS * WORKERS + number % WORKERS  # the kernel counts processes by user
    uid = str(UID + own)
    drop = ["--reuid", uid, "--regid", uid, "--clear-groups", "--no-new-privs", "--inh-caps=-all"]
    start = "import sys; sys.path[:0] = ['/course']; from helpers.grading.worker.main import main; main()"
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
