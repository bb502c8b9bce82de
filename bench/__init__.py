"""Measures the program as a browser meets it: whole HTTP requests to the real `cuspide serve`, signed in."""
