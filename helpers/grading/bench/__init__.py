"""What `course bench` measures: lessons, references beside PyTorch, grading beside nbgrader's own."""
