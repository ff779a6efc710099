"""The tasks of lesson 06-rnn: counting, memory and gates, and what goes deeper."""

from helpers.checks.rnn.analogies import ANALOGY
from helpers.checks.rnn.backing import BACKOFF
from helpers.checks.rnn.chain import CHAIN
from helpers.checks.rnn.clipping import CLIP
from helpers.checks.rnn.deeper import DEEPER
from helpers.checks.rnn.gru import GRU_CELL
from helpers.checks.rnn.lstm import LSTM_CELL
from helpers.checks.rnn.names import ENCODE
from helpers.checks.rnn.neighbours import SKIPGRAMS
from helpers.checks.rnn.pairs import BIGRAM
from helpers.checks.rnn.sampling import SAMPLE
from helpers.checks.rnn.series import SERIES
from helpers.checks.rnn.surprise import PERPLEXITY
from helpers.checks.rnn.through_time import BPTT

COUNTING, TIME, GATED = [ENCODE, BIGRAM, SAMPLE, PERPLEXITY, BACKOFF], [BPTT, CLIP], [GRU_CELL, LSTM_CELL]
TASKS = [*COUNTING, *CHAIN, *TIME, *GATED, *DEEPER, ANALOGY, SKIPGRAMS, *SERIES]
