"""The cut network is drawn and told as it is."""

import pytest

from helpers.efficientnet import WIDTHS
from helpers.figures import cut_network


@pytest.mark.parametrize("cut", [1, 5, 8])
def test_the_cut_stands_behind_the_stage_that_the_head_reads(cut: int) -> None:
    drawn = cut_network(WIDTHS, cut, 3)
    assert f"{cut} frozen stages of 8" in drawn.alt
    assert f"its {WIDTHS[cut - 1]} numbers into 3 scores" in drawn.alt
    assert (f"the last {8 - cut} are left out" in drawn.alt) == (cut < 8)
    texts = [text.get_text() for text in drawn.fig.axes[0].texts]
    assert f"your head: {WIDTHS[cut - 1]} → 3" in texts
    assert [text for text in texts if text.isdigit()][:2] == ["1", "16"]


def test_what_can_t_be_cut_says_so() -> None:
    for widths, cut in [((16,), 1), ((16, 24), 3), ((16, 24), 0)]:
        with pytest.raises(ValueError, match="cut after one of them"):
            cut_network(widths, cut, 3)
