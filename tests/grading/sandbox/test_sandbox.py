"""The sandbox attacked directly, and what a worker tells of what it ran."""

import contextlib
import json
import os
import shutil
import struct
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from helpers.checks import lessons
from helpers.grading.percent import read
from helpers.grading.sandbox import cgroup, command, process
from helpers.grading.sandbox.cgroup import Group
from helpers.grading.sandbox.command import NoSandbox
from helpers.grading.sandbox.patience import Patience
from helpers.grading.sandbox.process import Failed, Worker
from helpers.grading.worker import seccomp
from helpers.probes.plain import decode, encode

LESSON = "01-perceptron"
ROOT = Path(__file__).resolve().parents[3]

pytestmark = pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed")


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    secret = tmp_path_factory.mktemp("secret")
    running = Worker(LESSON, 7, [secret, ROOT / "solutions"])
    yield running
    running.close()


def run(
    worker: Worker, *cells: str, seconds: float = 20.0, idle: float = 10.0, memory: int = 4 << 30
) -> tuple[list[str], Any]:
    """Run cells and return what each printed or raised, and the whole reply."""
    asked = [{"id": str(i), "source": source, "check": ""} for i, source in enumerate(cells)]
    job = {"cells": asked, "tasks": {}, "seconds": seconds, "cell seconds": seconds / 2, "memory": memory}
    reply = decode(worker.run(encode({**job, "idle": idle}), 30 * seconds + 60))
    shown = {event["cell"]: json.loads(event["outputs"]) for event in reply["events"]}
    return [
        "".join(
            o.get("text", "") or o.get("ename", "") or str(o.get("data", "")) for o in shown.get(c["id"], [])
        )
        for c in asked
    ], reply


def printed(worker: Worker, *cells: str, **options: float) -> list[str]:
    return run(worker, *cells, **options)[0]


@pytest.mark.parametrize("lesson", lessons.MODULES)
def test_a_lessons_own_imports_work_inside(lesson: str) -> None:
    """A solved notebook's cells without checks and experiments: none may end in an error."""
    cells = [
        c.source
        for c in read(ROOT / "solutions" / lesson / f"{lesson}.py")
        if c.kind == "code" and "check" not in c.keys and "tags" not in c.keys
    ]
    with contextlib.closing(Worker(lesson, 7, [ROOT / "solutions"])) as inside:
        _, reply = run(inside, *cells, seconds=120.0)
    told = {e["cell"]: json.loads(e["outputs"]) for e in reply["events"] if "cell" in e}
    assert len(told) == len(cells)
    wrong = [o["evalue"] for outputs in told.values() for o in outputs if o["output_type"] == "error"]
    assert wrong == []


SECRETS = [
    str(ROOT / "solutions"),
    str(ROOT / "tests"),
    str(ROOT / "helpers" / "checks"),
    "/course/helpers/checks",
    "/course/helpers/reference/perceptron.py",
    str(Path.home() / ".bashrc"),
    "/etc/shadow",
    "/etc/passwd",
    "/sys/kernel",
    "/proc/1/mem",
    "/proc/1/environ",
    "/proc/1/fd",
]


@pytest.mark.parametrize("path", SECRETS)
def test_a_secret_place_can_not_be_read(worker: Worker, path: str) -> None:
    look = f"import os\ntry:\n    f = os.listdir if os.path.isdir({path!r}) else lambda p: open(p, 'rb').read(9)\n"
    look += f"    print('got', f({path!r}))\nexcept OSError as e:\n    print('no', e.errno)"
    assert printed(worker, look)[0].startswith("no")


@pytest.mark.parametrize(
    "attack",
    [
        "import socket; socket.create_connection(('127.0.0.1', 80), timeout=1)",
        "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)",
        "import socket; socket.create_connection(('::1', 80), timeout=1)",
        "import socket; socket.socket(socket.AF_UNIX).connect('/run/dbus/system_bus_socket')",
        "import socket; socket.socket(socket.AF_UNIX).connect('\\0/tmp/.X11-unix/X0')",
        "import os; os.kill(1, 9); os.kill(1, 0); raise OSError if os.path.exists('/proc/1') else SystemError",
        "open('/course/helpers/x', 'w')",
        "open('/usr/x', 'w')",
        "open('/dev/x', 'w')",
        "import os; os.chroot('/')",
        "import os; os.setuid(0)",
        "import os; os.mknod('/private/sda', 0o600 | 0o060000, os.makedev(8, 0))",
        "import resource; resource.setrlimit(resource.RLIMIT_NPROC, (10**5, 10**5))",
        "import ctypes; ctypes.CDLL(None).ptrace(16, 1, 0, 0) == -1 or print('attached'); raise OSError",
        "import ctypes; l = ctypes.CDLL(None); l.mount(b'/usr', b'/private', None, 4096, None) == -1 or print('mounted'); raise OSError",
        "import helpers.checks",
        "import helpers.reference.perceptron",
    ],
)
def test_an_attack_fails(worker: Worker, attack: str) -> None:
    assert printed(worker, attack)[0] in {
        "OSError", "PermissionError", "ConnectionRefusedError", "FileNotFoundError", "ValueError",
        "ModuleNotFoundError", "TimeoutError",
    }  # fmt: skip


filtered = pytest.mark.skipif(not seccomp.known(), reason="there is no filter for this machine")


@filtered
def test_a_lesson_can_train_on_the_cpu(worker: Worker) -> None:
    [said], _ = run(
        worker, "import helpers.training, helpers.device; print(helpers.device.device())", seconds=60
    )
    assert "cpu" in said


def test_system_calls_that_no_exercise_needs_are_refused(worker: Worker) -> None:
    calls = {name: seccomp.number(name) for name in seccomp.REFUSED if seccomp.number(name) >= 0}
    clone, unshare = (numbers[seccomp.column()] for numbers in (seccomp.CLONE, seccomp.UNSHARE))
    flags = [1 << bit for bit in range(25, 31)] + [0x20000]  # CLONE_NEW*
    ask = (
        "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "def ask(*args):\n    ctypes.set_errno(0)\n    return libc.syscall(*args), ctypes.get_errno()\n"
        f"print([name for name, n in {calls}.items() if ask(n, 0, 0, 0, 0, 0) != (-1, 1)])\n"
        f"print([f for f in {[*flags, 0x80]} if ask({unshare}, f) != (-1, 1)])\n"
        f"print([f for f in {flags} if ask({clone}, f | 17, 0, 0, 0, 0) != (-1, 1)])\n"
        f"print(ask({seccomp.number('clone3')}, 0, 0), ask({seccomp.number('memfd_create')}, 0, 0))\n"
        f"print(ask({unshare}, 0x400))"
    )
    assert printed(worker, ask)[0] == "[]\n[]\n[]\n(-1, 38) (-1, 38)\n(0, 0)\n"


@filtered
def test_limits_can_be_set_for_oneself_only(worker: Worker) -> None:
    ask = (
        "import os, resource as r\nprint(r.prlimit(os.getppid(), r.RLIMIT_CORE) == (0, 0))\n"
        "r.setrlimit(r.RLIMIT_CORE, (0, 0)); r.prlimit(0, r.RLIMIT_CORE, (0, 0))\n"
        "r.prlimit(os.getppid(), r.RLIMIT_CORE, (0, 0))"
    )
    assert printed(worker, ask)[0] in {"True\nPermissionError", "False\nPermissionError"}


@filtered
@pytest.mark.skipif(os.uname().machine != "x86_64", reason="only x86_64 has other ways to ask the kernel")
def test_the_other_ways_into_the_kernel_are_closed(worker: Worker) -> None:
    shown, reply = run(
        worker,
        "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\nprint(libc.syscall(0x40000000 + 39), ctypes.get_errno())",
        "import mmap, ctypes\nm = mmap.mmap(-1, 4096, prot=7)\nm.write(b'\\xb8\\x14\\0\\0\\0\\xcd\\x80\\xc3')\n"
        "ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(m)))()",  # getpid by int 0x80
    )
    assert shown[0] == "-1 1\n"
    assert reply["left out"] == {"1": "was ended by SIGSYS"}


def test_a_worker_without_its_filter_refuses_to_grade(monkeypatch: pytest.MonkeyPatch) -> None:
    """The filter left out here, by hand: the attacks at the start find it."""
    if os.geteuid() != 0:
        pytest.skip("as a normal user there is no nested user namespace either way")
    monkeypatch.setattr(process, "_rules", lambda: contextlib.nullcontext([]))
    with pytest.raises(NoSandbox, match=r"user namespace of its own.*System V.*keyring"):
        Worker(LESSON, 8, [])


@pytest.mark.parametrize("machine", list(seccomp.ARCHITECTURES))
def test_no_jump_of_the_filter_leaves_it(machine: str) -> None:
    steps = list(struct.iter_unpack("<HBBI", seccomp.program(machine)))
    assert steps[-1] == (seccomp.RETURN, 0, 0, seccomp.ALLOW)
    assert all(
        i + 1 + max(then, otherwise) < len(steps) for i, (_, then, otherwise, _) in enumerate(steps[:-1])
    )


def test_nothing_survives_a_submission(worker: Worker) -> None:
    leave = (
        "import os, pathlib\npathlib.Path('/private/a/b').mkdir(parents=True)\n"
        "open('/private/a/b/c', 'w').write('x'); os.chmod('/private/a/b', 0)\n"
        "open('/dev/shm/d', 'w').write('x')\nos.symlink('/usr', '/private/link')\n"
        "if os.fork() == 0:\n    os.setsid()\n    import time; time.sleep(600)"
    )
    printed(worker, leave)
    look = "import os; print([p for p in os.listdir('/private') if p != '.ipython'], os.listdir('/dev/shm'), sorted(p for p in os.listdir('/proc') if p.isdigit()))"
    told = printed(worker, look)[0]
    assert told.startswith("[] [] ['1', ")
    assert told.count(",") == 2  # pid 1, the warden of this job, and the one that looks


def test_a_check_tells_what_it_took_and_an_interrupt_of_its_own(worker: Worker) -> None:
    answer = "def f(n):\n    if n == 0: raise KeyboardInterrupt('own')\n    while n < 0: pass\n    x = b'1' * n\n    return 1"
    part = {"probe": "helpers.probes.common.call"}
    parts = [{"name": str(n), "cases": [{"n": n}], **part} for n in (0, 300 << 20, -1, -2)]
    asked = {"answers": ["f"], "seconds": 1.5, "most": 60.0, "borrow": "", "parts": parts}
    cells = [{"id": "0", "source": answer, "check": ""}, {"id": "1", "source": "", "check": "t"}]
    job = {"cells": cells, "tasks": {"t": asked}, "seconds": 90.0, "cell seconds": 30.0}
    told = decode(worker.run(encode(job), 120))["events"][-1]
    assert 250 <= told["memory"] < 500
    rows = [row for [row] in decode(told["evidence"].tobytes()).values()]
    assert rows[0]["failure"]["kind"] == "KeyboardInterrupt"
    assert rows[1]["value"] == 1
    assert [row["failure"]["message"] for row in rows[2:]] == [
        "it took more than 1.5 s of the processor",
        "it took more than 1.5 s of the processor",
    ]


def test_a_cell_that_ends_the_process_costs_that_cell(worker: Worker) -> None:
    shown, reply = run(worker, "x = 1", "import os; os._exit(3)", "print(x + 1)")
    assert shown == ["", "Crashed", "2\n"]
    assert reply["left out"] == {"1": "ended itself with exit code 3"}


def test_an_endless_cell_is_stopped_and_the_rest_goes_on(worker: Worker) -> None:
    assert printed(worker, "while True: pass", "print('on')", seconds=2.0) == ["TimeLimit", "on\n"]


@pytest.mark.parametrize(
    "loop",
    [
        "while True:\n    try: time.sleep(9)\n    except BaseException: pass",
        "os.fork() or time.sleep(99)\nos.wait()",
    ],
)
def test_a_cell_that_can_not_be_stopped_is_left_out(worker: Worker, loop: str) -> None:
    cells = ["print('first')", f"import os, time\n{loop}", "print('on')"]
    shown, reply = run(worker, *cells, seconds=4.0, idle=2.0)
    assert shown == ["first\n", "Crashed", "on\n"]
    assert reply["left out"] == {"1": "ran out of time"}


def test_who_waits_for_a_processor_does_not_sleep(worker: Worker) -> None:
    busy = "import os, time\nfor _ in range(6): os.fork() or [None for _ in iter(int, 1)]"
    work = "began = time.process_time()\nwhile time.process_time() - began < 0.5: pass\nprint('done')"
    shown, reply = run(worker, busy, work, seconds=60.0, idle=0.5)
    assert shown[1] == "done\n"
    assert not reply["left out"]


def test_a_line_of_a_hundred_megabytes_is_cut(worker: Worker) -> None:
    assert len(printed(worker, "print('x' * 10**8)")[0]) == 100_000


def test_memory_is_limited(worker: Worker) -> None:
    assert printed(worker, "b = bytearray(16 << 30)")[0] == "MemoryError"
    assert printed(worker, "b = bytearray(2 << 30); print(len(b))", seconds=120.0)[0] == f"{2 << 30}\n"


HOGS = """
import mmap, os, time
def hog(size, keep=bytearray):
    x = keep(size)
    for i in range(0, size, 4096): x[i] = 1
    return x
shared = lambda size: mmap.mmap(-1, size)
def file(size):
    with open(f'/private/{time.monotonic_ns()}', 'wb') as f: f.write(bytes(size))
def three(size, keep=bytearray):
    for _ in range(3):
        if os.fork() == 0:
            x = hog(size, keep)
            time.sleep(99)
    time.sleep(99)
"""


@pytest.mark.parametrize(
    "take",
    [
        "three(300 << 20)",
        "three(300 << 20, shared)",
        "import subprocess, sys; [subprocess.Popen([sys.executable, '-c', 'x = b\"1\" * (300 << 20); input()'], stdin=subprocess.PIPE) for _ in range(3)]; time.sleep(99)",
        "import ctypes; ctypes.CDLL(None).prctl(4, 0, 0, 0, 0); three(300 << 20)",  # hides from its warden
        "x = hog(200 << 20); y = hog(250 << 20, shared); [file(50 << 20) for _ in range(4)]; time.sleep(99)",
    ],
)
def test_what_all_processes_of_a_submission_take_is_limited(worker: Worker, take: str) -> None:
    shown, reply = run(worker, HOGS, take, "print('on')", seconds=60.0, memory=600 << 20)
    assert reply["left out"] == {"1": "ran out of memory"}
    assert shown[2] == "on\n"


def test_what_forks_share_counts_once(worker: Worker) -> None:
    wait = "x = hog(300 << 20)\npids = []\nfor _ in range(4):\n    if (p := os.fork()) == 0:\n        time.sleep(1)\n        os._exit(0)\n    pids.append(p)\nprint([os.waitpid(p, 0)[1] for p in pids])"
    assert printed(worker, HOGS, wait, memory=800 << 20)[1] == "[0, 0, 0, 0]\n"


def test_files_without_an_end_are_counted(worker: Worker) -> None:
    fill = "import os, time\nfor i in range(10**6):\n    os.close(os.open(f'{i}', os.O_CREAT))"
    shown, reply = run(worker, "print('first')", fill, seconds=120.0)
    assert shown[0] == "first\n"
    assert reply["left out"] == {"1": "filled the disk with files"}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[Worker]:
    """A worker in a control group of 1 GiB, which is less than its job may take."""
    monkeypatch.setattr(process, "Group", lambda: Group(memory=1 << 30))
    running = Worker(LESSON, 8, [])
    try:
        if not running.limited:
            pytest.skip("no control group can be made here")
        yield running
    finally:
        running.close()


def test_the_control_group_ends_the_submission_and_not_its_worker(small: Worker) -> None:
    for _ in range(2):
        shown, reply = run(small, "print('first')", "x = b'1' * (2 << 30)", "print('on')", seconds=60.0)
        assert shown == ["first\n", "Crashed", "on\n"]
        assert reply["left out"] == {"1": "ran out of memory"}


def test_the_control_group_ends_a_check_and_not_its_submission(small: Worker) -> None:
    asked = {"answers": ["f"], "seconds": 30.0, "most": 60.0, "borrow": "", "parts": [
        {"name": "p", "probe": "helpers.probes.common.call", "cases": [{"n": 2 << 30}]}]}  # fmt: skip
    cells = [
        ("0", "def f(n):\n    x = b'1' * n\n    return len(x)", ""),
        ("1", "", "t"),
        ("2", "print('on')", ""),
    ]
    job = {
        "cells": [dict(zip(("id", "source", "check"), cell, strict=True)) for cell in cells],
        "tasks": {"t": asked}, "seconds": 60.0, "cell seconds": 30.0,
    }  # fmt: skip
    for n, ended in ((2 << 30, "ran out of memory"), (200 << 20, "ended")):
        asked["parts"][0]["cases"][0]["n"] = n
        reply = decode(small.run(encode(job), 90))
        assert not reply["left out"]
        [told] = [event for event in reply["events"] if "check" in event]
        assert told["ended"] == ended
    assert 200 <= told["memory"] < 1000


@pytest.mark.parametrize(("kills", "says"), [([0, 1], "ran out of memory"), ([0, 0], "")])
def test_a_worker_that_goes_down_with_its_submission_says_why(
    monkeypatch: pytest.MonkeyPatch, kills: list[int], says: str
) -> None:
    counted = iter(kills)
    monkeypatch.setattr(Group, "kills", property(lambda group: next(counted)))
    running = Worker(LESSON, 8, [])
    threading.Timer(1.0, running._process.stdin.close).start()  # upon which it ends itself
    try:
        if says:
            assert run(running, "import time; time.sleep(60)", seconds=60.0)[1]["ended"] == says
        else:
            with pytest.raises(Failed, match="the worker ended"):
                run(running, "import time; time.sleep(60)", seconds=60.0)
    finally:
        running.close()


def test_a_control_group_is_gone_with_its_worker(tmp_path: Path) -> None:
    group = Group()
    if not group.counter:
        pytest.skip("no control group can be made here")
    folder = group.counter.parent
    process = subprocess.Popen(group.around(["sleep", "60"]))
    try:
        while str(process.pid) not in (folder / "cgroup.procs").read_text().split():
            assert process.poll() is None
    finally:
        process.kill()
        process.wait()
    group.close()
    assert not folder.exists()


def test_where_no_control_group_can_be_made_the_command_is_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cgroup, "_parents", lambda controller: iter([Path("/proc/none")]))
    group = Group()
    assert group.around(["true"]) == ["true"]
    assert (group.counter, group.kills) == (None, 0)
    group.close()


def test_a_fork_bomb_is_held(worker: Worker) -> None:
    bomb = "import os, time\nn = 0\ntry:\n    for _ in range(5000):\n        if os.fork() == 0: time.sleep(60)\n        n += 1\nexcept OSError: print('held', n < 300)"  # fmt: skip
    assert printed(worker, bomb)[0] == "held True\n"
    assert printed(worker, "print(1)")[0] == "1\n"


def test_magics_await_and_pictures_work(worker: Worker) -> None:
    cells = ["%matplotlib inline", "import asyncio\nawait asyncio.sleep(0)\n7", "%precision 3", "display('hi')", "get_ipython().user_ns is globals()"]  # fmt: skip
    shown = printed(worker, *cells)
    assert "7" in shown[1]
    assert "hi" in shown[3]


def test_a_busy_worker_ends_when_it_is_closed() -> None:
    busy = Worker(LESSON, 8, [])
    cells = [{"id": "0", "source": "import time; time.sleep(300)", "check": ""}]
    patience = Patience(busy._process.pid, 2.0)
    busy._send(encode({"cells": cells, "tasks": {}, "seconds": 300.0, "cell seconds": 300.0}), patience)
    with pytest.raises(Failed, match="2 s have passed"):
        busy._receive(patience, 1)
    busy.close()
    assert not busy._listener.is_alive()  # the last process that could write to it is gone


def test_a_sandbox_that_lets_an_attack_through_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoSandbox, match="it let us see a file of the instructor"):
        Worker(LESSON, 8, [Path("/usr/lib")])


def test_without_bubblewrap_the_message_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    with pytest.raises(NoSandbox, match="apt-get install bubblewrap"):
        command.program()
