"""The demo's patients: written household by household, in large batches, fast enough for 100,000."""

from cuspide.patients.demo.writing import build

__all__ = ["build"]
