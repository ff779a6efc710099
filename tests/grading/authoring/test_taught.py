"""How an item is taught is read from the lesson: by a task, an experiment or text, in its core or deeper."""

import pytest

from helpers.grading.authoring.taught import how
from helpers.grading.percent import Cell

CELLS = [
    Cell(1, "markdown", "# Lesson\n\n## Words\n\nOnly words.\n\n## A picture"),
    Cell(10, "code", "show(*network((2, 1)))"),
    Cell(20, "markdown", "## A run\n\n### Its details"),
    Cell(30, "code", "plot(x)", {"tags": ["experiment"]}),
    Cell(40, "markdown", "## A number"),
    Cell(50, "code", "print(loss)"),
    Cell(60, "markdown", "## An exercise"),
    Cell(70, "code", "print(3)", {"answer": "softmax"}),
    Cell(80, "code", 'check("softmax")', {"check": "softmax"}),
    Cell(90, "markdown", "# Deeper\n\n## More words"),
    Cell(100, "markdown", "## More runs"),
    Cell(110, "code", 'x = ask("why")'),
    Cell(120, "code", 'check("hinge")', {"check": "hinge"}),
]


@pytest.mark.parametrize(
    ("where", "said"),
    [
        (["Words"], "text"),
        (["A picture"], "text"),
        (["A run"], "experiment"),
        (["A number"], "experiment"),
        (["An exercise"], "text"),  # whose task is not claimed
        (["softmax"], "task"),
        (["Words", "softmax", "More runs"], "task"),
        (["More words"], "deeper: text"),
        (["More runs"], "deeper: experiment"),
        (["Words", "hinge"], "text; deeper: task"),
        (["A run", "More runs"], "experiment"),
        (["A run", "hinge"], "experiment; deeper: task"),
    ],
)
def test_how_an_item_is_taught(where: list[str], said: str) -> None:
    assert how(where, CELLS, {"softmax", "hinge"}) == said
