"""Commands that set up this machine: profiles, logins, caches, completion."""
