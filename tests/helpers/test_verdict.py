"""What an answer may do and still get a sentence."""

from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest

from helpers.checks import lessons
from helpers.checks.assess import assess, follow_through
from helpers.checks.mutants import BadTask, Rows, implement, pairs, wrong_source
from helpers.checks.score import Score, to_html, to_text
from helpers.checks.task import Case, Misconception, Part, Task
from helpers.checks.verdict import State, Verdict, decide
from helpers.probes.observe import Observation
from helpers.reference import perceptron

pytestmark = pytest.mark.usefixtures("as_in_a_kernel")

TASKS = lessons.tasks("01-perceptron")


def judge(task: str, *cells: str, seed: int = 0, **names) -> Verdict:
    """Run cells as a notebook does, a failing cell and all, and check the task."""
    namespace = {"np": np, "sigmoid": perceptron.sigmoid, **names}
    for i, cell in enumerate(cells):
        try:
            exec(compile(cell, f"<cell {i}>", "exec"), namespace)
        except Exception:
            continue
    return assess(TASKS[task], namespace, list(cells), seed)


def says(task: str, *cells: str) -> str:
    verdict = judge(task, *cells)
    assert verdict.state != State.PASSED
    return next(part.says for part in verdict.parts if part.says)


SOFTMAX = "def softmax(Z):\n    E = np.exp(Z - Z.max(axis=-1, keepdims=True))\n    return E / E.sum(axis=-1, keepdims=True)"


def test_a_wrong_answer_is_run_on_a_case_only_when_somebody_looks_at_it_and_once() -> None:
    run: list[int] = []

    def observed() -> Iterator[Observation]:
        for k in range(3):
            run.append(k)
            yield Observation(k)

    rows = Rows(observed)
    assert next(iter(rows)).value == 0
    assert run == [0]
    assert [row.value for row in rows] == [row.value for row in rows] == run == [0, 1, 2]


def test_a_run_that_was_interrupted_begins_anew() -> None:
    stops = [KeyboardInterrupt]

    def observed() -> Iterator[Observation]:
        yield Observation(0)
        if stops:
            raise stops.pop()
        yield Observation(1)

    rows = Rows(observed)
    with pytest.raises(KeyboardInterrupt):
        list(rows)
    assert [row.value for row in rows] == [0, 1]


def test_not_there() -> None:
    verdict = judge("softmax")
    assert verdict.state == State.NOT_ATTEMPTED
    assert "`softmax` is not defined: run the cell" in verdict.parts[0].says


def test_a_stub() -> None:
    verdict = judge("softmax", "def softmax(Z):\n    # YOUR CODE HERE\n    raise NotImplementedError")
    assert verdict.state == State.NOT_ATTEMPTED
    assert verdict.points == 0


def test_a_syntax_error() -> None:
    assert "does not run. Python stopped in line 2: `return Z +`" in says(
        "softmax", "def softmax(Z):\n    return Z +"
    )


def test_a_syntax_error_hides_an_older_answer() -> None:
    assert "does not run" in says("softmax", SOFTMAX, "def softmax(Z) return 1")
    assert judge("softmax", "def softmax(Z) return 1", SOFTMAX).state == State.PASSED


def test_a_cell_that_stopped_before_the_answer() -> None:
    assert "stopped with an error before `softmax`" in says("softmax", "1 / 0\n" + SOFTMAX)


def test_a_wrong_shape_shows_both() -> None:
    text = says("softmax", "def softmax(Z): return np.exp(Z)[..., :1]")
    assert "Expected shape (2, 3), got shape (2, 1)." in text


def test_a_wrong_type_is_told() -> None:
    assert "expected an array of shape (2, 3), got the text 'p'" in says(
        "softmax", "def softmax(Z): return 'p'"
    ).replace("Expected", "expected")
    assert "can't be judged" in says("softmax", "def softmax(Z): return (z for z in Z)")


@pytest.mark.parametrize(
    "value", ["[[1], [1, 2]]", "{'a': []}", "None", "float('nan')", "[{}]", "np.zeros((0, 3))", "''"]
)
@pytest.mark.parametrize("task", ["softmax", "softmax_gradient", "novikoff_bound"])
def test_a_value_of_any_form_gets_a_sentence(task: str, value: str) -> None:
    verdict = judge(task, f"def {task}(*args): return {value}")
    assert verdict.state == State.FAILED
    assert verdict.points == 0
    assert all(part.says for part in verdict.parts)


def test_nan_and_infinity() -> None:
    assert "It is NaN at [0, 0]" in says("softmax", "def softmax(Z): return Z * np.nan")
    assert "It is infinite" in says("softmax", "def softmax(Z): return Z + np.inf")


def test_an_exception_shows_the_input_and_the_students_line() -> None:
    text = says("softmax", "def softmax(Z):\n    a = 1\n    return Z @ Z")
    assert "It raised ValueError in line 3 of your cell" in text
    assert "(With Z = [[0, 0.69315, 1.6094], [1.3863, 1.0986, 0]].)" in text


def test_an_endless_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    import dataclasses

    quick = dataclasses.replace(TASKS["softmax"], seconds=0.1)
    monkeypatch.setitem(TASKS, "softmax", quick)
    verdict = judge("softmax", "def softmax(Z):\n    while True:\n        Z = Z + 0")
    assert verdict.state == State.TIMED_OUT
    assert "Is there a loop that never ends?" in verdict.parts[0].says


def test_changing_an_input_fails_a_part_and_is_told_beside_a_difference() -> None:
    cell = "def softmax(Z):\n    Z -= Z.max(axis=-1, keepdims=True)\n    np.exp(Z, out=Z)\n    Z /= Z.sum(axis=-1, keepdims=True)\n    return Z"
    verdict = judge("softmax", cell)
    assert verdict.parts[0].says == "It changes its input `Z` in place: work on a copy."
    assert verdict.points == 0
    cell = "def hinge(w, X, s):\n    X *= s[:, None]\n    return np.maximum(0, 1 - X @ w).mean()"
    verdict = judge("hinge", cell)
    assert verdict.points == 0
    assert verdict.parts[0].says == "It changes its input `X` in place: work on a copy."
    verdict = judge("hinge", cell.replace("1 - X @ w", "2 - X @ w"))
    assert "It also changes its input `X` in place, which may be the cause" in verdict.parts[0].says
    assert "2." in verdict.parts[0].says or "expected" in verdict.parts[0].says.lower()


@pytest.mark.parametrize(
    "value", ["[[1], [1, 2]]", "{'a': []}", "None", "'text'", "[{}]", "np.zeros((0, 3))"]
)
def test_an_outcome_of_any_form_gets_a_sentence(value: str) -> None:
    cell = f"class Perceptron:\n    def __init__(self, d): self.w, self.mistakes = {value}, {value}\n"
    cell += f"    def predict(self, X): return {value}\n    def update(self, x, y): pass\n    def fit(self, X, y, epochs=1): pass"
    verdict = judge("Perceptron", cell)
    assert verdict.points == 0
    assert all(part.says for part in verdict.parts)


def test_printing_and_warning_cost_nothing() -> None:
    noisy = "import sys, warnings\n" + SOFTMAX.replace(
        "    return", "    print('hello'); print('x', file=sys.stderr); warnings.warn('old')\n    return"
    )
    verdict = judge("softmax", noisy)
    assert verdict.points == 2
    assert any("hello" in note for note in verdict.notes)
    assert any("UserWarning: old" in note for note in verdict.notes)


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (["import torch", "def softmax(Z): return torch.softmax(torch.tensor(Z), -1)"], "torch.softmax"),
        (["import torch.nn.functional as F", "def softmax(Z): return F.softmax(Z, -1)"], "F.softmax"),
        (["from scipy.special import softmax as s", "def softmax(Z): return s(Z, -1)"], "`s`"),
        (["def softmax(Z):\n    from torch import softmax as t\n    return t(Z, -1)"], "`t`"),
    ],
)
def test_what_is_forbidden_is_found_under_any_name(cells: list[str], told: str) -> None:
    text = says("softmax", *cells)
    assert "asks you to write it yourself" in text
    assert told in text


def test_statements_can_be_forbidden() -> None:
    import dataclasses

    task = dataclasses.replace(TASKS["softmax"], forbids=["for"])
    cell = "def softmax(Z):\n    return np.array([1 for z in Z])"
    verdict = assess(task, {"softmax": perceptron.softmax}, [cell], 0)
    assert "without `for`, but line 2" in verdict.parts[0].says
    assert assess(task, {"softmax": perceptron.softmax}, [SOFTMAX], 0).state == State.PASSED


GRADIENT = "def softmax_gradient(W, X, Y): return X.T @ (softmax(X @ W) - Y) / len(X)"


@pytest.mark.parametrize(
    "earlier", ["def softmax(Z): return Z", "def softmax(Z): raise NotImplementedError", "softmax = ="]
)
def test_a_slip_in_an_earlier_answer_is_not_punished_twice(earlier: str) -> None:
    verdict = judge("softmax_gradient", earlier, GRADIENT)
    assert verdict.points == verdict.of
    assert "the course's own `softmax`" in verdict.notes[-1]


def test_follow_through_gives_the_students_names_back() -> None:
    def softmax(Z):
        return Z

    namespace = {"np": np, "softmax": softmax}
    exec(GRADIENT, namespace)
    assess(TASKS["softmax_gradient"], namespace, [], 0)
    assert namespace["softmax"] is softmax


@pytest.mark.parametrize("task", [TASKS["softmax_gradient"], TASKS["Perceptron"]], ids=lambda task: task.id)
def test_an_answer_that_fails_as_before_is_not_run_whole_once_more_and_judged_the_same(task: Task) -> None:
    """Slips in the answer and in the earlier one: the verdict is that of two whole runs."""
    (earlier,) = task.uses
    for slip, before in product(task.misconceptions[:6], [*TASKS[earlier].misconceptions[:3], None]):
        namespace, right = implement(task, slip), implement(task, slip)
        if before:
            namespace[earlier] = implement(TASKS[earlier], before)[earlier]
        own, helped = (decide(task, 0, task.observe(names, 0)) for names in (namespace, right))
        assert assess(task, namespace, [], 0).parts == follow_through(task, own, helped).parts


def test_with_a_right_earlier_answer_nothing_is_said_about_it() -> None:
    assert judge("softmax_gradient", SOFTMAX, GRADIENT).notes == ()


def test_two_misconceptions_at_once_are_both_named() -> None:
    cell = "def softmax_gradient(W, X, Y): return X.T @ (Y - softmax(X @ W))"
    text = says("softmax_gradient", SOFTMAX, cell)
    assert "P - Y, not Y - P" in text
    assert "divided by n" in text


def test_where_nothing_explains_it_the_difference_is_said() -> None:
    verdict = judge(
        "softmax_gradient", SOFTMAX, "def softmax_gradient(W, X, Y): return np.full(W.shape, 0.123)"
    )
    assert "expected [[" in verdict.parts[0].says.lower()
    assert verdict.parts[0].named == ()


def test_partial_points_are_quarters() -> None:
    verdict = judge(
        "softmax", "def softmax(Z):\n    E = np.exp(Z)\n    return E / E.sum(axis=-1, keepdims=True)"
    )
    assert verdict.points == 1.5
    assert [p.state for p in verdict.parts] == [State.PASSED, State.FAILED, State.PASSED]


# ---------------------------------------------------------------- Score


def score(points: float = 1.5) -> Score:
    return Score(
        judge("softmax", "def softmax(Z):\n    E = np.exp(Z)\n    return E / E.sum(-1, keepdims=True)")
    )


@pytest.mark.parametrize("magic", ["%precision 0", "%precision 3", "%pprint", ""])
def test_a_score_prints_as_a_plain_number_whatever_the_shell_says(magic: str) -> None:
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell()
    if magic:
        name, _, line = magic[1:].partition(" ")
        shell.run_line_magic(name, line)
    data, _ = shell.display_formatter.format(score())
    assert data["text/plain"] == "1.5"
    assert "<table" in data["text/html"]


def test_a_score_is_a_float_that_can_be_pickled() -> None:
    import pickle

    s = score()
    assert s == 1.5
    assert pickle.loads(pickle.dumps(s)).verdict == s.verdict


def test_the_table_is_accessible_and_escapes_what_a_student_wrote() -> None:
    verdict = judge("softmax", "def softmax(Z): return '<script>alert(1)</script>'")
    page = to_html(verdict)
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    for needed in ("<caption", "scope='col'", "scope='row'", "✗ failed", "hint("):
        assert needed in page
    assert "✗" in to_text(verdict)


# ---------------------------------------------------------------- declarations


def made(**changes) -> Task:
    def cases(rng):
        yield Case({"z": rng.normal(size=3)})

    given = {
        "id": "heaviside",
        "points": 1,
        "answers": ["heaviside"],
        "reference": "helpers.reference.perceptron.heaviside",
        "parts": [Part("a", cases), Part("b", cases)],
        "hints": ["1", "2", "3"],
    }
    return Task(**(given | changes))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"parts": []}, "different names"),
        ({"misconceptions": [Misconception("x", {"c"}, ("a", "b"))]}, "'c', which is not a part"),
        ({"misconceptions": [Misconception("x", {"a"})]}, "one of `edit`, `edits`, `wrong`"),
        ({"hints": ["1"]}, "three hints"),
        ({"parts": [Part("a", list, pure=False)]}, "say why in `reason`"),
        ({"points": 1.1}, "quarters"),
        ({"answers": ["other"]}, "not called 'other'"),
    ],
)
def test_a_task_that_contradicts_itself_is_refused(changes: dict, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        made(**changes)


def test_an_edit_must_occur_exactly_once() -> None:
    for old in ("nowhere", "z"):
        with pytest.raises(BadTask, match="not once"):
            implement(made(), Misconception("x", {"a"}, (old, "b")))


def test_a_reference_that_raises_is_the_courses_fault() -> None:
    def cases(rng):
        yield Case({"z": "text"})

    verdict = assess(made(parts=[Part("a", cases)]), {"heaviside": perceptron.heaviside}, [], 0)
    assert (verdict.state, verdict.points) == ("not judged", 0)
    assert "The course's own answer to" in verdict.parts[0].says


def test_pairs_can_be_combined() -> None:
    assert len(pairs(TASKS["softmax_gradient"])) >= 3


FORMS = Misconception(
    "It fires at 0.",
    {"a"},
    ("where(z > 0", "where(z >= 0"),
    forms=(("1.0, 0.0)", "0.0, 1.0)"), [("z > 0, 1.0", "z < 0, 1.0")], "def heaviside(z): return 7 * z"),
)


def test_a_slip_is_named_in_each_of_its_forms() -> None:
    def cases(rng):
        yield Case({"z": np.array([-1.0, 0.0, 2.0, 3.0])})

    task = made(parts=[Part("a", cases)], misconceptions=[FORMS])
    answers = [
        lambda z: (z >= 0) * 1.0,
        lambda z: (z <= 0) * 1.0,
        lambda z: (z < 0) * 1.0,
        lambda z: 7 * z,
    ]
    for answer in answers:
        verdict = assess(task, {"heaviside": answer}, [], 0)
        assert verdict.parts[0].named == ("It fires at 0.",)
        assert verdict.parts[0].by == "misconception"
    assert len(FORMS.variants) == 4


def test_edits_are_made_at_all_sites() -> None:
    both = Misconception("x", {"a"}, edits=(("z > 0, 1.0", "y > 0, 2.0"), ("z", "y")))
    source = wrong_source(made(), both)
    assert "np.where(y > 0, 2.0" in source
    assert "(z:" not in source


def test_a_change_in_place_is_said_beside_a_name() -> None:
    cell = "def hinge(w, X, s):\n    z = X @ w\n    X *= 2\n    return np.maximum(0, 1 - s * z).sum()"
    verdict = judge("hinge", cell)
    assert verdict.parts[0].by == "misconception"
    assert "It also changes its input `X` in place" in verdict.parts[0].says


def test_only_the_answer_and_what_it_calls_is_searched() -> None:
    beside = f"import torch\n{SOFTMAX}\nZ = np.ones((2, 2))\nassert np.allclose(softmax(Z), torch.softmax(torch.tensor(Z), -1))"
    assert judge("softmax", beside).state == State.PASSED
    through = [
        "import torch\ndef mine(Z): return torch.softmax(torch.tensor(Z), -1)",
        "def softmax(Z): return mine(Z)",
    ]
    assert "uses `torch.softmax`" in says("softmax", *through)
    aside = [*through[:1], SOFTMAX]
    assert judge("softmax", *aside).state == State.PASSED
    compared = [
        SOFTMAX,
        "import torch\nZ = torch.softmax(torch.ones(2, 2), -1)",
    ]  # Z is the answer's own name, too
    assert judge("softmax", *compared).state == State.PASSED


def test_a_method_can_be_forbidden_on_any_object() -> None:
    import dataclasses

    task = dataclasses.replace(TASKS["softmax"], forbids=["*.softmax"])
    cell = "def softmax(Z):\n    return torch.tensor(Z).softmax(-1)"
    verdict = assess(task, {"softmax": perceptron.softmax}, [cell], 0)
    assert "line 2 uses `.softmax`" in verdict.parts[0].says
    assert assess(task, {"softmax": perceptron.softmax}, [SOFTMAX], 0).state == State.PASSED
