"""What the gateway remembers: keys, credentials, usage, jobs, the audit trail."""
