"""The critic: a PatchGAN that judges overlapping patches of 70 x 70 px."""

from __future__ import annotations

from torch import Tensor, nn

from .blocks import InstanceNorm


class Discriminator(nn.Module):
    """C-w, C-2w, C-4w, C-8w and one raw output a patch (Isola et al. 2017). No sigmoid: losses take the raw output.

    Args:
        width: channels of the first convolution.
        inputs: channels of what it judges: 3 for an image, 6 for an image beside its condition.
    """

    def __init__(self, width: int, inputs: int = 3) -> None:
        super().__init__()
        self.patches = nn.Sequential(
            nn.Conv2d(inputs, width, 4, stride=2, padding=1),
            nn.LeakyReLU(0.2, inplace=True),
            *_layer(width, 2 * width, stride=2),
            *_layer(2 * width, 4 * width, stride=2),
            *_layer(4 * width, 8 * width, stride=1),
            nn.Conv2d(8 * width, 1, 4, stride=1, padding=1),
        )
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.normal_(module.weight, 0.0, 0.02)

    def forward(self, images: Tensor) -> Tensor:
        """Raw scores ``[N, 1, h, w]`` of ``images [N, inputs, H, W]``, one a patch; larger is more real."""
        return self.patches(images)  # type: ignore[no-any-return]


def _layer(inputs: int, outputs: int, *, stride: int) -> list[nn.Module]:
    return [
        nn.Conv2d(inputs, outputs, 4, stride, padding=1, bias=False),
        InstanceNorm(outputs),
        nn.LeakyReLU(0.2, inplace=True),
    ]
