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
from helpers.grading.formulas import formula

MATHML = re.compile(r"<math\b.*?</math>", re.S)
TEXT = re.compile(r">([^<>]+)<")
ITALIC = (*range(0x1D434, 0x1D468), *range(0x1D6E2, 0x1D71C), ord("ℎ"))  # as which single letters are drawn
ALWAYS = "<>&()[]{}|‖⟨⟩√∑∏∫⏞⏟_^~ˆ‾¯→′"  # what stretches, or is drawn without being written


def setup(app: Any) -> dict[str, bool]:
    """Register the renderer; Sphinx calls this."""
    app.add_html_math_renderer("mathml", (_inline, None), (_display, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def mathml(latex: str, block: bool) -> str:
    """Return a formula of LaTeX as MathML, inline or as a block.

    Raises:
        CourseError: for what can't be set, such as a command that is not known.
    """
    made = formula(latex, block)
    if unknown := re.search(r"\\\w+", re.sub(r"<[^>]*>", " ", made)):
        raise CourseError(f"the site can't set {unknown[0]} in ${latex}$: write it otherwise")
    if not made:
        raise CourseError(f"the site can't set ${latex}$: write it otherwise")
    return made


def font(pages: Path, to: Path) -> None:
    """Write the part of the font that the formulas of all pages need."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    logging.getLogger("fontTools").setLevel(logging.WARNING)
    told = set(ALWAYS)
    for page in pages.rglob("*.html"):
        for found in MATHML.findall(page.read_text("utf-8")):
            told |= set(html.unescape("".join(TEXT.findall(found))))
    carrier = find_spec("ziamath")  # which carries the font; nothing else of it is used
    whole = TTFont(Path(str(carrier and carrier.origin)).with_name("fonts") / "STIXTwoMath-Regular.ttf")
    subsetter = Subsetter(Options(layout_features=["*"], hinting=False))
    subsetter.populate(unicodes=[*map(ord, told), *ITALIC])
    subsetter.subset(whole)
    whole.flavor = "woff"
    whole.save(to)


def _inline(translator: Any, node: nodes.math) -> None:
    translator.body.append(mathml(node.astext(), False))
    raise nodes.SkipNode


def _display(translator: Any, node: nodes.math_block) -> None:
    translator.body.append(f'<div class="formula">{mathml(node.astext(), True)}</div>')
    raise nodes.SkipNode
