"""Helps authors of plugins to start, and to look things up. Importing it does not import torch."""
