"""Questions keep their answer until it is time; the playground tells the truth about the student's class."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from helpers.reference.perceptron import Perceptron, novikoff_bound
from helpers.widgets import VIEW, interactive, predict, script, style
from helpers.widgets import perceptron as lesson
from helpers.widgets.perceptron import CLOUDS, MOST, XOR, margin, playground, run

QUESTION = ("Is `1 < 2`?", ("yes", "no", "<i>who knows</i>"), 0, "Because `2 - 1 > 0`.")


def test_a_question_is_accessible_markup():
    markup = predict(*QUESTION)._repr_html_()
    assert markup.count("<fieldset") == markup.count("<legend>") == 1
    assert markup.count('type="radio"') == 3
    inputs, labels = (
        re.findall(r'<input[^>]* id="([^"]+)"', markup),
        re.findall(r'<label for="([^"]+)"', markup),
    )
    assert sorted(inputs) == sorted(labels)
    assert len(set(inputs)) == 4  # three options and "commit"
    assert markup.count('data-lm-suppress-shortcuts="true"') == 4
    assert "<code>1 &lt; 2</code>" in markup
    assert "&lt;i&gt;who knows" in markup
    assert "<script" not in markup


def test_the_explanation_is_hidden_until_an_option_is_committed_to():
    markup = predict(*QUESTION)._repr_html_()
    assert re.findall(r'<p[^>]*class="(yes|no)" style="display:none">', markup) == ["yes", "no"]
    assert re.findall(r'class="(right|wrong)"', markup) == ["right", "wrong", "wrong"]
    shown = re.findall(r"#predict-\w+ (.*) { display: block !important; }", markup)
    assert shown == [".right:checked ~ .commit:checked ~ .yes", ".wrong:checked ~ .commit:checked ~ .no"]


def test_plain_text_never_shows_the_answer():
    for answer in (0, 1, "yes"):
        text = repr(predict(*QUESTION[:2], answer, QUESTION[3]))
        assert text == "Predict: Is `1 < 2`?\n  ( ) yes\n  ( ) no\n  ( ) <i>who knows</i>"


def test_ids_are_the_same_each_time_and_differ_between_questions():
    first, again, other = (predict(q, ["a", "b"], "b", "So.")._repr_html_() for q in ("One?", "One?", "Two?"))
    assert first == again
    ids = [set(re.findall(r'id="([^"]+)"', markup)) for markup in (first, other)]
    assert not ids[0] & ids[1]


def test_answers_by_text_and_by_index_agree():
    assert predict("?", ["a", "b"], "b", "So.") == predict("?", ["a", "b"], 1, "So.")


@pytest.mark.parametrize(
    ("options", "answer"), [(["a", "b"], "c"), (["a", "b"], 2), (["a", "b"], -1), (["a", "a"], 0), (["a"], 0)]
)
def test_questions_that_cannot_be_answered_are_errors(options, answer):
    with pytest.raises(ValueError, match="options"):
        predict("?", options, answer, "So.")


def rows(points):
    table = np.array(points, dtype=float)
    return np.column_stack([np.ones(len(table)), table[:, :2]]), table[:, 2]


def test_the_path_is_the_references():
    X, y = rows(CLOUDS)
    model = Perceptron(3)
    model.fit(X, y)
    found = run(Perceptron, CLOUDS)
    assert len(found.mistaken) == len(found.w) - 1 == model.mistakes
    assert found.w[-1] == model.w.tolist()
    for before, i, after in zip(found.w, found.mistaken, found.w[1:], strict=False):
        assert ((X[i] @ before > 0) != y[i]).all()
        np.testing.assert_allclose(after, before + (2 * y[i] - 1) * X[i])
    assert not found.failed


coordinates = st.integers(-30, 30).map(lambda n: n / 20)
clouds = st.lists(st.tuples(coordinates, coordinates), min_size=2, max_size=10, unique=True)


@settings(deadline=None, max_examples=60)
@given(clouds, st.tuples(coordinates, coordinates, coordinates))
@example([(1.0, 0.1), (-1.15, -1.45), (-1.45, -0.5)], (-0.05, 0.0, -0.05))  # ends with a point on the line
def test_separable_clouds_keep_within_the_bound(places, w):
    points = [(a, b, int(w[0] + w[1] * a + w[2] * b > 0)) for a, b in places]
    found = run(Perceptron, points)
    if found.bound is not None:
        assert len(found.mistaken) <= found.bound * (1 + 1e-9)
        assert not found.failed, found.says


@pytest.mark.skipif(not shutil.which("node"), reason="needs node")
def test_the_browser_contradicts_no_mistake_of_a_point_on_the_line():
    cases = [
        [[1, -1.15, y], [-1, 1, label]] for y in (-2.15, -2.15 + 1e-15, -2.15 - 1e-15) for label in (0, 1)
    ]
    cases += [[[0, 0, 0], [1, 1, 1]]]
    said = f"for (const [w, p] of {json.dumps(cases)}) console.log(told(w, p));"
    source = "globalThis.matchMedia = () => ({});\n" + script("perceptron")
    source = source.replace("export default { render };", said)
    lines = subprocess.run(["node", "-"], input=source, capture_output=True, text=True, check=True).stdout
    assert all(", but it " in line for line in lines.splitlines())
    assert len(lines.splitlines()) == len(cases)


@settings(deadline=None, max_examples=25)
@given(clouds, st.tuples(coordinates, coordinates, coordinates))
def test_the_margin_is_that_of_a_support_vector_machine(places, w):
    svm = pytest.importorskip("sklearn.svm")
    X, y = rows([(a, b, int(w[0] + w[1] * a + w[2] * b > 0)) for a, b in places])
    gamma = margin(X, y)
    if gamma < 0.02 or len(set(y)) < 2:
        return
    # no bias of its own: signed rows and their mirror images make the optimal plane pass the origin
    Z = (2 * y - 1)[:, None] * X
    both, sign = np.vstack([Z, -Z]), np.repeat([1, -1], len(Z))
    model = svm.SVC(C=1e9, kernel="linear", tol=1e-8).fit(both, sign)
    assert gamma == pytest.approx(1 / np.linalg.norm(model.coef_), rel=1e-3)


def test_the_margin_is_no_smaller_than_any_direction_tried():
    X, y = rows(CLOUDS)
    directions = np.random.default_rng(0).normal(size=(20000, 3))
    scores = ((2 * y - 1)[:, None] * X) @ directions.T
    tried = (scores.min(axis=0) / np.linalg.norm(directions, axis=1)).max()
    gamma = margin(X, y)
    assert tried <= gamma <= tried + 0.02
    assert run(Perceptron, CLOUDS).bound == pytest.approx((np.linalg.norm(X, axis=1).max() / gamma) ** 2)
    assert run(Perceptron, CLOUDS).bound <= min(
        novikoff_bound(X, y, w) for w in directions.astype(float)[:2000]
    )


def test_one_two_or_three_rows_may_decide_the_margin():
    assert margin(np.array([[1, 0.1, 0], [1, 1, 0]]), np.ones(2)) == pytest.approx(np.hypot(1, 0.1))
    assert margin(np.array([[1, 1, 0], [1, -1, 0]]), np.array([1, 0])) == pytest.approx(1)
    assert margin(np.eye(3), np.ones(3)) == pytest.approx(3**-0.5)


@pytest.mark.parametrize("points", [XOR, [(0, 0, 0), (0, 0, 1)]])
def test_what_no_line_separates_is_said_and_stopped(points):
    found = run(Perceptron, points)
    assert found.bound is None
    assert found.gamma <= 0
    assert len(found.mistaken) == MOST
    assert "No line separates these" in found.says
    assert not found.failed


class Raises(Perceptron):
    def update(self, x, y):
        raise ValueError("shapes <3> and (4,)")


class Loops(Perceptron):
    def update(self, x, y):
        while True:
            pass


class Talks(Perceptron):
    def update(self, x, y):
        print("x" * 10)
        np.log(np.zeros(1))
        super().update(x, y)


class Backwards(Perceptron):
    def update(self, x, y):
        self.mistakes += int(self.predict(x[None])[0] != y)
        self.w = self.w - (y - self.predict(x[None])[0]) * x


class Uncounted(Perceptron):
    def update(self, x, y):
        super().update(x, y)
        self.mistakes = 0


class Lazy(Perceptron):
    def update(self, x, y):
        pass


class Short(Perceptron):
    def __init__(self, d):
        super().__init__(d - 1)


class InPlace(Perceptron):
    def update(self, x, y):
        wrong = y - self.predict(x[None])[0]
        self.w += wrong * x
        x[:] = 0  # and it spoils its inputs
        self.mistakes += int(wrong != 0)


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (Raises, "Your Raises stopped with ValueError: shapes <3> and (4,)"),
        (Loops, "Your Loops was still busy after"),
        (Backwards, "more than the bound"),
        (Uncounted, "your `mistakes` says 0"),
        (Lazy, "w has come to rest, yet 5 of the points are still wrong"),
        (Short, "w has shape (2,)"),
        (lambda d: None, "AttributeError"),
    ],
)
def test_a_broken_class_gets_a_sentence(broken, says, monkeypatch):
    monkeypatch.setattr(lesson, "SECONDS", 0.5 if broken is Loops else 60.0)
    found = run(broken, CLOUDS)
    assert says in found.says
    assert found.failed
    json.dumps(lesson.asdict(found), allow_nan=False)
    assert playground(broken)._repr_mimebundle_()[0]["text/plain"].endswith(found.says)


def test_what_is_not_written_yet_is_left_to_needs():
    class Stub:
        def __init__(self, d):
            raise NotImplementedError

    with pytest.raises(NotImplementedError):
        playground(Stub)


def test_a_class_that_adds_in_place_or_talks_is_as_good(capsys):
    expected = run(Perceptron, CLOUDS)
    for other in (InPlace, Talks):
        found = run(other, CLOUDS)
        assert (found.w, found.mistaken, found.failed) == (expected.w, expected.mistaken, False)
    assert capsys.readouterr().out == ""


def test_moving_points_learns_again():
    widget = playground(Perceptron).widget
    assert widget.run["mistaken"] == run(Perceptron, CLOUDS).mistaken
    widget.points = [list(point) for point in XOR]
    assert widget.run == lesson.asdict(run(Perceptron, XOR))
    widget.Perceptron = Raises
    widget.points = [list(point) for point in CLOUDS]
    assert widget.run["failed"]


def test_the_bundle_has_both_forms():
    data, _ = playground(Perceptron)._repr_mimebundle_()
    assert data[VIEW]["model_id"]
    assert data["text/html"].startswith('<img alt="10 points of two classes')
    assert "learned" in data["text/plain"]


def test_course_static_has_only_the_image(monkeypatch):
    monkeypatch.setenv("COURSE_STATIC", "1")
    figure = interactive(
        lambda: pytest.fail("made a widget"), lambda: lesson.draw(XOR, run(Perceptron, XOR)), "XOR"
    )
    data, metadata = figure._repr_mimebundle_()
    assert sorted(data) == ["text/html", "text/plain"]
    assert metadata == {}
    assert data["text/plain"] == repr(figure) == "XOR"


def test_without_a_widget_library_there_is_the_image(monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    lesson._widget.cache_clear()
    assert sorted(playground(Perceptron)._repr_mimebundle_()[0]) == ["text/html", "text/plain"]


def test_an_ordinary_widget_is_wrapped_the_same_way():
    ipywidgets = pytest.importorskip("ipywidgets")
    data, _ = interactive(
        ipywidgets.IntSlider, lambda: lesson.draw(XOR, run(Perceptron, XOR)), "A slider."
    )._repr_mimebundle_()
    assert sorted(data) == [VIEW, "text/html", "text/plain"]


def test_alternative_text_is_required():
    with pytest.raises(ValueError, match="alternative text"):
        interactive(object, object, " ")


def published(monkeypatch, figure):
    """What a notebook gets when the figure is displayed."""
    sent = []
    publisher = type("Pub", (), {"publish": staticmethod(lambda data, metadata: sent.append(data))})
    shell = type("Shell", (), {"display_pub": publisher})
    ipython = type("IPython", (), {"get_ipython": staticmethod(lambda: shell)})
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    figure._ipython_display_()
    return sent


def test_a_saved_notebook_holds_the_figure_beside_the_widget(monkeypatch):
    live, still = published(monkeypatch, playground(Perceptron))
    assert live[VIEW]["model_id"]
    assert "text/html" not in live
    assert VIEW not in still
    assert '<img alt="10 points of two classes' in still["text/html"]
    assert "learned" in still["text/plain"]
    monkeypatch.setenv("COURSE_STATIC", "1")
    [still] = published(monkeypatch, playground(Perceptron))
    assert still["text/html"].startswith("<img")


def test_an_exported_page_shows_the_figure(monkeypatch):
    nbconvert = pytest.importorskip("nbconvert")
    from nbformat import v4

    outputs = [v4.new_output("display_data", data) for data in published(monkeypatch, playground(Perceptron))]
    monkeypatch.undo()
    notebook = v4.new_notebook(cells=[v4.new_code_cell("playground(Perceptron)", outputs=outputs)])
    page, _ = nbconvert.HTMLExporter().from_notebook_node(notebook)
    assert '<img alt="10 points of two classes' in page


def test_what_the_widgets_share_carries_the_widgets_own_name():
    css = style("canvas", "digit-canvas")
    assert ".digit-canvas button {" in css
    assert ".widget" not in css
    assert css.endswith((Path(lesson.__file__).with_name("canvas.css")).read_text("utf-8"))


@pytest.mark.parametrize("name", ["perceptron", "descent", "backprop", "convolution", "canvas"])
def test_what_is_shared_is_written_once(name: str) -> None:
    """A widget's own style says nothing that stands in common.css, for the same element."""
    folder = Path(lesson.__file__).parent
    shared = re.findall(
        r"^\.widget (\S[^{]*) \{([^}]*)\}", (folder / "common.css").read_text("utf-8"), re.MULTILINE
    )
    own = (folder / f"{name}.css").read_text("utf-8")
    for selector, rules in shared:
        for part in selector.split(", .widget "):
            body = re.search(rf"^\.[\w-]+ {re.escape(part)} \{{([^}}]*)\}}", own, re.MULTILINE)
            said = {one.strip() for one in (body[1] if body else "").split(";")} - {""}
            assert not said & {one.strip() for one in rules.split(";")}, f"{name}: {part}"
    assert "--jp-ui-font-family" not in own
