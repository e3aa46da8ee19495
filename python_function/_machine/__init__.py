"""The computer that a synthesis runs on."""
