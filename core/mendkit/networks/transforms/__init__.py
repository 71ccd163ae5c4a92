"""Transforms: changes of images that are predicted small and applied at full size."""
