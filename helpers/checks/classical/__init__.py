"""The tasks of lesson 11-classical: groups, mixtures, axes, words, trees and streets."""

from helpers.checks.classical.axes import PRINCIPAL
from helpers.checks.classical.bayes import NAIVE_BAYES
from helpers.checks.classical.deeper import DEEPER
from helpers.checks.classical.groups import KMEANS_STEP, ONLINE
from helpers.checks.classical.mixture import E_STEP, M_STEP
from helpers.checks.classical.starts import KMEANS_PP
from helpers.checks.classical.street import SVM_STEP
from helpers.checks.classical.trees import BEST_SPLIT, VOTE

TASKS = [
    NAIVE_BAYES,
    KMEANS_STEP,
    KMEANS_PP,
    ONLINE,
    E_STEP,
    M_STEP,
    PRINCIPAL,
    BEST_SPLIT,
    VOTE,
    SVM_STEP,
    *DEEPER,
]
