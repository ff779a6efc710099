"""The tasks of lesson 05-convolution: the layer, its way back and a network, and what goes deeper."""

from helpers.checks.convolution.backward import CONV_RULE
from helpers.checks.convolution.deeper import DEEPER
from helpers.checks.convolution.forward import FORWARD
from helpers.checks.convolution.layers import LAYERS
from helpers.checks.convolution.network import NETWORK
from helpers.checks.convolution.product import CONV

TASKS = [*FORWARD, LAYERS, CONV, CONV_RULE, *NETWORK, *DEEPER]
