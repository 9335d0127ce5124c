"""A year of history through the rules of today, in memory: what would have been texted, and what it takes."""
