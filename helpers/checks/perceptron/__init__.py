"""The tasks of lesson 01-perceptron: what a neuron computes, how it learns, classes, and what goes deeper."""

from helpers.checks.perceptron.adder import HALF_ADDER
from helpers.checks.perceptron.bias import ABSORB_BIAS
from helpers.checks.perceptron.bound import NOVIKOFF
from helpers.checks.perceptron.collapse import COLLAPSE
from helpers.checks.perceptron.deeper import DEEPER
from helpers.checks.perceptron.gates import GATES
from helpers.checks.perceptron.learning import PERCEPTRON
from helpers.checks.perceptron.logistic import LOGISTIC
from helpers.checks.perceptron.network import XOR
from helpers.checks.perceptron.neuron import HEAVISIDE, NEURON
from helpers.checks.perceptron.softmax import SOFTMAX
from helpers.checks.perceptron.softmax_gradient import SOFTMAX_GRADIENT

TASKS = [
    HEAVISIDE,
    NEURON,
    ABSORB_BIAS,
    GATES,
    PERCEPTRON,
    NOVIKOFF,
    XOR,
    LOGISTIC,
    SOFTMAX,
    SOFTMAX_GRADIENT,
    HALF_ADDER,
    *DEEPER,
    COLLAPSE,
]
