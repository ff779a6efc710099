"""The tasks of lesson 13-assistants: pieces, today's block, drawing, answers, and what people prefer."""

from helpers.checks.assistants.answers import ANSWER_LOSS
from helpers.checks.assistants.deeper import DEEPER
from helpers.checks.assistants.drawing import TOP_P
from helpers.checks.assistants.groups import GQA
from helpers.checks.assistants.norms import RMS_NORM, SWIGLU
from helpers.checks.assistants.pieces import BPE_ENCODE, BPE_MERGES
from helpers.checks.assistants.preferences import BRADLEY_TERRY, DPO_LOSS
from helpers.checks.assistants.turning import ROPE

TASKS = [
    BPE_MERGES,
    BPE_ENCODE,
    RMS_NORM,
    ROPE,
    SWIGLU,
    GQA,
    TOP_P,
    ANSWER_LOSS,
    BRADLEY_TERRY,
    DPO_LOSS,
    *DEEPER,
]
