"""Fixtures of tests that run the real `cuspide serve` and a real browser."""
