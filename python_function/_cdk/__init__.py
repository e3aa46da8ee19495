"""How CDK's objects become plain data, and code an asset."""
