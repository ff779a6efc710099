"""What a training run leaves behind."""

from dataclasses import dataclass, field


@dataclass
class History:
    """What happened in training, step by step and epoch by epoch.

    Attributes:
        loss: of each step, the mean over its whole batch, before the weights changed.
        rates: the learning rate of each step, of the optimiser's first group.
        validation: of each epoch, {"loss": ..., and each metric}; means over all samples.
        seconds: of each epoch, without validation; the last may be unfinished.
        samples: that were trained on, each epoch's counted anew.
        tokens: entries of integer targets with two axes or more (B, T); 0 where there are none.
        epochs: how many were finished.
        best: the epoch, from 0, with the smallest validation loss; None without validation.
        ended: "finished", "stopped early" or "interrupted"; "" while it runs.
    """

    loss: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    validation: list[dict[str, float]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    samples: int = 0
    tokens: int = 0
    epochs: int = 0
    best: int | None = None
    ended: str = ""

    @property
    def steps(self) -> int:
        """How often the weights were changed."""
        return len(self.loss)

    @property
    def samples_per_second(self) -> float:
        """Samples trained on in a second, without validation."""
        return self.samples / max(sum(self.seconds), 1e-9)

    @property
    def tokens_per_second(self) -> float:
        """Tokens trained on in a second, without validation."""
        return self.tokens / max(sum(self.seconds), 1e-9)

    def __str__(self) -> str:
        speed = (
            f"{self.tokens_per_second:,.0f} tokens"
            if self.tokens
            else f"{self.samples_per_second:,.0f} samples"
        )
        parts = [f"{self.ended or 'running'} after {self.steps} steps, {self.epochs} epochs"]
        parts += [f"loss {self.loss[-1]:.4g}"] if self.loss else []
        if self.validation:
            parts += [
                f"validation {name} {value:.4g}" for name, value in self.validation[self.best or 0].items()
            ]
        return ", ".join([*parts, f"{sum(self.seconds):.1f} s, {speed} a second"])
