"""What runs beside student code: probes, and what observes them.

Nothing here imports a reference or a check, because in the grader's sandbox neither exists.
"""
