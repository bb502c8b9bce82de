"""The store: encrypted SQLite (`core.db.sqlcipher`) or PostgreSQL."""
