"""The failures other SMS programs met in the field, one test each, named after its number.

What each number is, which other test shows it, and why some cannot be shown: `entries.py`.
"""
