"""Where a network comes from: a path, a bundled name, a git revision, standard input, layers on the command line."""
