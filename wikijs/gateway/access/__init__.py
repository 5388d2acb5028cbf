"""Who may do what: keys, scopes, tokens, the wiki's own credentials."""
