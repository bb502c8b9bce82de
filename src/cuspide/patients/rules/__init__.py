"""Pure rules of the patients' room: no database, no request, no clock."""
