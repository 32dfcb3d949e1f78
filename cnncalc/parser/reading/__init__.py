"""Nodes -> a Document, and the mistakes that can be seen before anything is calculated."""
