"""A model that is taught in stages: what the drawing says, and that all of it can be read."""

import pytest

from helpers.figures import stages

ROWS = [
    ("base", "a library of\n3,000 lines", "goes on"),
    ("assistant", "32 answers", "answers"),
    ("liked", "choices", "pleases"),
]


def test_each_stage_is_drawn_and_told() -> None:
    fig, alt = stages(ROWS)
    words = [text.get_text() for text in fig.axes[0].texts]
    assert sorted(words) == sorted(text for row in ROWS for text in row)
    assert "A model in 3 stages" in alt
    assert "base, after a library of 3,000 lines: goes on; assistant, after 32 answers: answers" in alt


def test_no_words_overlap() -> None:
    fig, _ = stages([*ROWS, ROWS[0]])
    fig.canvas.draw()
    boxes = [text.get_window_extent() for text in fig.axes[0].texts]
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])


@pytest.mark.parametrize("n", [1, 5])
def test_too_few_and_too_many_are_refused(n: int) -> None:
    with pytest.raises(ValueError, match=f"not {n}"):
        stages(ROWS[:1] * n)
