"""Django's SQLite backend over SQLCipher: every page encrypted and authenticated."""
