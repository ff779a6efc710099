"""Find what a class handed in: a folder for each student, or what a school's system made; plain or packed."""

import os
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from nbformat import NotebookNode

from helpers.checks.lessons import MODULES
from helpers.grading import CourseError
from helpers.grading.intake.archives import Unsafe, files, is_archive, members
from helpers.grading.intake.choose import Pile, choose
from helpers.grading.intake.given import Release
from helpers.grading.intake.people import gradescope, ilias, submitters
from helpers.grading.intake.people.identify import Owner, label, owners
from helpers.grading.intake.people.layouts import CANVAS, Source, System, source_of
from helpers.grading.intake.roster import Roster, same
from helpers.grading.intake.submission import Submission

OPENED = 20  # archives of one student
NOTEBOOKS = (".ipynb", ".ipynb.txt", ".ipynb.json")  # the latter are what browsers make of the first
TOLD = (System.GRADESCOPE, System.ILIAS)  # say of each folder who handed it in
TOOLS = (
    "__MACOSX",
    ".ipynb_checkpoints",
    ".nbgrader",
    ".git",
    ".Trash",
    ".venv",
    ".vscode",
    ".idea",
    ".cache",
)


def find(
    lesson: str, path: Path, release: NotebookNode | None = None, roster: Roster | None = None
) -> list[Submission]:
    """Look through what a class handed in, a folder or an archive of it; nothing is written.

    Args:
        lesson: its name.
        path: the folder or archive.
        release: the student's notebook, to know this lesson's among all that somebody handed in.
        roster: the class list; without one a student's id is the name of the folder or file, Moodle's
            `Name_number`, Canvas' first field with the user's number where two share it, ILIAS' login, or
            the address that Gradescope's list has, up to the @.

    Raises:
        CourseError: if there is nothing to grade.
    """
    if not path.is_dir() and not (path.is_file() and is_archive(path.name)):
        raise CourseError(f"there is no folder {path}, nor an archive")
    sources = _sources(lesson, path)
    told = any(source.system in TOLD for source in sources)
    identify, roster = submitters.owners if told else owners, roster or Roster()
    whose, unlisted = identify(lesson, sources, roster), identify(lesson, sources, Roster())
    together: dict[str, list[Source]] = {}
    for source, owner in whose.items():
        together.setdefault(same(owner.id), []).append(source)
    found, given = list[Submission](), None if release is None else Release(release)
    for those in together.values():
        owner = whose[those[0]]
        names = {name for source in those for name in (unlisted[source].id, label(source))} - {owner.id}
        chosen = _submission(lesson, path, given, owner, {s: sources[s] for s in _latest(those)})
        taken = {name for name in names if (person := roster.by_id(name)) and person.id != owner.id}
        found.append(replace(chosen, names=tuple(sorted(names - taken))))
    found.sort(key=lambda submission: submission.student)
    if all(submission.reason for submission in found):
        why = f" ({found[0].student}: {found[0].reason})" if found else ""
        raise CourseError(f"nothing to grade in {path}: expected STUDENT/{lesson}.ipynb in it{why}")
    return found


def _submission(
    lesson: str, path: Path, release: Release | None, owner: Owner, sources: dict[Source, Pile]
) -> Submission:
    """Choose among all that one student or group handed in."""
    first = next(iter(sources))
    called = first.called if first.system in (System.MOODLE, System.CANVAS) else ""
    if owner.reason:
        where = path if owner.stranger else None
        return Submission(owner.id, where, owner.reason, called=called, stranger=owner.stranger)
    pile = Pile()
    for more in sources.values():
        pile.notebooks += more.notebooks
        pile.wrong += more.wrong
        pile.others += more.others
    chosen = choose(lesson, owner.id, pile, release)
    names = sorted({source.name for source in sources})
    merged = f"handed in as {' and as '.join(names)}" if len(names) > 1 and not owner.people else ""
    return replace(
        chosen,
        remark="; ".join(filter(None, [chosen.remark, merged, _late(path, chosen, first.system)])),
        called=called,
        people=owner.people,
        stamped=not called and first.system not in TOLD and _official(lesson, path, chosen),
        when=max(source.when for source in sources) if first.system in TOLD else "",
    )


def _official(lesson: str, path: Path, chosen: Submission) -> bool:
    """Whether a timestamp beside a notebook is where nbgrader writes it, and not in what a student packed."""
    if chosen.path is None or len(chosen.members) > (not path.is_dir()):
        return False
    shown = _shown(path, chosen)
    return len(shown.parts) > 1 and (len(shown.parts) == 2 or shown.parts[-2] == lesson)


def _late(path: Path, chosen: Submission, system: System) -> str:
    """Say that what counts came late, where Canvas' or ILIAS' name for it does; they tell no time."""
    shown = _shown(path, chosen)
    found = CANVAS.fullmatch(shown.name) if system is System.CANVAS else None
    if found and found["late"]:
        return "Canvas marks it as late; nothing is taken off for it here"
    if system is System.ILIAS and (late := ilias.LATE.match(shown.name)):
        return (
            f"ILIAS writes {late[1]!r} before its name: if that says late, nothing is taken off for it here"
        )
    return ""


def _shown(path: Path, chosen: Submission) -> PurePosixPath:
    """Return where a notebook is below the class's folder or in the class's archive."""
    packed = chosen.members if not path.is_dir() else ()
    return PurePosixPath(packed[0] if packed else os.path.relpath(chosen.path or path, path))


def _latest(sources: list[Source]) -> list[Source]:
    """Leave out what was handed in again, by the times that the exchange and Gradescope tell."""
    last = max(source.when for source in sources)
    return [source for source in sources if source.when in ("", last)]


def _sources(lesson: str, path: Path) -> dict[Source, Pile]:
    """Sort the files by where they came from."""
    listed = list(_listed(path))
    there = [(shown, name) for shown, name, _ in listed]
    export = gradescope.export(path, there) or ilias.export(there, _is_submission)
    tops = {shown.parts[0] for shown, *_ in listed}
    deep = [shown for shown, *_ in listed if _wanted(shown.name)]
    wrapped = path.is_file() and len(tops) == 1 and deep and all(len(shown.parts) > 2 for shown in deep)
    piles: dict[Source, Pile] = {source: Pile() for source in export.sources.values()} if export else {}
    for shown, name, wrong in listed:
        if export:
            source, file = export.source_of(shown)
        elif wrapped and len(shown.parts) == 1:
            continue
        else:
            inner = PurePosixPath(*shown.parts[1:]) if wrapped else shown
            source, file = _by_name(inner, name.endswith("/"), lesson)
        if source is None:
            continue
        pile = piles.setdefault(source, Pile())
        if wrong and name.endswith("/"):
            pile.wrong.append(f"{file or shown.name}/: {wrong}")
        elif file and not name.endswith("/") and not _elsewhere(lesson, file) and not _hidden(file):
            _add(pile, path, name, file, wrong)
    return piles


def _by_name(shown: PurePosixPath, folder: bool, lesson: str) -> tuple[Source | None, str]:
    """Return where a file came from, as names tell it; None where it is nobody's, or a tool's."""
    source, file = source_of(shown, folder, lesson, _wanted)
    hidden = shown.parts[0].startswith(".") and not _wanted(shown.name)  # a student's has a notebook in it
    return (None, "") if _tools(shown.parts[0]) or hidden or _ours(shown) else (source, file)


def _listed(path: Path) -> Iterator[tuple[PurePosixPath, str, str]]:
    """Yield each file as it is shown, as it is called, and why it can't be read."""
    for name, wrong in files(path):
        shown = PurePosixPath(_clean(name))
        if shown.parts:
            yield shown, name, wrong


def _wanted(name: str) -> bool:
    return name.lower().endswith(NOTEBOOKS) or is_archive(name)


def _is_submission(shown: PurePosixPath) -> bool:
    return _wanted(shown.name) and not _hidden(str(shown))


def _ours(shown: PurePosixPath) -> bool:
    """Whether it is the course's own, where a class's folder is what was handed in as well."""
    return shown.parts[0] in ("solutions", "course") and {*shown.parts[1:2]} <= {*MODULES}


def _tools(top: str) -> bool:
    return top in TOOLS or top.startswith("._")


def _hidden(file: str) -> bool:
    return any(part.startswith(".") or part in TOOLS for part in PurePosixPath(file).parts)


def _elsewhere(lesson: str, file: str) -> bool:
    """Whether a file lies in a folder of another lesson, as nbgrader lays them out."""
    top, _, rest = file.partition("/")
    return bool(rest) and top in MODULES and top != lesson


def _add(pile: Pile, path: Path, name: str, file: str, wrong: str) -> None:
    """Put a notebook, or those in an archive, on a student's pile."""
    home, inside = (path / name, ()) if path.is_dir() else (path, (name,))
    if not _wanted(file):
        pile.others.append(file)
    elif wrong:
        pile.wrong.append(f"{file}: {wrong}")
    elif not is_archive(file):
        pile.notebooks.append((home, inside, file))
    elif pile.archives == OPENED:
        pile.wrong.append(f"{file}: not opened, as {OPENED} other archives were")
    else:
        pile.archives += 1
        try:
            for entry, bad in members(home, inside):
                shown = _clean(entry)
                if not shown or _hidden(shown) or entry.endswith("/"):
                    continue
                if not shown.lower().endswith(NOTEBOOKS):
                    pile.others.append(f"{file}: {shown}")
                elif bad:
                    pile.wrong.append(f"{file}: {entry}: {bad}")
                else:
                    pile.notebooks.append((home, (*inside, entry), shown))
        except Unsafe as error:
            pile.wrong.append(f"{file}: {error}")


def _clean(name: str) -> str:
    """Return a path as it is shown: relative, in letters, without the parts that lead nowhere."""
    try:
        name.encode()
    except UnicodeEncodeError:  # a file system's bytes that are not UTF-8: each becomes a letter of its own
        name = name.encode("utf-8", "surrogateescape").decode("latin-1")
    parts = unicodedata.normalize("NFC", name).replace("\\", "/").split("/")
    return "/".join(part for part in parts if part not in ("", ".", ".."))
