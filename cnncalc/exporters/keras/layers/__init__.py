"""The form of each kind of layer in Keras, in a module for each family."""
