import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from helpers.checks.evidence import agree, differ
from helpers.checks.generic import explain

floats = hnp.arrays(np.float64, hnp.array_shapes(max_dims=3, max_side=4), elements=st.floats(-1e6, 1e6))


@given(floats)
def test_a_value_equals_itself_in_any_accepted_form(a: np.ndarray) -> None:
    assert differ(a, a) is None
    assert differ(a, a + 0.0) is None
    assert differ(a, a.astype(np.float32)) is None
    assert differ(a.astype(np.float32), a) is None


@given(floats, st.floats(1e-3, 10))
def test_a_value_that_is_off_is_told(a: np.ndarray, by: float) -> None:
    b = a.copy()
    b.flat[0] += by * max(1, np.abs(a).max())
    assert differ(a, b)
    assert differ(a, b, tol=1e6) is None


def test_shapes_are_compared_before_values() -> None:
    assert differ(np.ones((3, 1)), np.ones(3)) == "expected shape (3, 1), got shape (3,)."
    assert differ(np.ones(3), 1.0) == "expected shape (3,), got shape ()."


def test_small_expected_values_are_not_drowned_by_the_tolerance() -> None:
    assert differ(np.array([1e-3]), np.array([1.1e-3]))
    assert differ(np.array([1e-17]), np.array([-3e-17])) is None


def test_nan_and_infinity_are_named_with_their_place() -> None:
    want = np.array([[1.0, 2.0]])
    assert "NaN at [0, 1]" in differ(want, np.array([[1.0, np.nan]]))
    assert "infinite at [0, 0]" in differ(want, np.array([[np.inf, 2.0]]))
    assert "infinite" in differ(1.0, float("inf"))
    assert differ(np.array([np.inf, 1.0]), np.array([np.inf, 1.0])) is None
    assert differ(np.array([np.inf, 1.0]), np.array([-np.inf, 1.0]))


def test_large_arrays_are_told_by_their_worst_entry() -> None:
    a = np.zeros((5, 5))
    b = a.copy()
    b[3, 2] = 1
    assert differ(a, b) == "at [3, 2] expected 0, got 1."


def test_trees_say_where() -> None:
    assert differ({"w": 1.0, "n": 3}, {"w": 1.0, "n": 5}) == "`n`: expected 3, got 5."
    assert differ([1, 2], [1, 9]) == "value 2: expected 2, got 9."
    assert "a list or tuple of 2" in differ([1, 2, 3], [1, 2])
    assert "nothing (None)" in differ([1], None)
    assert differ("a", "a") is None
    assert "a list or tuple of 1" in differ([np.ones(2), np.ones(2)], [np.ones(2)])
    assert "a dict with 'b'" in differ({"a": np.ones(2)}, {"b": np.ones(2)})
    assert "the text 'b'" in differ("a", "b")


def test_truth_values_and_whole_numbers_count_as_numbers() -> None:
    assert differ(np.array([0.0, 1.0]), np.array([False, True])) is None
    assert differ(2, 2.0) is None
    assert differ(2, True)


def said(want, got, **inputs) -> str:
    return explain([(want, got, inputs)]) or ""


def test_common_slips_are_named_without_being_declared() -> None:
    a = np.array([[1.5, 2.25, 3.0], [4.0, 5.5, 7.75]])
    assert "nothing" in said(a, None)
    assert "list" in said(a, a.tolist())
    assert "transpose" in said(a, a.T)
    assert "sign" in said(a, -a)
    assert "factor" in said(a, a * 5, X=np.zeros((5, 2)))
    assert "factor" in said(a, a / 5, X=np.zeros((5, 2)))
    assert "length 1" in said(a[0], a[:1])
    assert "other axis" in said(a.sum(0), a.sum(1), X=a)
    assert "decimals" in said(a, a.astype(int))


@given(floats)
def test_no_slip_is_named_where_none_explains_the_value(a: np.ndarray) -> None:
    assume(np.abs(a).max() > 1e-3)
    rng = np.random.default_rng(0)
    assert said(a, a * 1.2345 + rng.normal(size=a.shape) + 0.123) == ""


A = np.array([[1.5, 2.25, 3.0, 7.0], [4.0, 5.5, 7.75, 0.5]])


def test_effects_are_named_for_every_task() -> None:
    assert "1 minus" in said(A, 1 - A)
    assert "the square" in said(A, A**2)
    assert "the root" in said(A, A**0.5)
    assert "`1 / sqrt(X.shape[1])`" in said(A, A / 3**0.5, X=np.zeros((7, 3)))
    assert "hands back its input `X`" in said(A, 2 * A[::-1], X=2 * A[::-1])
    assert "mirrored along the second axis" in said(A, A[:, ::-1])
    assert "1.25 too large" in said(A, A + 1.25)
    assert "another order" in said(A, A[:, [1, 0, 3, 2]])
    last = A.copy()
    last[:, -1] += [5, 6]
    assert "Only the last place along the second axis" in said(A, last)
    long = np.arange(8.0) ** 2
    assert "one place too late along the first axis" in said(long, np.roll(long, 1))


def test_an_effect_is_named_only_where_values_tell_enough() -> None:
    few = np.array([0.0, 1.0, 1.0])
    assert said(few, 1 - few) == ""
    assert said(np.array([np.inf, 1.0]), np.array([np.inf, 2.0])) == ""


def test_a_transpose_is_no_axis_of_length_1() -> None:
    assert "transpose" in said(np.array([[1.0, 2.0, 3.0]]), np.array([[1.0], [2.0], [3.0]]))


few = hnp.arrays(
    np.float64,
    st.sampled_from([(), (2,), (2, 2)]),
    elements=st.sampled_from([0, 1, 1 + 1e-12, np.nan, np.inf]),
)
trees = st.recursive(
    few | st.none() | st.booleans() | st.sampled_from(["a", 1]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=4,
)


@given(trees, trees)
def test_values_agree_where_nothing_can_be_said_of_how_they_differ(a, b):
    assert agree(a, a)
    assert agree(a, b) == (differ(a, b) is None)
