"""What all tests share: shapes are checked, no property test is timed, and nothing is made ready twice."""

import gc
import os
import signal
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

# Tests run side by side: threads that wait for each other would take the processor from the other tests.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest
from hypothesis import HealthCheck, settings
from jaxtyping import config, install_import_hook

from helpers.checks.lessons import MODULES
from helpers.grading.settings import spare_imports

if TYPE_CHECKING:
    from nbformat import NotebookNode

LONG = bool(os.environ.get("COURSE_LONG"))  # `make test-all`

spare_imports()
signal.signal(signal.SIGINT, signal.default_int_handler)  # which a shell ignores for what it runs beside

# The references' annotations are enforced by beartype.
install_import_hook("helpers.reference", "beartype.beartype").__enter__()

settings.register_profile(
    "course",
    deadline=None,
    max_examples=200 if LONG else 25,
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


def pytest_collection_finish() -> None:
    """Spare the collector of garbage the thousands of tests, which stay to the end."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def as_in_a_kernel() -> Iterator[None]:
    """The references as wrong answers call them there: what shapes they are given is checked by nobody."""
    config.update("jaxtyping_disable", True)
    yield
    config.update("jaxtyping_disable", False)


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> "Callable[[str], NotebookNode]":
    """What a lesson's solved notebook shows with all its experiments; run once for all tests, in all processes."""
    from light import once_for_all

    mine = tmp_path_factory.getbasetemp()
    return once_for_all((mine.parent if os.environ.get("PYTEST_XDIST_WORKER") else mine) / "whole")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Run a file's tests in one process, and all tests that name a lesson: what they share is made once."""
    from xdist.scheduler import LoadScopeScheduling

    class ByLesson(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return next((lesson for lesson in MODULES if lesson in nodeid), nodeid.partition("::")[0])

    return ByLesson(config, log)
