"""Marks in nbgrader's gradebook: written, read, and by nbgrader's own steps."""
