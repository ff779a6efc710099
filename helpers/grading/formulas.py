"""Formulas without a network: LaTeX becomes MathML, which browsers draw and screen readers read."""

import re
from functools import lru_cache
from html import escape
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert_to_element

LONG = 2000  # characters of a formula; a longer one is shown as it was typed
FORMULA = re.compile(
    r"\$\$(?P<block>[^$]+)\$\$"
    r"|(?P<set>\\begin\{(?P<name>[a-z]+\*?)\}.*?\\end\{(?P=name)\})"
    r"|(?<![\\$\w])\$(?P<inline>[^\s$](?:[^$]*[^\s$\\])?)\$(?![\d$])",
    re.DOTALL,
)
TAGS = {
    *("math", "menclose", "mfenced", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover", "mpadded"),
    *("mphantom", "mprescripts", "mroot", "mrow", "ms", "mspace", "msqrt", "mstyle", "msub", "msubsup"),
    *("msup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover", "none"),
}
SAYS = re.compile(r"[\w.#%+ -]{0,40}")  # what an attribute of a formula may hold: no address, no script
DROPPED = {"xmlns", "href", "style", "class", "id", "title"}
KNOWN_AS = {  # what the library has under another name, or numbers, where no equation is referred to
    r"\arg": r"\operatorname{arg}",
    **{rf"\{word}{{{name}}}": rf"\{word}{{{ours}}}"
       for word in ("begin", "end")
       for name, ours in (("aligned", "split"), ("align", "align*"), ("gathered", "matrix"),
                          ("gather", "matrix"), ("gather*", "matrix"))},
    r"\begin{equation}": "{", r"\end{equation}": "}", r"\begin{equation*}": "{", r"\end{equation*}": "}",
}  # fmt: skip
# Names of functions, dots and infinity, which the library takes for operators and a browser would space so.
NAME = re.compile(r"<mo>(\w{2,}|[…⋯∞])</mo>")
SIGN = re.compile(r"(<mo[^>]*>[^)\]}|‖<>]+</mo>)<mo>(?=−)")  # a minus, but after what closes
RENAMED = re.compile("|".join(rf"{re.escape(name)}(?![a-zA-Z])" for name in KNOWN_AS))


def with_formulas(text: str) -> str:
    """Return text as HTML, with its formulas drawn: `$…$`, `$$…$$`, and LaTeX's own surroundings."""
    made, at = [], 0
    for found in FORMULA.finditer(text):
        made += [escape(text[at : found.start()], quote=False), _formula(found)]
        at = found.end()
    return "".join([*made, escape(text[at:], quote=False)])


def _formula(found: re.Match[str]) -> str:
    inline = found["inline"]
    return formula(inline or found["block"] or found["set"], block=inline is None) or escape(found[0], False)


@lru_cache(8192)
def formula(latex: str, block: bool = False) -> str:
    """Return a formula as MathML; empty where it is none that can be drawn.

    Args:
        latex: as it stands between the dollars.
        block: whether it has a line of its own.
    """
    if len(latex) > LONG:
        return ""
    try:
        known = RENAMED.sub(lambda found: KNOWN_AS[found[0]], latex.strip())
        made = _written(convert_to_element(known, display="block" if block else "inline"))
        return SIGN.sub(r'\1<mo form="prefix">', NAME.sub(r"<mi>\1</mi>", made))
    except Exception:  # whatever somebody typed between two dollars
        return ""


def _written(element: Element) -> str:
    """Return MathML as text: no tag but those of formulas, no attribute that leads anywhere.

    Raises:
        ValueError: for another tag.
    """
    if element.tag not in TAGS:
        raise ValueError(f"no tag of a formula: {element.tag}")
    if element.tag == "mrow" and len(element) == 1 and not element.attrib:
        return _written(element[0])
    told = {name: value for name, value in element.attrib.items() if name not in DROPPED}
    if element.tag == "math" and told.get("display") == "inline":
        del told["display"]
    attributes = "".join(
        f' {name}="{escape(value)}"'
        for name, value in told.items()
        if name.isalpha() and SAYS.fullmatch(value)
    )
    inner = _text(element) + "".join(_written(child) + escape(child.tail or "", False) for child in element)
    return f"<{element.tag}{attributes}>{inner}</{element.tag}>"


def _text(element: Element) -> str:
    return escape(re.sub(r"&#x([0-9A-Fa-f]{1,6});", lambda m: chr(int(m[1], 16)), element.text or ""), False)
