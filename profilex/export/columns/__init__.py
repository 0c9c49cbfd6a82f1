"""Every exported property and column: declaration, value and table."""
