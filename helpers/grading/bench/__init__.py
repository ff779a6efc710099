"""What `course bench` measures: lessons, references and training beside PyTorch, grading beside nbgrader."""
