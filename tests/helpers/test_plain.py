import contextlib
import json
import tracemalloc

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from helpers.probes import plain as module
from helpers.probes.plain import NotPlain, decode, encode, plain

arrays = hnp.arrays(
    dtype=st.sampled_from([np.float64, np.float32, np.float16, np.int64, np.int8, np.uint8, np.bool_]),
    shape=hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
)
scalars = st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats() | st.text(max_size=9)
trees = st.recursive(
    scalars | arrays,
    lambda children: (
        st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=5), children, max_size=4)
    ),
    max_leaves=12,
)


def same(a, b) -> bool:
    if isinstance(a, np.ndarray):
        return (
            isinstance(b, np.ndarray)
            and a.dtype == b.dtype
            and a.shape == b.shape
            and a.tobytes() == b.tobytes()
        )
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and (a == b or a != a)


@given(trees)
def test_plain_data_survives_the_way_through_bytes(tree) -> None:
    assert same(tree, decode(encode(tree)))


@given(trees)
def test_plain_data_is_left_as_it_is(tree) -> None:
    assert same(tree, plain(tree))


@given(st.binary(max_size=200))
def test_malformed_bytes_are_an_error_and_nothing_else(data: bytes) -> None:
    with pytest.raises(ValueError, match="evidence"):
        decode(data)


@given(trees, st.data())
def test_one_flipped_byte_is_an_error_or_other_plain_data(tree, data) -> None:
    good = bytearray(encode(tree))
    good[data.draw(st.integers(0, len(good) - 1))] ^= data.draw(st.integers(1, 255))
    with contextlib.suppress(ValueError):
        plain(decode(bytes(good)))


def test_a_header_that_lies_about_its_size_allocates_nothing() -> None:
    blob = json.dumps({"0": {"dtype": "F64", "shape": [2**40], "data_offsets": [0, 2**43]}}).encode()
    blob = len(blob).to_bytes(8, "little") + blob
    text = b'{"array": "0", "shape": [1]}'
    with pytest.raises(ValueError, match="malformed"):
        decode(module._HEADER.pack(len(text), len(blob)) + text + blob)


def test_tuples_tensors_and_numpy_scalars_become_plain() -> None:
    weight = torch.nn.Parameter(torch.ones(2, 3, dtype=torch.bfloat16))
    tree = plain({"a": (1, np.float32(2)), "w": weight})
    assert tree["a"][0] == 1
    assert tree["a"][1].shape == ()
    assert tree["w"].shape == (2, 3)


def test_what_is_not_plain_is_named() -> None:
    loop: list = []
    loop.append(loop)
    for value, told in [
        (object(), "object"),
        ({1: 2}, "key 1"),
        (np.array([None]), "dtype object"),
        (np.array(["a"]), "dtype <U1"),
        (loop, "nested"),
        (10**5000, "bits"),
    ]:
        with pytest.raises(NotPlain, match=told):
            plain(value)


def test_too_much_data_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_BYTES", 100)
    with pytest.raises(NotPlain, match="MiB"):
        encode(np.zeros(100))


def test_small_json_can_not_become_large_python_objects() -> None:
    text = b"[" + b"[]," * module.MAX_TEXT + b"[]]"
    good = encode([])
    blob = good[module._HEADER.size + 2 :]
    data = module._HEADER.pack(len(text), len(blob)) + text + blob
    tracemalloc.start()
    with pytest.raises(ValueError, match="bytes of JSON"):
        decode(data)
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()
    ours = encode(["x" * module.MAX_TEXT])
    assert decode(ours, most_text=module.MAX_BYTES) == ["x" * module.MAX_TEXT]
    with pytest.raises(NotPlain, match="outside of arrays"):
        encode(["x" * module.MAX_TEXT], module.MAX_TEXT)


def test_subclasses_are_stripped() -> None:
    class Liar(np.ndarray):
        shape = property(lambda self: (7, 7))

    assert type(plain(np.zeros(3).view(Liar))) is np.ndarray
    assert plain(np.zeros(3).view(Liar)).shape == (3,)
