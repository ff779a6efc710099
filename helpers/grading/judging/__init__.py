"""What an answer is worth: ask a worker, judge its evidence, keep the verdicts."""
