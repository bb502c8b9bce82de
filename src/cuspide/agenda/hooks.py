"""What the agenda adds to the registry."""

from cuspide.agenda import demo
from cuspide.core import registry

registry.demo_parts.add(registry.DemoPart("agenda", demo.build, order=40))
