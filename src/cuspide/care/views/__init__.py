"""Pages of care: parse, call, render."""
