"""What `cuspide serve` is made of: the supervisor, the children it keeps, and the part that serves pages."""
