"""What the ground floor adds to the registry."""

from cuspide.core import checks, registry

registry.checks.add(registry.CheckEntry("store", checks.STORE, checks.store, order=10))
registry.checks.add(registry.CheckEntry("key", checks.KEY, checks.key, order=11))
registry.checks.add(registry.CheckEntry("disk", checks.DISK, checks.disk, order=12))
registry.checks.add(registry.CheckEntry("blobs", checks.BLOBS, checks.blobs, order=13))
