"""Helps the author of a plugin to begin. Imports no torch."""
