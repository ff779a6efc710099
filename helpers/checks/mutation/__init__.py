"""Change a reference by rule, and see whether a task's cases tell: a check proves itself by mutation."""
