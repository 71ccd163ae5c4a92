"""How much faster MoNCE's loss is for all patches at once than in a loop over patches: forward and backward.

Run: python benchmarks/contrast.py --batch 4 --layers 5 --patches 256
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from mendkit.learners.translation.losses.contrast import ROUNDS, STEEPNESS, TEMPERATURE, modulated_contrast


def looped_contrast(queries: Tensor, keys: Tensor, *, hard: bool) -> Tensor:
    """The same mathematics, written as a loop over layers, samples and patches."""
    layers, samples, patches, _ = queries.shape
    losses = []
    for sample in range(samples):
        of_patches = []
        for layer in range(layers):
            query, key = queries[layer, sample], keys[layer, sample]
            weights = (patches - 1) * looped_plan((query @ key.T).detach(), hard=hard)
            of_patches += [_patch(query[place], key, weights[place], place) for place in range(patches)]
        losses.append(torch.stack(of_patches).mean())
    return torch.stack(losses)


def _patch(query: Tensor, keys: Tensor, weights: Tensor, place: int) -> Tensor:
    terms = (keys @ query / TEMPERATURE).exp()
    others = torch.arange(len(keys)) != place
    return -torch.log(terms[place] / (terms[place] + (weights * terms)[others].sum()))


def looped_plan(similarity: Tensor, *, hard: bool) -> Tensor:
    """Sinkhorn's algorithm, row by row and column by column."""
    kernel = ((similarity if hard else 1 - similarity) / STEEPNESS).exp().fill_diagonal_(0)
    patches = len(kernel)
    column, row = torch.ones(patches), torch.ones(patches)
    for _ in range(ROUNDS):
        row = torch.stack([1 / (kernel[place] * column).sum() for place in range(patches)])
        column = torch.stack([1 / (kernel[:, place] * row).sum() for place in range(patches)])
    return row[:, None] * kernel * column


def seconds(loss: Callable[..., Tensor], queries: Tensor, keys: Tensor) -> tuple[float, Tensor]:
    """Of one forward and backward pass; and the loss."""
    leaf = queries.clone().requires_grad_()
    started = time.perf_counter()
    values = loss(leaf, keys, hard=True)
    values.sum().backward()  # type: ignore[no-untyped-call]
    return time.perf_counter() - started, values.detach()


def main() -> None:
    """Print both times, their ratio, and that the losses agree."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("batch", 4), ("layers", 5), ("patches", 256), ("repeats", 3)):
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    torch.manual_seed(0)
    shape = (options.layers, options.batch, options.patches, 256)
    queries, keys = (F.normalize(torch.randn(shape), dim=-1) for _ in range(2))
    seconds(modulated_contrast, queries, keys)
    batched = [seconds(modulated_contrast, queries, keys) for _ in range(options.repeats)]
    looped = [seconds(looped_contrast, queries, keys) for _ in range(options.repeats)]
    torch.testing.assert_close(batched[0][1], looped[0][1], rtol=1e-3, atol=1e-4)
    fast, slow = (min(time for time, _ in runs) for runs in (batched, looped))
    print(f"batched {fast * 1e3:.0f} ms, looped {slow * 1e3:.0f} ms: {slow / fast:.1f} times faster, equal losses")


if __name__ == "__main__":
    main()
