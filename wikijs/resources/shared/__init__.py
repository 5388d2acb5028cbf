"""What the facades of several namespaces share."""
