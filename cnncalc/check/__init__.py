"""Checks many files: which files, what is wrong in each, and how their numbers have changed."""
