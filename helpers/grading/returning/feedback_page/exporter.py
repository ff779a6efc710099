"""Our page for whoever asks nbgrader for feedback: its command, and formgrader's button."""

from pathlib import Path
from typing import Any

from nbconvert.exporters import Exporter
from traitlets import Unicode

from helpers.grading.course import Course
from helpers.grading.returning.feedback_page import Writer


class Page(Exporter):
    """Write a graded notebook as the student's page."""

    root = Unicode(help="The course's folder.").tag(config=True)
    file_extension = ".html"

    def from_filename(self, filename: str, resources: Any = None, **kw: Any) -> Any:
        """Return the page of the student whose notebook it is."""
        about = resources["nbgrader"]
        told = self._init_resources(resources)
        return Writer(Course(Path(self.root)), about["assignment"]).page(about["student"]), told
