"""The database: incidents, the outbox, what telegram said. SQLAlchemy Core, one schema for SQLite and PostgreSQL."""
