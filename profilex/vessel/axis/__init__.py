"""The axis and the rim line of a drawing."""
