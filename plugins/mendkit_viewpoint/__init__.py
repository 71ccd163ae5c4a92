"""Mends products that were photographed from the wrong side."""
