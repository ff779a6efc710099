"""The data that the package carries: what the docstrings promise."""

from helpers.data import names


def test_names_are_split_once_and_for_all() -> None:
    train, held_out = names()
    assert (len(train), len(held_out)) == (4163, 1000)
    assert len({*train, *held_out}) == 5163
    assert set("".join([*train, *held_out])) == set("abcdefghijklmnopqrstuvwxyz")
    assert (train[:2], held_out[:2]) == (["consuela", "carmella"], ["trudy", "althea"])
    lengths = [len(name) for name in [*train, *held_out]]
    assert (min(lengths), max(lengths)) == (2, 11)
