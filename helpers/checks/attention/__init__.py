"""The tasks of lesson 07-attention: one sequence by hand, heads and a language model, and what goes deeper."""

from helpers.checks.attention.additive import ADDITIVE
from helpers.checks.attention.attention import ATTENTION
from helpers.checks.attention.back import SOFTMAX_BACK
from helpers.checks.attention.blocks import BLOCKWISE
from helpers.checks.attention.heads import MULTI_HEAD
from helpers.checks.attention.influence import INFLUENCE
from helpers.checks.attention.lookup import LOOKUP
from helpers.checks.attention.masks import MASKS
from helpers.checks.attention.names import LANGUAGE_MODEL
from helpers.checks.attention.riddle import RECOVER
from helpers.checks.attention.scores import SCORES
from helpers.checks.attention.self_attention import SELF_ATTENTION
from helpers.checks.attention.softmax import MASKED_SOFTMAX
from helpers.checks.attention.wishes import EMBED

BY_HAND = [LOOKUP, SELF_ATTENTION, SCORES, MASKS, MASKED_SOFTMAX, ATTENTION, INFLUENCE]
DEEPER = [EMBED, RECOVER, SOFTMAX_BACK, ADDITIVE, BLOCKWISE]
TASKS = [*BY_HAND, MULTI_HEAD, LANGUAGE_MODEL, *DEEPER]
