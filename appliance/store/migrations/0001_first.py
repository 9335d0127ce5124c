"""The first schema, frozen: later changes are later files, never an edit here."""

SCHEMA = """
CREATE TABLE numbers (
  id INTEGER NOT NULL PRIMARY KEY,
  e164 TEXT,
  digest TEXT NOT NULL
);
CREATE UNIQUE INDEX numbers_digest ON numbers (digest);
CREATE TABLE contacts (
  number_id INTEGER NOT NULL PRIMARY KEY,
  language TEXT,
  opted_out_at INTEGER,
  opted_out_by TEXT,
  last_survey_at INTEGER,
  never_until INTEGER,
  FOREIGN KEY (number_id) REFERENCES numbers (id)
);
CREATE TABLE incidents (
  id INTEGER NOT NULL PRIMARY KEY,
  feed TEXT NOT NULL,
  call_id TEXT NOT NULL,
  number_id INTEGER,
  received_at INTEGER NOT NULL,
  dispatched_at INTEGER,
  arrived_at INTEGER,
  closed_at INTEGER,
  call_type TEXT NOT NULL,
  call_type_initial TEXT NOT NULL,
  priority TEXT NOT NULL,
  disposition TEXT NOT NULL,
  source TEXT NOT NULL,
  self_initiated INTEGER NOT NULL,
  role TEXT NOT NULL,
  language TEXT NOT NULL,
  beat TEXT NOT NULL,
  district TEXT NOT NULL,
  shift TEXT NOT NULL,
  unit TEXT NOT NULL,
  report_number TEXT NOT NULL,
  report_status TEXT NOT NULL,
  report_type TEXT NOT NULL,
  reopened INTEGER NOT NULL,
  do_not_text INTEGER NOT NULL,
  text_ok INTEGER,
  phone_basis TEXT NOT NULL,
  sensitive INTEGER NOT NULL,
  anonymous INTEGER NOT NULL,
  minor INTEGER NOT NULL,
  phone_fault TEXT,
  rank INTEGER NOT NULL,
  accepted_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  locked TEXT,
  reopened_at INTEGER,
  FOREIGN KEY (number_id) REFERENCES numbers (id)
);
CREATE INDEX incidents_number_id ON incidents (number_id);
CREATE INDEX incidents_received_at ON incidents (received_at);
CREATE UNIQUE INDEX incidents_feed_call_id ON incidents (feed, call_id);
CREATE TABLE callers (
  id INTEGER NOT NULL PRIMARY KEY,
  incident_id INTEGER NOT NULL,
  number_id INTEGER NOT NULL,
  role TEXT NOT NULL,
  added_at INTEGER NOT NULL,
  superseded_at INTEGER,
  FOREIGN KEY (incident_id) REFERENCES incidents (id),
  FOREIGN KEY (number_id) REFERENCES numbers (id)
);
CREATE INDEX callers_number_id ON callers (number_id);
CREATE UNIQUE INDEX callers_incident_id_number_id ON callers (incident_id, number_id);
CREATE TABLE versions (
  id INTEGER NOT NULL PRIMARY KEY,
  digest TEXT NOT NULL,
  incident_id INTEGER NOT NULL,
  accepted_at INTEGER NOT NULL,
  FOREIGN KEY (incident_id) REFERENCES incidents (id)
);
CREATE UNIQUE INDEX versions_digest ON versions (digest);
CREATE INDEX versions_incident_id ON versions (incident_id);
CREATE TABLE intakes (
  id INTEGER NOT NULL PRIMARY KEY,
  feed TEXT NOT NULL,
  source TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  at INTEGER NOT NULL,
  accepted INTEGER NOT NULL,
  unchanged INTEGER NOT NULL,
  rejected INTEGER NOT NULL,
  quarantined INTEGER NOT NULL
);
CREATE INDEX intakes_at ON intakes (at);
CREATE TABLE policies (
  id INTEGER NOT NULL PRIMARY KEY,
  document TEXT NOT NULL,
  digest TEXT NOT NULL,
  imported_at INTEGER NOT NULL,
  imported_by TEXT NOT NULL
);
CREATE TABLE events (
  id INTEGER NOT NULL PRIMARY KEY,
  key TEXT NOT NULL,
  incident_id INTEGER NOT NULL,
  number_id INTEGER,
  kind TEXT NOT NULL,
  at INTEGER NOT NULL,
  accepted_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  state TEXT NOT NULL,
  verdict TEXT,
  reason TEXT,
  FOREIGN KEY (incident_id) REFERENCES incidents (id),
  FOREIGN KEY (number_id) REFERENCES numbers (id)
);
CREATE UNIQUE INDEX events_key ON events (key);
CREATE INDEX events_incident_id ON events (incident_id);
CREATE TABLE decisions (
  id INTEGER NOT NULL PRIMARY KEY,
  event_id INTEGER,
  incident_id INTEGER,
  number_id INTEGER,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  verdict TEXT NOT NULL,
  reason TEXT NOT NULL,
  details TEXT NOT NULL,
  policy_id INTEGER NOT NULL,
  FOREIGN KEY (event_id) REFERENCES events (id),
  FOREIGN KEY (incident_id) REFERENCES incidents (id),
  FOREIGN KEY (number_id) REFERENCES numbers (id),
  FOREIGN KEY (policy_id) REFERENCES policies (id)
);
CREATE INDEX decisions_event_id ON decisions (event_id);
CREATE INDEX decisions_incident_id ON decisions (incident_id);
CREATE INDEX decisions_number_id ON decisions (number_id);
CREATE TABLE conversations (
  id INTEGER NOT NULL PRIMARY KEY,
  incident_id INTEGER NOT NULL,
  number_id INTEGER NOT NULL,
  event_id INTEGER NOT NULL,
  policy_id INTEGER NOT NULL,
  script TEXT NOT NULL,
  language TEXT NOT NULL,
  state TEXT NOT NULL,
  question TEXT,
  reprompted INTEGER NOT NULL,
  opened_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  finished_at INTEGER,
  FOREIGN KEY (incident_id) REFERENCES incidents (id),
  FOREIGN KEY (number_id) REFERENCES numbers (id),
  FOREIGN KEY (event_id) REFERENCES events (id),
  FOREIGN KEY (policy_id) REFERENCES policies (id)
);
CREATE INDEX conversations_incident_id ON conversations (incident_id);
CREATE INDEX conversations_number_id ON conversations (number_id);
CREATE UNIQUE INDEX conversations_event_id ON conversations (event_id);
CREATE TABLE messages (
  id INTEGER NOT NULL PRIMARY KEY,
  key TEXT NOT NULL,
  lane INTEGER NOT NULL,
  kind TEXT NOT NULL,
  incident_id INTEGER,
  event_id INTEGER,
  conversation_id INTEGER,
  number_id INTEGER NOT NULL,
  policy_id INTEGER NOT NULL,
  language TEXT NOT NULL,
  text TEXT NOT NULL,
  state TEXT NOT NULL,
  due_at INTEGER NOT NULL,
  not_after INTEGER NOT NULL,
  queued_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  claimed_by TEXT,
  claimed_until INTEGER,
  sim TEXT,
  reference INTEGER,
  sent_at INTEGER,
  delivered_at INTEGER,
  error TEXT,
  FOREIGN KEY (incident_id) REFERENCES incidents (id),
  FOREIGN KEY (event_id) REFERENCES events (id),
  FOREIGN KEY (conversation_id) REFERENCES conversations (id),
  FOREIGN KEY (number_id) REFERENCES numbers (id),
  FOREIGN KEY (policy_id) REFERENCES policies (id)
);
CREATE UNIQUE INDEX messages_key ON messages (key);
CREATE INDEX messages_incident_id ON messages (incident_id);
CREATE INDEX messages_conversation_id ON messages (conversation_id);
CREATE INDEX messages_number_id_queued_at ON messages (number_id, queued_at);
CREATE TABLE parts (
  id INTEGER NOT NULL PRIMARY KEY,
  message_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  state TEXT NOT NULL,
  sim TEXT,
  reference INTEGER,
  sent_at INTEGER,
  receipt TEXT,
  error TEXT,
  FOREIGN KEY (message_id) REFERENCES messages (id)
);
CREATE UNIQUE INDEX parts_message_id_seq ON parts (message_id, seq);
CREATE TABLE replies (
  id INTEGER NOT NULL PRIMARY KEY,
  number_id INTEGER,
  sender TEXT NOT NULL,
  sim TEXT NOT NULL,
  text TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  stored_at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  alarm TEXT,
  safety_family TEXT,
  standing TEXT NOT NULL,
  usage TEXT NOT NULL,
  effects TEXT NOT NULL,
  state TEXT NOT NULL,
  conversation_id INTEGER,
  question TEXT,
  score INTEGER,
  FOREIGN KEY (number_id) REFERENCES numbers (id),
  FOREIGN KEY (conversation_id) REFERENCES conversations (id)
);
CREATE INDEX replies_number_id ON replies (number_id);
CREATE INDEX replies_received_at ON replies (received_at);
CREATE INDEX replies_conversation_id ON replies (conversation_id);
CREATE TABLE fragments (
  id INTEGER NOT NULL PRIMARY KEY,
  key TEXT NOT NULL,
  sim TEXT NOT NULL,
  sender_key TEXT NOT NULL,
  pdu TEXT NOT NULL,
  kind TEXT NOT NULL,
  units BLOB NOT NULL,
  sent_at INTEGER,
  read_at INTEGER NOT NULL,
  reference INTEGER,
  seq INTEGER,
  total INTEGER,
  reply_id INTEGER,
  FOREIGN KEY (reply_id) REFERENCES replies (id)
);
CREATE UNIQUE INDEX fragments_key ON fragments (key);
CREATE INDEX fragments_reply_id ON fragments (reply_id);
CREATE TABLE receipts (
  id INTEGER NOT NULL PRIMARY KEY,
  key TEXT NOT NULL,
  sim TEXT NOT NULL,
  number_id INTEGER,
  reference INTEGER NOT NULL,
  status INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  discharged_at INTEGER,
  stored_at INTEGER NOT NULL,
  part_id INTEGER,
  FOREIGN KEY (number_id) REFERENCES numbers (id),
  FOREIGN KEY (part_id) REFERENCES parts (id)
);
CREATE UNIQUE INDEX receipts_key ON receipts (key);
CREATE INDEX receipts_number_id ON receipts (number_id);
CREATE INDEX receipts_part_id ON receipts (part_id);
CREATE TABLE answers (
  id INTEGER NOT NULL PRIMARY KEY,
  conversation_id INTEGER NOT NULL,
  question TEXT NOT NULL,
  score INTEGER,
  text TEXT,
  reply_id INTEGER,
  at INTEGER NOT NULL,
  FOREIGN KEY (conversation_id) REFERENCES conversations (id),
  FOREIGN KEY (reply_id) REFERENCES replies (id)
);
CREATE INDEX answers_at ON answers (at);
CREATE UNIQUE INDEX answers_conversation_id_question ON answers (conversation_id, question);
CREATE TABLE alarms (
  id INTEGER NOT NULL PRIMARY KEY,
  code TEXT NOT NULL,
  level TEXT NOT NULL,
  subject TEXT NOT NULL,
  number_id INTEGER,
  reply_id INTEGER,
  details TEXT NOT NULL,
  count INTEGER NOT NULL,
  raised_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  unseen_at INTEGER,
  acknowledged_at INTEGER,
  acknowledged_by TEXT,
  closed_at INTEGER,
  closed_by TEXT,
  outcome TEXT,
  FOREIGN KEY (number_id) REFERENCES numbers (id),
  FOREIGN KEY (reply_id) REFERENCES replies (id)
);
CREATE INDEX alarms_number_id ON alarms (number_id);
CREATE INDEX alarms_reply_id ON alarms (reply_id);
CREATE INDEX alarms_raised_at ON alarms (raised_at);
CREATE TABLE switches (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL,
  changed_at INTEGER NOT NULL,
  changed_by TEXT NOT NULL
);
CREATE TABLE sims (
  sim TEXT NOT NULL PRIMARY KEY,
  reference INTEGER NOT NULL,
  pins_tried TEXT NOT NULL,
  first_seen_at INTEGER NOT NULL,
  reported_at INTEGER
);
CREATE TABLE accounts (
  id INTEGER NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  password TEXT NOT NULL,
  role TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  disabled_at INTEGER,
  failures INTEGER NOT NULL,
  failed_at INTEGER,
  locked_at INTEGER,
  seen_at INTEGER
);
CREATE UNIQUE INDEX accounts_name ON accounts (name);
CREATE TABLE sessions (
  token TEXT NOT NULL PRIMARY KEY,
  account_id INTEGER NOT NULL,
  address TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  FOREIGN KEY (account_id) REFERENCES accounts (id)
);
CREATE INDEX sessions_account_id ON sessions (account_id);
CREATE TABLE attempts (
  id INTEGER NOT NULL PRIMARY KEY,
  address TEXT NOT NULL,
  at INTEGER NOT NULL
);
CREATE INDEX attempts_address_at ON attempts (address, at);
CREATE TABLE audit (
  id INTEGER NOT NULL PRIMARY KEY,
  chain TEXT NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  object TEXT NOT NULL,
  details TEXT NOT NULL,
  previous TEXT NOT NULL,
  digest TEXT NOT NULL
);
CREATE INDEX audit_at ON audit (at);
CREATE TABLE heartbeats (
  name TEXT NOT NULL PRIMARY KEY,
  at INTEGER NOT NULL,
  state TEXT NOT NULL,
  details TEXT NOT NULL
);
-- the claim: what is queued, in lane order
CREATE INDEX messages_queued ON messages (lane, due_at, id) WHERE state = 'queued';
-- recovery at start, and the watch over claims
CREATE INDEX messages_sending ON messages (claimed_by) WHERE state = 'sending';
-- texts whose sending nobody knows: late answers are looked up here
CREATE INDEX messages_unknown ON messages (number_id) WHERE state = 'unknown';
-- the tick "plan": what is due
CREATE INDEX events_pending ON events (due_at) WHERE state = 'pending';
-- the tick "plan": calls nobody was sent to yet
CREATE INDEX incidents_waiting ON incidents (received_at) WHERE dispatched_at IS NULL AND closed_at IS NULL;
-- the tick "converse": replies not walked yet
CREATE INDEX replies_new ON replies (id) WHERE state = 'new';
-- parts of a long text that wait for the rest
CREATE INDEX fragments_waiting ON fragments (sender_key, reference, total) WHERE reply_id IS NULL;
-- one open conversation a number, whatever the code thinks
CREATE UNIQUE INDEX conversations_one_open ON conversations (number_id) WHERE state = 'open';
-- the tick "converse": what has expired
CREATE INDEX conversations_expiry ON conversations (expires_at) WHERE state = 'open';
-- the SIM's budget over a minute, an hour, a day
CREATE INDEX parts_sent ON parts (sim, sent_at) WHERE sent_at IS NOT NULL;
-- the screen's alarm bar
CREATE INDEX alarms_open ON alarms (raised_at) WHERE closed_at IS NULL;
"""


def up(migrator, db):  # type: ignore[no-untyped-def]
    """Runs in one transaction with the row that records it (playhouse.migrations)."""
    lines = (line for line in SCHEMA.splitlines() if not line.startswith("--"))
    for statement in "\n".join(lines).split(";"):
        if statement.strip():
            db.execute_sql(statement)
