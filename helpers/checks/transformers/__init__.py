"""The tasks of lesson 08-transformers: the block, models made of it, what goes deeper, a translation."""

from helpers.checks.transformers.blocks import BLOCK
from helpers.checks.transformers.counting import PARAMETERS
from helpers.checks.transformers.crossing import CROSS
from helpers.checks.transformers.drawing import NEXT
from helpers.checks.transformers.encoder import ENCODER
from helpers.checks.transformers.encoders import POOL
from helpers.checks.transformers.gpt import GPT
from helpers.checks.transformers.guessing import GUESSES
from helpers.checks.transformers.keeping import CACHED
from helpers.checks.transformers.norms import LAYER_NORM
from helpers.checks.transformers.patches import PATCHIFY
from helpers.checks.transformers.places import POSITIONS, SPREAD
from helpers.checks.transformers.prompts import VERBALISE
from helpers.checks.transformers.renaming import RENAME
from helpers.checks.transformers.translation import TRANSLATION

BLOCKS = [LAYER_NORM, BLOCK, POSITIONS, SPREAD, GUESSES]
MODELS = [GPT, NEXT, POOL, ENCODER, RENAME]
DEEPER = [PARAMETERS, CROSS, CACHED, PATCHIFY, VERBALISE]

TASKS = [*BLOCKS, *MODELS, *DEEPER, *TRANSLATION]
