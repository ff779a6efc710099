"""The device utilities do on every machine what they say; what only a GPU can show is marked so."""

import random
import subprocess
import sys
import warnings
from collections import OrderedDict, namedtuple
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from helpers import device as devices
from helpers.device import (
    TOLERANCE,
    Halving,
    Timer,
    autocast,
    choose,
    describe,
    device,
    disagreement,
    loader,
    memory,
    move,
    rows,
    seed_all,
    split,
    synchronise,
    threads,
    trouble,
)  # fmt: skip

CPU = torch.device("cpu")
META = torch.device("meta")  # a device that is not the CPU, on every machine


CACHED = (choose.trouble, choose._warn, choose._cuda_fails)


@pytest.fixture(autouse=True)
def _anew(monkeypatch):
    monkeypatch.delenv("COURSE_DEVICE", raising=False)
    for cached in CACHED:
        cached.cache_clear()
    yield
    for cached in CACHED:
        cached.cache_clear()


def have(monkeypatch, **counts):
    monkeypatch.setattr(choose, "count", lambda kind: {"cpu": 1, **counts}.get(kind, 0))
    monkeypatch.setattr(choose, "trouble", lambda: None)


# ---------------------------------------------------------------- which device


def test_importing_helpers_stays_without_torch():
    code = "import sys, helpers; print('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"


@pytest.mark.parametrize(
    ("counts", "best"),
    [({}, "cpu"), ({"mps": 1}, "mps"), ({"mps": 1, "xpu": 1}, "xpu"), ({"cuda": 2, "xpu": 1}, "cuda")],
)
def test_the_best_device_is_taken(monkeypatch, counts, best):
    have(monkeypatch, **counts)
    assert device() == torch.device(best)


def test_an_argument_comes_before_the_variable_and_that_before_the_best(monkeypatch):
    have(monkeypatch, cuda=2, mps=1)
    monkeypatch.setenv("COURSE_DEVICE", "mps")
    assert device() == torch.device("mps")
    assert device("cuda:1") == torch.device("cuda:1")
    assert device(CPU) == CPU


@pytest.mark.parametrize("name", ["gpu", "cuda:x", "meta", "CPU "])
def test_a_wrong_name_says_which_there_are(monkeypatch, name):
    with pytest.raises(ValueError, match=f"^{name} names no device; write one of cuda, xpu, mps, cpu"):
        device(name)
    monkeypatch.setenv("COURSE_DEVICE", name)
    with pytest.raises(ValueError, match=f"^COURSE_DEVICE={name} names no device"):
        device()


def test_a_device_that_is_not_there_says_what_is(monkeypatch):
    have(monkeypatch, cuda=2)
    with pytest.raises(RuntimeError, match=r"^cuda:2 is not on this machine; there is: cuda:0, cuda:1, cpu$"):
        device("cuda:2")
    monkeypatch.setattr(choose, "trouble", lambda: "The driver is too old.")
    with pytest.raises(RuntimeError, match=r"cpu\. The driver is too old\.$"):
        device("xpu")


def gpu_but(monkeypatch, torch_cuda, hip=None, says=None):
    """A machine with an NVIDIA GPU, and a torch that can't use it."""
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setattr(choose, "_nvidia", lambda: "Tesla T4, driver 470.1")
    monkeypatch.setattr(torch.version, "cuda", torch_cuda)
    monkeypatch.setattr(torch.version, "hip", hip)

    def available():
        if says:
            warnings.warn(says, stacklevel=2)
        return False

    monkeypatch.setattr(torch.cuda, "is_available", available)
    monkeypatch.setattr(torch.xpu, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


def test_a_build_without_cuda_is_said_once(monkeypatch):
    gpu_but(monkeypatch, None)
    with pytest.warns(
        UserWarning, match=r"a GPU here \(Tesla T4, driver 470.1\), but torch .* without CUDA.*Install"
    ):
        assert device() == CPU
    assert device() == CPU  # a second warning would be an error


def test_an_old_driver_is_said_in_torchs_words(monkeypatch):
    gpu_but(
        monkeypatch, "12.8", says="CUDA initialization: The NVIDIA driver on your system is too old.\nMore"
    )
    with pytest.warns(UserWarning, match="can't use it.*driver on your system is too old. Update"):
        device()


def test_a_gpu_whose_kernels_fail_counts_for_nothing(monkeypatch):
    gpu_but(monkeypatch, "12.8")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)

    def ones(*args, **kwargs):
        raise RuntimeError("CUDA error: no kernel image is available for execution on the device\nlong")

    monkeypatch.setattr(torch, "ones", ones)
    with pytest.warns(UserWarning, match="no kernel image is available"):
        assert device() == CPU


def test_a_hidden_gpu_is_no_trouble(monkeypatch):
    gpu_but(monkeypatch, None)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert trouble() is None
    assert device() == CPU


@pytest.mark.parametrize(
    ("path", "platform", "machine", "says"),
    [("/dev/kfd", "linux", "x86_64", "without ROCm"), ("", "darwin", "arm64", "This Mac has a GPU")],
)
def test_other_gpus_that_are_not_used(monkeypatch, path, platform, machine, says):
    gpu_but(monkeypatch, None)
    monkeypatch.setattr(choose, "_nvidia", lambda: "")
    monkeypatch.setattr(choose.Path, "exists", lambda self: str(self) == path)
    monkeypatch.setattr(choose.sys, "platform", platform)
    monkeypatch.setattr(choose.platform, "machine", lambda: machine)
    assert says in trouble()


@pytest.mark.parametrize(
    ("prints", "file", "name"),
    [
        ("Tesla T4, 535.1\nTesla T4, 535.1\n", True, "Tesla T4, driver 535.1"),
        (None, True, "NVIDIA"),
        (None, False, ""),
    ],
)
def test_the_drivers_own_tool_names_the_gpu(monkeypatch, prints, file, name):
    def run(*args, **kwargs):
        if prints is None:
            raise subprocess.CalledProcessError(9, args[0])
        return subprocess.CompletedProcess(args[0], 0, prints)

    monkeypatch.setattr(choose.shutil, "which", lambda program: "/usr/bin/nvidia-smi")
    monkeypatch.setattr(choose.subprocess, "run", run)
    monkeypatch.setattr(choose.Path, "exists", lambda self: file)
    assert choose._nvidia() == name


def test_a_description_is_one_line(monkeypatch):
    with threads(1):
        assert describe("cpu").startswith("cpu: ")
        assert describe("cpu").endswith("1 thread in use")
    about = type("About", (), {"name": "NVIDIA H100", "total_memory": 80e9, "major": 9, "minor": 0})
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda device: about)
    assert describe("cuda:0") == "cuda:0: NVIDIA H100, 80.0 GB, compute capability 9.0"


# ---------------------------------------------------------------- batches

Pair = namedtuple("Pair", "a b")


@dataclass(frozen=True)
class Example:
    x: torch.Tensor
    name: str


leaf = (
    st.builds(lambda n: torch.arange(float(n)), st.integers(0, 3))
    | st.none()
    | st.text(max_size=2)
    | st.integers()
)
trees = st.recursive(
    leaf,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.builds(Pair, inner, inner)
        | st.builds(Example, inner, st.just("n"))
        | st.dictionaries(st.text(max_size=1), inner, max_size=2)
        | st.builds(lambda x: OrderedDict(k=x), inner)
    ),
    max_leaves=6,
)


def same_but(a, b, where):
    """Same containers and leaves; tensors of b are on the device."""
    assert type(a) is type(b)
    if isinstance(a, torch.Tensor):
        assert b.device == where
        assert a.shape == b.shape
    elif isinstance(a, dict):
        assert list(a) == list(b)
        for k in a:
            same_but(a[k], b[k], where)
    elif isinstance(a, list | tuple):
        assert len(a) == len(b)
        for x, y in zip(a, b, strict=True):
            same_but(x, y, where)
    elif isinstance(a, Example):
        same_but((a.x, a.name), (b.x, b.name), where)
    else:
        assert a is b


@given(trees)
def test_a_batch_keeps_its_form_when_it_is_moved(batch):
    same_but(batch, move(batch, META), META)
    same_but(batch, move(batch, "cpu"), CPU)


def test_what_is_there_is_not_copied_and_a_class_is_no_batch():
    x = torch.ones(2)
    assert move({"x": x}, CPU)["x"] is x
    assert move(nn.Linear, META) is nn.Linear
    assert move(nn.Linear(2, 2), META).weight.device == META


def test_only_pinned_memory_is_copied_without_blocking(monkeypatch):
    asked = []
    monkeypatch.setattr(
        torch.Tensor, "to", lambda self, device, non_blocking=False: asked.append(non_blocking)
    )
    monkeypatch.setattr(torch.Tensor, "is_pinned", lambda self: len(self) == 2)
    move([torch.ones(1), torch.ones(2)], META)
    assert asked == [False, True]


@given(st.integers(1, 20), st.integers(1, 25))
def test_parts_join_to_the_batch(n, size):
    batch = {
        "x": torch.arange(2 * n).reshape(n, 2),
        "y": [torch.arange(n)],
        "k": 7,
        "other": torch.ones(n + 1),
    }
    parts = split(batch, size)
    assert [rows(part) for part in parts] == [min(size, n - i) for i in range(0, n, size)]
    assert torch.equal(torch.cat([part["x"] for part in parts]), batch["x"])
    assert torch.equal(torch.cat([part["y"][0] for part in parts]), batch["y"][0])
    assert all(part["k"] == 7 and len(part["other"]) == n + 1 for part in parts)


def test_a_batch_without_rows_says_so():
    with pytest.raises(ValueError, match=r"type dict holds no tensor with rows.*count=f"):
        rows({"a": torch.tensor(1.0)})


@given(st.integers(1, 30), st.integers(1, 35), st.booleans(), st.booleans())
def test_a_pass_has_every_row_once(n, batch, shuffle, drop_last):
    data = loader(torch.arange(n), np.arange(n) * 10, batch=batch, shuffle=shuffle, drop_last=drop_last)
    batches = list(data)
    assert len(data) == len(batches)
    seen = [i for x, y in batches for i in x.tolist()]
    assert all(torch.equal(y, 10 * x) for x, y in batches)
    assert len(set(seen)) == len(seen) == (n - n % batch if drop_last else n)
    assert shuffle or seen == list(range(len(seen)))


def test_the_order_is_new_in_each_pass_and_the_same_for_a_seed():
    def passes(seed):
        data = loader(torch.arange(50), batch=50, seed=seed)
        return [x.tolist() for _ in range(2) for (x,) in data]

    torch.rand(1)  # the global generator has no say
    assert passes(1) == passes(1) != passes(2)
    assert passes(1)[0] != passes(1)[1]


def test_a_dataset_gets_torchs_loader():
    data = loader(TensorDataset(torch.arange(5)), batch=2)
    assert isinstance(data, DataLoader)
    assert data.num_workers == 0
    assert sorted(i for (x,) in data for i in x.tolist()) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("data", "options", "says"),
    [
        ([], {}, "nothing to load"),
        ([[1, 2], [1]], {}, r"they have \[2, 1\]"),
        ([[]], {}, r"they have \[0\]"),
        ([[1]], {"batch": 0}, "batch=0"),
    ],
)
def test_a_loader_that_can_not_be(data, options, says):
    with pytest.raises(ValueError, match=says):
        loader(*data, **options)


# ---------------------------------------------------------------- precision and random numbers


@pytest.mark.parametrize(
    ("where", "capability", "dtype"),
    [
        ("cpu", None, None), ("mps", None, None), ("xpu", None, torch.bfloat16), ("cuda", (9, 0), torch.bfloat16),
        ("cuda", (8, 6), torch.bfloat16), ("cuda", (7, 5), torch.float16), ("cuda", (6, 1), None),
    ],
)  # fmt: skip
def test_each_device_gets_the_dtype_that_it_does_well(monkeypatch, where, capability, dtype):
    monkeypatch.setattr(torch.version, "hip", None)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: capability)
    monkeypatch.setattr(torch.cuda.amp.common, "amp_definitely_not_available", lambda: False)
    precision = autocast(where)
    assert precision.dtype == dtype
    assert precision.scaler.is_enabled() == (dtype is torch.float16)


def test_a_dtype_of_ones_own():
    x, w = torch.ones(2, 2), torch.ones(2, 2)
    with autocast("cpu", "bfloat16").context():
        assert (x @ w).dtype == torch.bfloat16
    with autocast("cpu").context():
        assert (x @ w).dtype == torch.float32
    with pytest.raises(ValueError, match="no mixed precision 'int8'; there are: auto, bfloat16"):
        autocast("cpu", "int8")


def test_a_step_whose_gradients_overflow_is_left_out():
    w = nn.Parameter(torch.ones(1))
    sgd, precision = torch.optim.SGD([w], lr=1.0), autocast("cpu", "float16")
    precision.backward((w * 2).sum())
    assert precision.step(sgd)
    assert w.item() == pytest.approx(-1)
    w.grad = torch.tensor([torch.inf])
    assert not precision.step(sgd)
    assert w.item() == pytest.approx(-1)


def test_one_seed_for_all_random_numbers(capsys):
    def draw(generator):
        return (
            random.random(),
            np.random.random(),
            torch.rand(2).tolist(),
            torch.rand(2, generator=generator).tolist(),
        )

    assert draw(seed_all(3)) == draw(seed_all(3)) != draw(seed_all(4))
    assert capsys.readouterr().out == ""
    seed_all(3, tell=True)
    assert "GPU kernels add in an order that changes" in capsys.readouterr().out


def test_states_are_kept_and_put_back():
    kept = devices.chance.states(CPU)
    first = random.random(), np.random.random(), torch.rand(1).item()
    devices.chance.restore(kept, CPU)
    assert first == (random.random(), np.random.random(), torch.rand(1).item())


# ---------------------------------------------------------------- time, threads, memory


def test_a_timer_waits_for_the_device_before_and_after(monkeypatch):
    events = []
    monkeypatch.setattr(devices.resources, "synchronise", lambda device: events.append(device))
    with Timer("cuda") as timer:
        events.append("work")
    assert events == [torch.device("cuda"), "work", torch.device("cuda")]
    assert timer.seconds > 0
    assert timer.seconds == timer.seconds
    assert len(events) == 3  # what it took is kept
    synchronise("cpu")


def test_threads_are_put_back():
    before = torch.get_num_threads()
    try:
        with threads(before + 1):
            assert torch.get_num_threads() == before + 1
        assert torch.get_num_threads() == before
        threads(1)
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)
    with pytest.raises(ValueError, match="n=0"):
        threads(0)


def test_a_memory_report_of_the_cpu():
    report = memory("cpu")
    assert report.peak > 10e6
    assert report.total > report.peak
    assert "GB" in str(report)


OUT = [
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"),
    RuntimeError(
        "[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: not enough memory: you tried to allocate"
    ),
    MemoryError(),
]


@pytest.mark.parametrize("error", OUT, ids=lambda e: type(e).__name__)
def test_a_batch_is_halved_until_it_fits_and_stays_so(error):
    said, tried = [], []

    def work(size):
        tried.append(size)
        if size > 5:
            raise error
        return size

    halving = Halving(tell=said.append)
    X = torch.zeros(40, 2)
    assert halving(work, X) == 5
    assert tried == [sys.maxsize, 20, 10, 5]
    assert [line for line in said if "at most 5 rows" in line]
    assert halving(work, X) == halving(work, X[:3]) == 5
    assert tried[4:] == [5, 5]


def test_other_errors_and_hopeless_cases_come_through():
    def work(size):
        raise OUT[0]

    with pytest.raises(torch.OutOfMemoryError) as caught:
        Halving(tell=lambda text: None)(work, torch.zeros(4))
    assert "Not even 1 row" in caught.value.__notes__[0]
    with pytest.raises(RuntimeError, match="shapes"):
        Halving()(lambda size: (_ for _ in ()).throw(RuntimeError("shapes differ")), torch.zeros(4))


def test_a_real_allocation_that_fails_is_known():
    with pytest.raises(RuntimeError) as caught:
        torch.empty(2**60, dtype=torch.uint8)
    assert devices.resources.out_of_memory(caught.value)


# ---------------------------------------------------------------- agreement


def test_a_device_agrees_with_itself_and_a_difference_is_seen():
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Dropout(0.5))
    x = torch.randn(5, 3)
    assert disagreement(model, x, device="cpu") == 0

    class Off(nn.Module):
        calls = 0

        def forward(self, x):
            Off.calls += 1
            return x * (1 + 1e-3 * (Off.calls - 1))

    assert disagreement(Off(), x, device="cpu") == pytest.approx(1e-3, rel=0.01)
    assert TOLERANCE["float32"] < 1e-3


def test_a_wrong_gradient_is_seen():
    class Wrong(nn.Module):
        def __init__(self):
            super().__init__()
            self.w = nn.Parameter(torch.ones(2))
            self.calls = [0]  # shared by copies

        def __deepcopy__(self, memo):
            return self

        def forward(self, x):
            self.calls[0] += 1
            return x * (self.w + (self.calls[0] - 1) * 0.5 * (self.w - self.w.detach()))

    assert disagreement(Wrong(), torch.ones(3, 2), device="cpu") == pytest.approx(0.5)


def test_a_value_that_is_infinite_on_both_sides_is_the_same():
    model = nn.Threshold(0.0, -torch.inf)
    assert disagreement(model, torch.tensor([1.0, -1.0]), device="cpu") == 0


@pytest.mark.gpu
def test_a_gpu_is_described_moved_to_timed_and_agrees():
    where = device()
    assert where.type != "cpu"
    assert str(where.type) in describe(where)
    x = move({"x": torch.ones(3).pin_memory() if where.type == "cuda" else torch.ones(3)}, where)["x"]
    assert x.device.type == where.type
    with Timer(where) as timer:
        x @ x
    assert timer.seconds > 0
    assert memory(where).used
    model = nn.Sequential(
        nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 36, 5)
    )
    assert disagreement(model, torch.randn(4, 3, 8, 8), device=where) < TOLERANCE["float32"]
