"""Text can be read in both of JupyterLab's themes, and colours can be told apart by colour-blind readers."""

import re
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest

from helpers import figures
from helpers.checks.score import COLOUR, to_html
from helpers.checks.verdict import PartVerdict, State, Verdict

TEXT = 4.5  # the least contrast of text, by WCAG's level AA
WHITE, DARK = (1.0, 1.0, 1.0), (0x11 / 255,) * 3  # behind the outputs of JupyterLab's two themes
INK = {  # their text, black at 87 % and white, on either and on every other row of a table
    WHITE: (0.13,) * 3,
    (0xCF / 255, 0xD8 / 255, 0xDC / 255): (0.13,) * 3,
    DARK: WHITE,
    (0x21 / 255,) * 3: WHITE,
}
STYLES = sorted(Path(figures.__file__).parents[1].glob("widgets/*.css"))
MAPS = ("Blues", "Greys", "gray", "cividis", "RdBu_r", "signed")  # tests/course/test_lint.py allows these

# What people see who lack red or green cones: Viénot, Brettel & Mollon (1999), on linear RGB.
SEEN = {
    "all cones": np.eye(3),
    "no red": np.array([[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]]),
    "no green": np.array([[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]]),
}


def rgb(colour: str) -> tuple[float, ...]:
    return tuple(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))


def linear(colour) -> np.ndarray:
    c = np.asarray(colour)[:3]
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def contrast(one, other) -> float:
    low, high = sorted(0.05 + linear(c) @ [0.2126, 0.7152, 0.0722] for c in (one, other))
    return high / low


def distance(one, other, seen: np.ndarray) -> float:
    """How different two colours look, in CIELAB; 2 is just visible."""
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    lab = []
    for colour in (one, other):
        xyz = to_xyz @ np.clip(seen @ linear(colour), 0, 1) / [0.9505, 1, 1.089]
        x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
        lab.append([116 * y - 16, 500 * (x - y), 200 * (y - z)])
    return float(np.linalg.norm(np.subtract(*lab)))


def test_contrast_and_distance_are_measured_right() -> None:
    assert contrast(WHITE, (0, 0, 0)) == pytest.approx(21)
    assert contrast(rgb("#777777"), WHITE) == pytest.approx(4.48, abs=0.01)
    assert distance(WHITE, (0, 0, 0), np.eye(3)) == pytest.approx(100, abs=0.5)
    olive, brick = rgb("#7F7F00"), rgb("#B05A00")
    assert distance(olive, brick, SEEN["no green"]) < 0.5 * distance(olive, brick, SEEN["all cones"])


@pytest.mark.parametrize("name", ["BLACK", "BLUE", "ORANGE", "GREEN", "PURPLE", "GREY"])
def test_labels_in_figures_can_be_read(name: str) -> None:
    assert contrast(rgb(getattr(figures, name)), WHITE) >= TEXT


@pytest.mark.parametrize("seen", SEEN)
def test_classes_can_be_told_apart(seen: str) -> None:
    for one, other in combinations(map(rgb, figures.CLASSES), 2):
        assert distance(one, other, SEEN[seen]) >= 30


@pytest.mark.parametrize("seen", SEEN)
@pytest.mark.parametrize("name", MAPS)
def test_maps_can_be_read(name: str, seen: str) -> None:
    """Each half of a two-sided map, and all of the others, gets lighter or darker; its ends differ."""
    import matplotlib

    figures.panels()  # which registers the course's own
    colours = matplotlib.colormaps[name](np.linspace(0, 1, 33))
    light = np.array([linear(c) @ SEEN[seen].T @ [0.2126, 0.7152, 0.0722] for c in colours])
    for half in (light[:17], light[16:]) if name in ("RdBu_r", "signed") else (light,):
        steps = {bool(b > a) for a, b in pairwise(half)}
        assert len(steps) == 1
    assert distance(colours[0], colours[-1], SEEN[seen]) >= 30


@pytest.mark.parametrize("state", COLOUR)
@pytest.mark.parametrize("paper", INK)
def test_verdicts_can_be_read(state: State, paper: tuple[float, ...]) -> None:
    assert f"color:{COLOUR[state]}'" in to_html(Verdict("softmax", 0, 1, (PartVerdict("values", state),)))
    colour, percent = re.fullmatch(
        r"color-mix\(in srgb, (#\w{6}) (\d+)%, currentColor\)", COLOUR[state]
    ).groups()
    share = int(percent) / 100
    mixed = share * np.array(rgb(colour)) + (1 - share) * np.array(INK[paper])
    assert contrast(mixed, paper) >= TEXT


@pytest.mark.parametrize("path", [p for p in STYLES if "--ink:" in p.read_text()], ids=lambda p: p.stem)
def test_colours_of_widgets_can_be_read(path: Path) -> None:
    named = [dict(re.findall(r"--(\w+): (#\w{6});", block)) for block in blocks(path.read_text())]
    light, dark = named
    assert light.keys() == dark.keys() >= {"blue", "orange"}
    for name in light:
        assert rgb(light[name]) == rgb(getattr(figures, name.upper())), (
            f"{name} is not that of helpers.figures"
        )
        assert contrast(rgb(light[name]), WHITE) >= TEXT
        assert contrast(rgb(dark[name]), DARK) >= TEXT


def blocks(text: str) -> list[str]:
    """The widget's own block, and the one for dark themes."""
    own = re.search(r"^\.[\w-]+ \{.*?\}", text, re.M | re.S)[0]
    return [own, re.search(r'^\[data-jp-theme-light="false"\] \.[\w-]+ \{.*?\}', text, re.M | re.S)[0]]
