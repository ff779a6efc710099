"""The tasks of lesson 04-generalisation: what is measured, what goes wrong, and what holds a model back."""

from helpers.checks.generalisation.crossing import CROSS_VALIDATE
from helpers.checks.generalisation.curves import DIAGNOSE, EARLY_STOP
from helpers.checks.generalisation.deeper import DEEPER
from helpers.checks.generalisation.dropout import DROPOUT
from helpers.checks.generalisation.estimates import INTERVAL
from helpers.checks.generalisation.folds import KFOLD
from helpers.checks.generalisation.penalties import RIDGE, SOFT_THRESHOLD
from helpers.checks.generalisation.search import RANDOM_SEARCH
from helpers.checks.generalisation.spread import BIAS_VARIANCE

TASKS = [
    DIAGNOSE,
    INTERVAL,
    KFOLD,
    CROSS_VALIDATE,
    BIAS_VARIANCE,
    RIDGE,
    SOFT_THRESHOLD,
    EARLY_STOP,
    DROPOUT,
    RANDOM_SEARCH,
    *DEEPER,
]
