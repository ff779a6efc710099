"""The tasks of lesson 01-perceptron: what a neuron computes, how it learns, classes, and what goes deeper."""

from helpers.checks.perceptron.classes import CLASSES
from helpers.checks.perceptron.deeper import DEEPER
from helpers.checks.perceptron.gates import GATES, HALF_ADDER, XOR
from helpers.checks.perceptron.learning import LEARNING
from helpers.checks.perceptron.neuron import ABSORB_BIAS, HEAVISIDE, NEURON

TASKS = [HEAVISIDE, NEURON, ABSORB_BIAS, GATES, *LEARNING, XOR, *CLASSES, HALF_ADDER, *DEEPER]
