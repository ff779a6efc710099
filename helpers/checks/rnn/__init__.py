"""The tasks of lesson 06-rnn: counting, memory and gates, and what goes deeper."""

from helpers.checks.rnn.counting import COUNTING
from helpers.checks.rnn.deeper import DEEPER
from helpers.checks.rnn.memory import MEMORY

TASKS = [*COUNTING, *MEMORY, *DEEPER]
