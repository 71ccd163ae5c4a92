"""mendkit: one image-to-image model that mends every defect of a product catalogue's photos."""

__version__ = "0.1.0"
