"""mendkit: one image-to-image model that mends every defect of a product catalogue's photos."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .correction.corrector import Corrector

__all__ = ["Corrector", "__version__"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    # Imported on demand: `import mendkit` must not import torch.
    if name == "Corrector":
        from .correction.corrector import Corrector

        return Corrector
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
