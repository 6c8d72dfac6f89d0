"""Durable hands: ``durable`` on SQLite or PostgreSQL, ``memory`` for tests whose clock is moved by hand."""
