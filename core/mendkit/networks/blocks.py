"""The building blocks of networks. No norm takes a statistic over several items."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Literal, TypeVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

M = TypeVar("M", bound=nn.Module)
FEW_VALUES = 8192
"""An image of fewer is not normed by itself: measured, this is where it begins to pay."""


class InstanceNorm(nn.InstanceNorm2d):
    """Instance norm with a factor and a shift for each channel, in much less time on a CPU.

    PyTorch norms N images as one image of N * C channels, so a CPU rearranges in memory what convolutions gave it, and
    they rearrange it back. The batch norm of a single image is the same, and takes it as it lies: unless the images are
    so small that N calls cost more.
    """

    def __init__(self, channels: int) -> None:
        super().__init__(channels, affine=True)

    def forward(self, features: Tensor) -> Tensor:
        """``[N, C, h, w]`` to the same shape."""
        if features.shape[1:].numel() < FEW_VALUES or not _is_plain_cpu(features):
            return super().forward(features)
        norm = partial(F.batch_norm, running_mean=None, running_var=None, training=True, eps=self.eps)
        return torch.cat([norm(image, weight=self.weight, bias=self.bias) for image in torch.split(features, 1)])


class PlaceNorm(nn.LayerNorm):
    """Layer norm over the channels of each place, as in ConvNeXt (Liu et al. 2022): what is far changes nothing."""

    def forward(self, features: Tensor) -> Tensor:
        """``[N, C, h, w]`` to the same shape; in memory, channels lie beside each other already."""
        return super().forward(features.movedim(1, -1)).movedim(-1, 1)


class Drawing(nn.Conv2d):
    """Convolution with reflection padding to a few channels, in half of the time on a CPU.

    A CPU computes 16 channels at once, also when 3 are asked for. So each column of the kernel gives channels of its
    own; moved to the column's place, they add up to the convolution.
    """

    def __init__(self, inputs: int, outputs: int, kernel: int) -> None:
        super().__init__(inputs, outputs, kernel, padding=kernel // 2, padding_mode="reflect")

    def forward(self, features: Tensor) -> Tensor:
        """``[N, inputs, h, w]`` to ``[N, outputs, h, w]``."""
        if not _is_plain_cpu(features):
            return super().forward(features)
        kernel, width = self.kernel_size[0], features.shape[3]
        padded = F.pad(features, [kernel // 2] * 4, mode="reflect")
        columns = F.conv2d(padded, self.weight.permute(3, 0, 1, 2).flatten(0, 1)[..., None]).chunk(kernel, dim=1)
        moved = [column[..., place : place + width] for place, column in enumerate(columns)]
        return sum(moved, start=self.bias[:, None, None])  # type: ignore[index]


def _is_plain_cpu(features: Tensor) -> bool:
    """Whether a CPU runs each operation as it is written; elsewhere, and when compiled, few large ones are best."""
    return features.device.type == "cpu" and not torch.compiler.is_compiling()


Norm = Literal["instance", "place"]
"""Over all places of a channel, or over all channels of a place: then what is far away changes nothing."""
NORMS: Mapping[Norm, Callable[[int], nn.Module]] = {"instance": InstanceNorm, "place": PlaceNorm}


def convolution(inputs: int, outputs: int, kernel: int, *, stride: int = 1, norm: Norm = "instance") -> nn.Sequential:
    """Convolution with reflection padding, norm and ReLU: ``c<kernel>s<stride>`` of Johnson et al. (2016)."""
    return nn.Sequential(
        initialised(
            nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, padding_mode="reflect", bias=False)
        ),
        NORMS[norm](outputs),
        nn.ReLU(inplace=True),
    )


def upsampling(inputs: int, outputs: int, kernel: int) -> nn.Sequential:
    """Transposed convolution that doubles height and width, with instance norm and ReLU.

    ``kernel`` 3 is Johnson et al.'s; 4 is even in all pixels, so it draws no checkerboard (Odena et al. 2016).
    """
    return nn.Sequential(
        initialised(
            nn.ConvTranspose2d(inputs, outputs, kernel, stride=2, padding=1, output_padding=kernel % 2, bias=False)
        ),
        InstanceNorm(outputs),
        nn.ReLU(inplace=True),
    )


class ResidualBlock(nn.Module):
    """``x + norm(conv(relu(norm(conv(x)))))`` with reflection padding."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            convolution(channels, channels, 3),
            initialised(nn.Conv2d(channels, channels, 3, padding=1, padding_mode="reflect", bias=False)),
            InstanceNorm(channels),
        )

    def forward(self, features: Tensor) -> Tensor:
        """``[N, C, h, w]`` to the same shape."""
        return features + self.body(features)  # type: ignore[no-any-return]


def initialised(module: M) -> M:
    """The module, with the weights of its convolutions drawn from N(0, 0.02), as in CycleGAN."""
    for part in module.modules():
        if isinstance(part, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.normal_(part.weight, 0.0, 0.02)
            if part.bias is not None:
                nn.init.zeros_(part.bias)
    return module
