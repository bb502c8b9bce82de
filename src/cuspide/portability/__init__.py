"""Records brought in from other programs, and given back: import, rehearsal, undo, export."""
