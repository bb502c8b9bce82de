"""Settings, read in one place."""
