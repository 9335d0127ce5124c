"""Several modems: who they are, which SIM belongs to which and how it fares, which one a number knows."""

SCHEMA = """
CREATE TABLE equipment (
  imei TEXT NOT NULL PRIMARY KEY,
  model TEXT NOT NULL,
  firmware TEXT NOT NULL,
  port TEXT NOT NULL,
  ladder TEXT NOT NULL DEFAULT '{}',
  first_seen_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL
);
CREATE TABLE capabilities (
  model TEXT NOT NULL,
  firmware TEXT NOT NULL,
  probe TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (model, firmware)
);
CREATE TABLE pairings (
  name TEXT NOT NULL PRIMARY KEY,
  imei TEXT NOT NULL,
  sim TEXT NOT NULL,
  seen_imei TEXT NOT NULL,
  seen_sim TEXT NOT NULL,
  seen_at INTEGER NOT NULL,
  confirmed_at INTEGER NOT NULL,
  confirmed_by TEXT NOT NULL
);
ALTER TABLE sims ADD COLUMN imsi TEXT;
ALTER TABLE sims ADD COLUMN paused_at INTEGER;
ALTER TABLE sims ADD COLUMN paused_until INTEGER;
ALTER TABLE sims ADD COLUMN pause_reason TEXT;
ALTER TABLE sims ADD COLUMN rejections INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sims ADD COLUMN setbacks INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sims ADD COLUMN centre TEXT;
ALTER TABLE sims ADD COLUMN round_trip_ms INTEGER;
ALTER TABLE sims ADD COLUMN tested_at INTEGER;
ALTER TABLE contacts ADD COLUMN sim TEXT;
ALTER TABLE contacts ADD COLUMN refused_at INTEGER;
ALTER TABLE messages ADD COLUMN strikes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN rejections INTEGER NOT NULL DEFAULT 0;
ALTER TABLE parts ADD COLUMN given_up_at INTEGER;
-- a text whose sending nobody knew before this version: its part was given up when it was counted as sent
UPDATE parts SET given_up_at = sent_at WHERE state = 'unknown';
-- a number knows us by the SIM that wrote to it last
INSERT OR IGNORE INTO contacts (number_id)
  SELECT DISTINCT number_id FROM messages
  WHERE sim IS NOT NULL AND state IN ('sent', 'delivered', 'unknown');
UPDATE contacts SET sim = (
  SELECT messages.sim FROM messages
  WHERE messages.number_id = contacts.number_id AND messages.sim IS NOT NULL
    AND messages.state IN ('sent', 'delivered', 'unknown')
  ORDER BY messages.queued_at DESC, messages.id DESC LIMIT 1
);
-- a part of a long text looks for its mates, a page for what is no text
CREATE INDEX fragments_sender ON fragments (sender_key, read_at);
CREATE INDEX fragments_filed ON fragments (kind, id);
-- a late answer of the modem belongs to the part that was given up last
CREATE INDEX parts_given_up ON parts (sim, given_up_at) WHERE given_up_at IS NOT NULL;
"""


def up(migrator, db):  # type: ignore[no-untyped-def]
    """Runs in one transaction with the row that records it (playhouse.migrations)."""
    lines = (line for line in SCHEMA.splitlines() if not line.startswith("--"))
    for statement in "\n".join(lines).split(";"):
        if statement.strip():
            db.execute_sql(statement)
