"""Care: what was found in the mouth, what is planned and what was done, tooth by tooth."""
