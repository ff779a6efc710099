"""The figure of lesson 11 shows what the lesson says of it, in both forms."""

import numpy as np
import pytest

from helpers.reference.classical import kmeans_step
from helpers.widgets import VIEW
from helpers.widgets.classical import START, dots, ellipse, groups, mixture


def inertias() -> list[float]:
    C, found = np.array(START), list[float]()
    for _ in range(12):
        C, _, inertia = kmeans_step(dots(), C)
        found.append(inertia)
    return found


def test_the_inertia_falls_and_stands() -> None:
    found = inertias()
    assert (np.diff(found) <= 1e-12).all()
    assert found[0] == pytest.approx(15.43, abs=0.01)
    assert found[-1] == pytest.approx(0.92, abs=0.01)


def test_a_mixture_finds_the_three_groups_that_were_drawn() -> None:
    alpha, _, cov = mixture(30)
    assert sorted(alpha) == pytest.approx([0.2, 1 / 3, 70 / 150], abs=0.03)
    widths = sorted(float(np.linalg.eigvalsh(C)[-1] ** 0.5) for C in cov)
    assert widths[-1] > 2 * widths[-2]


def test_an_ellipse_is_two_deviations_from_its_mean() -> None:
    cov = np.array([[2.0, 0.6], [0.6, 1.0]])
    D = ellipse(np.array([1.0, -1.0]), cov) - [1.0, -1.0]
    np.testing.assert_allclose((D * np.linalg.solve(cov, D.T).T).sum(axis=1), 4)


def test_both_forms_and_the_image_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    figure = groups()
    assert "falls in 5 steps from 15.43 to 0.92" in figure.alt
    data, _ = figure._repr_mimebundle_()
    assert data[VIEW]["model_id"]
    np.testing.assert_allclose(figure.widget.dots, dots())
    monkeypatch.setenv("COURSE_STATIC", "1")
    assert sorted(groups()._repr_mimebundle_()[0]) == ["text/html", "text/plain"]
