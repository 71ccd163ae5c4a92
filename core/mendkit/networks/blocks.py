"""The building blocks of networks. Instance norm only: no statistic crosses items."""

from __future__ import annotations

from typing import TypeVar

from torch import Tensor, nn

M = TypeVar("M", bound=nn.Module)


def convolution(inputs: int, outputs: int, kernel: int, *, stride: int = 1) -> nn.Sequential:
    """Convolution with reflection padding, instance norm and ReLU: ``c<kernel>s<stride>`` of Johnson et al. (2016)."""
    return nn.Sequential(
        initialised(
            nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, padding_mode="reflect", bias=False)
        ),
        nn.InstanceNorm2d(outputs, affine=True),
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
        nn.InstanceNorm2d(outputs, affine=True),
        nn.ReLU(inplace=True),
    )


class ResidualBlock(nn.Module):
    """``x + norm(conv(relu(norm(conv(x)))))`` with reflection padding."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            convolution(channels, channels, 3),
            initialised(nn.Conv2d(channels, channels, 3, padding=1, padding_mode="reflect", bias=False)),
            nn.InstanceNorm2d(channels, affine=True),
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
