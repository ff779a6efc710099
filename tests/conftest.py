"""Shapes are checked while tests run, and no property test is timed: CI shares its machine."""

import os

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
