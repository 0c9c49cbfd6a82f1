"""The outline of a section in the drawing's own frame: wall, ends, lip, foot, floor and edges."""
