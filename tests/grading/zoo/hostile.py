"""Hostile: nothing is gained, and nobody else loses anything."""

from pathlib import Path

from . import C, F, Family, M, States, T

animal = Family("hostile")
WRONG = "def heaviside(z):\n    return z + 7"
PIPES = """
import os, stat, struct
from helpers.probes.plain import encode
import numpy as np
def pipes():
    for fd in range(3, 256):
        try:
            if stat.S_ISFIFO(os.fstat(fd).st_mode): yield fd
        except OSError: pass
def send(data):
    for fd in pipes():
        try: os.write(fd, struct.pack('<Q', len(data)) + data)
        except OSError: pass
"""


def gains_nothing(
    name: str, says: str, *cells: str, answer: str = WRONG, state: States = F, **told: object
) -> None:
    """Declare cells that try to make a wrong heaviside right, beside an honest neuron."""
    animal(
        name,
        says,
        passes="neuron",
        cells=cells,
        answers={"heaviside": answer},
        states={"heaviside": state},
        **told,
    )


def tries(name: str, says: str, source: str, prints: str) -> None:
    """Declare a cell that looks around and prints what it got, before a right answer."""
    animal(name, says, passes="heaviside", cells=[source], prints=prints)


def attempt(*lines: str) -> str:
    """Return a cell that prints what each expression gave, or the kind of exception."""
    return (
        "import os, ctypes, socket, resource, signal\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        + "\n".join(f"try: print({line})\nexcept Exception as e: print('refused')" for line in lines)
    )


# ---------------------------------------------------------------- replaced in place

gains_nothing(
    "replaces-observe",
    "helpers.probes.observe replaced.",
    "import helpers.probes.observe as o, helpers.grading.worker.asking as w\nfor m in (o, w): m.watched = lambda *a, **k: o.Observation(value=1.0)",
    everything=F,
)
gains_nothing(
    "replaces-load",
    "The probe replaced by one that answers 1.",
    "import helpers.grading.worker.asking as w\nw.load = lambda path: lambda *a: 1.0",
    everything=F,
)
animal(
    "replaces-probes",
    "Probes replaced by ones that return what was right to return: the outputs on a public truth table.",
    passes="neuron",
    cells=[
        "import helpers.probes.perceptron as p, numpy as np\ntable = {'AND': [0, 0, 0, 1], 'OR': [0, 1, 1, 1], 'NAND': [1, 1, 1, 0]}\np.gate = lambda gates, name: np.array(table[name])\np.network = lambda net: np.array([0, 1, 1, 0])\np.network_shapes = lambda net: [[2, 2], [2], [2], []]\np._fires = lambda *a: np.array([0, 1, 1, 0])"
    ],
    answers={
        "gates": "def gates():\n    return {'AND': ([0, 0], 0), 'OR': ([0, 0], 0), 'NAND': ([0, 0], 0)}",
        "xor_network": "def xor_network():\n    return 1, 2, 3, 4",
    },
    states={"gates": F, "xor_network": F},
)
animal(
    "asks-for-the-courses-answers",
    "Tells of all checks before they are run, so as to be given the course's own answers, and hands those in.",
    cells=[
        PIPES
        + """import fcntl, gc
from helpers.grading.worker.frames import SIZE
job = next(o for o in gc.get_objects() if type(o) is dict and {"cells", "tasks", "careful"} <= {*o})
[more] = [fd for fd in pipes() if fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY]
for task in job["tasks"]:
    send(encode({"check": task, "ended": "ended", "evidence": np.zeros(0, np.uint8)}))
send(encode({"ready": next(name for name, asked in job["tasks"].items() if asked["uses"])}))
source = os.read(more, 65536)[SIZE.size:].decode()
print("def heaviside" in source)
exec(source)"""
    ],
    prints="True\n",
    everything=C,
)
gains_nothing(
    "replaces-encode",
    "What encodes replaced by one that sends nothing.",
    "import helpers.grading.worker.asking as w\nw.bound = lambda *told: b''",
    everything=C,
)
gains_nothing(
    "replaces-check",
    "helpers.check replaced.",
    "import helpers, builtins\nhelpers.check = check = builtins.check = lambda task: 1.0",
)
gains_nothing(
    "patches-numpy",
    "NumPy's comparisons say yes.",
    "import numpy as np, numpy.testing\nfor name in ('allclose', 'array_equal', 'isclose', 'equal', 'all', 'array_equiv'): setattr(np, name, lambda *a, **k: True)\nnumpy.testing.assert_allclose = lambda *a, **k: None",
)
gains_nothing(
    "patches-torch",
    "torch's comparisons say yes.",
    "import torch\ntorch.allclose = torch.equal = lambda *a, **k: True\ntorch.Tensor.__eq__ = lambda *a: True",
)
gains_nothing(
    "patches-ipython",
    "IPython answers full marks for every cell.",
    "from IPython import get_ipython\ns = get_ipython()\ns.run_cell = lambda *a, **k: 1.0\ns.input_transformers_cleanup.append(lambda lines: ['1.0'])\ns.events.register('post_run_cell', lambda *a: print(1.0))",
    everything=C,
)
gains_nothing(
    "patches-builtins",
    "len, isinstance, type and zip say what they like.",
    "import builtins\nbuiltins.zip = lambda *a, **k: iter(())\nbuiltins.abs = lambda x: 0",
    state=F,
)
gains_nothing("patches-json", "json writes what it likes.", "import json\njson.dumps = lambda *a, **k: '{}'")
gains_nothing(
    "patches-fork",
    "os.fork patched, to send evidence of its own.",
    "import os, pickle\nreal = os.fork\nos.fork = lambda: 1",
)
gains_nothing(
    "patches-pipe",
    "os.pipe patched, to hand over a pipe filled before.",
    "import os\nreal = os.pipe\ndef pipe():\n    a, b = real(); os.write(b, b'\\x02\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0{}'); return a, b\nos.pipe = pipe",
)
gains_nothing(
    "patches-setrlimit",
    "The time limit replaced.",
    "import helpers.probes.observe as o, contextlib\no.limit = lambda s: contextlib.nullcontext()",
    answer="def heaviside(z):\n    while True: pass",
    state=T,
)
gains_nothing(
    "patches-exit",
    "os._exit patched: a check returns into the notebook.",
    "import os\nos._exit = lambda code: None",
    state=F,
)

# ---------------------------------------------------------------- lying objects

for lie, body in {
    "equal": "__eq__ = lambda s, o: True\n    __ne__ = lambda s, o: False\n    __bool__ = lambda s: True",
    "array": "__array__ = lambda s, *a, **k: np.where(s.z > 0, 1.0, 0.0) if False else np.full(s.z.shape, 7.0)",
    "float": "__float__ = lambda s: 1.0\n    __index__ = lambda s: 1\n    __int__ = lambda s: 1",
    "shape": "shape = property(lambda s: s.z.shape)\n    dtype = np.dtype(float)\n    __len__ = lambda s: len(s.z)\n    __getitem__ = lambda s, i: 1.0",
    "class": "__class__ = property(lambda s: np.ndarray)\n    __getattr__ = lambda s, n: s\n    __call__ = lambda s, *a, **k: s",
}.items():
    gains_nothing(
        f"lies-{lie}",
        f"An object that lies by {body.split()[0]}.",
        answer=f"import numpy as np\nclass Liar:\n    def __init__(self, z): self.z = z\n    {body}\ndef heaviside(z):\n    return Liar(z)",
    )
gains_nothing(
    "lying-array",
    "A subclass of ndarray that is equal to everything.",
    answer="import numpy as np\nclass A(np.ndarray):\n    def __eq__(s, o): return np.True_\n    def __array_ufunc__(s, *a, **k): return np.True_\n    def __array_function__(s, *a, **k): return True\ndef heaviside(z):\n    return (z * 0 + 7).view(A)",
)
gains_nothing(
    "lying-tensor",
    "A subclass of Tensor that is equal to everything.",
    answer="import torch\nclass A(torch.Tensor):\n    @classmethod\n    def __torch_function__(c, f, t, a=(), k=None): return True\ndef heaviside(z):\n    return (torch.as_tensor(z) * 0 + 7).as_subclass(A)",
)
gains_nothing(
    "lying-float",
    "A float that is equal to everything.",
    answer="class X(float):\n    __eq__ = lambda s, o: True\n    __hash__ = None\ndef heaviside(z):\n    return [X(7)] * len(z)",
)
gains_nothing(
    "lying-list",
    "A list that iterates as it likes for ever.",
    answer="class X(list):\n    def __iter__(s):\n        while True: yield 1.0\ndef heaviside(z):\n    return X([1])",
    state=T,
)
gains_nothing(
    "lying-key",
    "A dict that names itself an array.",
    answer="def heaviside(z):\n    return {'array': '0', 'shape': [len(z)], 'dict': {}}",
)

# ---------------------------------------------------------------- forged evidence

gains_nothing(
    "forges-events",
    "Events of its own in the submission's pipe, before the checks.",
    PIPES
    + "send(encode({'check': 'heaviside', 'ended': 'ended', 'seconds': 0.0, 'evidence': np.zeros(3, np.uint8)}))",
    state=C,
)
gains_nothing(
    "forges-claims",
    "A claim of full marks, in every form that comes to mind.",
    PIPES
    + "send(encode({'check': 'heaviside', 'score': 1.0, 'points': 1.0, 'state': 'passed', 'evidence': np.frombuffer(encode({'fires above zero': [{'value': 1.0}]}), np.uint8), 'ended': 'ended'}))",
    state=C,
)
gains_nothing(
    "forges-evidence",
    "Evidence of its own, sent from within the check.",
    answer=PIPES
    + "def heaviside(z):\n    for fd in pipes(): os.write(fd, encode({'fires above zero': [], 'is silent at zero': []}))\n    os._exit(0)",
    state=C,
)
gains_nothing(
    "forges-too-much",
    "Evidence without an end.",
    answer=PIPES
    + "def heaviside(z):\n    while True:\n        for fd in pipes(): os.write(fd, bytes(1 << 20))",
    state=C,
)
for kind, source in {
    "number": "encode(5)",
    "list": "encode([1])",
    "begin": "encode({'begin': [1]})",
    "begin-unknown": "encode({'begin': 'nowhere'})",
    "unhashable": "encode({'check': [1], 'ended': 'ended'})",
    "no-evidence": "encode({'check': 'heaviside'})",
    "number-as-evidence": "encode({'check': 'heaviside', 'ended': 7, 'evidence': 7})",
    "cell": "encode({'cell': {'a': 1}, 'outputs': 3})",
    "outputs": "encode({'cell': 'own-1', 'outputs': '[{\"output_type\": \"nonsense\", \"x\": 1}]'})",
    "outputs-deep": "encode({'cell': 'own-1', 'outputs': '[' * 10**5 + ']' * 10**5})",
    "noise": "os.urandom(1000)",
    "depth": "struct.pack('<QQ', 200000, 8) + b'[' * 100000 + b']' * 100000 + encode({})[-8:]",
}.items():
    animal(
        f"malformed-{kind}",
        f"A malformed event: {kind}.",
        answers={"heaviside": WRONG},
        states={"heaviside": F},
        later=[PIPES + f"send({source})"],
    )
animal(
    "malformed-size",
    "A frame that says it is larger than memory.",
    answers={"heaviside": WRONG},
    states={"heaviside": F},
    later=[PIPES + "for fd in pipes(): os.write(fd, b'\\xff' * 8)"],
)
animal(
    "oversized-many",
    "Millions of empty lists in one event.",
    answers={"heaviside": WRONG},
    states={"heaviside": F},
    later=[
        PIPES
        + "t = b'[' + b'[],' * 10**6 + b'[]]'\nb = encode({})[16 + 11:]\nsend(struct.pack('<QQ', len(t), 10) + t + struct.pack('<Q', 2) + b'{}')"
    ],
)
animal(
    "oversized-array",
    "One array told a thousand times over.",
    answers={"heaviside": WRONG},
    states={"heaviside": F},
    later=[
        PIPES
        + "a = encode(np.zeros(1 << 20))\nn, m = struct.unpack_from('<QQ', a)\none = a[16:16 + n]\nt = b'[' + b','.join([one] * 1000) + b']'\nsend(struct.pack('<QQ', len(t), m) + t + a[16 + n:])\nt = b'{\"dict\": {\"check\": \"x\", \"evidence\": ' + t + b'}}'\nsend(struct.pack('<QQ', len(t), m) + t + a[16 + n:])"
    ],
)
gains_nothing(
    "long-texts",
    "Evidence whose texts are 20 MB long.",
    "import helpers.grading.worker.asking as w\nfrom helpers.probes.observe import Failure, Observation\nlong = 'x' * (20 << 20)\nw.watched = lambda *a, **k: Observation(failure=Failure(long, long, 1, long, long), printed=long, warned=[long], changed=[long])",
    everything=(F, T),  # to write them down takes its time
)
gains_nothing(
    "slow-writes",
    "Bytes that keep coming, one at a time, from a process left behind.",
    PIPES
    + "import time\nbegun, _ = os.pipe()\nif os.fork() == 0:\n    os.setsid()\n    while True:\n        for fd in pipes():\n            try: os.write(fd, b'\\xff')\n            except OSError: pass\n        time.sleep(0.0005)\nos.read(begun, 1)",
)
gains_nothing(
    "html",
    "A script in an exception's message.",
    answer="def heaviside(z):\n    raise ValueError('<script>alert(1)</script>')",
)

# ---------------------------------------------------------------- looking around

tries(
    "own-memory",
    "Another submission's remains in its own memory.",
    "import ctypes, re\nfound = set()\nfor line in open('/proc/self/maps'):\n    r = line.split()\n    if r[1][0] == 'r' and '[v' not in line and (len(r) < 6 or r[5] == '[heap]'):\n        a, b = (int(x, 16) for x in r[0].split('-'))\n        found |= {m.group() for m in re.finditer(b'MARK' + b'ED-BY-[a-z]+', ctypes.string_at(a, b - a))}\nprint(found)",
    "set()%",
)
tries(
    "collected",
    "Expected values among Python's objects.",
    "import gc, sys\nprint([m for m in sys.modules if m.startswith(('helpers.checks', 'helpers.reference.p'))], any(getattr(o, '__name__', '') == 'novikoff_bound' for o in gc.get_objects()))",
    "[] False%",
)
gains_nothing(
    "imports-the-reference",
    "The reference imported.",
    answer="from helpers.reference.perceptron import heaviside",
    shows={"heaviside": "stopped with an error before"},
)
gains_nothing(
    "imports-the-checks",
    "The checks imported.",
    answer="def heaviside(z):\n    from helpers.checks import lessons\n    return lessons.task('01-perceptron', 'heaviside').right['heaviside'](z)",
)
SECRETS = [
    str(Path(__file__).resolve().parents[3] / "solutions"),
    "/root/.bashrc",
    "/root/.ssh",
    "/home",
    "/etc/shadow",
    "/etc/passwd",
    "/course/helpers/checks",
    "/var",
    "/sys/kernel",
    "/proc/1/mem",
    "/proc/1/environ",
    "/proc/1/maps",
    "/proc/1/fd",
    "/proc/1/root",
    "/proc/1/cwd",
    "/proc/kcore",
    "/run",
    "/mnt",
    "/dev/mem",
    "/dev/fuse",
    "/dev/kmsg",
]
tries(
    "reads-the-host",
    "The host's files.",
    "import os\ngot = []\n"
    + "\n".join(
        f"try:\n    got.append(({p!r}, os.listdir({p!r}) if os.path.isdir({p!r}) else open({p!r}, 'rb').read(20)))\nexcept OSError: pass"
        for p in SECRETS
    )
    + "\nprint(got)",
    "[]%",
)
tries(
    "reads-the-parent",
    "The memory of its parents.",
    attempt(
        "open(f'/proc/{os.getppid()}/mem', 'rb').read(1)",
        "open(f'/proc/{os.getppid()}/environ', 'rb').read(1)",
        "os.listdir(f'/proc/{os.getppid()}/fd')",
        "libc.ptrace(16, os.getppid(), 0, 0)",
        "libc.ptrace(16, 1, 0, 0)",
        "libc.process_vm_readv(os.getppid(), None, 0, None, 0, 9)",
    ),
    "refused\nrefused\nrefused\n-1\n-1\n-1%",
)
tries(
    "fetches-descriptors",
    "A descriptor of its parent, by pidfd_getfd.",
    attempt(
        "libc.syscall(438, os.pidfd_open(os.getppid()), 4, 0)", "libc.syscall(438, os.pidfd_open(1), 4, 0)"
    ),
    "-1\n-1\n",
)
tries(
    "environment",
    "What it was started with tells nothing.",
    "import os\nprint(sorted(k for k in os.environ if k not in 'PATH HOME TMPDIR USER LOGNAME LANG MPLBACKEND MPLCONFIGDIR PYTHONDONTWRITEBYTECODE PYTHONHASHSEED OMP_THREAD_LIMIT OMP_NUM_THREADS OPENBLAS_NUM_THREADS CUDA_VISIBLE_DEVICES PWD LC_CTYPE KMP_DUPLICATE_LIB_OK KMP_INIT_AT_FORK'.split()))",
    "[]%",
)
tries(
    "sockets",
    "IPv4, IPv6, Unix and abstract sockets.",
    attempt(
        "socket.create_connection(('192.0.2.1', 80), 1)",
        "socket.create_connection(('127.0.0.1', 8888), 1)",
        "socket.create_connection(('::1', 80), 1)",
        "socket.socket(socket.AF_UNIX).connect('/run/dbus/system_bus_socket')",
        "socket.socket(socket.AF_UNIX).connect('\\0/tmp/.X11-unix/X0')",
        "socket.getaddrinfo('example.org', 80)",
        "socket.socket(socket.AF_PACKET, socket.SOCK_RAW)",
    ),
    "refused\n" * 7,
)
tries(
    "mounts",
    "mount, chroot, setuid, mknod, and the way out by a new namespace.",
    attempt(
        "libc.mount(b'/usr', b'/private', None, 4096, None)",
        "os.chroot('/')",
        "os.setuid(0)",
        "os.mknod('/private/sda', 0o660 | 0o060000, os.makedev(8, 0))",
        "libc.setns(os.open('/proc/1/ns/mnt', 0), 0)",
        "open('/proc/sys/kernel/hostname', 'w')",
        "open('/usr/x', 'w')",
        "open('/course/helpers/x', 'w')",
    ),
    "-1\n" + "refused\n" * 7,
)
tries(
    "nested-namespace",
    "A user namespace of its own: no way to more than it had.",
    "import os, ctypes, sys\nlibc = ctypes.CDLL(None, use_errno=True)\nr, w = os.pipe()\nif os.fork() == 0:\n    libc.unshare(0x10020000)\n    got = []\n    for flags, path in ((32 | 4096, b'/usr'), (32, b'/'), (32 | 4096, b'/course')):\n        libc.mount(None, path, None, flags, None)\n    for name in ('/usr/x', '/x', '/course/helpers/x', '/proc/1/mem', '/proc/1/environ'):\n        try: open(name, 'ab' if name.endswith('x') else 'rb').read(1) ; got.append(name)\n        except Exception: pass\n    os.write(w, repr(got).encode()); os._exit(0)\nprint(os.read(r, 999).decode())",
    "[]%",
)
tries(
    "raises-limits",
    "Its limits raised.",
    attempt(
        *(
            f"resource.setrlimit(resource.RLIMIT_{n}, (10**12, 10**12))"
            for n in ("AS", "NPROC", "NOFILE", "CPU", "FSIZE")
        )
    ),
    "refused\n" * 5,
)
tries(
    "set-user-id",
    "Programs that run as root do not: su and the like.",
    "import os\nprint([p for d in ('/usr/bin', '/usr/lib') for p in os.listdir(d) if os.path.isfile(f'{d}/{p}') and os.stat(f'{d}/{p}').st_mode & 0o6000 and os.system(f'{d}/{p} -c id -u < /dev/null > /private/out 2>/dev/null') == 0 and open('/private/out').read().strip() == '0'])",
    "[]%",
)
gains_nothing(
    "guesses-the-seed",
    "The random cases drawn again, from every likely seed.",
    answer="import numpy as np\ntable = {}\nfor seed in (*range(2000), 20260101, 2**31):\n    table[np.random.default_rng([seed, 0]).normal(size=7).tobytes()] = 1\ndef heaviside(z):\n    return z + 7 if z.tobytes() not in table else (z > 0) * 1.0",
)

# ---------------------------------------------------------------- what would outlive it

for n in range(2):  # on both workers, and each then finds nothing of the other
    tries(
        f"leaves-things-{n}",
        "Files, links, shared memory, queues and keys that it finds from none before, and leaves behind.",
        "MARKER = 'MARKED-BY-' + 'someone'\nmarkers = [MARKER * 50] * 2\nimport os, ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\nprint([n for n in os.listdir('/private') if n != '.ipython'], os.listdir('/dev/shm'), len(open('/proc/sysvipc/shm').readlines()), [p for p in open('/proc/keys') if ' user ' in p], [p for p in os.listdir('/proc') if p.isdigit() and int(p) not in (1, os.getpid(), os.getppid())])\nlibc.shmget(7, 4096, 0o1600)\nlibc.syscall({'x86_64': 248}.get(os.uname().machine, 217), b'user', b'x', b'hello', 5, -4)\nos.makedirs('/private/a/b'); os.symlink('/usr', '/private/usr'); os.symlink('/private', '/private/a/b/loop'); os.symlink('/nowhere', '/dev/shm/l')\nos.chmod('/private/a/b', 0); os.chmod('/private/a', 0)\nprint(libc.mq_open(b'/q', 0o102, 0o600, None))",
        "[] [] 1 [] []\n-1%",
    )
    gains_nothing(
        f"daemon-{n}",
        "A daemon that kills everything, for ever.",
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        time.sleep(0.3)\n        while True:\n            for p in os.listdir('/proc'):\n                if p.isdigit() and int(p) not in (1, os.getpid()):\n                    try: os.kill(int(p), 9)\n                    except OSError: pass\n            open('/private/evil', 'w').close()\n    os._exit(0)\ntime.sleep(2)",
        answer=WRONG,
        everything=C,
    )
    gains_nothing(
        f"worker-limits-{n}",
        "The limits of the worker lowered, for those that come after.",
        "import contextlib, resource, os\nfor lower in (lambda: resource.prlimit(1, resource.RLIMIT_CPU, (100, 100)), lambda: resource.prlimit(1, resource.RLIMIT_AS, (4 << 30, 4 << 30)), lambda: os.setpriority(os.PRIO_PROCESS, 1, 19), lambda: os.sched_setaffinity(1, {0})):\n    with contextlib.suppress(OSError): lower()",
    )
tries(
    "shadows-modules",
    "Files that are named as modules.",
    "import sys\nfor name in ('numpy', 'json', 'helpers', 'safetensors', 'sitecustomize', 'IPython'): open(f'/private/{name}.py', 'w').write('1 / 0')\nimport subprocess\nprint('written')",
    "written%",
)
gains_nothing(
    "kills-the-worker",
    "Signals to the worker.",
    "import os\nfor n in range(1, 65):\n    if n not in (9, 19): \n        try: os.kill(1, n)\n        except OSError: pass\nos.kill(1, 9); os.kill(1, 19)",
)
gains_nothing(
    "kills-the-warden",
    "Signals to what watches over it.",
    "import os\nos.kill(os.getppid(), 9)",
    everything=C,
)
gains_nothing(
    "stops-the-warden",
    "What watches over it is stopped.",
    "import os\nos.kill(os.getppid(), 19)",
    everything=C,
)
gains_nothing(
    "kills-all",
    "A signal to everything, from an answer.",
    answer="import os\ndef heaviside(z):\n    os.kill(-1, 9)\n    return z",
    everything=C,
)
gains_nothing(
    "kills-its-parent",
    "A signal to the submission, from a check.",
    answer="import os\ndef heaviside(z):\n    os.kill(os.getppid(), 9)\n    return z",
    state=C,
)
gains_nothing(
    "kills-its-group",
    "A signal to its group.",
    answer="import os\ndef heaviside(z):\n    os.killpg(0, 9)",
    state=C,
)
gains_nothing(
    "stops-its-parent",
    "The submission is stopped from a check.",
    answer="import os\ndef heaviside(z):\n    os.kill(os.getppid(), 19)\n    return z + 7",
    state=T,
)
gains_nothing(
    "ignores-signals",
    "Every signal ignored, then an endless loop.",
    answer="import signal\ndef heaviside(z):\n    for n in range(1, 65):\n        try: signal.signal(n, signal.SIG_IGN)\n        except (OSError, ValueError): pass\n    while True:\n        try:\n            while True: pass\n        except BaseException: pass",
    state=T,
)
gains_nothing(
    "many-hogs",
    "Many processes that each take what one may.",
    answer="import os, time\ndef heaviside(z):\n    for _ in range(60):\n        if os.fork() == 0:\n            x = bytearray(1 << 30)\n            for i in range(0, len(x), 4096): x[i] = 1\n            time.sleep(99)\n    time.sleep(99)",
    state=(T, M),
)
