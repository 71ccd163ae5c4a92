"""Helps the author of a plugin to begin, and to look things up. Importing it imports no torch."""
