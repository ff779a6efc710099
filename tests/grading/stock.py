"""nbgrader's own programs, started without what takes longest to load and none of them needs here."""

import sys

START = """
import sys
from helpers.grading.settings import spare_imports
spare_imports()
from nbgrader.apps.nbgraderapp import main
sys.argv[0] = "nbgrader"
main()
"""
NBGRADER = [sys.executable, "-W", "ignore", "-c", START]
