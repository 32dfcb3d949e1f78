"""Builds the documentation as a site, with the playground: `python -m website` (docs/site.md)."""
