"""A Document -> the flat graph: steps are taken in file order, each layer asked for its shape as it comes."""
