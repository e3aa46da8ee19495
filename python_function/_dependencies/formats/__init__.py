"""The formats that declare dependencies, one module each."""
