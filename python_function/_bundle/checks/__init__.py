"""What a finished bundle is held to: each check is a function of what the bundle holds, and its verdict is data."""
