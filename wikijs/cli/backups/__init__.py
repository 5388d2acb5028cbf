"""Commands around backups of a whole wiki."""
