"""The tasks of lesson 02-gradient-descent, in the order in which they are met."""

from helpers.checks.gradient_descent import optimisers, steps

CORE = [
    steps.DESCEND,
    steps.RATE,
    steps.SLOPE,
    steps.LANDMARKS,
    steps.BATCHES,
    steps.SGD,
    steps.NOISE_BALL,
    optimisers.SCHEDULE,
    optimisers.MOMENTUM,
    optimisers.ADAM,
]
DEEPER = [
    steps.BEST_STEP,
    optimisers.NESTEROV,
    optimisers.ADAGRAD,
    optimisers.RMSPROP,
    optimisers.ADAMW,
]
TASKS = [*CORE, *DEEPER]
