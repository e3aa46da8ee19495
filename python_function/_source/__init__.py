"""Which of the user's files count, and how they are copied."""
