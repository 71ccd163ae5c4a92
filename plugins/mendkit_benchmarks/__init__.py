"""Published sets to compare models on, and their tasks."""
