"""Asynchronous SGD event by event: the compiled loop, its generated source, and the slow reference."""
