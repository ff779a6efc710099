"""The tasks of lesson 07-attention: one sequence by hand, heads and a language model, and what goes deeper."""

from helpers.checks.attention.by_hand import BY_HAND
from helpers.checks.attention.deeper import DEEPER
from helpers.checks.attention.heads import HEADS

TASKS = [*BY_HAND, *HEADS, *DEEPER]
