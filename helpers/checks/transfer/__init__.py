"""The tasks of lesson 09-transfer-learning: a frozen body and honest splits, what learns, and what goes deeper."""

from helpers.checks.transfer.frozen import FROZEN
from helpers.checks.transfer.learning import DEEPER, LEARNING

TASKS = [*FROZEN, *LEARNING, *DEEPER]
