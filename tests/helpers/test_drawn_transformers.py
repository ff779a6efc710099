"""An encoder beside a decoder: what the drawing says, and that all of it can be read."""

import pytest

from helpers.figures import stacks

READS, WRITES = ["the", "white", "whale"], ["the", "white"]


def words(fig) -> list[str]:
    return [text.get_text() for text in fig.axes[0].texts]


def test_both_are_drawn_and_told() -> None:
    fig, alt = stacks(READS, WRITES, layers=(6, 2))
    assert {"encoder", "decoder", "× 6", "× 2", "the  white  whale", "the  white"} <= set(words(fig))
    assert words(fig).count("attention") == words(fig).count("network") == 2
    assert "reads “the white whale”" in alt
    assert "in which each token may look at itself and those before" in alt
    assert "encoder's rows" not in alt


def test_the_masks_are_a_square_and_a_triangle() -> None:
    fig, _ = stacks(READS, READS)
    cells = [patch for patch in fig.axes[0].patches if type(patch).__name__ == "Polygon"]
    white = [patch.get_facecolor()[:3] == (1, 1, 1) for patch in cells]
    assert white == [False] * 9 + [False, True, True, False, False, True, False, False, False]


def test_together_the_decoder_also_looks_across() -> None:
    alone, _ = stacks(READS, WRITES)
    fig, alt = stacks(READS, WRITES, together=True)
    assert set(words(fig)) - set(words(alone)) == {"attention to the other text"}
    assert "In between it looks at the encoder's rows." in alt
    assert len(fig.axes[0].patches) == len(alone.axes[0].patches) + 3  # a piece, and two arrows


def test_no_words_overlap_and_all_stay_on_the_sheet() -> None:
    for together in (False, True):
        fig, _ = stacks(["a"] * 5, ["one", "two", "three", "four", "five"], together)
        fig.canvas.draw()
        boxes = [text.get_window_extent() for text in fig.axes[0].texts]
        assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])
        width, height = fig.get_size_inches() * fig.dpi
        assert all(b.x0 >= 0 and b.y0 >= 0 and b.x1 <= width and b.y1 <= height for b in boxes)


@pytest.mark.parametrize("tokens", [[], ["a"] * 6])
def test_too_many_tokens_are_refused(tokens: list[str]) -> None:
    with pytest.raises(ValueError, match="one to five tokens"):
        stacks(tokens, WRITES)
