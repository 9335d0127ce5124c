"""The command line, held against the contract for scripts."""
