"""The whole command on a small class: found as for grading, played in sandboxes, resumed, told on a page."""

import io
import json
import shutil
import sys
import types
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from tiny_maze import CLIMBS, LESSON, PLAYER, TINY, WANDERS

from helpers.checks import lessons
from helpers.grading import cli
from helpers.grading.authoring.build import build, write
from helpers.grading.course import Course
from helpers.grading.intake.collect import find
from helpers.grading.sandbox.pools import Local
from helpers.grading.tournament.entrants import BYTES, courses, entrants
from helpers.grading.tournament.run import INSIDE, play

ROOT = Path(__file__).resolve().parents[3]
needs_sandbox = pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed")
LOADS = "import numpy as np\ntable = np.load('player.npz')['moves']\ndef player(maze, me, other, cheeses):\n    return str(table[0])"
Run = Callable[..., str]


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A course whose one lesson has a player."""
    module = types.ModuleType("tiny_maze_tasks")
    vars(module)["TASKS"] = [PLAYER]
    monkeypatch.setitem(sys.modules, "tiny_maze_tasks", module)
    monkeypatch.setitem(lessons.MODULES, TINY, "tiny_maze_tasks")
    made = Course(tmp_path.resolve() / "course")
    made.source(TINY).parent.mkdir(parents=True)
    made.source(TINY).write_text(LESSON)
    (made.root / "nbgrader_config.py").write_text((ROOT / "nbgrader_config.py").read_text())
    write(build(made, [TINY]))
    monkeypatch.chdir(made.root)
    return made


def notebook(course: Course, player: str | None, *own: str) -> str:
    found = nbformat.read(course.student(TINY), as_version=4)
    for cell in found.cells:
        if cell.id == "player" and player is not None:
            cell.source = player
    at = next(i for i, cell in enumerate(found.cells) if cell.id == "player")
    found.cells[at:at] = [nbformat.v4.new_code_cell(source) for source in own]
    return nbformat.writes(found)


def hand_in(folder: Path, student: str, text: str, data: bytes | None = None) -> None:
    (folder / student).mkdir(parents=True)
    (folder / student / f"{TINY}.ipynb").write_text(text)
    if data is not None:
        (folder / student / "player.npz").write_bytes(data)


def weights() -> bytes:
    import numpy as np

    np.savez(file := io.BytesIO(), moves=np.array(["up"]))
    return file.getvalue()


@pytest.fixture
def submitted(course: Course, tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    hand_in(folder, "ada", notebook(course, CLIMBS))
    hand_in(folder, "bob <i>", notebook(course, WANDERS, "print('of no use')", "while True: pass"))
    hand_in(folder, "cem", notebook(course, LOADS), weights())
    hand_in(folder, "blank", notebook(course, None))
    hand_in(folder, "broken", notebook(course, "def player(maze, me, other, cheeses):\n    return 1 / 0"))
    hand_in(folder, "large", notebook(course, CLIMBS), bytes(BYTES + 1))
    hand_in(folder, "text", "no notebook")
    hand_in(folder, courses()[0].name, notebook(course, CLIMBS))
    packed = folder / "zoe.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(f"work/{TINY}.ipynb", notebook(course, LOADS))
        archive.writestr("work/player.npz", weights())
    return folder


def test_entries_are_what_was_handed_in_or_a_reason(course: Course, submitted: Path) -> None:
    blank = nbformat.read(course.student(TINY), as_version=4)
    found = {one.name: one for one in entrants(TINY, blank, find(TINY, submitted, blank))}
    assert found["ada"].cells == (CLIMBS,)
    assert found["bob ‹i›"].cells == (WANDERS.strip(),)
    assert found["cem"].data == found["zoe"].data == weights()
    assert found["cem"].digest == found["zoe"].digest != found["ada"].digest
    assert "as it was given" in found["blank"].reason
    assert "player.npz has 1.0 MB, more than 1" in found["large"].reason
    assert "can't be read" in found["text"].reason
    assert "is called as a player of the course" in found[f"{courses()[0].name} (a student)"].reason


@needs_sandbox
def test_a_class_plays_and_a_second_run_plays_nothing_again(
    course: Course, submitted: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def command(*options: str) -> tuple[list[dict[str, Any]], str, list[str]]:
        words = ["course", "tournament", TINY, "--submitted", str(submitted), "--json", *options]
        monkeypatch.setattr(sys, "argv", words)
        with pytest.raises(SystemExit, match="0"):
            cli.main()
        folder = course.work("tournament")
        rows = json.loads(capsys.readouterr().out)
        return (
            rows,
            (folder / f"{TINY}.html").read_text(),
            (folder / f"{TINY}.jsonl").read_text().splitlines(),
        )

    rows, page, lines = command("--seed", "3")
    told = {row["name"]: row for row in rows}
    playing = [row for row in rows if row["rank"]]
    assert {row["name"] for row in playing} >= {"ada", "cem", "zoe", *(one.name for one in courses())}
    assert len(playing) == 7
    assert all(row["won"] + row["drawn"] + row["lost"] == 2 * 6 for row in playing)
    assert rows[0]["name"] == "the course's greedy"
    assert told["broken"]["reason"] == "can't play: ZeroDivisionError: division by zero"
    assert not any(row["lost_moves"] for row in playing)
    assert "<i>" not in page
    assert len(lines) == 5 + 21  # those that were tried, and the pairs

    path = course.work("tournament", f"{TINY}.jsonl")
    path.write_text("\n".join(lines[:12]) + "\n" + lines[12][:20])
    again, _, more = command("--seed", "3")
    assert again == rows
    assert len(more) == 13 + 26 - 12
    assert command("--seed", "3")[2] == more
    assert command("--seed", "4")[0] != rows


@needs_sandbox
def test_names_make_no_difference_to_who_is_how_strong(course: Course, tmp_path: Path) -> None:
    blank = nbformat.read(course.student(TINY), as_version=4)
    with Local(TINY, [INSIDE], 1, [], each=2) as pool:
        for names in (["ada", "bob"], ["bob", "ada"]):
            folder = tmp_path / names[0]
            hand_in(folder, names[0], notebook(course, CLIMBS))
            hand_in(folder, names[1], notebook(course, "def player(*p): return 'stay'"))
            everyone = entrants(TINY, blank, find(TINY, folder, blank))
            kept = tmp_path / "kept.jsonl"
            rows = play(pool, kept, everyone, 2, 5, lambda total: lambda n: None).rows
            order = [row.name for row in rows if not row.ours]
            assert order == names


def test_what_can_not_be_asked_for_is_said_in_a_line(
    course: Course, submitted: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*words: str) -> str:
        monkeypatch.setattr(sys, "argv", ["course", "tournament", *words])
        with pytest.raises(SystemExit, match="2"):
            cli.main()
        return capsys.readouterr().err

    assert "--games 3 is odd" in fails(TINY, "--submitted", str(submitted), "--games", "3")
    assert "there is no lesson '99-none'" in fails("99-none", "--submitted", str(submitted))
