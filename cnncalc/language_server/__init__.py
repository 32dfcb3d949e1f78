"""A language server for architecture files: texts and positions in, values out.

Only `protocol_values.py`, `server.py` and `features.py` know the protocol and import pygls.
"""
