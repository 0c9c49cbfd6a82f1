"""What is written at drawings and on pages: type, handwriting, dimensions and signs."""
