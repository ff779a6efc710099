"""Lesson 04: folds that test each row once."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.evidence import describe
from helpers.checks.generalisation.curves import PROBES, REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task
from helpers.probes.plain import Plain

# ---------------------------------------------------------------- cases


def cuts(rng: Generator) -> Iterator[Case]:
    """Rows and folds: even, uneven, as many folds as rows, two."""
    for n, K in [(6, 3), (7, 3), (11, 4), (5, 5), (9, 2)]:
        yield Case({"n": n, "K": K, "seed": 1})
    for _ in range(2):
        K = int(rng.integers(3, 9))
        yield Case(
            {
                "n": K * int(rng.integers(5, 9)) + int(rng.integers(1, K)),
                "K": K,
                "seed": int(rng.integers(2**31)),
            }
        )


def long_cuts(rng: Generator) -> Iterator[Case]:
    """Enough rows that no two orders are alike by chance."""
    yield Case({"n": 20, "K": 4, "seed": 1})
    yield Case({"n": 3 * int(rng.integers(10, 20)), "K": 3, "seed": int(rng.integers(2**31))})


def tested_once(case: Case, want: Plain, got: Plain) -> str | None:
    """Ask for K folds that test each row once, with sizes that differ by one at most."""
    n, K = int(case.inputs["n"]), int(case.inputs["K"])
    if not isinstance(got, list) or len(got) != 3 or len(got[0]) != K:
        return f"expected {K} folds, got {describe(got[0] if isinstance(got, list) and got else got)}."
    if any(not isinstance(fold, list) or len(fold) != 2 for fold in got[0]):
        return "a fold is a pair: the rows to learn from, and the rows to test on."
    tests = [np.asarray(test) for _, test in got[0]]
    if any(test.ndim != 1 or test.dtype.kind not in "iu" for test in tests):
        return "the test rows of a fold are row numbers, whole numbers that X can be indexed with."
    seen = np.concatenate(tests)
    if bad := [i for i in range(n) if np.sum(seen == i) != 1]:
        return f"each row is tested once; with n = {n} and K = {K} row {bad[0]} is tested {np.sum(seen == bad[0])} times."
    if len(seen) != n:
        return f"there are {n} rows, and your folds test {len(seen)}."
    sizes = sorted({len(test) for test in tests})
    return (
        None
        if sizes[-1] - sizes[0] <= 1
        else f"sizes differ by one at most; with n = {n} and K = {K} yours are {sizes}."
    )


def the_others(case: Case, want: Plain, got: Plain) -> str | None:
    """Ask that a fold learns from all rows that it is not tested on, and from no other."""
    n = int(case.inputs["n"])
    if (
        not isinstance(got, list)
        or len(got) != 3
        or any(not isinstance(fold, list) or len(fold) != 2 for fold in got[0])
    ):
        return "a fold is a pair: the rows to learn from, and the rows to test on."
    if not got[0]:
        return "there is no fold."
    for k, (train, test) in enumerate(got[0]):
        rows, tested = np.asarray(train), np.asarray(test)
        if rows.ndim != 1 or rows.dtype.kind not in "iu" or tested.ndim != 1 or not tested.size:
            return "the rows of a fold are row numbers, whole numbers that X can be indexed with."
        if both := np.intersect1d(rows, tested).tolist():
            return f"fold {k} learns from row {both[0]}, and is tested on it."
        if sorted(rows.tolist()) != sorted(set(range(n)) - set(tested.tolist())):
            return f"fold {k} should learn from all {n - len(tested)} rows that it is not tested on, each once; it has {len(rows)}."
    return None


def shuffled(case: Case, want: Plain, got: Plain) -> str | None:
    """Ask for rows in an order of the generator's: not their own, another with the next call."""
    if wrong := tested_once(case, want, got):
        return wrong
    first, second, again = (np.concatenate([np.asarray(test) for _, test in folds]).tolist() for folds in got)
    if all(
        np.asarray(test).tolist() in (list(range(min(test), max(test) + 1)), sorted(test)[:: len(got[0])])
        for _, test in got[0]
    ):
        return "the rows come in their own order, not shuffled: sorted data would give one-sided folds."
    if first == second:
        return "a second call with the same generator brings the same folds: shuffle anew."
    if first != again:
        return "a generator with the same seed brings other folds, so nobody can repeat a run: draw from `rng` alone."
    return None


# ---------------------------------------------------------------- task

PAIR = "(np.concatenate(parts[:k] + parts[k + 1 :]), parts[k])"
TESTED, OTHERS, SHUFFLED = "each row tested once", "learns from the others", "shuffled by rng"

KFOLD = Task(
    "kfold",
    points=2,
    answers=["kfold"],
    reference=REFERENCE + "kfold",
    probe=PROBES + "folded",
    parts=[
        Part(TESTED, cuts, judge=tested_once),
        Part(OTHERS, cuts, weight=0.5, judge=the_others),
        Part(SHUFFLED, long_cuts, weight=0.5, judge=shuffled),
    ],
    misconceptions=[
        Misconception(
            "The rows are not shuffled: sorted data would give one-sided folds.",
            {SHUFFLED},
            ("rng.permutation(n)", "np.arange(n)"),
            forms=(("np.array_split(rng.permutation(n), K)", "[np.arange(k, n, K) for k in range(K)]"),),
        ),
        Misconception(
            "You shuffle with a generator of your own that always starts alike: use the `rng` you are given.",
            {SHUFFLED},
            ("rng.permutation(n)", "np.random.default_rng(0).permutation(n)"),
        ),
        Misconception(
            "Where K does not divide n, the last rows are never tested: some folds need one row more.",
            {TESTED, OTHERS},
            ("np.array_split(rng.permutation(n), K)", "np.split(rng.permutation(n)[: n // K * K], K)"),
            forms=(
                "def kfold(n, K, rng):\n"
                "    order, size = rng.permutation(n), n // K\n"
                "    tests = [order[k * size : (k + 1) * size] for k in range(K)]\n"
                "    return [(np.setdiff1d(np.arange(n), test), test) for test in tests]\n",
            ),
        ),
        Misconception(
            "All rows that are left over go to one fold: sizes differ by one at most.",
            {TESTED},
            wrong="def kfold(n, K, rng):\n"
            "    order, size = rng.permutation(n), n // K\n"
            "    tests = [order[k * size : (k + 1) * size] for k in range(K - 1)] + [order[(K - 1) * size :]]\n"
            "    return [(np.setdiff1d(np.arange(n), test), test) for test in tests]\n",
            forms=(
                "def kfold(n, K, rng):\n"
                "    order, size = rng.permutation(n), -(-n // K)\n"
                "    tests = [order[k * size : (k + 1) * size] for k in range(K)]\n"
                "    return [(np.setdiff1d(np.arange(n), test), test) for test in tests]\n",
            ),
        ),
        Misconception(
            "You learn from all rows, also from those you test on.",
            {OTHERS},
            ("np.concatenate(parts[:k] + parts[k + 1 :])", "np.concatenate(parts)"),
            forms=(("np.concatenate(parts[:k] + parts[k + 1 :])", "np.arange(n)"),),
        ),
        Misconception(
            "You learn from the fold and test on all the others. It is the other way round: (train, test).",
            {TESTED, SHUFFLED},
            (PAIR, "(parts[k], np.concatenate(parts[:k] + parts[k + 1 :]))"),
        ),
        Misconception(
            "You learn only from the folds before. Those after belong to it, too.",
            {OTHERS},
            ("np.concatenate(parts[:k] + parts[k + 1 :])", "np.concatenate([*parts[:k], np.arange(0)])"),
        ),
        Misconception(
            "You shuffle anew for each fold: some rows are tested twice, others never. Shuffle once, then cut.",
            {TESTED, SHUFFLED},
            wrong="def kfold(n, K, rng):\n"
            "    folds = []\n"
            "    for k in range(K):\n"
            "        parts = np.array_split(rng.permutation(n), K)\n"
            "        folds.append((np.concatenate(parts[:k] + parts[k + 1 :]), parts[k]))\n"
            "    return folds\n",
        ),
        Misconception(
            "You return truth values. Asked for are row numbers.",
            {TESTED, OTHERS, SHUFFLED},
            wrong="def kfold(n, K, rng):\n"
            "    fold = rng.permutation(n) % K\n"
            "    return [(fold != k, fold == k) for k in range(K)]\n",
        ),
        Misconception(
            "Each row draws its fold by itself, so that folds differ in size by chance. Shuffle once, then cut.",
            {TESTED, OTHERS, SHUFFLED},
            wrong="def kfold(n, K, rng):\n"
            "    fold = rng.integers(0, K, n)\n"
            "    return [(np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(K)]\n",
        ),
        Misconception(
            "You made one split, not K of them.",
            {TESTED, SHUFFLED},
            ("for k in range(K)]", "for k in range(1)]"),
        ),
        Misconception(
            "Your rows are numbered from 1 to n. The first row is row 0.",
            {TESTED, OTHERS, SHUFFLED},
            ("rng.permutation(n)", "(1 + rng.permutation(n))"),
        ),
    ],
    hints=[
        "Deal a shuffled pack to K players. In turn each one's cards are the test.",
        "Cut a random permutation of 0 … n-1 into K parts whose sizes differ by one at most; train is all but part k.",
        "`parts = np.array_split(rng.permutation(n), K)`, then for each k the pair "
        "`(np.concatenate(parts[:k] + ...), parts[k])`.",
    ],
)
