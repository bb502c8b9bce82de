"""The demo practice's mouths and acts."""

from cuspide.core.demo import DemoContext


def build(context: DemoContext) -> None:
    """Findings and acts of every patient, from the appointments that were kept."""
