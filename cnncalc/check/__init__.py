"""Many files -> what is found in them: which files, what is asked of each, and what came of it before."""
