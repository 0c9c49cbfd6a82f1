"""From page pixels to the vessel frame, and the contours drawn there."""
