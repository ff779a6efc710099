"""`course doctor` on machines that lack something: each lack is told, with what it means and what mends it."""

import json
import os
import shutil
import subprocess
import sys
from collections import namedtuple
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from helpers.grading import cli, doctor
from helpers.grading.doctor import machine, software
from helpers.grading.doctor.finding import Finding
from helpers.grading.sandbox import cgroup
from helpers.grading.worker import seccomp

ROOT = Path(__file__).resolve().parents[3]
Ran = namedtuple("Ran", "returncode stdout stderr")


@pytest.fixture(autouse=True)
def sandbox_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name, **_: f"/usr/bin/{name}")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: Ran(0, "bubblewrap 0.8.0\n", ""))


def found(name: str) -> Finding:
    return next(finding for finding in doctor.examine(ROOT) if finding.what == name)


def test_a_machine_that_has_everything_can_grade() -> None:
    told = doctor.examine(ROOT)
    assert doctor.can_grade(told)
    assert {"Python", "packages", "bubblewrap", "sandbox", "machine", "fonts", "checkout"} <= {
        f.what for f in told
    }
    assert all(finding.mend for finding in told if finding.state != "ok")


def test_another_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 1))
    assert found("Python").state == "missing"


def test_a_package_is_missing_or_of_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    real = metadata.version

    def version(name: str) -> str:
        if name in ("nbgrader", "distributed"):
            raise metadata.PackageNotFoundError(name)
        return "1.0" if name == "numpy" else real(name)

    monkeypatch.setattr(metadata, "version", version)
    assert found("nbgrader") == Finding(
        "nbgrader",
        "missing",
        "not installed; grading does not start",
        "pip install 'deep-learning-course[grading]'",
    )
    assert found("distributed").state == "note"
    assert found("numpy").says.startswith("1.0 is installed, the course is made for >=")
    assert not doctor.can_grade(doctor.examine(ROOT))


def test_no_bubblewrap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name, **_: None)
    assert found("bubblewrap").mend == "apt-get install bubblewrap"
    assert found("bubblewrap").state == "missing"
    assert not any(finding.what == "sandbox" for finding in doctor.examine(ROOT))


@pytest.mark.parametrize(("uid", "mend"), [(0, "privileged"), (1000, "unprivileged_userns_clone=1")])
def test_no_user_namespaces(monkeypatch: pytest.MonkeyPatch, uid: int, mend: str) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: uid)
    monkeypatch.setattr(
        subprocess, "run", lambda *_, **__: Ran(1, "", "bwrap: No permissions to create a namespace")
    )
    assert found("sandbox").state == "missing"
    assert "No permissions" in found("sandbox").says
    assert mend in found("sandbox").mend


def test_another_system_and_another_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine.platform, "system", lambda: "Darwin")
    monkeypatch.setattr(seccomp, "known", lambda: False)
    assert found("Linux").state == "missing"
    assert "--sandbox none" in found("Linux").mend
    assert found("filter of system calls").state == "note"


def test_no_control_groups_little_memory_no_formgrader_no_font(monkeypatch: pytest.MonkeyPatch) -> None:
    from jupyter_server.extension.config import ExtensionConfigManager
    from matplotlib import font_manager

    def no_font(*_: Any, **__: Any) -> str:
        raise ValueError("no such font")

    monkeypatch.setattr(cgroup.Group, "counter", None)
    monkeypatch.setattr(machine, "_memory", lambda: 1.5)
    monkeypatch.setattr(
        ExtensionConfigManager,
        "get_jpserver_extensions",
        lambda self: {"nbgrader.server_extensions.formgrader": False},
    )
    monkeypatch.setattr(font_manager, "findfont", no_font)
    told = {finding.what: finding for finding in doctor.examine(ROOT)}
    for name in ("control groups", "machine", "formgrader", "fonts"):
        assert told[name].state == "note", told[name]
        assert told[name].mend
    assert "1.5 GiB" in told["machine"].says
    assert doctor.can_grade([*told.values()])


def test_weights_are_looked_for_where_the_checkout_names_them(tmp_path: Path) -> None:
    (tmp_path / "weights.txt").write_text(
        "# weights\nno-such-weights==0.1.0 \\\n    --hash=sha256:00\nnumpy==2.0\n"
    )
    told = [(finding.what, finding.state) for finding in software.weights(tmp_path)]
    assert told == [("no-such-weights", "note"), ("numpy", "ok")]


def test_a_look_that_fails_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_memory", lambda: 1 / 0)
    told = found("machine")
    assert told.state == "note"
    assert "ZeroDivisionError" in told.says
    assert found("fonts")


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> object:
    monkeypatch.setattr(sys, "argv", ["course", "doctor", *words])
    with pytest.raises(SystemExit) as end:
        cli.main()
    return end.value.code


def test_the_exit_code_says_whether_one_can_grade(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)  # outside of a checkout too
    assert run(monkeypatch) == 0
    assert capsys.readouterr().out.endswith("This machine can grade.\n")
    monkeypatch.setattr(shutil, "which", lambda name, **_: None)
    assert run(monkeypatch) == 1
    out = capsys.readouterr().out
    assert (
        "✗ bubblewrap: not installed: student code can't be run safely\n    apt-get install bubblewrap\n"
        in out
    )
    assert run(monkeypatch, "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert told["can grade"] is False
    assert {"what": "bubblewrap", "state": "missing"}.items() <= next(
        f for f in told["findings"] if f["what"] == "bubblewrap"
    ).items()
