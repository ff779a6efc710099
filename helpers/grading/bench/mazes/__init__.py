"""Lesson 12 measured: how fast its game is, and how good its learners are."""
