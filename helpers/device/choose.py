"""Which device to compute on, what it is, and why a GPU that is there can't be used."""

import functools
import os
import platform
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import torch

VARIABLE = "COURSE_DEVICE"
KINDS = ("cuda", "xpu", "mps", "cpu")  # in the order of preference; AMD's GPUs are "cuda" to torch, too
GB = 1e9


def device(name: str | torch.device | None = None) -> torch.device:
    """Return the device to compute on: the argument, else $COURSE_DEVICE, else cuda, xpu, mps or cpu.

    Where a GPU is there and can't be used, a warning says why, once, and the CPU is taken.

    Args:
        name: "cuda", "cuda:1", "xpu", "mps" or "cpu"; None for the best that there is.

    Raises:
        ValueError: for a name that means no device.
        RuntimeError: where this machine, or this torch, has no such device.
    """
    if asked := name or os.environ.get(VARIABLE):
        return _asked(asked, "" if name else f"{VARIABLE}=")
    kind = next(kind for kind in KINDS if count(kind))
    if kind == "cpu" and (why := trouble()):
        _warn(why)
    return torch.device(kind)


def count(kind: str) -> int:
    """Return how many devices of a kind torch can compute on."""
    if kind == "cuda":
        return torch.cuda.device_count() if not _cuda_fails() else 0
    if kind == "xpu":
        return torch.xpu.device_count() if torch.xpu.is_available() else 0
    if kind == "mps":
        return int(torch.backends.mps.is_available())
    return int(kind == "cpu")


def describe(device: torch.device | str) -> str:
    """Return one line: the device's name, its memory and capability; for a CPU its cores and threads."""
    device = torch.device(device)
    if device.type == "cuda":
        about = torch.cuda.get_device_properties(device)
        grade = "architecture" if torch.version.hip else "compute capability"
        return (
            f"{device}: {about.name}, {about.total_memory / GB:.1f} GB, {grade} {about.major}.{about.minor}"
        )
    if device.type == "xpu":
        intel = torch.xpu.get_device_properties(device)
        return f"{device}: {intel.name}, {intel.total_memory / GB:.1f} GB"
    if device.type == "mps":
        return f"mps: Apple GPU, {torch.mps.recommended_max_memory() / GB:.1f} GB of the machine's memory"
    cores, threads = _plural(_cores(), "core"), _plural(torch.get_num_threads(), "thread")
    return f"cpu: {_processor()}, {cores}, {threads} in use"


@functools.cache
def trouble() -> str | None:
    """Return why a GPU that is in this machine can't be used and what to do, or None where all is well."""
    if os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1"):
        return None  # hidden on purpose
    built = f"torch {torch.__version__}"
    if gpu := _nvidia():
        if torch.version.cuda is None:
            return (
                f"There is a GPU here ({gpu}), but {built} is built without CUDA, so the CPU computes. "
                "Install a build with CUDA: choose it on https://pytorch.org/get-started/locally"
            )
        if why := _cuda_fails():
            return (
                f"There is a GPU here ({gpu}), but {built}, built for CUDA {torch.version.cuda}, can't "
                f"use it, so the CPU computes. It says: {why} Update the GPU's driver, or install a torch "
                "for an older CUDA: https://pytorch.org/get-started/locally"
            )
    if Path("/dev/kfd").exists() and not torch.version.hip:
        return (
            f"There is an AMD GPU here, but {built} is built without ROCm, so the CPU computes. Install a "
            "build with ROCm: choose it on https://pytorch.org/get-started/locally"
        )
    if sys.platform == "darwin" and platform.machine() == "arm64" and not torch.backends.mps.is_available():
        return (
            f"This Mac has a GPU, but {built} can't use it, so the CPU computes. It takes macOS 14 or later "
            "and a torch that is built for it (`pip install torch` in a Python for arm64)."
        )
    return None


def _asked(name: str | torch.device, source: str) -> torch.device:
    try:
        device = torch.device(name)
    except RuntimeError:
        device = torch.device("meta")
    if device.type not in KINDS:
        raise ValueError(f"{source}{name} names no device; write one of {', '.join(KINDS)}, or cuda:1")
    if (device.index or 0) < count(device.type):
        return device
    there = ", ".join(
        f"{kind}:{i}" if count(kind) > 1 else kind for kind in KINDS for i in range(count(kind))
    )
    why = "" if device.type == "cpu" or not (text := trouble()) else f". {text}"
    raise RuntimeError(f"{source}{name} is not on this machine; there is: {there}{why}")


@functools.cache
def _warn(why: str) -> None:
    """Warn once in a process, whatever the filters do."""
    warnings.warn(why, stacklevel=3)


@functools.cache
def _cuda_fails() -> str:
    """Return "" where a kernel runs on the first GPU, else what torch says: only a trial shows it."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            if torch.cuda.is_available():
                torch.ones(2, device="cuda").sum().item()
                return ""
        except RuntimeError as error:
            return str(error).splitlines()[0]
    return next((str(w.message).splitlines()[0] for w in caught), "no CUDA device was found.")


def _nvidia() -> str:
    """Return the name of the first NVIDIA GPU that the driver's own tool lists, or "" where there is none."""
    if program := shutil.which("nvidia-smi"):
        query = [program, "--query-gpu=name,driver_version", "--format=csv,noheader"]
        try:
            ran = subprocess.run(query, capture_output=True, text=True, timeout=300, check=True)
            return ran.stdout.strip().splitlines()[0].replace(", ", ", driver ")
        except (OSError, subprocess.SubprocessError, IndexError):
            pass  # a tool without a driver, or a driver without a GPU: the device file decides
    return "NVIDIA" if Path("/dev/nvidia0").exists() else ""


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    names = info.read_text().split("model name") if info.exists() else []
    return names[1].split("\n")[0].strip("\t :") if len(names) > 1 else platform.processor() or "unknown"


def _cores() -> int:
    """The cores that this process may use, which in a container are fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _plural(n: int, word: str) -> str:
    return f"{n} {word}{'s' * (n != 1)}"
