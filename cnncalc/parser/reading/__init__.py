"""YAML nodes -> a Document, with every problem that can be found without building a network."""
