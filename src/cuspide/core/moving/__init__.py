"""Carries a practice from one kind of store to the other: every row as it is, compared before anything is switched."""
