"""Tasks, evidence and verdicts: what a right answer is, and how an answer is judged."""
