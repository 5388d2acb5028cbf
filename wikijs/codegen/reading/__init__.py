"""What is compiled: settings, schema, corrections, facts, query files, users' projects."""
