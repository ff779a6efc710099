"""What only instructors need: build lessons, run a class through nbgrader, and prove that it grades right."""


class CourseError(Exception):
    """Raised where a command can't go on; its text is the one line that the user reads."""
