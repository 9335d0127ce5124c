"""Several scores in one text wait for the resident's yes; a card's one-time code starts a survey."""

SCHEMA = """
ALTER TABLE conversations ADD COLUMN proposed TEXT NOT NULL DEFAULT '';
ALTER TABLE conversations ADD COLUMN proposed_by INTEGER;
CREATE TABLE cards (
  id INTEGER NOT NULL PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  made_at INTEGER NOT NULL,
  made_by TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER,
  conversation_id INTEGER REFERENCES conversations (id)
);
"""


def up(migrator, db):  # type: ignore[no-untyped-def]
    """Runs in one transaction with the row that records it (playhouse.migrations)."""
    for statement in SCHEMA.split(";"):
        if statement.strip():
            db.execute_sql(statement)
