"""Who asks: accounts, tokens, signing in, permissions."""
