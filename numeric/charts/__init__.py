"""Charts of stability over two parameters, proven cell by cell, and uncertified maps of the decay rate."""
