import re
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from helpers.checks import lessons
from helpers.grading import CourseError
from helpers.grading.percent import read
from helpers.grading.site.formulas import font, mathml

ROOT = Path(__file__).resolve().parents[3]
FORMULA = re.compile(r"\$\$(.+?)\$\$|(?<![$\\])\$([^$]+)\$(?!\$)", re.S)


@pytest.mark.parametrize("lesson", lessons.MODULES)
def test_every_formula_of_a_lesson_is_set(lesson: str) -> None:
    cells = read(ROOT / "solutions" / lesson / f"{lesson}.py")
    found = [m[1] or m[2] for c in cells if c.kind == "markdown" for m in FORMULA.finditer(c.source)]
    assert found
    for formula in found:
        assert mathml(formula, True).startswith("<math")


def test_what_cannot_be_set_is_said() -> None:
    with pytest.raises(CourseError, match=r"can't set \\unheard in \$a \\unheard b\$"):
        mathml(r"a \unheard b", False)


def test_signs_and_names_are_no_operators() -> None:
    minus = "−</mo>"
    for formula in ("y = -b", "(-b)", "a, -b"):
        assert mathml(formula, False).count(minus) == 1
        assert f"<mo>{minus}" not in mathml(formula, False).replace(f"<mrow><mo>{minus}", "")
    for formula in ("a - b", "(a) - b", "|a| - b"):
        assert f"<mo>{minus}" in mathml(formula, False)
    assert "<mi>softmax</mi>" in mathml(r"\operatorname{softmax}(z)", False)


def test_the_font_has_what_formulas_need_and_no_more(tmp_path: Path) -> None:
    formula = mathml(r"\sqrt{\eta} < \nabla J", True)
    (tmp_path / "page.html").write_text(f"Ω {formula}")
    font(tmp_path, tmp_path / "font.woff")
    made = TTFont(tmp_path / "font.woff")
    known = made.getBestCmap()
    assert {ord(c) for c in "∇𝜂𝐽√<("} <= {*known}
    assert ord("Ω") not in known
    assert "MATH" in made
    assert (tmp_path / "font.woff").stat().st_size < 150_000
