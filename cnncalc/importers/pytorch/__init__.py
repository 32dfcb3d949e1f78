"""PyTorch: `.pt2` files and traced models -> a Program; functions of tensors -> a Sketch."""
