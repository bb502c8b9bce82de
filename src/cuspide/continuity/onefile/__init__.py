"""The whole practice as one file for any medium: tar, zstandard, age. It needs no restic."""
