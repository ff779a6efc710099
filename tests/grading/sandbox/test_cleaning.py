"""Between two submissions nothing is left: however deep or closed what the first one made is."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers.grading.worker import cleaning


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that is gone afterwards, whatever the test left in it: pytest's own would not be."""
    folder = Path(tempfile.mkdtemp(prefix="place-"))
    yield folder
    subprocess.run(["rm", "-rf", str(folder)], check=True)


def test_what_was_made_is_gone_however_deep(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (kept := tmp_path / "kept").write_text("x")
    monkeypatch.setattr(cleaning, "PLACES", (str(place),))
    (place / "file").write_text("x")
    (place / "nowhere").symlink_to("nowhere")
    (place / "closed" / "inner").mkdir(parents=True, mode=0)
    here = os.open(place, os.O_RDONLY)
    for _ in range(1500):  # deeper than Python may recurse, longer than a path may be
        os.mkdir("d" * 9, dir_fd=here)
        os.symlink(tmp_path, "link", dir_fd=here)
        inner = os.open("d" * 9, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)
    cleaning.wipe()
    assert os.listdir(place) == []
    assert kept.read_text() == "x"
