import os
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch

from helpers.checks import task
from helpers.checks.perceptron.learning import PERCEPTRON
from helpers.probes.common import call
from helpers.probes.limit import AFTER
from helpers.probes.observe import Failure, Observation, observe
from helpers.probes.surroundings import GRAD, surroundings


def watch(source: str, inputs=None, name: str = "f", seconds: float = 5.0) -> Observation:
    namespace: dict = {"np": np}
    exec(compile(source, "<cell>", "exec"), namespace)
    return observe(call, namespace, [name], inputs or {}, seconds)


def test_a_value_comes_back_as_plain_data() -> None:
    seen = watch("def f(x): return x + 1, {'y': x}", {"x": np.arange(3)})
    assert seen.failure is None
    np.testing.assert_array_equal(seen.value[0], [1, 2, 3])
    np.testing.assert_array_equal(seen.value[1]["y"], [0, 1, 2])
    assert seen.changed == []


def test_an_exception_is_evidence_with_the_students_line() -> None:
    seen = watch("import json\ndef f(x):\n    y = 1\n    return json.loads(x)", {"x": "{"})
    assert (seen.failure.kind, seen.failure.line, seen.failure.inside) == ("JSONDecodeError", 4, "f")


@pytest.mark.parametrize(
    "what", ["raise SystemExit(3)", "raise BaseException('b')", "import os; raise GeneratorExit"]
)
def test_nothing_an_answer_raises_gets_out(what: str) -> None:
    assert watch(f"def f(): {what}").failure is not None


def test_an_exception_whose_text_raises_is_still_told() -> None:
    seen = watch("class E(Exception):\n    def __str__(self): raise E\ndef f(): raise E")
    assert seen.failure.kind == "E"


def test_only_a_stub_of_the_students_own_is_not_attempted() -> None:
    assert watch("def f(): raise NotImplementedError").failure.missing == "f"
    assert watch("class f:\n    def __init__(self): raise NotImplementedError").failure.missing == "f"
    assert watch("def g(): raise NotImplementedError\ndef f(): return g()").failure.missing == "g"
    misspelt = "import torch\ndef f():\n    class M(torch.nn.Module):\n        def foward(self, x): return x\n    return M()(1)"
    seen = watch(misspelt)
    assert seen.failure.kind == "NotImplementedError"
    assert seen.failure.missing is None


def test_an_interrupt_is_a_persons_or_the_answers_own() -> None:
    def f() -> None:
        raise KeyboardInterrupt("own")

    with pytest.raises(KeyboardInterrupt):
        observe(call, {"f": f}, ["f"], {})
    failure = observe(call, {"f": f}, ["f"], {}, interruptible=False).failure
    assert failure is not None
    assert (failure.kind, failure.message) == ("KeyboardInterrupt", "own")


@pytest.mark.parametrize("value", ["np.zeros(40 << 20)", "'x' * (5 << 20)"])
def test_a_value_that_is_too_large_is_told_and_not_kept(value: str) -> None:
    seen = watch(f"def f(): return {value}", seconds=60)
    assert seen.failure is not None
    assert seen.failure.kind == "NotPlain"
    assert seen.value is None


def test_after_a_time_out_the_other_parts_are_short(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []

    def timed_out(*args: object) -> Observation:
        asked.append(float(str(args[-1])))
        return Observation(failure=Failure("TimeLimit"))

    monkeypatch.setattr(task, "observe", timed_out)
    PERCEPTRON.observe({}, 0)
    assert asked == [PERCEPTRON.seconds] + [min(AFTER, PERCEPTRON.seconds)] * (len(PERCEPTRON.parts) - 1)


def test_a_name_that_is_not_there() -> None:
    assert observe(call, {}, ["f"], {}).failure.missing == "f"
    assert watch("def f(): return softmax(1)").failure.missing == "softmax"


def test_inputs_are_copies_and_changes_are_told() -> None:
    x = np.arange(3.0)
    seen = watch("def f(x, n):\n    x[0] = 9\n    return n", {"x": x, "n": [1, 2]})
    assert seen.changed == ["x"]
    assert x[0] == 0
    assert watch("def f(n):\n    n.append(3)", {"n": [1, 2]}).changed == ["n"]
    assert watch("def f(x):\n    x -= 0", {"x": np.array([np.nan])}).changed == []


def test_what_is_printed_or_warned_is_kept_and_not_shown(capfd: pytest.CaptureFixture) -> None:
    seen = watch(
        "import sys, warnings\ndef f():\n    print('out'); print('err', file=sys.stderr)\n"
        "    warnings.warn('old'); np.log(np.zeros(1))\n    return 1"
    )
    assert seen.value == 1
    assert "out" in seen.printed
    assert "err" in seen.printed
    assert any("old" in w for w in seen.warned)
    assert any("divide by zero" in w for w in seen.warned)
    assert capfd.readouterr() == ("", "")


def test_printing_a_hundred_megabytes_costs_no_memory() -> None:
    seen = watch("def f():\n    for _ in range(100): print('x' * 2**20)\n    return 1")
    assert len(seen.printed) == 2000


def test_what_can_not_be_judged_is_named() -> None:
    assert "function" in watch("def f(): return f").failure.message
    assert watch("def f(): return object()").failure.kind == "NotPlain"
    assert watch("def f(): return 10**5000").failure.kind == "NotPlain"


def test_an_endless_loop_is_evidence_with_its_place() -> None:
    seen = watch("def f():\n    while True: pass", seconds=0.2)
    assert (seen.failure.kind, seen.failure.inside) == ("TimeLimit", "f")
    assert seen.failure.message == "it took more than 0.2 s of the processor"


def test_what_an_answer_changes_for_others_is_told_and_put_back() -> None:
    seen = watch(
        "import torch\ndef f():\n    torch.set_grad_enabled(False)\n    np.seterr(all='ignore')\n    return 1"
    )
    assert torch.is_grad_enabled()
    assert np.geterr()["divide"] == "warn"
    assert seen.value == 1
    assert seen.left == ["NumPy's error state changed (`np.seterr`)", GRAD]


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Go to a folder of its own; what grows each time that the system is asked which one it is."""
    times, find = list[int](), os.getcwd
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "getcwd", lambda: times.append(1) or find())
    return times


def leave_all_as_it_is() -> None:
    for _ in range(3):
        with surroundings() as changed:
            pass
        assert not changed


def test_a_folder_whose_path_takes_long_to_find_costs_an_answer_nothing(
    asked: list[int], tmp_path: Path
) -> None:
    """A thousand folders deep the system takes a twentieth of a second for it, at each call, of the answer's time."""
    leave_all_as_it_is()
    assert len(asked) <= 1
    (tmp_path / "other").mkdir()
    with surroundings() as changed:
        os.chdir("other")
    assert changed == ["the current folder changed"]
    assert os.getcwd() == str(tmp_path)


def test_so_it_does_where_the_path_is_longer_than_a_path_may_be(asked: list[int], tmp_path: Path) -> None:
    try:
        for _ in range(500):
            os.mkdir("d" * 9)
            os.chdir("d" * 9)
        leave_all_as_it_is()
        assert len(asked) <= 1
    finally:
        subprocess.run(["rm", "-rf", tmp_path / ("d" * 9)], check=True)


def test_a_folder_that_was_moved_meanwhile_is_found_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "old").mkdir()
    monkeypatch.chdir(tmp_path / "old")
    with surroundings():
        pass
    (tmp_path / "old").rename(tmp_path / "new")
    with surroundings() as changed:
        os.chdir("/")
    assert changed == ["the current folder changed"]
    assert os.getcwd() == str(tmp_path / "new")


def test_an_observation_travels_as_bytes() -> None:
    seen = watch("def f(): return 1 / 0")
    assert Observation.from_bytes(seen.to_bytes()) == seen
    with pytest.raises(ValueError, match="malformed"):
        Observation.from_bytes(Observation().to_bytes()[:-1] + b"!")


@pytest.mark.parametrize("name", ["changed", "warned", "left"])
def test_a_list_that_is_none_is_malformed(name: str) -> None:
    with pytest.raises(ValueError, match="not a list"):
        Observation.from_plain({**Observation().to_plain(), name: {"x": 1}})


def test_the_students_warning_filters_do_not_matter() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert watch("import warnings\ndef f():\n    warnings.warn('x')\n    return 1").value == 1


def test_probes_import_neither_references_nor_checks() -> None:
    code = (
        "import pkgutil, importlib, sys, helpers.probes as p\n"
        "for m in pkgutil.iter_modules(p.__path__): importlib.import_module('helpers.probes.' + m.name)\n"
        "print([m for m in sys.modules if m.startswith(('helpers.reference', 'helpers.checks'))])"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def test_importing_helpers_is_cheap() -> None:
    code = "import sys, helpers; print('torch' in sys.modules, 'numpy' in sys.modules, 'matplotlib' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "False False False"
