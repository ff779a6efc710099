"""The project's own files agree with each other."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
CONDA_NAMES = {"jupyter_server_mathjax": "jupyter-server-mathjax", "pytorch": "torch"}


def ranges(lines: list[str]) -> dict[str, str]:
    parts = [re.fullmatch(r"([\w-]+)(?:\[[\w,]+\])?([<>=!~,.\d]*)", line.strip()) for line in lines]
    return {CONDA_NAMES.get(p[1], p[1]): p[2] for p in parts if p}


def test_conda_and_pip_ask_for_the_same_versions() -> None:
    text = (ROOT / "environment.yml").read_text().partition("\ndependencies:")[2]
    conda = ranges(re.findall(r"^  - ([^:\n]+)$", text, re.MULTILINE))
    wanted = ranges(PROJECT["dependencies"]) | ranges(PROJECT["optional-dependencies"]["grading"])
    assert conda.pop("python") == PROJECT["requires-python"]
    assert conda.pop("pip") == ""
    assert conda == wanted


def test_every_dependency_is_pinned_once_within_its_range() -> None:
    from packaging.requirements import Requirement

    pinned = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text().split() if "==" in line)
    extras = PROJECT["optional-dependencies"]
    for line in [*PROJECT["dependencies"], *(line for extra in extras.values() for line in extra)]:
        wanted = Requirement(line)
        if wanted.name != PROJECT["name"]:
            assert pinned[wanted.name] in wanted.specifier, line


def test_the_wheel_carries_data_and_widgets() -> None:
    sources = (ROOT / "helpers/data/SOURCES.md").read_text()
    carried = ["iris.csv", "mnist.npz", "cat.npz", "names.txt", "seattle.txt", "mails.npz"]
    carried += [
        "moby_dick.txt.bz2",
        "small_encoder.npz",
        "reviews.tsv",
        "minilm_embeddings.npz",
        "transfer.npz",
        "attention_maps.npz",
    ]
    carried += [
        "film_reviews.tsv.bz2",
        "product_reviews.tsv.bz2",
        "writer.npz",
        "drawing.npz",
        "assistant.npz",
    ]
    for name in carried:
        assert (ROOT / "helpers/data" / name).is_file()
        assert sources.count(f"| `{name}`") + sources.count(f", `{name}` |") == 1
