"""A Sketch -> an architecture file with blocks, repetitions and loops."""
