"""Drawn catalogue products, clean and on pure white, for demonstrations and tests."""
