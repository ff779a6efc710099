"""The tasks of lesson 03-backprop: by hand, the engine, and what goes deeper."""

from helpers.checks.backprop.deeper import DEEPER
from helpers.checks.backprop.engine import ENGINE
from helpers.checks.backprop.hand import BY_HAND

TASKS = [*BY_HAND, *ENGINE, *DEEPER]
