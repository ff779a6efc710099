"""The walk is gradient descent, in Python and in the browser; the race is run by the student's functions."""

import json
import shutil
import subprocess

import numpy as np
import pytest

from helpers.reference.gradient_descent import adam_step, descend, momentum_step, rate
from helpers.widgets import VIEW, script
from helpers.widgets import gradient_descent as lesson
from helpers.widgets import gradient_descent_ball as ball
from helpers.widgets.gradient_descent import (
    ETAS,
    STARTS,
    STEPS,
    SURFACES,
    asdict,
    best,
    bowl,
    draw_race,
    explorer,
    gradient,
    race,
    run,
    value,
)  # fmt: skip

STEP_FUNCTIONS = (descend, momentum_step, adam_step)
START = (-1.7, 0.8)


@pytest.mark.parametrize("name", SURFACES)
def test_gradients_are_difference_quotients(name):
    x = np.random.default_rng(0).uniform(-2, 2, (5, 2))
    for i, step in enumerate(1e-6 * np.eye(2)):
        quotient = (value(SURFACES[name], x + step) - value(SURFACES[name], x - step)) / 2e-6
        np.testing.assert_allclose(gradient(SURFACES[name], x)[:, i], quotient, rtol=1e-6, atol=1e-7)


def test_the_valley_has_the_curvatures_it_says():
    terms = SURFACES["valley"]
    H = np.stack([gradient(terms, e) for e in np.eye(2)])
    np.testing.assert_allclose(np.linalg.eigvalsh(H), [1, 8], rtol=1e-12)
    assert rate(H, 0.249) < 1 < rate(H, 0.251)


@pytest.fixture(scope="module")
def in_node(tmp_path_factory):
    node = shutil.which("node")
    if not node:
        pytest.skip("there is no node")
    folder = tmp_path_factory.mktemp("js")
    for name in ("walk", "ball"):
        (folder / f"{name}.mjs").write_text(script(f"descent_{name}"), "utf-8")

    def evaluate(expression: str):
        names = [n for n in ("walk", "ball") if f"{n}." in expression]
        imports = [f"import * as {n} from {json.dumps((folder / f'{n}.mjs').as_uri())};" for n in names]
        code = " ".join([*imports, f"console.log(JSON.stringify({expression}))"])
        told = subprocess.run(
            [node, "--input-type=module", "-e", code], capture_output=True, text=True, check=True
        )
        return json.loads(told.stdout)

    return evaluate


@pytest.mark.parametrize("name", SURFACES)
def test_the_browser_walks_as_the_reference_does(in_node, name):
    terms, start = SURFACES[name], (0.7, -1.1)
    path = in_node(f"walk.descend({json.dumps(terms)}, {json.dumps(start)}, 0.1, 20)")
    want = descend(lambda x: gradient(terms, x), np.array(start), 0.1, 20)
    np.testing.assert_allclose(path, want, rtol=1e-9, atol=1e-12)
    kappa = in_node(f"walk.curvatures({json.dumps(terms)}, {json.dumps(start)})")
    H = [
        (gradient(terms, np.array(start) + e) - gradient(terms, np.array(start) - e)) / 2e-6
        for e in 1e-6 * np.eye(2)
    ]
    np.testing.assert_allclose(kappa, np.linalg.eigvalsh(np.array(H)), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "start", "eta", "says"),
    [
        ("valley", STARTS["valley"], 0.005, "Crawls"),
        ("valley", STARTS["valley"], 0.1, "Converges"),
        ("valley", STARTS["valley"], 0.23, "Zigzags, and converges"),
        ("valley", STARTS["valley"], 0.248, "Zigzags: each jump"),
        ("valley", STARTS["valley"], 0.25, "Oscillates"),
        ("valley", STARTS["valley"], 0.27, "Escapes"),
        ("two basins", STARTS["two basins"], 0.7, "Oscillates"),
        ("saddle", (-1.6, 0.0), 0.2, "Sits"),
        ("saddle", (-1.6, 0.05), 0.2, "Converges"),
    ],
)
def test_every_regime_has_its_name(in_node, name, start, eta, says):
    terms = json.dumps(SURFACES[name])
    found = in_node(f"walk.regime({terms}, walk.descend({terms}, {json.dumps(start)}, {eta}, 150))")
    assert found[1].startswith(says), found


def test_on_a_saddle_no_limit_is_told(in_node):
    told = {
        name: in_node(f"walk.theory({json.dumps(SURFACES[name])}, [0, 0], 0.08)")
        for name in ("valley", "saddle")
    }
    assert "limit 2/κ = <b>0.25</b>" in told["valley"]
    assert "saddle" in told["saddle"]
    assert "limit" not in told["saddle"]
    assert "<b>1.08</b>" in told["saddle"]


@pytest.mark.parametrize(
    ("share", "beta", "c"), [(1.0, 0.0, 100), (2.1, 0.2, 9), (3.3, 0.9, 50), (3.9, 0.1, 4)]
)
def test_the_maps_factors_are_those_of_the_ball(in_node, share, beta, c):
    rho = ball.shrinks([1, c], share / c, beta)
    assert in_node(f"ball.slowest({share}, {beta}, {c})") == pytest.approx(rho, rel=1e-9)
    matrices = [np.array([[1 + beta - share / c * k, -beta], [1, 0]]) for k in (1, c)]
    assert rho == pytest.approx(max(np.abs(np.linalg.eigvals(m)).max() for m in matrices))
    path = in_node(f"ball.roll({c}, {list(ball.START)}, {share / c}, {beta}, 30)")
    np.testing.assert_allclose(path, ball.roll(c, ball.START, share / c, beta, len(path) - 1), rtol=1e-9)


def test_the_map_names_what_the_ball_does(in_node):
    found = in_node(
        "[[0.5, 0], [1.5, 0], [2, 0], [2.1, 0], [1, 0.5], [3.1, 0.5]].map((p) => ball.factor(...p)[1])"
    )
    assert found == ["crawls", "jumps from side to side", "never rests", "escapes", "ripples", "escapes"]


@pytest.mark.parametrize("c", [4.0, 100.0, 150.0])
def test_no_point_of_the_map_is_better_than_the_best(in_node, c):
    eta, beta = ball.best_ball(c)
    want = (np.sqrt(c) - 1) / (np.sqrt(c) + 1)
    assert ball.shrinks([1, c], eta, beta) == pytest.approx(want, abs=1e-6)  # a double root: half the digits
    etas, betas = np.meshgrid(np.linspace(0.01, 4, 300) / c, np.linspace(0, 0.99, 200))
    assert ball.shrinks([1, c], etas, betas).min() >= want - 1e-9
    np.testing.assert_allclose(in_node(f"ball.best({c})"), [c * eta, beta], rtol=1e-12)


def test_a_ball_may_take_steps_twice_as_long():
    for beta in (0.0, 0.5, 0.9):
        limit = 2 * (1 + beta) / 100
        assert ball.shrinks([1, 100], 0.999 * limit, beta) < 1 < ball.shrinks([1, 100], 1.001 * limit, beta)


def test_a_large_step_can_end_in_the_other_basin():
    terms = SURFACES["two basins"]
    for eta, side in [(0.05, 1), (0.3, -1)]:
        end = descend(lambda x: gradient(terms, x), np.array([1.9, 0.5]), eta, 500)[-1]
        assert np.sign(end[0]) == side
        np.testing.assert_allclose(gradient(terms, end), 0, atol=1e-6)


def test_the_race_is_run_by_the_references():
    found = run(STEP_FUNCTIONS, 150.0, 30.0, START, (0.01, 0.004, 0.1))
    H, w = bowl(150.0, 30.0), np.array(START)
    np.testing.assert_allclose(
        found.paths[0], descend(lambda w: H @ w, w, 0.01, STEPS), rtol=1e-9, atol=1e-12
    )
    v = np.zeros(2)
    w, v = momentum_step(w, v, H @ w, 0.004, 0.9)
    np.testing.assert_allclose(found.paths[1][1], w)
    w, *_ = adam_step(np.array(START), np.zeros(2), np.zeros(2), H @ np.array(START), 1, 0.1)
    np.testing.assert_allclose(found.paths[2][1], w)
    assert found.losses[0][0] == pytest.approx(np.array(START) @ H @ np.array(START) / 2)


def test_the_lessons_numbers():
    etas = best(STEP_FUNCTIONS, 150.0, 0.0, START)
    straight = run(STEP_FUNCTIONS, 150.0, 0.0, START, etas)
    assert straight.arrived == [149, 64, 55]
    turn = np.array([[1, -1], [1, 1]]) / np.sqrt(2)
    turned = run(STEP_FUNCTIONS, 150.0, 45.0, turn @ START, etas)
    assert turned.arrived == [149, 64, 242]
    again = best(STEP_FUNCTIONS, 150.0, 45.0, turn @ START)
    assert again[:2] == etas[:2]
    assert 9 < again[2] / etas[2] < 10
    assert run(STEP_FUNCTIONS, 150.0, 45.0, turn @ START, again).arrived == [149, 64, 64]


def test_one_that_escapes_ends_early_and_is_not_said_to_arrive():
    found = run(STEP_FUNCTIONS, 150.0, 0.0, START, (0.1, 0.2, 0.1))
    assert len(found.paths[0]) < STEPS
    assert found.arrived[:2] == [None, None]
    assert "not in 300: descent, momentum" in found.says
    json.dumps(asdict(found), allow_nan=False)


def raises(*_):
    raise ValueError("shapes <3>")


def loops(*_):
    while True:
        pass


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ((descend, raises, adam_step), "Your momentum stopped with ValueError: shapes <3>"),
        ((descend, lambda *_: (np.zeros(3), np.zeros(2)), adam_step), "w has shape (3,)"),
        ((descend, momentum_step, lambda *_: None), "Your Adam stopped with TypeError"),
        ((raises, momentum_step, adam_step), "Your descent stopped with ValueError"),
        ((descend, momentum_step, loops), "Your Adam was still busy"),
    ],
)
def test_a_broken_optimiser_gets_a_sentence(steps, says, monkeypatch):
    if loops in steps:
        monkeypatch.setattr(lesson, "SECONDS", 0.3)
    found = run(steps, 10.0, 0.0, START, (0.1, 0.01, 0.1))
    assert found.failed
    assert says in found.says
    json.dumps(asdict(found), allow_nan=False)


def test_what_is_not_written_yet_is_left_to_needs():
    def stub(*_):
        raise NotImplementedError

    with pytest.raises(NotImplementedError):
        race(descend, stub, adam_step)


def test_in_place_or_talking_optimisers_are_as_good(capsys):
    def in_place(w, v, g, eta, beta):
        print("hm")
        v *= beta
        v += g
        w -= eta * v
        return w, v

    setting = (40.0, 20.0, START, (0.02, 0.005, 0.1))
    assert run((descend, in_place, adam_step), *setting) == run(STEP_FUNCTIONS, *setting)
    assert capsys.readouterr().out == ""


def test_all_figures_have_both_forms():
    for figure in (explorer(), explorer("valley", theory=False), ball.momentum_map(), race(*STEP_FUNCTIONS)):
        data, _ = figure._repr_mimebundle_()
        assert data[VIEW]["model_id"]
        assert data["text/html"].startswith("<img alt=")


def test_a_new_setting_is_raced_again_and_tuned_on_request():
    widget = race(*STEP_FUNCTIONS, c=40.0).widget
    widget.setting = widget.setting | {"angle": 45}
    assert widget.race == asdict(run(STEP_FUNCTIONS, 40.0, 45, START, widget.setting["etas"]))
    widget.setting = widget.setting | {"tune": True}
    assert not widget.setting["tune"]
    assert widget.setting["etas"] == best(STEP_FUNCTIONS, 40.0, 45, START)
    assert all(low <= eta <= high for eta, (low, high) in zip(widget.setting["etas"], ETAS, strict=True))
    widget.setting = widget.setting | {"beta": 0.5, "tune": True}
    assert widget.setting["etas"] == best(STEP_FUNCTIONS, 40.0, 45, START, 0.5)
    assert widget.race == asdict(run(STEP_FUNCTIONS, 40.0, 45, START, widget.setting["etas"], 0.5))
    widget.steps = (descend, raises, adam_step)
    widget.setting = widget.setting | {"angle": 10}
    assert widget.race["failed"]


def test_the_static_race_draws_both_valleys():
    assert len(draw_race(STEP_FUNCTIONS, 150.0, START).axes) == 4
