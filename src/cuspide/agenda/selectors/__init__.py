"""Every read of the agenda's pages."""
