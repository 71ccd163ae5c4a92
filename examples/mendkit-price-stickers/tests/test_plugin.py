from mendkit.testing.fixtures import ComposeRegistry
from mendkit_registry import EvaluatorSpec, LossSpec, SynthesizerSpec

from mendkit_price_stickers import plugin


def test_the_task_has_all_that_it_needs_from_this_plugin_alone(isolated_registry: ComposeRegistry) -> None:
    registry = isolated_registry(plugin)
    assert list(registry.groups) == ["stickers"] and list(registry.tasks) == ["stickers.price"]
    for kind in (SynthesizerSpec, LossSpec, EvaluatorSpec):
        assert len(registry[kind].of("stickers.price")) == 1
