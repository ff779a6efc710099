"""nbgrader reads this in the course's folder; what it says is in helpers/grading/settings.py."""

from pathlib import Path

from helpers.grading.settings import configure

configure(get_config(), Path(__file__).resolve().parent)  # noqa: F821
