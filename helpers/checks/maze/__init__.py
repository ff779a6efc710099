"""The tasks of lesson 12-maze: ways, views, tables, networks, and what is beyond them."""

from helpers.checks.maze.deeper import DEEPER
from helpers.checks.maze.networks import POLICY_LOSS, Q_TARGETS
from helpers.checks.maze.rewards import CHOOSE, Q_STEP, RETURNS, SHAPED
from helpers.checks.maze.views import CLONE_LOSS, ENCODE
from helpers.checks.maze.ways import DISTANCES, GREEDY

TASKS = [
    DISTANCES,
    GREEDY,
    ENCODE,
    CLONE_LOSS,
    RETURNS,
    CHOOSE,
    Q_STEP,
    SHAPED,
    Q_TARGETS,
    POLICY_LOSS,
    *DEEPER,
]
