"""Lesson 06, part 6: backpropagation through time."""

from functools import partial

from helpers.checks.rnn.cases import PROBES, REFERENCE, TORCH, many_steps, one_step, padded_steps
from helpers.checks.task import Misconception, Part, Task

ONE, LATER, ALL = (
    {"one step"},
    {"many steps", "different lengths"},
    {"one step", "many steps", "different lengths"},
)
BACK, SLOPE = "np.where(mask[:, t, None], S @ Wh.T, D)", " * (1 - H[:, t] ** 2)"
RETURN = "return dA, dWx, dWh, db"
BPTT = Task(
    "bptt",
    points=3,
    answers=["bptt"],
    reference=REFERENCE + "bptt",
    probe=PROBES + "named",
    parts=[
        Part("one step", partial(one_step, back=True)),
        Part("many steps", partial(many_steps, back=True)),
        Part("different lengths", partial(padded_steps, back=True)),
    ],
    uses=["rnn"],
    forbids=[*TORCH, "torch.autograd.*", "*.backward"],
    misconceptions=[
        Misconception(
            "No error goes back from a step to the one before it: carry S @ Wh.T on.",
            LATER,
            (f"D = {BACK}", "D = 0 * D"),
            forms=(("D = D + G[:, t]", "D = G[:, t]"),),
        ),
        Misconception(
            "On its way back through time the error meets Wh *transposed*.", LATER, ("S @ Wh.T", "S @ Wh")
        ),
        Misconception(
            "The error goes back one step and no further: what came to a state from the future must travel on, too.",
            LATER,
            (BACK, f"np.where(mask[:, t, None], (G[:, t]{SLOPE}) @ Wh.T, G[:, t])"),
        ),
        Misconception(
            "The slope of tanh is missing: times 1 - h².",
            ALL,
            (SLOPE, ""),
            forms=(("dA[:, t] = S @", "dA[:, t] = (D * mask[:, t, None]) @"), ("db += S.", "db += (D * mask[:, t, None])."),
                   ("S @ Wh.T", "D @ Wh.T"), ("before.T @ S", "before.T @ (D * mask[:, t, None])"),
                   ("dWx += A[:, t].T @ S", "dWx += A[:, t].T @ (D * mask[:, t, None])")),
        ),
        Misconception(
            "Another slope than that of tanh: said by the state it is 1 - h².",
            ALL,
            ("(1 - H[:, t] ** 2)", "H[:, t] * (1 - H[:, t])"),
            forms=(("(1 - H[:, t] ** 2)", "(1 - H[:, t])"), ("(1 - H[:, t] ** 2)", "(1 - np.tanh(H[:, t]) ** 2)"),
                   ("(1 - H[:, t] ** 2)", "(1 + H[:, t] ** 2)"), ("(1 - H[:, t] ** 2)", "H[:, t] ** 2")),
        ),
        Misconception(
            "The slope is taken at another step's state: step t's is 1 - H[:, t]².",
            LATER,
            ("(1 - H[:, t] ** 2)", "(1 - H[:, t - 1] ** 2)"),
            forms=(("(1 - H[:, t] ** 2)", "(1 - (H[:, t - 1] if t else h0) ** 2)"),),
        ),
        Misconception(
            "The gradient of Wh needs the state that was *multiplied* by it: the one before, not the one of this step.",
            ALL,
            ("before.T @ S", "H[:, t].T @ S"),
        ),
        Misconception(
            "At the first step the state before is h0, and H[:, -1] is the *last* one: mind Python's negative index.",
            ALL,
            ("H[:, t - 1] if t > 0 else h0", "H[:, t - 1]"),
        ),
        Misconception(
            "Before the first step there is h0, which need not be 0, and its product with S counts in dWh.",
            ALL,
            ("if t > 0 else h0", "if t > 0 else 0 * h0"),
        ),
        Misconception(
            "The weights are used at every step, so their gradients are *sums* over the steps; you keep one step's.",
            LATER,
            ("dWh += before.T @ S", "dWh = before.T @ S"),
            forms=(("dWx += A", "dWx = A"), ("db += S", "db = S"), [("dWx += A", "dWx = A"), ("dWh += b", "dWh = b")],
                   [("dWx += A", "dWx = A"), ("dWh += b", "dWh = b"), ("db += S", "db = S")]),
        ),
        Misconception(
            "A gradient of the weights is divided by the number of steps or names. What arrives is added up, as G stands.",
            LATER,
            (RETURN, "return dA, dWx / A.shape[1], dWh / A.shape[1], db / A.shape[1]"),
            forms=(("S.sum(axis=0)", "S.mean(axis=0)"), (RETURN, "return dA, dWx / len(A), dWh / len(A), db / len(A)"),
                   (RETURN, "return dA / len(A), dWx / len(A), dWh / len(A), db / len(A)"),
                   (RETURN, "return dA, dWx / mask.sum(), dWh / mask.sum(), db / mask.sum()")),
        ),
        Misconception(
            "Where the mask is False nothing was computed, so nothing may be blamed: no error goes into the weights there.",
            {"different lengths"},
            (" * mask[:, t, None]", ""),
            forms=([(" * mask[:, t, None]", ""), (BACK, "S @ Wh.T")],),
        ),
        Misconception(
            "Where a state waits, its error waits too: it must pass the padding unchanged.",
            {"different lengths"},
            (BACK, "S @ Wh.T"),
        ),
        Misconception(
            "What the loss says to a state that waits counts, too: it is the state of the last letter.",
            {"different lengths"},
            ("D = D + G[:, t]", "D = D + G[:, t] * mask[:, t, None]"),
        ),
        Misconception(
            "Each state acts on the loss directly as well, through G[:, t]: add it at every step.",
            LATER,
            ("D = D + G[:, t]", "D = D + G[:, t] * (t == A.shape[1] - 1)"),
        ),
        Misconception(
            "What the loss says to the last state counts twice: D begins at 0, and G is added at each step.",
            ALL,
            ("D = np.zeros_like(h0)", "D = G[:, -1]"),
        ),
        Misconception(
            "You walk from the first step on. What comes back comes from the future: begin at the end.",
            LATER,
            ("reversed(range(A.shape[1]))", "range(A.shape[1])"),
        ),
        Misconception(
            "Your loop ends after the last letter's step: all others have a share, too.",
            LATER,
            ("        D = " + BACK, "        return dA, dWx, dWh, db"),
        ),
        Misconception(
            "The first step is left out: it, too, has a letter, a state before it and weights.",
            ALL,
            ("reversed(range(A.shape[1]))", "reversed(range(1, A.shape[1]))"),
        ),
        Misconception(
            "The last step is left out: the loop begins at T - 1.",
            ALL,
            ("reversed(range(A.shape[1]))", "reversed(range(A.shape[1] - 1))"),
        ),
        Misconception(
            "The four come in the order dA, dWx, dWh, db.",
            ALL,
            (RETURN, "return dA, dWh, dWx, db"),
            forms=((RETURN, "return dWx, dWh, db, dA"),),
        ),
        Misconception(
            "dA is what each letter gets, (n, T, d): nothing is added up over the steps there.",
            LATER,
            ("dA[:, t] = S @ Wx.T", "dA += (S @ Wx.T)[:, None]"),
        ),
    ],
    hints=[
        "It is lesson 3's backward pass with the same layer at every step. Two errors meet in each state: one from its "
        "own prediction, one from the future.",
        r"$D \leftarrow D + G_t$, $\ S = D \odot (1 - h_t \odot h_t)$ (0 in the padding), "
        r"$\ \partial a_t = S W_x^\top$, $\ \partial W_x \mathrel{+}= a_t^\top S$, $\ \partial W_h \mathrel{+}= h_{t-1}^\top S$, "
        r"$\ \partial b \mathrel{+}= \sum S$, then $D \leftarrow S W_h^\top$ (unchanged in the padding)",
        "`for t in reversed(range(T)):` `D = D + G[:, t]`, `S = D * (1 - H[:, t] ** 2) * mask[:, t, None]`, "
        "`before = H[:, t - 1] if t > 0 else h0`, the four gradients, "
        "`D = np.where(mask[:, t, None], S @ Wh.T, D)`",
    ],
)  # fmt: skip
