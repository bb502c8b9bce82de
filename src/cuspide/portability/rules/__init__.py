"""Pure rules of bringing in and giving back."""
