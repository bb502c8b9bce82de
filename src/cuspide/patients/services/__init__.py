"""Every write of the patients' room: one function, one transaction, one permission check, one trace entry."""
