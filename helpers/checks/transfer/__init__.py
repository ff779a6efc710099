"""The tasks of lesson 09-transfer-learning: a frozen body and honest splits, what learns, and what goes deeper."""

from helpers.checks.transfer.contrast import CONTRASTIVE
from helpers.checks.transfer.counting import COST, PUZZLE
from helpers.checks.transfer.detour import LORA
from helpers.checks.transfer.features import FEATURES
from helpers.checks.transfer.fit import FIT_PROBE
from helpers.checks.transfer.groups import SPLIT
from helpers.checks.transfer.head import NEW_HEAD
from helpers.checks.transfer.loss import PROBE_LOSS
from helpers.checks.transfer.prompts import ZERO_SHOT
from helpers.checks.transfer.scaling import STANDARDISE
from helpers.checks.transfer.tuning import FINE_TUNED

FROZEN = [NEW_HEAD, FEATURES, PROBE_LOSS, FIT_PROBE, STANDARDISE, SPLIT]
LEARNING = [FINE_TUNED, CONTRASTIVE, ZERO_SHOT]
DEEPER = [LORA, PUZZLE, COST]
TASKS = [*FROZEN, *LEARNING, *DEEPER]
