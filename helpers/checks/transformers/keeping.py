"""Lesson 08, deeper: keys and values that are kept."""

from helpers.checks.task import Misconception, Part, Task
from helpers.checks.transformers.cases import PROBES, REFERENCE
from helpers.checks.transformers.crossing import growing

STEP = {"token by token"}
KEYS, VALUES = "K = torch.cat([K, attention.k(x)], dim=1)", "V = torch.cat([V, attention.v(x)], dim=1)"
SCALE, ASK = "q.shape[-1] ** 0.5", "(attention.q(x), K, V))"
JOIN = "(A @ v).transpose(1, 2).flatten(2)"
RESULT = "return attention.out((A @ v).transpose(1, 2).flatten(2)), K, V"

CACHED = Task(
    "cached",
    points=0,
    answers=["cached"],
    reference=REFERENCE + "cached",
    parts=[Part("token by token", growing, probe=PROBES + "one_by_one")],
    forbids=["torch.nn.MultiheadAttention"],
    misconceptions=[
        Misconception(
            "The newest token does not see itself: its key and value belong to the cache before it looks.",
            STEP,
            (ASK, "(attention.q(x), *((K[:, :-1], V[:, :-1]) if K.shape[1] > 1 else (K, V))))"),
            forms=((ASK, "(attention.q(x), K[:, :-1], V[:, :-1]))"),),
        ),
        Misconception(
            "The new key is put in front: it belongs at the end.", STEP, (KEYS, "K = torch.cat([attention.k(x), K], dim=1)")
        ),
        Misconception(
            "The new value is put in front: it belongs at the end.", STEP, (VALUES, "V = torch.cat([attention.v(x), V], dim=1)")
        ),
        Misconception(
            "Keys and values are put in front: the newest belongs at the end.",
            STEP,
            edits=((KEYS, "K = torch.cat([attention.k(x), K], dim=1)"), (VALUES, "V = torch.cat([attention.v(x), V], dim=1)")),
        ),
        Misconception(
            "Keys are kept where values belong: the value of the new token is v(x).", STEP, ("attention.v(x)", "attention.k(x)")
        ),
        Misconception(
            "Values are kept where keys belong: the key of the new token is k(x).", STEP, ("attention.k(x)", "attention.v(x)")
        ),
        Misconception(
            "Key and value are exchanged: the key of the new token is k(x), its value v(x).",
            STEP,
            edits=(("attention.k(x)", "attention.u(x)"), ("attention.v(x)", "attention.k(x)"), ("attention.u(x)", "attention.v(x)")),
        ),
        Misconception("The last layer `out` is missing.", STEP, (RESULT, "return " + JOIN + ", K, V")),
        Misconception("The scale of each head is missing.", STEP, (" / " + SCALE, "")),
        Misconception(
            "The scores are divided by √d. Each head has its own, smaller width: d / heads.", STEP, (SCALE, "x.shape[-1] ** 0.5")
        ),
        Misconception(
            "The scores are not divided by the *root* of the head's width.",
            STEP,
            (SCALE, "q.shape[-1]"),
            forms=((" / " + SCALE, " * " + SCALE), (SCALE, "attention.heads ** 0.5"), (SCALE, "K.shape[1] ** 0.5")),
        ),
        Misconception("There is one big head: cut the rows into `attention.heads` pieces first.", STEP, ("(attention.heads, -1)", "(1, -1)")),
        Misconception(
            "The row itself is kept, not its key and value: k(x) and v(x).",
            STEP,
            edits=((KEYS, "K = torch.cat([K, x], dim=1)"), (VALUES, "V = torch.cat([V, x], dim=1)")),
            forms=((KEYS, "K = torch.cat([K, x], dim=1)"), (VALUES, "V = torch.cat([V, x], dim=1)")),
        ),
        Misconception(
            "What is kept is put through the layers again. Keys and values of old tokens are finished.",
            STEP,
            (ASK, "(attention.q(x), attention.k(K), attention.v(V)))"),
        ),
        Misconception(
            "The old K and V come back: return those with the new token behind them.", STEP,
            edits=((KEYS, "old = K, V\n    " + KEYS), (RESULT, RESULT.replace("K, V", "*old"))),
        ),
        Misconception(
            "Only the newest key and value come back: return all of them.", STEP, (RESULT, RESULT.replace("K, V", "K[:, -1:], V[:, -1:]"))
        ),
        Misconception("K and V come back in the other order.", STEP, (RESULT, RESULT.replace("K, V", "V, K"))),
        Misconception("The row comes back last. It is the first of three: the row, K, V.", STEP, (RESULT, "return K, V, attention.out(" + JOIN + ")")),
        Misconception("K and V come back cut into heads. They are kept as wide as x.", STEP, (RESULT, RESULT.replace("K, V", "k, v"))),
        Misconception("What is found is added to x. That is the block's business, not attention's.", STEP, (RESULT, RESULT.replace("return ", "return x + "))),
        Misconception(
            "The newest token looks at nobody but itself: let it look at all keys.", STEP, (ASK, "(attention.q(x), attention.k(x), attention.v(x)))")
        ),
        Misconception("The query is not made by the layer q.", STEP, ("attention.q(x)", "x"), forms=(("attention.q(x)", "attention.k(x)"),)),
        Misconception(
            "The heads are joined in the wrong order: bring them beside each other (`transpose(1, 2)`) before you flatten.",
            STEP,
            (JOIN, "(A @ v).permute(0, 2, 3, 1).flatten(2)"),
        ),
    ],
    hints=[
        "Keys and values of old tokens never change. Add those of the new one, then let only the new one ask.",
        r"$K \leftarrow [K; k(x)]$, $V \leftarrow [V; v(x)]$, one row of scores $q(x) K^\top$. No mask is needed.",
        "`K = torch.cat([K, attention.k(x)], dim=1)`, the same for V, then as in cross-attention",
    ],
)  # fmt: skip
