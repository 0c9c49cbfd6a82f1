"""Which sections belong to one drawing, where the drawing lies, and which sections are false positives."""
