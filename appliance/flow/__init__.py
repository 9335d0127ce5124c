"""The walk, one file a step, one transaction a step; no step calls the next."""
