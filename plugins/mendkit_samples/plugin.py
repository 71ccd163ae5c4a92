"""What this plugin contributes: a source of drawn products, as a spec that imports nothing heavy."""

from __future__ import annotations

from collections.abc import Iterator

from mendkit_registry import SamplesSpec, hookimpl


@hookimpl
def mendkit_samples() -> Iterator[SamplesSpec]:
    yield SamplesSpec(
        name="samples.products",
        factory="mendkit_samples.source:ProductSource",
        description="Drawn catalogue products on pure white, from bottles to dressed people; some nearly white.",
    )
