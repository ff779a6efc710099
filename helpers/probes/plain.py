"""Plain data: the only thing that passes between student code and what judges it.

Plain data is a tree of dict, list, str, bool, int, float, None and numeric NumPy arrays. It
travels as JSON beside safetensors, never as a pickle: reading it can't run anything.
"""

import json
import struct
import sys
from typing import Any

import numpy as np
from safetensors.numpy import load, save

Plain = Any  # a tree of dict, list, str, bool, int, float, None, np.ndarray

NUMERIC = "biuf"  # NumPy dtype kinds that are plain: bool, signed, unsigned, float
MAX_BYTES = 256 * 2**20
MAX_TEXT = 8 * 2**20  # bytes of JSON that nobody vouches for: as Python objects it is 50 times larger
MAX_DEPTH = 32
MAX_BITS = 1023  # of a whole number: a larger one is no float any more
_HEADER = struct.Struct("<QQ")  # bytes of JSON, bytes of safetensors
_NO_ARRAYS = save({})


class NotPlain(TypeError):
    """Raised for a value that is no number, text, array, or list or dict of these."""


def plain(value: object, depth: int = 0) -> Plain:
    """Return `value` as plain data: tuples become lists, tensors and NumPy scalars become arrays.

    Raises:
        NotPlain: for any other object, naming its type.
    """
    if depth > MAX_DEPTH:
        raise NotPlain(f"a value nested more than {MAX_DEPTH} deep")
    if type(value) is int and value.bit_length() > MAX_BITS:
        raise NotPlain(f"an integer of {value.bit_length()} bits")
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, dict):
        return {_key(k): plain(v, depth + 1) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v, depth + 1) for v in value]
    torch: Any = sys.modules.get("torch")  # no tensor exists where torch was never imported
    if torch is not None and isinstance(value, torch.Tensor):
        tensor = value.detach().cpu()
        value = (tensor.float() if tensor.dtype is torch.bfloat16 else tensor).numpy()
    if isinstance(value, np.ndarray | np.generic):
        if value.dtype.kind in NUMERIC and value.dtype != np.longdouble:
            return np.array(value, copy=True, order="C", subok=False)
        raise NotPlain(f"an array of dtype {value.dtype}")
    if isinstance(value, int | float | str):  # subclasses: bool and int enums, Score, np.str_
        return next(base(value) for base in (int, float, str) if isinstance(value, base))
    raise NotPlain(f"a value of type `{type(value).__name__}`")


def tensors(value: object, path: str = "") -> dict[str, str]:
    """Return which leaves of a value are torch tensors, by their way from the root, with dtype and device.

    The way is that of `helpers.checks.evidence.leaves`: `w`[0] is the first entry of what stands under w.
    """
    torch: Any = sys.modules.get("torch")
    if torch is None:
        return {}
    if isinstance(value, torch.Tensor):
        where = "" if value.device.type == "cpu" else f" on {value.device.type}"
        return {path: f"{str(value.dtype).removeprefix('torch.')}{where}"}
    found: dict[str, str] = {}
    if isinstance(value, dict):
        for key, one in value.items():
            found |= tensors(one, below(path, str(key)))
    elif isinstance(value, list | tuple):
        for i, one in enumerate(value):
            found |= tensors(one, below(path, i))
    return found


def below(path: str, key: str | int) -> str:
    """Return the way to an entry of a dict or list: `w`, then `w`[0]; value 1, then value 1[0]."""
    if isinstance(key, int):
        return f"{path}[{key}]" if path else f"value {key + 1}"
    return f"{path}.{key}" if path else f"`{key}`"


def _key(key: object) -> str:
    if type(key) is not str:
        raise NotPlain(f"a dict with the key {key!r:.40}, which is not text")
    return key


def encode(tree: Plain, most_text: int = MAX_BYTES) -> bytes:
    """Return plain data as bytes: a header, a JSON skeleton, and the arrays as safetensors.

    Raises:
        NotPlain: if it is larger than `MAX_BYTES`, or its JSON than `most_text`.
    """
    arrays: dict[str, np.ndarray] = {}
    return bound(written(tree, arrays), arrays, most_text)


def written(tree: Plain, arrays: dict[str, np.ndarray]) -> str:
    """Return the JSON skeleton of plain data; its arrays are added to `arrays`, by their names in it."""

    def skeleton(node: Plain) -> Any:
        if isinstance(node, np.ndarray):
            arrays[name := str(len(arrays))] = np.ascontiguousarray(node)
            return {"array": name, "shape": list(node.shape)}
        if isinstance(node, dict):
            return {"dict": {k: skeleton(v) for k, v in node.items()}}
        if isinstance(node, list):
            return [skeleton(v) for v in node]
        return node

    return json.dumps(skeleton(tree))


def bound(text: str, arrays: dict[str, np.ndarray], most_text: int = MAX_BYTES) -> bytes:
    """Return what `written` made as the bytes that `decode` reads; raises NotPlain as `encode` does."""
    _check_size(text, arrays, most_text)
    blob = save(arrays) if arrays else _NO_ARRAYS
    return _HEADER.pack(len(text), len(blob)) + text.encode() + blob


def check_size(tree: Plain, most_text: int) -> None:
    """Raise NotPlain where `encode` would."""
    arrays: dict[str, np.ndarray] = {}
    if isinstance(tree, np.ndarray):  # as most values are
        _check_size("", {"": tree}, most_text)
    else:
        _check_size(written(tree, arrays), arrays, most_text)


def _check_size(text: str, arrays: dict[str, np.ndarray], most_text: int) -> None:
    if len(text) > most_text:
        raise NotPlain(f"more than {most_text >> 20} MiB of numbers and texts outside of arrays")
    if sum(array.nbytes for array in arrays.values()) + len(text) > MAX_BYTES:
        raise NotPlain(f"more than {MAX_BYTES >> 20} MiB of data")


def decode(data: bytes, limit: int = 2 * MAX_BYTES, most_text: int = MAX_TEXT) -> Plain:
    """Return the plain data that `encode` wrote.

    Sizes are checked before anything is allocated.

    Args:
        data: the bytes.
        limit: how many there may be.
        most_text: how many of them may be JSON; more only where we wrote it ourselves.

    Raises:
        ValueError: if `data` is larger than that, cut short, or malformed.
    """
    if not _HEADER.size <= len(data) <= limit:
        raise ValueError(f"evidence of {len(data)} bytes; {_HEADER.size} to {limit} are accepted")
    n_text, n_blob = _HEADER.unpack_from(data)
    if _HEADER.size + n_text + n_blob != len(data):
        raise ValueError("evidence whose header does not match its length")
    if n_text > most_text:
        raise ValueError(f"evidence with {n_text} bytes of JSON; {most_text} are accepted")
    text, blob = data[_HEADER.size :][:n_text], data[_HEADER.size + n_text :]
    try:
        arrays = load(blob)
        if wild := [a.dtype for a in arrays.values() if a.dtype.kind not in NUMERIC]:
            raise ValueError(f"an array of dtype {wild[0]}")
        return _tree(json.loads(text), arrays)
    except Exception as error:
        raise ValueError(f"malformed evidence: {error}") from None


def sizes(data: bytes) -> tuple[int, int]:
    """Return how many bytes of JSON and of arrays there are in what `encode` wrote."""
    return _HEADER.unpack_from(data)


def head(data: bytes) -> bytes:
    """Return the JSON of what `encode` wrote; it may be cut short, or be anything."""
    return data[_HEADER.size :][: sizes(data)[0]] if len(data) >= _HEADER.size else b""


def _tree(node: Any, arrays: dict[str, np.ndarray], depth: int = 0) -> Plain:
    if depth > 2 * MAX_DEPTH:
        raise ValueError("nested too deep")
    if isinstance(node, list):
        return [_tree(v, arrays, depth + 1) for v in node]
    if type(node) is int and node.bit_length() > MAX_BITS:
        raise ValueError("a number that is too large")
    if not isinstance(node, dict):
        return node
    if "array" in node:
        return arrays[node["array"]].reshape(node["shape"])
    return {k: _tree(v, arrays, depth + 1) for k, v in node["dict"].items()}
