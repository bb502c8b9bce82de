"""What the patients' room adds to the registry."""
