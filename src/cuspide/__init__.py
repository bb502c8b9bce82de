"""Cuspide: the information system of a dental practice."""

__version__ = "0.1.0"
