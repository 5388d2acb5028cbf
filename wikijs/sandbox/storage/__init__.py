"""What the sandbox keeps: its database, files, log and storage targets."""
