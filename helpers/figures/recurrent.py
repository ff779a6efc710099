"""Recurrent networks: the chain unrolled in time, and a cell whose gates are open by so much."""

import math
from collections.abc import Sequence

from helpers.figures.page import Drawing
from helpers.figures.palette import BLACK, BLUE, GREY, ORANGE, PALE
from helpers.figures.sketch import NORMAL, SMALL, Sketch
from helpers.figures.words import listed, number

STEP = 104  # pixels from one step to the next


def unrolled(
    inputs: Sequence[str],
    outputs: Sequence[str] | None = None,
    weights: tuple[str, str, str] = ("Wx", "Wh", "Wy"),
    hidden: str = "h",
) -> Drawing:
    """Draw a recurrent network step by step: an input below, what it remembers to the right, an output above.

        show(*unrolled(".mar", "mari"))
        show(*unrolled(["the", "dog", "barked"], ["", "", "past"]))      # an output at the end only

    Args:
        inputs: what is read, up to seven steps.
        outputs: what is to come out at each step, "" for nothing.
        weights: the names of the weights from the input, from the step before, and to the output.
        hidden: the name of what is remembered.
    """
    n = len(inputs)
    if not 1 <= n <= 7 or (outputs is not None and len(outputs) != n):
        given = f"{n} inputs" + (f" and {len(outputs)} outputs" if outputs is not None else "")
        raise ValueError(f"a chain has one to seven steps, and as many outputs, not {given}")
    sheet = Sketch()
    start = sheet.label(-STEP * 0.75, 0, f"{hidden}₀", GREY)
    left = (sheet.extent(start)[2] + 4, 0.0)
    for i, read in enumerate(inputs):
        box = sheet.box(i * STEP, 0, 46, 38, f"{hidden}{'₀₁₂₃₄₅₆₇'[i + 1]}", fill=PALE)
        sheet.arrow(left, box.left, weights[1], BLUE)
        sheet.label(box.x, 84, read, size=NORMAL)
        sheet.arrow((box.x, 72), box.bottom, weights[0], BLACK)
        if outputs is not None and outputs[i]:
            sheet.label(box.x, -84, outputs[i], size=NORMAL)
            sheet.arrow(box.top, (box.x, -72), weights[2], BLACK)
        left = box.right
    sheet.label(-STEP * 0.75, 84, "reads", GREY, SMALL)
    if outputs is not None:
        sheet.label(-STEP * 0.75, -84, "says", GREY, SMALL)
    return Drawing(sheet.done(), _told_chain(inputs, outputs, weights, hidden))


def _told_chain(
    inputs: Sequence[str], outputs: Sequence[str] | None, weights: tuple[str, str, str], hidden: str
) -> str:
    """Say what is drawn."""
    steps = []
    for i, read in enumerate(inputs):
        step = f"{hidden}{'₀₁₂₃₄₅₆₇'[i + 1]} from “{read}” and {hidden}{'₀₁₂₃₄₅₆₇'[i]}"
        steps.append(step + (f", which says “{outputs[i]}”" if outputs is not None and outputs[i] else ""))
    out = f", and {weights[2]} to what it says" if outputs is not None else ""
    return (
        f"A recurrent network, unrolled from left to right: {'; '.join(steps)}. The same weights at every "
        f"step: {weights[0]} from what is read, {weights[1]} from the step before{out}."
    )


def cell(forget: float, let_in: float, out: float, before: float = 1.0, candidate: float = 0.5) -> Drawing:
    """Draw an LSTM cell with its gates as numbers: what is kept, what comes in, what is shown.

        show(*cell(forget=0.95, let_in=0.1, out=0.5))

    Args:
        forget: the forget gate f in [0, 1], by which the old content is multiplied.
        let_in: the input gate i in [0, 1], by which the candidate is multiplied.
        out: the output gate o in [0, 1], by which tanh of the new content is multiplied.
        before: the content c of the step before.
        candidate: the candidate g in [-1, 1].
    """
    gates = {"f": forget, "i": let_in, "o": out}
    if wrong := {name: gate for name, gate in gates.items() if not 0 <= gate <= 1}:
        raise ValueError(f"gates are between 0, shut, and 1, open; these are not: {wrong}")
    after = forget * before + let_in * candidate
    shown = out * math.tanh(after)
    sheet = Sketch()
    times = sheet.circle(130, 0, 15, "×", size=12)
    plus = sheet.circle(300, 0, 15, "+", size=12)
    enter = sheet.circle(300, 92, 15, "×", size=12)
    tanh = sheet.box(430, 46, 50, 28, "tanh", size=SMALL)
    show = sheet.circle(430, 110, 15, "×", size=12)
    start = sheet.label(0, 0, f"c = {number(before)}", align="left")
    sheet.arrow((sheet.extent(start)[2] + 6, 0), times.left, colour=BLACK, width=2)
    sheet.arrow(times.right, plus.left, number(forget * before), BLACK, 2, size=NORMAL)
    sheet.arrow(plus.right, (540, 0), colour=BLACK, width=2)
    sheet.label(546, 0, f"c′ = {number(after)}", align="left")
    ends = {"f": times.bottom, "i": enter.left, "o": show.bottom}
    for name, (x, y) in {"f": (130, 92), "i": (215, 92), "o": (430, 160)}.items():
        text = f"{name} = {number(gates[name])}"
        gate = sheet.box(x, y, 62, 26, text, BLUE, PALE, size=SMALL)
        sheet.arrow(gate.right if name == "i" else gate.top, ends[name], colour=BLUE)
    new = sheet.box(300, 160, 66, 26, f"g = {number(candidate)}", ORANGE, size=SMALL)
    sheet.arrow(new.top, enter.bottom, colour=ORANGE)
    sheet.arrow(enter.top, plus.bottom, number(let_in * candidate), BLACK, size=NORMAL)
    sheet.arrow((430, 0), tanh.top, colour=BLACK)
    sheet.arrow(tanh.bottom, show.top, colour=BLACK)
    sheet.arrow(show.right, (540, 110), colour=BLACK)
    sheet.label(546, 110, f"h′ = {number(shown)}", align="left")
    told = listed([f"{name} = {number(gate)}" for name, gate in gates.items()])
    return Drawing(
        sheet.done(),
        f"An LSTM cell with gates {told}. The content c = {number(before)} times f is "
        f"{number(forget * before)}; the candidate g = {number(candidate)} times i is "
        f"{number(let_in * candidate)}. Their sum is the new content c′ = {number(after)}, and o times its "
        f"tanh is what is shown, h′ = {number(shown)}.",
    )
