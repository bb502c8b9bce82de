"""A change of the practice's master key: all is made beside what there is, and one rename or commit decides."""
