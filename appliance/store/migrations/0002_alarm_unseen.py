"""Since when nobody has seen an alarm: the people on call are texted by it, however often it is raised."""


def up(migrator, db):  # type: ignore[no-untyped-def]
    """Runs in one transaction with the row that records it (playhouse.migrations)."""
    db.execute_sql("ALTER TABLE alarms ADD COLUMN unseen_at INTEGER")
