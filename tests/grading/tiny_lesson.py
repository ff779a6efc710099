"""The source of a lesson with two tasks, an experiment and an essay."""

TINY = "90-tiny"
LESSON = """\
# ---
# jupyter:
#   jupytext:
#     comment_magics: false
#     cell_metadata_filter: answer,check,essay,points,tags,-all
# ---

# %% [markdown]
# # Tiny

# %%
from helpers import check, start
start("90-tiny")

# %% answer="heaviside"
def heaviside(z):
    ### BEGIN SOLUTION
    return SECRET_ONE(z)
    ### END SOLUTION

# %% check="heaviside"
check("heaviside")

# %% answer="neuron"
def neuron(X, w, b, f):
    # given to all
    ### BEGIN SOLUTION
    return SECRET_TWO
    ### END SOLUTION

# %% check="neuron"
check("neuron")

# %% tags=["experiment"]
# ls
slow = 1

# %% [markdown]
# Why?

# %% [markdown] essay="why" points="2"
# SECRET_THREE: one point for each reason.
"""
