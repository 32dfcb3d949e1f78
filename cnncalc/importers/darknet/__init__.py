"""Configurations of Darknet (`.cfg`): a list of sections, each of which is a layer."""
