"""The tasks of lesson 02-gradient-descent, in the order in which they are met."""

from helpers.checks.gradient_descent import adam, curves, family, momentum, noise, pole

CORE = [
    curves.DESCEND,
    curves.RATE,
    pole.SLOPE,
    pole.LANDMARKS,
    noise.BATCHES,
    noise.SGD,
    noise.NOISE_BALL,
    momentum.SCHEDULE,
    momentum.MOMENTUM,
    adam.ADAM,
]
DEEPER = [
    curves.BEST_STEP,
    momentum.NESTEROV,
    family.ADAGRAD,
    family.RMSPROP,
    adam.ADAMW,
]
TASKS = [*CORE, *DEEPER]
