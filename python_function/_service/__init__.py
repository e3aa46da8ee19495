"""What a web service is, how it is run, and what is told before it fails elsewhere."""
