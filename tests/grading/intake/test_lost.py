"""Nothing that was handed in is lost, and of several notebooks the one that is meant counts."""

import io
import json
import os
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode

from helpers.grading import CourseError
from helpers.grading.course import Course
from helpers.grading.intake import archives, choose
from helpers.grading.intake.choose.versions import attempt
from helpers.grading.intake.collect import find
from helpers.grading.intake.pictures import shown_beside
from helpers.grading.intake.submission import STAMP, Submission, take
from helpers.grading.intake.untrusted import Cell
from helpers.grading.judging import store

ROOT = Path(__file__).resolve().parents[3]
LESSON, OTHER = "01-perceptron", "02-gradient-descent"
BLANK = (ROOT / "course" / LESSON / f"{LESSON}.ipynb").read_bytes()
FOREIGN = (ROOT / "course" / OTHER / f"{OTHER}.ipynb").read_bytes()
OURS = (ROOT / "solutions" / LESSON / f"{LESSON}.ipynb").read_bytes()
RELEASE = nbformat.reads(BLANK.decode(), as_version=4)


def filled(answers: int) -> bytes:
    """Return the student's notebook with some of the answers written."""
    return BLANK.replace(b"raise NotImplementedError", b"pass", answers)


def lay(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def zipped(files: dict[str, bytes], days: dict[str, int] | None = None) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, (days or {}).get(name, 1), 12, 0, 0)), data)
    return packed.getvalue()


def tarred(files: dict[str, bytes], mode: str = "w:gz") -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return packed.getvalue()


def everything(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_what_nbgrader_collected_is_graded_in_its_place_and_nothing_is_removed(tmp_path: Path) -> None:
    course = Course(tmp_path)
    files = {
        f"ada/{LESSON}/{LESSON}.ipynb": filled(2), f"ada/{LESSON}/{STAMP}": b"2026-01-01 12:00:00 UTC",
        f"ada/{LESSON}/data.csv": b"1", f"bob/{LESSON}/{LESSON}.ipynb": filled(1),
        f"eve/{LESSON}/{LESSON}.ipynb": b"broken", f"ada/{OTHER}/{OTHER}.ipynb": FOREIGN,
        f"ida/{LESSON}/hw.ipynb": filled(1), f"ida/{LESSON}/{LESSON}.ipynb": BLANK,
    }  # fmt: skip
    path = lay(course.work("submitted"), files)
    for _ in range(3):
        found = find(LESSON, path, RELEASE)
        assert [s.student for s in found] == ["ada", "bob", "eve", "ida"]
        assert found[0].remark == ""
        for submission in found:
            take(course, LESSON, submission)
        kept = everything(path)
        assert set(files.values()) <= set(kept.values())
        assert kept[f"ida/{LESSON}/{LESSON}.ipynb"] == filled(1)
        assert kept[f"eve/{LESSON}/{LESSON}.ipynb"] == b"broken"


def test_a_link_to_the_same_folder_is_the_same(tmp_path: Path) -> None:
    course = Course(tmp_path / "class")
    path = lay(course.work("submitted"), {f"ada/{LESSON}/{LESSON}.ipynb": BLANK})
    (tmp_path / "link").symlink_to(path)
    for _ in range(2):
        [found] = find(LESSON, tmp_path / "link", RELEASE)
        take(course, LESSON, found)
    assert everything(path) == {f"ada/{LESSON}/{LESSON}.ipynb": BLANK}


def test_what_is_handed_in_again_is_kept_beside_the_new(tmp_path: Path) -> None:
    course = Course(tmp_path / "class")
    lay(tmp_path, {f"one/ada/{LESSON}.ipynb": filled(1), f"two/ada/{LESSON}.ipynb": filled(2)})
    for folder in ("one", "two", "two"):
        [found] = find(LESSON, tmp_path / folder, RELEASE)
        take(course, LESSON, found)
    mine = course.work("submitted", "ada", LESSON)
    assert everything(mine) == {f"{LESSON}.ipynb": filled(2), f"{LESSON}.ipynb.before": filled(1)}
    take(course, LESSON, Submission("ada", None, "no notebook was handed in"))
    assert everything(mine) == {f"{LESSON}.ipynb.before": filled(2)}


def test_a_class_in_the_checkout_itself_is_no_copy() -> None:
    course = Course(ROOT)
    assert course.copy_to(ROOT, LESSON) is course


@pytest.mark.parametrize("packed", [False, True])
def test_of_a_whole_checkout_the_students_own_notebook_counts(tmp_path: Path, packed: bool) -> None:
    files = {
        f"dl/solutions/{LESSON}/{LESSON}.ipynb": OURS, f"dl/course/{LESSON}/{LESSON}.ipynb": filled(2),
        f"dl/course/{OTHER}/{OTHER}.ipynb": FOREIGN,
    }  # fmt: skip
    if packed:
        path = lay(tmp_path, {"ada/all.zip": zipped(files)})
    else:
        path = lay(tmp_path, {f"ada/{name}": data for name, data in files.items()})
    [found] = find(LESSON, path, RELEASE)
    assert found.read() == filled(2)


def test_the_courses_own_notebook_alone_is_told(tmp_path: Path) -> None:
    [found] = find(LESSON, lay(tmp_path, {f"ada/{LESSON}.ipynb": OURS}), RELEASE)
    assert (found.reason, "the course's own notebook" in found.remark) == ("", True)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (FOREIGN, f"is the notebook of {OTHER}, not of {LESSON}"),
        (json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}).encode(), "has no cells"),
        (json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [
            {"cell_type": "code", "source": "print(1)", "metadata": {}, "outputs": [], "id": "a"}]}).encode(),
         "hardly any of its cells"),
    ],
)  # fmt: skip
def test_another_notebook_is_no_0(tmp_path: Path, data: bytes, says: str) -> None:
    files = {f"ada/{LESSON}.ipynb": BLANK, f"bob/{LESSON}.ipynb": data}
    ada, bob = find(LESSON, lay(tmp_path, files), RELEASE)
    assert ada.reason == ""
    assert says in bob.reason


def test_answers_alone_are_graded_and_told(tmp_path: Path) -> None:
    cells = [nbformat.v4.new_code_cell("def heaviside(z):\n    return (z > 0) * 1.0")]
    data = nbformat.writes(nbformat.v4.new_notebook(cells=cells)).encode()
    [found] = find(LESSON, lay(tmp_path, {f"ada/{LESSON}.ipynb": data}), RELEASE)
    assert found.reason == ""
    assert "little of the lesson" in found.remark


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("X_2026-11-01.ipynb", "X_2026-11-03.ipynb"),
        ("X_2026-11-03_0900.ipynb", "X_2026-11-03_1700.ipynb"),
        ("20261101T120000.ipynb", "20261103T120000.ipynb"),
        ("X 30.10.2026.ipynb", "X 2.11.2026.ipynb"),
        ("2026-11-01/X.ipynb", "2026-11-03/X.ipynb"),
        ("X.ipynb", "X (1).ipynb"),
        ("X (9).ipynb", "X (10).ipynb"),
        ("X.ipynb", "X_final.ipynb"),
        ("X_final.ipynb", "X_final_v2.ipynb"),
        ("X_v1.ipynb", "X_v2.ipynb"),
        (f"{LESSON}.ipynb", f"{LESSON}-1.ipynb"),
    ],
)
def test_the_last_attempt_counts_even_where_the_older_is_fuller(
    tmp_path: Path, older: str, newer: str
) -> None:
    files = {f"ada/{older}": filled(3), f"ada/{newer}": filled(1)}
    [found] = find(LESSON, lay(tmp_path, files), RELEASE)
    assert found.read() == filled(1)
    assert f"{newer} counts, not {older}" in found.remark


def test_where_names_tell_nothing_the_time_in_the_archive_does(tmp_path: Path) -> None:
    files = {"a.ipynb": filled(3), "b.ipynb": filled(1)}
    path = lay(tmp_path, {"ada/w.zip": zipped(files, {"a.ipynb": 1, "b.ipynb": 3})})
    assert find(LESSON, path, RELEASE)[0].read() == filled(1)


def test_a_fresh_download_is_no_attempt(tmp_path: Path) -> None:
    files = {f"ada/{LESSON}.ipynb": filled(1), f"ada/{LESSON} (1).ipynb": BLANK}
    assert find(LESSON, lay(tmp_path, files), RELEASE)[0].read() == filled(1)


def test_a_lessons_own_number_is_no_attempt() -> None:
    assert attempt("01-perceptron", "01-perceptron.ipynb") == attempt("01-perceptron", "hw.ipynb")


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        (f"{LESSON}.ipynb.txt", None), (f"{LESSON}.ipynb.json", None),
        ("hw.tar.gz", lambda data: tarred({f"a/{LESSON}.ipynb": data})),
        ("hw.tgz", lambda data: tarred({"hw.ipynb": data})),
        ("hw.tar", lambda data: tarred({"hw.ipynb": data}, "w:")),
        ("hw.tar.xz", lambda data: tarred({"hw.ipynb": data}, "w:xz")),
        ("hw.zip", lambda data: zipped({"hw.ipynb.txt": data})),
        ("_final/hw.ipynb", None),
    ],
)  # fmt: skip
def test_what_browsers_and_packers_make_of_a_notebook_is_taken(
    tmp_path: Path, name: str, pack: Callable[[bytes], bytes] | None
) -> None:
    data = filled(1)
    [found] = find(LESSON, lay(tmp_path, {f"ada/{name}": pack(data) if pack else data}), RELEASE)
    assert found.read() == data


@pytest.mark.parametrize(
    ("name", "pack", "says"),
    [
        ("hw.html", lambda: b"<html>", "what came: hw.html"),
        ("hw.py", lambda: b"", "what came: hw.py"),
        ("hw.rar", lambda: b"", "what came: hw.rar"),
        ("w.zip", lambda: zipped({"a/hw.pdf": b""}), "what came: w.zip: a/hw.pdf"),
        ("w.tar.gz", lambda: b"\x1f\x8bx", "w.tar.gz: the archive can't be read"),
        ("w.tar.gz", lambda: tarred({"x.ipynb": b" " * 50_000_001}), "more than 50 MB"),
        ("w.tar.gz", lambda: tarred({"../../x.ipynb": BLANK}), "leads out of the archive"),
        ("w.tar.gz", lambda: tarred({f"{i}": b"" for i in range(20_001)}), "more than 20000 entries"),
    ],
)
def test_a_refusal_names_what_came(tmp_path: Path, name: str, pack: Callable[[], bytes], says: str) -> None:
    ada, bob = find(LESSON, lay(tmp_path, {f"ada/{LESSON}.ipynb": BLANK, f"bob/{name}": pack()}), RELEASE)
    assert ada.reason == ""
    assert says in bob.reason


@pytest.mark.parametrize(
    ("files", "says"),
    [
        (
            {"w.zip": zipped({f"{i}.ipynb": BLANK for i in range(101)})},
            "more than 100 notebooks were handed in",
        ),
        (
            {f"{i:02}.zip": zipped({"hw.pdf": b""}) for i in range(25)},
            "24.zip: not opened, as 20 other archives were",
        ),
        (
            {"w.zip": bytes(50) + b"PK\5\6" + bytes(8) + b"\xff\xff\xff\x7f" + bytes(6)},
            "more than 20000 entries",
        ),
        (
            {"w.zip": b"PK\6\6" + bytes(36) + b"\xff" * 7 + b"\0PK\5\6" + bytes(8) + b"\xff" * 4 + bytes(6)},
            "more than 20000 entries",
        ),
    ],
    ids=["notebooks", "archives", "a list", "a long list"],
)
def test_too_many_are_their_students_row(tmp_path: Path, files: dict[str, bytes], says: str) -> None:
    files = {f"bob/{name}": data for name, data in files.items()}
    ada, bob = find(LESSON, lay(tmp_path, {f"ada/{LESSON}.ipynb": BLANK, **files}), RELEASE)
    assert ada.reason == ""
    assert says in bob.reason
    assert len(bob.reason) < 2000


def test_notebooks_that_take_too_long_to_choose_among_are_their_students_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choose, "SECONDS", 2.0)
    real = choose.likeness

    def slow(release: NotebookNode, cells: list[Cell]) -> object:
        while any("bob was here" in cell.source for cell in cells):
            pass
        return real(release, cells)

    monkeypatch.setattr(choose, "likeness", slow)
    files = {"bob/a.ipynb": with_pictures("bob was here"), "bob/b.ipynb": BLANK, f"ada/{LESSON}.ipynb": BLANK}
    ada, bob = find(LESSON, lay(tmp_path, files), RELEASE)
    assert ada.reason == ""
    assert "Choosing among the notebooks takes too long" in bob.reason


def test_the_exchanges_own_folders_are_students(tmp_path: Path) -> None:
    stamps = {"2026-11-01 10:00:00 UTC": 3, "2026-11-03 10:00:00 UTC": 1}
    files = {f"a+b@x.org+{LESSON}+{when}+aGFzaA/{LESSON}.ipynb": filled(n) for when, n in stamps.items()}
    files[f"bob+{LESSON}+2026-11-01 10:00:00 UTC/{LESSON}.ipynb"] = BLANK
    files[f"bob+{LESSON}+2026-11-01 10:00:00 UTC/{STAMP}"] = b"2026-11-01 10:00:00 UTC"
    files[f"eve+{OTHER}+2026-11-01 10:00:00 UTC/{OTHER}.ipynb"] = FOREIGN
    ada, bob = find(LESSON, lay(tmp_path / "in", files), RELEASE)
    assert (ada.student, ada.read(), bob.student) == ("a+b@x.org", filled(1), "bob")
    take(course := Course(tmp_path / "class"), LESSON, bob)
    assert course.work("submitted", "bob", LESSON, STAMP).is_file()


@pytest.mark.parametrize(
    "files",
    [
        {f"Ada_7_assignsubmission_file/{LESSON}.ipynb": BLANK, f"Ada_7_assignsubmission_file/{STAMP}": b"2020"},
        {"ada/w.zip": zipped({f"{LESSON}.ipynb": BLANK, STAMP: b"2020-01-01 UTC"})},
        {f"ada/mine/{LESSON}.ipynb": BLANK, f"ada/mine/{STAMP}": b"2020-01-01 UTC"},
        {"ada.ipynb": BLANK, STAMP: b"2020-01-01 UTC"},
    ],
)  # fmt: skip
def test_a_student_does_not_say_when_it_was_handed_in(tmp_path: Path, files: dict[str, bytes]) -> None:
    [found] = find(LESSON, lay(tmp_path / "in", files), RELEASE)
    take(course := Course(tmp_path / "class"), LESSON, found)
    [taken] = course.work("submitted").rglob("*.*")
    assert taken.name == f"{LESSON}.ipynb"


@pytest.mark.parametrize("name", ["_ada", "__ada", "o'brien", "a b"])
def test_a_folder_may_be_called_so(tmp_path: Path, name: str) -> None:
    [found] = find(LESSON, lay(tmp_path, {f"{name}/{LESSON}.ipynb": BLANK}), RELEASE)
    assert (found.student, found.reason) == (name, "")


@pytest.mark.parametrize("name", [".ada", "a*", "a?", "[a]", "é" * 125])
def test_a_folder_that_can_not_be_a_student_is_a_row(tmp_path: Path, name: str) -> None:
    files = {f"ok/{LESSON}.ipynb": BLANK, f"{name}/{LESSON}.ipynb": BLANK}
    found = {s.student: s for s in find(LESSON, lay(tmp_path, files), RELEASE)}
    assert found["ok"].reason == ""
    assert "in the name of its folder" in found[name].reason


def test_names_that_are_not_utf_8_stay_two_students(tmp_path: Path) -> None:
    for name in (b"M\xfcller", b"M\xf6ller"):
        folder = tmp_path / name.decode("utf-8", "surrogateescape")
        folder.mkdir()
        (folder / f"{LESSON}.ipynb").write_bytes(BLANK)
    found = find(LESSON, tmp_path, RELEASE)
    assert [s.student for s in found] == ["Möller", "Müller"]
    assert [s.read() for s in found] == [BLANK, BLANK]


def test_tools_folders_are_nobodys(tmp_path: Path) -> None:
    tools = (".ipynb_checkpoints", "__MACOSX", ".git", ".unknown")
    files = {f"{name}/x.txt": b"" for name in tools} | {f"ada/{LESSON}.ipynb": BLANK}
    files |= {
        f"ada/.ipynb_checkpoints/{LESSON}-checkpoint.ipynb": FOREIGN,
        f"__MACOSX/ada/{LESSON}.ipynb": b"",
    }
    assert [s.student for s in find(LESSON, lay(tmp_path, files), RELEASE)] == ["ada"]


def with_pictures(*texts: str) -> bytes:
    notebook = json.loads(BLANK)
    notebook["cells"] += [nbformat.v4.new_markdown_cell(text) for text in texts]
    return json.dumps(notebook).encode()


def test_a_picture_that_changes_alone_makes_a_new_submission(tmp_path: Path) -> None:
    course, came = Course(tmp_path / "class"), tmp_path / "in"
    files = {f"ada/{LESSON}.ipynb": with_pictures("![x](p.png) ![y](<a b.png>)"), "ada/data.csv": b"1"}
    told = []
    for more in ({}, {"ada/p.png": b"1"}, {"ada/p.png": b"2"}, {"ada/a b.png": b"2"}, {"ada/data.csv": b"2"}):
        [found] = find(LESSON, lay(came, files | more), RELEASE)
        take(course, LESSON, found)
        told.append(store.handed_in(course, LESSON, "ada"))
    assert len({*told}) == 4
    assert told[3] == told[4]
    (came / "ada" / "p.png").unlink()
    [found] = find(LESSON, came, RELEASE)
    take(course, LESSON, found)
    assert store.handed_in(course, LESSON, "ada") not in told
    assert not course.work("submitted", "ada", LESSON, "p.png").exists()


def test_pictures_that_would_fill_the_disk_are_not_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("helpers.grading.intake.submission.ROOM", 2500)
    pictures = {f"{i}.png": b"x" * 1000 for i in range(9)}
    notebook = with_pictures(*(f"![]({name})" for name in pictures))
    path = lay(tmp_path / "in", {"ada/w.zip": zipped({f"{LESSON}.ipynb": notebook, **pictures})})
    [found] = find(LESSON, path, RELEASE)
    take(course := Course(tmp_path / "class"), LESSON, found)
    assert len([*course.work("submitted").rglob("*.png")]) == 2


def test_pictures_are_found_however_they_are_written() -> None:
    texts = (
        "![a](one.png) ![b][ref]",
        '[ref]: <two x.png>\n\n<img alt="" src="three x.png">',
        "![](my%20four.svg)",
    )
    assert shown_beside(with_pictures(*texts)) == ["one.png", "two x.png", "three x.png", "my four.svg"]
    assert shown_beside(with_pictures("![" * 200_000, "[" * 200_000, "\n[a]:" * 20_000)) == []


def test_a_classes_tar_is_unpacked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (path := tmp_path / "class.tar.gz").write_bytes(
        tarred({f"{name}/{LESSON}.ipynb": BLANK for name in ("ada", "bob", "eve")})
    )
    real, unpacked = archives.as_zip, list[object]()
    monkeypatch.setattr(archives, "as_zip", lambda file, most: unpacked.append(file) or real(file, most))
    found = find(LESSON, path, RELEASE)
    assert [s.read() for s in found] == [BLANK] * 3
    assert len(unpacked) == 1


def test_what_can_not_be_looked_into_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(tmp_path, {f"{name}/{LESSON}.ipynb": BLANK for name in ("ada", "bob", "eve")})
    (tmp_path / "ida").symlink_to(tmp_path / "ada")
    real_scandir, real_lstat = os.scandir, os.lstat

    def scandir(path: str) -> object:
        if str(path).endswith("bob"):
            raise PermissionError(13, "Permission denied", str(path))
        return real_scandir(path)

    def lstat(path: Any, **options: Any) -> os.stat_result:
        if f"eve/{LESSON}" in str(path):
            raise PermissionError(13, "Permission denied", str(path))
        return real_lstat(path, **options)

    monkeypatch.setattr(os, "scandir", scandir)
    monkeypatch.setattr(os, "lstat", lstat)
    ada, bob, eve, ida = find(LESSON, tmp_path, RELEASE)
    assert ada.reason == ""
    assert "bob/: it can't be looked into: Permission denied" in bob.reason
    assert f"{LESSON}.ipynb: it can't be read: Permission denied" in eve.reason
    assert "ida/: it is a link" in ida.reason


def test_a_classes_own_folders_in_what_was_handed_in_are_nobodys(tmp_path: Path) -> None:
    files = {f"{top}/{LESSON}/{LESSON}.ipynb": OURS for top in ("solutions", "course")}
    lay(tmp_path, {**files, f"ada/{LESSON}.ipynb": BLANK, "students.csv": b"id\nada\n"})
    assert [s.student for s in find(LESSON, tmp_path, RELEASE)] == ["ada"]


def test_no_folder_at_all(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="there is no folder"):
        find(LESSON, lay(tmp_path, {"a.csv": b""}) / "a.csv")
