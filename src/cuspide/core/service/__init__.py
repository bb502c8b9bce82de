"""The parts of a running practice: what they are, and what they tell of themselves."""
