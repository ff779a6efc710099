"""The tasks of lesson 05-convolution: the layer, its way back and a network, and what goes deeper."""

from helpers.checks.convolution.deeper import DEEPER
from helpers.checks.convolution.forward import FORWARD
from helpers.checks.convolution.network import NETWORK

TASKS = [*FORWARD, *NETWORK, *DEEPER]
