"""Training of networks: tiles, augmentation, losses, the fit itself, and recipes."""
