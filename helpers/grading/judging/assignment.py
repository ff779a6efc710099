"""What an assignment was given out with: its notebook, and the seed of its random cases."""

import json
import secrets

import nbformat
from nbformat import NotebookNode

from helpers.grading.atomic import replace
from helpers.grading.course import Course


def released(course: Course, lesson: str) -> NotebookNode:
    """Return the notebook that students were given."""
    return nbformat.read(course.released(lesson), as_version=4)


def seed_of(course: Course, lesson: str, new: bool = False) -> int:
    """Return the seed of an assignment: drawn once, kept beside the gradebook, so that marks are stable."""
    path = course.work("seeds.json")
    seeds = json.loads(path.read_text()) if path.is_file() else {}
    if new or lesson not in seeds:
        seeds[lesson] = secrets.randbits(48)
        replace(path, json.dumps(seeds))
    return seeds[lesson]
