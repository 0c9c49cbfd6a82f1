"""What covers the halves of a drawing: decoration, shading, textures and tones."""
