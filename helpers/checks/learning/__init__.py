"""The tasks of lesson 00-learning: predictions counted, arrays, errors, information, rows, a step in PyTorch."""

from helpers.checks.learning.arrays import ONE_HOT, TO_BATCH
from helpers.checks.learning.counting import CONFUSION, PRECISION_RECALL
from helpers.checks.learning.deeper import LOG_LIKELIHOOD, QUADRATIC
from helpers.checks.learning.information import INFORMATION
from helpers.checks.learning.losses import BEST_CONSTANT, ERRORS
from helpers.checks.learning.parting import SPLIT
from helpers.checks.learning.rows import CLEAN, VOCABULARY
from helpers.checks.learning.stepping import TRAIN_STEP

TASKS = [
    CONFUSION,
    PRECISION_RECALL,
    TO_BATCH,
    ONE_HOT,
    ERRORS,
    BEST_CONSTANT,
    INFORMATION,
    CLEAN,
    SPLIT,
    VOCABULARY,
    TRAIN_STEP,
    LOG_LIKELIHOOD,
    QUADRATIC,
]
