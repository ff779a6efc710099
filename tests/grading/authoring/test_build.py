import json
import re
import sys
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from tiny_lesson import LESSON, TINY

from helpers.checks import lessons
from helpers.grading import CourseError
from helpers.grading.authoring.build import build, stale, write
from helpers.grading.authoring.coverage import contents
from helpers.grading.course import Course
from helpers.grading.percent import BuildError

ROOT = Path(__file__).resolve().parents[3]


def built(course: Course, text: str = LESSON) -> dict[Path, str]:
    course.source(TINY).write_text(text)
    return build(course, [TINY])


def cells(text: str) -> dict[str, nbformat.NotebookNode]:
    return {cell.id: cell for cell in nbformat.reads(text, as_version=4).cells}


def test_a_lesson_becomes_two_notebooks(course: Course) -> None:
    instructor, student = built(course).values()
    for text in (instructor, student):
        assert [*cells(text)] == [
            "cell-00", "cell-01", "heaviside", "check-heaviside", "neuron", "check-neuron", "cell-06", "cell-07", "why",
        ]  # fmt: skip
        metadata = json.loads(text)["metadata"]
        task = lessons.task(TINY, "neuron")
        assert metadata["course"]["tasks"]["neuron"] == {"points": task.points, "digest": task.digest}
        assert metadata["kernelspec"]["name"] == "python3"
        assert f'start("{TINY}", "{lessons.release(TINY)}")' in cells(text)["cell-01"].source
        assert cells(text)["cell-06"].metadata.tags == ["experiment"]
        assert cells(text)["cell-06"].source.startswith("# ls")
        nbformat.validate(nbformat.reads(text, as_version=4))
    assert cells(student)["neuron"].source.endswith(
        "# given to all\n    # YOUR CODE HERE\n    raise NotImplementedError"
    )
    assert cells(student)["why"].source == "*Your answer here.*"


def test_what_a_task_forbids_is_said_beforehand(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    task = lessons.task(TINY, "neuron")
    for forbids, said in [
        ([], ""),
        (["torch.*", "for"], "# Write it yourself, without torch, `for`.\n"),
        (["torch.*softmax"], "# Write it yourself, without torch.softmax.\n"),
    ]:
        monkeypatch.setitem(lessons.tasks(TINY), "neuron", replace(task, forbids=forbids))
        for text in built(course).values():
            assert cells(text)["neuron"].source.startswith(f"{said}def neuron(")


def test_the_code_of_an_experiment_is_folded(course: Course) -> None:
    for text in built(course).values():
        folded = [c.id for c in cells(text).values() if c.metadata.get("jupyter") == {"source_hidden": True}]
        assert folded == ["cell-06"]


REPOSITORY = '[project]\nname = "a-course"\nurls = {{ Repository = "{}" }}\n'


@pytest.mark.parametrize(
    ("address", "ids"),
    [
        ("", []),
        ("https://github.com/someone/a-course.git", ["in-colab", "set-up"]),
        ("https://example.org/a-course", ["set-up"]),
    ],
)
def test_only_with_an_address_do_notebooks_point_to_it(course: Course, address: str, ids: list[str]) -> None:
    (course.root / "pyproject.toml").write_text(REPOSITORY.format(address))
    for text in built(course).values():
        found = cells(text)
        assert [*found][: len(ids) + 1] == [*ids, "cell-00"]
        if "in-colab" in ids:
            link = f"github.com/github/someone/a-course/blob/main/course/{TINY}/{TINY}.ipynb"
            assert link.removeprefix("github.com/") in found["in-colab"].source
        if ids:
            compile(found["set-up"].source, "set-up", "exec")
            assert f'"a-course @ git+{address.removesuffix(".git")}"' in found["set-up"].source


def test_where_the_course_is_installed_the_set_up_cell_does_nothing(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    (course.root / "pyproject.toml").write_text(REPOSITORY.format("https://example.org/a-course"))
    source = cells([*built(course).values()][1])["set-up"].source
    asked: list[list[str]] = []
    monkeypatch.setattr("subprocess.check_call", asked.append)
    exec(source, {})
    assert asked == []
    monkeypatch.setitem(sys.modules, "helpers", None)
    exec(source, {})
    assert asked == [
        [sys.executable, "-m", "pip", "install", "-q", "a-course @ git+https://example.org/a-course"]
    ]


def test_markers_become_all_of_nbgraders_flags(course: Course) -> None:
    instructor, _ = built(course).values()
    flags = {
        name: cell.metadata.nbgrader
        for name, cell in cells(instructor).items()
        if "nbgrader" in cell.metadata
    }
    common = {"schema_version": 3, "task": False}
    assert flags == {
        "heaviside": {"grade": False, "grade_id": "heaviside", "locked": False, "solution": True, **common},
        "check-heaviside": {
            "grade": True, "grade_id": "check-heaviside", "locked": True, "solution": False, "points": 1, **common
        },
        "neuron": {"grade": False, "grade_id": "neuron", "locked": False, "solution": True, **common},
        "check-neuron": {
            "grade": True, "grade_id": "check-neuron", "locked": True, "solution": False, "points": 1, **common
        },
        "why": {"grade": True, "grade_id": "why", "locked": False, "solution": True, "points": 2, **common},
    }  # fmt: skip


def test_no_solution_and_no_rubric_reaches_students(course: Course) -> None:
    instructor, student = built(course).values()
    assert instructor.count("SECRET_") == 3
    assert "SECRET_" not in student
    assert "SOLUTION" not in student


def test_nothing_but_notebooks_reaches_students(course: Course) -> None:
    write(built(course))
    assert [p.name for p in (course.root / "course").rglob("*") if p.is_file()] == [f"{TINY}.ipynb"]


def test_two_builds_are_identical(course: Course) -> None:
    assert built(course) == built(course)


def test_stale_names_what_is_missing_or_differs(course: Course) -> None:
    files = built(course)
    assert stale(files) == [course.instructor(TINY), course.student(TINY)]
    write(files)
    assert stale(files) == []
    course.student(TINY).write_text(files[course.student(TINY)] + " ")
    assert stale(files) == [course.student(TINY)]


def line(text: str) -> int:
    return LESSON.splitlines().index(text) + 1


CELL = {name: line(f"# %% {name}") for name in ('answer="heaviside"', 'check="heaviside"', 'answer="neuron"')}


@pytest.mark.parametrize(
    ("old", "new", "at", "says"),
    [
        ("-all", "all", 1, "header lacks `cell_metadata_filter"),
        ("comment_magics: false", "comment_magics: true", 1, "header lacks `comment_magics"),
        ('check="heaviside"', 'chekc="heaviside"', CELL['check="heaviside"'], "unknown marker chekc='heaviside'"),
        ('check="heaviside"', "check=heaviside", CELL['check="heaviside"'], "unknown marker"),
        ('check="heaviside"', "check heaviside", CELL['check="heaviside"'], "unknown marker title='check heaviside'"),
        ('check="heaviside"', 'check="heavyside"', CELL['check="heaviside"'], "unknown task 'heavyside'"),
        ('answer="neuron"', 'answer="neurone"', CELL['answer="neuron"'], "unknown task 'neurone'"),
        ('answer="neuron"', 'answer="heaviside"', CELL['answer="neuron"'], "answer='heaviside' is there twice"),
        ('essay="why"', 'essay="neuron"', line('# %% [markdown] essay="why" points="2"'), "is there twice"),
        ('# %% check="neuron"\ncheck("neuron")\n', "", CELL['answer="neuron"'], "answer='neuron' has no check cell"),
        ("\ncheck(\"neuron\")", "\ncheck('neuron')", line('# %% check="neuron"'), "a check cell is exactly"),
        ('essay="why" points="2"', 'essay="why"', line('# %% [markdown] essay="why" points="2"'), "needs its points"),
        ('# %% [markdown] essay', "# %% essay", line('# %% [markdown] essay="why" points="2"'), "marks a code cell"),
        ('answer="neuron"', 'answer="neuron" points="3"', CELL['answer="neuron"'], "unknown marker points='3'"),
        ('answer="neuron"', 'answer="neuron" tags=["experiment"]', CELL['answer="neuron"'], "one marker, not"),
        ('["experiment"]', '["experimint"]', line('# %% tags=["experiment"]'), "unknown tag 'experimint'"),
        ("def neuron", "def neurone", CELL['answer="neuron"'], "answer='neuron' does not bind 'neuron'"),
        ("slow = 1", "neuron = 1", line('# %% tags=["experiment"]'), "binds 'neuron'"),
        ("slow = 1", "slow = ", line("slow = 1"), "the cell is no Python"),
        ("    # given to all\n    ### BEGIN SOLUTION", "    # given to all", CELL['answer="neuron"'], "in pairs"),
        ("    ### BEGIN SOLUTION\n    return SECRET_ONE(z)\n    ### END SOLUTION", "    return z", CELL['answer="heaviside"'], "in pairs"),
        ("def heaviside(z):\n    ### BEGIN", "### BEGIN SOLUTION\n### END SOLUTION\ndef heaviside(z):\n    ### BEGIN", CELL['answer="heaviside"'], "left margin"),
        ("# SECRET_THREE", "# ### BEGIN SOLUTION", line('# %% [markdown] essay="why" points="2"'), "outside of an answer cell"),
        ('start("90-tiny")', "start()", 1, "is there 0 times"),
        ("slow = 1", 'start("90-tiny")', 1, "is there 2 times"),
        ("slow = 1", '"""\n# %% hm\n"""', 1, "no other line may begin so"),
    ],
)  # fmt: skip
def test_a_slip_is_named_with_file_and_line(course: Course, old: str, new: str, at: int, says: str) -> None:
    assert LESSON.count(old) == 1
    with pytest.raises(BuildError) as slip:
        built(course, LESSON.replace(old, new))
    told = str(slip.value)
    assert told.startswith(f"solutions/{TINY}/{TINY}.py:{at}: ")
    assert says in told
    assert "\n" not in told


def test_a_task_needs_its_answer_cell_and_then_its_check(course: Course) -> None:
    both = re.search(r'# %% answer="neuron".*?(?=# %% tags)', LESSON, re.DOTALL)[0]
    answer, check = both.partition('# %% check="neuron"')[0], '# %% check="neuron"\ncheck("neuron")\n\n'
    at = CELL['answer="neuron"']
    with pytest.raises(BuildError, match=":1: no cell checks task 'neuron'"):
        built(course, LESSON.replace(both, ""))
    with pytest.raises(BuildError, match=f":{at}: check='neuron' has no answer cell above it"):
        built(course, LESSON.replace(both, check + answer))


def test_a_local_name_is_no_binding(course: Course) -> None:
    assert built(course, LESSON.replace("# given to all", "heaviside = 1"))


def test_a_lesson_without_source_or_unknown_is_named(course: Course) -> None:
    with pytest.raises(CourseError, match=r"solutions/90-tiny/90-tiny.py can't be read"):
        build(course, [TINY])
    with pytest.raises(CourseError, match="there is no lesson '99-none'"):
        build(course, ["99-none"])


@pytest.mark.parametrize("lesson", sorted(p.stem for p in ROOT.glob("solutions/*/*.py")))
def test_the_repositorys_notebooks_are_up_to_date_and_hold_no_solution(lesson: str) -> None:
    course = Course(ROOT)
    assert stale(build(course, [lesson])) == []
    released = course.student(lesson).read_text()
    assert "SOLUTION" not in released
    source = course.source(lesson).read_text()
    regions = re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", source, re.DOTALL)
    essays = re.findall(r"# %% \[markdown\] essay=[^\n]*\n((?:#[^\n]*\n)+)", source)
    assert len(regions) >= len(lessons.tasks(lesson))
    strings = [*_strings(json.loads(released))]
    shown = {text.strip() for string in strings for text in string.splitlines()}
    outside = re.sub(r"### BEGIN SOLUTION\n.*?### END SOLUTION", "", source, flags=re.DOTALL)
    given = {text.strip() for text in outside.splitlines()}  # such as `break`, where the lesson shows it too
    secret = {text.strip() for region in regions for text in region.splitlines()} - given
    secret |= {text.removeprefix("#").strip() for essay in essays for text in essay.splitlines()}
    assert secret - {""}
    assert not (secret - {""}) & shown


def _strings(node: object) -> list[str]:
    if isinstance(node, str):
        return [node]
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else []
    keys = list(node) if isinstance(node, dict) else []
    return keys + [text for part in inner for text in _strings(part)]


def test_the_page_of_the_lessons_is_up_to_date() -> None:
    assert stale(contents(Course(ROOT))) == []


def test_a_claim_about_a_place_that_is_not_there_stops_the_build(tmp_path: Path) -> None:
    (tmp_path / "solutions").mkdir()
    for lesson in lessons.MODULES:
        (tmp_path / "solutions" / lesson).symlink_to(ROOT / "solutions" / lesson)
    text = (ROOT / "solutions/coverage.toml").read_text()
    path = tmp_path / "solutions/coverage.toml"
    path.write_text(text.replace("the step, and its value", "a step, and its value"))
    [page] = contents(Course(tmp_path)).values()
    assert page != (ROOT / "course/README.md").read_text()
    assert page.count("a step, and its value") == 1
    path.write_text(text.replace('"Two layers"', '"Three layers"'))
    with pytest.raises(CourseError, match=r"coverage.toml: 01-perceptron, N1.12: .*'Three layers'"):
        contents(Course(tmp_path))
    path.write_text('["01-perceptron"]\n"N1.1" = {}\n"N1.1" = {}\n')
    with pytest.raises(CourseError, match=r"coverage.toml can't be read"):
        contents(Course(tmp_path))
