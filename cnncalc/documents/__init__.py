"""The JSON documents: each stated once, as frozen dataclasses."""
