"""Whole synthetic pages, and what else is printed on them."""
