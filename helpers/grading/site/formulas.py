"""A Sphinx extension: formulas become MathML, which browsers set and read aloud without a script.

Their font is STIX Two Math, of which the site carries what its formulas need: no browser on Android has one.
"""

import io
import logging
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

from docutils import nodes

from helpers.grading import CourseError

MATHML = re.compile(r"<math\b.*?</math>", re.S)
TEXT = re.compile(r">([^<>]+)<")
ENTITY = re.compile(r"&#x([0-9A-Fa-f]+);|&(?:amp|lt|gt);")
NAME = re.compile(r"<mo>(\w{2,}|&#x02026;|&#x022EF;|&#x0221E;)</mo>")  # no operator, though latex2mathml says so
SIGN = re.compile(r"(<mo[^>]*>[^)\]}|<>]+(?<!&#x00029;)(?<!&#x0005D;)(?<!&#x0007C;)(?<!&#x02016;)</mo>)<mo>(?=&#x02212;)")
ALWAYS = "<>&()[]{}|‖⟨⟩√∑∏∫⏞⏟_^~ˆ‾¯→′"  # what stretches, or is drawn without being written


def setup(app: Any) -> dict[str, bool]:
    """Register the renderer; Sphinx calls this."""
    app.add_html_math_renderer("mathml", (_inline, None), (_display, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def mathml(formula: str, display: str) -> str:
    """Return a formula of LaTeX as MathML, `display` being "inline" or "block".

    Raises:
        CourseError: for a command that latex2mathml does not know.
    """
    from latex2mathml.converter import convert

    made = convert(formula.replace(r"\arg", r"\operatorname{arg}"), display=display)
    if unknown := re.search(r"\\\w+", re.sub(r"<[^>]*>", " ", made)):
        raise CourseError(f"the site can't set {unknown[0]} in ${formula}$: write it otherwise")
    return SIGN.sub(r'\1<mo form="prefix">', NAME.sub(r"<mi>\1</mi>", made))


def font(pages: Path, to: Path) -> None:
    """Write the part of the font that the formulas of all pages need."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    logging.getLogger("fontTools").setLevel(logging.WARNING)
    told = set(ALWAYS)
    for page in pages.rglob("*.html"):
        for formula in MATHML.findall(page.read_text("utf-8")):
            told |= set("".join(TEXT.findall(ENTITY.sub(_character, formula))))
    whole = TTFont(io.BytesIO(files("ziamath.fonts").joinpath("STIXTwoMath-Regular.ttf").read_bytes()))
    subsetter = Subsetter(Options(layout_features=["*"], flavor="woff", hinting=False))
    subsetter.populate(unicodes=[ord(c) for c in told | {italic(c) for c in told}])
    subsetter.subset(whole)
    whole.flavor = "woff"
    whole.save(to)


def italic(letter: str) -> str:
    """Return the mathematical italic of a letter, as which a browser draws it; other characters as they are."""
    if letter == "h":
        return "ℎ"  # the one that Unicode had before
    for first, last, start in (("A", "Z", 0x1D434), ("a", "z", 0x1D44E), ("Α", "Ω", 0x1D6E2), ("α", "ω", 0x1D6FC)):
        if first <= letter <= last:
            return chr(start + ord(letter) - ord(first))
    return {"∂": "𝜕", "ϵ": "𝜖", "ϕ": "𝜙", "ϱ": "𝜚"}.get(letter, letter)


def _character(found: re.Match[str]) -> str:
    return chr(int(found[1], 16)) if found[1] else {"&amp;": "&", "&lt;": "", "&gt;": ""}[found[0]]


def _inline(translator: Any, node: nodes.math) -> None:
    translator.body.append(mathml(node.astext(), "inline"))
    raise nodes.SkipNode


def _display(translator: Any, node: nodes.math_block) -> None:
    translator.body.append(f'<div class="formula">{mathml(node.astext(), "block")}</div>')
    raise nodes.SkipNode
