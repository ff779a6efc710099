"""The tasks of lesson 05-convolution, in its order: the layer, its way back, a network, and what goes deeper."""

from helpers.checks.convolution.backward import CONV_RULE
from helpers.checks.convolution.blocks import APART, BLOCKS
from helpers.checks.convolution.deeper import AVERAGE_POOL, DILATE, RECEPTIVE_FIELD, TOEPLITZ
from helpers.checks.convolution.forward import CORRELATE, OUT_SIZE
from helpers.checks.convolution.layers import LAYERS
from helpers.checks.convolution.loops import CONV_LOOPS
from helpers.checks.convolution.network import LENET
from helpers.checks.convolution.pooling import MAX_POOL
from helpers.checks.convolution.product import CONV
from helpers.checks.convolution.shifts import GAPS

GRADED = [CORRELATE, OUT_SIZE, CONV_LOOPS, LAYERS, CONV, CONV_RULE, MAX_POOL, GAPS, LENET]
DEEPER = [TOEPLITZ, DILATE, AVERAGE_POOL, RECEPTIVE_FIELD, BLOCKS, APART]
TASKS = [*GRADED, *DEEPER]
