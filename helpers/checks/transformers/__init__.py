"""The tasks of lesson 08-transformers: the block and its inputs, models made of it, and what goes deeper."""

from helpers.checks.transformers.blocks import BLOCKS
from helpers.checks.transformers.deeper import DEEPER
from helpers.checks.transformers.models import MODELS

TASKS = [*BLOCKS, *MODELS, *DEEPER]
