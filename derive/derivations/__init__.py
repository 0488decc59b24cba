"""Every derivation, one subject a module: from named assumptions by rules to results."""
