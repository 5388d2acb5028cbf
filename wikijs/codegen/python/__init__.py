"""The back end that writes Python."""
