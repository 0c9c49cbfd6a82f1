"""What can be seen on grey values alone: strokes, straight lines, distances to ink, grey levels."""
