"""Runaway: what never ends, or takes all there is, costs its own task and no one else's."""

from . import C, F, Family, M, States, T

animal = Family("runaway")


def runs_away(name: str, says: str, body: str, state: States, before: str = "", shows: str = "") -> None:
    """Declare a heaviside that runs away, beside a right neuron after it."""
    body = body.replace("\n", "\n    ")
    answers = {"heaviside": f"{before}\ndef heaviside(z):\n    {body}"}
    animal(
        name, says, passes="neuron", answers=answers, states={"heaviside": state}, shows={"heaviside": shows}
    )


def cell(name: str, says: str, source: str, prints: str = "") -> None:
    """Declare a cell that runs away, before right answers."""
    animal(name, says, passes="heaviside neuron", cells=[source], prints=prints)


runs_away("loops", "An endless loop.", "while True: pass", T, shows="Is there a loop")
runs_away(
    "loops-and-catches",
    "An endless loop that catches everything.",
    "while True:\n    try:\n        while True: pass\n    except: pass",
    T,
)
runs_away("sleeps", "Sleep without an end.", "import time; time.sleep(10**6)", T)
runs_away(
    "multiplies",
    "One long call into compiled code.",
    "import numpy as np\na = np.ones((3000, 3000))\nwhile True: a @ a",
    T,
)
runs_away("big-power", "A number that takes for ever.", "return 3 ** (10 ** 9)", T)
runs_away("regex", "A pattern that backtracks for ever.", "import re; re.match('(a+)+b', 'a' * 60)", T)
runs_away(
    "deadlock", "A lock taken twice.", "import threading\nl = threading.Lock(); l.acquire(); l.acquire()", T
)
runs_away(
    "waits-for-a-child", "A child that never ends.", "import subprocess; subprocess.run(['sleep', '9999'])", T
)
runs_away("exit-code", "os._exit in an answer.", "import os; os._exit(0)", C)
runs_away("kills-itself", "SIGKILL to itself.", "import os; os.kill(os.getpid(), 9)", C, shows="SIGKILL")
runs_away(
    "real-time-signal",
    "A signal without a name.",
    "import os; os.kill(os.getpid(), 40)",
    C,
    shows="signal 40",
)
runs_away("stops-itself", "SIGSTOP to itself.", "import os; os.kill(os.getpid(), 19)", T)
runs_away("segfault", "A read at address 0.", "import ctypes; ctypes.string_at(0)", C, shows="SIGSEGV")
runs_away("aborts", "abort().", "import os; os.abort()", C, shows="SIGABRT")
runs_away("replaces-itself", "exec of another program.", "import os; os.execv('/usr/bin/env', ['env'])", C)
runs_away("memory", "An array of 50 GB.", "import numpy as np; return np.ones(50 << 27)", M)
runs_away(
    "memory-in-steps",
    "A list that grows for ever.",
    "import numpy as np\nx = []\nwhile True: x.append(np.empty(25 << 20))",
    M,
)
runs_away(
    "returns-a-gigabyte", "An answer of 300 MB.", "import numpy as np; return np.empty(38 << 20)", (F, T)
)
runs_away(
    "returns-many",
    "An answer of 60 MB for each case.",
    "import numpy as np; return np.empty(60 << 17)",
    (F, T),
)
runs_away("returns-depth", "A list nested 10⁵ deep.", "x = []\nfor _ in range(10**5): x = [x]\nreturn x", F)
runs_away(
    "fork-bomb",
    "Processes without an end.",
    "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
    T,
)
runs_away(
    "threads",
    "Threads without an end.",
    "import threading, time\nwhile True: threading.Thread(target=time.sleep, args=(99,), daemon=True).start()",
    F,
)
runs_away("files", "Open files without an end.", "x = []\nwhile True: x.append(open('/dev/null'))", F)
runs_away(
    "disk",
    "The disk filled.",
    "for i in range(99):\n    with open(f'/private/{i}', 'wb') as f:\n        for _ in range(20): f.write(bytes(10 << 20))",
    F,
)
runs_away(
    "shared-memory",
    "/dev/shm filled.",
    "for i in range(99):\n    with open(f'/dev/shm/{i}', 'wb') as f:\n        for _ in range(20): f.write(bytes(10 << 20))",
    F,
)
runs_away("prints-for-ever", "Output without an end.", "while True: print('x' * 1000)", T)

cell("cell-loops", "An endless loop in a cell.", "while True: pass")
cell(
    "cell-loops-and-catches",
    "An endless loop in a cell that catches everything.",
    "while True:\n    try:\n        while True: pass\n    except: pass",
)
cell("cell-sleeps", "Sleep without an end in a cell.", "import time; time.sleep(10**6)")
cell(
    "cell-serves",
    "A server in a cell.",
    "import socket\ns = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen(); s.accept()",
)
cell("cell-exits", "os._exit in a cell.", "import os; os._exit(1)")
cell("cell-exits-quietly", "os._exit(0) in a cell.", "import os; os._exit(0)")
cell("cell-segfault", "A read at address 0 in a cell.", "import ctypes; ctypes.string_at(0)")
cell("cell-kills-itself", "SIGKILL to itself in a cell.", "import os; os.kill(os.getpid(), 9)")
cell("cell-real-time-signal", "A signal without a name in a cell.", "import os; os.kill(os.getpid(), 40)")
cell("cell-memory", "All memory in a cell.", "x = []\nwhile True: x.append(bytearray(200 << 20))")
cell("cell-line", "A line of 100 MB.", "print('x' * 10**8)", prints="xxxx%")
cell(
    "cell-picture", "HTML of 100 MB.", "from IPython.display import HTML, display\ndisplay(HTML('x' * 10**8))"
)
cell(
    "cell-many-pictures",
    "A hundred thousand outputs.",
    "from IPython.display import display\nfor i in range(10**5): display(i)",
)
cell("cell-prints-for-ever", "Output without an end in a cell.", "while True: print('x' * 1000)")
cell(
    "cell-disk",
    "The disk filled in a cell.",
    "for i in range(99):\n    with open(f'{i}', 'wb') as f:\n        for _ in range(20): f.write(bytes(10 << 20))",
)
cell(
    "cell-inodes",
    "Many small files, deep folders.",
    "import os\nfor i in range(5000): open(f'{i}', 'w').close()\nfor i in range(1500):\n    os.mkdir('d' * 9); os.chdir('d' * 9)",
)
cell("cell-traceback", "An exception of 50 MB.", "raise ValueError('x' * 5 * 10**7)")
cell(
    "cell-error-name",
    "An exception with a name of a megabyte.",
    "raise type('E' * 10**6, (Exception,), {})('x')",
)
