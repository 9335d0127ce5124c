"""The product without its two faces: rules, store, feeds, the walk, the worker and the command line."""
