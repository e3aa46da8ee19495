"""Requirements files as data."""
