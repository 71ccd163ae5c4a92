"""Adds mendkit's fixtures for tests of plugins."""

pytest_plugins = ["mendkit.testing.fixtures"]
