"""Talks to GSM modems; knows no database, no web, no police."""
