"""A JupyterHub: a teacher and a student are two users of the machine, from release to feedback."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from small_class import LESSON, RIGHT, ROOT
from stock import NBGRADER

from helpers.grading import cli
from helpers.grading.course import CONFIG, Course

TEACHER, STUDENT = 62001, 62002
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be two users")
RELEASE = f"""
from pathlib import Path
from helpers.grading.course import Course
from helpers.grading.marks.release import release
release(Course(Path.cwd()), "{LESSON}")
"""
LOOK = "import pathlib, sys; pathlib.Path(sys.argv[1]).read_bytes()"
GRADE = f"""
from pathlib import Path
import nbformat
from helpers.grading.course import Course
from helpers.grading.marks.writer import Entry, Writer
course, lesson = Course(Path.cwd()), "{LESSON}"
with Writer(course, lesson) as writer:
    writer.lay_out("sam", nbformat.read(course.work("submitted", "sam", lesson, f"{{lesson}}.ipynb"), 4))
    writer.add("sam", Entry({{"check-heaviside": 1.0}}))
"""


@pytest.fixture
def machine() -> Iterator[Path]:
    """A folder that all users may enter, with a home for each."""
    folder = Path(tempfile.mkdtemp(prefix="hub-"))
    folder.chmod(0o755)
    people = ["root:x:0:0::/root:/bin/sh"]
    for name, uid in ("tess", TEACHER), ("sam", STUDENT):
        people.append(f"{name}:x:{uid}:{uid}::{folder / name}:/bin/sh")
        (folder / name).mkdir(mode=0o755)
        os.chown(folder / name, uid, uid)
    (folder / "passwd").write_text("\n".join([*people, ""]))
    yield folder
    shutil.rmtree(folder)


def as_user(machine: Path, uid: int) -> list[str]:
    """Return what starts a command as another user, who may read this Python even where it is in root's home."""
    ours = dict.fromkeys(map(str, (sys.base_prefix, sys.prefix, ROOT)))
    inside = [path for path in ours if Path(path).is_relative_to("/root")]
    home = ["--tmpfs", "/root"]
    for path in inside:
        above = [str(folder) for folder in reversed(Path(path).parents) if folder.is_relative_to("/root")]
        home += [word for folder in above[1:] for word in ("--perms", "0755", "--dir", folder)]
        home += ["--ro-bind", path, path]
    caps = ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    shell = ["bwrap", "--bind", "/", "/", "--dev-bind", "/dev", "/dev", *(home if inside else ())]
    shell += ["--ro-bind", str(machine / "passwd"), "/etc/passwd"]
    return [*shell, *caps, "setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups"]


def run(machine: Path, user: str, *words: str, cwd: str = "") -> str:
    """Run a command as one of them; return what it said."""
    home, uid = machine / user, {"tess": TEACHER, "sam": STUDENT}[user]
    environment = {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": str(home),
        "LOGNAME": user,
        "JUPYTER_CONFIG_PATH": str(machine / "etc"),
    }
    command = [*as_user(machine, uid), sys.executable, *words]
    done = subprocess.run(command, cwd=home / cwd, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def nbgrader(machine: Path, user: str, *words: str, cwd: str = "") -> str:
    return run(machine, user, *NBGRADER[1:], *words, cwd=cwd)


def course(*words: object) -> int:
    """Run the command `course`; return its exit code."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["course", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            cli.main()
    assert isinstance(end.value.code, int)
    return end.value.code


@AS_ROOT
def test_a_lesson_goes_out_and_feedback_comes_back_between_two_users(machine: Path) -> None:
    held = Course(ROOT).copy_to(machine / "tess" / "class", LESSON)
    for path in (held.root, *held.root.rglob("*")):
        os.chown(path, TEACHER, TEACHER)
    words = [
        "hub",
        "--exchange",
        machine / "exchange",
        "--to",
        machine / "etc" / CONFIG,
        "--class",
        held.root,
    ]
    assert course(*words) == 0
    assert course(*words) == 0, "again is the same"
    assert course(*words[:3], "--to", held.root / CONFIG, "--class", held.root) == 2, "nothing is overwritten"
    assert course("hub", "--exchange", held.work("exchange"), "--class", held.root) == 2, "marks are there"

    for name, source in ("release", RELEASE), ("grade", GRADE), ("look", LOOK):
        (machine / f"{name}.py").write_text(source)
    run(machine, "tess", str(machine / "release.py"), cwd="class")
    where = "--CourseDirectory.release_directory=.nbgrader/release"
    nbgrader(machine, "tess", "release_assignment", LESSON, where, cwd="class")

    nbgrader(machine, "sam", "fetch_assignment", LESSON)
    path = machine / "sam" / LESSON / f"{LESSON}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    next(cell for cell in notebook.cells if cell.id == "heaviside").source = RIGHT
    nbformat.write(notebook, path)
    nbgrader(machine, "sam", "submit", LESSON)
    nbgrader(machine, "tess", "collect", LESSON, cwd="class")
    run(machine, "tess", str(machine / "grade.py"), cwd="class")
    with pytest.raises(AssertionError, match="PermissionError"):
        run(machine, "sam", str(machine / "look.py"), str(held.work("gradebook.db")))
    nbgrader(machine, "tess", "generate_feedback", LESSON, cwd="class")
    nbgrader(machine, "tess", "release_feedback", LESSON, cwd="class")
    nbgrader(machine, "sam", "fetch_feedback", LESSON)

    assert [*(machine / "sam" / LESSON / "feedback").rglob("*.html")]
