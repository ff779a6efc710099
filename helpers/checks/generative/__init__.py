"""The tasks of lesson 10-generative: copies, clouds, two players, and noise taken away."""

from helpers.checks.generative.clouds import KL, REPARAMETERISE
from helpers.checks.generative.copying import AUTOENCODE, CORRUPT
from helpers.checks.generative.deeper import DEEPER
from helpers.checks.generative.diffusion import NOISE_LOSS, NOISED
from helpers.checks.generative.elbo import VAE_LOSS
from helpers.checks.generative.players import BEST_JUDGE, GAN_LOSSES
from helpers.checks.generative.stepping import DENOISE_STEP

TASKS = [
    AUTOENCODE,
    CORRUPT,
    REPARAMETERISE,
    KL,
    VAE_LOSS,
    GAN_LOSSES,
    BEST_JUDGE,
    NOISED,
    NOISE_LOSS,
    DENOISE_STEP,
    *DEEPER,
]
