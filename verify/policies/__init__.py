"""The best setting of a study: found, proven, compared with the given one, and how far its inputs may be off."""
