"""The demo's calls and residents, played against the real worker and web."""
