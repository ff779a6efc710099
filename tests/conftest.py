"""Shapes are checked while tests run, and no property test is timed: CI shares its machine."""

import os

# Tests run side by side: threads that wait for each other would take the processor from the other tests.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest
from hypothesis import HealthCheck, settings
from jaxtyping import install_import_hook

# The references' annotations are enforced by beartype.
install_import_hook("helpers.reference", "beartype.beartype").__enter__()

settings.register_profile(
    "course",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=bool(os.environ.get("CI")),  # the same examples for the same commit
)
settings.load_profile("course")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs a GPU where torch has none."""
    needy = [item for item in items if item.get_closest_marker("gpu")]
    if needy:
        from helpers.device import device

        if device().type == "cpu":
            for item in needy:
                item.add_marker(pytest.mark.skip(reason="needs a GPU"))
