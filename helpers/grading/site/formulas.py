"""A Sphinx extension: formulas become MathML, which browsers set and read aloud without a script.

Their font is STIX Two Math, of which the site carries what its formulas need: no browser on Android has one.
"""

import html
import logging
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from docutils import nodes

from helpers.grading import CourseError

MATHML = re.compile(r"<math\b.*?</math>", re.S)
TEXT = re.compile(r">([^<>]+)<")
# Names of functions, dots and infinity, which latex2mathml takes for operators and a browser would space so.
NAME = re.compile(r"<mo>(\w{2,}|&#x02026;|&#x022EF;|&#x0221E;)</mo>")
SIGN = re.compile(  # a minus after anything but what closes is a sign
    r"(<mo[^>]*>[^)\]}|<>]+(?<!&#x00029;)(?<!&#x0005D;)(?<!&#x0007C;)(?<!&#x02016;)</mo>)<mo>(?=&#x02212;)"
)
ITALIC = (*range(0x1D434, 0x1D468), *range(0x1D6E2, 0x1D71C), ord("ℎ"))  # as which single letters are drawn
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
            told |= set(html.unescape("".join(TEXT.findall(formula))))
    found = find_spec("ziamath")  # which carries the font; nothing else of it is used
    whole = TTFont(Path(str(found and found.origin)).with_name("fonts") / "STIXTwoMath-Regular.ttf")
    subsetter = Subsetter(Options(layout_features=["*"], hinting=False))
    subsetter.populate(unicodes=[*map(ord, told), *ITALIC])
    subsetter.subset(whole)
    whole.flavor = "woff"
    whole.save(to)


def _inline(translator: Any, node: nodes.math) -> None:
    translator.body.append(mathml(node.astext(), "inline"))
    raise nodes.SkipNode


def _display(translator: Any, node: nodes.math_block) -> None:
    translator.body.append(f'<div class="formula">{mathml(node.astext(), "block")}</div>')
    raise nodes.SkipNode
