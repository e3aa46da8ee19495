"""What is to be installed."""
