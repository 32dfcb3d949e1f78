"""The layers of Keras as layers of the catalogue, a module for each family."""
