"""A Document -> the flat graph of a network.

Steps are expanded in file order, and the output shape of each layer is calculated as it is added.
"""
