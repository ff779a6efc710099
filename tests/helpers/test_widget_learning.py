"""The figure of lesson 00 counts real mails, in both forms alike."""

import json
import shutil
import subprocess

import numpy as np
import pytest

from helpers.data import mails
from helpers.reference.learning import confusion, precision_recall
from helpers.widgets import VIEW, script
from helpers.widgets.learning import KINDS, SHOWN, START, WORDS, draw, rules, sample, thrown


def test_a_rule_throws_away_what_the_mails_say() -> None:
    X, y, folder, words = mails()
    has, kind = sample()
    assert has.shape == (SHOWN, len(WORDS))
    assert len(set(WORDS)) == len(WORDS)
    away = (X[:SHOWN, [words.index(word) for word in START]] > 0).any(axis=1)
    want = [
        away & (y[:SHOWN] == 0) & (folder[:SHOWN] != 2),
        away & (folder[:SHOWN] == 2),
        away & (y[:SHOWN] == 1),
    ]
    assert thrown(START, 1) == [int(rows.sum()) for rows in want]
    assert thrown({}, 1) == [0, 0, 0]
    assert np.bincount(kind).sum() == SHOWN


def test_a_word_may_count_against_spam() -> None:
    strict, mild = thrown({"free": 1}, 1), thrown({"free": 1, "wrote": -1}, 1)
    assert all(a >= b for a, b in zip(strict, mild, strict=True))
    assert mild[0] < strict[0]


def test_a_higher_threshold_never_throws_away_more() -> None:
    counts = np.array([thrown(dict.fromkeys(WORDS[:12], 1), k) for k in range(1, 7)])
    assert (np.diff(counts, axis=0) <= 0).all()


def test_the_newsletters_suffer_from_the_rule_that_one_begins_with() -> None:
    of, away = np.bincount(sample()[1]), np.array(thrown(START, 1))
    assert (away / of)[1] > (away / of)[0] + 0.5


def test_both_forms_and_the_image_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    figure = rules()
    for n, name in zip(thrown(START, 1), KINDS, strict=True):
        assert f"{n} of " in figure.alt
        assert name in figure.alt
    data, _ = figure._repr_mimebundle_()
    assert data[VIEW]["model_id"]
    assert [len(row) for row in figure.widget.has] == [SHOWN] * len(WORDS)
    assert len(draw().axes) == 4
    monkeypatch.setenv("COURSE_STATIC", "1")
    assert sorted(rules()._repr_mimebundle_()[0]) == ["text/html", "text/plain"]


STAGE = """
const state = %s;
const made = {};
const part = (name) => (made[name] ??= {
  style: {}, dataset: {}, children: [], classList: { add() {} }, addEventListener() {}, setAttribute() {},
  replaceChildren(...all) { this.children = all; }, querySelector: part, focus() {},
});
globalThis.document = { createElement: () => part("button" + Object.keys(made).length) };
const model = { get: (name) => state[name], set() {}, save_changes() {} };
render({ model, el: part("root") });
console.log(JSON.stringify({
  cells: [".c00", ".c01", ".c10", ".c11"].map((name) => Number(part(name).textContent.replace(",", ""))),
  scores: part(".scores").innerHTML, says: part(".says").textContent }));
"""


@pytest.mark.skipif(not shutil.which("node"), reason="needs node")
@pytest.mark.parametrize(
    ("votes", "k"), [(START, 1), ({"free": 1, "click": 1, "wrote": -1, "list": -1}, 2), ({}, 1)]
)
def test_the_browser_counts_as_python_does(votes: dict[str, int], k: int) -> None:
    model = rules().widget
    state = {name: getattr(model, name) for name in ("words", "kinds", "has", "kind")}
    state |= {"votes": [votes.get(word, 0) for word in WORDS], "threshold": k}
    source = script("learning").replace("export default { render };", STAGE % json.dumps(state))
    told = json.loads(
        subprocess.run(["node", "-"], input=source, capture_output=True, text=True, check=True).stdout
    )
    ham, news, spam = thrown(votes, k)
    of = np.bincount(sample()[1])
    y = np.repeat([0, 0, 1, 1], [of[0] + of[1] - ham - news, ham + news, of[2] - spam, spam])
    y_hat = np.repeat([0, 1, 0, 1], [of[0] + of[1] - ham - news, ham + news, of[2] - spam, spam])
    C = confusion(y, y_hat, 2)
    assert told["cells"] == C.ravel().tolist()
    for share in precision_recall(C, 1):
        assert f"{100 * share:.1f} %" in told["scores"]
    assert f"{ham + news} wanted mails are lost" in told["says"].replace(",", "")
