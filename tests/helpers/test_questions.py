"""The predict-then-run questions are plain text with code in backticks: nothing else is rendered."""

import re

import pytest

from helpers.questions import MODULES, questions

MARKDOWN = re.compile(r"\*\S[^*`]*\*|(?<!\w)_\S[^_`]*_(?!\w)|\[[^\]]+\]\([^)]*\)|\$[^$]+\$|^#", re.MULTILINE)


@pytest.mark.parametrize("lesson", MODULES)
def test_no_question_shows_raw_markdown(lesson: str) -> None:
    for name, asked in questions(lesson).items():
        for text in (asked.question, *asked.options, asked.why):
            plain = re.sub(r"`[^`]+`", "", text)
            assert not MARKDOWN.search(plain), f"{lesson}, {name}: {text}"
