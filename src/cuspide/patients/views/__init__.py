"""Pages of the patients' room: parse, call, render."""
