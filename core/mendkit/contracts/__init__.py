"""What core and plugins agree on: the data that passes between them, and a protocol for each kind of component.

Images are ``uint8 [H, W, 3]`` sRGB arrays while they are data, and float tensors ``[N, 3, H, W]`` in ``[-1, 1]`` inside
the model. Listing plugins never imports this package. What it exports itself needs numpy but no torch; batches,
outcomes and what networks give are in modules of their own, which import torch.
"""

from __future__ import annotations

from .components import (
    Conditioner,
    Evaluator,
    Extra,
    Head,
    Learner,
    LossTerm,
    Resources,
    SampleSource,
    Siblings,
    Synthesizer,
    Transform,
    UnpairedEvaluator,
)
from .pair import Pair, Truth
from .photo import Image, Mask, Photo, Stack

__all__ = [
    "Conditioner",
    "Evaluator",
    "Extra",
    "Head",
    "Image",
    "Learner",
    "LossTerm",
    "Mask",
    "Pair",
    "Photo",
    "Resources",
    "SampleSource",
    "Siblings",
    "Stack",
    "Synthesizer",
    "Transform",
    "Truth",
    "UnpairedEvaluator",
]
