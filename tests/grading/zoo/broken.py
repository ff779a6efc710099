"""Broken: what does not work costs its own task, and nothing else."""

from . import F, Family

animal = Family("broken")


def heaviside(body: str, before: str = "") -> dict[str, str]:
    """Return an answer with that body."""
    body = body.replace("\n", "\n    ")
    return {"heaviside": f"{before}\ndef heaviside(z):\n    {body}"}


def fails(
    name: str, says: str, body: str, before: str = "", state: str = F, shows: str = "", **told: object
) -> None:
    """Declare a heaviside that fails, beside a right neuron."""
    animal(
        name,
        says,
        passes="neuron",
        answers=heaviside(body, before),
        states={"heaviside": state},
        shows={"heaviside": shows},
        **told,
    )


fails("syntax", "A syntax error.", "return (", shows="does not run")
fails("indentation", "An indentation error.", "x = 1\n      return x", shows="does not run")
fails("unicode-quotes", "Quotes from a word processor.", "print(“x”)\nreturn z", shows="does not run")
fails("null-byte", "A zero byte in the source.", "return '\x00'")
fails(
    "raises",
    "An exception at the top of the cell.",
    "return z",
    before="1 / 0",
    shows="stopped with an error before",
)
fails("nan", "Not a number everywhere.", "return z * float('nan')")
fails("infinite", "Infinity.", "return z + float('inf')")
fails("transposed", "A wrong shape.", "return (z > 0)[None] * 1.0")
fails("lists", "A list where an array is asked for.", "return [float(x > 0) for x in z]", shows="list")
fails("scalar", "One number for all.", "return 1.0")
fails("forgets", "No return.", "z > 0")
fails("returns-itself", "A function instead of its value.", "return heaviside")
fails("text", "Text instead of numbers.", "return str(z)")
fails("objects", "An array of objects.", "import numpy as np\nreturn np.array([z, None], dtype=object)")
fails("complex", "Complex numbers.", "return (z > 0) + 0j")
fails("cyclic", "A list that contains itself.", "x = []\nx.append(x)\nreturn x")
fails("generator", "A generator instead of a list.", "return (float(x > 0) for x in z)")
fails("misspells-numpy", "A name that does not exist.", "return nump.where(z > 0, 1, 0)", shows="nump")
fails("wants-more", "Another signature.", "return z\ndef heaviside(z, y): return z")
fails("exits", "sys.exit in an answer.", "import sys; sys.exit(0)", shows="SystemExit")
fails("quits", "quit() in an answer.", "quit()")
fails("base", "BaseException itself.", "raise BaseException('x')", shows="BaseException")
fails("interrupts", "KeyboardInterrupt in an answer.", "raise KeyboardInterrupt", shows="KeyboardInterrupt")
fails("recurses-for-ever", "Recursion without an end.", "return heaviside(z)", shows="RecursionError")
fails(
    "bad-message",
    "An exception that can't be shown.",
    "class E(Exception):\n    def __str__(self): raise ValueError\nraise E",
)
fails("long-message", "An exception with a message of 50 MB.", "raise ValueError('x' * 5 * 10**7)")
fails("asserts", "Its own assertion.", "assert False, 'todo'")
fails("changes-dtype", "Integers of 400 bits.", "return [2 ** 400] * len(z)")
fails("stops", "StopIteration.", "raise StopIteration")
fails("group", "An exception group.", "raise ExceptionGroup('x', [ValueError(1), TypeError(2)])")
fails(
    "from-a-helper",
    "An exception in a helper.",
    "return helper(z)",
    before="def helper(z): raise OSError('disk')",
    shows="helper",
)
fails(
    "bug-in-class",
    "A descriptor that raises.",
    "return Q().x",
    before="class Q:\n    @property\n    def x(self): raise KeyError('x')",
)

animal(
    "misspells",
    "A function under another name.",
    passes="neuron",
    answers={"heaviside": "def heavyside(z):\n    return (z > 0) * 1.0"},
    shows={"heaviside": "not defined"},
)
animal("deleted", "An answer's cell left empty.", passes="neuron", answers={"heaviside": ""})
animal(
    "half",
    "One part of two right.",
    passes="neuron",
    answers={"heaviside": "def heaviside(z):\n    return (z >= 0) * 1.0"},
    states={"heaviside": F},
    marks={"heaviside": 0.5},
    shows={"heaviside": "silent"},
)
animal(
    "exits-in-a-cell",
    "sys.exit in a cell of its own.",
    passes="heaviside neuron",
    cells=["import sys; sys.exit(1)"],
)
animal(
    "interrupted-cell", "KeyboardInterrupt in a cell.", passes="heaviside", cells=["raise KeyboardInterrupt"]
)
animal(
    "needs-a-cell",
    "An answer that needs a cell that failed.",
    passes="neuron",
    cells=["1 / 0\nlimit = 0"],
    answers={"heaviside": "def heaviside(z):\n    return (z > limit) * 1.0"},
    states={"heaviside": F},
    shows={"heaviside": "limit"},
)
animal(
    "follows-through",
    "A wrong softmax: the gradient that uses it is judged with the course's own.",
    passes="softmax_gradient",
    answers={"softmax": "import numpy as np\ndef softmax(Z):\n    return np.exp(Z)"},
    states={"softmax": F},
)
animal(
    "deep-nesting",
    "An expression nested too deep for the parser.",
    passes="neuron",
    cells=["x = " + "(" * 300 + ")" * 300],
)
animal(
    "long-sum",
    "A sum of ten thousand terms, in a cell.",
    passes="neuron",
    cells=["x = " + "+".join(["1"] * 10_000)],
)
animal(
    "deletes",
    "Everything deleted in a later cell.",
    passes="heaviside",
    later=["%reset -f\nimport sys; sys.modules.clear()"],
)
animal(
    "shadows",
    "Built-in names taken for variables.",
    passes="heaviside",
    cells=["list = sum = max = type = print = len = isinstance = 3"],
    states={"gates": F, "xor_network": F},  # whose annotations say `list[...]`
    shows={"gates": "stopped with an error before"},
)
animal(
    "no-imports",
    "An import forgotten.",
    cells=[""],
    passes="heaviside",
    answers={"neuron": "def neuron(X, w, b, f):\n    return f(nq.dot(X, w) + b)"},
    states={"neuron": F},
)
