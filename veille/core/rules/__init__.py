"""What is done with items when they arrive."""
