"""Trained models, which mend photos without training: a folder each."""
