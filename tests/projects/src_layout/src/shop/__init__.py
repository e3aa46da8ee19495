"""What the shop sells, and for how much."""

__version__ = "1.4.0"
