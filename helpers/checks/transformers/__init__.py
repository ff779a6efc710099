"""The tasks of lesson 08-transformers: the block and its inputs, models made of it, what goes deeper, and a translation."""

from helpers.checks.transformers.blocks import BLOCKS
from helpers.checks.transformers.deeper import DEEPER
from helpers.checks.transformers.models import MODELS
from helpers.checks.transformers.translation import TRANSLATION

TASKS = [*BLOCKS, *MODELS, *DEEPER, *TRANSLATION]
