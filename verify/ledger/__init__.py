"""Which claim rests on which evidence, and how sharp that evidence is."""
