"""Links that lead to other sites."""
