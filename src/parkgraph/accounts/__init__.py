"""Who asks: principals with their roles, known by a token or by a key."""
