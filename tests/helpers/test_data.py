"""The data that the package carries: what the docstrings promise."""

import numpy as np
import pytest

from helpers.data import film_reviews, mnist, names, product_reviews, seattle


def test_digits_are_split_into_three_parts_that_together_are_all() -> None:
    images, labels = mnist()
    parts = [mnist(part) for part in ("train", "validation", "test")]
    assert [len(y) for _, y in parts] == [7000, 1000, 2000]
    for whole, pieces in zip((images, labels), zip(*parts, strict=True), strict=True):
        np.testing.assert_array_equal(whole, np.concatenate(pieces))
    with pytest.raises(ValueError, match="no part 'valid'; its parts are train, validation, test"):
        mnist("valid")


def test_names_are_split_once_and_for_all() -> None:
    train, held_out = names()
    assert (len(train), len(held_out)) == (4163, 1000)
    assert len({*train, *held_out}) == 5163
    assert set("".join([*train, *held_out])) == set("abcdefghijklmnopqrstuvwxyz")
    assert (train[:2], held_out[:2]) == (["consuela", "carmella"], ["trudy", "althea"])
    lengths = [len(name) for name in [*train, *held_out]]
    assert (min(lengths), max(lengths)) == (2, 11)


def test_rated_sentences_are_split_once_and_for_all() -> None:
    for load, sizes in ((film_reviews, [7603, 1000, 2000]), (product_reviews, [1991, 516, 1188])):
        texts, ratings = load()
        parts = [load(part) for part in ("train", "validation", "test")]
        assert [len(some) for some, _ in parts] == [len(some) for _, some in parts] == sizes
        assert [text for some, _ in parts for text in some] == texts
        np.testing.assert_array_equal(ratings, np.concatenate([some for _, some in parts]))
        assert len(set(texts)) == len(texts) == sum(sizes)
        assert all(text == " ".join(text.split()) and "''" not in text for text in texts)
        assert np.abs(ratings).max() <= 4
        with pytest.raises(ValueError, match="no part 'valid'; its parts are train, validation, test"):
            load("valid")
    texts, ratings = film_reviews()
    assert (ratings >= 1).sum() == 4597
    assert (ratings <= -1).sum() == 4574
    assert texts[1].startswith("At its best, it's Black Hawk Down with more heart.")
    assert ratings[1] == -0.87


def test_four_years_of_temperatures() -> None:
    T = seattle()
    assert (T.shape, T[:3].tolist(), T.min(), T.max()) == ((1461,), [12.8, 10.6, 11.7], -1.6, 35.6)
