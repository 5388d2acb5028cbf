"""The receiving side: verifying, remembering what was seen, an inbox, a server."""
