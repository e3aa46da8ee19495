"""What Lambda will call."""
