"""The tasks of lesson 03-backprop: by hand, the engine, and what goes deeper."""

from helpers.checks.backprop.backward import BACKWARD
from helpers.checks.backprop.broadcasting import UNBROADCAST
from helpers.checks.backprop.by_hand import BACKPROP
from helpers.checks.backprop.cost import NUMERIC_GRADIENT, WEIGHT_STD
from helpers.checks.backprop.functions import INTERPOLATE, PERMUTE_HIDDEN
from helpers.checks.backprop.loss import LOG_SOFTMAX
from helpers.checks.backprop.network import FORWARD, PULL_BACK
from helpers.checks.backprop.normalising import BATCH_NORM
from helpers.checks.backprop.order import TOPOLOGICAL_ORDER
from helpers.checks.backprop.rules import RULES
from helpers.checks.backprop.slopes import SLOPES
from helpers.checks.backprop.training import TRAIN_STEP

BY_HAND = [FORWARD, SLOPES, PULL_BACK, BACKPROP, TRAIN_STEP]
ENGINE = [UNBROADCAST, RULES, TOPOLOGICAL_ORDER, BACKWARD, LOG_SOFTMAX]
DEEPER = [NUMERIC_GRADIENT, WEIGHT_STD, BATCH_NORM, INTERPOLATE, PERMUTE_HIDDEN]
TASKS = [*BY_HAND, *ENGINE, *DEEPER]
