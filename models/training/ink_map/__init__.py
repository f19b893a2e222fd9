"""Training of the ink map: `python -m models.training.ink_map --help`."""
