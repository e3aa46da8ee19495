"""For which Python and which machine a bundle is."""
