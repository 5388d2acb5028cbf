"""How much a caller may do: token buckets, daily quotas, and what was used."""
