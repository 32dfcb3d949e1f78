"""Checks many files: discovery, findings, expectations, budgets, fixes and baselines."""
