from __future__ import annotations

import torch

from mendkit.networks.patches import PatchProjector, draw_places


def test_places_are_different_ones_and_equally_many_in_each_layer() -> None:
    places = draw_places([torch.zeros(1, 3, 32, 32), torch.zeros(1, 8, 8, 8)])
    assert [len(at) for at in places] == [64, 64]
    assert all(len(set(at.tolist())) == 64 for at in places)
    assert places[0].max() > 63


def test_a_patch_becomes_a_unit_vector_of_its_own_place() -> None:
    features = [torch.rand(2, 3, 4, 4), torch.rand(2, 5, 2, 2)]
    project = PatchProjector([3, 5])
    everywhere = [torch.arange(4), torch.arange(4)]
    embedded = project(features, everywhere)
    assert embedded.shape == (2, 2, 4, 256)
    torch.testing.assert_close(embedded.norm(dim=-1), torch.ones(2, 2, 4))
    turned = project(features, [at.flip(0) for at in everywhere])
    torch.testing.assert_close(turned, embedded.flip(2))
