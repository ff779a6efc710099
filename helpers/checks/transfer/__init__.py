"""The tasks of lesson 09-transfer-learning: a frozen body and honest splits, what learns, and what goes deeper."""

from helpers.checks.transfer.deeper import DEEPER
from helpers.checks.transfer.frozen import FROZEN
from helpers.checks.transfer.probing import PROBING
from helpers.checks.transfer.splits import SPLITS
from helpers.checks.transfer.towers import TOWERS
from helpers.checks.transfer.tuning import TUNING

TASKS = [*FROZEN, *PROBING, *SPLITS, *TUNING, *TOWERS, *DEEPER]
