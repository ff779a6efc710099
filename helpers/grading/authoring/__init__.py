"""Write the lessons: build notebooks from sources, find slips, begin new lessons and tasks."""
