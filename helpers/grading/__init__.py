"""What only instructors need: build lessons, run a class through nbgrader, and prove that it grades right."""

import sys

# It takes a second to import, of jsonschema's choice, for a kind of address that no notebook has
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


class CourseError(Exception):
    """Raised where a command can't go on; its text is the one line that the user reads."""
