"""What draughtsmen do: features with their rates, and the schools that share them."""
