"""CAD adapters: a source becomes records, each with a way to say "done" or "rejected"."""
