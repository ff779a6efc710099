"""Whatever the learning platform made of it: a row for each student, and a reason where there is no notebook."""

import io
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from helpers.grading import CourseError
from helpers.grading.course import Course
from helpers.grading.intake.collect import find
from helpers.grading.intake.submission import Submission, take

LESSON = "01-perceptron"
PATH = Path(__file__).resolve().parents[3] / "course" / LESSON / f"{LESSON}.ipynb"
BLANK = PATH.read_bytes()
RELEASE = nbformat.read(PATH, as_version=4)
FILLED = BLANK.replace(b"raise NotImplementedError", b"pass")
MOODLE = "Ada Lovelace_1234567_assignsubmission_file_"


def zipped(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def link() -> bytes:
    packed, info = io.BytesIO(), zipfile.ZipInfo("x.ipynb")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    return packed.getvalue()


def encrypted() -> bytes:
    data = bytearray(zipped({"x.ipynb": BLANK}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


LAYOUTS: dict[str, tuple[dict[str, bytes], list[str]]] = {
    "folders": ({f"ada/{LESSON}.ipynb": BLANK, f"bob/{LESSON}/{LESSON}.ipynb": BLANK}, ["ada", "bob"]),
    "renamed": ({"ada/hw (1).ipynb": BLANK, "Zoë K/dévoir é.ipynb": BLANK}, ["Zoë K", "ada"]),
    "Moodle": ({f"{MOODLE}/x.ipynb": BLANK}, ["Ada Lovelace_1234567"]),
    "Canvas": (
        {
            f"lovelaceada_123_456789_{LESSON}.ipynb": BLANK,
            f"bob_LATE_124_456780_{LESSON}-1.ipynb": BLANK,
            f"smith_1_2_{LESSON}.ipynb": BLANK,
            f"smith_3_4_{LESSON}.ipynb": BLANK,
        },
        ["bob", "lovelaceada", "smith_1", "smith_3"],
    ),
    "a zip from a student": ({"ada/hw.zip": zipped({"a/hw.ipynb": BLANK, "__MACOSX/a.ipynb": b""})}, ["ada"]),
    "flat": ({"ada.ipynb": BLANK, "classlist.csv": b""}, ["ada"]),
}


def lay(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


@pytest.mark.parametrize("packed", ["folder", "zip", "zip in a folder"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_is_understood(tmp_path: Path, layout: str, packed: str) -> None:
    files, students = LAYOUTS[layout]
    if packed == "folder":
        path = lay(tmp_path / "in", files)
    else:
        if packed == "zip in a folder" and (layout == "a zip from a student" or "/" not in next(iter(files))):
            pytest.skip("one folder or none")
        top = "class/" * (packed == "zip in a folder")
        path = tmp_path / "in.zip"
        path.write_bytes(zipped({top + name: data for name, data in files.items()}))
    found = find(LESSON, path, RELEASE)
    assert [s.student for s in found] == students
    assert [s.read() for s in found] == [BLANK] * len(students)


@pytest.mark.parametrize(
    ("file", "pack", "reason"),
    [
        ("hw.pdf", lambda: b"", f"no {LESSON}.ipynb was handed in"),
        ("x.ipynb", lambda: b"", "is empty"),
        ("x.ipynb", lambda: b"oh", "not valid JSON"),
        ("x.zip", lambda: b"oh", "archive can't be read"),
        ("x.zip", lambda: zipped({}), f"no {LESSON}.ipynb was handed in"),
        ("x.zip", lambda: zipped({"../../x.ipynb": BLANK}), "leads out of the archive"),
        ("x.zip", lambda: zipped({"/x.ipynb": BLANK}), "leads out of the archive"),
        ("x.zip", lambda: zipped({"C:\\x.ipynb": BLANK}), "leads out of the archive"),
        ("x.zip", link, "it is a link"),
        ("x.zip", encrypted, "it is encrypted"),
        ("x.zip", lambda: zipped({"x.ipynb": b" " * 20_000_000}), "zip bomb"),
        ("x.zip", lambda: zipped({"x.ipynb": b" " * 50_000_001}), "more than 50 MB"),
        ("x.zip", lambda: zipped({f"{i}": b"" for i in range(20_001)}), "more than 20000 entries"),
        ("x.zip", lambda: zipped({"x.ipynb": BLANK})[:-300], "archive can't be read"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_what_can_not_be_read_is_one_students_reason(
    tmp_path: Path, file: str, pack: Callable[[], bytes], reason: str, packed: bool
) -> None:
    files = {f"ada/{LESSON}.ipynb": BLANK, f"bob/{file}": pack()}
    path = lay(tmp_path / "in", files)
    if packed:
        path = tmp_path / "in.zip"
        path.write_bytes(zipped(files))
    ada, bob = find(LESSON, path, RELEASE)
    assert (ada.reason, bob.student) == ("", "bob")
    assert reason in bob.reason


def test_an_empty_folder_and_a_link_are_rows(tmp_path: Path) -> None:
    lay(tmp_path, {f"ada/{LESSON}.ipynb": BLANK})
    (tmp_path / "bob").mkdir()
    (tmp_path / "eve").mkdir()
    (tmp_path / "eve" / "x.ipynb").symlink_to(tmp_path / "ada" / f"{LESSON}.ipynb")
    assert [bool(s.reason) for s in find(LESSON, tmp_path)] == [False, True, True]


@pytest.mark.parametrize(
    ("files", "chosen"),
    [
        ({f"{LESSON}.ipynb": BLANK, f"{LESSON} (1).ipynb": FILLED}, f"{LESSON} (1).ipynb"),
        ({f"{LESSON}.ipynb": BLANK, "copy.ipynb": BLANK}, f"{LESSON}.ipynb"),
        ({"a.ipynb": b"oh", "b.ipynb": BLANK}, "b.ipynb"),
        ({f"{LESSON}-1.ipynb": FILLED, f"{LESSON}-2.ipynb": BLANK}, f"{LESSON}-2.ipynb"),
        ({"a.ipynb": b'{"nbformat": 4, "cells": []}', "b.ipynb": BLANK}, "b.ipynb"),
    ],
)
def test_of_several_notebooks_the_one_that_is_meant_counts(
    tmp_path: Path, files: dict[str, bytes], chosen: str
) -> None:
    [found] = find(LESSON, lay(tmp_path, {f"ada/{name}": data for name, data in files.items()}), RELEASE)
    assert found.path is not None
    assert found.path.name == chosen
    assert "counts, not" in found.remark


@pytest.mark.parametrize("packed", [False, True])
def test_only_the_notebook_and_its_timestamp_are_taken(tmp_path: Path, packed: bool) -> None:
    files = {"ada/hw (1).ipynb": BLANK, "ada/timestamp.txt": b"2026-01-01 UTC", "ada/numpy.py": b"1 / 0"}
    path = lay(tmp_path / "in", files)
    if packed:
        path = tmp_path / "in.zip"
        path.write_bytes(zipped(files))
    [found] = find(LESSON, path, RELEASE)
    course = Course(tmp_path / "class")
    take(course, LESSON, found)
    taken = {p.name: p.read_bytes() for p in course.work("submitted", "ada", LESSON).iterdir()}
    assert taken == {f"{LESSON}.ipynb": BLANK, "timestamp.txt": b"2026-01-01 UTC"}


def test_nothing_to_grade_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="nothing to grade"):
        find(LESSON, tmp_path)
    assert Submission("ada", None).read() == b""
