from __future__ import annotations

from copy import deepcopy

import torch
from torch import nn

from mendkit.training.schedule import update_average


def test_buffers_are_those_of_the_network_as_it_is() -> None:
    """A spectral norm whose vectors stay behind, or a batch norm whose statistics do, would make another network."""
    model = nn.Sequential(nn.utils.parametrizations.spectral_norm(nn.Linear(4, 4)), nn.BatchNorm1d(4))
    average = deepcopy(model)
    for _ in range(5):
        model(torch.randn(8, 4))
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(1)
    update_average(average, model, batch=8, images=1000, half_life=100)
    assert all(torch.equal(*pair) for pair in zip(average.buffers(), model.buffers(), strict=True))
    assert not any(torch.equal(*pair) for pair in zip(average.parameters(), model.parameters(), strict=True))
    update_average(average, model, batch=8, images=1000, half_life=0)
    assert torch.allclose(average.eval()(torch.ones(1, 4)), model.eval()(torch.ones(1, 4)), atol=1e-6)
