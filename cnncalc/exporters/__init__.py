"""Networks as code of a framework, or as a file of another format."""
