"""What the practice adds to the registry."""

from cuspide.core import registry
from cuspide.practice import demo

registry.demo_parts.add(registry.DemoPart("practice", demo.build, order=10))
