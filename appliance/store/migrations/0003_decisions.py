"""Several callers a call, held-back records, the quiet list, policies that wait for a second person."""

SCHEMA = """
ALTER TABLE callers ADD COLUMN slot INTEGER NOT NULL DEFAULT 0;
ALTER TABLE callers ADD COLUMN rank INTEGER NOT NULL DEFAULT 0;
ALTER TABLE callers ADD COLUMN language TEXT NOT NULL DEFAULT '';
ALTER TABLE callers ADD COLUMN text_ok INTEGER;
ALTER TABLE callers ADD COLUMN do_not_text INTEGER NOT NULL DEFAULT 0;
ALTER TABLE callers ADD COLUMN anonymous INTEGER NOT NULL DEFAULT 0;
ALTER TABLE callers ADD COLUMN minor INTEGER NOT NULL DEFAULT 0;
-- until now a call had one number, and what its record said was said of that caller
UPDATE callers SET (rank, language, text_ok, do_not_text, anonymous, minor) = (
  SELECT rank, language, text_ok, do_not_text, anonymous, minor
  FROM incidents WHERE incidents.id = callers.incident_id
);
ALTER TABLE contacts ADD COLUMN quiet_until INTEGER;
ALTER TABLE incidents ADD COLUMN quarantined_at INTEGER;
ALTER TABLE incidents ADD COLUMN reclassified_at INTEGER;
CREATE TABLE quarantined (
  id INTEGER NOT NULL PRIMARY KEY,
  feed TEXT NOT NULL,
  source TEXT NOT NULL,
  line INTEGER NOT NULL,
  mark TEXT NOT NULL,
  call_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  seen_at INTEGER,
  seen_by TEXT
);
CREATE INDEX quarantined_call ON quarantined (feed, call_id);
CREATE TABLE proposals (
  id INTEGER NOT NULL PRIMARY KEY,
  base_id INTEGER NOT NULL REFERENCES policies (id),
  document TEXT NOT NULL,
  digest TEXT NOT NULL,
  loosens TEXT NOT NULL DEFAULT '[]',
  proposed_at INTEGER NOT NULL,
  proposed_by TEXT NOT NULL,
  decided_at INTEGER,
  decided_by TEXT,
  outcome TEXT,
  policy_id INTEGER REFERENCES policies (id)
);
CREATE TABLE feed_sequences (
  feed TEXT NOT NULL PRIMARY KEY,
  sequence INTEGER NOT NULL,
  at INTEGER NOT NULL
);
-- what the breaker counts: notices and invitations of the last hour and of earlier days
CREATE INDEX messages_counted ON messages (queued_at) WHERE lane >= 2;
CREATE INDEX intakes_feed ON intakes (feed, at);
CREATE INDEX intakes_hash ON intakes (sha256);
"""


def up(migrator, db):  # type: ignore[no-untyped-def]
    """Runs in one transaction with the row that records it (playhouse.migrations)."""
    lines = (line for line in SCHEMA.splitlines() if not line.startswith("--"))
    for statement in "\n".join(lines).split(";"):
        if statement.strip():
            db.execute_sql(statement)
