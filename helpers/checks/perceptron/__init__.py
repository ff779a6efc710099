"""The tasks of lesson 01-perceptron: what a neuron computes, how it learns, classes, and what goes deeper."""

from helpers.checks.perceptron.bias import ABSORB_BIAS
from helpers.checks.perceptron.bound import NOVIKOFF
from helpers.checks.perceptron.classes import CLASSES
from helpers.checks.perceptron.deeper import DEEPER
from helpers.checks.perceptron.gates import GATES
from helpers.checks.perceptron.learning import PERCEPTRON
from helpers.checks.perceptron.network import XOR
from helpers.checks.perceptron.neuron import HEAVISIDE, NEURON

TASKS = [HEAVISIDE, NEURON, ABSORB_BIAS, GATES, PERCEPTRON, NOVIKOFF, XOR, *CLASSES, *DEEPER]
