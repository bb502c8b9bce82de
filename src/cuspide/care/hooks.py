"""What care adds to the registry."""

from cuspide.care import permissions  # noqa: F401  rights are declared when the program starts
