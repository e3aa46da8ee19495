"""What a bundle is, which steps make it, and whether it is right."""
