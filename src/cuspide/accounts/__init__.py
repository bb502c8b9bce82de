"""Who signs in, with what proof, and what she may do where."""
