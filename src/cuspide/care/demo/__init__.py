"""The demo practice's mouths and acts: plausible by age, and consistent with the appointments that were kept."""

from cuspide.care.demo.story import build

__all__ = ["build"]
