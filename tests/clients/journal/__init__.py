"""The journal and the outbox, on SQLite and on PostgreSQL."""
