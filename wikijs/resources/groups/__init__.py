"""Groups, their members and rules."""
