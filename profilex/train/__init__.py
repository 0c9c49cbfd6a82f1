"""Training rooms: data sets, tiles, losses, the fit itself, evaluation and promotion."""
