"""The tasks of lesson 02-gradient-descent, in the order in which they are met."""

from helpers.checks.gradient_descent import (
    adam,
    batches,
    bowls,
    decay,
    descent,
    family,
    momentum,
    noise,
    pole,
    schedule,
)

CORE = [
    descent.DESCEND,
    bowls.RATE,
    pole.SLOPE,
    pole.LANDMARKS,
    batches.BATCHES,
    noise.SGD,
    noise.NOISE_BALL,
    schedule.SCHEDULE,
    momentum.MOMENTUM,
    adam.ADAM,
]
DEEPER = [
    bowls.BEST_STEP,
    momentum.NESTEROV,
    family.ADAGRAD,
    family.RMSPROP,
    decay.ADAMW,
]
TASKS = [*CORE, *DEEPER]
