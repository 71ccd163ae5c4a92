"""Takes in the fixtures that mendkit has for tests of plugins."""

pytest_plugins = ["mendkit.testing.fixtures"]
