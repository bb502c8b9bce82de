"""The agenda: who is cared for when, in which chair, by whom; and who waits."""
