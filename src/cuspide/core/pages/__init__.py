"""The shell's own pages."""
