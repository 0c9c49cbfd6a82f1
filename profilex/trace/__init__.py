"""Probabilities to outlines with a stated bound."""
