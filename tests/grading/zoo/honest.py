"""Honest but unusual: right answers that must get full marks, whatever they do besides."""

from . import Family

animal = Family("honest")
H = "def heaviside(z):\n    {}\n    return (z > 0) * 1.0"


def heaviside(line: str, before: str = "") -> dict[str, str]:
    """Return a right heaviside that does something else first."""
    body = line.replace("\n", "\n    ")
    return {"heaviside": f"{before}\n{H.format(body)}"}


animal(
    "warns",
    "A warning on every call.",
    passes="heaviside",
    answers=heaviside("import warnings; warnings.warn('old')"),
)
animal(
    "progress",
    "A progress bar on stderr.",
    passes="heaviside",
    answers=heaviside("import sys; sys.stderr.write('\\r 50 %|#####     |')"),
    cells=["import sys\nfor i in range(99): print(f'\\r{i} %', end='', file=sys.stderr)"],
)
animal(
    "logs",
    "A log handler that kept stderr.",
    passes="heaviside",
    cells=["import logging; logging.basicConfig(level=0)"],
    answers=heaviside("logging.warning('called')"),
)
animal(
    "talks",
    "A flood of output.",
    passes="heaviside",
    answers=heaviside("print('z' * 10**6)"),
    cells=["for _ in range(10**5): print('x' * 50)"],
)
animal(
    "threads-of-torch",
    "Several threads of torch, before and in an answer.",
    passes="heaviside softmax",
    cells=["import torch\ntorch.set_num_threads(4)\n(torch.ones(600, 600) @ torch.ones(600, 600)).sum()"],
    answers={
        "softmax": "import torch\ndef softmax(Z):\n    torch.set_num_threads(4)\n    E = torch.as_tensor(Z - Z.max(-1, keepdims=True)).exp()\n    return (E / E.sum(-1, keepdims=True)).numpy()",
        "heaviside": "import torch\ndef heaviside(z):\n    m = torch.ones(600, 600)\n    return (z > 0) * 1.0 + 0 * (m @ m).sum().item()",
    },
)
animal(
    "loader",
    "A DataLoader with workers.",
    passes="heaviside",
    cells=[
        "import torch\nfrom torch.utils.data import DataLoader, TensorDataset\nrows = DataLoader(TensorDataset(torch.arange(8.0)), 2, num_workers=2)\nprint(sum(x.sum().item() for [x] in rows))"
    ],
    prints="28.0%",
)
animal(
    "loader-in-answer",
    "A DataLoader with workers inside of an answer.",
    passes="heaviside",
    answers={
        "heaviside": "import torch\nfrom torch.utils.data import DataLoader, TensorDataset\nused = []\ndef heaviside(z):\n    if not used:\n        used.append(1)\n        list(DataLoader(TensorDataset(torch.arange(4.0)), 2, num_workers=1))\n    return (z > 0) * 1.0"
    },
)
animal(
    "forks",
    "multiprocessing by fork.",
    passes="heaviside",
    cells=[
        "import math, multiprocessing as mp\nwith mp.get_context('fork').Pool(2) as pool: print(pool.map(math.sqrt, [4, 9]))"
    ],
    prints="[2.0, 3.0]%",
)
animal(
    "spawns",
    "multiprocessing by spawn.",
    passes="heaviside",
    cells=[
        "import math, multiprocessing as mp\nwith mp.get_context('spawn').Pool(1) as pool: print(pool.map(math.sqrt, [4, 9]))"
    ],
    prints="[2.0, 3.0]%",
)
animal(
    "forkserver",
    "multiprocessing by a fork server.",
    passes="heaviside",
    cells=[
        "import math, multiprocessing as mp\nwith mp.get_context('forkserver').Pool(1) as pool: print(pool.map(math.sqrt, [4, 9]))"
    ],
    prints="[2.0, 3.0]%",
)
animal(
    "executor",
    "A pool of processes in an answer.",
    passes="heaviside",
    answers={
        "heaviside": "import math\nfrom concurrent.futures import ProcessPoolExecutor\nused = []\ndef heaviside(z):\n    if not used:\n        with ProcessPoolExecutor(2) as pool: used.extend(pool.map(math.sqrt, [1, 4]))\n    return (z > 0) * 1.0"
    },
)
animal(
    "threaded",
    "Threads that live on.",
    passes="heaviside",
    cells=[
        "import threading, time\nfor _ in range(20): threading.Thread(target=time.sleep, args=(99,), daemon=True).start()"
    ],
    answers=heaviside("t = threading.Thread(target=print); t.start(); t.join()"),
)
animal(
    "waits-at-the-end",
    "A thread that is no daemon and never ends.",
    passes="heaviside",
    cells=["import threading, time\nthreading.Thread(target=time.sleep, args=(999,)).start()"],
)
animal(
    "awaits",
    "await at the top level.",
    passes="heaviside",
    cells=["import asyncio\nawait asyncio.sleep(0)\nprint('on')"],
    prints="on%",
)
animal(
    "asyncio",
    "asyncio.run inside of an answer.",
    passes="heaviside",
    answers={
        "heaviside": "import asyncio\nasync def later(z): return (z > 0) * 1.0\ndef heaviside(z):\n    return asyncio.run(later(z))"
    },
)
animal(
    "inline",
    "%matplotlib inline, and a figure.",
    passes="heaviside",
    cells=["%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show()"],
)
animal(
    "magics",
    "Magics that a notebook has at its top.",
    passes="heaviside",
    cells=[
        "%load_ext autoreload\n%autoreload 2\n%precision 3\n%config InlineBackend.figure_format = 'svg'",
        "%%time\nx = 1",
        "!echo hi",
        "?len",
        "%%timeit -n1 -r1\n1 + 1",
    ],
)
animal(
    "imports-late",
    "Imports within the answer's cell, under other names.",
    passes="softmax neuron",
    answers={
        "softmax": "import numpy as jax\nfrom numpy import exp as e\ndef softmax(Z):\n    E = e(Z - jax.max(Z, -1, keepdims=True))\n    return E / E.sum(-1, keepdims=True)",
        "neuron": "neuron = lambda X, w, b, f: f(X.dot(w) + b)",
    },
)
animal(
    "helps-itself",
    "A helper in a cell of its own, and one in a later answer's cell.",
    passes="heaviside neuron",
    cells=["def positive(z):\n    return z > 0"],
    answers={
        "heaviside": "def heaviside(z):\n    return positive(z).astype(float)",
        "neuron": "class Neuron:\n    def __call__(self, X, w, b, f):\n        return f(X @ w + b)\nneuron = Neuron()",
    },
)
animal(
    "greedy",
    "Two gigabytes of memory that are really used.",
    passes="heaviside",
    cells=["import numpy as np\nbig = np.zeros(2 << 27); big[::512] = 1; print(big.nbytes >> 30)"],
    prints="2%",
)
animal(
    "greedy-answer",
    "Memory in an answer.",
    passes="heaviside",
    answers={
        "heaviside": "import numpy as np\ndef heaviside(z):\n    np.ones(1 << 22)\n    return (z > 0) * 1.0"
    },
)
animal(
    "writes",
    "A temporary file, and one in the working folder.",
    passes="heaviside",
    cells=[
        "import tempfile\nwith tempfile.NamedTemporaryFile('w', delete=False) as f: f.write('x')\nopen('notes.txt', 'w').write('1')"
    ],
    answers=heaviside("assert open('notes.txt').read() == '1'"),
)
animal(
    "single",
    "float32 and integers.",
    passes="heaviside",
    answers={"heaviside": "import numpy as np\ndef heaviside(z):\n    return (z > 0).astype(np.float32)"},
)
animal(
    "tensors",
    "Tensors where arrays are usual.",
    passes="heaviside softmax",
    answers={
        "heaviside": "import torch\ndef heaviside(z):\n    return (torch.as_tensor(z) > 0).double()",
        "softmax": "import torch\ndef softmax(Z):\n    E = torch.tensor(Z - Z.max(-1, keepdims=True), requires_grad=True).exp()\n    return E / E.sum(-1, keepdims=True)",
    },
)
animal(
    "asks",
    "input(), where nobody answers: it costs the cell, not the checks.",
    passes="heaviside",
    cells=["name = input('Your name? ')"],
)
animal(
    "shells-out",
    "A program of the system.",
    passes="heaviside",
    cells=[
        "import subprocess\nprint(subprocess.run(['echo', 'hi'], capture_output=True, text=True, check=True).stdout)"
    ],
    prints="hi%",
)
animal(
    "python-again",
    "Another Python.",
    passes="heaviside",
    cells=[
        "import subprocess, sys\nprint(subprocess.check_output([sys.executable, '-c', 'import numpy; print(7)'], text=True))"
    ],
    prints="7%",
)
animal(
    "recurses",
    "Recursion, within what Python allows.",
    passes="heaviside",
    answers={
        "heaviside": "import numpy as np\ndef down(n): return 0 if n == 0 else down(n - 1)\ndef heaviside(z):\n    down(800)\n    return (z > 0) * 1.0"
    },
)
animal(
    "alarm",
    "An alarm of its own.",
    passes="heaviside",
    cells=["import signal\nsignal.signal(signal.SIGALRM, lambda *_: None); signal.alarm(1)"],
)
animal(
    "cached",
    "functools.cache and a generator.",
    passes="gates",
    answers={
        "gates": "import functools\n@functools.cache\ndef gates():\n    return dict(zip(['AND', 'OR', 'NAND'], [((2, 2), -3), ((2, 2), -1), ((-2, -2), 3)]))"
    },
)
animal(
    "typed",
    "jaxtyping with beartype off, dataclasses, and dunder main.",
    passes="heaviside",
    cells=[
        "from dataclasses import dataclass\n@dataclass\nclass D: x: int = 1\nif __name__ == '__main__': print('main')"
    ],
    prints="main%",
)
animal(
    "pickles",
    "Pickle of a class that the notebook defines.",
    passes="heaviside",
    cells=["import pickle\nclass K: pass\nprint(type(pickle.loads(pickle.dumps(K()))).__name__)"],
    prints="K%",
)
animal(
    "wide-characters",
    "Half a pair of surrogates in the output, and in an exception.",
    passes="heaviside",
    cells=["print('\\ud800 end')"],
    answers={"softmax": "def softmax(Z):\n    raise ValueError('\\udfff\\x00 end')"},
    states={"softmax": "failed"},
)
animal(
    "seeds",
    "The global random state, set and used.",
    passes="heaviside",
    answers=heaviside("np.random.seed(0); np.random.rand()", "import numpy as np"),
)
animal(
    "exits-pool",
    "atexit handlers that fail.",
    passes="heaviside",
    cells=["import atexit\natexit.register(lambda: 1 / 0)"],
)
animal(
    "shows",
    "A table, HTML, a picture of a megabyte.",
    passes="heaviside",
    cells=[
        "from IPython.display import HTML, display\ndisplay(HTML('<b>x</b>'))\nimport matplotlib.pyplot as plt, numpy as np\nplt.imshow(np.random.rand(300, 300)); plt.show()"
    ],
)
animal(
    "names-itself",
    "Checks, hints and questions of its own accord.",
    passes="heaviside",
    cells=["from helpers import check, hint, ask\ncheck('heaviside'); hint('heaviside'); ask('gates')"],
)
animal(
    "strict",
    "Warnings made errors, floating-point errors raised.",
    passes="heaviside",
    cells=["import warnings, numpy as np\nwarnings.simplefilter('error'); np.seterr(all='raise')"],
)
animal(
    "magic-in-answer",
    "A magic at the top of an answer's cell.",
    passes="heaviside",
    answers={"heaviside": "%matplotlib inline\ndef heaviside(z):\n    return (z > 0) * 1.0"},
)
