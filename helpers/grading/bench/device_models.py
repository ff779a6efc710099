"""The models of `course bench device`: a GPT of 10.7 million parameters, and every reference module."""

import importlib
import pkgutil
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

import helpers.reference


class GPT(nn.Module):
    """A decoder-only Transformer in the form of GPT-2 (Radford et al. 2019), of 10.7 million parameters."""

    def __init__(self, letters: int = 65, T: int = 256, d: int = 384, heads: int = 6, layers: int = 6):
        super().__init__()
        self.letter, self.place = nn.Embedding(letters, d), nn.Embedding(T, d)
        self.blocks = nn.Sequential(*(Block(d, heads) for _ in range(layers)))
        self.norm, self.scores = nn.LayerNorm(d), nn.Linear(d, letters, bias=False)

    def forward(self, tokens: Tensor) -> Tensor:
        """Return the scores (B, T, letters) of the token after each of (B, T)."""
        X = self.letter(tokens) + self.place.weight[: tokens.shape[1]]
        return self.scores(self.norm(self.blocks(X)))


class Block(nn.Module):
    """Causal attention, then two layers, each beside a shortcut and behind a norm."""

    def __init__(self, d: int, heads: int):
        super().__init__()
        self.heads, self.norm1, self.norm2 = heads, nn.LayerNorm(d), nn.LayerNorm(d)
        self.qkv, self.out = nn.Linear(d, 3 * d), nn.Linear(d, d)
        self.mlp = nn.Sequential(nn.Linear(d, 4 * d), nn.GELU(), nn.Linear(4 * d, d))

    def forward(self, X: Tensor) -> Tensor:
        """Map (B, T, d) to the same shape."""
        B, T, d = X.shape
        q, k, v = self.qkv(self.norm1(X)).view(B, T, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        A = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        X = X + self.out(A.transpose(1, 2).reshape(B, T, d))
        return X + self.mlp(self.norm2(X))


def next_token(scores: Tensor, targets: Tensor) -> Tensor:
    """Return the mean cross-entropy of scores (B, T, letters) against tokens (B, T)."""
    return functional.cross_entropy(scores.flatten(0, 1), targets.flatten())


def _multi_head() -> tuple[nn.Module, tuple]:
    from helpers.reference.attention import MultiHead

    return MultiHead(64, 4), (torch.randn(4, 32, 64), torch.ones(32, 32, dtype=torch.bool).tril())


def _language_model() -> tuple[nn.Module, tuple]:
    from helpers.reference.attention import LanguageModel

    return LanguageModel(27, 32), (torch.randint(27, (8, 32)),)


def _block() -> tuple[nn.Module, tuple]:
    from helpers.reference.transformers import Block

    return Block(64, 4, 256), (torch.randn(4, 32, 64), torch.ones(32, 32, dtype=torch.bool).tril())


def _fused() -> tuple[nn.Module, tuple]:
    from helpers.reference.transformers import Fused

    return Fused(64, 4), (torch.randn(4, 32, 64), torch.ones(32, 32, dtype=torch.bool).tril())


def _gpt() -> tuple[nn.Module, tuple]:
    from helpers.reference import transformers

    return transformers.GPT(27, 32), (torch.randint(27, (8, 32)),)


def _encoder() -> tuple[nn.Module, tuple]:
    from helpers.reference.transformers import Encoder

    return Encoder(50, 16, 32, 4, 64, 2), (
        torch.randint(50, (4, 16)),
        torch.arange(16) < torch.tensor([[9], [16], [1], [5]]),
    )


def _recurrent() -> tuple[nn.Module, tuple]:
    from helpers.reference.language import Recurrent

    return Recurrent("LSTM"), (torch.randint(27, (8, 12)),)


def _decoder_block() -> tuple[nn.Module, tuple]:
    from helpers.reference.translation import DecoderBlock

    return DecoderBlock(64, 4, 256), (torch.randn(4, 12, 64), torch.randn(4, 16, 64))


def _fine_tuned() -> tuple[nn.Module, tuple]:
    from helpers.reference.transfer import FineTuned

    stages = [nn.Sequential(nn.Linear(32, 32), nn.BatchNorm1d(32), nn.ReLU()) for _ in range(3)]
    return FineTuned(stages, nn.Linear(32, 10), 1), (torch.randn(64, 32),)


def _lora() -> tuple[nn.Module, tuple]:
    from helpers.reference.transfer import LoRA

    return LoRA(nn.Linear(64, 32), 4), (torch.randn(16, 64),)


def _todays_block() -> tuple[nn.Module, tuple]:
    from helpers.reference.assistants import Block

    return Block(64, 4, 2, 168), (torch.randn(4, 32, 64),)


def _assistant() -> tuple[nn.Module, tuple]:
    from helpers.reference.assistants import Assistant

    return Assistant(300), (torch.randint(300, (8, 32)),)


RECIPES: dict[str, Callable[[], tuple[nn.Module, tuple]]] = {  # each returns a module and what it takes
    "assistants.Assistant": _assistant,
    "assistants.Block": _todays_block,
    "attention.MultiHead": _multi_head,
    "attention.LanguageModel": _language_model,
    "language.Recurrent": _recurrent,
    "transfer.FineTuned": _fine_tuned,
    "transfer.LoRA": _lora,
    "transformers.Block": _block,
    "transformers.Encoder": _encoder,
    "transformers.Fused": _fused,
    "transformers.GPT": _gpt,
    "translation.DecoderBlock": _decoder_block,
}


def without_recipe() -> set[str]:
    """Return the reference modules of torch that no recipe builds."""
    found = set()
    for module in pkgutil.iter_modules(helpers.reference.__path__, "helpers.reference."):
        for name, value in vars(importlib.import_module(module.name)).items():
            own = isinstance(value, type) and value.__module__ == module.name
            if own and issubclass(value, nn.Module) and not name.startswith("_"):
                found.add(f"{module.name.rpartition('.')[2]}.{name}")
    return found - RECIPES.keys()
