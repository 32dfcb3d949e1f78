"""Loads networks: from a path, a bundled name, a git revision, standard input, or layers on the
command line."""
