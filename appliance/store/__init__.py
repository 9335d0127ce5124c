"""The database: the only importer of peewee; hands out records, never rows."""
